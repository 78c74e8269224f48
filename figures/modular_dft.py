"""A full spectrum empties.

The discrete Fourier transform of W_input and W_output over the 67 numbers: one row per neuron, a
pair of columns, cosine and sine, per frequency.
"""

import altair as alt
import numpy as np

from reportgen.analysis import Spectrum, input_spectrum, neurons, output_spectrum, used_frequencies
from reportgen.charts import row_axis, weight_heatmap

RUNS = ("modular",)
GROUP = "modular"
STAND_INS = "modular-seeds"
CAPTION = (
    "Each row is a neuron, each pair of columns a frequency from 1 to {{ (modular.modulus - 1) // 2 }}: "
    "how much cosine and how much sine its weights contain. Colours are relative to the largest "
    "coefficient of the step.{% if modular.frequencies %} The numbers below are the frequencies the "
    "model ends on.{% endif %}"
)
ALT = (
    "Two heatmaps of {{ modular.neurons }} neurons by {{ (modular.modulus - 1) // 2 }} frequencies, for "
    "W_input and W_output. {% if modular.cells_start_in is not none and modular.cells_end_in is not none %}"
    "To hold 95 % of the energy of W_input, a neuron needs on average {{ modular.cells_start_in|number }} of "
    "its {{ modular.cells }} cells at the start and {{ modular.cells_end_in|number }} at the end.{% else %}The weights do not stay finite.{% endif %}"
)


def chart(runs) -> dict[str, alt.Chart]:
    run = runs["modular"]
    return {
        "input": heatmap(run, input_spectrum(run), "Fourier transform of W_input"),
        "output": heatmap(run, output_spectrum(run), "Fourier transform of W_output"),
    }


def heatmap(run, spectrum: Spectrum, title: str) -> alt.Chart:
    pairs = np.stack([spectrum.cos, spectrum.sin], axis=2)[..., neurons(run).order]  # (S, F, 2, H)
    steps, frequencies, _, count = pairs.shape
    cells = pairs.reshape(steps, -1, count).swapaxes(1, 2)  # (S, H, 2F)
    largest = np.abs(cells).max(axis=(1, 2), keepdims=True)
    columns = [f"{wave} {f}" for f in range(1, frequencies + 1) for wave in ("cos", "sin")]
    used = {f"cos {f}": str(f) for f in used_frequencies(run)}
    named = used or {f"cos {f}": str(f) for f in range(5, frequencies + 1, 5)}
    x = row_axis(named)
    x.title, x.labelAngle, x.ticks, x.labelOverlap = "frequency", 0, False, "greedy"
    return weight_heatmap(
        run,
        cells / np.maximum(largest, 1e-12),
        row="neuron",
        column="wave",
        row_labels=list(range(count)),
        column_labels=columns,
        limit=1.0,
        title=title,
        cell=(4, 5),
        x=x,
        y=alt.Axis(title="neuron", labels=False),
        legend=True,
        quantity="of largest",
    )
