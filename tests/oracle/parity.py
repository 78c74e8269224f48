"""The facts of a model of the 1s and 0s: distractors, living neurons, copies."""

import math
from statistics import median

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


def alignment(w_in, live):
    """The least |cosine| between what two living neurons read of the deciding digits."""
    if not live or any((w_in[:, i] ** 2).sum() == 0 for i in live):
        return None
    return min(
        abs(w_in[:, i] @ w_in[:, j]) / math.sqrt((w_in[:, i] @ w_in[:, i]) * (w_in[:, j] @ w_in[:, j]))
        for i in live for j in live
    )  # fmt: skip


def spoken(run):
    """For every snapshot, the mean and spread of the logit towards the right answer, pattern by pattern.

    Over 512 rows of distractors drawn from the generator seeded with 512, and their complements.
    """
    k, count = run.config.task.deciding, run.config.task.digits - run.config.task.deciding
    drawn = (np.random.default_rng(512).random((512, count)) < 0.5) * 1.0
    rows, found = np.vstack([drawn, 1 - drawn]), []
    for w_in, w_out in zip(run.w_input.astype(float), run.w_output[:, :, 0].astype(float), strict=True):
        means, spreads = [], []
        others = np.einsum("rd,dh->rh", rows, w_in[k:-1]) + w_in[-1]
        for pattern in range(2**k):
            chosen = [i for i in range(k) if pattern >> (k - 1 - i) & 1]
            hidden = (others + sum(w_in[i] for i in chosen)).clip(min=0)
            logits = hidden.dot(w_out)
            means.append(float(logits.sum()) / len(rows) * (1 if len(chosen) % 2 else -1))
            spreads.append(math.sqrt(((logits - logits.sum() / len(rows)) ** 2).sum() / len(rows)))
        found.append((means, spreads))
    return found


def right_for_good(run, found):
    """The snapshot step from which every mean is on the right side."""
    first = None
    for step, (means, _) in reversed(list(zip(run.snapshot_steps, found, strict=True))):
        if not min(means) > 0:
            break
        first = int(step)
    return first


def apart(run, found):
    """The largest difference between test accuracy and what normal noise of that spread would leave."""
    worst = 0.0
    for step, (means, spreads) in zip(run.snapshot_steps, found, strict=True):
        shares = [
            (1 + math.erf(m / s / math.sqrt(2))) / 2 if s else (m > 0) + (m == 0) / 2
            for m, s in zip(means, spreads, strict=True)
        ]
        difference = abs(sum(shares) / len(shares) - at_step(run, step))
        worst = max(worst, difference if math.isfinite(difference) else 1.0)
    return worst


def at_step(run, step):
    """Test accuracy at a step that was measured."""
    return float(run.test_accuracy[list(run.steps).index(step)])


def circuit(run, found):
    """When the deciding digits' answer is right, and under how much noise."""
    right = right_for_good(run, found)
    noise = [sum(spreads) / len(spreads) for _, spreads in found]
    peak = (
        max(range(len(noise)), key=lambda i: noise[i]) if not np.isnan(noise).any() else int(np.argmax(noise))
    )
    at = None if right is None else list(run.snapshot_steps).index(right)
    return {
        "patterns": 2**run.config.task.deciding,
        "circuit_accuracy": None if right is None else at_step(run, right),
        "signal_then": None if at is None else known(np.mean(found[at][0])),
        "noise_then": None if at is None else known(noise[at]),
        "noise_peak": known(noise[peak]), "noise_peak_step": int(run.snapshot_steps[peak]),
        "signal_end": known(np.mean(found[-1][0])), "foretold_apart": apart(run, found),
    }  # fmt: skip


def parity_circuit(runs):
    """How early the deciding digits' answer is right in new seeds, and how well the noise foretells accuracy."""
    told = [spoken(run) for run in runs]
    when = [(right_for_good(run, found), first_kept(run, "train"), first_kept(run, "test"), run)
            for run, found in zip(runs, told, strict=True)]  # fmt: skip
    when = [steps for steps in when if None not in steps[:3]]
    parts = sorted(right / t_gen for right, _, t_gen, _ in when)
    then = sorted(at_step(run, right) for right, _, _, run in when)
    differences = [apart(run, found) for run, found in zip(runs, told, strict=True)]
    return {
        "models": len(runs), "known": len(when),
        "part_median": median(parts) if parts else None,
        "part_min": parts[0] if parts else None, "part_max": parts[-1] if parts else None,
        "after_memorising": median(right / t_mem for right, t_mem, *_ in when) if when else None,
        "accuracy_median": median(then) if then else None, "accuracy_max": then[-1] if then else None,
        "apart_median": median(differences), "apart_max": max(differences),
    }  # fmt: skip


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
    norms, found = distractors(run, lambda w: math.sqrt((w**2).sum())), spoken(run)
    base["moments"] |= {
        "circuit": right_for_good(run, found),
        "turns": turn["train_loss_min_step"],
        "pruned": below_for_good(run, 0.05),
    }
    return base | turn | circuit(run, found) | {
        "neurons": run.config.model.neurons, "digits": task.digits, "deciding": task.deciding,
        "distractors": task.digits - task.deciding, "live_neurons": len(live), "alignment": alignment(w_in[: task.deciding], live), "near_duplicates": len(copies),
        "distractor_max_memorising": max(during, default=None), "distractor_max_end": known(largest[-1]),
        "last_distractor": {str(level): below_for_good(run, level) for level in (0.1, 0.05, 0.03)},
        "distractor_fall": fall(run.snapshot_steps, norms),
        "test_loss_fall": fall(run.steps, run.test_loss, float(run.test_loss[-1])),
    }  # fmt: skip
