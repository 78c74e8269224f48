"""The facts of many runs at once: classes, counts, medians, intervals."""

import math
from collections import Counter
from statistics import median

import numpy as np

from oracle.curves import LEARNED, first_at, first_kept, known, reaches, sizes
from oracle.modular import drawn_pairs, median_share, published_groups, transform, vote_shares

CLASSES = ("high_train_loss", "high_test_loss", "together", "grokking")


def outcome(run):
    """The class of a model, from its floored losses at the logged steps."""
    floor, low = 1.19e-7, 1e-5
    pairs = [(max(a, floor), max(b, floor)) for a, b in zip(run.train_loss, run.test_loss, strict=True)
             if math.isfinite(a) and math.isfinite(b)]  # fmt: skip
    if not any(train <= low for train, _ in pairs):
        return "high_train_loss"
    if not any(test <= low for _, test in pairs):
        return "high_test_loss"
    return "grokking" if any(test >= 50_000 * train for train, test in pairs) else "together"


def by_class(runs):
    """How many models are in each class, and which share of them ends with 99 % of test answers right."""
    members = {kind: [] for kind in CLASSES}
    for run in runs:
        members[outcome(run)].append(reaches(run, "test", LEARNED)[-1])
    return {
        kind: {"count": len(m), "share": len(m) / len(runs), "accurate": sum(m) / len(m) if m else None}
        for kind, m in members.items()
    }


def parity_sweep(runs):
    """The phase diagram: its grid, and its classes by decay."""
    decays = sorted({run.config.training.weight_decay for run in runs})
    table = {d: Counter(outcome(r) for r in runs if r.config.training.weight_decay == d) for d in decays}
    return by_class(runs) | {
        "models": len(runs), "steps": runs[0].config.training.steps, "low_loss": 1e-5, "large_ratio": 50_000,
        "seeds": len({run.config.seed for run in runs}), "decays": decays,
        "widths": sorted({run.config.model.neurons for run in runs}),
        "sizes": sorted({run.config.task.train_size for run in runs}),
        "best_decay": sorted(decays, key=lambda d: (-table[d]["grokking"], d))[0],
        "by_decay": {f"{d:g}": {kind: table[d][kind] for kind in CLASSES} for d in decays},
    }  # fmt: skip


def commonest(values):
    """The value found most often, and how often; the lower of two."""
    found = {value: values.count(value) for value in set(values)}
    return min(found.items(), key=lambda item: (-item[1], item[0])) if found else (None, None)


def group_votes(runs):
    """In models that generalise, how cleanly groups vote by their number of neurons, five and more being large."""
    good = [vote_shares(run) for run in runs if first_kept(run, "test") is not None]
    found = [pair for shares, _ in good for pair in shares]
    large, small = ([share for n, share in found if (n >= 5) == big] for big in (True, False))
    return {
        "models": len(good), "right": sum(right for _, right in good), "large": len(large), "small": len(small),
        "large_median": median(large) if large else None, "small_median": median(small) if small else None,
        "by_size": {str(n): median(s for m, s in found if m == n) for n in sorted({n for n, _ in found})},
    }  # fmt: skip


def learned(runs):
    """How many generalise."""
    return sum(first_kept(run, "test") is not None for run in runs)


def rise(run):
    """The share of its time that a model takes from 10 to 90 %; None if it never gets there."""
    t10, t90 = first_at(run, (1, 10)), first_at(run, (9, 10))
    return None if t90 is None else (t90 - t10) / t90 if t90 else 0.0


def modular_seeds(runs):
    """What the main model becomes from other seeds."""
    good = [run for run in runs if first_kept(run, "test") is not None]
    used, half = [published_groups(run) for run in good], runs[0].config.task.modulus // 2
    members = [size for found in used for size in found.values()]
    kind, kind_count = commonest([len(found) for found in used])
    size, size_count = commonest(members)
    return {
        "models": len(runs), "steps": runs[0].config.training.steps,
        "generalised": len(good), "share": len(good) / len(runs),
        "t_gen_median": int(median(first_kept(run, "test") for run in good)) if good else None,
        "opened": sum(len(run.w_input) > 1 for run in runs),
        "frequencies_common": kind, "frequencies_common_count": kind_count,
        "frequencies_min": min(map(len, used), default=None), "frequencies_max": max(map(len, used), default=None),
        "size_common": size, "size_common_share": size_count / len(members) if members else None,
        "frequency_count": half, "frequency_p": chance_of_unevenness(used, half),
        "sharp": sum(r is not None and r <= 0.25 for r in map(rise, good)), "votes": group_votes(runs),
    }  # fmt: skip


def chance_of_unevenness(used, kinds):
    """χ² of the frequencies' counts, scaled for models that use a frequency at most once; its upper tail."""
    if not used:
        return None
    counts = [sum(f in found for found in used) for f in range(1, kinds + 1)]
    taken = [len(found) for found in used]
    variance = sum(k / kinds * (1 - k / kinds) for k in taken)  # of one frequency's count
    chi2 = (kinds - 1) / kinds * sum((n - sum(taken) / kinds) ** 2 for n in counts) / variance
    term, tail = 1.0, 0.0  # even degrees of freedom: the chance of fewer than (kinds - 1) / 2 Poisson events
    for i in range((kinds - 1) // 2):
        tail, term = tail + term, term * chi2 / 2 / (i + 1)
    return tail * math.exp(-chi2 / 2)


def strongest_share(run, count):
    """How much of W_input's energy at the end lies in the strongest frequencies of all neurons together."""
    modulus = run.config.task.modulus
    columns = [column for half in range(0, run.w_input.shape[1], modulus)
               for column in run.w_input[-1, half : half + modulus].T]  # fmt: skip
    by_frequency = sum(np.abs(transform(column)) ** 2 for column in columns)
    energy = sum((column.astype(float) ** 2).sum() for column in columns)
    return float(sum(sorted(by_frequency)[-count:]) / energy) if energy > 0 else 0.0


def sparsity(runs):
    """How much of the energy is in the three strongest frequencies."""
    held = [strongest_share(run, 3) for run in runs]
    return {
        "models": len(held), "strongest_min": min(held, default=None), "strongest_max": max(held, default=None),
        "strongest_median": median(held) if held else None,
    }  # fmt: skip


def by_mirror(run):
    """Sums among the training pairs, and (has a mirror, is right) of every test pair."""
    modulus, (train, test) = run.config.task.modulus, drawn_pairs(run)
    trained = set(train)
    w_in, w_out = run.w_input[-1].astype(float), run.w_output[-1].astype(float)
    first, second = w_in[:modulus], w_in[-modulus:]
    logits = np.maximum(first[[a for a, _ in test]] + second[[b for _, b in test]], 0) @ w_out
    found = [((b, a) in trained, best == (a + b) % modulus)
             for (a, b), best in zip(test, logits.argmax(axis=1).tolist(), strict=True)]  # fmt: skip
    return len({frozenset(pair) for pair in trained}), found


def mirrors(runs):
    """What pairs in both orders give away, in the median of the models that do not generalise."""
    found = [by_mirror(run) for run in runs]
    sums, shares = [s for s, _ in found], [sum(m for m, _ in pairs) / len(pairs) for _, pairs in found]
    facts = {
        "train_size": sizes(runs[0].config)[0], "sums_min": min(sums), "sums_max": max(sums),
        "share": median(shares),
    }  # fmt: skip
    for name, shared in (("shared", True), ("own", False)):
        part = [(pairs, run) for (_, pairs), run in zip(found, runs, strict=True)
                if run.config.model.tied_in_proj is shared and first_kept(run, "test") is None]  # fmt: skip
        ends = [end for _, run in part if (end := known(run.test_accuracy[-1])) is not None]
        facts[name] = {"models": len(part), "reported": median(ends) if ends else None}
        for word, mirror in (("mirrored", True), ("others", False)):
            kept = [[right for m, right in pairs if m is mirror] for pairs, _ in part]
            values = [sum(k) / len(k) for k in kept if k]
            facts[name][word] = median(values) if values else None
    return facts


def architecture_sweep(runs):
    """How many models generalise by the number of collapsed sides."""
    sides = {name: {"generalised": 0, "models": 0} for name in ("neither", "one", "both")}
    for run in runs:
        model = run.config.model
        both, neither = (
            (model.collapsed_in and model.collapsed_out),
            not (model.collapsed_in or model.collapsed_out),
        )
        side = sides["both" if both else "neither" if neither else "one"]
        side["models"] += 1
        side["generalised"] += first_kept(run, "test") is not None
    strengths = {run.config.training.weight_decay for run in runs if run.config.training.decay == "L2"}
    good = [run for run in runs if first_kept(run, "test") is not None]
    return by_class(runs) | sides | {
        "models": len(runs), "steps": runs[0].config.training.steps, "neurons": runs[0].config.model.neurons,
        "seeds": len({run.config.seed for run in runs}), "decays": len(strengths),
        "architectures": len({(m.tied, m.collapsed_in, m.collapsed_out, m.tied_in_proj)
                              for m in (run.config.model for run in runs)}),
        "mixed": sparsity([run for run in good if median_share(run, -1) < 0.5]),
        "own": sparsity([run for run in good if not run.config.model.tied_in_proj]), "mirrors": mirrors(runs),
    }  # fmt: skip


def soften(runs):
    """The share of its time that each model takes from 10 to 90 %."""
    found = sorted(r for r in map(rise, runs) if r is not None)
    return {"models": len(runs), "reached": len(found), "hardest": found[0] if found else None,
            "softest": found[-1] if found else None}  # fmt: skip


def precision(runs):
    """How many generalise in each precision, with a 95 % interval."""
    found = {"models": len(runs), "steps": runs[0].config.training.steps}
    for name, kind in (("exact", "float64"), ("plain", "float32-plain"), ("mended", "float32")):
        part = [run for run in runs if run.config.training.precision == kind]
        hits = sum(first_kept(run, "test") is not None for run in part)
        low, high = wilson(hits, len(part))
        found[name] = {"models": len(part), "generalised": hits, "low": low, "high": high}
    good = {
        (run.config.training.precision, run.config.seed): first_kept(run, "test") is not None for run in runs
    }
    pairs = [(good["float64", seed], good["float32", seed]) for kind, seed in good
             if kind == "float64" and ("float32", seed) in good]  # fmt: skip
    return found | {"seeds": len(pairs), "agree": sum(a is b for a, b in pairs)}


def delay_law(runs):
    """The exponent of the wait in the decay: the slope through three points on logarithmic axes."""
    rates = [run.config.training.learning_rate for run in runs]
    usual = max(set(rates), key=rates.count)
    other = {(r.config.task.train_size, r.config.training.weight_decay)
             for r in runs if r.config.training.learning_rate != usual}  # fmt: skip
    series, by_rate = {}, {}
    for run, rate in zip(runs, rates, strict=True):
        t_mem, t_gen = first_kept(run, "train"), first_kept(run, "test")
        both = (t_gen / t_mem, t_gen - t_mem) if t_mem and t_gen else (None, None)
        size, decay = run.config.task.train_size, run.config.training.weight_decay
        if rate == usual:
            series.setdefault((size, run.config.seed), []).append((decay, *both))
        if (size, decay) in other and both[0]:
            by_rate.setdefault(rate, []).append(both[0])
    series = [points for points in series.values() if len(points) > 1]
    whole = [points for points in series if all(wait for _, wait, _ in points)]
    slopes = sorted(slope([(decay, wait) for decay, wait, _ in points]) for points in whole)
    delays = [slope([(decay, late) for decay, _, late in points]) for points in whole]
    middles = sorted(median(waits) for waits in by_rate.values())
    return {
        "models": len(runs), "steps": runs[0].config.training.steps, "neurons": runs[0].config.model.neurons,
        "series": len(series), "exponent": median(slopes) if slopes else None,
        "exponent_min": slopes[0] if slopes else None, "exponent_max": slopes[-1] if slopes else None,
        "exponent_of_delay": median(delays) if delays else None,
        "tenfold": 10 ** -median(slopes) if slopes else None,
        "rate_least": middles[0] if middles else None, "rate_most": middles[-1] if middles else None,
    }  # fmt: skip


def slope(points):
    """Of the line of least squares through the logarithms of points."""
    logs = [(math.log(x), math.log(y)) for x, y in points]
    mean_x, mean_y = (sum(side) / len(logs) for side in zip(*logs, strict=True))
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


def wilson(hits, tried):
    """The shares p at which the one seen is 1.96 standard errors away: (seen − p)² = z² p (1 − p) / n."""
    if not tried:
        return 0.0, 1.0
    z2, seen = 1.959963984540054**2, hits / tried
    roots = np.roots([1 + z2 / tried, -2 * seen - z2 / tried, seen**2]).real
    return float(max(0.0, min(roots))), float(min(1.0, max(roots)))
