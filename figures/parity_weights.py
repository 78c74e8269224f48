"""Everything but three digits is forgotten.

W_input, one column per neuron and one row per input, with the output weight of each neuron below.
"""

import altair as alt
import numpy as np

from reportgen.analysis import strongest_first
from reportgen.charts import row_axis, step_limits, weight_heatmap

RUNS = ("parity",)
GROUP = "parity"
CAPTION = (
    "Each column is a neuron. The rows are its weights for the {{ parity.digits }} digits and the "
    "bias, and below the gap its output weight. The first {{ parity.deciding|words }} rows are the "
    "digits that decide the answer. Full colour is the largest input weight of the step."
)
ALT = (
    "Heatmap of the parity model's weights, {{ parity.neurons }} neurons by {{ parity.digits }} digits "
    "and a bias. "
    "{% if parity.distractor_max_memorising is not none %}While it memorises, weights of the "
    "{{ parity.distractors }} distractor digits reach {{ parity.distractor_max_memorising|number }}. "
    "{% endif %}At the end the largest is {{ parity.distractor_max_end|number }}, and "
    "{{ parity.live_neurons|words }} neurons are still in use."
)


def chart(runs) -> alt.Chart:
    run = runs["parity"]
    task = run.config.task
    order = strongest_first(run)
    w_input, w_output = run.w_input[:, :, order], run.w_output[:, order].swapaxes(1, 2)
    gap = np.zeros((len(w_input), 1, len(order)))
    rows = [f"digit {i + 1}" for i in range(task.digits)] + ["bias", " ", "output"]
    labels = {rows[task.deciding // 2]: "deciding", rows[task.digits // 2]: "distractors"}
    return weight_heatmap(
        run,
        np.concatenate([w_input, gap, w_output], axis=1),
        row="input",
        column="neuron",
        row_labels=rows,
        column_labels=list(range(len(order))),
        limit=step_limits(w_input, 1),
        title="W_input and W_output",
        cell=(4, 6),
        x=alt.Axis(
            title="neuron, strongest first",
            labels=False,
            ticks=False,
            grid=True,
            gridWidth=0.5,
            bandPosition=0,
        ),
        y=row_axis({**labels, "bias": "bias", "output": "output"}),
        legend=True,
    )
