"""An experiment as a target: its groups of runs, what is stored of them, and what has to be trained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.experiments import EXPERIMENTS, Experiment
from reportgen.experiments.functions import Function
from reportgen.files.code_hash import numerics_fingerprint, package_code
from reportgen.files.hashing import key_of
from reportgen.pipeline.state import (
    Certified,
    Change,
    Damaged,
    Fresh,
    Missing,
    Partial,
    Stale,
    State,
    changes,
)
from reportgen.store.records import Record, Status, Store, StoredGroup, keys_of, run_key, worst
from reportgen.store.result import Result, different_forms
from reportgen.store.run import Found
from reportgen.training.forecast import expected_seconds
from reportgen.training.jobs import Job
from reportgen.training.local import worker_count
from reportgen.wording.numbers import number

if TYPE_CHECKING:
    from reportgen.pipeline.plan import Plan

SMALLER = "A smaller learning rate helps."


@dataclass(frozen=True)
class Group:
    """Runs trained together, the key that today's code gives them, and what is stored of them."""

    experiment: Experiment
    number: int
    key: str
    size: int
    held: StoredGroup | None

    @property
    def configs(self) -> tuple[Any, ...]:
        return self.experiment.groups()[self.number - 1]

    @property
    def identity(self) -> str:
        """What is held, to the bit, with its status; else the key of what is wanted."""
        if self.held is None:
            return self.key
        info = self.held.record.info
        return f"{info.key} {info.sha256} {self.held.status}"


@dataclass(frozen=True)
class RunTarget:
    """The runs of an experiment: one, or a sweep's many."""

    kind: ClassVar[str] = "run"
    kept: ClassVar[bool] = True
    plan: Plan
    experiment: Experiment

    @property
    def name(self) -> str:
        return self.experiment.name

    @property
    def of_function(self) -> bool:
        """Whether it is a function, whose runs are `Result`s."""
        return isinstance(self.experiment, Function)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Its groups, with what is stored of each."""
        code = self.experiment.code
        return tuple(
            Group(self.experiment, number, key, size, self.plan.store.held(key, settings, code))
            for number, (key, settings, size) in enumerate(self._group_keys(), start=1)
        )

    def _group_keys(self) -> list[tuple[str, str, int]]:
        """Key, settings key and size of every group. A sweep's thousands of configs are hashed once."""

        def make() -> list[tuple[str, str, int]]:
            keep, now = self.experiment.keep, self.experiment.code
            return [(*keys_of(configs, keep, now), len(configs)) for configs in self.experiment.groups()]

        if self.of_function or EXPERIMENTS.get(self.name) is not self.experiment:
            return make()
        code = package_code("experiments/__init__.py", "store/records.py"), numerics_fingerprint()
        return self.plan.memo.recall(f"groups {self.name} {key_of(code)}", make)

    @cached_property
    def canonical(self) -> Record | None:
        """Of a variant, the unchanged run beside it for comparison, if it is stored."""
        plain = EXPERIMENTS.get(self.name)
        if (
            self.name not in self.plan.settings.changed
            or plain is None
            or not plain.single
            or self.of_function
        ):
            return None
        return self.plan.store.find(run_key(plain.configs, plain.keep))

    @property
    def key(self) -> str:
        """Of what is stored, or of what is wanted, of all groups together."""
        canonical = self.canonical.key if self.canonical else None
        return key_of([*(group.identity for group in self.groups), canonical])

    @property
    def wanted_key(self) -> str:
        """By today's code and settings, the same on every machine."""
        return key_of([group.key for group in self.groups])

    @property
    def content_key(self) -> str:
        """Of the bytes that are stored here."""
        return key_of([group.held and group.held.record.info.sha256 for group in self.groups])

    @cached_property
    def status(self) -> Status | None:
        """The worst among its groups; None while one is missing."""
        held = [group.held for group in self.groups]
        return None if None in held else worst(h.status for h in held if h)

    def state(self) -> State:
        """How much of it is stored, and from what."""
        if self.status == "fresh":
            return Fresh()
        if self.status == "certified":
            return Certified()
        if self.status == "stale":
            found = (
                self._changes(g.held.record, g.configs)
                for g in self.groups
                if g.held and g.held.status == "stale"
            )
            return Stale(next(found), shipped=True)
        done = sum(group.size for group in self.groups if group.held)
        if done or self.plan.store.checkpoint(self.groups[0].key).exists():
            return Partial(done, len(self.experiment.configs))
        if any(
            folder.name == f"{self.name}.{g.key}" for g in self.groups for folder in self.plan.store.damaged
        ):
            return Damaged()
        wanted = self.experiment.configs
        older = [self._changes(r, wanted) for r in self.plan.store.records() if r.info.name == self.name]
        return Stale(min(older, key=len)) if older else Missing()

    def _changes(self, record: Record, wanted: Sequence[Any]) -> tuple[Change, ...]:
        """What changed between a stored group and the runs wanted now: settings, then code that is not certified."""
        old, new = record.info.configs[0], wanted[0].as_dict()
        found = [Change(f"setting {name}", repr(a), repr(b)) for name, a, b in _differing(old, new)]
        now, before = self.experiment.code, record.info.code
        if self.plan.store.status(record, now) == "certified":
            return tuple(found)
        if self.of_function:
            return tuple(found) + changes(_code_inputs(before), _code_inputs(now))
        found += [Change(f"numerics {n}", before.get(n), now[n]) for n in now if before.get(n) != now[n]]
        return tuple(found)

    def jobs(self, *, renew: bool = False) -> list[Job]:
        """The groups that have to be trained; with `renew`, also those held but stale."""
        return [
            Job(self.experiment, group.configs, "cpu", group.number, len(self.groups))
            for group in self.groups
            if group.held is None or (renew and group.held.status == "stale")
        ]

    def seconds(self) -> float:
        """How long training what is missing takes, by what is on record."""
        return training_seconds(self.jobs(), self.plan.store)

    def records(self) -> list[Record]:
        """Every stored group. Raises ReportError when one is missing."""
        held = [group.held for group in self.groups]
        if None in held:
            raise ReportError(
                f"{self.name} is not trained yet.",
                hint=f"Run: reportgen train {self.name}{self.plan.settings.options}",
                exit_code=EXIT_FAILED,
            )
        return [h.record for h in held if h]

    @property
    def stopped_at(self) -> int | None:
        """The step at which what is stored of a single experiment was stopped, its loss not being finite."""
        held = self.groups[0].held if self.experiment.single else None
        return held.record.provenance.diverged_at if held else None

    @cached_property
    def loaded(self) -> Found:
        """The stored run of a single experiment, or all of a sweep. Raises ReportError when not trained."""
        if self.of_function:
            return self._results()
        runs = [run for record in self.records() for run in record.runs()]
        if not self.experiment.single:
            return runs
        return replace(runs[0], canonical=self.canonical.runs()[0]) if self.canonical else runs[0]

    def _results(self) -> Result | list[Result]:
        """What the function returned. Raises ReportError where its calls returned things of different forms."""
        results = [record.result() for record in self.records()]
        if wrong := different_forms(results):
            raise ReportError(
                f"{self.name}: its calls with {wrong}.",
                hint=f"Let every call return the same names; then: reportgen train {self.name}",
                exit_code=EXIT_FAILED,
            )
        return results[0] if self.experiment.single else results


@contextmanager
def blaming(runs: Iterable[RunTarget]) -> Iterator[None]:
    """In an error in here, such as a sentence without its number, the run that was stopped is named as its cause."""
    try:
        yield
    except ReportError as error:
        found = [
            f"{run.name} was stopped at step {number(run.stopped_at)}"
            for run in runs
            if run.stopped_at is not None
        ]
        if not found:
            raise
        cause = f"{', '.join(found)}, where its loss is not finite: it lacks numbers. {SMALLER}"
        raise ReportError(error.message, hint=f"{cause} {error.hint}", exit_code=error.exit_code) from error


def training_seconds(jobs: Sequence[Job], store: Store) -> float:
    """Wall time of training jobs together on this machine."""
    return expected_seconds(jobs, store, worker_count(jobs)) if jobs else 0.0


def _code_inputs(code: Mapping[str, str]) -> dict[str, str]:
    """Code and libraries under the names that inputs have elsewhere."""
    return {n if n.startswith(("library ", "file ")) else f"code {n}": value for n, value in code.items()}


def _differing(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[tuple[str, object, object]]:
    for name, value in new.items():
        before = old.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            yield from _differing(before, value)
        elif before != value:
            yield name, before, value
