"""The facts of appendix A, computed from the construction itself: nothing is trained for them."""

from dataclasses import replace

import numpy as np

from reportgen import analysis
from reportgen.analysis import construction
from reportgen.facts.registry import Facts, of_no_run

NEURON_COUNTS = range(3, 13)  # of the circular construction


@of_no_run("construction")
def circular() -> Facts:
    """ReLU by number of neurons, x² and the linear read-out at the main modulus."""
    circle = analysis.Construction()
    even = replace(circle, modulus=circle.modulus - 1, activation="square")
    sizes = {str(n): replace(circle, neurons=n) for n in NEURON_COUNTS}
    linear = construction.linear_logits(circle.modulus)
    failure = construction.first_failure(circle)
    beyond = None if failure is None else construction.correct(replace(circle, modulus=failure))
    return {
        "modulus": circle.modulus,
        "pairs": circle.modulus**2,
        "neurons": circle.neurons,
        "limit_degrees": np.degrees(circle.limit),
        "right": {n: construction.correct(size).sum() for n, size in sizes.items()},
        "error_degrees": {
            n: np.degrees(np.nanmax(np.abs(construction.angular_errors(size)))) for n, size in sizes.items()
        },
        "lead_min": np.nanmin(construction.relative_leads(circle)),
        "lead_exact": 1 - np.cos(circle.step),
        "first_failure": failure,
        "first_failure_wrong": None if beyond is None else (~beyond).sum(),
        "linear_right": (construction.leads(linear) > construction.TIE).sum(),
        "linear_lowest": (construction.leads(-linear) > construction.TIE).sum(),
        "even_modulus": even.modulus,
        "even_pairs": even.modulus**2,
        "even_ties": (np.linalg.norm(construction.outputs(even), axis=-1) <= construction.TIE).sum(),
        "even_wrong": (~construction.correct(even)).sum(),
    }
