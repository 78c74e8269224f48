"""The named moments of a run: what a word in the prose, or a jump of the player, refers to."""

from reportgen.analysis.curves import crossing_step, grokking_step, memorisation_step, train_turn
from reportgen.analysis.parity import stays_below
from reportgen.numerics.config import ModularModel, ParityTask
from reportgen.store.run import Run

PRUNED = 0.05  # no distractor weight is larger once a model counts as pruned
HALF = 0.5  # test accuracy half-way up, for a model that memorises nothing


def moments(run: Run) -> dict[str, int | None]:
    """Name → step: start, memorises, generalises, end; parity adds turns and pruned, a model on the
    frozen circle adds half.

    A moment that never came is None.
    """
    found = {
        "start": int(run.steps[0]),
        "memorises": memorisation_step(run),
        "generalises": grokking_step(run),
        "end": int(run.steps[-1]),
    }
    if isinstance(run.config.task, ParityTask):
        turn = train_turn(run)
        found["turns"] = None if turn is None else turn.minimum_step
        found["pruned"] = stays_below(run, PRUNED)
    elif isinstance(run.config.model, ModularModel) and run.config.model.embedding == "circle":
        found["half"] = crossing_step(run, HALF)
    return found
