"""The facts of the sweeps: which outcomes, how many generalise, and what they have in common.

None means that no model could tell.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from reportgen import analysis
from reportgen.facts.registry import Facts, of_sweep
from reportgen.facts.sections.decisions import group_votes
from reportgen.store.run import Run
from reportgen.wording.numbers import setting

LEARNED = 0.99
MIXED, STRONGEST = 0.5, 3  # median energy share below which neurons mix frequencies; strongest of all
SHARP = 0.25  # (t90 − t10) / t90, at most


def _by_outcome(runs: Sequence[Run]) -> Facts:
    """Counts, shares and accurate shares of the four classes; names with underscores."""
    classes = [analysis.outcome(run) for run in runs]
    counts, accurate = Counter(classes), Counter[str]()
    for run, kind in zip(runs, classes, strict=True):
        accurate[kind] += run.test_accuracy[-1] >= LEARNED
    return {
        kind.replace("-", "_"): {
            "count": counts[kind],
            "share": counts[kind] / len(runs),
            "accurate": accurate[kind] / counts[kind] if counts[kind] else None,
        }
        for kind in analysis.OUTCOMES
    }


@of_sweep("parity-sweep")
def parity_sweep(runs: Sequence[Run]) -> Facts:
    decays = sorted({run.config.training.weight_decay for run in runs})
    by_decay = {
        d: Counter(analysis.outcome(r) for r in runs if r.config.training.weight_decay == d) for d in decays
    }
    return _by_outcome(runs) | {
        "steps": runs[0].config.training.steps,
        "seeds": len({run.config.seed for run in runs}),
        "widths": sorted({run.config.model.neurons for run in runs}),
        "sizes": sorted({analysis.parity_task(run).train_size for run in runs}),
        "decays": decays,
        "best_decay": max(decays, key=lambda d: by_decay[d]["grokking"]),
        "by_decay": {
            setting(d): {k.replace("-", "_"): by_decay[d][k] for k in analysis.OUTCOMES} for d in decays
        },
        "low_loss": analysis.LOW_LOSS,
        "large_ratio": int(analysis.LARGE_RATIO),
    }


@of_sweep("modular-seeds")
def modular_seeds(runs: Sequence[Run]) -> Facts:
    good = [run for run in runs if analysis.grokking_step(run) is not None]
    steps = [step for run in good if (step := analysis.grokking_step(run)) is not None]
    used = [analysis.coefficient_frequencies(run) for run in good]
    softness = [found for run in good if (found := analysis.softness(run)) is not None]
    sizes, kinds = Counter(n for u in used for n in u.values()), Counter(len(u) for u in used)
    kind, size = _commonest(kinds), _commonest(sizes)
    half = analysis.modular_task(runs[0]).modulus // 2
    counts = np.bincount([f for u in used for f in u], minlength=half + 1)[1:]
    return {
        "steps": runs[0].config.training.steps,
        "generalised": len(good),
        "share": len(good) / len(runs),
        "t_gen_median": int(np.median(steps)) if steps else None,
        "opened": sum(len(run.snapshot_steps) > 1 for run in runs),
        "frequencies_common": kind,
        "frequencies_common_count": None if kind is None else kinds[kind],
        "frequencies_min": min(kinds, default=None),
        "frequencies_max": max(kinds, default=None),
        "size_common": size,
        "size_common_share": None if size is None else sizes[size] / sum(sizes.values()),
        "frequency_count": half,
        "sharp": sum(found <= SHARP for found in softness),
        "votes": group_votes(runs),
        "frequency_p": analysis.exchangeable_p(counts, [len(u) for u in used]) if used else None,
    }


def _commonest(counts: Counter[int]) -> int | None:
    """The number counted most often, the lower of two; None where nothing was counted."""
    return max(counts, key=lambda n: (counts[n], -n), default=None)


@of_sweep("architecture-sweep")
def architecture_sweep(runs: Sequence[Run]) -> Facts:
    generalised = [analysis.grokking_step(run) is not None for run in runs]
    sides = {"neither": [0, 0], "one": [0, 0], "both": [0, 0]}
    for run, good in zip(runs, generalised, strict=True):
        m = analysis.modular_model(run)
        key = ("neither", "one", "both")[m.collapsed_in + m.collapsed_out]
        sides[key][0] += good
        sides[key][1] += 1
    first = runs[0].config
    learned = [run for run, good in zip(runs, generalised, strict=True) if good]
    return _by_outcome(runs) | {
        "steps": first.training.steps,
        "neurons": first.model.neurons,
        "seeds": len({run.config.seed for run in runs}),
        "architectures": len({run.config.model for run in runs}),
        "decays": len({(r.config.training.decay, r.config.training.weight_decay) for r in runs}) // 2,
        **{key: {"generalised": g, "models": n} for key, (g, n) in sides.items()},
        "mixed": _strongest(run for run in learned if _share(run) < MIXED),
        "own": _strongest(run for run in learned if not analysis.modular_model(run).tied_in_proj),
        "mirrors": _mirrors(runs, generalised),
    }


def _share(run: Run) -> float:
    """Of the median neuron's energy, what is in its top frequency."""
    return float(np.median(analysis.input_spectrum(run).share[-1]))


def _strongest(runs: Iterable[Run]) -> Facts:
    """How sparse in frequencies the matrices of these models are."""
    shares = [analysis.strongest_share(run, STRONGEST) for run in runs]
    middle = float(np.median(shares)) if shares else None
    least, most = min(shares, default=None), max(shares, default=None)
    return {"models": len(shares), "strongest_min": least, "strongest_median": middle, "strongest_max": most}


def _mirrors(runs: Sequence[Run], generalised: Sequence[bool]) -> Facts:
    """What pairs in both orders give away: medians over models that do not generalise, by kind of projections."""
    found = [analysis.mirrors(run) for run in runs]
    facts: Facts = {
        "train_size": analysis.train_size(runs[0]),
        "sums_min": min(m.sums for m in found),
        "sums_max": max(m.sums for m in found),
        "share": float(np.median([m.share for m in found])),
    }
    for name, shared in (("shared", True), ("own", False)):
        part = [
            (m, run)
            for m, run, good in zip(found, runs, generalised, strict=True)
            if not good and analysis.modular_model(run).tied_in_proj is shared
        ]
        values = {
            "mirrored": [m.mirrored for m, _ in part if m.mirrored is not None],
            "others": [m.others for m, _ in part if m.others is not None],
            "reported": [float(r.test_accuracy[-1]) for _, r in part if np.isfinite(r.test_accuracy[-1])],
        }
        medians = {key: float(np.median(each)) if each else None for key, each in values.items()}
        facts[name] = {"models": len(part), **medians}
    return facts


@of_sweep("soften")
def soften(runs: Sequence[Run]) -> Facts:
    found = [s for run in runs if (s := analysis.softness(run)) is not None]
    return {"reached": len(found), "softest": max(found, default=None), "hardest": min(found, default=None)}


@of_sweep("precision")
def precision(runs: Sequence[Run]) -> Facts:
    found = {}
    for name, kind in (("exact", "float64"), ("plain", "float32-plain"), ("mended", "float32")):
        part = [run for run in runs if run.config.training.precision == kind]
        hits = sum(analysis.grokking_step(run) is not None for run in part)
        low, high = analysis.wilson_interval(hits, len(part))
        found[name] = {"models": len(part), "generalised": hits, "low": low, "high": high}
    outcomes: dict[int, list[bool]] = {}
    for run in runs:
        if run.config.training.precision in ("float64", "float32"):
            outcomes.setdefault(run.config.seed, []).append(analysis.grokking_step(run) is not None)
    both = [pair for pair in outcomes.values() if len(pair) == 2]
    agree = sum(exact == mended for exact, mended in both)
    return found | {"steps": runs[0].config.training.steps, "seeds": len(both), "agree": agree}
