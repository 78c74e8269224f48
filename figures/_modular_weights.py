"""W_input and W_output of a modular model as two heatmaps, neurons sorted by the wave they end on."""

import altair as alt
import numpy as np

from reportgen.analysis import neurons
from reportgen.charts import step_limits, weight_heatmap


def heatmaps(run, cell: tuple[int, int] = (4, 5)) -> dict[str, alt.Chart]:
    """Panels "input" and "output", a row per neuron and a column per number; each with colours by the step's weights."""
    order = neurons(run).order
    w_input = run.w_input[:, :, order].swapaxes(1, 2)  # (S, H, P)
    w_output = run.w_output[:, order]
    return {
        "input": _heatmap(run, w_input, "W_input", cell),
        "output": _heatmap(run, w_output, "W_output", cell),
    }


def _heatmap(run, weights: np.ndarray, title: str, cell: tuple[int, int]) -> alt.Chart:
    _, count, modulus = weights.shape
    return weight_heatmap(
        run,
        weights,
        row="neuron",
        column="number",
        row_labels=list(range(count)),
        column_labels=list(range(modulus)),
        limit=step_limits(weights),
        title=title,
        cell=cell,
        x=alt.Axis(title="number", values=list(range(0, modulus, 10)), labelAngle=0, ticks=False),
        y=alt.Axis(title="neuron", labels=False),
        legend=True,
    )
