"""Intervals for shares of seeds, rank correlations, and whether all kinds are equally likely."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from reportgen.files.arrays import Array, Floats, Integers

NORMAL_95 = 1.959963984540054


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
    Pearson's χ² is scaled by the variance that remains. F − 1 must be even, so that the tail of χ²
    is a finite sum.
    """
    kinds, k = len(counts), np.asarray(chosen, dtype=float)
    if (kinds - 1) % 2:
        raise ValueError(f"{kinds} kinds: the tail of χ² is a finite sum only for odd numbers of kinds")
    variance = (k / kinds * (1 - k / kinds)).sum()
    if variance == 0:
        return 1.0
    half = ((counts - k.sum() / kinds) ** 2).sum() * (kinds - 1) / kinds / variance / 2
    terms = [math.exp(-half + i * math.log(half) - math.lgamma(i + 1)) if half else float(i == 0)
             for i in range((kinds - 1) // 2)]  # fmt: skip
    return min(1.0, math.fsum(terms))
