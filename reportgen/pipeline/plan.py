"""One project with one set of settings: what it needs, what is stored, what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from reportgen.drawing.declaration import FigureDeclaration
from reportgen.drawing.discovery import choose, find_figures
from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.experiments import EXPERIMENTS, Experiment
from reportgen.experiments.variants import Settings
from reportgen.files import code_hash
from reportgen.files.code_hash import numerics_fingerprint, package_code
from reportgen.files.hashing import key_of
from reportgen.files.memo import Memo
from reportgen.files.project import Project
from reportgen.numerics.config import Config
from reportgen.store.records import Record, Status, Store, StoredGroup, run_key, settings_key
from reportgen.store.run import Run
from reportgen.training.local import Job

Runs = dict[str, Run | list[Run]]


@dataclass(frozen=True)
class Group:
    """Runs trained together, the key that today's code gives them, and what is stored of them."""

    experiment: Experiment
    number: int
    key: str
    size: int
    held: StoredGroup | None

    @property
    def configs(self) -> tuple[Config, ...]:
        return self.experiment.groups()[self.number - 1]

    @property
    def identity(self) -> str:
        """What is held, to the bit, with its status; else the key of what is wanted."""
        if self.held is None:
            return self.key
        info = self.held.record.info
        return f"{info['key']} {info['sha256']} {self.held.status}"


@dataclass(frozen=True)
class Build:
    """One project with one set of settings: what it needs and what it already has."""

    project: Project
    settings: Settings
    only: tuple[str, ...] = ()
    _known: dict[str, list[Group]] = field(default_factory=dict, compare=False)
    _loaded: Runs = field(default_factory=dict, compare=False)

    @cached_property
    def memory(self) -> Memo:
        """What earlier commands worked out; also about code, from now on."""
        memory = Memo(self.project.state / "cache" / "memory.json")
        code_hash.use(memory)
        return memory

    @cached_property
    def store(self) -> Store:
        return Store(self.project.local_runs, self.project.shipped_runs)

    @cached_property
    def _figures(self) -> tuple[dict[str, FigureDeclaration], dict[str, ReportError]]:
        return find_figures(self.project.figures)

    @property
    def sources(self) -> dict[str, FigureDeclaration]:
        """All figures of the project that can be read."""
        return self._figures[0]

    @property
    def unreadable(self) -> dict[str, ReportError]:
        """The errors of those among the wanted figures that cannot."""
        return {id: error for id, error in self._figures[1].items() if not self.only or id in self.only}

    @cached_property
    def wanted(self) -> dict[str, FigureDeclaration]:
        """The figures to bring up to date. Raises ReportError when one is named that is not there or unreadable."""
        for error in self.unreadable.values() if self.only else ():
            raise error
        return choose(self.sources, self.only)

    def experiments(self, sources: Iterable[FigureDeclaration]) -> dict[str, Experiment]:
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
                Group(experiment, number, key, size, self.store.held(key, settings))
                for number, (key, settings, size) in enumerate(self._names(experiment), start=1)
            ]
        return self._known[experiment.name]

    def _names(self, experiment: Experiment) -> list[tuple[str, str, int]]:
        """The keys and the size of every group. A sweep's thousands of configs are hashed once."""

        def make() -> list:
            keep = experiment.keep
            return [(run_key(c, keep), settings_key(c, keep), len(c)) for c in experiment.groups()]

        if EXPERIMENTS.get(experiment.name) is not experiment:
            return make()
        code = [
            package_code("experiments/__init__.py"),
            package_code("store/records.py"),
            numerics_fingerprint(),
        ]
        return self.memory.recall(f"groups {experiment.name} {key_of(code)}", make)

    def forget(self) -> None:
        """Look at the store anew: something was trained."""
        self._known.clear()
        self._loaded.clear()
        for name in ("store", "judged", "searches"):
            self.__dict__.pop(name, None)

    def missing(self, experiments: Iterable[Experiment], device: str = "cpu", *, renew=False) -> list[Job]:
        """The groups that have to be trained; with `renew`, also those held but stale."""
        good = ("fresh", "certified") if renew else ("fresh", "certified", "stale")
        return [
            Job(e, group.configs, device, group.number, len(groups))
            for e in experiments
            for groups in [self.groups(e)]
            for group in groups
            if group.held is None or group.held.status not in good
        ]

    def status(self, experiment: Experiment) -> Status | None:
        """The worst status among an experiment's groups; None while one is missing."""
        held = [group.held for group in self.groups(experiment)]
        if None in held:
            return None
        return max((h.status for h in held), key=("fresh", "certified", "stale").index)

    def load(self, experiments: Mapping[str, Experiment]) -> Runs:
        """The stored runs by name. Raises ReportError for one that is not trained."""
        for name, experiment in experiments.items():
            if name not in self._loaded:
                self._loaded[name] = self._load(experiment)
        return {name: self._loaded[name] for name in experiments}

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
                hint=f"Run: reportgen train {experiment.name}{self.settings.options}",
                exit_code=EXIT_FAILED,
            )
        return [held.record for held in found]

    def stored(self, names: Iterable[str]) -> dict[str, Experiment]:
        """Those of the named experiments that are there in full."""
        catalogue = self.settings.experiments
        return {n: catalogue[n] for n in names if n in catalogue and self.status(catalogue[n])}
