"""How a run is read by the kind of its task: what its solution is made of, beside what is measured of every run.

`reading(config)` is what tables, comparisons and the words of a run ask; they know no kind of task.
"""

from collections.abc import Callable
from dataclasses import dataclass

from reportgen.analysis.modular import used_frequencies
from reportgen.analysis.parity import live_neurons
from reportgen.numerics.config import Config, ModularTask, ParityTask
from reportgen.store.run import Run

Measure = int | list[int] | None  # a count, or which ones; None where a sweep has kept no weights


@dataclass(frozen=True)
class Reading:
    """What is read of the runs of one kind of task.

    measures: name → what a run's solution is made of. columns: those that a table has which does not
    choose its own. compared: the one that stands beside another run's. nouns: what that counts, one and
    many.
    """

    measures: Callable[[Run], dict[str, Measure]]
    columns: tuple[str, ...]
    compared: str
    nouns: tuple[str, str]


def _frequencies(run: Run) -> dict[str, Measure]:
    if not len(run.w_input):
        return dict.fromkeys(("frequencies", "neurons_per_frequency"))
    used = used_frequencies(run)
    return {"frequencies": list(used), "neurons_per_frequency": list(used.values())}


def _live_neurons(run: Run) -> dict[str, Measure]:
    kept = len(run.w_input) > 0
    return {"live_neurons": int(live_neurons(run.w_input[-1], run.w_output[-1]).sum()) if kept else None}


_READINGS = {
    ModularTask: Reading(
        _frequencies, ("frequencies", "neurons_per_frequency"), "frequencies", ("frequency", "frequencies")
    ),
    ParityTask: Reading(_live_neurons, (), "live_neurons", ("live neuron", "live neurons")),
}


def reading(config: Config) -> Reading:
    """How runs of that config are read."""
    return _READINGS[type(config.task)]
