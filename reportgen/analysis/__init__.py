"""A run → arrays and numbers: steps of learning, spectra, circles, pruning. NumPy only.

One module per kind of question; nothing here decides whether a claim holds (claims.py does) and
nothing is drawn.
"""

from reportgen.analysis.curves import (
    crossing_step,
    fall,
    grokking_step,
    memorisation_step,
    metric_at,
    reverse,
    there_and_back,
    train_turn,
)
from reportgen.analysis.modular import (
    Geometry,
    Neurons,
    Spectrum,
    circle_weights,
    evenness,
    fourier_basis,
    geometry,
    input_spectrum,
    modular_model,
    modular_task,
    neurons,
    noise_share,
    output_spectrum,
    phase_errors,
    rescaled_test_loss,
    used_frequencies,
    wrap,
)
from reportgen.analysis.moments import moments
from reportgen.analysis.parity import (
    distractor_max,
    distractor_norm,
    distractor_rows,
    largest_distractor,
    live_neurons,
    near_duplicates,
    parity_task,
    stays_below,
)
from reportgen.analysis.statistics import wilson_interval

__all__ = [
    "Geometry",
    "Neurons",
    "Spectrum",
    "circle_weights",
    "crossing_step",
    "distractor_max",
    "distractor_norm",
    "distractor_rows",
    "evenness",
    "fall",
    "fourier_basis",
    "geometry",
    "grokking_step",
    "input_spectrum",
    "largest_distractor",
    "live_neurons",
    "memorisation_step",
    "metric_at",
    "modular_model",
    "modular_task",
    "moments",
    "near_duplicates",
    "neurons",
    "noise_share",
    "output_spectrum",
    "parity_task",
    "phase_errors",
    "rescaled_test_loss",
    "reverse",
    "stays_below",
    "there_and_back",
    "train_turn",
    "used_frequencies",
    "wilson_interval",
    "wrap",
]
