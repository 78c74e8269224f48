"""The claims on rounding: where float32 makes a difference to what becomes of a model, and where none.

The two precisions are compared seed by seed: both models of a pair have the same data and start.
"""

from collections.abc import Sequence

from reportgen import analysis
from reportgen.claims.registry import Finding, claim, number, percent, step
from reportgen.claims.verdicts import Sample
from reportgen.store.run import Run
from reportgen.wording.numbers import signed

MARGIN = 0.10  # two shares this close count as equal
LEVEL = 0.05  # of each of two one-sided tests, which the 90 % interval is made for
HALF_WAY = 2_500  # steps; in a pilot half of the seeds had generalised by then
SMALL_DECAYS = (0.0, 0.01, 0.03)
WORSE_IN = 20  # of 24 pairs, at least


def generalised_by(run: Run, limit: int) -> bool:
    """Whether it generalised no later than that step."""
    when = analysis.grokking_step(run)
    return when is not None and when <= limit


@claim(
    "C28",
    "rounding",
    kind="typical",
    whose="ours",
    text="With weight decay 1, float64 and plain float32 generalise equally often.",
    threshold=f"Of the same seeds at ten times the learning rate, the shares that have generalised by step "
    f"{step(HALF_WAY)} and by the end differ by less than {round(100 * MARGIN)} points each: the paired 90\u00a0% "
    f"interval lies inside (two one-sided tests at {percent(LEVEL)}).",
)
def rounding_is_harmless(runs: Sequence[Run]) -> Finding:
    found = list(analysis.precision_pairs(runs).values())
    if not found:
        return Finding(None, "No seed is there in both precisions.")
    inside, words = True, []
    for limit in (HALF_WAY, runs[0].config.training.steps):
        hits = [(generalised_by(exact, limit), generalised_by(plain, limit)) for exact, plain in found]
        exact_only, plain_only = hits.count((True, False)), hits.count((False, True))
        low, high = analysis.paired_difference(exact_only, plain_only, len(hits))
        inside &= low > -MARGIN and high < MARGIN
        counts = [sum(hit[i] for hit in hits) for i in (0, 1)]
        words.append(
            f"by step {step(limit)} {counts[0]} in float64 and {counts[1]} in plain float32, {exact_only + plain_only} "
            f"in one alone (difference {points(low)} to {points(high)} points)"
        )
    return Finding(inside, f"Of {len(found)} seeds, {'; '.join(words)}.", sample=Sample(len(found), "pairs"))


@claim(
    "C51",
    "rounding-boundary",
    kind="typical",
    whose="ours",
    text="With little or no decay, plain float32 learns the 1s and 0s later or worse than float64.",
    threshold=f"At each decay of {number(SMALL_DECAYS[0])}, {SMALL_DECAYS[1]} and {SMALL_DECAYS[2]}, in at least "
    f"{WORSE_IN} of 24 seeds plain float32 generalises later or never where float64 does; where neither does, its "
    "test accuracy ends lower.",
)
def rounding_harms(runs: Sequence[Run]) -> Finding:
    found = analysis.worse_in_float32(runs)
    words = ", ".join(f"{count} of {tried} at {number(decay)}" for decay, (count, tried) in found.items())
    holds = all(found.get(decay, (0, 0))[0] >= WORSE_IN for decay in SMALL_DECAYS)
    tried = sum(tried for _, tried in found.values())
    return Finding(holds, f"Plain float32 is later or worse in {words}.", sample=Sample(tried, "pairs"))


def points(share: float) -> str:
    """0.034 → +3.4, in percentage points."""
    return signed(round(100 * share, 1))
