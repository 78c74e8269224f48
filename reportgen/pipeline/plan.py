"""One project with one set of settings, as one ordered list of targets: runs, facts, verdicts, figures, the page.

Every command is a loop over that list, or over a part of it. A target knows what it is made from and its state.
A plan looks at what is stored once; after training, take a new one with `again`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from reportgen.drawing.discovery import choose, find_figures
from reportgen.experiments.own import enter
from reportgen.experiments.variants import Settings, read_settings
from reportgen.files import code_hash
from reportgen.files.memo import Memo
from reportgen.files.project import Project
from reportgen.pipeline.figures import FigureTarget
from reportgen.pipeline.findings import Findings, Remembered
from reportgen.pipeline.page import PageTarget
from reportgen.pipeline.runs import RunTarget
from reportgen.pipeline.state import Missing
from reportgen.store.records import Store

NEAR = ("search", "robustness")  # experiments that stand beside one, and say how its seed was chosen
Target = RunTarget | Remembered[Any] | FigureTarget | PageTarget


@dataclass(frozen=True)
class Plan:
    """What a project needs with these settings, and what it already has. only: the figures wanted; () for all."""

    project: Project
    settings: Settings
    only: tuple[str, ...] = ()
    known: Memo | None = field(default=None, compare=False)  # what `again` hands on

    def targets(self, out: Path) -> Iterator[Target]:
        """Everything that can be stale, each after what it is made from. out: where the page is written.

        Those that are `kept` lie on disk; facts and verdicts are worked out, or remembered, when asked for.
        """
        yield from self.quoted.values()
        yield from self.findings.targets()
        yield from self.figures.values()
        yield self.page(out)

    def again(self) -> "Plan":
        """The same with a fresh look at the store: something was trained."""
        return replace(self, known=self.memo)

    # ---- what is remembered, and where runs are ----

    @cached_property
    def memo(self) -> Memo:
        """What earlier commands worked out; also about code, from now on."""
        if self.known:  # code counts as it was when the command began
            return self.known
        memo = Memo(self.project.state / "cache" / "memory.json")
        code_hash.use(memo)
        return memo

    @cached_property
    def store(self) -> Store:
        return Store(self.project.local_runs, self.project.shipped_runs)

    # ---- runs ----

    @cached_property
    def experiments(self) -> dict[str, RunTarget]:
        """Every experiment of the catalogue; each looks at the store when it is asked."""
        return {name: RunTarget(self, experiment) for name, experiment in self.settings.experiments.items()}

    def runs(self, names: Iterable[str]) -> dict[str, RunTarget]:
        """The named ones, in the catalogue's order."""
        wanted = set(names)
        return {name: run for name, run in self.experiments.items() if name in wanted}

    @cached_property
    def shown(self) -> dict[str, RunTarget]:
        """What figures show."""
        return self.runs(name for figure in self.figures.values() for name in figure.runs)

    @cached_property
    def wanted(self) -> dict[str, RunTarget]:
        """What a build trains where it is missing: the runs of the figures it draws."""
        return self.runs(name for figure in self.wanted_figures.values() for name in figure.runs)

    @cached_property
    def quoted(self) -> dict[str, RunTarget]:
        """All that the page speaks of: what figures show, what claims judge, functions, and the searches for seeds.

        Of the last three only what is stored; a variant's page speaks of none of them.
        """
        if not self.settings.canonical:
            return self.shown
        judged = self._stored(name for claim in self.findings.claims.values() for name in claim["runs"])
        functions = self._stored(name for name, run in self.experiments.items() if run.of_function)
        spoken_of = self.shown | judged | functions
        return spoken_of | self._stored(f"{name}-{kind}" for name in spoken_of for kind in NEAR)

    @cached_property
    def lapsed(self) -> dict[str, RunTarget]:
        """What the page would speak of too, but is stored with other settings, or in part; no build trains it."""
        if not self.settings.canonical:
            return {}
        judged = {name for claim in self.findings.claims.values() for name in claim["runs"]}
        near = {f"{name}-{kind}" for name in self.quoted for kind in NEAR}
        runs = self.runs((judged | near) - self.quoted.keys())
        return {name: run for name, run in runs.items() if not isinstance(run.state(), Missing)}

    def _stored(self, names: Iterable[str]) -> dict[str, RunTarget]:
        return {name: run for name, run in self.runs(names).items() if run.status}

    def others(self) -> dict[str, RunTarget]:
        """Experiments that no figure needs, but that travel with the project or were begun here."""
        begun = {record.info.name for record in self.store.records()}
        names = {e.name for e in self.settings.experiments.values() if e.shipped or e.name in begun}
        return self.runs(names - self.shown.keys())

    # ---- what runs say ----

    @cached_property
    def findings(self) -> Findings:
        return Findings(self)

    # ---- figures and the page ----

    @cached_property
    def figures(self) -> dict[str, FigureTarget]:
        """All figures by id; those that cannot be read among them."""
        declared, broken = find_figures(self.project.figures)
        ids = sorted({**declared, **broken})
        return {id: FigureTarget(self, id, declared.get(id), broken.get(id)) for id in ids}

    @cached_property
    def wanted_figures(self) -> dict[str, FigureTarget]:
        """Those that a build draws. Raises ReportError when one is named that is not there, or cannot be read."""
        wanted = choose(self.figures, self.only)
        if self.only:
            for figure in wanted.values():
                figure.require_readable()
        return wanted

    def page(self, out: Path) -> PageTarget:
        return PageTarget(self, out)


def opened(project: Project, *, quick: bool = False, assignments: Sequence[str] = (),
           only: tuple[str, ...] = ()) -> Plan:  # fmt: skip
    """A project's plan, as a command begins with it: code counts as it is now, experiments are the project's.

    Raises ReportError for a wrong setting, and for a file of experiments that cannot be read.
    """
    memo = Memo(project.state / "cache" / "memory.json")
    code_hash.use(memo)
    enter(project, memo)
    return Plan(project, read_settings(quick, assignments), only, memo)
