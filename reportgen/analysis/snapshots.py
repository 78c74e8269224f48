"""Which of a run's snapshots a picture needs: more where more changes, fewer where it is still."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from reportgen.files.arrays import Floats, Integers
from reportgen.store.run import Run

ENOUGH = 151  # snapshots of one run: at eight seconds for all, nineteen a second


def by_change(run: Run, moments: Iterable[int | None], most: int = ENOUGH) -> Run:
    """The run with at most about `most` of its snapshots, so that each differs as much from the one before.

    Change is that of weights, of accuracies and of the step, a third each. Start and end are kept, and the
    snapshot nearest to each of the run's moments, which are steps.
    """
    if len(run.snapshot_steps) <= most:
        return run
    gone = np.concatenate([[0.0], np.cumsum(_change(run))])
    wanted = np.searchsorted(gone, np.linspace(0, gone[-1], most)[1:-1])
    named = [run.nearest_snapshot(step) for step in moments if step is not None]
    kept = np.unique([0, *wanted, *named, len(gone) - 1])
    return replace(
        run, snapshot_steps=run.snapshot_steps[kept], w_input=run.w_input[kept], w_output=run.w_output[kept]
    )


def _change(run: Run) -> Floats:
    """(S − 1,): how much differs from each snapshot to the next, 1 in all. What is not finite does not count."""
    at = np.searchsorted(run.steps, run.snapshot_steps)
    w_input, w_output = (
        np.linalg.norm(np.diff(weights.astype(float), axis=0), axis=(1, 2))
        for weights in (run.w_input, run.w_output)
    )
    train, test = (np.abs(np.diff(accuracy[at])) for accuracy in (run.train_accuracy, run.test_accuracy))
    parts = _share(w_input) + _share(w_output), train + test, np.diff(run.snapshot_steps)
    change: Floats = np.mean([_share(part) for part in parts], axis=0)
    return change


def _share(values: Floats | Integers) -> Floats:
    """Of their sum; zeros where there is none."""
    finite = np.where(np.isfinite(values), values, 0.0).astype(float)
    total = finite.sum()
    return finite / total if total else finite
