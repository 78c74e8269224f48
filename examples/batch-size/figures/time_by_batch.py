"""Processor time until it is learned.

Steps from here, times the microseconds of a step that were measured elsewhere.
"""

import altair as alt
import numpy as np

from reportgen.charts import named

RUNS = ("steps-to-learn", "step-time")
CAPTION = "A step takes {{ step_time.least|number }} to {{ step_time.most|number }} microseconds."
ALT = "A line over the size of a batch: the time that the median training takes."


def chart(runs) -> alt.Chart:
    table = runs["step-time"]
    cost = dict(zip(table["batch_size"].tolist(), table["microseconds_a_step"].tolist(), strict=True))
    sizes = sorted({run.settings["batch"] for run in runs["steps-to-learn"]})
    steps = {
        size: np.median([run["learned"] for run in runs["steps-to-learn"] if run.settings["batch"] == size])
        for size in sizes
    }
    rows = [
        {"batch": size, "seconds": float(steps[size]) * cost[size] / 1e6}
        for size in sizes
        if np.isfinite(steps[size])
    ]
    x = alt.X(
        "batch:Q", title="examples in a batch", scale=alt.Scale(type="log", base=2, nice=False, padding=10)
    )
    y = alt.Y("seconds:Q", title="seconds to learn")
    return (
        alt.Chart(named("rows", rows))
        .mark_line(point=True)
        .encode(x=x, y=y)
        .properties(width=600, height=200)
    )
