"""What figures are made of: palette and theme, marks that follow the step, heatmaps, curves, circles.

Channels and conditions are written as objects, `alt.Text("neuron:O")` for "neuron:O": Altair takes 2 ms
to find the class behind each shorthand.

May import: analysis and below. Begin with theme.py, then steps.py (marks that follow the step).
"""
# A table of contents reads better in rows.
# isort: skip_file
# fmt: off

from reportgen.charts.circles import circle_chart, doubled, polygon, rays, square_scales, wheel
from reportgen.charts.curves import (
    LOSS_FLOOR, accuracy_chart, beside, curve_chart, curves, line, loss_axis, simplified,
)
from reportgen.charts.heatmaps import FRAME, row_axis, step_limits, weight_heatmap, weight_legend, weight_scale
from reportgen.charts.labels import power_label, sci_label, tick_label
from reportgen.charts.sizes import FULL, GAP, TEXT, WIDE, on_grid, plot_width, row_width
from reportgen.charts.steps import (
    NEURON, STEP, Row, Rows, at_snapshot, layered, named, neuron_param, quantised, rounded, rows_kept, step_axis,
    step_param, step_rule, stepped, stepped_points, unnamed,
)
from reportgen.charts.theme import FONT, PALETTE, TEST_RGB, TRAIN_RGB, color, concrete, palette_css, theme

__all__ = [
    "FONT", "FRAME", "FULL", "GAP", "LOSS_FLOOR", "NEURON", "PALETTE", "STEP", "TEST_RGB", "TEXT",
    "TRAIN_RGB", "WIDE", "Row", "Rows", "accuracy_chart", "at_snapshot", "beside", "circle_chart",
    "color", "concrete", "curve_chart", "curves", "doubled", "layered", "line", "loss_axis", "named",
    "neuron_param", "on_grid", "palette_css", "plot_width", "polygon", "power_label", "quantised", "rays",
    "rounded", "row_axis", "row_width", "rows_kept", "sci_label", "simplified", "square_scales", "step_axis",
    "step_limits", "step_param", "step_rule", "stepped", "stepped_points", "theme", "tick_label", "unnamed",
    "weight_heatmap", "weight_legend", "weight_scale", "wheel",
]
