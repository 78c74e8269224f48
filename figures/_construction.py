"""What the figures of appendix A share: sliders, and a circle of numbers that stays round.

Points are given in units of the circle's radius; the scales' ends follow the panel's shape.
"""

import altair as alt

from reportgen.analysis import Construction, construction
from reportgen.charts import color, named

M = Construction().modulus
TURN = f"(2 * PI / {M})"  # the angle between neighbouring numbers
A, B = 40, 52  # shown first: a pair whose right answer scores lowest without an activation
SIZE = 300  # px
REACH = 1.38  # of the panel, in radii


def numbers() -> list[alt.Parameter]:
    """The sliders for a and b."""
    return [slider("a", A, 0, M - 1), slider("b", B, 0, M - 1)]


def slider(name: str, value: int, low: int, high: int, label: str | None = None) -> alt.Parameter:
    """A whole number that the reader chooses."""
    bind = alt.binding_range(min=low, max=high, step=1, name=f"{label or name} ")
    return alt.param(name=name, value=value, bind=bind)


def expression(name: str, text: str) -> alt.Parameter:
    """A number that follows from the sliders."""
    return alt.param(name=name, expr=text)


def midpoint() -> list[alt.Parameter]:
    """length and angle of the midpoint of a and b, and their sum on the circle."""
    return [
        expression("reach", f"cos((a - b) * {TURN} / 2)"),
        expression("length", "abs(reach)"),
        expression("angle", f"((a + b) * {TURN} / 2 + (reach < 0 ? PI : 0)) % (2 * PI)"),
        expression("answer", f"(a + b) % {M}"),
    ]


def x(value: str = "x:Q") -> alt.X:
    return alt.X(value, axis=None, scale=_scale("width", "height"))


def y(value: str = "y:Q") -> alt.Y:
    return alt.Y(value, axis=None, scale=_scale("height", "width"))


def _scale(side: str, other: str) -> alt.Scale:
    """REACH radii on the shorter side, more on the longer one: a circle stays round.

    In an export of several panels, Vega knows no sides of a single one; there they are equal.
    """
    end = f"{REACH} * ({other} > 0 ? max(1, {side} / {other}) : 1)"
    return alt.Scale(
        domainMin=alt.ExprRef(f"-{end}"), domainMax=alt.ExprRef(end), nice=False, zero=False, padding=0
    )


def at(chart: alt.Chart, radius: str, angle: str, suffix: str = "") -> alt.Chart:
    """The chart with fields x and y at a radius and an angle, given as expressions."""
    return chart.transform_calculate(
        **{f"x{suffix}": f"({radius}) * cos({angle})", f"y{suffix}": f"({radius}) * sin({angle})"}
    )


def one() -> alt.Chart:
    """A chart of a single mark."""
    return alt.Chart(alt.Data(values=[{}]))


def point(radius: str, angle: str) -> alt.Chart:
    """A single mark at a place."""
    return at(one(), radius, angle).encode(x=x(), y=y())


def label(radius: str, angle: str, text: str, hue: str = "ink", **mark) -> alt.Chart:
    """A word at a place; text is an expression."""
    style = {"fontSize": 13, "fontWeight": 600} | mark
    return point(radius, angle).mark_text(text=alt.ExprRef(text), color=color(hue), **style)


def ray(radius: str, angle: str, hue: str = "ink", start: str = "0", **mark) -> alt.Chart:
    """A line from a radius, the centre at first, out to another."""
    chart = at(at(one(), radius, angle), start, angle, "2")
    return chart.mark_rule(color=color(hue), **mark).encode(x=x(), y=y(), x2="x2", y2="y2")


def ring(away_from: list[str]) -> list[alt.Chart]:
    """The numbers as dots, every tenth named unless it is close to one that has a label."""
    points = construction.embedding(M).round(4).tolist()
    rows = [{"number": c, "x": px, "y": py} for c, (px, py) in enumerate(points)]
    dots = alt.Chart(named("ring", rows)).encode(x=x(), y=y())
    near = " || ".join(f"{away('datum.number', other)} < 4" for other in away_from)
    names = (
        dots.transform_filter(f"datum.number % 10 == 0 && !({near})")
        .transform_calculate(name_x="1.14 * datum.x", name_y="1.14 * datum.y")
        .mark_text(fontSize=11, color=color("muted"))
        .encode(x=x("name_x:Q"), y=y("name_y:Q"), text="number:Q")
    )
    return [dots.mark_point(filled=True, size=14, opacity=1, color=color("muted")), names]


def chord_between(one_angle: str, other_angle: str) -> alt.Chart:
    """The straight line between two numbers."""
    chart = at(at(one(), "1", one_angle), "1", other_angle, "2")
    return chart.mark_rule(color=color("ink"), strokeWidth=1).encode(x=x(), y=y(), x2="x2", y2="y2")


def arc(radius: float, angle: str, hue: str = "muted", samples: int = 90) -> alt.Chart:
    """From angle 0 counter-clockwise to an angle; from the second time around a little wider."""
    parts = alt.Chart(alt.sequence(0, samples + 1, as_="part"))
    turned = f"datum.part / {samples} * ({angle})"
    return (
        at(parts, f"{radius} + 0.012 * {turned}", turned)
        .mark_line(color=color(hue), strokeWidth=1)
        .encode(x=x(), y=y(), order="part:Q")
    )


def opposite(angle: str) -> str:
    return f"({angle}) + PI"


def away(first: str, second: str) -> str:
    """How many numbers apart two numbers are on the circle."""
    return f"abs({ahead(first, second)})"


def ahead(first: str, second: str) -> str:
    """By how many numbers the first is counter-clockwise of the second, less than half a turn."""
    return f"(({first} - {second} + {1.5 * M}) % {M} - {M / 2})"


def pair() -> list[alt.Chart]:
    """a and b as dots with their letters, which share a place when the dots nearly do."""
    places, together = [f"a * {TURN}", f"b * {TURN}"], f"{away('a', 'b')} < 3"
    dots = [
        point("1", place).mark_point(filled=True, size=70, opacity=1, color=color("ink")) for place in places
    ]
    letters = [f"{together} ? 'a, b' : 'a'", f"{together} ? '' : 'b'"]
    named_dots = zip(places, letters, strict=True)
    return dots + [label("1.15", place, text, fontStyle="italic") for place, text in named_dots]


def answer_ring() -> list[alt.Chart]:
    """a + b as a ring whose words keep clear of those of a and b."""
    out = f"answer * {TURN}"
    near = (
        f"({away('answer', 'a')} < {away('answer', 'b')} ? {ahead('answer', 'a')} : {ahead('answer', 'b')})"
    )
    close, side = f"abs({near}) < 5", f"cos({out})"
    aside = f"{close} ? ({near} * {side} > 0 ? -17 : 17) * abs({side}) : 0"
    radius = f"1.2 + ({close} ? 0.14 * abs(sin({out})) : 0)"
    return [target(), label(radius, out, "'a + b'", fontStyle="italic", dy=alt.ExprRef(aside))]


def target() -> alt.Chart:
    """The right answer's place."""
    return point("1", f"answer * {TURN}").mark_point(size=170, opacity=1, strokeWidth=2, color=color("ink"))


def dot(radius: str, angle: str, hue: str = "accent") -> alt.Chart:
    return point(radius, angle).mark_point(filled=True, size=90, opacity=1, color=color(hue))


def along(angle: str, length: str, text: str, hue: str) -> alt.Chart:
    """A word beside a ray, on its counter-clockwise side; none where the ray is too short for it."""
    return label(
        f"0.62 * ({length})", angle, f"{length} < 0.5 ? '' : '{text}'", hue, fontSize=12,
        align=alt.ExprRef(f"sin({angle}) > 0.3 ? 'right' : sin({angle}) < -0.3 ? 'left' : 'center'"),
        dx=alt.ExprRef(f"-8 * sin({angle})"), dy=alt.ExprRef(f"-11 * cos({angle})"),
    )  # fmt: skip
