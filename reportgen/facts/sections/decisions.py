"""The facts of the sweeps that decide one claim each: how many of how many, where."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from reportgen import analysis
from reportgen.experiments.problems import problem
from reportgen.facts.registry import Facts, of_sweep
from reportgen.store.run import Run
from reportgen.wording.numbers import setting

LARGE = 5  # neurons of a group that follows its cosine
SOFT = 0.5  # (t90 − t10) / t90


def generalising(runs: Sequence[Run]) -> list[Run]:
    """Those that generalise."""
    return [run for run in runs if analysis.grokking_step(run) is not None]


def group_votes(runs: Sequence[Run]) -> Facts:
    """How cleanly groups vote by their number of neurons, in the models that generalise."""
    good = generalising(runs)
    by_size, right = analysis.votes_by_size(good)
    large = [share for n, (shares, _) in by_size.items() if n >= LARGE for share in shares]
    small = [share for n, (shares, _) in by_size.items() if n < LARGE for share in shares]
    return {
        "models": len(good),
        "right": right,
        "large": len(large),
        "small": len(small),
        "large_median": np.median(large) if large else None,
        "small_median": np.median(small) if small else None,
        "by_size": {str(n): np.median(shares) for n, (shares, _) in by_size.items()},
    }


@of_sweep("quick-seeds")
def quick_seeds(runs: Sequence[Run]) -> Facts:
    return {"generalised": len(generalising(runs)), "votes": group_votes(runs)}


@of_sweep("rounding")
def rounding(runs: Sequence[Run]) -> Facts:
    training, pairs = runs[0].config.training, analysis.precision_pairs(runs).values()
    ends = [tuple(analysis.grokking_step(run) is not None for run in pair) for pair in pairs]
    return {
        "pairs": len(ends),
        "steps": training.steps,
        "rate": training.learning_rate,
        "exact": sum(exact for exact, _ in ends),
        "plain": sum(plain for _, plain in ends),
        "apart": sum(exact != plain for exact, plain in ends),
    }


@of_sweep("rounding-boundary")
def rounding_boundary(runs: Sequence[Run]) -> Facts:
    worse = analysis.worse_in_float32(runs)
    return {
        "steps": runs[0].config.training.steps,
        "seeds": len({run.config.seed for run in runs}),
        "decays": list(worse),
        "worse": {setting(decay): count for decay, (count, _) in worse.items()},
    }


@of_sweep("collapsed-both", "collapsed-sums")
def collapsed(runs: Sequence[Run]) -> Facts:
    count, first = len(generalising(runs)), runs[0].config
    return {
        "generalised": count,
        "high": analysis.wilson_interval(count, len(runs))[1],
        "best": max(float(run.test_accuracy[-1]) for run in runs),
        "neurons": first.model.neurons,
        "sums": problem(first).example_counts["train"],
        "steps": first.training.steps,
        "seeds": len({run.config.seed for run in runs}),
    }


@of_sweep("collapsed-side")
def collapsed_side(runs: Sequence[Run]) -> Facts:
    sides = analysis.collapsed_sides(runs)
    return {
        "steps": runs[0].config.training.steps,
        "set_ups": len(sides),
        "sooner": sum(first for first, _ in sides.values()),
        "later": sum(last for _, last in sides.values()),
        "seeds": len({run.config.seed for run in runs}),
    }


@of_sweep("softer")
def softer(runs: Sequence[Run]) -> Facts:
    by_setting: dict[object, list[bool]] = defaultdict(list)
    for run in runs:
        found = analysis.softness(run)
        settings = run.config.training.weight_decay, run.config.training.learning_rate
        by_setting[settings].append(found is not None and found > SOFT)
    return {
        "settings": len(by_setting),
        "seeds": len({run.config.seed for run in runs}),
        "mostly": sum(sum(marks) > len(marks) / 2 for marks in by_setting.values()),
        "softest": max(sum(marks) for marks in by_setting.values()),
    }


@of_sweep("how-long")
def how_long(runs: Sequence[Run]) -> Facts:
    return {"generalised": len(generalising(runs)), "steps": runs[0].config.training.steps}
