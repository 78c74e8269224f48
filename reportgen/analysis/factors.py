"""What weight decay on the factors of a matrix charges for the matrix itself.

Of all ways to write a matrix as a product, the least half sum of squares of both factors is its nuclear norm,
the sum of its singular values (Srebro et al. 2004). The main model's embedding is a factor of W_input and of
W_output, so what counts is the matrix of both side by side. S snapshots.
"""

import numpy as np

from reportgen.analysis.modular import modular_task
from reportgen.files.arrays import Floats
from reportgen.store.run import Run


def both_sides(run: Run) -> Floats:
    """(S, P, 2H): W_input beside the transpose of W_output."""
    w_input = run.w_input[:, : modular_task(run).modulus].astype(float)
    return np.concatenate([w_input, run.w_output.astype(float).swapaxes(1, 2)], axis=2)


def singular_values(matrices: Floats) -> Floats:
    """(S, n) of matrices (S, rows, columns); NaN for one that is not finite."""
    good = np.isfinite(matrices).all(axis=(1, 2))
    found = np.full((len(matrices), min(matrices.shape[1:])), np.nan)
    found[good] = np.linalg.svd(matrices[good], compute_uv=False)
    return found


def nuclear_norm(run: Run) -> Floats:
    """(S,) the least half sum of squares with which factors could make both sides."""
    norms: Floats = singular_values(both_sides(run)).sum(axis=1)
    return norms


def half_squares(run: Run) -> Floats:
    """(S,) half the sum of the squares of all trained weights: what L2 decay charges for."""
    at = np.searchsorted(run.steps, run.snapshot_steps)
    halves: Floats = run.weight_norm[at] ** 2 / 2
    return halves


def effective_rank(run: Run) -> Floats:
    """(S,) of both sides: the squared sum of the singular values over the sum of their squares; n if all are equal."""
    values = singular_values(both_sides(run))
    squares: Floats = (values**2).sum(axis=1)
    empty = np.full(len(squares), np.nan)
    ranks: Floats = np.divide(values.sum(axis=1) ** 2, squares, out=empty, where=squares > 0)
    return ranks
