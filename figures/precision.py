"""Does rounding decide whether a model groks?

The share of seeds that have generalised by each step, in three precisions.
"""

import altair as alt
import numpy as np

from reportgen.analysis import grokking_step
from reportgen.charts import color, named, step_axis
from reportgen.wording.numbers import percent

RUNS = ("precision",)
CAPTION = (
    "The main model from {{ precision.exact.models|words }} seeds, trained in three ways of rounding. The figure is "
    "not in the original article."
)
ALT = (
    "Step chart of the share of seeds that have generalised, against training step. By the end, at step "
    "{{ precision.steps|step }}, it is {{ precision.exact.generalised }} of {{ precision.exact.models }} in float64, "
    "{{ precision.plain.generalised }} of {{ precision.plain.models }} in plain float32 and "
    "{{ precision.mended.generalised }} of {{ precision.mended.models }} in float32 without the cancellation."
)

KINDS = {"float64": "float64", "float32-plain": "plain float32", "float32": "float32, mended"}
COLORS = [color("ink"), color("positive"), color("together")]
DASHES = [[1, 0], [5, 3], [2, 2]]


def chart(runs) -> alt.LayerChart:
    models = runs["precision"]
    last = models[0].config.training.steps
    rows, ends = [], []
    for kind, name in KINDS.items():
        found = [grokking_step(run) for run in models if run.config.training.precision == kind]
        steps = sorted(step for step in found if step is not None)
        shares = np.arange(1, len(steps) + 1) / max(len(found), 1)
        points = [
            (0, 0.0),
            *zip(steps, shares.tolist(), strict=True),
            (last, len(steps) / max(len(found), 1)),
        ]
        rows += [{"step": step, "share": round(share, 4), "precision": name} for step, share in points]
        ends.append({"share": points[-1][1], "precision": name})
    names = list(KINDS.values())
    lines = (
        alt.Chart(named("shares", rows))
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=alt.X("step:Q", axis=step_axis(), scale=alt.Scale(domain=[0, last], nice=False)),
            y=alt.Y("share:Q", axis=alt.Axis(title="share that has generalised", format="%", tickCount=5),
                    scale=alt.Scale(domain=[0, 1], nice=False)),
            color=alt.Color("precision:N", legend=None, scale=alt.Scale(domain=names, range=COLORS)),
            strokeDash=alt.StrokeDash("precision:N", legend=None, scale=alt.Scale(domain=names, range=DASHES)),
        )
    )  # fmt: skip
    labels = [
        alt.Chart(alt.Data(values=[end]))
        .mark_text(align="left", x=8, y=y, fontSize=12, fontWeight=500, color=paint,
                   text=f"{end['precision']}: {percent(end['share'], 0)}")
        for end, paint, y in zip(ends, COLORS, (14, 30, 46), strict=True)
    ]  # fmt: skip
    return alt.layer(lines, *labels).properties(width=600, height=190, usermeta={"responsive": True})
