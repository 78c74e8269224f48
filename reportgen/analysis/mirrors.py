"""Pairs of numbers in both orders: how many sums are learned from, and which test sums come for free.

A model that sends a and b through the same weights gives (a, b) and (b, a) one answer. So a test pair whose
mirror is trained on tells nothing of what it does on sums that it never saw.
"""

from dataclasses import dataclass

import numpy as np

from reportgen.analysis.group_votes import answers, pair_rows, right_answers
from reportgen.analysis.modular import modular_task
from reportgen.numerics.tasks import make_split
from reportgen.store.run import Run


@dataclass(frozen=True)
class Mirrors:
    """A run's test pairs, by whether their mirror is trained on.

    sums: different sums, in whichever order, among the training pairs. share: of the test pairs, of
    those with a mirror. mirrored, others: accuracies at the end on these, and on the rest; None without any.
    """

    sums: int
    share: float
    mirrored: float | None
    others: float | None


def mirrors(run: Run) -> Mirrors:
    """How a run does on test pairs with and without a mirror in training, by its weights as stored."""
    modulus, split = modular_task(run).modulus, make_split(run.config)
    trained, tested = split.train[0], split.test[0]
    mirrored = np.isin(pair_rows(tested[:, ::-1], modulus), pair_rows(trained, modulus))
    right = (answers(run.w_input[-1], run.w_output[-1]) == right_answers(modulus))[pair_rows(tested, modulus)]
    return Mirrors(
        sums=len(np.unique(pair_rows(np.sort(trained, axis=1), modulus))),
        share=float(mirrored.mean()),
        mirrored=float(right[mirrored].mean()) if mirrored.any() else None,
        others=float(right[~mirrored].mean()) if not mirrored.all() else None,
    )
