"""Five neurons stay within the limit, six do not.

How far the output is turned from the right answer, for every direction the midpoint can have, and
the largest such error by number of neurons.
"""

from dataclasses import replace

import altair as alt
import numpy as np
from _construction import slider

from reportgen.analysis import Construction, construction
from reportgen.charts import color, named, rounded

RUNS = ()
COLUMNS = 2
FEWEST, MOST = 3, 16  # neurons
LARGEST = 151  # modulus
CAPTION = (
    "First, how far the output is turned from the right answer, one dot for each direction that the midpoint of two "
    "numbers can have; outside the band the nearest answer is a wrong one (crosses). Second, the largest error by number of "
    "neurons, and the same limit. Choose N and M."
)
ALT = (
    "First, the angular error with {{ construction.neurons|words }} neurons and ReLU as a wave over the midpoint’s direction, at most "
    "{{ construction.error_degrees['5']|number }}°, within the limit of {{ construction.limit_degrees|number }}°; with x² it is zero. "
    "Second, the largest error by number of neurons, a falling zigzag: {{ construction.error_degrees['6']|number }}° with 6, "
    "{{ construction.error_degrees['7']|number }}° with 7, {{ construction.error_degrees['8']|number }}° with 8."
)
LIMIT = "(180 / M)"
APART = "(ceil(M / 2) - 1)"  # the farthest apart that two numbers are without being opposite
PAIRS = f"(datum.k % 2 ? 2 * ceil({APART} / 2) : 2 * floor({APART} / 2) + 1)"  # with that midpoint
OPPOSITE = "M + ' pairs of opposites: all scores are zero'"
ACTIVE = {"relu": "max(0, datum.reach)", "square": "pow(datum.reach, 2)"}
WORDS = {"relu": ("ReLU", "ink"), "square": ("x²", "accent")}
HEADING = 64  # px of text above the left plot
HEIGHT = 230


def chart(runs) -> dict[str, alt.LayerChart]:
    return {"directions": directions(), "neurons": by_neurons()}


def sliders() -> list[alt.Parameter]:
    return [slider("N", 5, FEWEST, MOST, "neurons N"), slider("M", 67, FEWEST, LARGEST, "modulus M")]


def directions() -> alt.LayerChart:
    """The error for all directions kπ/M that a midpoint can have, and how many pairs come out right."""
    x = alt.X("at:Q", scale=alt.Scale(domain=[0, 360], nice=False),
              axis=alt.Axis(title="direction of the midpoint, degrees", values=[0, 90, 180, 270, 360]))  # fmt: skip
    axis = alt.Axis(title="turned by, degrees", tickCount=5, minExtent=30, maxExtent=30, grid=False)
    y = {name: alt.Y(f"{name}:Q", scale=alt.Scale(nice=False, padding=16), axis=axis) for name in ACTIVE}
    dots, wave = with_errors("2 * M", "PI / M"), with_errors("361", "PI / 180")
    inside = dots.transform_filter("datum.relu_fits").encode(x=x, y=y["relu"])
    outside = dots.transform_filter("!datum.relu_fits").encode(x=x, y=y["relu"])
    return (
        alt.layer(
            band(),
            *(wave.mark_line(strokeWidth=1.5, color=color(WORDS[name][1])).encode(x=x, y=y[name]) for name in ACTIVE),
            inside.mark_point(filled=True, size=18, opacity=1, color=color("ink")),
            outside.mark_text(text="×", fontSize=13, color=color("positive")).encode(),
            *(score(dots, name, line) for line, name in enumerate(ACTIVE)),
            heading(f"M % 2 ? '' : {OPPOSITE}", 2, "muted"),
        )
        .add_params(*sliders())
        .properties(width=380, height=HEIGHT, title=alt.TitleParams(
            text=alt.ExprRef("N + ' neurons, modulus ' + M"), offset=6, frame="group"))
    )  # fmt: skip


def with_errors(count: str, step: str) -> alt.Chart:
    """Rows of directions k·step, each with the error of both activations in degrees and whether it fits."""
    one = alt.Chart(alt.Data(values=[{}])).transform_calculate(k=f"sequence(0, {count})")
    each = one.transform_flatten(["k"]).transform_calculate(i="sequence(0, N)").transform_flatten(["i"])
    each = each.transform_calculate(reach=f"cos(datum.k * {step} - 2 * PI * datum.i / N)")
    sums = []
    for name, active in ACTIVE.items():
        for side, wave in (("x", "cos"), ("y", "sin")):
            each = each.transform_calculate(**{f"{name}_{side}": f"{active} * {wave}(4 * PI * datum.i / N)"})
            sums.append(alt.AggregatedFieldDef(op="sum", field=f"{name}_{side}", **{"as": f"{name}_{side}"}))
    rows = each.transform_aggregate(sums, groupby=["k"])
    for name in ACTIVE:
        px, py = f"datum.{name}_x", f"datum.{name}_y"
        turned = f"(atan2({py}, {px}) - 2 * datum.k * {step} + 7 * PI) % (2 * PI) - PI"
        rows = rows.transform_calculate(**{name: f"hypot({px}, {py}) > 1e-9 ? 180 / PI * ({turned}) : null"})
        fits = f"isValid(datum.{name}) && abs(datum.{name}) < {LIMIT} - 1e-7"
        rows = rows.transform_calculate(**{f"{name}_fits": fits})
    return rows.transform_calculate(at=f"180 / PI * datum.k * {step}", pairs=PAIRS)


def band() -> alt.LayerChart:
    """Errors that leave the right answer nearest."""
    one = alt.Chart(alt.Data(values=[{}])).transform_calculate(low=f"-{LIMIT}", high=LIMIT)
    words = alt.ExprRef(f"'limit\\n' + format({LIMIT}, '.2f') + '°'")
    return alt.layer(
        one.mark_rect(color=color("together"), opacity=0.14).encode(y="low:Q", y2="high"),
        one.mark_text(text=words, lineBreak="\n", align="left", dx=6, dy=5, color=color("together")).encode(
            x=alt.datum(360), y="high:Q"
        ),
    )


def score(dots: alt.Chart, name: str, line: int) -> alt.Chart:
    """How many of all pairs one activation gets right."""
    word, hue = WORDS[name]
    counted = dots.transform_calculate(right=f"datum.{name}_fits ? datum.pairs : 0").transform_aggregate(
        right="sum(right)"
    )
    text = f"'{word}: ' + format(datum.right, ',') + ' of ' + format(M * M, ',') + ' pairs right'"
    return heading_mark(counted.transform_calculate(text=text), line, hue).encode(text="text:N")


def heading(text: str, line: int, hue: str) -> alt.Chart:
    one = alt.Chart(alt.Data(values=[{}])).transform_calculate(text=text)
    return heading_mark(one, line, hue).encode(text="text:N")


def heading_mark(rows: alt.Chart, line: int, hue: str) -> alt.Chart:
    """A line of text above the plot; its room is kept by the title."""
    style = {"align": "left", "baseline": "top", "fontSize": 12, "color": color(hue)}
    return rows.mark_text(**style).encode(x=alt.value(0), y=alt.value(18 * line - HEADING + 2))


def by_neurons() -> alt.LayerChart:
    """The largest ReLU error over all directions, by number of neurons."""
    circle = Construction()
    counts = range(FEWEST, MOST + 1)
    worst = np.degrees([construction.worst_error(replace(circle, neurons=n)) for n in counts])
    rows = [{"neurons": n, "error": error} for n, error in zip(counts, rounded(worst), strict=True)]
    x = alt.X("neurons:Q", scale=alt.Scale(domain=[FEWEST - 0.5, MOST + 0.5], nice=False, zero=False),
              axis=alt.Axis(title="neurons", values=list(counts), grid=False))  # fmt: skip
    y = alt.Y("error:Q", scale=alt.Scale(type="log", domain=[0.03, 250], nice=False),
              axis=alt.Axis(title="largest error, degrees", values=[0.1, 1, 10, 100], format="~g"))  # fmt: skip
    points = alt.Chart(named("worst", rows)).encode(x=x, y=y)
    limit = alt.Chart(alt.Data(values=[{}])).transform_calculate(error=LIMIT)
    odd, even = (
        points.transform_filter("datum.neurons % 2"),
        points.transform_filter("datum.neurons % 2 == 0"),
    )
    marks = {"size": 55, "opacity": 1, "strokeWidth": 1.5, "color": color("ink")}
    return (
        alt.layer(
            limit.mark_rule(color=color("together"), strokeWidth=1.5).encode(y="error:Q"),
            limit.mark_text(align="right", baseline="bottom", dy=-3, color=color("together"),
                            text=alt.ExprRef("'limit for modulus ' + M")).encode(x=alt.datum(MOST + 0.5), y="error:Q"),
            points.mark_line(strokeWidth=1, color=color("muted")),
            odd.mark_point(filled=True, **marks),
            even.mark_point(fill=color("paper"), **marks),
            points.transform_filter("datum.neurons == N").mark_point(size=190, opacity=1, strokeWidth=2, color=color("accent")),
            note(points, 13, "odd", "top", 9), note(points, 14, "even", "bottom", -9),
        )
        .add_params(*sliders())
        .properties(width=280, height=HEIGHT + HEADING, title="ReLU by number of neurons")
    )  # fmt: skip


def note(points: alt.Chart, neurons: int, text: str, baseline: str, dy: int) -> alt.Chart:
    return points.transform_filter(f"datum.neurons == {neurons}").mark_text(
        text=text, baseline=baseline, dy=dy, fontSize=12, color=color("ink")
    )
