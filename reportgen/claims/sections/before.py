"""The claims on what can be seen before it happens: the right circuit inside a model that still answers wrong.

Each was found on other runs. The seeds that judge it were trained after its threshold was written.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from reportgen import analysis
from reportgen.claims.registry import Finding, claim, number, percent
from reportgen.claims.verdicts import proportion
from reportgen.store.run import Run
from reportgen.wording.numbers import signed

NEARLY_ALL = 20 / 24  # of the seeds, at least
EARLY = 0.75  # of t_gen: the circuit is right for good before
UNTAUGHT = 0.80  # test accuracy then, at most
FORETOLD = 0.03  # predicted and measured test accuracy, apart at most
UNSEEN = 0.10  # test accuracy that still says nothing, at most
SEEN = 0.20  # accuracy of the final waves alone then, at least
MOST = 0.75  # of the models that generalise, at least
FOLLOWED = 10  # snapshots, at least, of a model that was followed
STEEPEST, FLATTEST = -0.9, -0.5  # exponent of the wait in the decay
CHEAPEST = 0.02  # half the squares of the weights above the least possible, at most
NEARLY_EACH = 0.9  # of the seeds, at least
ALMOST_ALL = 16 / 18  # of the series of decays, at least


@claim(
    "C41",
    "parity-circuit",
    kind="typical",
    whose="ours",
    text="What the deciding digits alone would answer is right long before the model's answers are.",
    threshold=f"In at least 20 of 24 seeds, the logit averaged over the distractors has the right sign for all eight "
    f"patterns of the deciding digits, for good, before {number(EARLY)} of t_gen, and test accuracy is at most "
    f"{percent(UNTAUGHT)} then.",
)
def circuit_before_answers(runs: Sequence[Run]) -> Finding:
    found = [(analysis.circuit(run).right_from, analysis.grokking_step(run), run) for run in runs]
    both = [(right, t_gen, run) for right, t_gen, run in found if right is not None and t_gen is not None]
    if not both:
        return Finding(False, f"None of {len(runs)} has a circuit that is right and generalises.")
    parts = [right / t_gen for right, t_gen, _ in both]
    then = [analysis.metric_at(run, "test_accuracy", right) or 0.0 for right, _, run in both]
    hits = sum(part < EARLY and accuracy <= UNTAUGHT for part, accuracy in zip(parts, then, strict=True))
    evidence = (
        f"{hits} of {len(runs)}; it is right from {number(float(np.median(parts)))} of t_gen on "
        f"({number(min(parts))} to {number(max(parts))}), when test accuracy is {percent(float(np.median(then)))} "
        f"({percent(min(then))} to {percent(max(then))})."
    )
    return Finding(hits >= NEARLY_ALL * len(runs), evidence, sample=proportion(hits, len(runs), "seeds"))


@claim(
    "C42",
    "parity-circuit",
    kind="typical",
    whose="ours",
    text="Signal and noise, read from the weights with fresh rows, foretell test accuracy.",
    threshold=f"In at least 20 of 24 seeds, the accuracy they predict is within {number(100 * FORETOLD)} points of test "
    "accuracy at every snapshot, if the noise is taken to be normal.",
)
def noise_foretells_accuracy(runs: Sequence[Run]) -> Finding:
    apart = [analysis.foretold_apart(run, analysis.circuit(run)) for run in runs]
    hits = sum(worst <= FORETOLD for worst in apart)
    evidence = (
        f"{hits} of {len(runs)}; at the worst snapshot they are "
        f"{number(100 * float(np.median(apart)))} points apart in the median seed, {number(100 * max(apart))} in the worst."
    )
    return Finding(hits >= NEARLY_ALL * len(runs), evidence, sample=proportion(hits, len(runs), "seeds"))


@claim(
    "C43",
    "modular-seeds",
    "modular-progress",
    kind="typical",
    whose="ours",
    text="The final waves alone know sums that the model still gets wrong.",
    threshold=f"Of the models with snapshots that generalise, in at least {percent(MOST)}: at the last snapshot before test "
    f"accuracy passes {percent(UNSEEN)}, the part of the logits that depends on the sum, at the final frequencies and "
    f"averaged over held-out pairs, is right for at least {percent(SEEN)} of the test set.",
)
def waves_before_answers(*sweeps: Sequence[Run]) -> Finding:
    found = [alone for run in followed(sweeps) if (alone := _waves_at_t10(run)) is not None]
    if not found:
        return Finding(False, "0 models with snapshots generalise.")
    known = [waves for _, waves in found]
    hits = sum(waves >= SEEN for waves in known)
    evidence = (
        f"{hits} of {len(found)}; the waves alone know {percent(float(np.median(known)))} in the "
        f"median model ({percent(min(known))} to {percent(max(known))}), when the model knows "
        f"{percent(float(np.median([test for test, _ in found])))}."
    )
    return Finding(hits >= MOST * len(found), evidence, sample=proportion(hits, len(found), "models"))


def followed(sweeps: Iterable[Sequence[Run]]) -> list[Run]:
    """The models that were followed with snapshots and generalise."""
    runs = [run for sweep in sweeps for run in sweep if len(run.snapshot_steps) >= FOLLOWED]
    return [run for run in runs if analysis.grokking_step(run) is not None]


def _waves_at_t10(run: Run) -> tuple[float, float] | None:
    """Test accuracy, and that of the final waves alone, at the last snapshot before test accuracy passes 10 %."""
    last = analysis.last_before(run, UNSEEN)
    if last is None:
        return None
    test = analysis.metric_at(run, "test_accuracy", int(run.snapshot_steps[last])) or 0.0
    waves = float(analysis.progress(run).waves_accuracy[last])
    return test, waves if np.isfinite(waves) else 0.0


@claim(
    "C44",
    "delay-law",
    kind="typical",
    whose="ours",
    text="More decay shortens the wait, but by less than in proportion.",
    threshold=f"In at least 16 of 18 series (two sizes, nine seeds) of decays 0.03, 0.1 and 0.3, the exponent of "
    f"t_gen / t_mem as a power of the decay lies between {number(STEEPEST)} and {number(FLATTEST)}.",
)
def wait_by_decay(runs: Sequence[Run]) -> Finding:
    exponents = list(analysis.exponents_by_decay(runs).values())
    known = [value for value in exponents if value is not None]
    if not known:
        return Finding(False, f"None of {len(exponents)} series generalises at every decay.")
    hits = sum(STEEPEST <= value <= FLATTEST for value in known)
    evidence = (
        f"{hits} of {len(exponents)}; the median exponent is "
        f"{signed(float(np.median(known)), 2)}, from {signed(min(known), 2)} to {signed(max(known), 2)}."
    )
    return Finding(
        hits >= ALMOST_ALL * len(exponents), evidence, sample=proportion(hits, len(exponents), "series")
    )


@claim(
    "C45",
    "modular-seeds",
    kind="typical",
    whose="ours",
    text="Weight decay on the factors acts as a nuclear norm on their product.",
    threshold=f"In at least {percent(NEARLY_EACH)} of the seeds, half the sum of the squares of all trained weights ends within "
    f"{percent(CHEAPEST)} of the nuclear norm of W_input and W_output side by side, which is the least it can be.",
)
def factors_are_cheapest(runs: Sequence[Run]) -> Finding:
    excess = np.array([_excess(run) for run in runs])
    hits = int((np.abs(excess) <= CHEAPEST).sum())
    evidence = (
        f"{hits} of {len(runs)}; the median is {percent(float(np.nanmedian(excess)))} above it."
        if np.isfinite(excess).any()
        else f"The weights of all {len(runs)} are not finite."
    )
    return Finding(hits >= NEARLY_EACH * len(runs), evidence, sample=proportion(hits, len(runs), "seeds"))


def _excess(run: Run) -> float:
    """By which share the weights' half squares exceed the least possible, at the end."""
    least = float(analysis.nuclear_norm(run)[-1])
    return float(analysis.half_squares(run)[-1]) / least - 1 if least > 0 else float("nan")
