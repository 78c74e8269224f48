"""The table of all sums a + b: which are trained on, and which a model answers right as it learns."""

import numpy as np

from reportgen.analysis.group_votes import answers, pairs_among_all, right_answers
from reportgen.analysis.modular import modular_task
from reportgen.files.arrays import Array, Booleans
from reportgen.numerics.tasks import make_split
from reportgen.store.run import Run


def answered_right(run: Run) -> Array:
    """(S, P²) bool: whether the largest logit is that of a + b mod P, for every ordered pair; row a·P + b."""
    right = right_answers(modular_task(run).modulus)
    return np.stack([answers(*weights) == right for weights in zip(run.w_input, run.w_output, strict=True)])


def trained_on(run: Run) -> Booleans:
    """(P²,) whether an ordered pair, or where order does not matter its mirror, is in the training set."""
    return pairs_among_all(make_split(run.config).train[0], modular_task(run))
