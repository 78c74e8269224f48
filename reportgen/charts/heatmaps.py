"""Weights as heatmaps: one cell a weight, blue to red through the page's own background."""

import json
from typing import Any

import altair as alt
import numpy as np

from reportgen.charts.steps import NEURON, Column, neuron_param, stepped
from reportgen.charts.theme import NEGATIVE_RGB, POSITIVE_RGB, color
from reportgen.files.arrays import Array
from reportgen.store.run import Run


def weight_scale(limit: float) -> alt.Scale:
    """Blue to red through nothing: the midpoint is the page's own background."""
    near_zero = limit * 1e-6
    return alt.Scale(
        domain=[-limit, -near_zero, near_zero, limit], clamp=True,
        range=[f"rgba({NEGATIVE_RGB},1)", f"rgba({NEGATIVE_RGB},0)", f"rgba({POSITIVE_RGB},0)",
               f"rgba({POSITIVE_RGB},1)"],
    )  # fmt: skip


def weight_legend(title: str = "weight") -> alt.Legend:
    """A slim horizontal gradient with three labels."""
    return alt.Legend(title=title, orient="top", direction="horizontal", gradientLength=120,
                      gradientThickness=8, tickCount=3, titleOrient="left", offset=6)  # fmt: skip


def weight_heatmap(run: Run, weights: Array, *, row: str, column: str, row_labels: Column,
                   column_labels: Column, limit: float, title: str, cell: tuple[int, int],
                   x: alt.Axis, y: alt.Axis, legend: bool = False,
                   quantity: str = "weight") -> alt.Chart:  # fmt: skip
    """Weights (S, rows, columns) by step, |w| up to `limit` on the scale, cells of `cell` px.

    `row` and `column` name the fields; a "neuron" among them can be pointed at. `quantity` is what
    legend and tooltip call a value.
    """
    steps, rows, columns = weights.shape
    fields = {row: np.repeat(row_labels, columns), column: np.tile(column_labels, rows)}
    chart: alt.Chart = stepped(run, "weights", fields, weights.reshape(steps, -1)).mark_rect(aria=False)
    encoding: dict[str, Any] = {
        "x": alt.X(f"{column}:O", axis=x, sort=None),
        "y": alt.Y(f"{row}:O", axis=y, sort=None),
        "color": alt.Color(
            "value:Q", scale=weight_scale(limit), legend=weight_legend(quantity) if legend else None
        ),
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
    return chart.encode(**encoding).properties(**size, title=title, usermeta={"snap": [columns, rows]})


def row_axis(labels: dict[str, str]) -> alt.Axis:
    """An axis that names only some rows: row value → label."""
    label = f"({json.dumps(labels)})[datum.value]"
    return alt.Axis(title=None, values=list(labels), labelExpr=label)
