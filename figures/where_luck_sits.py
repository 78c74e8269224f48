"""Which data meet which initial weights decides when a model generalises.

The step at which each model first has 99 % of the test sums right, for every split of the data with every start;
beside it, what the differences are due to.
"""

import altair as alt
import numpy as np

from reportgen.analysis import crossed_steps, variance_sources
from reportgen.charts import TEST_RGB, color, named
from reportgen.wording.numbers import number

RUNS = ("where-luck-sits",)
COLUMNS = 2
CAPTION = (
    "The square: the same {{ where_luck_sits.splits }} splits of the data, each with the same {{ where_luck_sits.starts }} initial "
    "weights, in the order of their medians; the stronger the colour, the later 99 % of the unseen sums are right (of two models "
    "in each cell, the first). The bars: where the differences come from, as shares of the variance of the logarithm."
)
ALT = (
    "A square of {{ where_luck_sits.splits }} by {{ where_luck_sits.starts }} cells, light and dark by when each model "
    "generalises.{% if where_luck_sits.split is not none %} Four bars beside it: the split explains {{ where_luck_sits.split|percent }} of the variance, the initial weights "
    "{{ where_luck_sits.start|percent }}, which meets which {{ where_luck_sits.pairing|percent }}, and a change of the weights "
    "by a millionth {{ where_luck_sits.nudge|percent }}.{% endif %}"
)
SOURCES = ("the split", "the start", "which meets which", "a nudge of 10⁻⁶")


def chart(runs) -> dict[str, alt.LayerChart | alt.Chart]:
    when, _ = crossed_steps(runs["where-luck-sits"])  # (starts, splits, nudges)
    return {"cells": cells(when), "sources": sources(when)}


def cells(when) -> alt.Chart:
    """A cell for each pair, rows and columns from early to late."""
    rows, columns = (np.argsort(np.median(when[:, :, 0], axis=axis), kind="stable") for axis in (1, 0))
    found = [
        {"split": i + 1, "start": j + 1, "step": int(when[row, column, 0])}
        for j, row in enumerate(rows) for i, column in enumerate(columns)
    ]  # fmt: skip
    place = {"axis": alt.Axis(labels=False, ticks=False, domain=False), "scale": alt.Scale(padding=0)}
    fill = alt.Color(
        "step:Q",
        scale=alt.Scale(type="log", range=[f"rgba({TEST_RGB},0.06)", f"rgba({TEST_RGB},1)"], nice=False),
        legend=alt.Legend(
            title="step", orient="bottom", gradientLength=200, titleAnchor="middle", values=legend_steps(when)
        ),
    )
    return (
        alt.Chart(named("cells", found))
        .mark_rect()
        .encode(
            x=alt.X("split:O", title="split of the data", **place),
            y=alt.Y("start:O", title="initial weights", **place),
            color=fill,
        )
        .properties(width=300, height=300, title="When it generalises", usermeta={"responsive": True})
    )


def legend_steps(when) -> list[int]:
    """Round steps within what occurs."""
    return [step for step in (500, 1000, 2000, 5000, 10_000) if when.min() <= step <= when.max()]


def sources(when) -> alt.LayerChart:
    """A bar for each thing that the differences may be due to."""
    found = variance_sources(np.log10(when))
    values = (found.second, found.first, found.pairing, found.rest)
    bars = [
        {
            "source": name,
            "share": round(value, 4),
            "shown": f"{number(100 * value, 2)}\u00a0%" if value >= 0.01 else "below 1\u00a0%",
        }
        for name, value in zip(SOURCES, np.nan_to_num(values).tolist(), strict=True)
    ]
    x = alt.X("share:Q", scale=alt.Scale(domain=[0, 1], nice=False),
              axis=alt.Axis(title="share of the variance", format="%", values=[0, 0.5, 1]))  # fmt: skip
    y = alt.Y("source:N", sort=list(SOURCES), axis=alt.Axis(title=None, labelLimit=150, minExtent=120))
    base = alt.Chart(named("sources", bars)).encode(x=x, y=y)
    label = base.mark_text(align="left", dx=5, fontSize=12, color=color("ink")).encode(text="shown:N")
    return alt.layer(base.mark_bar(color=color("test"), height=22), label).properties(
        width=230, height=170, title="What it is due to", usermeta={"responsive": True}
    )
