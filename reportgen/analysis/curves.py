"""What the curves of a run say: when it memorises and generalises, where losses turn.

Steps are full-batch updates, accuracies lie in [0, 1]; None means "never happened". A diverged
run is read up to its first loss that is not finite.
"""

from dataclasses import dataclass

import numpy as np

from reportgen.files.arrays import Floats, Integers
from reportgen.store.run import Run

LEARNED = 0.99  # accuracy that counts as learned, and the share of later steps that must keep it
AS_STORED = 1e-6  # compact runs keep accuracies in float32: 0.9 may come back just below 0.9
TINY = 1e-300  # keeps ratios to a loss of zero finite
STEADYING = 9  # measurements whose median counts
DIP, DIP_FROM = 0.05, 0.5  # of test accuracy: how far it falls, and from which height, at least
FELL = 0.5  # a test loss has begun to fall once it is at half its starting value


def memorisation_step(run: Run) -> int | None:
    """First metric step with train accuracy ≥ 99 %, kept at 99 % of later ones and at the last."""
    return _learned(run.steps, run.train_accuracy)


def grokking_step(run: Run) -> int | None:
    """The same for test accuracy: the step from which the model generalises."""
    return _learned(run.steps, run.test_accuracy)


def memorised_first(run: Run) -> bool:
    """Whether it memorises, and generalises later."""
    start, end = memorisation_step(run), grokking_step(run)
    return start is not None and end is not None and start < end


def generalises_by(run: Run) -> int:
    """The step from which it generalises; the last step of a run that does not."""
    found = grokking_step(run)
    return run.config.training.steps if found is None else found


def _learned(steps: Integers, accuracy: Floats) -> int | None:
    reached = accuracy >= LEARNED - AS_STORED
    if not len(reached) or not reached[-1]:
        return None
    later = np.arange(len(reached))[::-1]
    kept = reached[::-1].cumsum()[::-1] - reached
    return int(steps[np.argmax(reached & (kept >= LEARNED * later))])


def crossing_step(run: Run, level: float) -> int | None:
    """First metric step with at least that test accuracy."""
    reached = run.test_accuracy >= level - AS_STORED
    return int(run.steps[reached.argmax()]) if reached.any() else None


def softness(run: Run) -> float | None:
    """(t90 − t10) / t90 of test accuracy: near 0 for a sudden rise; None if it never gets to 90 %."""
    t10, t90 = crossing_step(run, 0.1), crossing_step(run, 0.9)
    if t10 is None or t90 is None:
        return None
    return (t90 - t10) / t90 if t90 else 0.0


def metric_at(run: Run, metric: str, step: int | None) -> float | None:
    """A metric at the last metric step up to `step`."""
    if step is None:
        return None
    index = max(0, int(np.searchsorted(run.steps, step, side="right")) - 1)
    return float(getattr(run, metric)[index])


def finite_part(values: Floats) -> Floats:
    """The values up to the first that is not finite."""
    bad = ~np.isfinite(values)
    return values[: bad.argmax()] if bad.any() else values


@dataclass(frozen=True)
class Rise:
    """A loss climbing from a minimum to a peak."""

    minimum_step: int
    minimum: float
    peak_step: int
    peak: float

    @property
    def ratio(self) -> float:
        return self.peak / max(self.minimum, TINY)


def train_turn(run: Run) -> Rise | None:
    """The largest relative rise of train loss after memorising and before generalising.

    None when the run does not do both, or train loss only falls in between.
    """
    start, end = memorisation_step(run), grokking_step(run)
    if start is None or end is None:
        return None
    inside = (run.steps >= start) & (run.steps <= end)
    steps, loss = run.steps[inside], run.train_loss[inside]
    if not len(loss) or not np.isfinite(loss).all():
        return None
    lowest = np.minimum.accumulate(loss)
    peak = int(np.argmax(loss / np.maximum(lowest, TINY)))
    least = int(np.argmin(loss[: peak + 1]))
    if least == peak:
        return None
    return Rise(int(steps[least]), float(loss[least]), int(steps[peak]), float(loss[peak]))


def fall(steps: Integers, values: Floats, floor: float = 0.0) -> tuple[int, int, int] | None:
    """Steps at which a curve, after its peak, is first at 90, 50 and 10 % of peak minus floor.

    None when it never gets that low. Linear, not logarithmic: on a log scale a loss goes on
    falling long after every answer is right, so its "drop" would have no end.
    """
    values = finite_part(values)
    if not len(values) or not values.max() > floor:  # nor is there any height above a floor of NaN
        return None
    peak = int(values.argmax())
    left = (values[peak:] - floor) / (values[peak] - floor)
    if left.min() > 0.1:
        return None
    high, half, low = (int(steps[peak + np.argmax(left <= level)]) for level in (0.9, 0.5, 0.1))
    return high, half, low


@dataclass(frozen=True)
class ThereAndBack:
    """Test loss falling, rising, and falling again.

    below_step: from here on the loss is below the first minimum for good, None if never;
    end_ratio: the loss at the end over that minimum. accuracy: test accuracy at that minimum, and at its lowest
    until the loss is back below it, or to the end.
    """

    rise: Rise
    below_step: int | None
    end_ratio: float
    accuracy: tuple[float, float]

    @property
    def accuracy_fall(self) -> float:
        return self.accuracy[0] - self.accuracy[1]


def there_and_back(run: Run) -> ThereAndBack | None:
    """The most visible hump of test loss: the largest rise, in loss, between two record lows.

    Loss differences, not ratios, so that flickers of a tiny loss at the end do not count; humps
    before the loss has halved are the first memorising and do not count either.
    """
    loss = finite_part(run.test_loss)
    if not len(loss):
        return None
    lowest = np.minimum.accumulate(loss)
    height = np.where(lowest <= FELL * loss[0], loss - lowest, 0)
    peak = int(height.argmax())
    if height[peak] <= 0:
        return None
    least = int(np.argmin(loss[: peak + 1]))
    rise = Rise(int(run.steps[least]), float(loss[least]), int(run.steps[peak]), float(loss[peak]))
    not_below = np.flatnonzero(loss >= loss[least])[-1] + 1
    settled = not_below < len(loss) == len(run.test_loss)
    return ThereAndBack(
        rise=rise,
        below_step=int(run.steps[not_below]) if settled else None,
        end_ratio=float(loss[-1] / max(loss[least], TINY)),
        accuracy=(float(run.test_accuracy[least]), float(run.test_accuracy[least:not_below].min())),
    )


@dataclass(frozen=True)
class Dip:
    """Test accuracy at an earlier height, at its lowest after that, and at the end; and train accuracy beside it."""

    peak_step: int
    peak: float
    lowest_step: int
    lowest: float
    end: float
    train: tuple[float, float]  # at the peak, at the lowest

    @property
    def depth(self) -> float:
        """How far the lowest lies below both: a fall that was made good by the end."""
        return min(self.peak, self.end) - self.lowest

    @property
    def counts(self) -> bool:
        """Whether the model switched to memorising meanwhile: it fell far, from a height, and train accuracy did not."""
        return self.depth >= DIP and self.peak >= DIP_FROM and self.train[1] >= self.train[0]


def accuracy_dip(run: Run) -> Dip | None:
    """The deepest fall of test accuracy that was made good by the end; None if it only rises.

    Of running medians of nine measurements, so that a flicker is no fall.
    """
    test, train = (_steadied(values) for values in (run.test_accuracy, run.train_accuracy))
    height = np.minimum(np.maximum.accumulate(test), test[-1]) - test
    lowest = int(height.argmax())
    if not height[lowest] > 0:
        return None
    peak = int(test[: lowest + 1].argmax())
    return Dip(
        peak_step=int(run.steps[peak]),
        peak=float(test[peak]),
        lowest_step=int(run.steps[lowest]),
        lowest=float(test[lowest]),
        end=float(test[-1]),
        train=(float(train[peak]), float(train[lowest])),
    )


def _steadied(values: Floats) -> Floats:
    padded = np.pad(values, STEADYING // 2, mode="edge")
    medians: Floats = np.median(np.lib.stride_tricks.sliding_window_view(padded, STEADYING), axis=1)
    return medians


@dataclass(frozen=True)
class Reverse:
    """The run at the minimum of its test loss, and at its end."""

    minimum_step: int
    minimum: float
    end: float
    train_loss: tuple[float, float]  # at the minimum, at the end; so are the next two
    weight_norm: tuple[float, float]
    test_accuracy: tuple[float, float]

    @property
    def ratio(self) -> float:
        return self.end / max(self.minimum, TINY)


def reverse(run: Run) -> Reverse | None:
    """How a run went on after the minimum of its test loss."""
    loss = finite_part(run.test_loss)
    if not len(loss):
        return None
    least = int(loss.argmin())

    def both(values: Floats) -> tuple[float, float]:
        return float(values[least]), float(values[len(loss) - 1])

    return Reverse(
        minimum_step=int(run.steps[least]),
        minimum=float(loss[least]),
        end=float(loss[-1]),
        train_loss=both(run.train_loss),
        weight_norm=both(run.weight_norm),
        test_accuracy=both(run.test_accuracy),
    )
