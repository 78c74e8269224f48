"""The audit of a function: calls a random sample of its cells again, here, and compares what they return.

Every array has to have the same form, and values that differ by at most a thousandth of the largest among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from reportgen.experiments.functions import Cell, Function
from reportgen.files.arrays import Array
from reportgen.store.certificates import Certificate, code_name
from reportgen.store.records import Record, Store
from reportgen.store.result import Result
from reportgen.training.jobs import Job
from reportgen.wording.numbers import percent

TOLERANCE = 1e-3  # of the largest value of an array
ALIKE = 0.95  # of the calls


@dataclass(frozen=True)
class CallComparison:
    """A stored result beside the same call made here. differs: the arrays that are not alike."""

    stored: Result
    made_by: str
    differs: tuple[str, ...]


@dataclass(frozen=True)
class CallAudit:
    """The comparisons of one function, and whether they pass."""

    experiment: Function
    seed: int
    comparisons: tuple[CallComparison, ...]

    @property
    def agreeing(self) -> int:
        return sum(not c.differs for c in self.comparisons)

    @property
    def passed(self) -> bool:
        return self.agreeing >= ALIKE * len(self.comparisons)

    def certificates(self) -> list[Certificate]:
        """What a passed one puts on record."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        found: list[Certificate] = []
        for made_by in sorted({c.made_by for c in self.comparisons}):
            part = [c for c in self.comparisons if c.made_by == made_by]
            found.append({
                "experiment": self.experiment.name, "made_by": made_by, "holds_for": code_name(self.experiment.code),
                "sample": len(part), "sample_seed": self.seed, "same_class": sum(not c.differs for c in part),
                "audited_at": now,
            })  # fmt: skip
        return found

    def table(self) -> list[str]:
        """The comparisons as lines."""
        names = [*(self.experiment.grid or self.experiment.settings)]
        lines = [
            f"{', '.join(f'{name}={c.stored.settings.get(name)}' for name in names)}: "
            f"{'differs in ' + ', '.join(c.differs) if c.differs else 'the same'}"
            for c in self.comparisons
        ]
        return [
            *lines,
            "",
            f"The same: {self.agreeing} of {len(self.comparisons)}; needed: {percent(ALIKE)}.",
        ]


def jobs_for(function: Function, sample: Sequence[Record]) -> list[Job]:
    """The sampled calls, to be made apart from the stored ones."""
    again = replace(function, shipped=False)
    cells = [Cell(function.name, record.result().settings) for record in sample]
    return [Job(again, (cell,), part=i, parts=len(cells)) for i, cell in enumerate(cells, start=1)]


def compare(
    function: Function, sample: Sequence[Record], again: Store, jobs: Sequence[Job], seed: int
) -> CallAudit:
    """The sample beside what was called here."""
    comparisons = []
    for record, job in zip(sample, jobs, strict=True):
        made = again.find(job.key)
        assert made, "it was called a moment ago"
        comparisons.append(
            CallComparison(
                record.result(), code_name(record.info.code), differing(record.result(), made.result())
            )
        )
    return CallAudit(function, seed, tuple(comparisons))


def differing(one: Result, other: Result) -> tuple[str, ...]:
    """The names of arrays that are not alike, or not in both."""
    both = [name for name in one if name in other]
    return (*sorted(set(one) ^ set(other)), *(name for name in both if not _alike(one[name], other[name])))


def _alike(a: Array, b: Array) -> bool:
    if a.shape != b.shape or a.dtype.kind != b.dtype.kind:
        return False
    if a.dtype.kind not in "iuf":
        return bool((a == b).all())
    finite = np.abs(a[np.isfinite(a)].astype(float))
    return bool(np.allclose(a, b, rtol=0, atol=TOLERANCE * finite.max(initial=0), equal_nan=True))
