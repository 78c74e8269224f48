"""The weights, from noise to waves.

W_input and W_output as heatmaps, one row per neuron, one column per number, on one colour scale.
"""

import altair as alt
import numpy as np

from reportgen.analysis import neurons
from reportgen.charts import weight_heatmap

RUNS = ("modular",)
GROUP = "modular"
CAPTION = (
    "Each row is a neuron, each column a number from 0 to {{ modular.modulus - 1 }}. Blue weights "
    "are negative, red ones positive. Rows are sorted by the wave each neuron ends on."
)
ALT = (
    "Two heatmaps of {{ modular.neurons }} neurons by {{ modular.modulus }} numbers, W_input and "
    "W_output. At the start they are noise: the median neuron has {{ modular.share_start|percent }} "
    "of its energy in one frequency. At the end it has {{ modular.share_end|percent }}."
)


def chart(runs) -> dict[str, alt.Chart]:
    run = runs["modular"]
    order = neurons(run).order
    w_input = run.w_input[:, :, order].swapaxes(1, 2)  # (S, H, P)
    w_output = run.w_output[:, order]
    limit = float(max(np.abs(w_input[-1]).max(), np.abs(w_output[-1]).max()))
    return {
        "input": heatmap(run, w_input, limit, "W_input"),
        "output": heatmap(run, w_output, limit, "W_output"),
    }


def heatmap(run, weights: np.ndarray, limit: float, title: str) -> alt.Chart:
    _, count, modulus = weights.shape
    return weight_heatmap(
        run,
        weights,
        row="neuron",
        column="number",
        row_labels=list(range(count)),
        column_labels=list(range(modulus)),
        limit=limit,
        title=title,
        cell=(4, 5),
        x=alt.Axis(title="number", values=list(range(0, modulus, 10)), labelAngle=0, ticks=False),
        y=alt.Axis(title="neuron", labels=False),
        legend=True,
    )
