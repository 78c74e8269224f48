"""How long a model waits between memorising and generalising, and how the wait depends on the settings."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from reportgen.analysis.curves import grokking_step, memorisation_step
from reportgen.analysis.parity import parity_task
from reportgen.store.run import Run

Series = tuple[int, int]  # training size and seed, which models of several decays share


def wait(run: Run) -> float | None:
    """t_gen over t_mem; None for a model that does not do both, or memorises at once."""
    t_mem, t_gen = memorisation_step(run), grokking_step(run)
    return t_gen / t_mem if t_mem and t_gen else None


def delay(run: Run) -> float | None:
    """t_gen less t_mem, in steps; None for a model that does not do one after the other."""
    t_mem, t_gen = memorisation_step(run), grokking_step(run)
    return float(t_gen - t_mem) if t_mem is not None and t_gen is not None and t_gen > t_mem else None


def exponents_by_decay(
    runs: Sequence[Run], measure: Callable[[Run], float | None] = wait
) -> dict[Series, float | None]:
    """The exponent of the wait as a power of the decay, for each series of models that differ in decay alone.

    It is the slope of the least-squares line through the logarithms; None where a model of the series
    does not generalise. Models of a series of one decay say nothing and are left out.
    """
    usual = usual_rate(runs)
    series: dict[Series, dict[float, float | None]] = defaultdict(dict)
    for run in runs:
        if run.config.training.learning_rate == usual:
            key = parity_task(run).train_size, run.config.seed
            series[key][run.config.training.weight_decay] = measure(run)
    return {key: slope(waits) for key, waits in series.items() if len(waits) > 1}


def usual_rate(runs: Sequence[Run]) -> float:
    """The learning rate that most of them have."""
    rates = [run.config.training.learning_rate for run in runs]
    return max(set(rates), key=rates.count)


def slope(waits: dict[float, float | None]) -> float | None:
    """The exponent of waits by decay; None if one is not known."""
    known = [value for value in waits.values() if value is not None]
    if len(known) < len(waits):
        return None
    return float(np.polyfit(np.log(list(waits)), np.log(known), 1)[0])
