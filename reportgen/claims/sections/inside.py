"""The claims of section 5: the five-neuron algorithm, several times over, in the trained model."""

import numpy as np

from reportgen.analysis import cells_needed, group_phase_error, used_frequencies
from reportgen.claims.registry import GENERALISING, Finding, claim, number, percent, within
from reportgen.store.run import Run

SEVERAL = 3  # frequencies, at least
FULL, SPARSE = 0.5, 2.0  # cells that hold 95 % of the energy: share of all; number per neuron
PHASE_DEGREES = 10.0


@claim(
    "C15",
    "modular",
    kind="typical",
    whose="original",
    given=GENERALISING,
    text="Several frequencies share the work, and the Fourier transform of the weights turns sparse.",
    threshold=f"At least {SEVERAL} frequencies. 95\u00a0% of the energy of each matrix lies in at least "
    f"{percent(FULL)} of the cells (a neuron at a frequency, or its constant) at the start, and in "
    f"at most {number(SPARSE)} cells per neuron at the end.",
)
def turns_sparse(run: Run) -> Finding:
    frequencies, cells = len(used_frequencies(run)), run.w_output.shape[-1] // 2 + 1
    start, end = (
        (cells_needed(run.w_input[i, : run.w_output.shape[-1]]), cells_needed(run.w_output[i].T))
        for i in (0, -1)
    )
    if not np.isfinite([*start, *end]).all():
        return Finding(False, f"The weights are not finite, or zero; {frequencies} frequencies are used.")
    return Finding(
        frequencies >= SEVERAL and min(start) >= FULL * cells and max(end) <= SPARSE,
        f"It uses {frequencies} {'frequency' if frequencies == 1 else 'frequencies'}. Of the {cells} "
        f"cells of a neuron, {number(start[0])} hold 95\u00a0% of W_input's energy at the start and "
        f"{number(end[0])} at the end; {number(start[1])} and {number(end[1])} that of W_output.",
    )


@claim(
    "C16",
    "modular",
    kind="typical",
    whose="original",
    given=GENERALISING,
    text="In each frequency's group, a neuron's output phase is twice its input phase.",
    threshold=f"Within {number(PHASE_DEGREES)}° for every neuron of every group, with no rotation allowed.",
)
def phases_double(run: Run) -> Finding:
    error, count = group_phase_error(run), sum(used_frequencies(run).values())
    if error is None:
        return Finding(False, "None of its neurons uses a frequency: 0 groups.")
    degrees = float(np.degrees(error))
    return Finding(
        within((degrees,), PHASE_DEGREES), f"Of {count} neurons, the farthest is off by {number(degrees)}°."
    )
