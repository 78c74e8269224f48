"""All twenty numbers that training may change.

W_in-proj and W_out-proj as heatmaps with their values, one column per neuron, by step.
"""

import altair as alt
import numpy as np

from reportgen.analysis import around_circle
from reportgen.charts import NEURON, color, neuron_param, stepped, weight_scale, wheel

RUNS = ("five-neurons",)
GROUP = "five-neurons"
CAPTION = (
    "Each column is a neuron. The first table is what it reads, the second what it writes. The colours "
    "are rescaled with the step: the strongest one belongs to the table's largest weight at that step."
)
ALT = (
    "Two small tables of {{ five_neurons.neurons|words }} neurons by two weights, coloured by sign and size: "
    "{{ five_neurons.parameters }} numbers in all."
    "{% if five_neurons.weight_norm_end is not none %} The L2 norm of all of them goes from "
    "{{ five_neurons.weight_norm_start|number }} to {{ five_neurons.weight_norm_end|number }}.{% endif %}"
)
CELL = (45, 32)  # px
STRONG = 0.8  # share of the largest weight from which white reads better than ink


def chart(runs) -> dict[str, alt.LayerChart]:
    run = runs["five-neurons"]
    inward, outward = around_circle(run)
    return {
        "in": table(run, inward, "W_in-proj"),
        "out": table(run, outward, "W_out-proj"),
    }


def table(run, weights: np.ndarray, title: str) -> alt.LayerChart:
    """Weights (S, H, 2) as two rows, cos and sin, of H cells."""
    _, count, _ = weights.shape
    columns = {"part": np.tile(["cos", "sin"], count), "neuron": np.repeat(np.arange(1, count + 1), 2)}
    numbers = [{"test": f"datum.value == {n}", "value": hue}
               for n, hue in zip(range(1, count + 1), wheel(count).range, strict=True)]  # fmt: skip
    label = {"condition": numbers, "value": color("muted")}
    base = (
        stepped(run, "weights", columns, weights.reshape(len(weights), -1))
        .add_params(neuron_param())
        .transform_calculate(size="abs(datum.value)")
        .transform_joinaggregate(largest="max(size)")
        .transform_calculate(share="datum.value / max(datum.largest, 1e-12)")
        .encode(
            x=alt.X("neuron:O", axis=alt.Axis(title="neuron", labelAngle=0, ticks=False, domain=False,
                                              labelColor=label, labelFontWeight=600)),
            y=alt.Y("part:O", axis=alt.Axis(title=None)),
        )
    )  # fmt: skip
    chosen = f"datum.{NEURON} == {NEURON}"
    cells = base.mark_rect(aria=False).encode(
        color=alt.Color("share:Q", scale=weight_scale(1), legend=None),
        stroke=alt.condition(chosen, alt.value(color("ink")), alt.value(None)),
    )
    strong = alt.condition(f"abs(datum.share) > {STRONG}", alt.value("#ffffff"), alt.value(color("ink")))
    number = "format(datum.value, datum.size < 9.95 ? '.1f' : '.0f')"
    text = base.transform_calculate(text=f"isValid(datum.value) ? {number} : ''")  # a run may diverge
    values = text.mark_text(fontSize=12).encode(text="text:N", color=strong)
    size = {"width": CELL[0] * count, "height": CELL[1] * 2}
    return alt.layer(cells, values).properties(**size, title=title, usermeta={"snap": [count, 2]})
