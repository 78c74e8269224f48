"""The claims on many models: when grokking happens, over all seeds, which constraints help.

Where the article gives no number, the threshold here was fixed before anyone had looked at the sweep.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from reportgen import analysis
from reportgen.analysis import OUTCOMES, Outcome
from reportgen.claims.registry import Finding, claim, number, percent, step
from reportgen.store.run import Run
from reportgen.wording.numbers import signed

LOWERS = -0.2  # Spearman, below
NO_FAVOURITE = 0.01  # p, at least
MOST = 0.5
DIFFERENCE = 0.2  # in shares of 15 models, at least
SUDDEN, GRADUAL = 0.25, 0.5  # (t90 − t10) / t90
RESTORED = 0.1  # cancellation-free float32 may fall short of float64 by this share
PERIODIC, APERIODIC, WRONG = 0.9, 0.5, 0.9

Pairs = tuple[list[float], list[float]]  # what is set, and the ratio it led to
NAMES: dict[Outcome, str] = {
    "high-train-loss": "high train loss",
    "high-test-loss": "high test loss",
    "together": "dropping together",
    "grokking": "grokking",
}


def _learned(run: Run) -> bool:
    return analysis.grokking_step(run) is not None


def _share(runs: Iterable[Run]) -> float:
    learned = [_learned(run) for run in runs]
    return sum(learned) / len(learned)


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
    text="Among models that generalise, more data and more decay both make the drop less delayed.",
    threshold=f"Spearman's correlation of the largest test/train ratio with training size (within a width) and "
    f"with decay (within width and training size), weighted by count, are both below {number(LOWERS)}.",
)
def data_and_decay_lower_the_ratio(runs: Sequence[Run]) -> Finding:
    by_width: dict[object, Pairs] = defaultdict(lambda: ([], []))
    by_cell: dict[object, Pairs] = defaultdict(lambda: ([], []))
    for run in runs:
        if analysis.outcome(run) not in ("together", "grokking"):
            continue
        width, size = run.config.model.neurons, analysis.parity_task(run).train_size
        ratio = analysis.largest_ratio(run)
        for groups, key, x in (
            (by_width, width, size),
            (by_cell, (width, size), run.config.training.weight_decay),
        ):
            groups[key][0].append(x)
            groups[key][1].append(ratio)
    with_size, with_decay = analysis.spearman_within(by_width), analysis.spearman_within(by_cell)
    evidence = f"{number(with_size, 2)} with training size, {number(with_decay, 2)} with decay."
    return Finding(with_size < LOWERS and with_decay < LOWERS, evidence)


@claim(
    "C18",
    "modular-seeds",
    kind="typical",
    whose="ours",
    text="Most seeds generalise, five neurons to a frequency are commonest, and no frequency is favoured.",
    threshold=f"More than {percent(MOST)} generalise; 5 is the commonest count; all frequencies equally likely has "
    f"p of at least {NO_FAVOURITE}.",
)
def seeds_agree(runs: Sequence[Run]) -> Finding:
    good = [analysis.used_frequencies(run) for run in runs if _learned(run)]
    if not good:
        return Finding(False, f"None of {len(runs)} generalises.")
    sizes: Counter[int | None] = Counter(size for used in good for size in used.values())
    half = analysis.modular_task(runs[0]).modulus // 2
    counts = np.bincount([f for used in good for f in used], minlength=half + 1)[1:]
    p = analysis.exchangeable_p(counts, [len(used) for used in good])
    common = sizes.most_common(1)[0][0] if sizes else None
    kinds = Counter(len(used) for used in good)
    spread = ", ".join(f"{kinds[k]} use {k}" for k in sorted(kinds))
    evidence = (
        f"{len(good)} of {len(runs)} generalise; of these {spread} frequencies; {common} neurons to a frequency are "
        f"commonest ({sizes[common]} of {sum(sizes.values())} groups); p = {number(p)}."
    )
    return Finding(len(good) > MOST * len(runs) and common == 5 and p >= NO_FAVOURITE, evidence)


@claim(
    "C19",
    "architecture-sweep",
    kind="typical",
    whose="original",
    text="With both sides collapsed, no model of this sweep generalises.",
    threshold="None reaches and keeps 99\u00a0% test accuracy. (This says nothing of other activations: with squares, "
    "collapsed models are known to generalise.)",
)
def both_collapsed(runs: Sequence[Run]) -> Finding:
    models = [analysis.modular_model(run) for run in runs]
    both = [run for run, m in zip(runs, models, strict=True) if m.collapsed_in and m.collapsed_out]
    count = sum(map(_learned, both))
    return Finding(bool(both) and count == 0, f"{count} of {len(both)} generalise.")


@claim(
    "C20",
    "architecture-sweep",
    kind="exists",
    whose="original",
    text="Collapsing one side helps in some set-ups and hurts in others.",
    threshold=f"Between an architecture with one side collapsed and the same with none, under the same penalty, the "
    f"share that generalises is at least {percent(DIFFERENCE)} higher somewhere and {percent(DIFFERENCE)} lower "
    "elsewhere.",
)
def one_collapsed(runs: Sequence[Run]) -> Finding:
    found = collapse_effects(runs)
    if not found:
        return Finding(None, "The sweep has no pair to compare.")
    best, worst = max(found, key=lambda setup: found[setup]), min(found, key=lambda setup: found[setup])

    def word(setup: tuple[str, bool, str]) -> str:
        side, tied, kind = setup
        points = signed(round(100 * found[setup]))
        return f"{side} side, {'tied' if tied else 'untied'}, {kind}: {points} points"

    holds = found[best] >= DIFFERENCE and found[worst] <= -DIFFERENCE
    return Finding(holds, f"Most helped: {word(best)}. Most hurt: {word(worst)}.")


def collapse_effects(runs: Sequence[Run]) -> dict[tuple[str, bool, str], float]:
    """(side, tied, penalty) → share that generalises with that side collapsed, minus with none.

    Of models whose a and b share their projection, which a collapsed input side always implies.
    """
    groups = defaultdict(list)
    for run in runs:
        m = analysis.modular_model(run)
        if m.tied_in_proj:
            key = m.collapsed_in, m.collapsed_out, m.tied, run.config.training.decay
            groups[key].append(run)
    return {
        (side, tied, kind): _share(groups[*collapsed, tied, kind]) - _share(groups[False, False, tied, kind])
        for side, collapsed in (("input", (True, False)), ("output", (False, True)))
        for tied in (True, False)
        for kind in ("L2", "L1")
        if groups[*collapsed, tied, kind] and groups[False, False, tied, kind]
    }


@claim(
    "C21",
    "soften",
    "modular",
    kind="exists",
    whose="original",
    text="Other settings soften the change: accuracy then rises gradually.",
    threshold=f"(t90 − t10) / t90 is above {GRADUAL} for at least one model of the sweep, and below {SUDDEN} for the "
    "main model.",
)
def settings_soften(runs: Sequence[Run], main: Run) -> Finding:
    found = [s for run in runs if (s := analysis.softness(run)) is not None]
    own = analysis.softness(main)
    if not found or own is None:
        return Finding(False, "No model of the sweep, or not the main one, gets to 90\u00a0% test accuracy.")
    soft = sum(s > GRADUAL for s in found)
    evidence = f"{soft} of {len(found)} are above {GRADUAL}, the softest at {number(max(found), 2)}; the main model's is {number(own, 2)}."
    return Finding(soft > 0 and own < SUDDEN, evidence)


@claim(
    "C24",
    "architecture-sweep",
    "modular-seeds",
    "soften",
    "circularity",
    "precision",
    "modular-search",
    "reverse-search",
    kind="exists",
    whose="original",
    text="Periodic weights are neither necessary nor sufficient for generalising.",
    threshold=f"Some model generalises with a median energy share below {percent(APERIODIC)}, and some has a share of "
    f"at least {percent(PERIODIC)} and less than {percent(WRONG)} test accuracy.",
)
def periodic_is_neither(*sweeps: Sequence[Run]) -> Finding:
    found = [(run, _median_share(run)) for sweep in sweeps for run in sweep]
    without = [share for run, share in found if share < APERIODIC and _learned(run)]
    wrong = [
        run.test_accuracy[-1] for run, share in found if share >= PERIODIC and run.test_accuracy[-1] < WRONG
    ]
    evidence = (
        f"Of {number(len(found))} models, {len(without)} generalise with a share below {percent(APERIODIC)}"
        + (f" (the least is {percent(min(without))})" if without else "")
        + f", and {len(wrong)} have a share of at least {percent(PERIODIC)} and less than {percent(WRONG)} test accuracy"
        + (f" (the least is {percent(min(wrong))})" if wrong else "")
        + "."
    )
    if bool(without) == bool(wrong):
        return Finding(bool(without), evidence)
    half, other = ("necessary", "sufficient") if without else ("sufficient", "necessary")
    return Finding(True, evidence, f"Periodic weights are not {half} for generalising. (That they are not {other} "
                   "was not reproduced.)")  # fmt: skip


def _median_share(run: Run) -> float:
    shares = analysis.input_spectrum(run).share[-1]
    return float(np.median(shares)) if np.isfinite(shares).all() else np.nan


@claim(
    "C28",
    "precision",
    kind="typical",
    whose="ours",
    text="Plain float32 delays or prevents the grokking that float64 shows; without the cancellation it comes back.",
    threshold="By the end, fewer seeds generalise in plain float32 than in float64 and than in float32 without the "
    f"cancellation, and the latter falls short of float64 by at most {percent(RESTORED)}.",
)
def precision_matters(runs: Sequence[Run]) -> Finding:
    kinds = {kind: [r for r in runs if r.config.training.precision == kind]
             for kind in ("float64", "float32-plain", "float32")}  # fmt: skip
    if not all(kinds.values()):
        return Finding(None, "The sweep lacks one of the three precisions.")
    exact, plain, mended = (_share(found) for found in kinds.values())
    words = []
    for name, found in zip(
        ("float64", "plain float32", "float32 without the cancellation"), kinds.values(), strict=True
    ):
        hits = sum(map(_learned, found))
        low, high = analysis.wilson_interval(hits, len(found))
        words.append(f"{name} {hits} of {len(found)} ({percent(low)} to {percent(high)})")
    end = step(runs[0].config.training.steps)
    holds = plain < exact and plain < mended and mended >= exact - RESTORED
    return Finding(holds, f"Generalised by step {end}, with 95\u00a0% intervals: {'; '.join(words)}.")
