"""The facts of what can be seen before answers turn right: models that were followed, and how long they wait."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from reportgen import analysis
from reportgen.facts.registry import Facts, of_sweep
from reportgen.store.run import Run


@of_sweep("parity-circuit")
def parity_circuit(runs: Sequence[Run]) -> Facts:
    found = [analysis.circuit(run) for run in runs]
    known = [
        (circuit.right_from, t_mem, t_gen, run)
        for circuit, run in zip(found, runs, strict=True)
        if (t_mem := analysis.memorisation_step(run)) is not None
        and (t_gen := analysis.grokking_step(run)) is not None
        and circuit.right_from is not None
    ]
    parts = [right / t_gen for right, _, t_gen, _ in known]
    then = [analysis.metric_at(run, "test_accuracy", right) or 0.0 for right, _, _, run in known]
    apart = [analysis.foretold_apart(run, circuit) for circuit, run in zip(found, runs, strict=True)]
    return {
        "known": len(known),
        "part_median": float(np.median(parts)) if parts else None,
        "part_min": min(parts, default=None),
        "part_max": max(parts, default=None),
        "after_memorising": float(np.median([right / t_mem for right, t_mem, *_ in known]))
        if known
        else None,
        "accuracy_median": float(np.median(then)) if then else None,
        "accuracy_max": max(then, default=None),
        "apart_median": float(np.median(apart)),
        "apart_max": max(apart),
    }


@of_sweep("delay-law")
def delay_law(runs: Sequence[Run]) -> Facts:
    exponents = list(analysis.exponents_by_decay(runs).values())
    known = [value for value in exponents if value is not None]
    of_delay = [
        value for value in analysis.exponents_by_decay(runs, analysis.delay).values() if value is not None
    ]
    middle = float(np.median(known)) if known else None
    rates = _by_rate(runs).values()
    return {
        "steps": runs[0].config.training.steps,
        "neurons": runs[0].config.model.neurons,
        "series": len(exponents),
        "exponent": middle,
        "exponent_min": min(known, default=None),
        "exponent_max": max(known, default=None),
        "exponent_of_delay": float(np.median(of_delay)) if of_delay else None,
        "tenfold": None if middle is None else 10**-middle,
        "rate_least": min(rates, default=None),
        "rate_most": max(rates, default=None),
    }


def _by_rate(runs: Sequence[Run]) -> dict[float, float]:
    """Learning rate → the median wait at it, of models of the settings of those with another rate."""
    usual = analysis.usual_rate(runs)
    others = {_setting(run) for run in runs if run.config.training.learning_rate != usual}
    found = defaultdict(list)
    for run in runs:
        if _setting(run) in others and (waited := analysis.wait(run)) is not None:
            found[run.config.training.learning_rate].append(waited)
    return {rate: float(np.median(waits)) for rate, waits in found.items()}


def _setting(run: Run) -> tuple[int, float]:
    """Size of the training set, and decay."""
    return analysis.parity_task(run).train_size, run.config.training.weight_decay
