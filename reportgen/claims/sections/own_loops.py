"""The claims on experiments that are functions: where luck sits, and decay on singular values."""

from collections.abc import Sequence

import numpy as np

from reportgen import analysis
from reportgen.claims.registry import Finding, claim, number, percent
from reportgen.claims.verdicts import Sample, proportion
from reportgen.store.result import Result

ALONE = 0.5  # of the variance, at most, by the upper end of the interval
STRENGTH, RIGHT, SEEDS = 6.0, 0.95, 7  # of the nine seeds of one strength


@claim(
    "C55",
    "where-luck-sits",
    kind="typical",
    whose="ours",
    text="Neither the split of the data nor the initial weights decide when a model generalises; which split meets which "
    "weights decides more.",
    threshold=f"Of the variance of the logarithm of the step at which test accuracy first reaches 99\u00a0%, split and initial "
    f"weights by themselves explain less than {percent(ALONE)} together, by the upper end of the 95\u00a0% interval.",
)
def luck_is_in_the_pairing(calls: Sequence[Result]) -> Finding:
    when, there = analysis.crossed_steps(calls)
    logs = np.log10(when)
    if not np.ptp(logs):
        return Finding(None, "All models take equally long, so there is nothing to explain.")
    found, most = analysis.variance_sources(logs), analysis.alone_at_most(logs)
    evidence = (
        f"{when.shape[1]} splits with {when.shape[0]} initial weights, {when.shape[2]} times each: splits explain "
        f"{percent(found.second)}, weights {percent(found.first)}, together at most {percent(most)}; their meeting "
        f"{percent(found.pairing)}, a change of the weights by a millionth {percent(found.rest)}. "
        f"{number(int((~there).sum()))} models do not get there by the end and count as if they did then."
    )
    return Finding(bool(most < ALONE), evidence, sample=Sample(when.size, "models"))


@claim(
    "C56",
    "nuclear-decay",
    kind="typical",
    whose="ours",
    text="With decay on the nuclear norm, models with both sides collapsed generalise where with L2 none does.",
    threshold=f"At a strength of {number(STRENGTH)}, at least {SEEDS} of nine seeds end with {percent(RIGHT)} of the unseen sums "
    "right; with L2 on the same matrices no seed does, at any strength tried.",
)
def nuclear_norm_is_enough(calls: Sequence[Result]) -> Finding:
    ends = {
        (call.settings["penalty"], call.settings["strength"]): call["test_accuracy"][-1] for call in calls
    }
    shown = ends.get(("nuclear norm", STRENGTH))
    usual = np.concatenate([found for (penalty, _), found in ends.items() if penalty == "L2"])
    if shown is None:
        return Finding(None, "The strength that was to be judged was not trained.")
    right, others = int((shown >= RIGHT).sum()), int((usual >= RIGHT).sum())
    evidence = (
        f"{right} of {len(shown)} end with {percent(RIGHT)} right, between {percent(float(shown.min()))} and "
        f"{percent(float(shown.max()))}; with L2 {others} of {len(usual)}, the best with {percent(float(usual.max()))}."
    )
    return Finding(right >= SEEDS and not others, evidence, sample=proportion(right, len(shown), "seeds"))
