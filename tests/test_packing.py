"""What a sweep stores is small, and close enough; joined halves are the whole."""

from dataclasses import replace

import numpy as np
import pytest
from fixtures.small_configs import MODULAR, PARITY, TRAINING

from reportgen import analysis
from reportgen.numerics.config import Config
from reportgen.numerics.training import Trainer
from reportgen.store.packing import METRICS, final_losses, join, pack, unpack
from reportgen.store.run import Run


def trained(*configs: Config):
    trainer = Trainer(configs)
    list(trainer.run())
    return trainer.trajectory()


@pytest.mark.parametrize("config", [MODULAR, PARITY], ids=["modular", "parity"])
def test_a_sweep_keeps_curves_to_four_digits_and_accuracies_exactly(config):
    """Losses to 1.2e-4, accuracies as they were, norms to 5e-4."""
    configs = (config, replace(config, seed=1))
    trajectory = trained(*configs)
    arrays = pack(trajectory, "sweep", config)
    for i in range(2):
        found = unpack(arrays, configs, i)
        assert np.array_equal(found["steps"], trajectory.steps)
        for name in METRICS:
            tolerance = {"loss": 1.3e-4, "accuracy": 0, "norm": 5e-4}[name.split("_")[1]]
            np.testing.assert_allclose(found[name], trajectory.metrics[name][:, i], rtol=tolerance)


def test_a_modular_sweep_keeps_final_weights_to_16_bits():
    """Only the last step's, within half of 1/32,767 of the largest weight of the matrix."""
    trajectory = trained(MODULAR)
    found = unpack(pack(trajectory, "sweep", MODULAR), (MODULAR,), 0)
    assert found["snapshot_steps"].tolist() == [20]
    for name in ("w_input", "w_output"):
        exact = getattr(trajectory, name)[-1, 0]
        assert np.abs(found[name][0] - exact).max() <= np.abs(exact).max() / 32767 * 0.51


def test_weights_of_zero_stay_zero():
    """A matrix without any height has no unit to be measured in; the others are unharmed."""
    trajectory = trained(MODULAR, replace(MODULAR, seed=1))
    trajectory.w_input[:, 0] = 0
    arrays = pack(trajectory, "sweep", MODULAR)
    first, second = (unpack(arrays, (MODULAR, MODULAR), i)["w_input"] for i in range(2))
    assert not first.any() and np.allclose(second[-1], trajectory.w_input[-1, 1], atol=1e-3)


def test_snapshots_that_were_asked_for_are_kept():
    """With their start, for the seeds a reader can open."""
    config = replace(MODULAR, training=replace(TRAINING, snapshots_every=10))
    found = unpack(pack(trained(config), "sweep", config), (config,), 0)
    assert found["snapshot_steps"].tolist() == [0, 10, 20]


@pytest.mark.parametrize("config", [MODULAR, PARITY])
def test_curves_are_a_sweep_without_weights(config):
    """Of any kind of task; a table then has no cell for what is read from them."""
    trajectory = trained(config)
    arrays, sweep = pack(trajectory, "curves", config), pack(trajectory, "sweep", config)
    assert arrays["w_input"].size == 0 and arrays.keys() == sweep.keys()
    assert all((arrays[name] == sweep[name]).all() for name in METRICS)
    run = Run("x", "0", config, final={}, **unpack(arrays, (config,), 0))
    assert set(analysis.reading(config).measures(run).values()) == {None}


def test_a_parity_sweep_keeps_no_weights_unless_asked():
    """The 1,125 models' curves are what the figure needs; snapshots have 8 bits, start and end among them."""
    assert pack(trained(PARITY), "sweep", PARITY)["w_input"].size == 0
    config = replace(PARITY, training=replace(TRAINING, snapshots_every=10))
    trajectory = trained(config)
    arrays = pack(trajectory, "sweep", config)
    assert arrays["w_input"].dtype == arrays["w_output"].dtype == np.int8
    found = unpack(arrays, (config,), 0)
    assert found["snapshot_steps"].tolist() == [0, 10, 20]
    exact = trajectory.w_input[:, 0]
    largest = np.abs(exact).max(axis=(1, 2), keepdims=True)
    assert (np.abs(found["w_input"] - exact) <= largest / 127 * 0.51).all()


def test_a_diverged_run_stays_diverged():
    """Losses that are not finite, and weights of NaN, come back as such; its neighbour is unharmed."""
    bad = replace(MODULAR, training=replace(TRAINING, learning_rate=1e300))
    trajectory = trained(bad, MODULAR)
    arrays = pack(trajectory, "sweep", bad)
    assert not np.isfinite(unpack(arrays, (bad, MODULAR), 0)["test_loss"][-1])
    assert np.isnan(unpack(arrays, (bad, MODULAR), 0)["w_input"]).any()
    good = unpack(arrays, (bad, MODULAR), 1)
    assert np.isfinite(good["test_loss"]).all() and np.isfinite(good["w_input"]).all()


@pytest.mark.parametrize("config", [MODULAR, PARITY], ids=["modular", "parity"])
def test_joined_halves_are_the_whole(config):
    """Groups may be split to fit memory: order, metrics, weights and final matrices stay."""
    configs = [replace(config, seed=seed) for seed in range(3)]
    whole, joined = trained(*configs), join([trained(*configs[:1]), trained(*configs[1:])])
    for name in METRICS:
        assert np.array_equal(whole.metrics[name], joined.metrics[name])
    assert np.array_equal(whole.w_input, joined.w_input) and np.array_equal(whole.w_output, joined.w_output)
    assert all(np.array_equal(whole.final[name], joined.final[name]) for name in whole.final)
    assert final_losses(whole) == final_losses(joined)
