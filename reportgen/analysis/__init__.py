"""A run → arrays and numbers: steps of learning, spectra, circles, pruning. NumPy only.

One module per kind of question; nothing here decides whether a claim holds (claims.py does) and
nothing is drawn.
"""

from reportgen.analysis.construction import Construction
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
from reportgen.analysis.outcomes import (
    OUTCOMES,
    Outcome,
    diverged_at,
    largest_ratio,
    least,
    logged_losses,
    outcome,
)
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
    "OUTCOMES",
    "Construction",
    "Geometry",
    "Neurons",
    "Outcome",
    "Spectrum",
    "circle_weights",
    "crossing_step",
    "diverged_at",
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
    "largest_ratio",
    "least",
    "live_neurons",
    "logged_losses",
    "memorisation_step",
    "metric_at",
    "modular_model",
    "modular_task",
    "moments",
    "near_duplicates",
    "neurons",
    "noise_share",
    "outcome",
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
