"""Each frequency votes; only the sum decides.

For two numbers of the reader's choice, what each frequency's neurons add to the 67 logits, and the
sum. Vega computes it from the weights, so a and b can be changed on the page.
"""

import altair as alt
import numpy as np

from reportgen.analysis import answers, commonest, frequency_groups, grokking_step
from reportgen.charts import color, quantised, rounded, step_param, stepped
from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.wording.numbers import number

RUNS = ("modular",)
GROUP = "modular"
STAND_INS = "modular-seeds"
STRIPS = 5  # the commonest frequencies; other neurons share a strip
BITS, DIGITS = 16, 5  # of a weight on the page
APART, SUM, ROOM = 2.4, 2.4, 4.6  # in half strips: between two, the sum's height, its zero below the last
CAPTION = (
    "For the chosen a and b, the logits that each frequency's neurons give to the answers 0 to "
    "{{ modular.modulus - 1 }}, each strip centred on zero, and below their sum, the model's logits. "
    "Yellow marks the right answer. The frequencies share one scale and the sum has its own; both "
    "follow the step."
)
ALT = (
    "Line charts of the logits over the answers 0 to {{ modular.modulus - 1 }}, one strip per frequency"
    "{% if modular.frequency_count > 5 %} for the commonest of {{ modular.frequency_count|words }}"
    "{% elif modular.frequencies %} ({{ modular.frequencies|listing }}){% endif %}, and bars of the sum, "
    "for two numbers that the reader may choose. {% if modular.votes_right is not none %}At the end, for "
    "{{ modular.votes_right|number }} of {{ modular.ordered_pairs|number }} ordered pairs, "
    "the sum over the frequencies is largest at the right answer.{% else %}No neuron has settled on a "
    "frequency.{% endif %}"
)
TOP = 2.1  # of the picture, where the first strip's zero is at 0
ANSWER = "(a + b) % {modulus}"
READS_A = "(datum.matrix == 'W_input' || datum.matrix == 'W_input of a')"
READS_B = "(datum.matrix == 'W_input' || datum.matrix == 'W_input of b')"


def chart(runs) -> alt.LayerChart:
    run = runs["modular"]
    modulus = run.w_output.shape[-1]
    columns, values = cells(run)
    check_answers(run, values)
    names = [*(f"frequency {f}" for f in strips(run)[0]), *strips(run)[1]]
    core = votes(stepped(run, "weights", columns, values, DIGITS), len(names))
    bottom = sum_zero(len(names)) - SUM - 0.3
    x = alt.X("number:Q", scale=alt.Scale(domain=[-0.7, modulus - 0.3], nice=False),
              axis=alt.Axis(title="answer c", values=list(range(0, modulus, 10)), tickSize=3))  # fmt: skip
    layers = (band(modulus, x, bottom), *marks(modulus, len(names), x, strip_axis(names, bottom)))
    params = [param.param for param in (step_param(run), *sliders(modulus))]
    return alt.layer(
        *layers, data=core.data, transform=core.transform, params=params, width=228,
        height=round(15.5 * (TOP - bottom)), usermeta={"bits": BITS, "votes": voting(columns["matrix"], len(names))},
    )  # fmt: skip


def strips(run) -> tuple[dict[int, np.ndarray], list[str]]:
    """The frequencies with a strip of their own, and the name of the strip of all other neurons."""
    shown = commonest(frequency_groups(run), STRIPS)
    others = run.w_output.shape[1] - sum(len(group) for group in shown.values())
    if not shown:
        return shown, [f"all {others} neurons"]
    return shown, [f"{others} others" if others > 1 else "1 other neuron"][: bool(others)]


def cells(run) -> tuple[dict, np.ndarray]:
    """One row per weight of both matrices, and its values (S, rows)."""
    steps, inputs, count = run.w_input.shape
    modulus, groups = run.w_output.shape[-1], strips(run)[0]
    strip = np.full(count, len(groups))
    for place, members in enumerate(groups.values()):
        strip[members] = place
    halves = ["W_input"] if inputs == modulus else ["W_input of a", "W_input of b"]
    columns = {
        "matrix": np.repeat([*halves, "W_output"], modulus * count),
        "number": np.tile(np.repeat(np.arange(modulus), count), len(halves) + 1),
        "neuron": np.tile(np.arange(count), (len(halves) + 1) * modulus),
        "strip": np.tile(strip, (len(halves) + 1) * modulus),
    }
    parts = run.w_input.reshape(steps, -1), run.w_output.swapaxes(1, 2).reshape(steps, -1)
    return columns, np.concatenate(parts, axis=1)


def voting(matrices: np.ndarray, count: int) -> dict:
    """How `votes` reads the weights, so that the page need not do it row by row at every step; see contract.d.ts."""
    first, *others = (name for name in dict.fromkeys(matrices.tolist()) if name != "W_output")
    return {"inputs": {"a": first, "b": others[0] if others else first}, "output": "W_output", "all": count}


def check_answers(run, values: np.ndarray) -> None:
    """The page's 16-bit weights must give the model's answer to every ordered pair.

    A model that has not learned the task may answer by less than the rounding; then nobody can ask
    for the same answers. Raises ReportError.
    """
    whole, unit = quantised(np.array(rounded(values[-1], DIGITS)), BITS)
    inputs, count, modulus = run.w_input.shape[1], run.w_input.shape[2], run.w_output.shape[-1]
    weights = np.split(whole * unit, [inputs * count])
    shown = answers(weights[0].reshape(inputs, count), weights[1].reshape(modulus, count).T)
    differ = int((shown != answers(run.w_input[-1], run.w_output[-1])).sum())
    if differ and grokking_step(run) is not None:
        raise ReportError(
            f"modular_logits: {BITS}-bit weights change {number(differ)} of {number(modulus**2)} answers.",
            hint="The page would contradict the model. Give the figure more bits, or another run.",
            exit_code=EXIT_FAILED,
        )


def sliders(modulus: int) -> list[alt.Parameter]:
    """a and b, at first a fifth and a third of the way, so that the answer is near the middle."""
    return [
        alt.param(
            name=name, value=value, bind=alt.binding_range(min=0, max=modulus - 1, step=1, name=f"{name} ")
        )
        for name, value in (("a", modulus // 5), ("b", modulus // 3))
    ]


def votes(chart: alt.Chart, count: int) -> alt.Chart:
    """From weights to rows (strip, number, y, zero); strip `count` is the sum.

    A neuron's activation is ReLU(W_input[a] + W_input[b]); times its W_output[c] it is its vote for c.
    """
    part = f"datum.value * ({READS_A} * (datum.number == a) + {READS_B} * (datum.number == b))"
    height = f"datum.strip == {count} ? {SUM} : 1"
    return (
        chart.transform_calculate(part=part)
        .transform_joinaggregate(before="sum(part)", groupby=["neuron"])
        .transform_filter("datum.matrix == 'W_output'")
        .transform_calculate(vote="max(0, datum.before) * datum.value", strip=f"[datum.strip, {count}]")
        .transform_flatten(["strip"])
        .transform_aggregate(logit="sum(vote)", groupby=["strip", "number"])
        .transform_joinaggregate(middle="mean(logit)", groupby=["strip"])
        .transform_calculate(
            centred="datum.logit - datum.middle", size="abs(datum.centred)", summed=f"datum.strip == {count}"
        )
        .transform_joinaggregate(largest="max(size)", groupby=["summed"])
        .transform_joinaggregate(top="max(logit)", groupby=["strip"])
        .transform_calculate(zero=f"datum.summed ? {sum_zero(count)} : -{APART} * datum.strip")
        .transform_calculate(y=f"datum.zero + ({height}) * datum.centred / max(datum.largest, 1e-12)")
    )


def sum_zero(count: int) -> float:
    """Where the sum's zero is, below the strips."""
    return -APART * (count - 1) - ROOM


def strip_axis(names: list[str], bottom: float) -> alt.Y:
    """Every strip's name beside its zero."""
    zeros = [-APART * i for i in range(len(names))] + [sum_zero(len(names))]
    text = [*names, "sum"]
    label = f"{text}[indexof({zeros}, datum.value)]"
    axis = alt.Axis(title=None, values=zeros, labelExpr=label, gridColor=color("faint"))
    return alt.Y("y:Q", axis=axis, scale=alt.Scale(domain=[bottom, TOP], nice=False))


def band(modulus: int, x: alt.X, bottom: float) -> alt.LayerChart:
    """The right answer, named above all strips."""
    right = ANSWER.format(modulus=modulus)
    base = alt.Chart(alt.Data(values=[{}])).transform_calculate(
        number=right, low=f"{right} - 0.5", high=f"{right} + 0.5", foot=str(bottom), head="1.2",
        text=f"a + ' + ' + b + ' → ' + {right}", y="1.7",
    )  # fmt: skip
    stripe = base.mark_rect(color=color("grokking"), opacity=0.45).encode(
        x=alt.X("low:Q"), x2=alt.X2("high:Q"), y=alt.Y("foot:Q"), y2=alt.Y2("head:Q")
    )
    align = f"{right} < {modulus} / 6 ? 'left' : {right} > {modulus} * 5 / 6 ? 'right' : 'center'"
    label = base.mark_text(fontWeight=600, align=alt.ExprRef(align)).encode(
        x=x, y=alt.Y("y:Q"), text=alt.Text("text:N")
    )
    return alt.layer(stripe, label)


def marks(modulus: int, count: int, x: alt.X, y: alt.Y) -> tuple[alt.Chart, ...]:
    """Lines for the frequencies, bars for the sum, its largest in ink and numbered."""
    one, summed = f"datum.strip < {count}", "datum.summed"
    lines = alt.Chart().transform_filter(one).mark_line(strokeWidth=1.5, color=color("muted"))
    dots = alt.Chart().transform_filter(f"{one} && datum.number == {ANSWER.format(modulus=modulus)}")
    bars = alt.Chart().transform_filter(summed).transform_calculate(
        left="datum.number - 0.4", right="datum.number + 0.4"
    )  # fmt: skip
    peak = alt.Chart().transform_filter(f"{summed} && datum.logit == datum.top")
    ink = {"test": "datum.logit == datum.top", "value": color("ink")}
    edges = {"x": alt.X("left:Q"), "x2": alt.X2("right:Q"), "y": y, "y2": alt.Y2("zero:Q")}
    return (
        bars.mark_rect(aria=False).encode(**edges, color=alt.ColorValue(color("muted"), condition=ink)),
        lines.encode(x=x, y=y, detail=alt.Detail("strip:N")),
        dots.mark_point(filled=True, size=30, opacity=1, color=color("ink")).encode(x=x, y=y),
        peak.mark_text(dy=-8, fontWeight=600).encode(x=x, y=y, text=alt.Text("number:Q")),
    )
