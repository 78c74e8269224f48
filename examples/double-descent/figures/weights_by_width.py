"""The length of the weights.

Of all weights that fit, least squares takes the shortest: near the peak even those are long.
"""

import altair as alt
import numpy as np

from reportgen.charts import named

RUNS = ("fits",)
CAPTION = "Length of the weights, median and middle half of {{ fits.draws }} draws."
ALT = "A band over the number of features, highest near {{ fits.examples }}, the number of examples."


def chart(runs) -> alt.LayerChart:
    run = runs["fits"]
    low, middle, high = np.quantile(run["norm"], [0.25, 0.5, 0.75], axis=0)
    rows = [
        {"features": int(width), "low": float(a), "norm": float(b), "high": float(c)}
        for width, a, b, c in zip(run["widths"], low, middle, high, strict=True)
    ]
    x = alt.X("features:Q", scale=alt.Scale(type="log", nice=False), title="random features")
    scale = alt.Scale(type="log")
    base = alt.Chart(named("rows", rows))
    band = base.mark_area(opacity=0.25).encode(
        x=x, y=alt.Y("low:Q", scale=scale, title="length of the weights"), y2="high:Q"
    )
    line = base.mark_line().encode(x=x, y=alt.Y("norm:Q", scale=scale))
    return (band + line).properties(width=600, height=200)
