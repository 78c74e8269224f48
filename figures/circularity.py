"""Do the circles depend on the order of the inputs?

How much of each model's weights is in one frequency per neuron, with symmetric inputs and without.
"""

import altair as alt
import numpy as np

from reportgen.analysis import grokking_step, input_spectrum, modular_task, noise_share
from reportgen.charts import color, named

RUNS = ("circularity",)
CAPTION = (
    "Each mark is one seed of the main model: the share of energy in the top frequency, for its median neuron at the "
    "end of training. Above, the model sees each pair once, in one order; below, in both."
)
ALT = (
    "Strip chart with one mark per seed: how much of a typical neuron's energy is in one frequency. "
    "With symmetric inputs {{ circularity.symmetric.generalised }} of "
    "{{ circularity.symmetric.models }} seeds generalise{% if circularity.symmetric.share_median is not none %} and "
    "the median is {{ circularity.symmetric.share_median|percent }}{% endif %}; with ordered pairs "
    "{{ circularity.ordered.generalised }} of {{ circularity.ordered.models }}"
    "{% if circularity.ordered.share_median is not none %}, and it is "
    "{{ circularity.ordered.share_median|percent }}{% endif %}."
)


def chart(runs) -> alt.LayerChart:
    rows = []
    for run in runs["circularity"]:
        share = float(np.median(input_spectrum(run).share[-1]))
        rows.append({
            "inputs": "a ≤ b only" if modular_task(run).symmetric else "all ordered pairs",
            "share": round(share, 4),
            "seed": run.config.seed,
            "jitter": round((run.config.seed % 4 - 1.5) * 5, 1),
            "outcome": "does not generalise" if grokking_step(run) is None else "generalises",
        })  # fmt: skip
    noise = noise_share(modular_task(runs["circularity"][0]).modulus)
    x = alt.X("share:Q", scale=alt.Scale(domain=[0, 1], nice=False),
              axis=alt.Axis(title="energy in the top frequency, median neuron", format="%", tickCount=5))  # fmt: skip
    marks = (
        alt.Chart(named("seeds", rows))
        .mark_point(size=80, strokeWidth=1.5, opacity=1, filled=True, stroke=color("muted"))
        .encode(
            x=x,
            y=alt.Y("inputs:N", axis=alt.Axis(title=None, grid=False, labelFontSize=12)),
            yOffset=alt.YOffset("jitter:Q", scale=alt.Scale(domain=[-12, 12])),
            fill=alt.Fill("outcome:N", scale=alt.Scale(
                domain=["generalises", "does not generalise"], range=[color("test"), color("paper")]),
                legend=alt.Legend(title=None, orient="top", symbolType="circle", symbolStrokeColor=color("muted"))),
        )
    )  # fmt: skip
    rule = alt.Chart(alt.Data(values=[{"share": noise}])).mark_rule(strokeDash=[3, 3]).encode(x="share:Q")
    word = (
        alt.Chart(alt.Data(values=[{"share": noise}]))
        .mark_text(align="right", dx=-4, y=8, color=color("muted"), text="noise")
        .encode(x="share:Q")
    )
    return alt.layer(rule, word, marks).properties(width=600, height=120, usermeta={"responsive": True})
