"""How a model of a sweep ended: one of four classes, from its losses alone.

The classes are those of the published phase diagram. They speak of loss, not of accuracy: strong
decay can hold the loss of a model with every answer right above the threshold.
"""

from typing import Literal

import numpy as np

from reportgen.files.arrays import Floats
from reportgen.store.run import Run

Outcome = Literal["high-train-loss", "high-test-loss", "together", "grokking"]
OUTCOMES: tuple[Outcome, ...] = ("high-train-loss", "high-test-loss", "together", "grokking")

FLOOR = 1.19e-7  # logged losses are no lower, as published
LOW_LOSS = 1e-5
LARGE_RATIO = 50_000.0


def logged_losses(run: Run) -> tuple[Floats, Floats]:
    """Train and test loss (T,) as a sweep logs them: floored; NaN once the run has diverged."""
    return np.maximum(run.train_loss, FLOOR), np.maximum(run.test_loss, FLOOR)


def least(losses: Floats) -> float:
    """The smallest finite loss; infinity when there is none."""
    return float(np.min(losses, initial=np.inf, where=np.isfinite(losses)))


def largest_ratio(run: Run) -> float:
    """The largest ratio of test to train loss over the logged steps; 0 when none is finite."""
    train, test = logged_losses(run)
    ratio = test / train
    return float(np.max(ratio, initial=0.0, where=np.isfinite(ratio)))


def diverged_at(run: Run) -> int | None:
    """The first metric step at which a loss is not finite."""
    bad = ~(np.isfinite(run.train_loss) & np.isfinite(run.test_loss))
    return int(run.steps[bad.argmax()]) if bad.any() else None


def outcome(run: Run, *, low_loss: float = LOW_LOSS, large_ratio: float = LARGE_RATIO) -> Outcome:
    """The run's class: was train loss ever low, was test loss, and how far were they ever apart."""
    train, test = (least(losses) for losses in logged_losses(run))
    if train > low_loss:
        return "high-train-loss"
    if test > low_loss:
        return "high-test-loss"
    return "grokking" if largest_ratio(run) >= large_ratio else "together"
