"""The claims of section 6: models that leave the usual order of memorising and generalising."""

from collections.abc import Sequence

from reportgen import analysis
from reportgen.claims.registry import Finding, claim, number, percent, seed_shows, step
from reportgen.claims.verdicts import proportion
from reportgen.facts.describing import describe
from reportgen.store.run import Run

OVERFIT = 5.0  # test loss at the end over its minimum, at least
REVERSE_SHARE = 0.9  # median energy share at the end, at least
POINTS = 0.05  # of test accuracy: a fall by less is hardly an answer
BACK_RISE = 1.5  # test loss at the peak over its first minimum, at least


@claim(
    "C22",
    "reverse",
    kind="exists",
    whose="original",
    text="Without decay it generalises, then memorises, on periodic weights.",
    threshold=f"At the end test loss is at least {number(OVERFIT)} times its minimum, and since then "
    "train loss fell, the norm grew and test accuracy fell; the median energy share is at least "
    f"{percent(REVERSE_SHARE)}.",
)
def memorises_afterwards(run: Run) -> Finding:
    f, after = describe(run, "reverse"), analysis.reverse(run)
    if after is None or f["share_end"] is None or f["test_loss_end"] is None:
        return Finding(False, "The run diverged.")
    train, norm, accuracy = after.train_loss, after.weight_norm, after.test_accuracy
    moved = train[1] < train[0] and norm[1] > norm[0]
    holds = after.ratio >= OVERFIT and moved and f["share_end"] >= REVERSE_SHARE
    evidence = (
        f"Test loss rises {number(after.ratio)}-fold from its minimum at step "
        f"{step(after.minimum_step)}, test accuracy goes from {percent(accuracy[0])} to "
        f"{percent(accuracy[1])} and the norm from {number(norm[0])} to {number(norm[1])}; with the "
        f"norm scaled back, test loss would be {number(f['test_loss_rescaled'])} instead of "
        f"{number(after.end)}; the median share is {percent(f['share_end'])}."
    )
    if accuracy[1] < accuracy[0]:
        return Finding(holds, evidence)
    return Finding(holds, evidence, "Without decay it grows overconfident on what it gets wrong.")


@claim(
    "C23",
    "there-and-back",
    kind="exists",
    whose="ours",
    text="With a little decay it grows overconfident, then recovers: test loss rises and falls again, while hardly "
    "an answer changes.",
    threshold=f"Test loss has a minimum, rises at least {number(BACK_RISE)}-fold, then falls below the minimum for good; "
    f"until then test accuracy is never {percent(POINTS)} of all test sums lower than at the minimum.",
)
def recovers(run: Run) -> Finding:
    found = analysis.there_and_back(run)
    if found is None:
        return Finding(False, "Test loss has no minimum from which it rises.")
    rise, below = found.rise, found.below_step
    ending = f"ending at {number(found.end_ratio)} of it"
    after = f"is below the minimum from {step(below)}" if below else "does not get below for good"
    return Finding(
        rise.ratio >= BACK_RISE and below is not None and found.accuracy_fall < POINTS,
        f"Test loss rises {number(rise.ratio)}-fold, from {number(rise.minimum)} at step "
        f"{step(rise.minimum_step)} to {number(rise.peak)} at {step(rise.peak_step)}, and {after}, "
        f"{ending}. Meanwhile test accuracy goes from {percent(found.accuracy[0])} to no less than "
        f"{percent(found.accuracy[1])}.",
    )


@claim(
    "C32",
    "back-settings",
    kind="exists",
    whose="original",
    text="A model can start to generalise, switch to memorising, and then generalise again.",
    threshold=f"In some model of a declared search test accuracy, as the median of nine measurements, lies at least "
    f"{percent(analysis.DIP)} of all test sums below both an earlier height, of at least {percent(analysis.DIP_FROM)}, and its end, while train "
    "accuracy is no lower than at that height.",
)
def accuracy_comes_back(runs: Sequence[Run]) -> Finding:
    dips = [(dip, run) for run in runs if (dip := analysis.accuracy_dip(run)) is not None]
    found = [(dip, run) for dip, run in dips if dip.counts]
    sample = proportion(len(found), len(runs), "models")
    if not dips:
        return Finding(False, f"Test accuracy only rises in all of {len(runs)} models.", sample=sample)
    deepest, run = max(found or dips, key=lambda one: one[0].depth)
    return Finding(
        bool(found),
        f"{len(found)} of {len(runs)} models do. The deepest {'such ' if found else ''}fall is from {percent(deepest.peak)} at step "
        f"{step(deepest.peak_step)} to {percent(deepest.lowest)} at {step(deepest.lowest_step)}, train accuracy going from "
        f"{percent(deepest.train[0])} to {percent(deepest.train[1])}; test accuracy ends at {percent(deepest.end)} (decay "
        f"{number(run.config.training.weight_decay)}, {run.config.model.neurons} neurons).",
        sample=sample,
    )


seed_shows("reverse", "C22")
seed_shows("there-and-back", "C23")
