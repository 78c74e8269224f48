"""The facts of a model of modular addition: waves, votes, circles, and where test loss turns."""

import math
from statistics import median

import numpy as np

from oracle.curves import common, first_at, known, sizes, until_nan


def transform(column):
    """(F,) complex: cosine minus i times sine coefficient of P weights, for frequencies 1 to P/2."""
    p = len(column)
    scale = [math.sqrt(1 / p) if 2 * f == p else math.sqrt(2 / p) for f in range(1, p // 2 + 1)]
    return np.fft.fft(column.astype(float))[1 : p // 2 + 1] * scale


def share(column):
    """How much of the energy lies in the strongest frequency; 0 where there is none."""
    energy = (column.astype(float) ** 2).sum()
    if not math.isfinite(energy):
        return math.nan
    return float((np.abs(transform(column)) ** 2).max() / energy) if energy > 0 else 0.0


def median_share(run, index):
    """Of the neurons of one snapshot."""
    return float(median(share(column) for column in run.w_input[index, : run.config.task.modulus].T))


def groups(run):
    """Frequency → the neurons whose largest amplitude, above 10, is there at the end."""
    found = {}
    for i, column in enumerate(run.w_input[-1, : run.config.task.modulus].T):
        amplitude = np.abs(transform(column))
        if amplitude.max() > 10:
            found.setdefault(int(amplitude.argmax()) + 1, []).append(i)
    return dict(sorted(found.items()))


def published_groups(run):
    """Frequency → how many neurons have their largest single coefficient, above 10, there at the end."""
    found = []
    for column in run.w_input[-1, : run.config.task.modulus].T:
        wave = transform(column)
        largest = np.maximum(abs(wave.real), abs(wave.imag))
        found += [int(largest.argmax()) + 1] if largest.max() > 10 else []
    return {f: found.count(f) for f in sorted(set(found))}


def vote_shares(run):
    """Of every group, its neurons and the cosine's share of its logits; whether their sum is right for 99 % of the pairs."""
    p = run.config.task.modulus
    pairs = [(a, b) for a in range(p) for b in range(p)]
    first, second = run.w_input[-1, :p].astype(float), run.w_input[-1, -p:].astype(float)
    hidden = np.maximum([first[a] + second[b] for a, b in pairs], 0)
    right, found, total = np.array([(a + b) % p for a, b in pairs]), [], 0
    for f, members in groups(run).items():
        logits = hidden[:, members] @ run.w_output[-1, members].astype(float)
        total = total + logits
        logits -= logits.mean(axis=1)[:, None]
        at_answer = logits @ np.exp(-2j * np.pi * f * np.arange(p) / p) * np.exp(2j * np.pi * f * right / p)
        found.append((len(members), float((at_answer.real**2).sum() * 2 / p / (logits**2).sum())))
    return found, bool(found) and bool(100 * (total.argmax(axis=1) == right).sum() >= 99 * p * p)


def modular(run):
    """What is said of every such model: its waves at the start and at the end."""
    task, used = run.config.task, groups(run)
    half, ends = task.modulus // 2, run.w_input[-1, : task.modulus].T
    waves = [transform(column) for column in ends]
    naive = [np.maximum(abs(wave.real), abs(wave.imag)).argmax() for wave in waves]
    return common(run) | {
        "neurons": run.config.model.neurons, "embedding_size": run.config.model.embedding_size,
        "modulus": task.modulus, "pairs": sum(sizes(run.config)),
        "parameters": sum(len(m) * len(m[0]) for m in run.final.values()) or None,
        "frequencies": list(used), "frequency_count": len(used),
        "neurons_per_frequency": {f: len(members) for f, members in used.items()},
        "neurons_used": sum(map(len, used.values())),
        "neurons_naive_differs": sum(int(a != abs(w).argmax()) for a, w in zip(naive, waves, strict=True)),
        "amplitude_min": known(min(abs(wave).max() for wave in waves)),
        "share_start": known(median_share(run, 0)), "share_end": known(median_share(run, -1)),
        "share_noise": sum(1 / f for f in range(1, half + 1)) / (half + 0.5),
    }  # fmt: skip


def cells(matrix):
    """How many cells (a neuron at a frequency, or its constant) per neuron hold 95 % of the energy of (P, H)."""
    if not np.isfinite(matrix).all() or not matrix.any():
        return None
    energies = [column.astype(float).sum() ** 2 / len(column) for column in matrix.T]
    energies += [float(e) for column in matrix.T for e in np.abs(transform(column)) ** 2]
    held, count, largest = 0.0, 0, sorted(energies, reverse=True)
    while held < 0.95 * (matrix.astype(float) ** 2).sum():
        held, count = held + largest[count], count + 1
    return count / matrix.shape[1]


def phase_error(run, used):
    """The largest angle in degrees between a neuron's output phase and twice its input phase."""
    worst = None
    for f, members in used.items():
        for i in members:
            inward, outward = (
                transform(run.w_input[-1, : run.config.task.modulus, i]),
                transform(run.w_output[-1, i]),
            )
            off = abs(math.degrees(np.angle(inward[f - 1] ** 2 * outward[f - 1].conj())))
            worst = off if worst is None else max(worst, off)
    return worst


def votes(run, used):
    """Of every group: the shares of its logits' energy on the cosine and the sine; where the sum is right."""
    p = run.config.task.modulus
    first, second = run.w_input[-1, :p].astype(float), run.w_input[-1, -p:].astype(float)
    a, b = np.divmod(np.arange(p * p), p)
    hidden, w_out, total, found = np.maximum(first[a] + second[b], 0), run.w_output[-1].astype(float), 0, []
    for f, members in used.items():
        logits = hidden[:, members] @ w_out[members]
        total = total + logits
        logits = logits - logits.mean(axis=1)[:, None]
        angle = 2 * np.pi * f * (np.add.outer(np.arange(p), -np.arange(p))) / p  # of the answer s, at c
        on = [
            ((logits * wave(angle)[(a + b) % p]).sum(axis=1) ** 2).sum() * 2 / p for wave in (np.cos, np.sin)
        ]
        energy = (logits**2).sum()
        found.append(
            {"frequency": f} | dict(zip(("cosine", "sine"), (float(e / energy) for e in on), strict=True))
        )
    return found, int((total.argmax(axis=1) == (a + b) % p).sum()) if used else None


def main_model(run):
    """Beside that, how sparse the transform is and how the groups vote."""
    p, used = run.config.task.modulus, groups(run)
    found, right = votes(run, used)
    worst = phase_error(run, used)
    return modular(run) | {
        "cells": p // 2 + 1, "ordered_pairs": p * p, "votes": found, "votes_right": right,
        "phase_error_degrees": worst,
        "vote_cosine_min": min((v["cosine"] for v in found), default=None),
        "vote_cosine_max": max((v["cosine"] for v in found), default=None),
        "vote_sine_max": max((v["sine"] for v in found), default=None),
        "cells_start_in": cells(run.w_input[0, :p]), "cells_end_in": cells(run.w_input[-1, :p]),
        "cells_start_out": cells(run.w_output[0].T), "cells_end_out": cells(run.w_output[-1].T),
        "unseen": unseen(run, used), "factors": factors(run),
        "lead_alone": 2 * math.sin(math.pi / p) ** 2, "lead_together": lead(p, used),
    }  # fmt: skip


def lead(p, used):
    """What the answer next best is short of, when each frequency's wave counts the same."""
    means = [sum(math.cos(2 * math.pi * f * c / p) for f in used) / len(used) for c in range(1, p) if used]
    return 1 - max(means) if means else None


def factors(run):
    """The nuclear norm of both sides together, the number of directions it means, and half the weights' squares."""
    p, sums, ranks, finite = run.config.task.modulus, [], [], True
    for w_in, w_out in zip(run.w_input, run.w_output, strict=True):
        both = np.vstack([w_in[:p].T, w_out]).astype(float)
        if not np.isfinite(both).all():
            finite = False
            break
        sums.append(float(np.linalg.norm(both, "nuc")))
        squares = float((both**2).sum())
        ranks.append(sums[-1] ** 2 / squares if squares else None)
    first, last = (
        float(run.weight_norm[list(run.steps).index(run.snapshot_steps[i])]) ** 2 / 2 for i in (0, -1)
    )
    return {
        "nuclear_peak": max(sums) if finite else None, "nuclear_end": sums[-1] if finite else None,
        "half_squares_start": known(first), "half_squares_end": known(last),
        "excess_end": known(last / sums[-1] - 1) if finite and sums[-1] else None,
        "rank_start": ranks[0] if ranks else None, "rank_end": ranks[-1] if finite else None,
    }  # fmt: skip


def drawn_pairs(run):
    """The pairs trained on and those held out."""
    task, p = run.config.task, run.config.task.modulus
    pairs = [(a, b) for a in range(p) for b in range(p) if a <= b or not task.symmetric]
    order = np.argsort(np.random.default_rng([run.config.seed, 0]).random(len(pairs)), kind="stable")
    count = sizes(run.config)[0]  # the least draws are trained on
    return [pairs[i] for i in order[:count]], [pairs[i] for i in order[count:]]


def unseen(run, used):
    """How much the final waves alone know while test accuracy is below 10 %, and how much is known without them."""
    names, p = (
        ("step", "test", "waves", "filtered", "others", "rest", "energy", "length"),
        run.config.task.modulus,
    )
    told = [waves_and_rest(run, used, i) for i in range(len(run.w_input))] if used else []
    energies = [energy_in(run.w_input[i, :p], used) for i in range(len(run.w_input))] if used else [None]
    best = [rest for _, rest in told]
    facts = {"energy_end": energies[-1], "rest_best": max(best) if best else None}
    passed = first_at(run, (1, 10))
    if passed is None:
        return facts | dict.fromkeys(names)
    before = [i for i, step in enumerate(run.snapshot_steps) if step < passed]
    last = before[-1] if before else 0
    step = int(run.snapshot_steps[last])
    test = float(run.test_accuracy[[i for i, s in enumerate(run.steps) if s <= step][-1]])
    waves, rest = told[last] if told else (None, None)
    others = [f for f in range(1, (p - 1) // 2 + 1) if f not in used]
    control = waves_and_rest(run, others, last)[0] if others else None
    found = (step, test, waves, filtered(run, used, last), control, rest, energies[last] if used else None,
             run.weight_norm[run.steps <= step][-1] / max(run.weight_norm[run.steps <= step]))  # fmt: skip
    return facts | dict(zip(names, found, strict=True))


def energy_in(matrix, used):
    """The share of a matrix's energy in some frequencies."""
    total = (matrix.astype(float) ** 2).sum()
    inside = sum(abs(transform(column)[f - 1]) ** 2 for column in matrix.T for f in used)
    return known(float(inside / total)) if total > 0 else None


def filtered(run, used, index):
    """Test pairs that are answered rightly by weights of which only the mean and some frequencies are left."""
    p, test = run.config.task.modulus, drawn_pairs(run)[1]
    kept = np.array([f == 0 or min(f, p - f) in used for f in range(p)])[:, None]
    first, second, w_out = (np.fft.ifft(np.fft.fft(m.astype(float), axis=0) * kept, axis=0).real
                            for m in (run.w_input[index][:p], run.w_input[index][-p:], run.w_output[index].T))  # fmt: skip
    answers = [int(np.argmax(np.maximum(first[a] + second[b], 0) @ w_out.T)) for a, b in test]
    return sum(answer == (a + b) % p for answer, (a, b) in zip(answers, test, strict=True)) / len(test)


def waves_and_rest(run, used, index):
    """Held-out pairs that the waves of the sum answer, and trained ones that what is left answers, as shares."""
    p, (train, test) = run.config.task.modulus, drawn_pairs(run)
    w_in, w_out = run.w_input[index].astype(float), run.w_output[index].astype(float)
    pairs = test + [(b, a) for a, b in test if a != b and run.config.task.symmetric]
    logits = {(a, b): np.maximum(w_in[a] + w_in[b - p], 0) @ w_out for a, b in pairs + train}
    of_sum = {s: [] for s in range(p)}
    for a, b in pairs:
        of_sum[(a + b) % p].append(logits[a, b])
    by_sum = np.array([np.mean(found or [np.zeros(p)], axis=0) for found in of_sum.values()])
    coefficients = np.fft.fft(by_sum, axis=0)
    kept = np.array([min(f, p - f) in used for f in range(p)])
    waves = np.fft.ifft(coefficients * kept[:, None], axis=0).real
    mean = np.mean([logits[pair] for pair in pairs], axis=0)
    right = [int(np.argmax(waves[(a + b) % p] + mean)) == (a + b) % p for a, b in test]
    left = [int(np.argmax(logits[a, b] - waves[(a + b) % p])) == (a + b) % p for a, b in train]
    return sum(right) / len(test), sum(left) / len(train)


def unevenness(angles):
    """Degrees by which the worst of H angles misses even spacing, after the rotation that suits best."""
    h = len(angles)
    offsets = [angle - 2 * math.pi * k / h for k, angle in enumerate(sorted(angles))]
    turns = [(one + other) / 2 for one in offsets for other in offsets]
    return math.degrees(min(max(abs(offset - turn) for offset in offsets) for turn in turns))


def five_neurons(run):
    """Beside that, how the neurons lie on the frozen circle, as complex numbers."""
    p, base = run.config.task.modulus, modular(run)
    base["moments"] |= {"half": first_at(run, (1, 2))}
    circle = np.exp(2j * np.pi * np.arange(p) / p) * math.sqrt(2 / p)  # cos + i sin, each of norm 1
    inward, outward = (
        weights.astype(float) @ circle for weights in (run.w_input[-1, :p].T, run.w_output[-1])
    )
    measured = {}
    for side, vectors in (("in", inward), ("out", outward)):
        smallest, finite = min(abs(vectors)), np.isfinite(vectors).all()
        measured[f"norm_ratio_{side}"] = float(max(abs(vectors)) / smallest) if smallest and finite else None
        measured[f"unevenness_{side}_degrees"] = unevenness(np.angle(vectors).tolist()) if finite else None
    off = np.abs(np.degrees(np.angle(outward * (inward**2).conj())))
    gaps = [abs(a - b) for a, b in zip(run.train_accuracy, run.test_accuracy, strict=True)]
    return base | measured | {
        "parameters": 4 * run.config.model.neurons,
        "accuracy_gap": None if any(map(math.isnan, gaps)) else float(max(gaps)),
        "doubling_error_degrees": known(max(off)),
    }  # fmt: skip


def reverse(run):
    """Beside that, how test loss climbs from its minimum to the end."""
    names = ("test_loss_min", "test_loss_min_step", "test_loss_rise", "train_loss_at_min",
             "weight_norm_at_min", "test_accuracy_at_min", "test_loss_rescaled")  # fmt: skip
    loss = until_nan(run.test_loss)
    if not loss:
        return modular(run) | dict.fromkeys(names)
    low, last = loss.index(min(loss)), len(loss) - 1
    shrink = run.weight_norm[low] / run.weight_norm[last]
    values = (loss[low], int(run.steps[low]), loss[last] / loss[low], float(run.train_loss[low]),
              float(run.weight_norm[low]), float(run.test_accuracy[low]), rescaled_loss(run, shrink))  # fmt: skip
    return modular(run) | dict(zip(names, values, strict=True))


def rescaled_loss(run, factor):
    """Test loss at the end, a mean over pairs and over outputs, with all four trained matrices times the factor."""
    p, test = run.config.task.modulus, drawn_pairs(run)[1]
    w_in, w_out, total = run.w_input[-1].astype(float), run.w_output[-1].astype(float), 0.0
    for a, b in test:
        logits = np.maximum(w_in[a] + w_in[b], 0) @ w_out * factor**4
        total += math.log(np.exp(logits - logits.max()).sum()) + logits.max() - logits[(a + b) % p]
    return known(total / len(test) / p)


def there_and_back(run):
    """Beside that, the hump of test loss."""
    names = ("test_loss_min", "test_loss_min_step", "test_loss_peak", "test_loss_peak_step",
             "test_loss_rise", "below_step", "end_ratio", "test_accuracy_at_min", "test_accuracy_lowest")  # fmt: skip
    loss, best, hump = until_nan(run.test_loss), 0.0, None
    for j, value in enumerate(
        loss
    ):  # the highest climb from a record low that is half the first loss or less
        low = min(loss[: j + 1])
        if low <= loss[0] / 2 and value - low > best:
            best, hump = value - low, (loss.index(low), j)
    if hump is None:
        return modular(run) | dict.fromkeys(names)
    low, peak = hump
    below = next((i for i in range(len(loss)) if max(loss[i:]) < loss[low]), None)
    settled = below is not None and len(loss) == len(run.test_loss)
    values = (loss[low], int(run.steps[low]), loss[peak], int(run.steps[peak]), loss[peak] / loss[low],
              int(run.steps[below]) if settled else None, loss[-1] / loss[low],
              float(run.test_accuracy[low]), float(min(run.test_accuracy[low : below or len(loss)])))  # fmt: skip
    return modular(run) | dict(zip(names, values, strict=True))
