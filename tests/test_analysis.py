"""Laws of `analysis`: transforms against numpy.fft, geometry against runs built to have it."""

from dataclasses import replace

import numpy as np
import pytest
from fixtures.made_up_runs import (
    CIRCLE,
    PARITY,
    SNAPSHOTS,
    STEPS,
    TRAINING,
    H,
    P,
    circle_run,
    compact,
    copies_run,
    cosines,
    diverged,
    modular_run,
    parity_run,
    parity_weights,
    ramp,
    run_of,
)

from reportgen import analysis
from reportgen.analysis.statistics import ranks
from reportgen.numerics.config import (
    Config,
    ModularModel,
    ModularTask,
)
from reportgen.numerics.tasks import make_split

# --- curves ---


def test_learning_is_reaching_99_percent_and_keeping_it():
    """A visit that is lost again does not count; one dip in a hundred later steps does not hurt."""
    accuracy = ramp((0, 0.0), (100, 1.0))
    accuracy[20:30] = 0.5
    run = modular_run(test_accuracy=accuracy)
    assert analysis.grokking_step(run) == 300
    accuracy[-2] = 0.5  # 1 of the 70 steps after 300 is more than one percent
    assert analysis.grokking_step(modular_run(test_accuracy=accuracy)) == 1000
    accuracy[-1] = 0.98
    assert analysis.grokking_step(modular_run(test_accuracy=accuracy)) is None


def test_one_dip_in_a_hundred_later_steps_is_forgiven():
    """100 steps follow the first; one of them may fall short, two may not."""
    accuracy = np.ones(len(STEPS))
    accuracy[50] = 0
    assert analysis.grokking_step(modular_run(test_accuracy=accuracy)) == 0
    accuracy[51] = 0
    assert analysis.grokking_step(modular_run(test_accuracy=accuracy)) == 520


def test_crossings_are_first_steps_at_a_level():
    """t10 and t90 of a straight rise from 700 to 800; None for a level never reached."""
    run = modular_run()
    assert (analysis.crossing_step(run, 0.1), analysis.crossing_step(run, 0.9)) == (710, 790)
    assert analysis.crossing_step(modular_run(test_accuracy=0 * STEPS), 0.1) is None


def test_a_level_survives_storage_in_float32():
    """0.9 kept as float32 still counts as 90 %."""
    stored = np.full(len(STEPS), 0.9).astype(np.float32).astype(float)
    assert analysis.crossing_step(modular_run(test_accuracy=stored), 0.9) == 0


def test_fall_measures_between_peak_and_floor():
    """A straight fall over 105 steps from 200 on is at 90, 50 and 10 % by 220, 260 and 300."""
    values = ramp((0, 0.2), (200, 1.0), (305, 0.0), (1000, 0.0))
    assert analysis.fall(STEPS, values) == (220, 260, 300)
    assert analysis.fall(STEPS, values + 1, floor=1.0) == (220, 260, 300)
    assert analysis.fall(STEPS, values + 1) is None


def test_train_turn_is_a_rise_between_memorising_and_generalising():
    """The minimum at 400 and the peak at 600; a loss that only falls has none."""
    turn = analysis.train_turn(parity_run())
    assert (turn.minimum_step, turn.peak_step) == (400, 600)
    assert turn.ratio == pytest.approx(2)
    assert analysis.train_turn(parity_run(train_loss=ramp((0, 1.0), (1000, 0.0)))) is None


def test_there_and_back_takes_the_visible_hump():
    """Neither the first memorising, before the loss halved, nor a flicker of a tiny loss."""
    loss = ramp((0, 1), (50, 3), (200, 0.2), (400, 0.5), (700, 1e-5), (750, 1e-3), (1000, 1e-6))
    found = analysis.there_and_back(modular_run(test_loss=loss))
    assert (found.rise.minimum_step, found.rise.peak_step) == (200, 400)
    assert found.rise.ratio == pytest.approx(2.5)
    assert 500 < found.below_step < 620
    assert found.end_ratio == pytest.approx(5e-6)
    assert analysis.there_and_back(modular_run(test_loss=ramp((0, 1.0), (1000, 0.0)))) is None


def test_a_dip_lasts_and_is_made_good():
    """Down from 0.8 to 0.6 and up to 0.7: a tenth was made good. A flicker is none, nor is what never comes back."""
    dip = analysis.accuracy_dip(
        modular_run(
            test_accuracy=ramp(
                (0, 0), (200, 0.8), (300, 0.8), (400, 0.6), (600, 0.6), (900, 0.7), (1000, 0.7)
            )
        )
    )
    assert dip.depth == pytest.approx(0.1)
    assert (dip.peak, dip.lowest, dip.end) == pytest.approx((0.8, 0.6, 0.7), abs=0.02)
    assert 200 <= dip.peak_step <= 300 and 400 <= dip.lowest_step <= 600
    rising = ramp((0, 0), (1000, 1))
    rising[50:54] = 0
    assert analysis.accuracy_dip(modular_run(test_accuracy=rising)) is None
    assert analysis.accuracy_dip(modular_run(test_accuracy=ramp((0, 1), (1000, 0)))) is None


def test_mirrors_are_pairs_trained_on_the_other_way_round():
    """Counted by hand in both orders; in one order there are none. A model right of everything is right of both kinds."""
    run = copies_run()
    ordered = replace(run.config, task=replace(run.config.task, symmetric=False, train_fraction=0.4))
    trained, tested = ({tuple(pair) for pair in part[0].tolist()} for part in
                       (make_split(ordered).train, make_split(ordered).test))  # fmt: skip
    found = analysis.mirrors(replace(run, config=ordered))
    assert found.sums == len({frozenset(pair) for pair in trained})
    assert found.share == sum((b, a) in trained for a, b in tested) / len(tested)
    assert (found.mirrored, found.others) == (1, 1)
    assert (analysis.mirrors(run).share, analysis.mirrors(run).mirrored) == (0, None)


def test_reverse_compares_the_minimum_with_the_end():
    """Everything is read at the step of the lowest test loss and at the last step."""
    found = analysis.reverse(modular_run(test_loss=ramp((0, 1.0), (400, 0.1), (1000, 0.7))))
    assert (found.minimum_step, found.ratio) == (400, pytest.approx(7))
    assert found.weight_norm == (pytest.approx(6.6), pytest.approx(9))


# --- the frequency domain ---


@pytest.mark.parametrize("modulus", [7, 67, 8])
def test_the_basis_is_orthonormal_and_is_the_fourier_transform(modulus):
    """Amplitudes equal numpy.fft's, up to the factor that makes the real basis orthonormal."""
    basis = analysis.fourier_basis(modulus)
    np.testing.assert_allclose(basis.T @ basis, np.eye(modulus), atol=1e-12)
    matrix = np.random.default_rng(0).normal(size=(4, modulus, H))
    spectrum, plain = analysis.Spectrum.of(matrix), np.fft.rfft(matrix, axis=1)
    pairs = np.full((plain.shape[1], 1), np.sqrt(2 / modulus))
    pairs[0] = modulus**-0.5
    if modulus % 2 == 0:
        pairs[-1] = modulus**-0.5
    np.testing.assert_allclose(spectrum.constant, (pairs * plain.real)[:, 0], atol=1e-12)
    np.testing.assert_allclose(spectrum.cos, (pairs * plain.real)[:, 1:], atol=1e-12)
    np.testing.assert_allclose(spectrum.sin, -(pairs * plain.imag)[:, 1:], atol=1e-12)
    np.testing.assert_allclose(spectrum.energy, (matrix**2).sum(axis=1))


def test_neurons_are_read_from_their_cosines():
    """Frequency, phase, amplitude and share of pure cosines, ordered by frequency, then phase."""
    found = analysis.neurons(modular_run())
    np.testing.assert_array_equal(found.frequency, [3, 1, 3, 1, 3])
    np.testing.assert_allclose(found.phase, [0.5, 2.0, -1.0, -2.0, 2.5], atol=1e-5)
    np.testing.assert_allclose(found.amplitude, 12, rtol=1e-5)
    np.testing.assert_allclose(found.share, 1, rtol=1e-5)
    np.testing.assert_array_equal(found.order, [3, 1, 2, 0, 4])
    assert analysis.used_frequencies(modular_run()) == {1: 2, 3: 3}


def test_the_constant_counts_as_energy_and_zero_weights_have_no_share():
    """A share is of all energy, so a constant of equal norm halves it."""
    matrix = cosines([2], [0.0]) + P**-0.5
    assert analysis.Spectrum.of(matrix).share == pytest.approx([0.5])
    assert analysis.Spectrum.of(np.zeros((P, H))).share.tolist() == [0] * H
    assert np.isnan(analysis.Spectrum.of(np.full((P, H), np.nan)).share).all()  # nothing, and not none


def test_ties_go_to_the_lower_frequency():
    """Exactly equal amplitudes, as in a neuron of zeros, name the lowest frequency."""
    assert analysis.Spectrum.of(np.zeros((P, 1))).frequency.tolist() == [1]


def test_both_sides_have_a_spectrum_in_every_snapshot():
    """Transforms run over the tokens, which are the rows of W_input and the columns of W_output."""
    run, rng = modular_run(), np.random.default_rng(4)
    run = replace(run, w_input=rng.normal(size=(3, P, H)), w_output=rng.normal(size=(3, H, P)))
    for found, tokens_first in (
        (analysis.input_spectrum(run), run.w_input),
        (analysis.output_spectrum(run), np.moveaxis(run.w_output, 2, 1)),
    ):
        plain = np.fft.rfft(tokens_first, axis=1)[:, 1:] * np.sqrt(2 / P)
        np.testing.assert_allclose(found.amplitude, np.abs(plain), atol=1e-12)


def test_noise_share_is_what_noise_gives():
    """The formula against 20,000 draws, for the modulus of the page."""
    noise = np.random.default_rng(0).normal(size=(67, 20_000))
    assert analysis.noise_share(67) == pytest.approx(0.122, abs=5e-4)
    mean = analysis.Spectrum.of(noise).share.mean()
    assert mean == pytest.approx(analysis.noise_share(67), rel=0.01)


def test_phases_double():
    """Out-phases built as twice the in-phases leave no error, whatever the turn."""
    np.testing.assert_allclose(analysis.phase_errors(modular_run()), 0, atol=1e-5)


def test_wrapped_angles_lie_in_one_turn():
    """π stays π, and whole turns vanish."""
    turned = analysis.wrap([np.pi, -np.pi, 2 * np.pi, 3.5 * np.pi])
    np.testing.assert_allclose(turned, [np.pi, np.pi, 0, -np.pi / 2], atol=1e-12)


# --- copies ---


def test_groups_are_the_neurons_of_a_frequency_in_the_order_of_their_phases():
    """Only neurons above the threshold count, unless all are asked for."""
    groups = analysis.frequency_groups(modular_run())
    assert {f: list(members) for f, members in groups.items()} == {1: [3, 1], 3: [2, 0, 4]}
    assert list(analysis.commonest(groups, 1)) == [3]
    small = replace(modular_run(), w_input=modular_run().w_input * 0.5)
    assert analysis.frequency_groups(small) == {}
    assert list(analysis.frequency_groups(small, used=False)) == [1, 3]


def test_cells_needed_counts_the_cells_that_hold_95_percent():
    """One for pure cosines; all for a flat spectrum; none to count without energy."""
    assert analysis.cells_needed(cosines([3, 1, 2], [0.1, 0.2, 0.3])) == 1
    even = analysis.fourier_basis(P) @ np.array([2**0.5, *[1.0] * (P - 1)])[:, None]
    assert analysis.cells_needed(even) == (P + 1) / 2
    assert np.isnan(analysis.cells_needed(np.zeros((P, H))))
    assert np.isnan(analysis.cells_needed(np.full((P, H), np.nan)))


def test_a_vote_is_split_into_cosine_sine_and_rest():
    """Against logits built from both waves, with an amplitude for each pair, and noise."""
    rng, turn = np.random.default_rng(2), 2 * np.pi * 3 / P
    angles = turn * (analysis.right_answers(P)[:, None] - np.arange(P))
    strength = rng.normal(size=(P * P, 1))
    built = strength * (2 * np.cos(angles) + np.sin(angles)) + rng.normal(size=(P * P, 1))
    found = analysis.vote(built, np.eye(P), 3)
    assert (found.cosine, found.sine) == (pytest.approx(0.8), pytest.approx(0.2))
    other = analysis.vote(built, np.eye(P), 2)
    assert (other.cosine, other.sine) == (pytest.approx(0), pytest.approx(0))
    assert found.leads and not analysis.vote(built, np.eye(P), 2).leads
    assert not analysis.vote(strength * (2 * np.sin(angles) + np.cos(angles)), np.eye(P), 3).leads
    assert analysis.vote(0 * built, np.eye(P), 3) == analysis.Vote(0, 0, leads=False)


def test_copies_vote_for_the_answer():
    """Every group follows its cosine closely, and the sum is right for all pairs."""
    found = analysis.votes(copies_run())
    assert list(found.groups) == [1, 2, 3] and found.right == P * P
    assert min(vote.cosine for vote in found.groups.values()) > 0.98
    assert analysis.group_phase_error(copies_run()) == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("tied", [True, False])
def test_answers_are_the_networks(tied):
    """Against a loop over all pairs, where b has the same weights as a or its own."""
    rng = np.random.default_rng(3)
    w_in, w_out = rng.normal(size=(P if tied else 2 * P, H)), rng.normal(size=(H, P))
    expected = [
        np.argmax(np.maximum(w_in[a] + w_in[b + (0 if tied else P)], 0) @ w_out)
        for a in range(P)
        for b in range(P)
    ]
    assert analysis.answers(w_in, w_out).tolist() == expected


# --- five neurons ---


def test_circle_weights_undo_the_embedding():
    """Projecting W = E·V back on the circle gives V, in each snapshot."""
    rng, circle = np.random.default_rng(1), analysis.fourier_basis(P)[:, 1:3]
    inward, outward = rng.normal(size=(2, 2, H, 2))
    run = run_of(CIRCLE, circle @ inward.swapaxes(1, 2), outward @ circle.T)
    for found, built in zip(analysis.circle_weights(run), (inward, outward), strict=True):
        np.testing.assert_allclose(found, built, atol=1e-6)


def test_neurons_are_numbered_around_the_circle():
    """By their final in-angle, from 0 counter-clockwise; both sides in that order, in every snapshot."""
    run = circle_run(shift=np.array([0.1, 4.0, 0.0, 2.0, -1.0]))
    inward, outward = analysis.around_circle(run)
    angle = np.arctan2(inward[-1, :, 1], inward[-1, :, 0]) % (2 * np.pi)
    assert (np.diff(angle) > 0).all()
    np.testing.assert_allclose(analysis.geometry(inward[0], outward[0]).doubling, 0, atol=1e-5)


def test_geometry_of_the_construction():
    """Evenly spaced, doubled, equal norms: no error; another turn shows in `doubling`."""
    inward, outward = analysis.circle_weights(circle_run())
    found = analysis.geometry(inward[-1], outward[-1])
    assert found.norm_ratio == pytest.approx((1, 1), abs=1e-5)
    np.testing.assert_allclose([*found.evenness, *found.doubling], 0, atol=1e-5)
    off = analysis.geometry(*(side[-1] for side in analysis.circle_weights(circle_run(turns=3))))
    assert np.abs(off.doubling).max() > 1
    assert off.evenness[1] == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("rotation", [0.0, 1.0, 3.1, -2.0])
def test_evenness_ignores_rotation_and_finds_the_best_one(rotation):
    """One angle of five off by 0.2 is 0.1 from even after the best rotation, anywhere."""
    angles = analysis.wrap(2 * np.pi * np.arange(H) / H + [0, 0, 0.2, 0, 0] + rotation)
    assert analysis.evenness(angles) == pytest.approx(0.1)


# --- parity ---


def test_live_neurons_are_those_with_a_hundredth_of_the_strength():
    """‖w_in‖·‖w_out‖ decides; all-zero and NaN models have none."""
    w_in, w_out = np.ones((10, H)), np.array([1, 0.5, 0.0101, 0.0099, 0])[:, None]
    assert analysis.live_neurons(w_in, w_out).tolist() == [True, True, True, False, False]
    assert not analysis.live_neurons(0 * w_in, w_out).any()
    assert not analysis.live_neurons(np.nan * w_in, w_out).any()


def test_neurons_are_numbered_by_their_strength_at_the_end():
    """Both weights count, and only the last snapshot; equals keep their places."""
    w_in, w_out = np.ones((2, 3, 4)), np.array([[9, 1, 2, 1], [1, -4, 2, 1]], float)[:, :, None]
    assert analysis.strongest_first(run_of(PARITY, w_in, w_out)).tolist() == [1, 2, 0, 3]


def test_near_duplicates_need_direction_and_sign():
    """Scaled copies count, opposite outputs and other directions do not."""
    base, other = np.eye(10)[0], np.eye(10)[1]
    w_in = np.stack([base, 3 * base, base, other, 1e-9 * base], axis=1)
    w_out = np.array([1, 2, -1, 1, 1.0])[:, None]
    assert analysis.near_duplicates(w_in, w_out) == [(0, 1)]


def test_distractors_are_neither_deciding_digits_nor_bias():
    """Only rows between them count, and "below for good" looks at every later snapshot."""
    levels = ramp((0, 1), (500, 1), (1000, 0), steps=SNAPSHOTS)
    w_in, w_out = parity_weights(levels)
    w_in[:, 9] = 50
    run = run_of(PARITY, w_in, w_out)
    np.testing.assert_allclose(analysis.distractor_max(run), levels, rtol=1e-6)
    np.testing.assert_allclose(analysis.distractor_norm(run), levels * np.sqrt(6 * H), rtol=1e-6)
    assert analysis.stays_below(run, 0.35) == 850
    run.w_input[18, 4, 0] = 0.4
    assert analysis.stays_below(run, 0.35) == 950
    assert analysis.stays_below(run, 0.0) is None
    assert analysis.largest_distractor(run, 600, 800) == pytest.approx(0.8)
    assert analysis.largest_distractor(compact(run), 600, 800) is None


# --- a run as a whole ---


def test_moments_name_what_happened_and_admit_what_did_not():
    """Absent moments are None, never a step."""
    moments = analysis.moments(parity_run())
    assert moments == {"start": 0, "memorises": 50, "generalises": 800, "end": 1000,
                       "turns": 400, "pruned": 850, "circuit": None}  # fmt: skip
    half = analysis.moments(circle_run(test_accuracy=ramp((0, 0.0), (500, 1.0))))["half"]
    assert half == 250
    never = analysis.moments(modular_run(test_accuracy=0.0 * STEPS))
    assert never == {"start": 0, "memorises": 50, "generalises": None, "end": 1000}
    assert analysis.moments(diverged(modular_run()))["memorises"] is None


def test_ranks_share_ties():
    """Ranks begin at 1, and equals share the mean of theirs."""
    assert ranks(np.array([5, 2, 9, 2])).tolist() == [3, 1.5, 4, 1.5]
    assert analysis.spearman([1, 2, 2, 3], [1, 2, 2, 3]) == pytest.approx(1)
    assert analysis.spearman([1, 2, 3, 4], [8, 4, 4, 1]) == pytest.approx(-0.9486833)  # by hand
    assert np.isnan(analysis.spearman([1, 1], [1, 2]))


def test_correlations_within_groups_are_weighted_by_size():
    groups = {"a": ([1, 2, 3], [1, 2, 3]), "b": ([1, 2], [2, 1]), "c": ([1, 1], [1, 2])}
    assert analysis.spearman_within(groups) == pytest.approx((3 - 2) / 5)
    assert np.isnan(analysis.spearman_within({}))


def test_exchangeable_kinds_give_uniform_p():
    """Against draws without replacement: p is nearly uniform, and tiny where one kind is favoured."""
    rng, sizes = np.random.default_rng(0), [3, 4, 4, 5] * 50
    found = []
    for _ in range(300):
        counts = np.bincount(np.concatenate([rng.permutation(33)[:k] for k in sizes]), minlength=33)
        found.append(analysis.exchangeable_p(counts, sizes))
    assert np.mean(found) == pytest.approx(0.5, abs=0.06)
    assert np.mean(np.array(found) < 0.1) == pytest.approx(0.1, abs=0.05)
    counts[0] += 60
    assert analysis.exchangeable_p(counts, sizes) < 1e-6
    assert analysis.exchangeable_p(np.array([4, 4, 4]), [1] * 12) == 1


def test_softness_is_the_share_of_time_between_10_and_90_percent():
    run = modular_run(test_accuracy=ramp((0, 0.0), (400, 0.0), (800, 1.0)))
    assert analysis.softness(run) == pytest.approx((760 - 440) / 760)
    assert analysis.softness(modular_run(test_accuracy=0.5 * ramp((0, 0.0), (1000, 1.0)))) is None


def test_wilson_interval():
    """Against values published for 0 of 10 and 5 of 10, and without any trial."""
    assert analysis.wilson_interval(0, 10) == pytest.approx((0, 0.2775), abs=1e-4)
    assert analysis.wilson_interval(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert analysis.wilson_interval(0, 0) == (0, 1)


@pytest.mark.parametrize(
    "model",
    [
        ModularModel(embedding_size=3, neurons=H),
        ModularModel(embedding_size=3, neurons=H, tied_in_proj=False),
        ModularModel(embedding_size=H, neurons=H, collapsed_in=True, tied=False),
        ModularModel(embedding_size=2, neurons=H, embedding="circle"),
    ],
)
def test_rescaled_test_loss_is_that_of_the_rescaled_network(model):
    """Against the trainer's own loss, with every trained matrix multiplied."""
    from reportgen.numerics.training import Trainer

    training = replace(TRAINING, steps=20, metrics_every=20, snapshots_every=20)
    config = Config(task=ModularTask(modulus=P), model=model, training=training)
    trainer = Trainer([config])
    list(trainer.run())
    left = trainer.trajectory()
    run = run_of(config, left.w_input[:, 0], left.w_output[:, 0])
    for factor in (1.0, 1.7):
        loss = trainer._measure("test")[0].item()
        assert analysis.rescaled_test_loss(run, factor) == pytest.approx(loss, rel=1e-4)
        trainer.weights *= 1.7


def test_the_addition_table_knows_what_is_right_and_what_is_trained_on():
    """At the end three copies of the algorithm are right on every pair; the mirror of a training pair is trained on."""
    run = copies_run()
    right = analysis.answered_right(run)
    modulus = run.w_output.shape[-1]
    assert right.shape == (2, modulus**2) and right[1].all() and not right[0].all()
    train = make_split(run.config).train[0]
    table = analysis.trained_on(run).reshape(modulus, modulus)
    assert all(table[a, b] and table[b, a] for a, b in train)
    assert table.sum() == sum(1 if a == b else 2 for a, b in train)
    ordered = replace(run, config=replace(run.config, task=replace(run.config.task, symmetric=False)))
    table = analysis.trained_on(ordered).reshape(modulus, modulus)
    assert table.sum() == len(make_split(ordered.config).train[0]) and (table != table.T).any()
