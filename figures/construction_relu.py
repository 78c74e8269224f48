"""With ReLU, a few directions double the angle.

The same two numbers: the midpoint reaches into a few fixed directions, and each neuron answers in
its direction at twice the angle.
"""

import altair as alt
from _construction import (
    SIZE,
    TURN,
    M,
    along,
    at,
    dot,
    label,
    midpoint,
    numbers,
    one,
    pair,
    ray,
    ring,
    slider,
    target,
    x,
    y,
)

from reportgen.charts import color

RUNS = ()
COLUMNS = 2
MOST = 12  # neurons
LONG = 0.8  # of the circle's radius: what a neuron at full reach is drawn as
CAPTION = (
    "N evenly spaced neurons with ReLU. In the first circle, each neuron has a direction and is as active as the midpoint reaches "
    "into it; those that face away are silent. In the second, each pushes in the direction with twice the angle, and the sum "
    "of the pushes points at the answer. With an even N, opposite neurons share a direction there."
)
ALT = (
    "Two circles with the {{ construction.modulus }} numbers. First, {{ construction.neurons|words }} directions, those near "
    "the midpoint active. Second, the same neurons at twice their angles, a star, and their sum, which points at "
    "a + b. With {{ construction.neurons|words }} neurons it does for all {{ construction.pairs|number }} pairs, with 6 for "
    "{{ construction.right['6']|number }}."
)
PHI = "(datum.i * 2 * PI / N)"
WINNER = f"round((atan2(push_y, push_x) + 2 * PI) / {TURN}) % {M}"
VERDICT = "'The sum points at ' + winner + (winner == answer ? ', the right answer' : '; right is ' + answer)"


def chart(runs) -> dict[str, alt.LayerChart]:
    return {"inward": inward(), "outward": outward()}


def params() -> list[alt.Parameter]:
    """The sliders, and the sum of all neurons' pushes, which no transform could hand to a title."""
    pushes = {side: " + ".join(push(i, f"{wave}({4 * i} * PI / N)") for i in range(MOST))
              for side, wave in (("x", "cos"), ("y", "sin"))}  # fmt: skip
    sums = [alt.param(name=f"push_{side}", expr=text) for side, text in pushes.items()]
    sliders = [*numbers(), slider("N", 5, 3, MOST, "neurons N")]
    return [*sliders, *midpoint(), *sums, alt.param(name="winner", expr=WINNER)]


def push(i: int, direction: str) -> str:
    return f"(N > {i} ? max(0, cos(angle - {2 * i} * PI / N)) * {direction} : 0)"


def inward() -> alt.LayerChart:
    """The midpoint and how far it reaches into each direction."""
    return (
        alt.layer(
            *ring(["a", "b"]),
            *spokes(PHI),
            ray("length", "angle", "ink", strokeWidth=1.5, strokeDash=[4, 3]),
            *pair(),
            dot("length", "angle", "ink"),
            *key("midpoint of a and b"),
            names(PHI, "datum.i + 1"),
        )
        .add_params(*params())
        .properties(
            width=SIZE,
            height=SIZE,
            title=alt.TitleParams(text=alt.ExprRef("'Going in: ' + N + ' directions'")),
        )
    )


def key(words: str) -> list[alt.Chart]:
    """What the black dot is, in the corner: it comes near every place within the circle, where its name would lie over others."""
    y = alt.YValue(alt.ExprRef(f"(height || {SIZE}) - 8"))
    dot = one().mark_point(filled=True, size=90, opacity=1, color=color("ink")).encode(x=alt.value(7), y=y)
    text = (
        one().mark_text(align="left", baseline="middle", fontSize=12, text=words).encode(x=alt.value(18), y=y)
    )
    return [dot, text]


def outward() -> alt.LayerChart:
    """Each neuron's push at twice its angle, and the sum of all."""
    pair = "datum.i + 1 + (N % 2 == 0 ? ', ' + (datum.i + 1 + N / 2) : '')"
    total, right = "atan2(push_y, push_x)", f"answer * {TURN}"
    return (
        alt.layer(
            *ring(["answer"]),
            *spokes(f"2 * {PHI}"),
            ray("1", total, "ink", strokeWidth=2),
            dot("1", f"winner * {TURN}", "ink"),
            target(),
            label("1.22", right, "'a + b'", fontStyle="italic"),
            along(total, "1", "sum", "ink"),
            names(f"2 * {PHI}", pair, "N % 2 == 1 || datum.i < N / 2"),
        )
        .add_params(*params())
        .properties(width=SIZE, height=SIZE, title=alt.TitleParams(text=alt.ExprRef(VERDICT)))
    )


def neurons() -> alt.Chart:
    return alt.Chart(alt.sequence(0, MOST, as_="i")).transform_filter("datum.i < N")


def spokes(angle: str) -> list[alt.Chart]:
    """Every neuron's direction, and how active it is in that direction."""
    active = f"{LONG} * length * max(0, cos(angle - {PHI}))"
    return [
        line(LONG, angle).mark_rule(color=color("faint"), strokeWidth=1.5),
        line(active, angle).mark_rule(color=color("accent"), strokeWidth=5, strokeCap="round"),
    ]


def line(radius: float | str, angle: str) -> alt.Chart:
    chart = at(at(neurons(), "0", angle), str(radius), angle, "2")
    return chart.encode(x=x(), y=y(), x2="x2", y2="y2")


def names(angle: str, text: str, which: str = "true") -> alt.Chart:
    """The neurons' numbers at the ends of their directions."""
    chart = at(neurons().transform_filter(which), str(LONG + 0.07), angle).transform_calculate(name=text)
    return chart.mark_text(fontSize=11, color=color("accent")).encode(x=x(), y=y(), text="name:N")
