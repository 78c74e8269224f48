"""Which architectures learn the rule, and which only the examples.

The share of each outcome for all twelve architectures under both penalties, and the losses of one of them.
"""

from collections import Counter
from itertools import product

import altair as alt
from _losses import log_losses, sweep_lines

from reportgen.analysis import OUTCOMES, outcome
from reportgen.charts import color, named, step_axis
from reportgen.wording.numbers import NBSP

RUNS = ("architecture-sweep",)
COLUMNS = 2
CAPTION = (
    "Arranged as the diagrams above. Each bar is {{ (architecture_sweep.decays * architecture_sweep.seeds)|words }} models "
    "under one kind of decay; outcomes go by loss. Point at a bar to see the losses of its models."
)
ALT = (
    "Stacked bars of outcomes for twelve architectures under L2 and L1. With neither side collapsed "
    "{{ architecture_sweep.neither.generalised }} of {{ architecture_sweep.neither.models }} models generalise, with "
    "one side {{ architecture_sweep.one.generalised }} of {{ architecture_sweep.one.models }}, with both "
    "{{ architecture_sweep.both.generalised }} of {{ architecture_sweep.both.models }}."
)

NAMES = dict(zip(OUTCOMES, ("high train loss", "high test loss", "drop together", "grokking"), strict=True))
ORDER = ("grokking", "drop together", "high test loss", "high train loss")
FILLS = [color("grokking"), color("together"), color("high-test"), color("high-train")]
# (collapsed, shared) → its letters, as below the diagrams, and words
INPUTS = {
    (False, True): ("E P", "input side:|shared|projection"),
    (False, False): ("E P, E P′", "input side:|own|projections"),
    (True, True): ("E", "input side:|no|projection"),
}
OUTPUTS = {
    (False, True): ("Q Eᵀ", "projection,|shared"),
    (True, True): ("Eᵀ", "none,|shared"),
    (False, False): ("Q Uᵀ", "projection,|own"),
    (True, False): ("Uᵀ", "none,|own"),
}
STEPS = (0, 10, 20, 50, 100, 200, 400, *range(1000, 20_001, 1000))


def chart(runs) -> dict:
    models = runs["architecture-sweep"]
    found = {}
    for run in models:
        found.setdefault((*sides(run.config.model), run.config.training.decay), []).append(run)
    listed = list(product(INPUTS, OUTPUTS, ("L2", "L1")))
    return {"outcomes": bars(listed, found), "losses": losses(listed, found)}


def sides(model) -> tuple[tuple[bool, bool], tuple[bool, bool]]:
    """(collapsed, shared) of the input side, (collapsed, tied) of the output side."""
    return (model.collapsed_in, model.tied_in_proj), (model.collapsed_out, model.tied)


def label(inward, outward) -> str:
    return f"{INPUTS[inward][0]} → {OUTPUTS[outward][0]}"


def chosen() -> alt.Parameter:
    """The architecture and penalty whose losses are shown, by number."""
    return alt.param(name="chosen", value=0)


def bars(listed, found) -> alt.FacetChart:
    """A place for each architecture, as in the figure of diagrams; in it a bar for each penalty."""
    rows = []
    for number, (inward, outward, kind) in enumerate(listed):
        counts = Counter(NAMES[outcome(run)] for run in found.get((inward, outward, kind), []))
        rows += [
            {"chosen": number, "architecture": label(inward, outward), "input": INPUTS[inward][1],
             "output": OUTPUTS[outward][1], "penalty": kind, "outcome": name, "order": ORDER.index(name),
             "models": counts[name], "share": round(counts[name] / counts.total(), 4)}
            for name in ORDER if counts[name]
        ]  # fmt: skip
    bar = (
        alt.Chart()
        .mark_bar(stroke=color("muted"), strokeWidth=0.5)
        .encode(
            x=alt.X("share:Q", scale=alt.Scale(domain=[0, 1], nice=False),
                    axis=alt.Axis(title=None, values=[0, 1], labelExpr=f"datum.value ? '100{NBSP}%' : '0'")),
            y=alt.Y("penalty:N", sort=["L2", "L1"], axis=alt.Axis(title=None, domain=False)),
            fill=alt.Fill("outcome:N", sort=ORDER, scale=alt.Scale(domain=ORDER, range=FILLS),
                          legend=alt.Legend(title=None, orient="top", columns=2, labelFontSize=12, offset=8,
                                            symbolStrokeColor=color("muted"), symbolStrokeWidth=0.5)),
            order=alt.Order("order:Q"),
        )
    )  # fmt: skip
    ring = (
        alt.Chart()
        .transform_filter("datum.chosen == chosen")
        .transform_aggregate(groupby=["input", "output", "penalty"])
        .mark_bar(fill=None, stroke=color("ink"), strokeWidth=1.8)
        .encode(x=alt.datum(0), x2=alt.datum(1), y=alt.Y("penalty:N", sort=["L2", "L1"]))
    )
    words = {"labelExpr": "split(datum.value, '|')", "labelFontSize": 11, "labelLineHeight": 14, "labelColor": color("ink"),
             "titleFontSize": 11}  # fmt: skip
    across = alt.Header(
        title="Output side, and its embedding", labelAnchor="start", titleAnchor="start", **words
    )
    down = alt.Header(title=None, labelAngle=0, labelAlign="left", labelAnchor="middle", **words)
    return (
        alt.layer(bar, ring, data=named("outcomes", rows))
        .properties(width=118, height=62)
        .facet(
            column=alt.Column("output:N", sort=[w for _, w in OUTPUTS.values()], header=across),
            row=alt.Row("input:N", sort=[w for _, w in INPUTS.values()], header=down),
            spacing={"row": 18, "column": 14},
        )
        .add_params(chosen())
    )


def losses(listed, found) -> alt.LayerChart:
    """Train and test loss of every model behind the chosen bar."""
    rows = []
    for number, (inward, outward, kind) in enumerate(listed):
        for run in found.get((inward, outward, kind), []):
            rows.append({
                "group": number, "formula": f"{label(inward, outward)}, {kind}",
                "run": f"{run.config.training.weight_decay:g} {run.config.seed}", **log_losses(run, STEPS),
            })  # fmt: skip
    x = alt.X("step:Q", axis=step_axis(), scale=alt.Scale(domain=[0, max(STEPS)], nice=False))
    lines = sweep_lines(x, "run:N")
    formula = (
        alt.Chart()
        .transform_aggregate(groupby=["formula"])
        .mark_text(align="left", baseline="bottom", x=0, y=-6, fontSize=11, color=color("muted"))
        .encode(text="formula:N")
    )
    return (
        alt.layer(lines, formula, data=named("curves", rows))
        .transform_filter("datum.group == chosen")
        .add_params(chosen())
        .properties(width=270, height=260, title=alt.Title("Losses of one bar", offset=20))
    )
