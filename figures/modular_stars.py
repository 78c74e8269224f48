"""The stars again, one for each frequency.

Per final frequency, the cosine and sine that its neurons' weights contain, as points on a circle:
input weights and output weights, joined in the order of the input phases.
"""

import altair as alt
import numpy as np

from reportgen.analysis import (
    commonest,
    frequency_groups,
    input_spectrum,
    neurons,
    output_spectrum,
)
from reportgen.charts import (
    NEURON,
    color,
    named,
    neuron_param,
    rounded,
    step_param,
    stepped_points,
    unnamed,
)

RUNS = ("modular",)
GROUP = "modular"
STAND_INS = "modular-seeds"
CIRCLES = 5  # the commonest frequencies
APART = 2.3  # between two circles, in radii
BELOW, ABOVE = -1.15, 1.7  # what a row of circles takes, in radii, with its labels
CAPTION = (
    "One circle per frequency f, one point per neuron: right is cosine, up is sine. The line joins the "
    "neurons in the order of their input phases, on both sides. Each circle is scaled to its largest "
    "neuron."
)
ALT = (
    "Circles with one point per neuron, for input weights and for output weights"
    "{% if modular.frequency_count > 5 %}, for the commonest of {{ modular.frequency_count|words }} frequencies"
    "{% elif modular.frequencies %}, for {% if modular.frequency_count == 1 %}frequency{% else %}the "
    "frequencies{% endif %} {{ modular.frequencies|listing }}{% endif %}. The points are joined in the "
    "order of their input phases. {% if modular.phase_error_degrees is not none %}At the end every output "
    "phase is within {{ modular.phase_error_degrees|number }}° of twice the input phase.{% else %}No "
    "neuron has settled on a frequency.{% endif %}"
)


def chart(runs) -> dict[str, alt.LayerChart]:
    run = runs["modular"]
    groups = frequency_groups(run)
    shown = commonest(groups or frequency_groups(run, used=False), CIRCLES)
    return {
        "input": circles(run, input_spectrum(run), shown, f"Input weights{remark(groups)}"),
        "output": circles(run, output_spectrum(run), shown, f"Output weights{remark(groups)}"),
    }


def remark(groups: dict[int, np.ndarray]) -> str:
    """What the title says where the circles are not all that the model uses, or more."""
    if not groups:
        return ": no neuron has settled"
    return f", {CIRCLES} of {len(groups)} frequencies" if len(groups) > CIRCLES else ""


def circles(run, spectrum, groups: dict[int, np.ndarray], title: str) -> alt.LayerChart:
    found = neurons(run)
    members = np.concatenate(list(groups.values()))
    sizes = [len(group) for group in groups.values()]
    vectors = spectrum.at(found.frequency)  # (S, H, 2)
    columns = {
        "neuron": np.argsort(found.order)[members],  # as the other figures number them
        "frequency": np.repeat(list(groups), sizes),
        "circle": np.repeat(np.arange(len(groups)), sizes),
        "place": np.concatenate([np.arange(size) for size in sizes]),
        "phase": np.round(found.phase[members], 3),
    }
    points = np.concatenate([scaled(vectors[:, group]) for group in groups.values()], axis=1)
    core = stepped_points(run, "neurons", columns, points).transform_calculate(
        across=f"{APART} * datum.circle + datum.x"
    )
    x, y = axes(len(groups))
    ring = alt.Chart(unnamed(rings(len(groups)))).mark_line(strokeWidth=1, color=color("faint"))
    label = alt.Chart(named("groups", labels(groups))).mark_text(fontSize=11, color=color("muted"))
    path = alt.Chart().mark_line(interpolate="linear-closed", strokeWidth=1.2, color=color("muted"))
    hue = alt.Color("phase:Q", legend=None, scale=alt.Scale(scheme="sinebow", domain=[-3.15, 3.15]))
    pointed = alt.SizeValue(45, condition={"test": f"datum.neuron == {NEURON}", "value": 150})
    layers = (
        ring.encode(x=x, y=y, detail=alt.Detail("circle:N"), order=alt.Order("turn:Q")),
        label.encode(x=x, y=y, text=alt.Text("label:N")),
        path.encode(x=x, y=y, detail=alt.Detail("circle:N"), order=alt.Order("place:Q")),
        alt.Chart().mark_point(filled=True, opacity=1).encode(x=x, y=y, color=hue, size=pointed),
    )
    return (
        alt.layer(*layers, data=core.data, transform=core.transform)
        .add_params(step_param(run), neuron_param())
        .properties(width=264, height=264 * (ABOVE - BELOW) / (APART * len(groups)), title=title)
    )


def scaled(vectors: np.ndarray) -> np.ndarray:
    """(S, n, 2) with the largest of each snapshot at length 1."""
    largest = np.linalg.norm(vectors, axis=2).max(axis=1)
    return vectors / np.maximum(largest, 1e-12)[:, None, None]


def axes(count: int) -> tuple[alt.X, alt.Y]:
    """Scales with one unit for both axes, so that circles stay round whatever the view's size.

    Room to spare goes to both sides, and below rather than above, where the title is.
    """
    wide, high = APART * count, ABOVE - BELOW
    unit = f"max({wide} / width, {high} / height)"
    spare_x, spare_y = f"(width * {unit} - {wide})", f"(height * {unit} - {high})"
    x = alt.Scale(
        domainMin=alt.ExprRef(f"{-APART / 2} - {spare_x} / 2"),
        domainMax=alt.ExprRef(f"{wide - APART / 2} + {spare_x} / 2"),
        zero=False, nice=False,
    )  # fmt: skip
    y = alt.Scale(
        domainMin=alt.ExprRef(f"{BELOW} - {spare_y} * 0.8"),
        domainMax=alt.ExprRef(f"{ABOVE} + {spare_y} * 0.2"),
        zero=False, nice=False,
    )  # fmt: skip
    return alt.X("across:Q", axis=None, scale=x), alt.Y("y:Q", axis=None, scale=y)


def rings(count: int) -> list[dict]:
    turns = np.linspace(0, 2 * np.pi, 61)
    return [
        {"circle": i, "turn": step, "across": across, "y": y}
        for i in range(count)
        for step, (across, y) in enumerate(
            zip(rounded(APART * i + np.cos(turns)), rounded(np.sin(turns)), strict=True)
        )
    ]


def labels(groups: dict[int, np.ndarray]) -> list[dict]:
    return [
        {"across": APART * i, "y": 1.35, "label": f"f = {f}", "frequency": f, "neurons": len(group)}
        for i, (f, group) in enumerate(groups.items())
    ]
