"""L1 keeps a handful of neurons, L2 keeps nearly all.

The final weights of two models that differ only in the kind of weight decay.
"""

import altair as alt
import numpy as np

from reportgen.analysis import live_neurons
from reportgen.charts import FRAME, named, rounded, row_axis, weight_legend, weight_scale

RUNS = ("parity", "parity-l2")
COLUMNS = 2
CAPTION = (
    "Final input weights of the model trained with L1 (first) and of one trained with L2 instead "
    "(second), neurons with similar weights side by side. Both answer every test sequence correctly; one needs "
    "far fewer neurons."
)
ALT = (
    "Two heatmaps of final input weights. With L1, {{ parity.live_neurons|words }} neurons are in use "
    "and {{ parity.near_duplicates|words }} pairs are near duplicates; with L2, "
    "{{ parity_l2.live_neurons|words }} neurons and {{ parity_l2.near_duplicates|words }} pairs."
)


def chart(runs) -> dict[str, alt.Chart]:
    models = {"l1": (runs["parity"], "L1"), "l2": (runs["parity-l2"], "L2")}
    return {name: heatmap(run, kind) for name, (run, kind) in models.items()}


def heatmap(run, kind: str) -> alt.Chart:
    live = live_neurons(run.w_input[-1], run.w_output[-1])
    weights = run.w_input[-1][:, by_likeness(run.w_input[-1], live)]
    inputs, neurons = weights.shape
    names = [f"digit {i + 1}" for i in range(inputs - 1)] + ["bias"]
    task = run.config.task
    labels = {names[task.deciding // 2]: "deciding", names[task.digits // 2]: "distractors"}
    rows = [
        {"input": names[i], "neuron": j, "value": rounded(weights[i, [j]])[0]}
        for i in range(inputs)
        for j in range(neurons)
    ]
    limit = float(np.abs(weights).max())
    return (
        alt.Chart(named("weights", rows))
        .mark_rect(aria=False)
        .encode(
            x=alt.X("neuron:O", axis=alt.Axis(title="neuron", labels=False, ticks=False, grid=True, gridWidth=0.5, bandPosition=0)),
            y=alt.Y("input:O", sort=None, axis=row_axis({**labels, "bias": "bias"})),
            color=alt.Color("value:Q", scale=weight_scale(limit), legend=weight_legend()),
            tooltip=["input:O", "neuron:O", alt.Tooltip("value:Q", format=".3f", title="weight")],
        )
        .properties(
            width=4 * neurons, height=6 * inputs, view=FRAME, usermeta={"snap": [neurons, inputs]},
            title=f"{kind}: {live.sum()} of {neurons} neurons in use",
        )
    )  # fmt: skip


def by_likeness(weights: np.ndarray, live: np.ndarray) -> np.ndarray:
    """Neuron indices, live ones first, each followed by the one most like it."""
    norms = np.linalg.norm(weights, axis=0)
    unit = weights / np.maximum(norms, 1e-12)
    order, left = [], list(np.flatnonzero(live))
    current = int(np.argmax(np.where(live, norms, -1)))
    while left:
        left.remove(current)
        order.append(current)
        if left:
            current = left[int(np.argmax(unit[:, current] @ unit[:, left]))]
    return np.array(order + list(np.flatnonzero(~live)), dtype=int)
