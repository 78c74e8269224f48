"""Intervals for shares of seeds, pairs of them compared, rank correlations, and whether counts differ by chance."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from reportgen.files.arrays import Array, Floats, Integers

NORMAL_95, NORMAL_90 = 1.959963984540054, 1.6448536269514722


def wilson_interval(hits: int, tried: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927); (0, 1) when nothing was tried."""
    if tried == 0:
        return 0.0, 1.0
    share, z2 = hits / tried, NORMAL_95**2
    centre = share + z2 / (2 * tried)
    half = NORMAL_95 * math.sqrt(share * (1 - share) / tried + z2 / (4 * tried**2))
    scale = 1 + z2 / tried
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def ranks(values: Array) -> Floats:
    """(n,) ranks from 1; equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = counts.cumsum()
    shared: Floats = (last - counts + 1 + last) / 2
    return shared[inverse]


def spearman(x: Array, y: Array) -> float:
    """Spearman's rank correlation (1904); NaN when either side is constant."""
    a, b = ranks(np.asarray(x)), ranks(np.asarray(y))
    a, b = a - a.mean(), b - b.mean()
    scale = math.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / scale) if scale else math.nan


def spearman_within(groups: Mapping[object, tuple[Sequence[float], Sequence[float]]]) -> float:
    """Mean of the groups' Spearman correlations, weighted by their sizes; NaN when none has one."""
    found = [(spearman(np.array(x), np.array(y)), len(x)) for x, y in groups.values()]
    known = [(value, size) for value, size in found if math.isfinite(value)]
    total = sum(size for _, size in known)
    return sum(value * size for value, size in known) / total if total else math.nan


def exchangeable_p(counts: Integers, chosen: Sequence[int]) -> float:
    """The chance of counts at least as uneven if every kind is as likely as any other.

    counts (F,): how often each kind was chosen. chosen: how many different kinds each chooser took.
    A chooser takes a kind at most once, which makes counts more even than independent draws would;
    Pearson's χ² is scaled by the variance that remains.
    """
    kinds, k = len(counts), np.asarray(chosen, dtype=float)
    variance = (k / kinds * (1 - k / kinds)).sum()
    if variance == 0:
        return 1.0
    value = ((counts - k.sum() / kinds) ** 2).sum() * (kinds - 1) / kinds / variance
    return chi2_tail(float(value), kinds - 1)


def paired_difference(first_only: int, second_only: int, pairs: int) -> tuple[float, float]:
    """90 % interval of the first's share minus the second's, among pairs (Agresti & Min 2005).

    first_only, second_only: pairs in which one alone has it. Two shares are equivalent within a margin,
    at a level of 5 %, where this interval lies inside the margin (Schuirmann 1987).
    """
    more, less, n = first_only + 0.5, second_only + 0.5, pairs + 2
    centre = (more - less) / n
    half = NORMAL_90 * math.sqrt(more + less - (more - less) ** 2 / n) / n
    return centre - half, centre + half


def sign_test(more: int, less: int) -> float:
    """The chance of a split at least as uneven between two that are equally likely (McNemar's exact test)."""
    n = more + less
    uneven = sum(math.comb(n, i) for i in range(min(more, less) + 1))
    return min(1.0, uneven * 2.0 ** (1 - n))


def holm(chances: Sequence[float]) -> list[float]:
    """Chances of several tests, corrected for their number (Holm 1979), in the order given."""
    order = sorted(range(len(chances)), key=lambda i: chances[i])
    corrected, least = [1.0] * len(chances), 0.0
    for rank, i in enumerate(order):
        least = max(least, min(1.0, (len(chances) - rank) * chances[i]))
        corrected[i] = least
    return corrected


def chi2_tail(value: float, freedom: int) -> float:
    """The chance that χ² with so many degrees of freedom is at least this value, by steps of two."""
    if value <= 0:
        return 1.0
    half = value / 2
    tail, k = (math.erfc(math.sqrt(half)), 0.5) if freedom % 2 else (math.exp(-half), 1.0)
    while k < freedom / 2:
        tail += math.exp(k * math.log(half) - half - math.lgamma(k + 1))
        k += 1
    return min(1.0, tail)


def alike_p(counts: Sequence[int], others: Sequence[int]) -> float:
    """The chance of counts at least as far apart if both come from one distribution (Pearson's χ²)."""
    table = np.array([counts, others], dtype=float)
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or not table.sum(axis=1).all():
        return 1.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    return chi2_tail(float(((table - expected) ** 2 / expected).sum()), table.shape[1] - 1)
