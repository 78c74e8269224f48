"""Weights as heatmaps: one cell a weight, blue to red through the page's own background."""

import json
import re
from typing import Any

import altair as alt
import numpy as np

from reportgen.charts.steps import NEURON, Column, at_snapshot, neuron_param, rounded, stepped
from reportgen.charts.theme import NEGATIVE_RGB, POSITIVE_RGB, color
from reportgen.files.arrays import Array
from reportgen.store.run import Run

FRAME = alt.ViewBackground(stroke=color("faint"))  # where all weights are 0, a matrix is still seen as one
SHADES = [(NEGATIVE_RGB, 1), (NEGATIVE_RGB, 0), (POSITIVE_RGB, 0), (POSITIVE_RGB, 1)]
NEAR_ZERO = 1e-6  # of the limit


def weight_scale(limit: float | str) -> alt.Scale:
    """Blue to red through nothing: the midpoint is the page's own background.

    From the limit on, a number or a param's name, colours are full.
    """
    shares = (-1, -NEAR_ZERO, NEAR_ZERO, 1)
    domain = [alt.ExprRef(f"{n} * {limit}") if isinstance(limit, str) else n * limit for n in shares]
    return alt.Scale(domain=domain, range=[f"rgba({rgb},{opacity})" for rgb, opacity in SHADES], clamp=True)


def step_limits(weights: Array, share: float = 0.99) -> list[float]:
    """What this share of all sizes in a snapshot stays below, for each snapshot of weights (S, …).

    For scales that follow the step: first weights are often a hundredth of the last ones.
    """
    sizes = np.nan_to_num(np.abs(weights.reshape(len(weights), -1)), posinf=0)
    limits = np.quantile(sizes, share, axis=1)
    found: list[float] = rounded(np.where(limits > 0, limits, 1), 2)
    return found


def weight_legend(title: str = "weight") -> alt.Legend:
    """A slim horizontal gradient with three labels."""
    return alt.Legend(title=title, orient="top", direction="horizontal", gradientLength=120,
                      gradientThickness=8, tickCount=3, titleOrient="left", offset=6)  # fmt: skip


def weight_heatmap(run: Run, weights: Array, *, row: str, column: str, row_labels: Column,
                   column_labels: Column, limit: float | list[float], title: str, cell: tuple[int, int],
                   x: alt.Axis, y: alt.Axis, legend: bool = False,
                   quantity: str = "weight") -> alt.Chart:  # fmt: skip
    """Weights (S, rows, columns) by step, |w| up to `limit` on the scale, cells of `cell` px.

    One limit for the whole training, or one for each snapshot. `row` and `column` name the fields; a "neuron"
    among them can be pointed at. `quantity` is what legend and tooltip call a value.
    """
    steps, rows, columns = weights.shape
    fields = {row: np.repeat(row_labels, columns), column: np.tile(column_labels, rows)}
    chart: alt.Chart = stepped(run, "weights", fields, weights.reshape(steps, -1)).mark_rect(aria=False)
    usermeta: dict[str, Any] = {"snap": [columns, rows]}
    if isinstance(limit, list):
        scale = weight_scale(name := "limit_" + re.sub(r"\W", "_", title))
        chart = chart.add_params(alt.param(name=name, expr=at_snapshot(run, limit)))
    else:
        scale = weight_scale(limit)
    encoding: dict[str, Any] = {
        "x": alt.X(f"{column}:O", axis=x, sort=None),
        "y": alt.Y(f"{row}:O", axis=y, sort=None),
        "color": alt.Color("value:Q", scale=scale, legend=weight_legend(quantity) if legend else None),
        "tooltip": [
            alt.Tooltip(f"{row}:O"),
            alt.Tooltip(f"{column}:O"),
            alt.Tooltip("value:Q", format=".3f", title=quantity),
        ],
    }
    if NEURON in fields:
        chosen = {"test": f"datum.{NEURON} == {NEURON}", "value": color("ink")}
        encoding["stroke"] = alt.StrokeValue(None, condition=chosen)
        chart = chart.add_params(neuron_param())
    size = {"width": cell[0] * columns, "height": cell[1] * rows}
    return chart.encode(**encoding).properties(**size, title=title, view=FRAME, usermeta=usermeta)


def row_axis(labels: dict[str, str]) -> alt.Axis:
    """An axis that names only some rows: row value → label."""
    label = f"({json.dumps(labels)})[datum.value]"
    return alt.Axis(title=None, values=list(labels), labelExpr=label)
