"""The facts of many runs at once: classes, counts, medians, intervals."""

import math
from collections import Counter
from statistics import median

import numpy as np

from oracle.curves import LEARNED, first_at, first_kept, reaches
from oracle.modular import median_share, published_groups, vote_shares

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
    return by_class(runs) | sides | {
        "models": len(runs), "steps": runs[0].config.training.steps, "neurons": runs[0].config.model.neurons,
        "seeds": len({run.config.seed for run in runs}), "decays": len(strengths),
        "architectures": len({(m.tied, m.collapsed_in, m.collapsed_out, m.tied_in_proj)
                              for m in (run.config.model for run in runs)}),
    }  # fmt: skip


def soften(runs):
    """The share of its time that each model takes from 10 to 90 %."""
    found = sorted(r for r in map(rise, runs) if r is not None)
    return {"models": len(runs), "reached": len(found), "hardest": found[0] if found else None,
            "softest": found[-1] if found else None}  # fmt: skip


def circularity(runs):
    """With one order of every pair and with both: how many generalise, how clean their waves are."""
    found = {"models": len(runs)}
    for name, symmetric in (("symmetric", True), ("ordered", False)):
        part = [run for run in runs if run.config.task.symmetric == symmetric]
        shares = [median_share(run, -1) for run in part]
        found[name] = {
            "models": len(part), "generalised": sum(first_kept(run, "test") is not None for run in part),
            "share_median": median(shares) if shares else None, "share_min": min(shares, default=None),
        }  # fmt: skip
    return found


def precision(runs):
    """How many generalise in each precision, with a 95 % interval."""
    found = {"models": len(runs), "steps": runs[0].config.training.steps}
    for name, kind in (("exact", "float64"), ("plain", "float32-plain"), ("mended", "float32")):
        part = [run for run in runs if run.config.training.precision == kind]
        hits = sum(first_kept(run, "test") is not None for run in part)
        low, high = wilson(hits, len(part))
        found[name] = {"models": len(part), "generalised": hits, "low": low, "high": high}
    return found


def wilson(hits, tried):
    """The shares p at which the one seen is 1.96 standard errors away: (seen − p)² = z² p (1 − p) / n."""
    if not tried:
        return 0.0, 1.0
    z2, seen = 1.959963984540054**2, hits / tried
    roots = np.roots([1 + z2 / tried, -2 * seen - z2 / tried, seen**2]).real
    return float(max(0.0, min(roots))), float(min(1.0, max(roots)))
