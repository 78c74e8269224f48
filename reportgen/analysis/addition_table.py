"""The table of all sums a + b: which are trained on, and which a model answers right as it learns."""

import numpy as np

from reportgen.analysis.group_votes import answers, right_answers
from reportgen.analysis.modular import modular_task
from reportgen.files.arrays import Array
from reportgen.numerics.tasks import make_split
from reportgen.store.run import Run


def answered_right(run: Run) -> Array:
    """(S, P²) bool: whether the largest logit is that of a + b mod P, for every ordered pair; row a·P + b."""
    right = right_answers(modular_task(run).modulus)
    return np.stack([answers(*weights) == right for weights in zip(run.w_input, run.w_output, strict=True)])


def trained_on(run: Run) -> Array:
    """(P²,) bool: whether an ordered pair, or where order does not matter its mirror, is in the training set."""
    task = modular_task(run)
    table = np.zeros((task.modulus, task.modulus), bool)
    a, b = make_split(run.config).train[0].T
    table[a, b] = True
    return (table | table.T if task.symmetric else table).ravel()
