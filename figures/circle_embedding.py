"""The numbers on a circle.

The frozen embedding: each number as a point, and its two coordinates as a row of W_embed.
"""

import altair as alt
import numpy as np

from reportgen.analysis import fourier_basis, modular_task
from reportgen.charts import color, named, square_scales, weight_scale

RUNS = ("five-neurons",)
COLUMNS = 2
SIDE = 268  # px, of the circle's plot
EVERY = 5  # every fifth number is written at its point,
OUTSIDE = 1.13  # this many radii from the centre
REACH = 1.22  # the plot's edge, in radii
CELL = (94, 4)  # px
BESIDE = 100  # px: room beside the circle, so that both panels fill the width of the text
CAPTION = (
    "First the {{ five_neurons.modulus }} numbers at equal distances around a circle, then the same as a "
    "table: each row is a number, with its cosine and sine. The number "
    "{{ five_neurons.modulus // 6 }} is marked in both."
)
ALT = (
    "The numbers 0 to {{ five_neurons.modulus - 1 }} as points around a circle, counter-clockwise from the "
    "right, beside a heatmap of their cosines and sines. Down the {{ five_neurons.modulus }} rows each "
    "column goes once through a full wave."
)


def chart(runs) -> dict[str, alt.LayerChart]:
    modulus = modular_task(runs["five-neurons"]).modulus
    embedding = fourier_basis(modulus)[:, 1:3]  # (P, 2)
    marked = modulus // 6
    return {"circle": circle(embedding, marked), "table": table(embedding, marked)}


def circle(embedding: np.ndarray, marked: int) -> alt.LayerChart:
    """The numbers as points, some of them written, one with its two coordinates."""
    numbers = [{"number": i, "cos": round(x, 4), "sin": round(y, 4)} for i, (x, y) in enumerate(embedding)]
    one = numbers[marked]
    apart = [i for i in range(0, len(numbers), EVERY) if abs(i - marked) > 1]
    written = [{"number": i, "cos": OUTSIDE * embedding[i, 0], "sin": OUTSIDE * embedding[i, 1]}
               for i in (*apart, marked)]  # fmt: skip
    special = alt.condition(f"datum.number == {marked}", alt.value(color("ink")), alt.value(color("muted")))
    dots = plane(named("numbers", numbers), embedding).mark_point(shape="circle", filled=True, opacity=1)
    size = alt.condition(f"datum.number == {marked}", alt.value(80), alt.value(22))
    labels = plane(alt.Data(values=written), embedding).mark_text(fontSize=11)
    return alt.layer(
        *triangle(one, embedding),
        dots.encode(color=special, size=size),
        labels.encode(text="number:N", color=special),
    ).properties(width=SIDE + BESIDE, height=SIDE, title=f"The numbers 0 to {len(numbers) - 1}")


def plane(data: alt.Data, embedding: np.ndarray) -> alt.Chart:
    """Rows {cos, sin} at their place, to scale."""
    x, y = square_scales(REACH * float(np.hypot(*embedding[0])), SIDE + BESIDE, SIDE)
    return alt.Chart(data).encode(x=alt.X("cos:Q", scale=x, axis=None), y=alt.Y("sin:Q", scale=y, axis=None))


def triangle(one: dict, embedding: np.ndarray) -> list[alt.Chart]:
    """From the centre to a point, and its two coordinates as sides, named."""
    corners = [(0, 0), (one["cos"], 0), (one["cos"], one["sin"])]
    sides = [{"cos": x, "sin": y, "cos2": x2, "sin2": y2}
             for (x, y), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True)]  # fmt: skip
    lines = plane(alt.Data(values=sides), embedding).mark_rule(strokeWidth=1.5, color=color("ink"))
    middle = [{"cos": one["cos"] / 2, "sin": 0}], [{"cos": one["cos"], "sin": one["sin"] / 2}]
    below, right = (plane(alt.Data(values=rows), embedding) for rows in middle)
    return [
        lines.encode(x2="cos2:Q", y2="sin2:Q"),
        below.mark_text(text="cos", dy=11, fontSize=12),
        right.mark_text(text="sin", dx=6, fontSize=12, align="left"),
    ]


def table(embedding: np.ndarray, marked: int) -> alt.LayerChart:
    """W_embed: a row for each number, two weights wide."""
    rows = [{"number": i, "part": part, "value": round(value, 4)}
            for i, pair in enumerate(embedding) for part, value in zip(("cos", "sin"), pair, strict=True)]  # fmt: skip
    y = alt.Y(
        "number:O", axis=alt.Axis(title="number", ticks=False, values=list(range(0, len(embedding), 10)))
    )
    x = alt.X("part:O", axis=alt.Axis(title=None, orient="top", labelAngle=0, ticks=False, domain=False))
    cells = alt.Chart(named("embedding", rows)).mark_rect(aria=False).encode(
        x=x, y=y, color=alt.Color("value:Q", scale=weight_scale(float(embedding.max())), legend=None)
    )  # fmt: skip
    row = alt.Chart(alt.Data(values=[{"number": marked}])).encode(y="number:O")
    frame = row.mark_rect(fill=None, stroke=color("ink"), strokeWidth=1.5)
    name = row.mark_text(align="left", dx=6, fontSize=11).encode(
        x=alt.value(2 * CELL[0]), text="number:N", color=alt.value(color("ink"))
    )
    size = {"width": 2 * CELL[0], "height": CELL[1] * len(embedding)}
    return alt.layer(cells, frame, name).properties(**size, title="W_embed")
