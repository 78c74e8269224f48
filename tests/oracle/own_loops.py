"""The facts of experiments that are functions: when crossed models get there and why, and what decay leaves."""

import math
from statistics import mean, median


def where_luck_sits(calls):
    """By start, split and nudge: when 99 % of the test set is right, and the components of its logarithm's variance."""
    when, never = {}, 0
    for call in calls:
        for split, curve in enumerate(call["test_accuracy"].T):
            reached = [step for step, right in zip(call["steps"], curve, strict=True) if right >= 0.99]
            never += not reached
            place = call.settings["start"], split, call.settings["nudge"]
            when[place] = int(reached[0] if reached else call["steps"][-1])
    starts, splits, nudges = (sorted({place[i] for place in when}) for i in range(3))
    shares = components({place: math.log10(step) for place, step in when.items()}, starts, splits, nudges)
    return {
        "runs": len(calls), "starts": len(starts), "splits": len(splits), "models": len(when),
        "steps": calls[0].settings["steps"], "never": never, "soonest": min(when.values()),
        "middle": float(median(when.values())),
        **dict(zip(("start", "split", "pairing", "nudge"), shares, strict=True)),
    }  # fmt: skip


def components(values, starts, splits, nudges):
    """Shares of the variance: of starts, of splits, of pairs of the two, and of what is left."""
    a, b, n = len(starts), len(splits), len(nudges)
    cell = {(s, t): mean(values[s, t, k] for k in nudges) for s in starts for t in splits}
    row = {s: mean(cell[s, t] for t in splits) for s in starts}
    column = {t: mean(cell[s, t] for s in starts) for t in splits}
    middle = mean(values.values())
    left = sum((values[s, t, k] - cell[s, t]) ** 2 for s, t, k in values) / (a * b * (n - 1))
    paired = n * sum((cell[s, t] - row[s] - column[t] + middle) ** 2 for s, t in cell) / ((a - 1) * (b - 1))
    by_row = b * n * sum((row[s] - middle) ** 2 for s in starts) / (a - 1)
    by_column = a * n * sum((column[t] - middle) ** 2 for t in splits) / (b - 1)
    found = [(by_row - paired) / (b * n), (by_column - paired) / (a * n), (paired - left) / n, left]
    kept = [max(one, 0.0) for one in found]
    return [one / sum(kept) for one in kept]


def nuclear_decay(calls):
    """For each penalty, how many models end with 95 % right, and the strength with which most do."""
    facts = {"runs": len(calls), "seeds": calls[0].settings["seeds"], "steps": calls[0].settings["steps"],
             "neurons": calls[0]["singular_values"].shape[-1]}  # fmt: skip
    for name, penalty in (("nuclear", "nuclear norm"), ("l2", "L2")):
        ends = {
            call.settings["strength"]: [float(x) for x in call["test_accuracy"][-1]]
            for call in calls if call.settings["penalty"] == penalty
        }  # fmt: skip
        right = {strength: sum(x >= 0.95 for x in end) for strength, end in ends.items()}
        best = max(ends, key=lambda strength: right[strength] + median(ends[strength]))
        there = [call for call in calls
                 if call.settings["penalty"] == penalty and call.settings["strength"] == best][0]  # fmt: skip
        used = [sum(x > 0.01 * max(values) for x in values) for values in there["singular_values"][0]]
        facts[name] = {
            "models": sum(len(end) for end in ends.values()), "right": sum(right.values()),
            "best": max(max(end) for end in ends.values()), "strength": best, "right_there": right[best],
            "median_there": median(ends[best]), "directions": float(median(used)),
        }  # fmt: skip
    return facts
