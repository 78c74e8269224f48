"""The claims on the phase diagram of the 1s and 0s, and on what all stored modular models have in common.

Where the article gives no number, the threshold is ours.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from reportgen import analysis
from reportgen.analysis import OUTCOMES, Outcome
from reportgen.claims.registry import Finding, claim, number, percent
from reportgen.store.run import Run

SHORTENS = -0.2  # Spearman, below
PERIODIC, APERIODIC, WRONG = 0.9, 0.5, 0.9
STRONGEST = 3  # frequencies, of all
ONLY_MIXED = "One frequency to a neuron is not necessary for generalising. (That clean waves are not sufficient was not reproduced.)"
ONLY_CLEAN = "Clean waves are not sufficient for generalising. (That one frequency to a neuron is not necessary was not reproduced.)"

Pairs = tuple[list[float], list[float]]  # what is set, and the delay it led to
NAMES: dict[Outcome, str] = {
    "high-train-loss": "high train loss",
    "high-test-loss": "high test loss",
    "together": "dropping together",
    "grokking": "grokking",
}


def _learned(run: Run) -> bool:
    return analysis.grokking_step(run) is not None


@claim(
    "C8",
    "parity-sweep",
    kind="exists",
    whose="original",
    text="All four outcomes occur: grokking, dropping together, high test loss, high train loss.",
    threshold="Each class has at least one model.",
)
def all_outcomes_occur(runs: Sequence[Run]) -> Finding:
    by_class = defaultdict(list)
    for run in runs:
        by_class[analysis.outcome(run)].append(run.test_accuracy[-1] >= 0.99)
    parts = [
        f"{NAMES[name]} {len(found)}" + (f" ({percent(sum(found) / len(found))} end with {percent(0.99)} test accuracy)" if found else "")
        for name in OUTCOMES
        for found in [by_class[name]]
    ]  # fmt: skip
    return Finding(
        all(by_class[name] for name in OUTCOMES), f"Of {number(len(runs))} models: {'; '.join(parts)}."
    )


@claim(
    "C9",
    "parity-sweep",
    kind="typical",
    whose="original",
    text="Too little decay leaves test loss high; too much keeps train loss above the threshold.",
    threshold="The commonest class is high test loss at the weakest decay and high train loss at the strongest.",
)
def decay_has_two_ends(runs: Sequence[Run]) -> Finding:
    decays = [run.config.training.weight_decay for run in runs]
    ends = [[r for r, d in zip(runs, decays, strict=True) if d == end] for end in (min(decays), max(decays))]
    commonest = [Counter(map(analysis.outcome, end)).most_common(1)[0] for end in ends]
    evidence = "; ".join(
        f"at {number(decay)}, {count} of {len(end)} models are {NAMES[name]}"
        for decay, end, (name, count) in zip((min(decays), max(decays)), ends, commonest, strict=True)
    )
    holds = [name for name, _ in commonest] == ["high-test-loss", "high-train-loss"]
    return Finding(holds, f"By decay: {evidence}.")


@claim(
    "C10",
    "parity-sweep",
    kind="typical",
    whose="original",
    text="Among models that generalise, more data and more decay both shorten the delay.",
    threshold=f"Spearman's correlation of the delay t_gen / t_mem with training size (within a width) and with decay "
    f"(within width and training size), weighted by count, are both below {number(SHORTENS)}.",
)
def data_and_decay_shorten_the_delay(runs: Sequence[Run]) -> Finding:
    by_width: dict[object, Pairs] = defaultdict(lambda: ([], []))
    by_cell: dict[object, Pairs] = defaultdict(lambda: ([], []))
    delayed = [(run, delay) for run in runs if (delay := analysis.wait(run)) is not None]
    for run, delay in delayed:
        width, size = run.config.model.neurons, analysis.parity_task(run).train_size
        for groups, key, x in (
            (by_width, width, size),
            (by_cell, (width, size), run.config.training.weight_decay),
        ):
            groups[key][0].append(x)
            groups[key][1].append(delay)
    with_size, with_decay = analysis.spearman_within(by_width), analysis.spearman_within(by_cell)
    evidence = (
        f"In {number(len(delayed))} models that memorise and generalise: {number(with_size, 2)} with training size, "
        f"{number(with_decay, 2)} with decay."
    )
    return Finding(with_size < SHORTENS and with_decay < SHORTENS, evidence)


@claim(
    "C24",
    "architecture-sweep",
    "modular-seeds",
    "soften",
    "sums",
    "precision",
    "modular-search",
    "reverse-search",
    kind="exists",
    whose="ours",
    text="One frequency to a neuron is not necessary for generalising, and clean waves are not sufficient.",
    threshold="The share is that of a neuron's energy in its top frequency, of the median neuron. Some model generalises "
    f"with less than {percent(APERIODIC)}, and some has at least {percent(PERIODIC)} and less than {percent(WRONG)} test "
    "accuracy. (Whether the matrix as a whole has to be sparse in frequencies stays open: see the evidence.)",
)
def waves_do_not_decide(*sweeps: Sequence[Run]) -> Finding:
    found = [(run, _median_share(run)) for sweep in sweeps for run in sweep]
    mixing = [run for run, share in found if share < APERIODIC and _learned(run)]
    sparse = [analysis.strongest_share(run, STRONGEST) for run in mixing]
    wrong = [
        run.test_accuracy[-1] for run, share in found if share >= PERIODIC and run.test_accuracy[-1] < WRONG
    ]
    evidence = (
        f"Of {number(len(found))} models, {len(mixing)} generalise with a share below {percent(APERIODIC)}"
        + (
            f" (though {STRONGEST} frequencies hold {percent(min(sparse))} to {percent(max(sparse))} of W_input's energy)"
            if sparse
            else ""
        )
        + f", and {len(wrong)} have a share of at least {percent(PERIODIC)} and less than {percent(WRONG)} test accuracy"
        + (f" (the least is {percent(min(wrong))})" if wrong else "")
        + "."
    )
    if bool(mixing) == bool(wrong):
        return Finding(bool(mixing), evidence)
    return Finding(True, evidence, ONLY_MIXED if mixing else ONLY_CLEAN)


def _median_share(run: Run) -> float:
    shares = analysis.input_spectrum(run).share[-1]
    return float(np.median(shares)) if np.isfinite(shares).all() else np.nan
