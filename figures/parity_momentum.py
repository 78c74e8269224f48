"""Train loss turns upward with strong momentum, and not with weak.

Train loss of the 1s and 0s under three strengths of momentum, one line for each seed, and where each generalises.
"""

import altair as alt

from reportgen.analysis import grokking_step
from reportgen.charts import LOSS_FLOOR, color, named, rounded, tick_label
from reportgen.wording.numbers import setting

RUNS = ("parity-momentum",)
CAPTION = (
    "Train loss of the model of this section from {{ parity_momentum.by['0.99'].models|words }} new seeds, with three "
    "strengths of the optimiser’s momentum, β₁. Each line is one seed up to the step from which it generalises, "
    "marked by a dot. The figure is not in the original article."
)
ALT = (
    "Three panels of train loss against step, on a log scale. Train loss turns upward before generalising in "
    "{{ parity_momentum.by['0.9'].turned }} of {{ parity_momentum.by['0.9'].learned }} models with β₁ of 0.9, in "
    "{{ parity_momentum.by['0.95'].turned }} of {{ parity_momentum.by['0.95'].learned }} with 0.95 and in "
    "{{ parity_momentum.by['0.99'].turned }} of {{ parity_momentum.by['0.99'].learned }} with 0.99."
)
EVERY = 20  # steps between the points of a line


def chart(runs) -> alt.FacetChart:
    rows = [row for run in runs["parity-momentum"] for row in points(run)]
    x = alt.X("step:Q", axis=alt.Axis(title="step", tickCount=3, format=",d"), scale=alt.Scale(nice=False))
    axis = alt.Axis(title="loss", values=[1e-5, 1e-4, 1e-3, 1e-2, 1e-1], labelExpr=tick_label("datum.value"))
    y = alt.Y("loss:Q", axis=axis, scale=alt.Scale(type="log", nice=False))
    lines = (
        alt.Chart()
        .mark_line(strokeWidth=1.2, opacity=0.75, stroke=color("train"))
        .encode(x, y, detail="seed:N")
    )
    ends = alt.Chart().transform_filter("datum.end").mark_point(
        filled=True, size=34, opacity=1, fill=color("test"), stroke=color("paper"), strokeWidth=0.7
    ).encode(x, y)  # fmt: skip
    header = alt.Header(title=None, labelExpr="'β₁ = ' + datum.value", labelAnchor="start")
    return (
        alt.layer(lines, ends, data=named("losses", rows))
        .properties(width=186, height=170)
        .facet(column=alt.Column("momentum:N", header=header), spacing=14)
        .properties(usermeta={"responsive": True})
    )


def points(run) -> list[dict]:
    """Train loss up to the step from which the run generalises, or to its end."""
    last = grokking_step(run) or int(run.steps[-1])
    kept = (
        (run.steps <= last) & ((run.steps % EVERY == 0) | (run.steps == last)) & (run.train_loss > LOSS_FLOOR)
    )
    values = rounded(run.train_loss[kept], 3)
    return [
        {"seed": run.config.seed, "momentum": setting(run.config.training.beta1), "step": step, "loss": loss,
         "end": step == last and grokking_step(run) is not None}
        for step, loss in zip(run.steps[kept].tolist(), values, strict=True)
    ]  # fmt: skip
