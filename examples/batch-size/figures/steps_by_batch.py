"""Steps until it is learned.

Each point is one training; the line joins the medians.
"""

import altair as alt
import numpy as np

from reportgen.charts import named

RUNS = ("steps-to-learn",)
CAPTION = "A point for each of {{ steps_to_learn.seeds|words }} seeds. Both axes are logarithmic."
ALT = (
    "Points and a falling line: {{ steps_to_learn.steps_small|step }} steps with batches of {{ steps_to_learn.small }}, "
    "{{ steps_to_learn.steps_large|step }} with batches of {{ steps_to_learn.large }}."
)


def chart(runs) -> alt.LayerChart:
    rows = [
        {"batch": run.settings["batch"], "steps": float(run["learned"])}
        for run in runs["steps-to-learn"]
        if np.isfinite(run["learned"])
    ]
    x = alt.X(
        "batch:Q", title="examples in a batch", scale=alt.Scale(type="log", base=2, nice=False, padding=10)
    )
    y = alt.Y("steps:Q", title="steps to 95 % test accuracy", scale=alt.Scale(type="log"))
    base = alt.Chart(named("rows", rows))
    points = base.mark_point().encode(x=x, y=y)
    line = base.mark_line().encode(x=x, y=alt.Y("median(steps):Q", scale=alt.Scale(type="log")))
    return (line + points).properties(width=600, height=240)
