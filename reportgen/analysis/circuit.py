"""What the deciding digits alone would answer, long before the model does.

The logit of the 1s and 0s is averaged over the distractors, for each pattern of the deciding digits. Its mean
towards the right answer is the *signal*, its standard deviation the *noise*. Both come from the weights and
from rows drawn afresh, not from the test set. S snapshots, 2^k patterns of k deciding digits.
"""

import math
from dataclasses import dataclass
from itertools import product

import numpy as np

from reportgen.analysis.parity import parity_task
from reportgen.files.arrays import Floats, Integers
from reportgen.store.run import Run

DRAWS = 512  # rows of distractors, each used with its complement: what is odd in them cancels in the mean


@dataclass(frozen=True)
class Circuit:
    """Snapshot steps (S,); signal and noise of the logit (S, 2^k), the signal positive where it is right."""

    steps: Integers
    signal: Floats
    noise: Floats

    @property
    def right_from(self) -> int | None:
        """The step from which the sign is right for every pattern, to the end; None if it never is for good."""
        wrong = np.flatnonzero(~(self.signal > 0).all(axis=1))
        after = wrong[-1] + 1 if len(wrong) else 0
        return int(self.steps[after]) if after < len(self.steps) else None

    @property
    def accuracy(self) -> Floats:
        """(S,) what share of new rows is right, if the noise is normal."""
        with np.errstate(divide="ignore", invalid="ignore"):
            lead = np.nan_to_num(self.signal / self.noise, nan=0.0)
        shares: Floats = np.vectorize(math.erf)(lead / math.sqrt(2)) / 2 + 0.5
        means: Floats = shares.mean(axis=1)
        return means


def circuit(run: Run) -> Circuit:
    """Signal and noise of every snapshot; empty for a run without."""
    task = parity_task(run)
    patterns = np.array(list(product((0, 1), repeat=task.deciding)), float)
    right = np.where(patterns.sum(axis=1) % 2, 1.0, -1.0)
    rows = fresh_rows(task.digits - task.deciding)
    weights = zip(run.w_input.astype(float), run.w_output[..., 0].astype(float), strict=True)
    each = [_logits(*both, patterns, rows) for both in weights]
    logits = np.reshape(each, (len(each), len(patterns), len(rows))) * right[:, None]
    return Circuit(run.snapshot_steps, logits.mean(axis=2), logits.std(axis=2))


def foretold_apart(run: Run, found: Circuit) -> float:
    """The largest difference between predicted and measured test accuracy over the snapshots; 1 where one is NaN."""
    measured = run.test_accuracy[np.searchsorted(run.steps, found.steps)]
    worst = float(np.abs(found.accuracy - measured).max(initial=0))
    return worst if math.isfinite(worst) else 1.0


def fresh_rows(distractors: int) -> Floats:
    """(2·DRAWS, distractors + 1): random digits and their complements, with the bias's 1 at the end."""
    drawn = np.random.default_rng(DRAWS).random((DRAWS, distractors)) < 0.5
    both = np.concatenate([drawn, ~drawn])
    return np.concatenate([both, np.ones((len(both), 1))], axis=1)


def _logits(w_in: Floats, w_out: Floats, patterns: Floats, rows: Floats) -> Floats:
    """(2^k, rows): the model's logit for every pattern with every row."""
    heard = w_out != 0  # once pruned, few are
    k = patterns.shape[1]
    background, pattern = rows @ w_in[k:, heard], patterns @ w_in[:k, heard]
    logits: Floats = np.maximum(background + pattern[:, None], 0) @ w_out[heard]
    return logits
