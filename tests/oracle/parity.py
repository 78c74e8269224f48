"""The facts of a model of the 1s and 0s: distractors, living neurons, copies."""

import math

import numpy as np

from oracle.curves import common, first_kept, known, until_nan


def train_turn(run):
    """The largest relative rise of train loss, from a minimum, between memorising and generalising."""
    names = (
        "train_loss_min_step",
        "train_loss_min",
        "train_loss_peak_step",
        "train_loss_peak",
        "train_loss_rise",
    )
    t_mem, t_gen, best = first_kept(run, "train"), first_kept(run, "test"), None
    if t_mem is None or t_gen is None:
        return dict.fromkeys(names)
    points = [
        (int(s), float(v)) for s, v in zip(run.steps, run.train_loss, strict=True) if t_mem <= s <= t_gen
    ]
    for j, peak in enumerate(points):
        low = min(points[: j + 1], key=lambda point: point[1])
        if peak[1] > low[1] and (best is None or peak[1] / low[1] > best[-1]):
            best = (*low, *peak, peak[1] / low[1])
    finite = all(math.isfinite(loss) for _, loss in points)
    return dict(zip(names, best, strict=True)) if best and finite else dict.fromkeys(names)


def fall(steps, values, floor=0.0):
    """Steps at which a curve, after its peak, is first down to 90, 50 and 10 % of its height above the floor."""
    values = until_nan(values)
    if not values or max(values) <= floor:
        return None
    peak = values.index(max(values))
    found = []
    for level in (0.9, 0.5, 0.1):
        low = [i for i in range(peak, len(values)) if values[i] - floor <= level * (values[peak] - floor)]
        found.append(int(steps[low[0]]) if low else None)
    return None if None in found else found


def below_for_good(run, level):
    """The snapshot step from which every distractor weight is smaller than that."""
    found = None
    for step, largest in reversed(list(zip(run.snapshot_steps, distractors(run, np.max), strict=True))):
        if not largest < level:
            break
        found = int(step)
    return found


def distractors(run, measure):
    """A measure of the sizes of the distractors' weights, for every snapshot."""
    task = run.config.task
    return [float(measure(np.abs(w[task.deciding : task.digits].astype(float)))) for w in run.w_input]


def strengths_of(w_in, w_out):
    """‖w_in‖·‖w_out‖ of every neuron."""
    return [math.sqrt((w_in[:, i] ** 2).sum()) * math.sqrt((w_out[i] ** 2).sum()) for i in range(len(w_out))]


def parity(run):
    """Everything that is said of such a model."""
    task, base, turn = run.config.task, common(run), train_turn(run)
    w_in, w_out = run.w_input[-1].astype(float), run.w_output[-1].astype(float)
    strengths = strengths_of(w_in, w_out)
    live = [i for i, s in enumerate(strengths) if s > 0 and s >= 0.01 * max(strengths)]
    copies = [
        (i, j) for i in live for j in live
        if i < j and w_out[i, 0] * w_out[j, 0] > 0
        and w_in[:, i] @ w_in[:, j] > 0.95 * math.sqrt((w_in[:, i] @ w_in[:, i]) * (w_in[:, j] @ w_in[:, j]))
    ]  # fmt: skip
    until = run.steps[-1] if base["t_gen"] is None else base["t_gen"]
    largest = distractors(run, np.max)
    during = [
        size for step, size in zip(run.snapshot_steps, largest, strict=True)
        if base["t_mem"] is not None and base["t_mem"] <= step <= until
    ]  # fmt: skip
    norms = distractors(run, lambda w: math.sqrt((w**2).sum()))
    base["moments"] |= {"turns": turn["train_loss_min_step"], "pruned": below_for_good(run, 0.05)}
    return base | turn | {
        "neurons": run.config.model.neurons, "digits": task.digits, "deciding": task.deciding,
        "distractors": task.digits - task.deciding, "live_neurons": len(live), "near_duplicates": len(copies),
        "distractor_max_memorising": max(during, default=None), "distractor_max_end": known(largest[-1]),
        "last_distractor": {str(level): below_for_good(run, level) for level in (0.1, 0.05, 0.03)},
        "distractor_fall": fall(run.snapshot_steps, norms),
        "test_loss_fall": fall(run.steps, run.test_loss, float(run.test_loss[-1])),
    }  # fmt: skip
