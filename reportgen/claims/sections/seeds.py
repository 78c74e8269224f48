"""The claims on the main model's seeds: how long they wait, what they have in common, how their groups vote."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from reportgen import analysis
from reportgen.claims.registry import Finding, claim, number, percent, step
from reportgen.claims.verdicts import Sample, proportion
from reportgen.store.run import Run

# C54: of one seed, as section 1 has them
MEMORISES_FIRST, UNTAUGHT, SHARP = 0.1, 0.1, 0.25
TYPICAL, NOT_TYPICAL = 0.90, 0.75  # lower end of the first interval at least, upper end of the second at most
# C17
FROM, RISING, FOLLOWS, RIGHT = 5, (5, 6, 7, 8), 0.93, 0.90
# C18: the published sweep's models by number of frequencies (three, four, five), and its groups by number of
# neurons (five to eight), in the original's own reading
PUBLISHED_FREQUENCIES = {3: 274, 4: 165, 5: 10}
PUBLISHED_SIZES = {5: 435, 6: 352, 7: 271, 8: 198}
USUAL, NOT_BY_CHANCE = 0.99, 0.01
# C53
MOST = 0.5


def generalising(runs: Sequence[Run]) -> list[Run]:
    """Those that generalise."""
    return [run for run in runs if analysis.grokking_step(run) is not None]


def _share(hits: int, tried: int) -> str:
    low, high = analysis.wilson_interval(hits, tried)
    return f"{hits} of {tried} (95\u00a0% interval {percent(low)} to {percent(high)})"


@claim(
    "C54",
    "modular-seeds",
    kind="typical",
    whose="ours",
    text="Among seeds that generalise, a long wait is typical; a sharp rise is not.",
    threshold=f"The wait is long if t_mem is at most {percent(MEMORISES_FIRST)} of t_gen and test accuracy at t_mem at "
    f"most {percent(UNTAUGHT)}: at least {percent(TYPICAL)} of the models, by the lower end of the interval. The rise is "
    f"sharp if t90 − t10 is at most {percent(SHARP)} of t90: at most {percent(NOT_TYPICAL)}, by the upper end.",
)
def waits(runs: Sequence[Run]) -> Finding:
    good = generalising(runs)
    if not good:
        return Finding(False, f"None of {len(runs)} generalises.")
    long = sum(map(_waits_long, good))
    sharp = sum((s := analysis.softness(run)) is not None and s <= SHARP for run in good)
    low, high = analysis.wilson_interval(long, len(good))[0], analysis.wilson_interval(sharp, len(good))[1]
    evidence = (
        f"The wait is long in {_share(long, len(good))} and the rise sharp in {_share(sharp, len(good))}."
    )
    sample = proportion(long, len(good), "seeds that generalise")
    return Finding(low >= TYPICAL and high <= NOT_TYPICAL, evidence, sample=sample)


def _waits_long(run: Run) -> bool:
    memorised, generalised = analysis.memorisation_step(run), analysis.grokking_step(run)
    accuracy = analysis.metric_at(run, "test_accuracy", memorised)
    if memorised is None or generalised is None or accuracy is None:
        return False
    return memorised <= MEMORISES_FIRST * generalised and accuracy <= UNTAUGHT


@claim(
    "C17",
    "modular-seeds",
    "quick-seeds",
    kind="typical",
    whose="original",
    text="Each group of five neurons or more votes for c with a cosine that peaks at a + b, the more cleanly the larger "
    "it is, and the sum of the votes peaks there too.",
    threshold="In the models that generalise, over all ordered pairs, in both sweeps: of groups with at least "
    f"{FROM} neurons, the median share of variance on cos(2πf(a + b − c)/P), for frequency f and modulus P and with an "
    f"amplitude for each pair, is at least {percent(FOLLOWS)}, and no other component is larger in any; the medians for "
    f"{FROM} to {RISING[-1]} neurons rise with each neuron; the sum is largest at the answer for 99\u00a0% of the pairs in at least "
    f"{percent(RIGHT)} of the models.",
)
def groups_vote(*sweeps: Sequence[Run]) -> Finding:
    words, holds, count = [], True, 0
    for runs in sweeps:
        good = generalising(runs)
        by_size, right = analysis.votes_by_size(good)
        medians = {n: float(np.median(by_size[n][0])) for n in RISING if n in by_size}
        large = [found for n, found in by_size.items() if n >= FROM]
        shares = [share for cosines, _ in large for share in cosines]
        if not shares:
            return Finding(
                False, f"Of {len(good)} models that generalise, none has a group of {FROM} neurons."
            )
        count += len(shares)
        middle, rise = float(np.median(shares)), list(medians.values())
        holds &= (
            middle >= FOLLOWS
            and all(leads for _, leads in large)
            and len(rise) == len(RISING)
            and right >= RIGHT * len(good)
        )
        holds &= all(a < b for a, b in zip(rise, rise[1:], strict=False))
        said = ", ".join(f"{percent(share)} with {size}" for size, share in medians.items())
        words.append(
            f"in {len(good)} models {len(shares)} such groups with a median of {percent(middle)} ({said}), the sum right "
            f"in {right}"
        )
    return Finding(holds, f"{'; '.join(words)}.".replace("in ", "In ", 1), sample=Sample(count, "groups"))


@claim(
    "C18",
    "modular-seeds",
    kind="typical",
    whose="original",
    text="Models that generalise use three to five frequencies, as often as the published ones, in groups of the same "
    "sizes, and favour none.",
    threshold=f"By the published reading (a neuron's largest coefficient, above 10): three to five frequencies in at "
    f"least {percent(USUAL)}; the numbers of models with three, four and five, and of groups with five to eight neurons, "
    f"come from the published distributions with p of at least {NOT_BY_CHANCE} (χ²); all frequencies equally likely has p "
    f"of at least {NOT_BY_CHANCE}.",
)
def seeds_agree(runs: Sequence[Run]) -> Finding:
    good = [analysis.coefficient_frequencies(run) for run in generalising(runs)]
    if not good:
        return Finding(False, f"None of {len(runs)} generalises.")
    kinds, sizes = Counter(map(len, good)), Counter(size for used in good for size in used.values())
    half = analysis.modular_task(runs[0]).modulus // 2
    counts = np.bincount([f for used in good for f in used], minlength=half + 1)[1:]
    usual = sum(kinds[k] for k in PUBLISHED_FREQUENCIES) / len(good)
    chances = (
        _alike(kinds, PUBLISHED_FREQUENCIES),
        _alike(sizes, PUBLISHED_SIZES),
        analysis.exchangeable_p(counts, [len(used) for used in good]),
    )
    spread = ", ".join(f"{kinds[k]} use {k}" for k in sorted(kinds))
    groups = ", ".join(f"{sizes[n]} of {n}" for n in PUBLISHED_SIZES)
    evidence = (
        f"Of {len(good)} models {spread} frequencies (p = {number(chances[0])} against the published); groups by neurons: "
        f"{groups} (p = {number(chances[1])}); equally likely frequencies: p = {number(chances[2])}."
    )
    sample = Sample(len(good), "seeds that generalise")
    return Finding(usual >= USUAL and min(chances) >= NOT_BY_CHANCE, evidence, sample=sample)


def _alike(found: Counter[int], published: dict[int, int]) -> float:
    return analysis.alike_p([found[kind] for kind in published], list(published.values()))


@claim(
    "C53",
    "how-long",
    "modular-seeds",
    kind="typical",
    whose="ours",
    text="Most models that have not generalised by step 50,000 do so later.",
    threshold=f"Of those trained on to four times as many steps, more than {percent(MOST)} generalise, by the lower end of "
    "the 95\u00a0% interval.",
)
def they_get_there(followed: Sequence[Run], seeds: Sequence[Run]) -> Finding:
    later, waiting = len(generalising(followed)), len(seeds) - len(generalising(seeds))
    low, _ = analysis.wilson_interval(later, len(followed))
    end = followed[0].config.training.steps
    reached = analysis.arrivals(analysis.waiting_times(seeds, followed))
    said = ""
    if reached:
        last = reached[-1]
        said = (f"; with the others, an estimated {percent(last.share)} of all seeds ({percent(last.low)} to "
                f"{percent(last.high)}) by step {step(last.step)}")  # fmt: skip
    evidence = (
        f"Of {waiting} waiting, {len(followed)} were followed to {step(end)}, and {later} generalise{said}."
    )
    return Finding(low > MOST, evidence, sample=proportion(later, len(followed), "seeds followed"))
