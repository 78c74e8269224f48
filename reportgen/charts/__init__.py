"""What figures are made of: palette and theme, marks that follow the step, heatmaps, curves."""

from reportgen.charts.curves import accuracy_chart, beside, curve_chart, curves, loss_axis, simplified
from reportgen.charts.heatmaps import row_axis, weight_heatmap, weight_legend, weight_scale
from reportgen.charts.steps import (
    NEURON,
    STEP,
    named,
    neuron_param,
    quantised,
    rounded,
    step_axis,
    step_param,
    step_rule,
    stepped,
    stepped_points,
)
from reportgen.charts.theme import FONT, PALETTE, color, concrete, palette_css, theme

__all__ = [
    "FONT",
    "NEURON",
    "PALETTE",
    "STEP",
    "accuracy_chart",
    "beside",
    "color",
    "concrete",
    "curve_chart",
    "curves",
    "loss_axis",
    "named",
    "neuron_param",
    "palette_css",
    "quantised",
    "rounded",
    "row_axis",
    "simplified",
    "step_axis",
    "step_param",
    "step_rule",
    "stepped",
    "stepped_points",
    "theme",
    "weight_heatmap",
    "weight_legend",
    "weight_scale",
]
