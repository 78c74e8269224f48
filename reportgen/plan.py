"""One project with one set of settings: what it needs, what is stored, what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.experiments import Experiment
from reportgen.figures import Source, choose, find_figures
from reportgen.keys import key_of
from reportgen.numerics.config import Config
from reportgen.project import Project
from reportgen.runs import Held, Record, Run, Status, Store, run_key
from reportgen.scheduling import Job
from reportgen.settings import Settings


@dataclass(frozen=True)
class Group:
    """Runs trained together, the key that today's code gives them, and what is stored of them."""

    configs: tuple[Config, ...]
    key: str
    held: Held | None

    @property
    def identity(self) -> str:
        """The key of what is held, with its status unless it is fresh; else of what is wanted."""
        if self.held is None or self.held.status == "fresh":
            return self.key
        return f"{self.held.record.key} {self.held.status}"


@dataclass(frozen=True)
class Build:
    """One project with one set of settings: what it needs and what it already has."""

    project: Project
    settings: Settings
    only: tuple[str, ...] = ()
    _known: dict[str, list[Group]] = field(default_factory=dict, compare=False)

    @cached_property
    def store(self) -> Store:
        return Store(self.project.local_runs, self.project.shipped_runs)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """All figures of the project."""
        return find_figures(self.project.figures)

    @cached_property
    def wanted(self) -> dict[str, Source]:
        """The figures to bring up to date."""
        return choose(self.sources, self.only)

    def experiments(self, sources: Iterable[Source]) -> dict[str, Experiment]:
        """The experiments that some figures need, in the catalogue's order."""
        needed = {name for source in sources for name in source.runs}
        return {n: e for n, e in self.settings.experiments.items() if n in needed}

    def run_keys(self, experiments: Mapping[str, Experiment]) -> dict[str, str]:
        """Experiment → key of all its groups together, and of the run a variant is compared with."""
        return {
            name: key_of([*(group.identity for group in self.groups(e)), self._canonical_key(name)])
            for name, e in experiments.items()
        }

    def groups(self, experiment: Experiment) -> list[Group]:
        """An experiment's groups and what is stored of each; looked up once, until `forget`."""
        if experiment.name not in self._known:
            self._known[experiment.name] = [
                Group(configs, run_key(configs, experiment.keep), self.store.held(configs, experiment.keep))
                for configs in experiment.groups()
            ]
        return self._known[experiment.name]

    def forget(self) -> None:
        """Look at the store anew: something was trained."""
        self._known.clear()
        for name in ("store", "judged", "searches"):
            self.__dict__.pop(name, None)

    def missing(self, experiments: Iterable[Experiment], device: str = "cpu", *, renew=False) -> list[Job]:
        """The groups that have to be trained; with `renew`, also those held but stale."""
        good = ("fresh", "certified") if renew else ("fresh", "certified", "stale")
        jobs = []
        for e in experiments:
            groups = self.groups(e)
            for number, group in enumerate(groups, start=1):
                if group.held is None or group.held.status not in good:
                    jobs.append(Job(e, group.configs, device, number, len(groups)))
        return jobs

    def status(self, experiment: Experiment) -> Status | None:
        """The worst status among an experiment's groups; None while one is missing."""
        held = [group.held for group in self.groups(experiment)]
        if None in held:
            return None
        return max((h.status for h in held), key=("fresh", "certified", "stale").index)

    def load(self, experiments: Mapping[str, Experiment]) -> dict[str, Run | list[Run]]:
        """The stored runs by name. Raises ReportError for one that is not trained."""
        return {name: self._load(e) for name, e in experiments.items()}

    def _load(self, experiment: Experiment) -> Run | list[Run]:
        runs = [run for record in self.records(experiment) for run in record.runs()]
        if not experiment.single:
            return runs
        original = self._canonical(experiment.name)
        return replace(runs[0], canonical=original) if original else runs[0]

    def _canonical(self, name: str) -> Run | None:
        """The unchanged run beside a variant's, for comparison, if it is stored."""
        key = self._canonical_key(name)
        return self.store.find(key).runs()[0] if key else None

    def _canonical_key(self, name: str) -> str | None:
        if name not in self.settings.changed:
            return None
        plain = Settings().experiments[name]
        key = run_key(plain.configs, plain.keep)
        return key if plain.single and self.store.find(key) else None

    def records(self, experiment: Experiment) -> list[Record]:
        """Every stored group of an experiment. Raises ReportError when one is missing."""
        found = [group.held for group in self.groups(experiment)]
        if None in found:
            raise ReportError(
                f"{experiment.name} is not trained yet.",
                hint=f"Run: reportgen train {experiment.name}",
                exit_code=EXIT_FAILED,
            )
        return [held.record for held in found]

    @cached_property
    def judged(self) -> dict[str, Experiment]:
        """What claims speak of and is stored, whether a figure shows it or not."""
        if not self.settings.canonical:
            return {}
        from reportgen.judges import CLAIMS

        named = {name for claim in CLAIMS.values() for name in claim.runs}
        return {n: e for n, e in self.settings.experiments.items() if n in named and not self.missing([e])}

    @cached_property
    def searches(self) -> dict[str, Experiment]:
        """The stored searches behind the page's seeds: base rates, and how robust the choice is."""
        if not self.settings.canonical:
            return {}
        shown = self.experiments(self.sources.values()) | self.judged
        names = [f"{name}-{kind}" for name in shown for kind in ("search", "robustness")]
        catalogue = self.settings.experiments
        return {n: catalogue[n] for n in names if n in catalogue and not self.missing([catalogue[n]])}
