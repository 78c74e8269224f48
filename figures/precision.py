"""Two precisions, one outcome?

The share of seeds that have generalised by each step, in double and in single precision.
"""

import altair as alt
import numpy as np

from reportgen.analysis import grokking_step
from reportgen.charts import color, named, step_axis
from reportgen.wording.numbers import percent

RUNS = ("rounding",)
CAPTION = (
    "The main model at ten times its learning rate, from the same {{ rounding.pairs }} seeds in double (float64) and in "
    "single precision (plain float32). The figure is not in the original article."
)
ALT = (
    "Step chart of the share of seeds that have generalised, against training step: two lines. At step "
    "{{ rounding.steps|step }} {{ rounding.exact }} of {{ rounding.pairs }} generalise in double precision, "
    "{{ rounding.plain }} in single."
)

KINDS = {"float64": "double precision", "float32-plain": "single precision"}
COLORS = [color("ink"), color("together")]
DASHES = [[1, 0], [5, 3]]


def chart(runs) -> alt.LayerChart:
    models = runs["rounding"]
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
        ends.append(f"{name}: {percent(points[-1][1], 0)}")
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
        alt.Chart(alt.Data(values=[{}])).mark_text(
            text=end, align="left", x=8, y=y, fontSize=12, fontWeight=500, color=paint
        )
        for end, paint, y in zip(ends, COLORS, (14, 30), strict=True)
    ]
    return alt.layer(lines, *labels).properties(width=600, height=190, usermeta={"responsive": True})
