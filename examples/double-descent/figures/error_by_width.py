"""Error by the number of features.

Medians over the draws, on data that were learned from and on new ones.
"""

import altair as alt
import numpy as np

from reportgen.charts import color, named

RUNS = ("fits",)
CAPTION = "Each point is the median of {{ fits.draws }} draws. Both axes are logarithmic."
ALT = (
    "Two curves over the number of features. Test error falls, rises to a peak of {{ fits.peak_error|number }} at "
    "{{ fits.peak_at }} features, and falls again to {{ fits.error_at_most|number }} at {{ fits.most }}."
)
LEAST = 1e-3  # below that an error counts as none, and is not drawn


def chart(runs) -> alt.Chart:
    run = runs["fits"]
    rows = [
        {"features": int(width), "error": float(error), "data": data}
        for data in ("train", "test")
        for width, error in zip(run["widths"], np.median(run[f"{data}_error"], axis=0), strict=True)
        if error > LEAST
    ]
    return (
        alt.Chart(named("rows", rows))
        .mark_line(point=True)
        .encode(
            x=alt.X("features:Q", scale=alt.Scale(type="log", nice=False), title="random features"),
            y=alt.Y("error:Q", scale=alt.Scale(type="log"), title="mean squared error"),
            color=alt.Color(
                "data:N",
                title=None,
                legend=alt.Legend(orient="top"),
                scale=alt.Scale(domain=["train", "test"], range=[color("train"), color("test")]),
            ),
        )
        .properties(width=600, height=260)
    )
