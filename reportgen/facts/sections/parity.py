"""The facts of section 2: neurons that live, distractors that vanish, and when train loss turns."""

from reportgen import analysis
from reportgen.facts.registry import Facts, of_run
from reportgen.store.run import Run

PRUNING_LEVELS = (0.1, 0.05, 0.03)  # of the largest distractor weight


@of_run("parity", "parity-l2")
def sparse_parity(run: Run) -> Facts:
    task, start, end = analysis.parity_task(run), *_memorising(run)
    weights = run.w_input[-1], run.w_output[-1]
    turn = analysis.train_turn(run)
    return {
        "neurons": run.config.model.neurons,
        "digits": task.digits,
        "deciding": task.deciding,
        "distractors": task.digits - task.deciding,
        "live_neurons": int(analysis.live_neurons(*weights).sum()),
        "near_duplicates": len(analysis.near_duplicates(*weights)),
        "distractor_max_memorising": None if start is None
        else analysis.largest_distractor(run, start, end),
        "distractor_max_end": analysis.distractor_max(run)[-1],
        "train_loss_min": turn and turn.minimum,
        "train_loss_min_step": turn and turn.minimum_step,
        "train_loss_peak": turn and turn.peak,
        "train_loss_peak_step": turn and turn.peak_step,
        "train_loss_rise": turn and turn.ratio,
        "last_distractor": {str(x): analysis.stays_below(run, x) for x in PRUNING_LEVELS},
        "distractor_fall": analysis.fall(run.snapshot_steps, analysis.distractor_norm(run)),
        "test_loss_fall": analysis.fall(run.steps, run.test_loss, run.test_loss[-1]),
    }  # fmt: skip


def _memorising(run: Run) -> tuple[int | None, int]:
    """From memorising to generalising, or to the end."""
    generalised = analysis.grokking_step(run)
    end = int(run.steps[-1]) if generalised is None else generalised
    return analysis.memorisation_step(run), end
