"""Memorised early, generalised late.

The lead chart of section 1: train and test accuracy of the main model over all steps, with the
two moments named on the curve.
"""

import altair as alt

from reportgen.charts import accuracy_chart

RUNS = ("modular",)
GROUP = "modular"
LEAD = True
CAPTION = (
    "Accuracy of the main model on the pairs it trains on and on those it never sees. "
    "Move across the chart to choose a step; every figure of this section follows."
)
ALT = (
    "Line chart of accuracy against training step. "
    "{% if modular.t_mem is not none %}Training accuracy reaches 99 % at step {{ modular.t_mem|step }}"
    "{% else %}Training accuracy ends at {{ modular.train_accuracy_end|percent }}{% endif %}; "
    "{% if modular.t_gen is not none %}test accuracy stays near chance for thousands of steps and "
    "reaches 99 % only at step {{ modular.t_gen|step }}."
    "{% else %}test accuracy ends at {{ modular.test_accuracy_end|percent }}.{% endif %}"
)

GUESS = {
    "series": "test",
    "prompt": "Before you look: draw how accuracy on the test set goes, or choose.",
    "level": 0.5,
    "choices": {
        "rises with training accuracy": [(0, 0.02), (0.01, 0.8), (0.03, 0.92), (1, 0.926)],
        "never rises": [(0, 0.02), (1, 0.02)],
        "stays low for long, then rises": [(0, 0.02), (0.6, 0.03), (0.68, 0.12), (0.76, 0.8), (0.8, 0.92), (1, 0.926)],
    },
}  # fmt: skip


def chart(runs) -> alt.LayerChart:
    return accuracy_chart(runs["modular"], width=600, height=240)
