"""The article's experiments that are functions: what they change in training, and how their results are read."""

import numpy as np
import pytest
import torch

from reportgen import analysis
from reportgen.experiments.own_loops import Shrinking, nuclear_decay, where_luck_sits


class Standing:
    """Stands in for a trainer whose steps change nothing; its one matrix is 7 × 4."""

    engine = None
    logits = dtype = None

    def __init__(self):
        self.engine = self.network = self
        self.steps = []

    def advance(self, weights, moments, begin, end):
        self.steps.append((begin, end))

    def split(self, weights):
        return {"embed": weights.view(-1, 7, 4)}


def finished(call):
    """What a generator returns."""
    while True:
        try:
            next(call)
        except StopIteration as end:
            return end.value


def test_each_step_takes_the_same_from_every_singular_value():
    """Against the definition by the singular value decomposition, also where a value goes to zero."""
    weights = torch.from_numpy(np.random.default_rng(0).normal(size=(2, 28)))
    u, s, v = torch.linalg.svd(weights.view(2, 7, 4), full_matrices=False)
    amount = float(s.min()) * 0.9
    wanted = u @ torch.diag_embed((s - 3 * amount).clamp_min(0)) @ v
    trainer = Standing()
    Shrinking(trainer, amount).advance(weights, None, 5, 8)
    assert trainer.steps == [(5, 6), (6, 7), (7, 8)]
    assert torch.allclose(weights.view(2, 7, 4), wanted, atol=1e-12)
    assert (torch.linalg.svdvals(weights.view(2, 7, 4)) < 1e-9).any()


def test_a_start_brings_its_own_weights_to_the_splits_of_other_seeds():
    """The first accuracies are those of the start's weights; a nudge moves them, hardly."""
    found = {
        (start, nudge): finished(
            where_luck_sits(start=start, nudge=nudge, first_split=11, splits=2, steps=100)
        )
        for start, nudge in ((11, 0), (12, 0), (11, 1))
    }
    plain, other, nudged = found.values()
    assert plain["test_accuracy"].shape == (len(plain["steps"]), 2)
    assert plain["steps"][-1] == 100
    assert not np.array_equal(plain["test_accuracy"], other["test_accuracy"])
    assert np.abs(plain["test_accuracy"] - nudged["test_accuracy"]).max() < 0.01


def test_the_two_penalties_differ_in_what_they_leave():
    """L2 shrinks all directions, the nuclear norm does away with some."""
    left = [
        finished(nuclear_decay(penalty=penalty, strength=30.0, steps=100, seeds=1))["singular_values"]
        for penalty in ("L2", "nuclear norm")
    ]
    used = [(values[0, 0] > 1e-3 * values[0, 0, 0]).sum() for values in left]
    assert left[0].shape == (2, 1, 24)
    assert used[0] == 24
    assert used[1] < 24


@pytest.mark.parametrize("which", ["first", "second", "pairing", "rest"])
def test_variance_is_found_where_it_was_put(which):
    """Splits, starts, their meeting, or repetitions: nearly all of it in one."""
    rng = np.random.default_rng(3)
    shape = {"first": (40, 1, 1), "second": (1, 40, 1), "pairing": (40, 40, 1), "rest": (40, 40, 2)}[which]
    values = rng.normal(size=shape) + 0.05 * rng.normal(size=(40, 40, 2))
    shares = analysis.variance_sources(values)
    assert getattr(shares, which) > 0.95  # as far as chance lets it
    assert sum((shares.first, shares.second, shares.pairing, shares.rest)) == pytest.approx(1)
    assert (analysis.alone_at_most(values) > 0.9) == (which in ("first", "second"))


def test_steps_of_crossed_calls_stand_by_start_split_and_nudge():
    """Whatever the order of the calls; who never gets there counts as the end."""

    class Call(dict):
        def __init__(self, start, nudge):
            self.settings = {"start": start, "nudge": nudge}
            curve = np.array([[0, 0], [0.99, 0.5], [1, 0.98]], "float32") - 0.1 * (start == 2)
            super().__init__(steps=np.array([0, 10 + nudge, 20]), test_accuracy=curve)

    when, there = analysis.crossed_steps([Call(2, 0), Call(1, 1), Call(1, 0), Call(2, 1)])
    assert when.shape == there.shape == (2, 2, 2)
    assert when[0].tolist() == [[10, 11], [20, 20]]
    assert there[0].tolist() == [[True, True], [False, False]]
    assert not there[1].any()
    assert when[1].tolist() == [[20, 20], [20, 20]]
