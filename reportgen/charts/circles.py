"""Neurons as points around a circle, by step: where each one's (cos, sin) lies.

A vector is drawn relative to the longest of its step, so that the circle always fits; its length is
written below. Angles run counter-clockwise from the right.
"""

from collections.abc import Callable, Mapping, Sequence

import altair as alt
import numpy as np

from reportgen.charts.steps import NEURON, layered, neuron_param, stepped, unnamed
from reportgen.charts.theme import WHEEL, color
from reportgen.files.arrays import Floats
from reportgen.store.run import Run

MARGIN = 1.26  # half the plot's side over the circle's radius: room for dots, ticks and a line of text
TICK = (1.07, 1.19)  # from and to, in radii
PLAIN = f"{NEURON} < 0 || datum.neuron == {NEURON}"  # not faded for another neuron
Mark = Callable[[alt.Chart], alt.Chart]


def square_scales(reach: float, width: int, height: int) -> tuple[alt.Scale, alt.Scale]:
    """Scales of x and y on which a circle stays round, whatever size the page gives the plot.

    The shorter side goes from −reach to reach.
    """
    sides = side("width", width), side("height", height)

    def scale(own: str) -> alt.Scale:
        half = f"{reach} * {own} / min({', '.join(sides)})"
        return alt.Scale(domainMin=alt.expr(f"-{half}"), domainMax=alt.expr(half), nice=False, zero=False)

    return scale(sides[0]), scale(sides[1])


def side(name: str, own: int) -> str:
    """The Vega expression for a plot's "width" or "height".

    Panels of one file keep the size they were given, `own`; there Vega knows at most one of the two.
    """
    return f"(width && height ? {name} : {own})"


def wheel(count: int) -> alt.Scale:
    """Colours of neurons 1 … count, which are numbered around a circle."""
    hues = [color(WHEEL[i % len(WHEEL)]) for i in range(count)]
    return alt.Scale(domain=list(range(1, count + 1)), range=hues)


def circle_chart(run: Run, vectors: Mapping[str, Floats], marks: Sequence[Mark], *, shown: str,
                 title: str, width: int, height: int) -> alt.LayerChart:  # fmt: skip
    """The neurons of side `shown` as numbered dots, over what `marks` make of the same data.

    vectors: side → (S, H, 2), the (cos, sin) of every neuron in every snapshot, neurons in the order
    of their numbers. A mark gets a chart whose rows are the neurons, with x and y encoded and the
    fields <side>_cos and <side>_sin.
    """
    count = vectors[shown].shape[1]
    x, y = square_scales(MARGIN, width, height)
    base = _neurons(run, vectors, shown).encode(
        x=alt.X("x:Q", scale=x, axis=None),
        y=alt.Y("y:Q", scale=y, axis=None),
        color=alt.Color("neuron:O", scale=wheel(count), legend=None),
        opacity=alt.OpacityValue(0.2, condition={"test": PLAIN, "value": 1}),
    )
    dots = base.mark_point(shape="circle", filled=True, size=280, strokeWidth=0)
    numbers = base.mark_text(fontSize=11, fontWeight=600, baseline="middle").encode(
        text=alt.Text("neuron:O"), color=alt.ColorValue(color("paper"))
    )
    moving = layered(*(mark(base) for mark in marks), dots, numbers, _longest(base, width, height))
    return layered(ring(), moving).properties(width=width, height=height, title=title)


def _neurons(run: Run, vectors: Mapping[str, Floats], shown: str) -> alt.Chart:
    """One row a neuron: its vectors' components, and x, y relative to the longest shown."""
    count = vectors[shown].shape[1]
    components = [f"{side}_{axis}" for side in vectors for axis in ("cos", "sin")]
    columns = {
        "neuron": np.tile(np.arange(1, count + 1), len(components)),
        "component": np.repeat(components, count),
    }
    values = np.concatenate([side[:, :, axis] for side in vectors.values() for axis in (0, 1)], axis=1)
    return (
        stepped(run, "neurons", columns, values)
        .add_params(neuron_param())
        .transform_pivot("component", value="value", groupby=["neuron"])
        .transform_calculate(length=f"sqrt(pow(datum.{shown}_cos, 2) + pow(datum.{shown}_sin, 2))")
        .transform_joinaggregate(longest="max(length)")
        .transform_calculate(
            x=f"datum.{shown}_cos / max(datum.longest, 1e-12)",
            y=f"datum.{shown}_sin / max(datum.longest, 1e-12)",
        )
    )


def ring() -> alt.Chart:
    """The circle itself, of radius 1."""
    turn = np.linspace(0, 2 * np.pi, 73)
    points = np.round(np.stack([np.cos(turn), np.sin(turn)], axis=1), 4).tolist()
    rows = [{"x": x, "y": y, "at": i} for i, (x, y) in enumerate(points)]
    line: alt.Chart = alt.Chart(unnamed(rows)).mark_line(strokeWidth=1, color=color("muted"), opacity=0.6)
    return line.encode(x=alt.X("x:Q", axis=None), y=alt.Y("y:Q", axis=None), order="at:Q")


def rays(base: alt.Chart) -> alt.Chart:
    """A mark of `circle_chart`: each vector as a line from the centre."""
    line: alt.Chart = base.mark_rule(strokeWidth=2.5)
    return line.encode(x2=alt.datum(0), y2=alt.datum(0))


def polygon(base: alt.Chart) -> alt.Chart:
    """A mark of `circle_chart`: neurons with neighbouring numbers joined, the last with the first."""
    line: alt.Chart = base.mark_line(interpolate="linear-closed", strokeWidth=1.75)
    return line.encode(
        order=alt.Order("neuron:Q"), color=alt.ColorValue(color("ink")), opacity=alt.OpacityValue(0.75)
    )


def doubled(side: str) -> Mark:
    """A mark of `circle_chart`: a tick outside the circle at twice each neuron's angle on `side`."""

    def ticks(base: alt.Chart) -> alt.Chart:
        twice = f"2 * atan2(datum.{side}_sin, datum.{side}_cos)"
        ends = {f"{axis}{end}": f"{radius} * {turn}({twice})"
                for axis, turn in (("x", "cos"), ("y", "sin"))
                for end, radius in zip(("", "_end"), TICK, strict=True)}  # fmt: skip
        rules: alt.Chart = base.transform_calculate(**ends).mark_rule(strokeWidth=3)
        return rules.encode(x2="x_end:Q", y2="y_end:Q")

    return ticks


def _longest(base: alt.Chart, width: int, height: int) -> alt.Chart:
    """What the circle's radius stands for at this step."""
    words = "'radius = ' + format(datum.longest, datum.longest < 10 ? '.1f' : ',.0f')"
    said: alt.Chart = (
        base.transform_filter("datum.neuron == 1")
        .transform_calculate(radius=words)
        .mark_text(align="right", baseline="bottom", fontSize=11)
        .encode(text="radius:N", x=alt.value(alt.expr(side("width", width))),
                y=alt.value(alt.expr(side("height", height))), color=alt.value(color("muted")), opacity=alt.value(1))
    )  # fmt: skip
    return said
