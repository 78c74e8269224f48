"""Models compared in pairs that share everything but one setting: which of two is better off."""

from collections import defaultdict
from collections.abc import Sequence

from reportgen.analysis.curves import grokking_step
from reportgen.analysis.modular import modular_model
from reportgen.store.run import Run

EXACT, PLAIN = "float64", "float32-plain"
SetUp = tuple[bool, str, int]  # tied; kind of decay; neurons
Standing = tuple[int, float]


def standing(run: Run) -> Standing:
    """Larger is better: sooner before later, then not at all by test accuracy at the end."""
    when = grokking_step(run)
    return (-run.config.training.steps - 1, float(run.test_accuracy[-1])) if when is None else (-when, 0.0)


def precision_pairs(runs: Sequence[Run]) -> dict[tuple[float, int], tuple[Run, Run]]:
    """(decay, seed) → the run in float64 and the one in plain float32, in ascending order."""
    found: dict[tuple[float, int], dict[str, Run]] = defaultdict(dict)
    for run in runs:
        training = run.config.training
        found[training.weight_decay, run.config.seed][training.precision] = run
    return {
        key: (both[EXACT], both[PLAIN]) for key, both in sorted(found.items()) if {EXACT, PLAIN} <= set(both)
    }


def worse_in_float32(runs: Sequence[Run]) -> dict[float, tuple[int, int]]:
    """Decay → in how many pairs plain float32 is later or worse than float64, and how many there are."""
    found: dict[float, list[bool]] = defaultdict(list)
    for (decay, _), (exact, plain) in precision_pairs(runs).items():
        found[decay].append(standing(plain) < standing(exact))
    return {decay: (sum(marks), len(marks)) for decay, marks in found.items()}


def collapsed_sides(runs: Sequence[Run]) -> dict[SetUp, tuple[int, int]]:
    """Set-up → pairs in which the model with the input side collapsed generalises first, and last.

    The other model of a pair has the output side collapsed instead. Two that do not generalise, or do in
    the same step, tell nothing.
    """
    found: dict[SetUp, dict[tuple[float, int], dict[bool, int]]] = defaultdict(lambda: defaultdict(dict))
    for run in runs:
        model, training = modular_model(run), run.config.training
        pair = found[model.tied, training.decay, model.neurons][training.weight_decay, run.config.seed]
        pair[model.collapsed_in] = standing(run)[0]
    both = {setup: [p for p in pairs.values() if len(p) == 2] for setup, pairs in found.items()}
    return {
        setup: (sum(p[True] > p[False] for p in pairs), sum(p[True] < p[False] for p in pairs))
        for setup, pairs in both.items()
        if pairs
    }
