"""Twelve ways to build the model.

Each diagram shows which matrices lie between the two numbers and the answer, and which of them are the same.
"""

from collections.abc import Iterator, Sequence
from itertools import product

import altair as alt

from reportgen.charts import color, named

RUNS = ()
COLUMNS = 2
CAPTION = (
    "From left to right: the two numbers, the matrices of the input side, the neurons, the matrices of the output side, "
    "the answer. E is the embedding, blue wherever it is used; U, in green, is a second embedding of the output’s own; P, P′ "
    "and Q are projections. A collapsed side has no projection; a collapsed input side has none to share."
)
ALT = (
    "12 small diagrams in 3 rows and 4 columns. Rows: the input side has one projection for both numbers, one "
    "for each, or none. Columns: the output side has a projection or none; then the same with an embedding of its own."
)

INPUTS = (("E", "P"), ("E", "P′"), ("E",))  # of the second number; the first has P in both of the first two
OUTPUTS = {"tied": (("Q", "Eᵀ"), ("Eᵀ",)), "untied": (("Q", "Uᵀ"), ("Uᵀ",))}
TONES = {"E": "negative", "Eᵀ": "negative", "Uᵀ": "test"}
WIDE, TALL = 10.0, 4.6  # of one diagram's place
HALF_W, HALF_H = 0.62, 0.62  # of a box
NEURONS = 5.0  # where they stand


def chart(runs) -> dict[str, alt.LayerChart]:
    return {name: panel(outputs) for name, outputs in OUTPUTS.items()}


def panel(outputs: tuple[tuple[str, ...], ...]) -> alt.LayerChart:
    """Every input side before each of these output sides."""
    found: dict[str, list[dict]] = {"box": [], "wire": [], "dot": [], "word": []}
    for place, (inward, outward) in enumerate(product(INPUTS, outputs)):
        left, top = WIDE * (place % len(outputs)), TALL * (place // len(outputs))
        for kind, row in diagram(inward, outward):
            moved = {k: v + (left if k[0] == "x" else top) for k, v in row.items() if k[0] in "xy"}
            found[kind].append(row | moved)
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, WIDE * len(outputs)], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, TALL * len(INPUTS)], nice=False, reverse=True))
    lines = (
        alt.Chart(named("wires", found["wire"]))
        .mark_rule(color=color("muted"))
        .encode(x=x, y=y, x2="x2:Q", y2="y2:Q")
    )
    base = alt.Chart(named("boxes", found["box"])).encode(x=x, y=y)
    tone = alt.Color("tone:N", legend=None, scale=alt.Scale(
        domain=["negative", "test", "muted"], range=[color("negative"), color("test"), color("muted")]))  # fmt: skip
    frames = base.mark_rect(fill=color("paper"), strokeWidth=1.3, cornerRadius=2).encode(
        x=alt.X("x0:Q", axis=None), x2="x1:Q", y=alt.Y("y0:Q", axis=None), y2="y1:Q", stroke=tone
    )
    letters = base.mark_text(fontSize=12).encode(text="text:N", color=tone)
    neurons = alt.Chart(named("neurons", found["dot"])).mark_circle(
        size=26, color=color("ink"), opacity=1
    ).encode(x=x, y=y)  # fmt: skip
    names = alt.Chart(named("names", found["word"])).mark_text(fontSize=11, color=color("muted"), align="left").encode(
        x=x, y=y, text="text:N"
    )  # fmt: skip
    return alt.layer(lines, frames, letters, neurons, names).properties(
        width=390, height=300, usermeta={"responsive": True}
    )


def diagram(inward: tuple[str, ...], outward: tuple[str, ...]) -> Iterator[tuple[str, dict]]:
    """The boxes, wires and neurons of one architecture, in its own place."""
    rows = (0.9, 2.5)
    first = " ".join(("E", "P") if "P′" in inward else inward)
    both = first if first == " ".join(inward) else f"{first}, {' '.join(inward)}"
    yield "word", {"x": 0.9, "y": 3.75, "text": f"{both} → {' '.join(outward)}"}
    for name, y, parts in zip("ab", rows, (first.split(), inward), strict=True):
        yield "word", {"x": 0.1, "y": y, "text": name}
        stops = [0.5, *(1.9 + 1.5 * i for i in range(len(parts)))]
        yield from _chain(stops, parts, y)
        yield "wire", {"x": stops[-1] + HALF_W, "y": y, "x2": NEURONS - 0.3, "y2": 1.7}
    for i in range(4):
        yield "dot", {"x": NEURONS, "y": 0.8 + 0.6 * i}
    stops = [6.3 + 1.5 * i for i in range(len(outward))]
    yield "wire", {"x": NEURONS + 0.3, "y": 1.7, "x2": stops[0] - HALF_W, "y2": 1.7}
    for place, text in zip(stops, outward, strict=True):
        yield "box", _box(place, 1.7, text)
    for one, other in zip(stops, [*stops[1:], stops[-1] + 1.5], strict=True):
        yield "wire", {"x": one + HALF_W, "y": 1.7, "x2": other - HALF_W, "y2": 1.7}


def _chain(stops: list[float], parts: Sequence[str], y: float) -> Iterator[tuple[str, dict]]:
    """A number and the matrices that it passes through."""
    for one, other in zip(stops, stops[1:], strict=False):
        yield "wire", {"x": one, "y": y, "x2": other - HALF_W, "y2": y}
    for place, text in zip(stops[1:], parts, strict=True):
        yield "box", _box(place, y, text)


def _box(x: float, y: float, text: str) -> dict:
    return {
        "x": x, "y": y, "x0": x - HALF_W, "x1": x + HALF_W, "y0": y - HALF_H, "y1": y + HALF_H, "text": text,
        "tone": TONES.get(text, "muted"),
    }  # fmt: skip
