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
        "alignment": analysis.alignment(*weights, task.deciding),
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
    } | _circuit(run)  # fmt: skip


def _circuit(run: Run) -> Facts:
    """When what the deciding digits alone say is right, and under how much noise."""
    found = analysis.circuit(run)
    right, noise = found.right_from, found.noise.mean(axis=1)
    at = 0 if right is None else run.nearest_snapshot(right)
    peak = int(noise.argmax())
    return {
        "patterns": found.signal.shape[1],
        "circuit_accuracy": analysis.metric_at(run, "test_accuracy", right),
        "signal_then": None if right is None else found.signal[at].mean(),
        "noise_then": None if right is None else noise[at],
        "noise_peak": noise[peak],
        "noise_peak_step": run.snapshot_steps[peak],
        "signal_end": found.signal[-1].mean(),
        "foretold_apart": analysis.foretold_apart(run, found),
    }


def _memorising(run: Run) -> tuple[int | None, int]:
    """From memorising to generalising, or to the end."""
    generalised = analysis.grokking_step(run)
    end = int(run.steps[-1]) if generalised is None else generalised
    return analysis.memorisation_step(run), end
