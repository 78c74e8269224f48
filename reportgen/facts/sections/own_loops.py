"""The facts of experiments that are functions: where luck sits, and decay on singular values."""

from collections.abc import Sequence

import numpy as np

from reportgen import analysis
from reportgen.facts.registry import Facts, of_sweep
from reportgen.store.result import Result

RIGHT = 0.95  # of the unseen sums, at the end
USED = 0.01  # of the largest singular value, for one that is used


@of_sweep("where-luck-sits")
def where_luck_sits(calls: Sequence[Result]) -> Facts:
    when, there = analysis.crossed_steps(calls)
    sources = analysis.variance_sources(np.log10(when))
    return {
        "starts": when.shape[0],
        "splits": when.shape[1],
        "models": when.size,
        "steps": calls[0].settings["steps"],
        "never": int((~there).sum()),
        "soonest": int(when.min()),
        "middle": float(np.median(when)),
        "start": sources.first,
        "split": sources.second,
        "pairing": sources.pairing,
        "nudge": sources.rest,
    }


@of_sweep("nuclear-decay")
def nuclear_decay(calls: Sequence[Result]) -> Facts:
    first = calls[0]
    facts: Facts = {
        "seeds": first.settings["seeds"],
        "steps": first.settings["steps"],
        "neurons": first["singular_values"].shape[2],
    }
    for penalty in ("nuclear norm", "L2"):
        found = [call for call in calls if call.settings["penalty"] == penalty]
        ends = np.array([call["test_accuracy"][-1] for call in found])  # (strengths, seeds)
        right = (ends >= RIGHT).sum(axis=1)
        best = int(np.argmax(right + np.median(ends, axis=1)))
        facts[penalty.split()[0].lower()] = {
            "models": ends.size,
            "right": int(right.sum()),
            "best": float(ends.max()),
            "strength": found[best].settings["strength"],
            "right_there": int(right[best]),
            "median_there": float(np.median(ends[best])),
            "directions": _directions(found[best]),
        }
    return facts


def _directions(call: Result) -> float:
    """How many singular values of W_input are used at the end, in the median of the seeds."""
    values = call["singular_values"][0]
    return float(np.median((values > USED * values[:, :1]).sum(axis=1)))
