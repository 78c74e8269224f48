"""The facts of the sweeps that decide one claim each: pairs compared, models counted."""

from oracle.curves import first_kept, sizes
from oracle.sweeps import group_votes, learned, rise, wilson


def quick_seeds(runs):
    """The main model at ten times its rate."""
    return {"models": len(runs), "generalised": learned(runs), "votes": group_votes(runs)}


def softer(runs):
    """Of every setting, how many seeds take more than half of the time for the rise from 10 to 90 %."""
    soft = {}
    for run in runs:
        key = run.config.training.weight_decay, run.config.training.learning_rate
        soft.setdefault(key, []).append((rise(run) or 0) > 0.5)
    return {
        "models": len(runs), "settings": len(soft), "seeds": len({run.config.seed for run in runs}),
        "mostly": sum(2 * sum(marks) > len(marks) for marks in soft.values()), "softest": max(map(sum, soft.values())),
    }  # fmt: skip


def twins(runs):
    """(decay, seed) → what became of the models in float64 and in plain float32: step, or minus their accuracy."""
    found = {}
    for run in runs:
        training, when = run.config.training, first_kept(run, "test")
        fate = (0, when) if when is not None else (1, -float(run.test_accuracy[-1]))
        found.setdefault((training.weight_decay, run.config.seed), {})[training.precision] = fate
    return {key: (both["float64"], both["float32-plain"]) for key, both in found.items()
            if "float64" in both and "float32-plain" in both}  # fmt: skip


def rounding(runs):
    """How many generalise in each precision, and in one alone."""
    ends = [(exact[0] == 0, plain[0] == 0) for exact, plain in twins(runs).values()]
    return {
        "models": len(runs), "pairs": len(ends), "steps": runs[0].config.training.steps,
        "rate": runs[0].config.training.learning_rate, "exact": sum(e for e, _ in ends),
        "plain": sum(p for _, p in ends), "apart": sum(e != p for e, p in ends),
    }  # fmt: skip


def rounding_boundary(runs):
    """By decay, in how many seeds plain float32 is later, or less accurate where neither generalises."""
    found = twins(runs)
    decays = sorted({decay for decay, _ in found})
    return {
        "models": len(runs), "steps": runs[0].config.training.steps,
        "seeds": len({run.config.seed for run in runs}), "decays": decays,
        "worse": {f"{d:g}": sum(plain > exact for (decay, _), (exact, plain) in found.items() if decay == d)
                  for d in decays},
    }  # fmt: skip


def collapsed(runs):
    """How many generalise with both sides collapsed, and how far the best gets."""
    return {
        "models": len(runs), "generalised": learned(runs), "high": wilson(learned(runs), len(runs))[1],
        "best": float(max(run.test_accuracy[-1] for run in runs)), "neurons": runs[0].config.model.neurons,
        "sums": sizes(runs[0].config)[0], "steps": runs[0].config.training.steps,
        "seeds": len({run.config.seed for run in runs}),
    }  # fmt: skip


def collapsed_side(runs):
    """Pairs in which the model with its input side collapsed generalises sooner than the other, and later."""
    never, found = float("inf"), {}
    for run in runs:
        model, training, when = run.config.model, run.config.training, first_kept(run, "test")
        set_up = model.tied, training.decay, model.neurons
        pair = found.setdefault((*set_up, training.weight_decay, run.config.seed), {})
        pair[model.collapsed_in] = never if when is None else when
    pairs = {key: pair for key, pair in found.items() if len(pair) == 2}
    return {
        "models": len(runs), "steps": runs[0].config.training.steps, "set_ups": len({key[:3] for key in pairs}),
        "sooner": sum(pair[True] < pair[False] for pair in pairs.values()),
        "later": sum(pair[True] > pair[False] for pair in pairs.values()),
        "seeds": len({run.config.seed for run in runs}),
    }  # fmt: skip


def how_long(runs):
    """How many of those followed generalise in the end."""
    return {"models": len(runs), "generalised": learned(runs), "steps": runs[0].config.training.steps}
