"""What weight decay on two factors charges for.

Half the sum of squares of all trained weights of the main model, and the nuclear norm of its input and output
weights side by side; and how many directions these use.
"""

import altair as alt
import numpy as np

from reportgen.analysis import effective_rank, half_squares, moments, nuclear_norm
from reportgen.charts import color, line, step_axis, step_rule

RUNS = ("modular",)
GROUP = "modular"
COLUMNS = 2
CAPTION = (
    "What decay pulls down is half the sum of the squares of all trained weights; dashed, the least that it could be "
    "for the same W_input and W_output, their nuclear norm. The effective rank of both side "
    "by side says how many directions they use."
)
ALT = (
    "Two line charts against training step. {% if modular.factors.excess_end is not none and modular.factors.rank_end is not none %}"
    "Half the sum of squares starts at {{ modular.factors.half_squares_start|number }}, meets the nuclear norm early and follows it "
    "down to {{ modular.factors.nuclear_end|number(3) }}. The effective rank falls from {{ modular.factors.rank_start|number }} to "
    "{{ modular.factors.rank_end|number }}.{% else %}The weights do not stay finite.{% endif %}"
)


def chart(runs) -> dict[str, alt.LayerChart]:
    run = runs["modular"]
    steps = run.snapshot_steps
    x = alt.X("step:Q", axis=step_axis(), scale=alt.Scale(domain=[0, int(steps[-1])], nice=False))
    y = alt.Y("value:Q", scale=alt.Scale(zero=True, nice=False), axis=alt.Axis(title=None, tickCount=4))
    paid, least, rank = half_squares(run), nuclear_norm(run), effective_rank(run)
    at = len(steps) // 5
    cost = [
        line("paid", steps, paid, x, y, color=color("ink"), strokeWidth=2.5, opacity=0.5),
        line("least", steps, least, x, y, color=color("grokking"), strokeWidth=2, strokeDash=[5, 3]),
        word(steps[at], paid[at], "half the squares of all weights", "ink", -10),
        word(steps[at], 0.2 * least[at], "least possible (dashed): nuclear norm", "ink", 0),
    ]
    directions = [line("rank", steps, rank, x, y, color=color("ink")), *learned(run, float(np.nanmax(rank)))]
    titles = {"cost": "What decay charges for", "rank": "Effective rank"}
    return {
        name: alt.layer(*layers, step_rule(run)).properties(
            width=363, height=190, title=titles[name], usermeta={"responsive": True}
        )
        for name, layers in (("cost", cost), ("rank", directions))
    }


def learned(run, top: float) -> list[alt.Chart]:
    """When the model generalises."""
    step = moments(run)["generalises"]
    if step is None:
        return []
    base = alt.Chart(alt.Data(values=[{"step": step, "value": top}])).encode(x=alt.X("step:Q"))
    rule = base.mark_rule(strokeDash=[2, 3], color=color("ink"))
    text = base.mark_text(text="generalises", align="left", dx=6, baseline="top", fontSize=12, fontWeight=500)
    return [rule, text.encode(y=alt.Y("value:Q"))]


def word(step: int, value: float, text: str, paint: str, dy: int) -> alt.Chart:
    """A curve's name."""
    return (
        alt.Chart(alt.Data(values=[{"step": int(step), "value": float(value)}]))
        .mark_text(text=text, align="left", dy=dy, fontSize=12, fontWeight=500, color=color(paint))
        .encode(x=alt.X("step:Q"), y=alt.Y("value:Q"))
    )
