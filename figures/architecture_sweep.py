"""Which architectures learn the rule, and which only the examples.

The share of each outcome for all 16 architectures under both penalties, and the losses of one of them.
"""

from collections import Counter
from itertools import product

import altair as alt
from _losses import log_losses, sweep_lines

from reportgen.analysis import OUTCOMES, outcome
from reportgen.charts import color, named, step_axis

RUNS = ("architecture-sweep",)
COLUMNS = 2
CAPTION = (
    "Outcomes of {{ architecture_sweep.models }} models with {{ architecture_sweep.neurons }} neurons: each bar is one "
    "architecture under {{ architecture_sweep.decays|words }} strengths of decay and {{ architecture_sweep.seeds|words }} "
    "seeds. E is the embedding, U a second one of the output's own, P and Q are projections; P, P′ gives a and b "
    "projections of their own. Where a side is collapsed, its projection is missing, and with none on the input "
    "side there is nothing to share: the four rows “the same” repeat those above. "
    "Outcomes go by loss; a model with 99 % test accuracy can still have a high test loss. Point at a bar to see the "
    "losses of its models."
)
ALT = (
    "Stacked bars of outcomes for 16 architectures under L2 and L1. With neither side collapsed "
    "{{ architecture_sweep.neither.generalised }} of {{ architecture_sweep.neither.models }} models generalise, with "
    "one side {{ architecture_sweep.one.generalised }} of {{ architecture_sweep.one.models }}, with both "
    "{{ architecture_sweep.both.generalised }} of {{ architecture_sweep.both.models }}."
)

NAMES = dict(zip(OUTCOMES, ("high train loss", "high test loss", "drop together", "grokking"), strict=True))
ORDER = ("grokking", "drop together", "high test loss", "high train loss")
FILLS = [color("grokking"), color("together"), color("high-test"), color("high-train")]
INPUTS = {(False, True): "E P", (False, False): "E P, E P′", (True, True): "E", (True, False): "E (the same)"}
OUTPUTS = {(False, True): "Q Eᵀ", (False, False): "Q Uᵀ", (True, True): "Eᵀ", (True, False): "Uᵀ"}
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


def models_of(found, inward, outward, kind) -> list:
    """A collapsed input side has no projections to share: those four architectures are the same."""
    return found.get(((inward[0], True) if inward[0] else inward, outward, kind), [])


def label(inward, outward) -> str:
    return f"{INPUTS[inward]} → {OUTPUTS[outward]}"


def chosen() -> alt.Parameter:
    """The architecture and penalty whose losses are shown, by number."""
    return alt.param(name="chosen", value=0)


def bars(listed, found) -> alt.FacetChart:
    rows = []
    for number, (inward, outward, kind) in enumerate(listed):
        counts = Counter(NAMES[outcome(run)] for run in models_of(found, inward, outward, kind))
        rows += [
            {"chosen": number, "architecture": label(inward, outward), "penalty": kind, "outcome": name,
             "order": ORDER.index(name), "models": counts[name], "share": round(counts[name] / counts.total(), 4)}
            for name in ORDER if counts[name]
        ]  # fmt: skip
    names = list(dict.fromkeys(label(inward, outward) for inward, outward, _ in listed))
    bar = (
        alt.Chart()
        .mark_bar(stroke=color("muted"), strokeWidth=0.5)
        .encode(
            x=alt.X("share:Q", scale=alt.Scale(domain=[0, 1], nice=False),
                    axis=alt.Axis(title=None, format="%", values=[0, 0.5, 1])),
            y=alt.Y("architecture:N", sort=names, axis=alt.Axis(title=None, labelLimit=150, labelFontSize=10)),
            fill=alt.Fill("outcome:N", sort=ORDER, scale=alt.Scale(domain=ORDER, range=FILLS),
                          legend=alt.Legend(title=None, orient="top", columns=2, symbolStrokeColor=color("muted"),
                                            symbolStrokeWidth=0.5)),
            order=alt.Order("order:Q"),
            opacity=alt.condition("datum.chosen == chosen", alt.value(1), alt.value(0.82)),
        )
    )  # fmt: skip
    ring = (
        alt.Chart()
        .transform_filter("datum.chosen == chosen")
        .transform_aggregate(groupby=["architecture"])
        .mark_bar(fill=None, stroke=color("ink"), strokeWidth=1.8)
        .encode(x=alt.datum(0), x2=alt.datum(1), y=alt.Y("architecture:N", sort=names))
    )
    header = alt.Header(title=None, labelExpr="datum.value + ' decay'", labelAnchor="start")
    return (
        alt.layer(bar, ring, data=named("outcomes", rows))
        .properties(width=120, height=300)
        .facet(column=alt.Column("penalty:N", sort=["L2", "L1"], header=header), spacing=12)
        .add_params(chosen())
    )


def losses(listed, found) -> alt.LayerChart:
    """Train and test loss of every model behind the chosen bar."""
    rows = []
    for number, (inward, outward, kind) in enumerate(listed):
        if inward == (True, False):
            continue  # drawn once, under its first name
        for run in models_of(found, inward, outward, kind):
            rows.append({
                "group": number, "formula": f"{label(inward, outward)}, {kind}",
                "run": f"{run.config.training.weight_decay:g} {run.config.seed}", **log_losses(run, STEPS),
            })  # fmt: skip
    twin = _twins(listed)
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
        .transform_filter(f"datum.group == {twin}[chosen]")
        .add_params(chosen())
        .properties(width=230, height=260, title=alt.Title("Losses of one bar", offset=20))
    )


def _twins(listed) -> list[int]:
    """Number of a bar → number of the bar with the same models whose curves are stored."""
    return [
        listed.index(((True, True), outward, kind)) if inward == (True, False) else number
        for number, (inward, outward, kind) in enumerate(listed)
    ]
