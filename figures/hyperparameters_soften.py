"""Other settings, from a cliff to a slope.

Test accuracy of every model of `soften`, a panel for each width. Time is measured by when a model gets to 90 %.
"""

import altair as alt
import numpy as np

from reportgen.analysis import crossing_step
from reportgen.charts import FULL, color, named, plot_width, rounded, simplified
from reportgen.wording.numbers import setting

RUNS = ("soften",)
COLUMNS = 3
CAPTION = (
    "Test accuracy of {{ soften.models }} models, each on a clock of its own: it is at 1 when the model gets to 90 %"
    "{% if soften.reached < soften.models %}, or at the end for the {{ (soften.models - soften.reached)|words }} that never do{% endif %}. "
    "A dot is the first step above 10 %: the farther left, the more gradual the rise."
)
ALT = (
    "Line charts of test accuracy, one for each number of neurons. {% if soften.reached %}{{ soften.reached }} of {{ soften.models }} "
    "models reach 90 % test accuracy; the share of the time until then that they take from 10 % to 90 % goes from "
    "{{ soften.hardest|number }} to {{ soften.softest|number }}.{% else %}No model reaches 90 % test accuracy.{% endif %}"
)

LOW, HIGH = 0.1, 0.9
UNTIL = 1.25  # times as long as to HIGH
HUES = ["muted", "together", "accent"]  # from weak decay to strong
PX = 1 / 200  # of the panel's height


def chart(runs) -> dict[str, alt.LayerChart]:
    models = runs["soften"]
    widths = sorted({run.config.model.neurons for run in models})
    decays = sorted({run.config.training.weight_decay for run in models})
    rates = sorted({run.config.training.learning_rate for run in models}, reverse=True)
    scales = (
        alt.Scale(domain=[setting(decay) for decay in decays], range=[color(hue) for hue in HUES]),
        alt.Scale(domain=[setting(rate) for rate in rates], range=[[1, 0], [4, 3]]),
    )
    return {
        f"h{width}": panel([run for run in models if run.config.model.neurons == width], scales, f"{width} neurons",
                           first=width == widths[0])
        for width in widths
    }  # fmt: skip


def panel(models, scales, title: str, *, first: bool) -> alt.LayerChart:
    """The models of one width; the first panel, whose upper left is free, has the legends and the axis' title."""
    lines, dots = [], []
    for number, run in enumerate(models):
        low, high = crossing_step(run, LOW), crossing_step(run, HIGH)
        of = {"model": number, "decay": setting(run.config.training.weight_decay),
              "rate": setting(run.config.training.learning_rate)}  # fmt: skip
        time, accuracy = run.steps / (high or run.steps[-1]), run.test_accuracy
        (kept,) = simplified(run.steps, np.where(time <= UNTIL, accuracy, np.nan)[None], PX)
        lines += [of | {"time": t, "accuracy": a}
                  for t, a in zip(rounded(time[kept]), rounded(accuracy[kept]), strict=True)]  # fmt: skip
        if low is not None and high:
            (at,), (there,) = (rounded(values[run.steps == low]) for values in (time, accuracy))
            dots.append(of | {"time": at, "accuracy": there})
    x = alt.X("time:Q", scale=alt.Scale(domain=[0, UNTIL], nice=False),
              axis=alt.Axis(title="time until 90 %", values=[0, 0.25, 0.5, 0.75, 1], format="~r"))  # fmt: skip
    y = alt.Y("accuracy:Q", scale=alt.Scale(domain=[0, 1], nice=False),
              axis=alt.Axis(title="test accuracy" if first else None, format="%", values=[0, LOW, 0.5, HIGH, 1], minExtent=30))  # fmt: skip
    look = {"orient": "top-left", "titleLimit": 200, "symbolType": "stroke", "symbolStrokeWidth": 2.5}
    hue, dash = scales
    tone = alt.Color("decay:N", scale=hue, legend=alt.Legend(title="weight decay", **look) if first else None)
    rate = alt.StrokeDash(
        "rate:N", scale=dash, legend=alt.Legend(title="learning rate", **look) if first else None
    )
    layers = [alt.Chart(named("curves", lines)).mark_line(strokeWidth=1.8, clip=True).encode(
        x=x, y=y, color=tone, strokeDash=rate, detail="model:N")]  # fmt: skip
    if dots:
        base = alt.Chart(named("starts", dots)).encode(x=x, y=y, color=tone)
        layers.append(base.mark_point(filled=True, size=60, opacity=1))
    return alt.layer(*layers).properties(
        width=plot_width(FULL, COLUMNS, beside=52), height=210, title=title, usermeta={"responsive": True}
    )
