"""The named moments of a run: what a word in the prose, or a jump of the player, refers to."""

from reportgen.analysis.circuit import circuit
from reportgen.analysis.curves import crossing_step, grokking_step, memorisation_step, train_turn
from reportgen.analysis.parity import stays_below
from reportgen.numerics.config import ModularModel, ModularTask, ParityTask
from reportgen.store.run import Run

PRUNED = 0.05  # no distractor weight is larger once a model counts as pruned
HALF = 0.5  # test accuracy half-way up, for a model that memorises nothing


def moments(run: Run) -> dict[str, int | None]:
    """Name → step: start, memorises, generalises, end, and what the kind of task adds.

    A moment that never came is None.
    """
    return {
        "start": int(run.steps[0]),
        "memorises": memorisation_step(run),
        "generalises": grokking_step(run),
        "end": int(run.steps[-1]),
    } | _ADDED[type(run.config.task)](run)


def _of_parity(run: Run) -> dict[str, int | None]:
    """circuit: the deciding digits' answer is right; turns: train loss rises again; pruned: no distractors."""
    turn = train_turn(run)
    return {
        "circuit": circuit(run).right_from,
        "turns": None if turn is None else turn.minimum_step,
        "pruned": stays_below(run, PRUNED),
    }


def _of_modular(run: Run) -> dict[str, int | None]:
    """half: of a model on the frozen circle."""
    on_circle = isinstance(run.config.model, ModularModel) and run.config.model.embedding == "circle"
    return {"half": crossing_step(run, HALF)} if on_circle else {}


_ADDED = {ModularTask: _of_modular, ParityTask: _of_parity}
