"""The facts of section 4: five neurons, and how they lie on the circle."""

import numpy as np

from reportgen import analysis
from reportgen.facts.registry import Facts, of_run
from reportgen.facts.sections.modular import periodic
from reportgen.store.run import Run


@of_run("five-neurons")
def on_a_circle(run: Run) -> Facts:
    inward, outward = analysis.circle_weights(run)
    shape = analysis.geometry(inward[-1], outward[-1])
    degrees = np.degrees([*shape.evenness, np.abs(shape.doubling).max()])
    return periodic(run) | {
        "parameters": 4 * run.config.model.neurons,
        "accuracy_gap": np.abs(run.train_accuracy - run.test_accuracy).max(),
        "norm_ratio_in": shape.norm_ratio[0],
        "norm_ratio_out": shape.norm_ratio[1],
        "unevenness_in_degrees": degrees[0],
        "unevenness_out_degrees": degrees[1],
        "doubling_error_degrees": degrees[2],
    }
