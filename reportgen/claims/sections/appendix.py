"""The claims of appendix A, judged on the construction itself: nothing here was trained."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from reportgen.analysis import Construction, construction
from reportgen.claims.registry import Finding, claim, number, percent
from reportgen.claims.verdicts import Sample
from reportgen.wording.numbers import listing

PAIRS = 67**2
ROUNDING = 1e-9  # in radians, and as a share of the largest logit
ODD_COUNTS = (5, 7, 9, 11, 13)
EXACT_COUNTS = (3, 5, 6, 7, 8, 9, 10, 11, 12)
ODD_MODULI = (3, 5, 31, 67, 119)


@claim(
    "C25",
    kind="theorem",
    whose="original",
    text="With ReLU, five neurons on the circle get every pair right.",
    threshold=f"All {number(PAIRS)} pairs at modulus 67; a lead of at most {number(construction.TIE)} counts as wrong.",
)
def five_suffice(circle: Construction = Construction()) -> Finding:  # noqa: B008 – it is frozen
    right = int(construction.correct(circle).sum())
    lead = float(np.nanmin(construction.relative_leads(circle)))
    failure = construction.first_failure(circle)
    return Finding(
        right == circle.modulus**2 == PAIRS,
        f"{circle.neurons} neurons get {number(right)} of {number(circle.modulus**2)} pairs right. The right answer leads by "
        f"at least {percent(lead)} of its score, and the output is turned by at most "
        f"{degrees(largest_error(circle))} of the {degrees(circle.limit)} allowed. The first odd modulus with "
        f"a wrong pair is {failure or 'beyond 151'}.",
        sample=Sample(circle.modulus**2, "pairs"),
    )


@claim(
    "C26",
    kind="theorem",
    whose="ours",
    text="With ReLU, an odd number of neurons beats the even numbers beside it.",
    threshold=f"For each of {listing(ODD_COUNTS)} neurons at modulus 67, the largest angular error is "
    "below that of one neuron less and of one more; twice as many neurons give the same output "
    f"directions within {number(ROUNDING)} radians.",
)
def odd_beats_even(circle: Construction = Construction()) -> Finding:  # noqa: B008
    counts = range(min(ODD_COUNTS) - 1, max(ODD_COUNTS) + 2)
    error = {n: largest_error(replace(circle, neurons=n)) for n in counts}
    better = all(error[n] < min(error[n - 1], error[n + 1]) - ROUNDING for n in ODD_COUNTS)
    apart = max(doubling_changes(circle, ODD_COUNTS))
    shown = ", ".join(f"{n}: {degrees(error[n])}" for n in counts if n <= 10)
    return Finding(
        bool(better and apart <= ROUNDING),
        f"Largest error by number of neurons: {shown}. Doubling an odd number changes the output's direction "
        f"by at most {number(apart)} radians.",
        sample=Sample(len(counts), "networks"),
    )


@claim(
    "C27",
    kind="theorem",
    whose="original",
    text="With x², three neurons, or five and more, are exact for every odd modulus.",
    threshold=f"For {listing(EXACT_COUNTS)} neurons and moduli {listing(ODD_MODULI)}: logits equal the formula within "
    f"{number(ROUNDING)} of the largest, and every pair is right. For the even modulus one less than each, the pairs "
    "with a − b = M/2 are wrong, and no others.",
)
def square_is_exact(circle: Construction = Construction(activation="square")) -> Finding:  # noqa: B008
    tried = [replace(circle, neurons=n, modulus=m) for n in EXACT_COUNTS for m in ODD_MODULI]
    off = max(formula_error(one) for one in tried)
    right = all(construction.correct(one).all() for one in tried)
    even = [replace(one, modulus=one.modulus - 1) for one in tried if one.modulus > 3]
    ties = all(only_opposites_fail(one) for one in even)
    return Finding(
        bool(off <= ROUNDING and right and ties),
        f"In {len(tried)} networks the logits differ from the formula by at most {number(off)} of the largest, and "
        f"{'every pair is right' if right else 'some pairs are wrong'}. For even moduli "
        f"{'only the pairs of opposite numbers fail' if ties else 'other pairs fail than those of opposites'}.",
        sample=Sample(len(tried) + len(even), "networks"),
    )


def largest_error(circle: Construction) -> float:
    """The largest angular error over all pairs, in radians; a pair without an output counts as π."""
    return float(np.abs(np.nan_to_num(construction.angular_errors(circle), nan=np.pi)).max())


def doubling_changes(circle: Construction, counts: Iterable[int]) -> list[float]:
    """By how many radians the output turns when the number of neurons is doubled."""
    pairs = [(replace(circle, neurons=n), replace(circle, neurons=2 * n)) for n in counts]
    errors = [[construction.angular_errors(one) for one in pair] for pair in pairs]
    return [float(np.abs(np.angle(np.exp(1j * (a - b)))).max()) for a, b in errors]


def formula_error(circle: Construction) -> float:
    """The largest difference between logits and their formula, over the largest logit."""
    wanted = construction.square_logits(circle)
    return float(np.abs(construction.logits(circle) - wanted).max() / wanted.max())


def only_opposites_fail(circle: Construction) -> bool:
    """Whether exactly the pairs with a − b = M/2 are wrong."""
    numbers = np.arange(circle.modulus)
    opposite = np.abs(numbers[:, None] - numbers) * 2 == circle.modulus
    return bool((construction.correct(circle) == ~opposite).all())


def degrees(angle: float) -> str:
    """Radians as degrees."""
    return f"{number(float(np.degrees(angle)))}°"
