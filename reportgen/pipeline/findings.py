"""What the stored runs say, as targets: facts to quote, and verdicts on claims.

They are worked out once and remembered under the hashes of their code and their runs. So facts change no
figure unless their values change, and a claim is judged again only when it, or its runs, changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from reportgen.claims.verdicts import Verdict, remembered
from reportgen.files.code_hash import code_key, own_code, package_code
from reportgen.files.hashing import key_of
from reportgen.files.memo import Memo
from reportgen.files.own_folders import keys, roots_of
from reportgen.files.project import Project
from reportgen.files.project_file import ARTICLE, uses
from reportgen.pipeline.runs import RunTarget
from reportgen.pipeline.state import Fresh, Missing, State
from reportgen.store.run import Found

if TYPE_CHECKING:
    from reportgen.drawing.declaration import FigureDeclaration
    from reportgen.pipeline.plan import Plan

T = TypeVar("T")
Facts = dict[str, Any]  # the facts of one experiment by name, as templates quote them
CLAIMS_CODE = ("claims/judging.py", "claims/sections/__init__.py")  # the second brings every judge
FACTS_CODE = ("facts/describing.py",)
OWN = "own: "  # before the file of a claim of the project's own


@dataclass(frozen=True)
class Remembered(Generic[T]):
    """A value that follows from code and runs: known to the memo under the hash of both, or worked out now."""

    kept: ClassVar[bool] = False
    kind: str
    name: str
    made_from: object
    make: Callable[[], T]
    memo: Memo

    @property
    def key(self) -> str:
        return f"{self.kind} {self.name} {key_of(self.made_from)}"

    def state(self) -> State:
        """Never stale: what was worked out from other code or runs has another key."""
        return Fresh() if self.memo.knows(self.key) else Missing()

    @property
    def value(self) -> T:
        """As JSON gives it back."""
        return self.memo.recall(self.key, self.make)


@dataclass(frozen=True)
class Findings:
    """What can be said of a plan's stored runs."""

    plan: Plan

    def targets(self) -> Iterator[Remembered[Any]]:
        """Facts, then how seeds were chosen, then verdicts."""
        stored = {name: run for name, run in self.plan.quoted.items() if run.status}
        yield from map(self._facts, stored.values())
        yield from (self._seeds(name) for name, run in stored.items() if _of_one_model(run))
        yield from self._verdicts.values()

    @cached_property
    def claims(self) -> dict[str, dict[str, Any]]:
        """Every claim's text, threshold, runs and module by id, without importing what judges it."""
        return self._remembered(
            "claims", "all", self._claims_code, partial(_list_claims, self.plan.project)
        ).value

    @cached_property
    def _claims_code(self) -> object:
        return self._with_own(package_code(*CLAIMS_CODE), keys(self.plan.project.claims))

    @cached_property
    def _facts_code(self) -> object:
        return self._with_own(package_code(*FACTS_CODE), keys(self.plan.project.facts))

    def _with_own(self, code: object, own: object) -> object:
        """The program's code, and where a project adds to it, what is its own and whose it uses."""
        return [code, own, uses(self.plan.project.root)] if own or self._foreign else code

    @cached_property
    def _foreign(self) -> bool:
        """Whether it is another article than the one that comes with the program."""
        return uses(self.plan.project.root) != (ARTICLE,)

    def facts_of(self, runs: Mapping[str, RunTarget]) -> dict[str, Facts]:
        """What a figure of these experiments may quote, by quoted name: of those stored, and what needs no run."""
        make = partial(_facts_without_runs, self.plan.project)
        found = dict(self._remembered("facts", "without runs", self._facts_code, make).value)
        for name, run in runs.items():
            if run.status and (facts := self._facts(run).value):
                found[quoted_name(name)] = facts
        return found

    def _facts(self, run: RunTarget) -> Remembered[Facts | None]:
        def make() -> Facts | None:
            from reportgen.facts import own
            from reportgen.facts.describing import facts_of

            own.enter(self.plan.project)
            return facts_of(run.name, run.loaded)

        return self._remembered("facts", run.name, [self._facts_code, run.key], make)

    @cached_property
    def facts(self) -> dict[str, Facts]:
        """What the page may quote: also how many of the seeds tried show the same."""
        found = self.facts_of(self.plan.quoted)
        for name, run in self.plan.quoted.items():
            if _of_one_model(run) and run.status:
                found[quoted_name(name)] = found[quoted_name(name)] | self._seeds(name).value
        return found

    def _seeds(self, name: str) -> Remembered[Facts]:
        def make() -> Facts:
            from reportgen.claims import own
            from reportgen.claims.judging import chosen

            own.enter(self.plan.project)
            return chosen(name, self._load(near))

        near = [name, f"{name}-search", f"{name}-robustness"]
        return self._remembered("seeds", name, [self._claims_code, self._keys(near)], make)

    @cached_property
    def others(self) -> dict[str, dict[str, dict[str, Facts]]]:
        """Sweep → seed → what the page may quote while that run is open in the place of a group's own.

        Known of the group's own run alone, and so absent: how its seed was chosen.
        """
        found = {}
        for sweep, source in self._openable.items():
            name = quoted_name(str(source.group))
            absent = dict.fromkeys(self.facts[name])
            found[sweep] = {
                seed: {**self.facts, name: absent | facts} for seed, facts in self.of_seeds[sweep].items()
            }
        return found

    @cached_property
    def of_seeds(self) -> dict[str, dict[str, Facts]]:
        """Sweep → seed → the facts of its runs that can be opened, as those of the run that they stand in for."""
        return {sweep: self._of_seeds(source).value for sweep, source in self._openable.items()}

    def _of_seeds(self, source: FigureDeclaration) -> Remembered[dict[str, Facts]]:
        def make() -> dict[str, Facts]:
            from reportgen.drawing.stand_ins import openable
            from reportgen.facts.describing import describe

            return {str(run.config.seed): describe(run, group) for run in openable(source, self._load(both))}

        group, sweep = str(source.group), str(source.stand_ins)
        both = [group, sweep]
        made_from = [package_code(*FACTS_CODE, "drawing/stand_ins.py"), group, self._keys(both)]
        return self._remembered("facts of seeds", sweep, made_from, make)

    @property
    def _openable(self) -> dict[str, FigureDeclaration]:
        """Sweep → a figure in which its runs can stand in for those of a group, where both are stored."""
        declared = (figure.declaration for figure in self.plan.figures.values())
        found = {d.stand_ins: d for d in declared if d and d.stand_ins}
        return {sweep: d for sweep, d in found.items() if len(self._keys([sweep, str(d.group)])) == 2}

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """Every claim as judged on what is stored, in the order of their numbers; none for a variant."""
        return [remembered(target.value) for target in self._verdicts.values()]

    @cached_property
    def _verdicts(self) -> dict[str, Remembered[dict[str, Any]]]:
        if not self.plan.settings.canonical:
            return {}
        return {id: self._verdict(id, claim) for id, claim in self.claims.items()}

    def _verdict(self, id: str, claim: Mapping[str, Any]) -> Remembered[dict[str, Any]]:
        def make() -> dict[str, Any]:
            from reportgen.claims import own
            from reportgen.claims.judging import judge

            own.enter(self.plan.project)
            return asdict(judge(id, self._load(needed)))

        needed = [f"{name}{kind}" for name in claim["runs"] for kind in ("", "-search")]
        code = self._code_of(claim["module"]), own_code("claims/judging.py")
        return self._remembered("verdict", id, [code, self._keys(needed)], make)

    def _code_of(self, module: str) -> dict[str, str]:
        """The code of a claim's module: one of the program's, or of the project's own."""
        own = self.plan.project.claims / module.removeprefix(OWN)
        return code_key(own, roots_of(own)) if module.startswith(OWN) else package_code(module)

    def _remembered(self, kind: str, name: str, made_from: object, make: Callable[[], T]) -> Remembered[T]:
        return Remembered(kind, name, made_from, make, self.plan.memo)

    def _stored(self, names: Iterable[str]) -> Iterator[RunTarget]:
        quoted = self.plan.quoted
        return (quoted[name] for name in names if name in quoted and quoted[name].status)

    def _load(self, names: Iterable[str]) -> dict[str, Found]:
        return {run.name: run.loaded for run in self._stored(names)}

    def _keys(self, names: Iterable[str]) -> dict[str, str]:
        return {run.name: run.key for run in self._stored(names)}


def _of_one_model(run: RunTarget) -> bool:
    """Whether it is one trained model, whose seed may have been searched for."""
    return run.experiment.single and not run.of_function


def quoted_name(experiment: str) -> str:
    """The name under which templates quote an experiment's facts."""
    return experiment.replace("-", "_")


def _list_claims(project: Project) -> dict[str, dict[str, Any]]:
    from reportgen.claims import own
    from reportgen.claims.registry import in_order

    own.enter(project)
    return {
        claim.id: {
            "text": claim.text,
            "threshold": claim.threshold,
            "runs": claim.runs,
            "kind": claim.kind,
            "whose": claim.whose,
            "module": _module_of(claim.judge),
        }
        for claim in in_order()
    }


def _module_of(judge: Callable[..., Any]) -> str:
    """As a path: within the program, or behind `OWN` the name of a file of the project."""
    if not judge.__module__.startswith("reportgen."):
        return f"{OWN}{Path(judge.__code__.co_filename).name}"
    return judge.__module__.removeprefix("reportgen.").replace(".", "/") + ".py"


def _facts_without_runs(project: Project) -> dict[str, dict[str, Any]]:
    from reportgen.facts import own
    from reportgen.facts.describing import without_runs

    own.enter(project)
    return without_runs()
