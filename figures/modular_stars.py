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
    FULL,
    NEURON,
    color,
    named,
    neuron_param,
    plot_width,
    rounded,
    step_param,
    stepped_points,
    unnamed,
)

RUNS = ("modular",)
GROUP = "modular"
STAND_INS = "modular-seeds"
CIRCLES = 5  # the commonest frequencies
PX = plot_width(FULL, 3, beside=10)  # of a panel
BELOW, ABOVE = -1.15, 1.5  # what the large circle takes, in its radii, with its label
SMALL, APART = (
    0.42,
    1.2,
)  # radius of the others and what lies between their centres, in radii of the large one
CAPTION = (
    "One circle per frequency f, the lowest large; one point per neuron: right is cosine, up is sine. "
    "The line joins the neurons in the order of their input phases, on both sides. Each circle is scaled to its "
    "largest neuron."
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
    across, up, radius = np.repeat(places(len(groups)), sizes, axis=0).T
    vectors = spectrum.at(found.frequency)  # (S, H, 2)
    columns = {
        "neuron": np.argsort(found.order)[members],  # as the other figures number them
        "frequency": np.repeat(list(groups), sizes),
        "circle": np.repeat(np.arange(len(groups)), sizes),
        "middle_x": across,
        "middle_y": up,
        "radius": radius,
        "place": np.concatenate([np.arange(size) for size in sizes]),
        "phase": np.round(found.phase[members], 3),
    }
    points = np.concatenate([scaled(vectors[:, group]) for group in groups.values()], axis=1)
    core = stepped_points(run, "neurons", columns, points).transform_calculate(
        across="datum.middle_x + datum.radius * datum.x", up="datum.middle_y + datum.radius * datum.y"
    )
    wide, high = extent(len(groups)), ABOVE - BELOW
    x, y = axes(wide, high)
    ring = alt.Chart(unnamed(rings(places(len(groups))))).mark_line(strokeWidth=1, color=color("faint"))
    label = alt.Chart(named("groups", labels(groups))).mark_text(fontSize=12, color=color("muted"))
    path = alt.Chart().mark_line(interpolate="linear-closed", strokeWidth=1.2, color=color("muted"))
    hue = alt.Color("phase:Q", legend=None, scale=alt.Scale(scheme="sinebow", domain=[-3.15, 3.15]))
    sized = [
        {"test": f"datum.neuron == {NEURON}", "value": 170},
        {"test": "datum.radius == 1", "value": 80},
    ]
    layers = (
        ring.encode(x=x, y=y, detail=alt.Detail("circle:N"), order=alt.Order("turn:Q")),
        label.encode(x=x, y=y, text=alt.Text("label:N")),
        path.encode(x=x, y=y, detail=alt.Detail("circle:N"), order=alt.Order("place:Q")),
        alt.Chart()
        .mark_point(filled=True, opacity=1)
        .encode(x=x, y=y, color=hue, size=alt.SizeValue(32, condition=sized)),
    )
    return (
        alt.layer(*layers, data=core.data, transform=core.transform)
        .add_params(step_param(run), neuron_param())
        .properties(width=PX, height=round(PX * high / wide) if len(groups) > 1 else PX // 2, title=title)
    )


def scaled(vectors: np.ndarray) -> np.ndarray:
    """(S, n, 2) with the largest of each snapshot at length 1."""
    largest = np.linalg.norm(vectors, axis=2).max(axis=1)
    return vectors / np.maximum(largest, 1e-12)[:, None, None]


def places(count: int) -> np.ndarray:
    """(count, 3): each circle's middle and radius. The first is large, the others are beside it in two rows."""
    found = np.zeros((count, 3))
    found[0] = 0, 0, 1
    for place in range(count - 1):
        row = 0 if count == 2 else 0.5 - place % 2
        found[place + 1] = 1.15 + APART * (place // 2 + 0.5), APART * row, SMALL
    return found


def extent(count: int) -> float:
    """From the left end of the large circle to the right end of the others."""
    return 2.3 + APART * (count // 2)


def axes(wide: float, high: float) -> tuple[alt.X, alt.Y]:
    """Scales with one unit for both axes, so that circles stay round whatever the view's size.

    Room to spare goes to both sides, and below rather than above, where the title is.
    """
    unit = f"max({wide} / width, {high} / height)"
    spare_x, spare_y = f"(width * {unit} - {wide})", f"(height * {unit} - {high})"
    x = alt.Scale(
        domainMin=alt.ExprRef(f"-1.15 - {spare_x} / 2"),
        domainMax=alt.ExprRef(f"{wide - 1.15} + {spare_x} / 2"),
        zero=False, nice=False,
    )  # fmt: skip
    y = alt.Scale(
        domainMin=alt.ExprRef(f"{BELOW} - {spare_y} * 0.8"),
        domainMax=alt.ExprRef(f"{ABOVE} + {spare_y} * 0.2"),
        zero=False, nice=False,
    )  # fmt: skip
    return alt.X("across:Q", axis=None, scale=x), alt.Y("up:Q", axis=None, scale=y)


def rings(middles: np.ndarray) -> list[dict]:
    turns = np.linspace(0, 2 * np.pi, 61)
    return [
        {"circle": i, "turn": step, "across": across, "up": up}
        for i, (x, y, radius) in enumerate(middles)
        for step, (across, up) in enumerate(
            zip(rounded(x + radius * np.cos(turns)), rounded(y + radius * np.sin(turns)), strict=True)
        )
    ]


def labels(groups: dict[int, np.ndarray]) -> list[dict]:
    return [
        {"across": x, "up": y + radius + 0.16, "label": f"f = {f}", "frequency": f, "neurons": len(group)}
        for (x, y, radius), (f, group) in zip(places(len(groups)).tolist(), groups.items(), strict=True)
    ]
