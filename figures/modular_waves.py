"""Each neuron becomes a wave.

The same weights as lines over the 67 numbers, one small panel per frequency the model ends on,
input weights left and output weights right.
"""

import altair as alt
import numpy as np

from reportgen.analysis import neurons
from reportgen.charts import NEURON, at_snapshot, neuron_param, step_limits, stepped

RUNS = ("modular",)
GROUP = "modular"
COLUMNS = 2
CAPTION = (
    "The same weights as lines, one per neuron, grouped by the frequency each neuron ends on. "
    "The strips are as high as the weights at that step, but for the largest few, which are cut off. "
    "Point at a line to follow that neuron in every figure of this section."
)
ALT = (
    "Line charts of each neuron's weights over the {{ modular.modulus }} numbers, in "
    "{{ modular.frequency_count|words }} groups{% if modular.frequencies %}, for the frequencies "
    "{{ modular.frequencies|listing }}{% endif %}. Ragged at the start; at the end each line is "
    "close to a sine wave with that many cycles."
)


HEADROOM = 1.15  # of the scale over what all but one weight in a hundred stay below
PANELS = 5  # frequencies with a panel of their own; the rest share one


def chart(runs) -> dict[str, alt.Chart]:
    run = runs["modular"]
    found = neurons(run)
    w_input = run.w_input[:, :, found.order]  # (S, P, H)
    w_output = run.w_output[:, found.order].swapaxes(1, 2)
    group, phase = groups(found)[found.order], found.phase[found.order]
    return {
        "input": waves(run, w_input, group, phase, "W_input"),
        "output": waves(run, w_output, group, phase, "W_output"),
    }


def groups(found) -> np.ndarray:
    """Each neuron's panel: its frequency, or "other" beyond the commonest few."""
    values, counts = np.unique(found.frequency[found.used], return_counts=True)
    common = values[np.argsort(-counts, kind="stable")][:PANELS]
    named = found.used & np.isin(found.frequency, common)
    return np.where(named, np.char.add("frequency ", found.frequency.astype(str)), "other")


def waves(run, weights, group, phase, title) -> alt.Chart:
    _, modulus, count = weights.shape
    limit, tick = f"limit_{title}", f"tick_{title}"
    limits = [round(HEADROOM * size, 4) for size in step_limits(weights)]
    power = f"pow(10, floor(log({limit}) / LN10))"
    scale = [
        alt.param(name=limit, expr=at_snapshot(run, limits)),
        alt.param(name=tick, expr=f"floor({limit} / {power}) * {power}"),
    ]
    columns = {
        "number": np.repeat(np.arange(modulus), count),
        "neuron": np.tile(np.arange(count), modulus),
        "group": np.tile(group, modulus),
        "phase": np.tile(np.round(phase, 3), modulus),
    }
    chosen = f"{NEURON} < 0 || datum.neuron == {NEURON}"
    header = alt.Header(title=None, labelAngle=0, labelOrient="top", labelAnchor="start")
    panels = sorted(set(group), key=lambda name: (name == "other", len(name), name))
    return (
        stepped(run, "waves", columns, weights.reshape(len(weights), -1))
        .mark_line(strokeWidth=1, clip=True)  # wider ones cost ten times as much to paint
        .encode(
            x=alt.X("number:Q", axis=alt.Axis(title="number", values=list(range(0, modulus, 20))),
                    scale=alt.Scale(domain=[0, modulus - 1], nice=False)),
            y=alt.Y("value:Q", scale=alt.Scale(domain=[alt.ExprRef(f"-{limit}"), alt.ExprRef(limit)], nice=False),
                    axis=alt.Axis(title=None, values=alt.ExprRef(f"[-{tick}, 0, {tick}]"), format=".1~r", minExtent=24)),
            row=alt.Row("group:N", sort=panels, header=header, spacing=4),
            detail="neuron:N",
            color=alt.Color("phase:Q", legend=None,
                            scale=alt.Scale(scheme="sinebow", domain=[-3.15, 3.15])),
            opacity=alt.condition(chosen, alt.value(0.9), alt.value(0.12)),
        )
        .add_params(neuron_param(), *scale)
        .properties(width=115, height=52, title=title)
    )  # fmt: skip
