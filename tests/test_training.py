"""Laws of `numerics`: the batched trainer against plain PyTorch, and what must not depend on what."""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
import torch

from reportgen.errors import ReportError
from reportgen.numerics import native
from reportgen.numerics.config import (
    Config,
    ModularModel,
    ModularTask,
    ParityModel,
    ParityTask,
    Training,
)
from reportgen.numerics.models import Network, encode, initial_weights, layout
from reportgen.numerics.tasks import make_split
from reportgen.numerics.training import METRICS, Trainer, saved_steps

TRAINING = Training(steps=200, learning_rate=3e-3, beta1=0.9, beta2=0.98, decay="L2",
                    weight_decay=0.5, metrics_every=20, snapshots_every=100)  # fmt: skip
ARCHITECTURES = [
    ModularModel(neurons=5, embedding_size=5 if one or two else 3, tied=tied, collapsed_in=one,
                 collapsed_out=two, tied_in_proj=shared)
    for tied, one, two, shared in product([True, False], repeat=4)
]  # fmt: skip
CIRCLE = ModularModel(neurons=5, embedding_size=2, embedding="circle")
WIDE = [ModularModel(embedding_size=size, neurons=24) for size in (80, 128, 200)]  # tiles of several widths


def modular(model=CIRCLE, **changes) -> Config:
    training = replace(TRAINING, **changes)
    return Config(task=ModularTask(modulus=7), model=model, training=training, seed=3)


def parity(**changes) -> Config:
    task = ParityTask(train_size=40, digits=9, pool_size=60, test_size=50)
    training = replace(TRAINING, weight_decay=1e-5, **changes)
    return Config(task=task, model=ParityModel(neurons=5), training=training, seed=3)


def autograd_loss(config: Config, weights: dict[str, torch.Tensor], part: str) -> torch.Tensor:
    """The loss as a textbook would write it, from one-hot inputs and torch's own losses."""
    examples, targets = getattr(make_split(config), part)
    labels = torch.from_numpy(targets)
    if isinstance(config.model, ParityModel):
        hidden = (torch.from_numpy(examples).double() @ weights["input"]).relu()
        logits = (hidden @ weights["output"]).squeeze(-1)
        loss = torch.nn.functional.binary_cross_entropy_with_logits
        return loss(logits, labels.double())
    model, modulus = config.model, config.task.modulus
    if model.embedding == "circle":
        angles = 2 * torch.pi * torch.arange(modulus, dtype=torch.float64) / modulus
        embed = torch.stack([angles.cos(), angles.sin()], dim=1) / (modulus / 2) ** 0.5
    else:
        embed = weights["embed"]
    unembed = embed if model.tied else weights["unembed"]
    a, b = torch.from_numpy(examples).unbind(dim=1)
    if model.collapsed_in:
        hidden = embed[a] + embed[b]
    elif model.tied_in_proj:
        hidden = embed[a] @ weights["in_proj"] + embed[b] @ weights["in_proj"]
    else:
        hidden = embed[a] @ weights["in_proj_a"] + embed[b] @ weights["in_proj_b"]
    hidden = hidden.relu()
    logits = hidden @ unembed.T if model.collapsed_out else hidden @ weights["out_proj"] @ unembed.T
    return torch.nn.functional.cross_entropy(logits, labels) / modulus


@cache  # for either engine
def reference_run(config: Config) -> dict[str, torch.Tensor]:
    """The same training by autograd and torch.optim.AdamW, one matrix per parameter."""
    flat, weights, start = initial_weights(config), {}, 0
    for name, shape in layout(config).items():
        size = shape[0] * shape[1]
        weights[name] = flat[start : start + size].reshape(shape).clone().requires_grad_()
        start += size
    t = config.training
    optimiser = torch.optim.AdamW(
        weights.values(), lr=t.learning_rate, betas=(t.beta1, t.beta2), eps=1e-8,
        weight_decay=t.weight_decay if t.decay == "L2" else 0,
    )  # fmt: skip
    for _ in range(t.steps):
        optimiser.zero_grad()
        autograd_loss(config, weights, "train").backward()
        if t.decay == "L1":
            for weight in weights.values():
                weight.grad += t.weight_decay * weight.detach().sign()
        optimiser.step()
    return {name: weight.detach() for name, weight in weights.items()}


def train(*configs: Config, **options) -> Trainer:
    trainer = Trainer(configs, **options)
    for _ in trainer.run():
        pass
    return trainer


def assert_same_weights(trainer: Trainer, reference: dict, run: int = 0, tolerance=1e-9):
    final = trainer.trajectory().final
    assert set(final) == set(reference)
    for name, expected in reference.items():
        np.testing.assert_allclose(final[name][run], expected, rtol=0, atol=tolerance)


@pytest.fixture(params=["eager", "native"])
def engine(request) -> str:
    """Both ways to execute steps on a CPU; the kernels only where they can be compiled."""
    if request.param == "native" and native.library() is None:
        pytest.skip(native.problem())
    return request.param


@pytest.mark.parametrize("model", [*ARCHITECTURES, CIRCLE], ids=repr)
@pytest.mark.parametrize("decay", ["L1", "L2"])
def test_modular_training_equals_adamw_with_autograd(model, decay, engine):
    config = modular(model, decay=decay, weight_decay=0.5 if decay == "L2" else 1e-5)
    assert_same_weights(train(config, engine=engine), reference_run(config))


@pytest.mark.parametrize(("digits", "neurons"), [(9, 5), (30, 5), (30, 21), (3, 40), (12, 1)])
@pytest.mark.parametrize("decay", ["L1", "L2"])
def test_parity_training_equals_adamw_with_autograd(decay, digits, neurons, engine):
    config = replace(parity(decay=decay), model=ParityModel(neurons=neurons))
    config = replace(config, task=replace(config.task, digits=digits))
    assert_same_weights(train(config, engine=engine), reference_run(config))


@pytest.mark.parametrize("make", ["modular", "parity"])
def test_the_real_shapes_train_like_adamw_with_autograd(make, engine):
    """911 pairs and 24 neurons, 1,750 sequences and 258 neurons: whole blocks, tiles and their rests."""
    config = modular(ModularModel(embedding_size=500, neurons=24), steps=20)
    config = replace(config, task=ModularTask())
    if make == "parity":
        config = replace(parity(steps=20), task=ParityTask(train_size=1750), model=ParityModel(neurons=258))
    assert_same_weights(train(config, engine=engine), reference_run(config))


@pytest.mark.parametrize("precision", ["float32", "float32-plain"])
@pytest.mark.parametrize("make", [modular, parity])
def test_float32_follows_float64_to_its_rounding(precision, make, engine):
    single = train(make(precision=precision, steps=20), engine=engine)
    assert_same_weights(single, reference_run(make(steps=20)), tolerance=2e-5)


@pytest.mark.parametrize("make", [lambda: modular(ARCHITECTURES[0]), parity], ids=["modular", "parity"])
def test_a_run_in_a_batch_equals_the_run_alone(make, engine):
    """Runs of a group differ in data, weights, rate and decay, and know nothing of each other."""
    one = make()
    other = replace(one, seed=4, training=replace(one.training, learning_rate=1e-2, weight_decay=0.1))
    together = train(other, one, engine=engine)
    assert_same_weights(together, reference_run(other), run=0)
    assert_same_weights(together, reference_run(one), run=1)


@pytest.mark.parametrize(
    "make", [lambda **k: modular(ARCHITECTURES[0], **k), parity], ids=["modular", "parity"]
)
def test_metrics_are_the_textbook_losses_and_accuracies(make, engine):
    config = make(steps=20)
    trainer, reference = train(config, engine=engine), reference_run(config)
    expected = autograd_loss(config, reference, "test").item()
    assert trainer.trajectory().metrics["test_loss"][-1, 0] == pytest.approx(expected, abs=1e-12)
    assert 0 < trainer.trajectory().metrics["test_accuracy"][-1, 0] < 1


def test_float32_gradient_keeps_its_digits_where_the_plain_one_has_none():
    """With one logit 30 above the rest, p − 1 rounds to 0 but the others' sum does not."""
    logits = torch.zeros(1, 1, 7)
    logits[..., 2] = 30
    target = torch.tensor([[[2]]])
    gradients = {}
    for precision in ("float32", "float32-plain"):
        network = Network(modular(precision=precision), dtype=torch.float32, device=torch.device("cpu"))
        gradients[precision] = network._loss_gradient(logits.clone(), target)[0, 0, 2].item()
    assert gradients["float32-plain"] == 0
    assert gradients["float32"] == pytest.approx(-6 * np.exp(-30) / 7, rel=1e-5)


@pytest.mark.parametrize("make", [modular, parity])
def test_resuming_from_any_saved_row_gives_the_same_bits(make, engine):
    config = make(steps=60)
    whole = train(config, engine=engine).trajectory()
    for stop in range(3, 8):
        first = Trainer([config], engine=engine)
        steps = first.run()
        for _ in range(stop):
            next(steps)
        second = Trainer([config], engine=engine)
        second.restore(first.state())
        for _ in second.run():
            pass
        resumed = second.trajectory()
        np.testing.assert_array_equal(resumed.w_input, whole.w_input)
        for name in METRICS:
            np.testing.assert_array_equal(resumed.metrics[name], whole.metrics[name])


def test_saved_steps_are_the_multiples_the_early_ones_and_the_last():
    steps, snapshots = saved_steps(modular(steps=250))
    assert snapshots.tolist() == [0, 100, 200, 250]
    assert set(snapshots) <= set(steps)
    assert {0, 1, 2, 5, 10, 20, 50, 100, 200, 240, 250} <= set(steps.tolist())


@pytest.mark.parametrize("make", [modular, parity])
def test_a_diverging_run_leaves_its_batch_alone(make, engine):
    good = make()
    bad = replace(good, training=replace(good.training, learning_rate=1e300))
    trainer = train(bad, good, engine=engine)
    losses = trainer.trajectory().metrics["train_loss"]
    assert not np.isfinite(losses[-1, 0])
    assert_same_weights(trainer, reference_run(good), run=1)


def test_without_kernels_training_is_eager(monkeypatch):
    """The kernels are optional: the same weights come without them."""
    monkeypatch.setattr(native, "library", lambda: None)
    config = parity()
    trainer = train(config)
    assert trainer.engine.name == "eager"
    assert_same_weights(trainer, reference_run(config))


@pytest.mark.skipif(native.library() is None, reason=native.problem())
@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("model", [*ARCHITECTURES, CIRCLE, *WIDE],
                         ids=repr)  # fmt: skip
def test_the_number_of_threads_changes_no_bit(model, precision):
    """Every sum is made by one thread in one order, with more threads than there is work too."""
    config = modular(model, precision=precision, steps=40)
    config = replace(config, task=ModularTask(modulus=23, symmetric=False))
    alone = train(config, engine="native").weights
    for threads in (2, 3, 7):
        shared = Trainer([config], engine="native")
        shared.engine.threads = threads
        for _ in shared.run():
            pass
        assert torch.equal(shared.weights, alone)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("make", [lambda: modular(ARCHITECTURES[0]), parity], ids=["modular", "parity"])
def test_a_captured_step_trains_like_adamw_with_autograd(make):
    """On CUDA the step is a graph; two runs in a batch, resumed in the middle."""
    one = make()
    other = replace(one, seed=4)
    trainer = Trainer([one, other], device="cuda")
    steps = trainer.run()
    for _ in range(4):
        next(steps)
    resumed = Trainer([one, other], device="cuda")
    resumed.restore(trainer.state())
    for _ in resumed.run():
        pass
    assert resumed.engine.name == "CUDA graph"
    assert_same_weights(resumed, reference_run(one), run=0)
    assert_same_weights(resumed, reference_run(other), run=1)


def test_runs_of_different_shapes_are_refused():
    with pytest.raises(ReportError, match="differ in shape"):
        Trainer([modular(), modular(steps=100)])


def test_width_leaves_the_data_unchanged():
    narrow, wide = parity(), replace(parity(), model=ParityModel(neurons=50))
    np.testing.assert_array_equal(make_split(narrow).train[0], make_split(wide).train[0])


def test_training_sizes_nest():
    small = parity()
    large = replace(small, task=replace(small.task, train_size=60))
    a, b = make_split(small), make_split(large)
    np.testing.assert_array_equal(a.train[0], b.train[0][:40])
    np.testing.assert_array_equal(a.test[0], b.test[0])


def test_the_main_experiments_split_has_911_of_2278_pairs():
    task = ModularTask()
    split = make_split(replace(modular(), task=task))
    assert [len(part[0]) for part in (split.train, split.test)] == [911, 1367]
    pairs = {tuple(pair) for part in (split.train, split.test) for pair in part[0].tolist()}
    assert len(pairs) == 67 * 68 // 2
    assert all(a <= b for a, b in pairs)


def test_initial_weights_have_the_published_norms():
    """L2 about 37.5 and L1 about 6,900 for the main model."""
    model = ModularModel(embedding_size=500, neurons=24)
    weights = initial_weights(replace(modular(model), task=ModularTask()))
    assert weights.norm().item() == pytest.approx(37.5, abs=0.2)
    assert weights.abs().sum().item() == pytest.approx(6900, abs=60)


def test_initial_weights_never_leave_two_standard_deviations():
    for name, weights in zip(("input", "output"), initial_weights(parity()).split([50, 5]), strict=True):
        fan_in = {"input": 10, "output": 5}[name]
        assert weights.abs().max().item() <= 2 / fan_in**0.5


def test_a_perturbation_is_small_and_its_own():
    base = initial_weights(modular())
    nudged = [initial_weights(replace(modular(), perturbation=k)) for k in (1, 2)]
    for weights in nudged:
        assert 0 < ((weights - base) / base).abs().max().item() <= 2e-6
    assert not torch.equal(*nudged)


def test_both_orders_of_a_pair_share_columns_only_when_projections_are_shared():
    pair = np.array([[2, 5]])
    shared = encode(modular(), pair)
    apart = encode(modular(ModularModel(neurons=5, embedding_size=3, tied_in_proj=False)), pair)
    assert np.flatnonzero(shared).tolist() == [2, 5]
    assert np.flatnonzero(apart).tolist() == [2, 7 + 5]
