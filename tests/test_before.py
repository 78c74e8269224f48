"""Laws of what is measured before answers turn right, on weights written down by hand and on random ones."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from fixtures.made_up_before import circuit_run, factored, progress_run, waiting_run
from fixtures.made_up_runs import SNAPSHOTS, STEPS, copies_run, diverged, ramp

from reportgen import analysis
from reportgen.analysis.progress import _averaging as averaging
from reportgen.analysis.waiting import slope


def test_the_signal_is_what_the_deciding_digits_say_and_the_noise_what_the_distractors_add():
    """Four neurons say exactly 1 towards the right answer; six distractors of a weight have half its √6 as spread."""
    found = analysis.circuit(circuit_run(right_from=200, level=2.0))
    side = np.where(SNAPSHOTS < 200, -1.0, 1.0)[:, None]
    np.testing.assert_allclose(found.signal, side * np.ones((1, 8)), atol=1e-5)
    weights = ramp((0, 2.0), (500, 2.0), (800, 0.2), steps=SNAPSHOTS)[:, None]
    np.testing.assert_allclose(found.noise, weights * sqrt(6) / 2 * np.ones((1, 8)), rtol=0.05)
    assert found.right_from == 200


def test_a_signal_that_turns_again_is_not_right_for_good():
    """Only from its last turn on; never, if it ends on the wrong side."""
    run = circuit_run(right_from=200)
    run.w_output[10] *= -1
    assert analysis.circuit(run).right_from == SNAPSHOTS[11]
    run.w_output[-1] *= -1
    assert analysis.circuit(run).right_from is None
    none = replace(run, snapshot_steps=SNAPSHOTS[:0], w_input=run.w_input[:0], w_output=run.w_output[:0])
    assert analysis.circuit(none).right_from is None


def test_without_noise_answers_are_as_the_signal_says():
    """All right, all wrong, or none of either: half."""
    run = circuit_run(right_from=200)
    run.w_input[:, 3:9] = 0
    run.w_output[0] = 0
    accuracy = analysis.circuit(run).accuracy
    assert accuracy[0] == 0.5 and accuracy[1] == 0 and (accuracy[SNAPSHOTS >= 200] == 1).all()


def test_waves_alone_are_right_where_the_weights_are_waves():
    """And hold all energy; before there are any they know nothing."""
    found = analysis.progress(progress_run(300))
    late = SNAPSHOTS >= 300
    assert (found.waves_accuracy[late] == 1).all() and (found.waves_accuracy[~late] < 1).all()
    np.testing.assert_allclose(found.energy[late], 1, atol=1e-6)
    assert np.isnan(found.energy[~late]).all()


def test_only_held_out_pairs_are_averaged():
    """What the model says of other pairs has no weight; with all frequencies the average is the plain one."""
    held_out = np.random.default_rng(0).random(49) < 0.7
    weights = averaging(held_out, [1, 2, 3])
    assert not weights[:, ~held_out].any()
    logits = np.random.default_rng(1).normal(size=(49, 7))
    sums = analysis.right_answers(7)
    plain = np.array([logits[held_out & (sums == s)].mean(axis=0) for s in range(7)])
    np.testing.assert_allclose(weights @ logits, plain - plain.mean(axis=0), atol=1e-12)


def test_the_last_snapshot_before_an_accuracy():
    """Not the one at which it passes; the first at the earliest; None if it never does."""
    run = progress_run(test_accuracy=np.where(STEPS >= 500, 1.0, 0.0))
    assert SNAPSHOTS[analysis.last_before(run, 0.1)] == 450
    assert analysis.last_before(progress_run(test_accuracy=1 + 0 * STEPS), 0.1) == 0
    assert analysis.last_before(progress_run(test_accuracy=0 * STEPS), 0.1) is None


@pytest.mark.parametrize("seed", range(3))
def test_no_factors_are_cheaper_than_the_nuclear_norm(seed):
    """For any two; those of the singular value decomposition cost exactly that."""
    rng = np.random.default_rng(seed)
    left, right = rng.normal(size=(7, 4)), rng.normal(size=(4, 10))
    values = analysis.factors.singular_values((left @ right)[None])[0]
    assert values.sum() <= ((left**2).sum() + (right**2).sum()) / 2
    u, s, v = np.linalg.svd(left @ right, full_matrices=False)
    best = ((u * np.sqrt(s)) ** 2).sum() + ((np.sqrt(s)[:, None] * v) ** 2).sum()
    assert values.sum() == pytest.approx(best / 2)


def test_what_decay_charges_for_is_read_at_the_snapshots():
    """Half of the squared norm; the least is that of both sides together, and NaN where weights are not finite."""
    run = factored(copies_run(), excess=0.25)
    assert analysis.half_squares(run)[-1] / analysis.nuclear_norm(run)[-1] == pytest.approx(1.25)
    assert analysis.effective_rank(run)[-1] == pytest.approx(
        6, abs=0.01
    )  # three frequencies, two directions each
    assert np.isnan(analysis.nuclear_norm(diverged(run))[-1])


def test_a_power_law_has_its_power_as_slope():
    """Of the wait, and of the delay in steps; unknown where one model does not generalise."""
    runs = [waiting_run(decay, 0, 10 / decay) for decay in (0.02, 0.1)]  # 500 and 100 steps after starting
    assert list(analysis.exponents_by_decay(runs).values()) == [pytest.approx(-1)]
    late = list(analysis.exponents_by_decay(runs, analysis.delay).values())
    assert late == [pytest.approx(np.log(490 / 90) / np.log(0.2))]
    runs[1] = waiting_run(0.1, 0, 5000)
    assert list(analysis.exponents_by_decay(runs).values()) == [None]
    assert slope({1.0: 2.0, 4.0: 4.0}) == pytest.approx(0.5)
