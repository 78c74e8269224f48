"""Laws of the tests that claims on many seeds rest on: against enumeration, simulation and textbook values."""

import math
from itertools import product

import numpy as np
import pytest

from reportgen import analysis

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("more", "less"), [(5, 0), (7, 2), (2, 7), (3, 3), (1, 0), (0, 0)])
def test_a_sign_test_counts_the_splits_at_least_as_uneven(more, less):
    """By going through all of them."""
    n = more + less
    uneven = [abs(2 * sum(split) - n) >= abs(more - less) for split in product((0, 1), repeat=n)]
    assert analysis.sign_test(more, less) == pytest.approx(sum(uneven) / 2**n)


def test_corrected_chances_rise_with_the_number_of_tests():
    """Holm's own rule, by hand: 3p of the least, 2p of the next, never below one before; none above 1."""
    assert analysis.holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert analysis.holm([0.9, 0.8]) == [1, 1]
    assert analysis.holm([]) == []


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 32])
def test_the_tail_of_chi_squared(freedom):
    """Against sums of squares; at its least it is 1."""
    drawn = (RNG.normal(size=(200_000, freedom)) ** 2).sum(axis=1)
    for level in np.quantile(drawn, (0.1, 0.5, 0.95)):
        assert analysis.chi2_tail(level, freedom) == pytest.approx((drawn > level).mean(), abs=0.005)
    assert analysis.chi2_tail(0, freedom) == 1


def test_counts_from_one_distribution_are_alike():
    """p is nearly uniform; tiny where they differ; 1 where there is nothing to compare."""
    shares = [0.5, 0.3, 0.2]
    found = [analysis.alike_p(RNG.multinomial(200, shares), RNG.multinomial(400, shares)) for _ in range(400)]
    assert np.mean(found) == pytest.approx(0.5, abs=0.05)
    assert np.mean(np.array(found) < 0.1) == pytest.approx(0.1, abs=0.05)
    assert analysis.alike_p([100, 0], [0, 100]) < 1e-9
    assert analysis.alike_p([0, 0], [3, 4]) == analysis.alike_p([5, 0], [7, 0]) == 1


def test_the_paired_interval_covers_the_difference():
    """In about 90 % of samples; turned round with the pairs; wider than nothing where all pairs agree."""
    inside = 0
    for _ in range(1000):
        first, second, _rest = RNG.multinomial(200, [0.15, 0.10, 0.75])
        low, high = analysis.paired_difference(first, second, 200)
        inside += low <= 0.05 <= high
    assert inside / 1000 == pytest.approx(0.9, abs=0.03)
    low, high = analysis.paired_difference(12, 5, 90)
    assert analysis.paired_difference(5, 12, 90) == pytest.approx((-high, -low))
    assert analysis.paired_difference(0, 0, 90)[1] > 0.01


def test_without_censoring_the_share_that_arrived_is_a_count():
    """And its interval is close to that of a share."""
    models = [(step, True) for step in (10, 20, 20, 30)] + [(40, False)] * 4
    found = analysis.arrivals(models)
    assert [(a.step, a.share) for a in found] == [(10, 0.125), (20, 0.375), (30, 0.5)]
    assert all(a.low < a.share < a.high for a in found)
    many = analysis.arrivals([(10, True)] * 300 + [(40, False)] * 700)[0]
    assert (many.low, many.high) == pytest.approx(analysis.wilson_interval(300, 1000), abs=0.004)


def test_those_not_followed_count_among_the_waiting_until_then():
    """By hand: 1 of 4, then 1 of the 2 that are left; in the end all, and nobody beyond."""
    found = analysis.arrivals([(10, True), (15, False), (20, True), (30, False)])
    assert [(a.step, a.share) for a in found] == [(10, 0.25), (20, pytest.approx(1 - 0.75 * 0.5))]
    assert analysis.arrivals([(10, True), (20, True)])[-1] == analysis.Arrived(
        20, 1.0, analysis.arrivals([(10, True), (20, True)])[0].low, 1.0
    )
    assert analysis.arrivals([(10, False)]) == []


def test_a_constant_hazard_is_found():
    """Of exponential waits, seen until different ends; and one event by hand."""
    waits, ends = RNG.exponential(20_000, size=4000), RNG.choice([30_000, 80_000], size=4000)
    models = [(int(min(w, e)), bool(w <= e)) for w, e in zip(waits, ends, strict=True)]
    found = analysis.hazards(models, (0, 10_000, 30_000, 60_000))
    assert [h.rate for h in found] == pytest.approx([0.5] * 3, rel=0.15)
    (one,) = analysis.hazards([(100, True), (400, False)], (0, 200))
    assert (one.events, one.rate) == (1, pytest.approx(1e4 / 300))
    assert analysis.hazards([(100, False)], (200, 300)) == []


def test_a_group_of_the_construction_votes_the_more_cleanly_the_larger_it_is():
    """Odd sizes by themselves, and even ones; the constructed five are nearly exact."""
    shares = {n: analysis.constructed_share(n, 67) for n in range(3, 9)}
    assert shares[3] < shares[5] < shares[7] and shares[4] < shares[6] < shares[8]
    assert shares[5] > 0.999 and math.isclose(shares[3], 0.577, abs_tol=1e-3)
