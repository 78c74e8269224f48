"""A run → arrays and numbers: steps of learning, spectra, circles, pruning. NumPy only.

One module per kind of question; nothing here decides whether a claim holds (`claims` does) and
nothing is drawn.

May import: store and below. Begin with curves.py (when a model learns), then modular.py and parity.py.
"""
# A table of contents reads better in rows.
# isort: skip_file
# fmt: off

from reportgen.analysis.addition_table import answered_right, trained_on
from reportgen.analysis.circuit import Circuit, circuit, foretold_apart
from reportgen.analysis.construction import Construction
from reportgen.analysis.group_votes import (
    Vote, activations, answers, cells_needed, commonest, constructed_share, frequency_groups,
    group_phase_error, right_answers, vote, votes, votes_by_size,
)
from reportgen.analysis.curves import (
    DIP, DIP_FROM, accuracy_dip, crossing_step, fall, grokking_step, memorisation_step, memorised_first, metric_at, reverse, softness,
    there_and_back, train_turn, generalises_by,
)
from reportgen.analysis.luck import Sources, alone_at_most, crossed_steps, variance_sources
from reportgen.analysis.mirrors import Mirrors, mirrors
from reportgen.analysis.modular import (
    Neurons, Spectrum, around_circle, circle_weights, coefficient_frequencies, evenness, fourier_basis,
    geometry, input_spectrum, modular_model, modular_task, neurons, noise_share, output_spectrum, phase_errors,
    rescaled_test_loss, strongest_share, train_size, used_frequencies, wrap,
)
from reportgen.analysis.factors import effective_rank, half_squares, nuclear_norm
from reportgen.analysis.moments import moments
from reportgen.analysis.outcomes import (
    LARGE_RATIO, LOW_LOSS, OUTCOMES, Outcome, diverged_at, largest_ratio, least, logged_losses, outcome,
)
from reportgen.analysis.pairs import (
    SetUp, collapsed_sides, precision_pairs, worse_in_float32,
)
from reportgen.analysis.parity import (
    alignment, distractor_max, distractor_norm, largest_distractor, live_neurons, near_duplicates, parity_task,
    stays_below, strongest_first,
)
from reportgen.analysis.progress import Progress, filtered_accuracy, last_before, others_accuracy, progress
from reportgen.analysis.readings import Reading, reading
from reportgen.analysis.snapshots import by_change
from reportgen.analysis.statistics import (
    alike_p, chi2_tail, exchangeable_p, holm, paired_difference, sign_test, spearman, spearman_within,
    wilson_interval,
)
from reportgen.analysis.survival import Arrived, Hazard, arrivals, hazards, waiting_times
from reportgen.analysis.waiting import delay, exponents_by_decay, usual_rate, wait

__all__ = [
    "DIP", "DIP_FROM", "LARGE_RATIO", "LOW_LOSS", "OUTCOMES", "Arrived", "Circuit", "Construction", "Hazard", "Mirrors",
    "Neurons", "Outcome", "Progress", "Reading", "SetUp", "Sources", "Spectrum", "Vote", "accuracy_dip", "activations",
    "alignment", "alike_p", "alone_at_most", "answered_right", "answers", "around_circle", "arrivals", "by_change", "cells_needed",
    "chi2_tail", "circle_weights", "circuit", "coefficient_frequencies", "collapsed_sides", "commonest",
    "constructed_share", "crossed_steps", "crossing_step", "delay", "distractor_max", "distractor_norm", "diverged_at",
    "effective_rank", "evenness", "exchangeable_p", "exponents_by_decay", "fall", "filtered_accuracy", "foretold_apart",
    "fourier_basis", "frequency_groups", "generalises_by", "geometry", "grokking_step", "group_phase_error",
    "half_squares", "hazards", "holm", "input_spectrum", "largest_distractor", "largest_ratio",
    "last_before", "least", "live_neurons", "logged_losses", "memorisation_step", "memorised_first",
    "metric_at", "mirrors", "modular_model", "modular_task", "moments", "near_duplicates", "neurons",
    "noise_share", "nuclear_norm", "others_accuracy", "outcome", "output_spectrum", "paired_difference",
    "parity_task", "phase_errors", "precision_pairs", "progress", "reading", "rescaled_test_loss",
    "reverse", "right_answers", "sign_test", "softness", "spearman", "spearman_within", "stays_below",
    "strongest_first", "strongest_share", "there_and_back", "train_size", "train_turn", "trained_on",
    "used_frequencies", "usual_rate", "variance_sources", "vote", "votes", "votes_by_size", "wait", "waiting_times",
    "wilson_interval", "worse_in_float32", "wrap",
]
