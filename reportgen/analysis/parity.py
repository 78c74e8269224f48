"""The 1s and 0s models: which neurons live, which repeat each other, when distractors vanish.

The distractors are the digits that do not decide the answer; the bias is not one of them.
"""

import numpy as np

from reportgen.files.arrays import Booleans, Floats, Integers
from reportgen.numerics.config import ParityTask
from reportgen.store.run import Run

LIVE = 0.01  # of the largest ‖w_in‖·‖w_out‖
ALIKE = 0.95  # cosine above which two neurons read the same input


def parity_task(run: Run) -> ParityTask:
    """The run's task, known to be that of the 1s and 0s."""
    assert isinstance(run.config.task, ParityTask), run.name
    return run.config.task


def live_neurons(w_input: Floats, w_output: Floats) -> Booleans:
    """(…, H) whether each neuron matters: ‖w_in‖·‖w_out‖ at least 1 % of the largest."""
    strength = _strength(w_input, w_output)
    largest: Floats = strength.max(axis=-1, keepdims=True)
    return (strength >= LIVE * largest) & (strength > 0)


def strongest_first(run: Run) -> Integers:
    """(H,) the neurons by their strength at the end: the order in which figures number them."""
    return np.argsort(-_strength(run.w_input[-1], run.w_output[-1]), kind="stable")


def _strength(w_input: Floats, w_output: Floats) -> Floats:
    """(…, H) ‖w_in‖·‖w_out‖ of each neuron."""
    inward: Floats = np.linalg.norm(w_input.astype(float), axis=-2)
    outward: Floats = np.linalg.norm(w_output.astype(float), axis=-1)
    return inward * outward


def near_duplicates(w_input: Floats, w_output: Floats) -> list[tuple[int, int]]:
    """Pairs of live neurons of one model with nearly the same input weights and output sign."""
    live = np.flatnonzero(live_neurons(w_input, w_output))
    columns = w_input[:, live].astype(float)
    columns = columns / np.linalg.norm(columns, axis=0)
    cosines = columns.T @ columns
    signs = np.sign(w_output[live, 0])
    alike = (cosines > ALIKE) & (signs[:, None] == signs)
    first, second = np.nonzero(np.triu(alike, k=1))
    return list(zip(live[first].tolist(), live[second].tolist(), strict=True))


def alignment(w_input: Floats, w_output: Floats, deciding: int) -> float | None:
    """How closely all live neurons read the deciding digits along one line: the least |cosine|; None without any."""
    live = live_neurons(w_input, w_output)
    columns = w_input[:deciding, live].astype(float)
    lengths: Floats = np.linalg.norm(columns, axis=0)
    if not live.any() or not lengths.all():
        return None
    return float(np.abs(columns.T @ columns / np.outer(lengths, lengths)).min())


def distractor_rows(run: Run) -> slice:
    """The rows of W_input that belong to distractors."""
    return slice(parity_task(run).deciding, parity_task(run).digits)


def distractor_max(run: Run) -> Floats:
    """(S,) the largest absolute distractor weight of each snapshot; 0 without distractors."""
    largest: Floats = np.abs(run.w_input[:, distractor_rows(run)]).max(axis=(1, 2), initial=0)
    return largest


def distractor_norm(run: Run) -> Floats:
    """(S,) the L2 norm of all distractor weights of each snapshot."""
    weights = run.w_input[:, distractor_rows(run)].astype(float)
    squares: Floats = (weights**2).sum(axis=(1, 2))
    return np.sqrt(squares)


def stays_below(run: Run, threshold: float) -> int | None:
    """The snapshot step from which every distractor weight is smaller than the threshold."""
    below = distractor_max(run) < threshold
    if not below.any() or not below[-1]:
        return None
    above = np.flatnonzero(~below)
    return int(run.snapshot_steps[above[-1] + 1 if len(above) else 0])


def largest_distractor(run: Run, start: int, end: int) -> float | None:
    """The largest distractor weight among the snapshots from start to end, both included."""
    inside = (run.snapshot_steps >= start) & (run.snapshot_steps <= end)
    return float(distractor_max(run)[inside].max()) if inside.any() else None
