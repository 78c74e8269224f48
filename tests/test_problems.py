"""What the engine is told of a kind of task is what `numerics` makes of it."""

from dataclasses import replace

import pytest
from fixtures.small_configs import MODULAR, PARITY

from reportgen.experiments.problems import problem
from reportgen.numerics.config import ModularModel, ModularTask
from reportgen.numerics.tasks import make_split
from reportgen.numerics.training import Trainer

KINDS = {
    "modular addition": MODULAR,
    "of ordered pairs": replace(MODULAR, task=replace(MODULAR.task, symmetric=False)),
    "a and b apart": replace(MODULAR, model=replace(MODULAR.model, tied_in_proj=False)),
    "collapsed": replace(MODULAR, model=ModularModel(embedding_size=9, neurons=9, collapsed_in=True)),
    "the 1s and 0s": PARITY,
}


@pytest.mark.parametrize("name", list(KINDS))
def test_counts_and_sizes_are_those_of_a_training(name):
    """Of the split that is drawn, and of the matrices that are trained."""
    config = KINDS[name]
    told, split = problem(config), make_split(config)
    assert told.example_counts == {"train": len(split.train[0]), "test": len(split.test[0])}
    short = replace(config, training=replace(config.training, steps=1, metrics_every=1, snapshots_every=1))
    trainer = Trainer([short])
    list(trainer.run())
    trajectory, (k, h, c) = trainer.trajectory(), told.sizes
    assert trajectory.w_input.shape[-2:] == (k, h)
    assert trajectory.w_output.shape[-2:] == (h, c)
    sides = [side for matrix in trajectory.final.values() for side in matrix.shape[1:]]
    assert max(*sides, k, h, c) == told.widest


def test_the_counts_of_the_article():
    """Of both tasks, with and without symmetric pairs."""
    main = replace(MODULAR, task=ModularTask())
    assert problem(main).example_counts == {"train": 911, "test": 1367}
    ordered = replace(MODULAR, task=ModularTask(symmetric=False))
    assert problem(ordered).example_counts == {"train": 1795, "test": 2694}
    assert problem(PARITY).example_counts == {"train": 40, "test": 50}


def test_a_steps_cost_counts_its_products():
    """By hand: n examples, p tokens, d dimensions, h neurons; and digits with a bias."""
    n, p, d, h = problem(MODULAR).example_counts["train"], 7, 3, 5
    assert problem(MODULAR).operations == 10 * n * h * p + 12 * p * d * h + 40 * n * p + 25 * n * h
    told, inputs = problem(PARITY), PARITY.task.digits + 1
    assert told.operations == 40 * PARITY.model.neurons * (4 * inputs + 25)
