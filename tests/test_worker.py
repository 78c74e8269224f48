"""A group that does not fit memory is trained in halves; the result and the checkpoints are as before."""

from dataclasses import replace

import numpy as np
import pytest

from reportgen.errors import ReportError
from reportgen.numerics import native, training
from reportgen.numerics.config import Config, ModularModel, ModularTask, Training
from reportgen.numerics.engines import Eager
from reportgen.training.worker import TrainingCallbacks, forget_checkpoints, train_group

CONFIG = Config(
    task=ModularTask(modulus=7),
    model=ModularModel(embedding_size=3, neurons=5),
    training=Training(steps=60, learning_rate=1e-2, beta1=0.9, beta2=0.98, decay="L2", weight_decay=0.1,
                      metrics_every=20, snapshots_every=60),
)  # fmt: skip
CONFIGS = tuple(replace(CONFIG, seed=seed) for seed in range(5))
ERRORS = [
    MemoryError("all of it"),
    RuntimeError("CUDA out of memory. Tried to"),
    RuntimeError("can't allocate memory"),
]


@pytest.fixture
def small_memory(monkeypatch, request):
    """Room for two runs at once, and for no more."""

    class Small(training.Trainer):
        def __init__(self, configs, **options):
            if len(configs) > getattr(request, "param", (2, ERRORS[0]))[0]:
                raise getattr(request, "param", (2, ERRORS[0]))[1]
            super().__init__(configs, **options)

    monkeypatch.setattr(training, "Trainer", Small)


@pytest.mark.parametrize("small_memory", [(2, error) for error in ERRORS], indirect=True, ids=str)
def test_a_group_that_does_not_fit_is_halved(small_memory, tmp_path):
    """Until it does; nothing of it is lost or out of order, and no checkpoint stays."""
    trained = train_group(CONFIGS, "cpu", tmp_path / "group.npz", TrainingCallbacks())
    assert trained.trajectory.metrics["test_loss"].shape[1] == 5
    for seed, config in enumerate(CONFIGS):
        alone = train_group([config], "cpu", None, TrainingCallbacks()).trajectory
        assert np.array_equal(
            trained.trajectory.metrics["test_loss"][:, seed], alone.metrics["test_loss"][:, 0]
        )
        assert np.array_equal(trained.trajectory.w_input[:, seed], alone.w_input[:, 0])
    forget_checkpoints(tmp_path / "group.npz")
    assert list(tmp_path.iterdir()) == []


WILD = replace(
    CONFIG,
    training=replace(CONFIG.training, learning_rate=1e30, steps=400, metrics_every=20, snapshots_every=100),
)


def test_a_single_run_whose_loss_is_not_finite_is_stopped(tmp_path):
    """At that step, and it says which; its arrays have every row, without numbers where nothing was trained."""
    seen = []
    watch = TrainingCallbacks(stopping=lambda: bool(seen.append(1)), single=True)
    whole = train_group([WILD], "cpu", None, TrainingCallbacks())
    trained = train_group([WILD], "cpu", tmp_path / "c.npz", watch)
    losses = trained.trajectory.metrics["test_loss"][:, 0]
    at = int(trained.trajectory.steps[np.argmax(~np.isfinite(losses))])
    assert whole.diverged_at is None and trained.diverged_at == at < WILD.training.steps
    assert len(seen) < len(losses) - 5  # it was not asked again
    for name, values in trained.trajectory.metrics.items():
        assert values.shape == whole.trajectory.metrics[name].shape
        assert np.array_equal(values, whole.trajectory.metrics[name], equal_nan=True), (
            name
        )  # what running on would give
    assert trained.trajectory.w_input.shape == whole.trajectory.w_input.shape
    assert np.isnan(trained.trajectory.w_input[-1]).all()


def test_sweeps_and_runs_that_stay_finite_are_not_stopped():
    """A sweep says itself how many of its runs diverge."""
    assert train_group([WILD, replace(WILD, seed=1)], "cpu", None, TrainingCallbacks()).diverged_at is None
    assert train_group([CONFIG], "cpu", None, TrainingCallbacks(single=True)).diverged_at is None


@pytest.mark.parametrize("small_memory", [(0, ERRORS[1])], indirect=True, ids=str)
def test_a_single_run_that_does_not_fit_is_an_error(small_memory):
    """There is nothing left to halve."""
    with pytest.raises(ReportError, match="A single run does not fit the memory of cpu"):
        train_group(CONFIGS, "cpu", None, TrainingCallbacks())


def test_halves_continue_from_their_checkpoints(small_memory, tmp_path):
    """A stop in the second half keeps both; the next start ends with the same bits."""
    whole = train_group(CONFIGS[:4], "cpu", None, TrainingCallbacks()).trajectory
    stops = iter([False] * 10 + [True])
    file = tmp_path / "group.npz"
    assert train_group(CONFIGS[:4], "cpu", file, TrainingCallbacks(stopping=lambda: next(stops))) is None
    assert (tmp_path / "group-1.npz").exists()
    resumed = []
    watch = TrainingCallbacks(report=lambda step, rate, losses, begun_at: resumed.append(begun_at))
    again = train_group(CONFIGS[:4], "cpu", file, watch).trajectory
    assert any(resumed)
    assert np.array_equal(again.metrics["train_loss"], whole.metrics["train_loss"])


def test_a_group_asks_how_many_cores_it_may_use(monkeypatch):
    """Before its first step and after every saved row: others may have begun or ended."""
    allowed, used = iter(range(1, 100)), []
    advance = Eager.advance

    def noted(engine, *given):
        used.append(engine.threads)
        advance(engine, *given)

    monkeypatch.setattr(Eager, "advance", noted)
    monkeypatch.setattr(native, "library", lambda: None)
    train_group([CONFIG], "cpu", None, TrainingCallbacks(cores=lambda: next(allowed)))
    assert used == list(range(1, len(used) + 1)) and len(used) > 3


def test_other_errors_are_not_taken_for_a_lack_of_memory(monkeypatch):
    """They are bugs, and show."""

    def broken(*_, **__):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(training, "Trainer", broken)
    with pytest.raises(RuntimeError, match="shapes"):
        train_group(CONFIGS, "cpu", None, TrainingCallbacks())
