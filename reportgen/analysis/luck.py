"""Where luck sits: data and start crossed with each other, and to which of them differences are due.

The random-effects analysis of variance (Searle, Casella and McCulloch 1992, Variance Components, chapter 4). A
component below zero, which chance can give, counts as zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reportgen.analysis.curves import LEARNED
from reportgen.files.arrays import Array, Floats, Integers
from reportgen.store.result import Result

DRAWS = 2000  # of the bootstrap


def first_steps(steps: Integers, accuracy: Array) -> tuple[Integers, Array]:
    """For test accuracy (T, N): the first of its steps with 99 %, (N,), or the last one; whether there is one, (N,)."""
    reached = accuracy >= LEARNED
    there = np.asarray(reached.any(axis=0))
    return np.where(there, steps[reached.argmax(axis=0)], steps[-1]), there


def crossed_steps(results: Sequence[Result]) -> tuple[Integers, Array]:
    """(starts, splits, nudges): when each model first has 99 % right, or the last step; and whether it has.

    From calls of where_luck_sits, in the order of their settings.
    """
    starts, nudges = (sorted({r.settings[name] for r in results}) for name in ("start", "nudge"))
    by_cell = {
        (r.settings["start"], r.settings["nudge"]): first_steps(r["steps"], r["test_accuracy"])
        for r in results
    }
    found = [[by_cell[start, nudge] for nudge in nudges] for start in starts]
    when, there = (np.array([[cell[i] for cell in row] for row in found]).swapaxes(1, 2) for i in (0, 1))
    return when, there


@dataclass(frozen=True)
class Sources:
    """Shares of the variance, in [0, 1], which add up to 1; NaN where nothing varies.

    first, second: of either alone. pairing: of which of the first meets which of the second. rest: between
    repetitions of one pair.
    """

    first: float
    second: float
    pairing: float
    rest: float


def variance_sources(values: Floats) -> Sources:
    """Where values (A, B, N) differ: A of the first thing, B of the second, N ≥ 2 repetitions."""
    a, b, n = values.shape
    cells = values.mean(axis=2)
    rows, columns, middle = cells.mean(axis=1), cells.mean(axis=0), cells.mean()
    apart = cells - rows[:, None] - columns + middle
    rest = ((values - cells[:, :, None]) ** 2).sum() / (a * b * (n - 1))
    pairing = n * (apart**2).sum() / ((a - 1) * (b - 1))
    by_row = b * n * ((rows - middle) ** 2).sum() / (a - 1)
    by_column = a * n * ((columns - middle) ** 2).sum() / (b - 1)
    components = [(by_row - pairing) / (b * n), (by_column - pairing) / (a * n), (pairing - rest) / n, rest]
    kept = np.maximum(components, 0)
    return Sources(*(kept / kept.sum() if kept.sum() > 0 else np.full(4, np.nan)).tolist())


def alone_at_most(values: Floats, level: float = 0.975) -> float:
    """The upper end of the 95 % interval of `first` + `second`: rows and columns are drawn anew, with replacement.

    A row drawn twice meets the same columns, which makes rows and columns seem to explain more than they do: the
    end is on the safe side.
    """
    rng, (a, b, _) = np.random.default_rng(0), values.shape
    drawn = [
        variance_sources(values[rng.integers(a, size=a)][:, rng.integers(b, size=b)]) for _ in range(DRAWS)
    ]
    return float(np.nanquantile([found.first + found.second for found in drawn], level))
