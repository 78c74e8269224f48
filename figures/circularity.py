"""More sums, both orders, projections apart.

When each model generalises, and how few frequencies its weights use, for four ways to show the sums.
"""

import altair as alt

from reportgen.analysis import grokking_step, modular_model, modular_task, strongest_share, train_size
from reportgen.charts import color, named, step_axis
from reportgen.wording.numbers import number

RUNS = ("sums",)
CAPTION = (
    "Each mark is one seed of the main model, trained for {{ sums.steps|step }} steps. Above, the step at which it "
    "generalises; hollow marks at the right edge do not. Below, how much of the energy of its input weights lies in the "
    "three strongest frequencies. Pairs in both orders hold {{ sums.sums_min|number }} to {{ sums.sums_max|number }} different sums."
)
ALT = (
    "Two strip charts with a mark for each seed. With one order and {{ sums.few.train_size|number }} pairs, "
    "{{ sums.few.generalised }} of {{ sums.few.models }} seeds generalise; with one order and "
    "{{ sums.many.train_size|number }} pairs {{ sums.many.generalised }} of {{ sums.many.models }}; with both orders "
    "{{ sums.both.generalised }} of {{ sums.both.models }}, and with projections apart {{ sums.apart.generalised }} of "
    "{{ sums.apart.models }}."
)
STRONGEST = 3
OUTCOMES = ["generalises", "does not generalise"]


def chart(runs) -> dict[str, alt.Chart]:
    models = runs["sums"]
    last, rows = models[0].config.training.steps, []
    for run in models:
        when = grokking_step(run)
        rows.append({
            "shown": label(run), "seed": run.config.seed, "step": last if when is None else when,
            "share": round(strongest_share(run, STRONGEST), 4), "outcome": OUTCOMES[when is None],
            "jitter": round((run.config.seed % 8 - 3.5) * 2.6, 1),
        })  # fmt: skip
    steps = alt.X("step:Q", axis=step_axis(), scale=alt.Scale(domain=[0, last], nice=False))
    shares = alt.X("share:Q", scale=alt.Scale(domain=[0, 1], nice=False),
                   axis=alt.Axis(title="energy in the three strongest frequencies", format="%", tickCount=5))  # fmt: skip
    order = list(dict.fromkeys(row["shown"] for row in rows))
    return {
        "waits": strip(rows, steps, order, legend()),
        "frequencies": strip(rows, shares, order, None),
    }


def label(run) -> str:
    """What a model is trained on, in words."""
    if not modular_model(run).tied_in_proj:
        return "both orders, treated apart"
    orders = "one order" if modular_task(run).symmetric else "both orders"
    return f"{orders}, {number(train_size(run))} pairs"


def legend() -> alt.Legend:
    """Filled and hollow."""
    return alt.Legend(title=None, orient="top", symbolType="circle", symbolStrokeColor=color("muted"))


def strip(rows, x: alt.X, order: list[str], words: alt.Legend | None) -> alt.Chart:
    """One mark a seed, one row a way to show the sums."""
    return (
        alt.Chart(named("seeds", rows))
        .mark_point(size=80, strokeWidth=1.5, opacity=1, filled=True, stroke=color("muted"))
        .encode(
            x=x,
            y=alt.Y("shown:N", sort=order, axis=alt.Axis(title=None, grid=False, labelFontSize=12, labelLimit=190)),
            yOffset=alt.YOffset("jitter:Q", scale=alt.Scale(domain=[-12, 12])),
            fill=alt.Fill("outcome:N", legend=words,
                          scale=alt.Scale(domain=OUTCOMES, range=[color("test"), color("paper")])),
        )
        .properties(width=498, height=140, usermeta={"responsive": True})
    )  # fmt: skip
