"""How fast is training, and how far from what the machine can do?

    python benchmarks/training.py            a table
    python benchmarks/training.py --json     the same numbers for programs

Everything is measured in one run, on all cores: our trainer, the two loops a user would write (PyTorch
with autograd; JAX with optax, where installed), and the machine's own large matrix products, which are
the limit. A step counts as its dense products: 2·(5·N·h·V + 6·V·d·h) floating-point operations for
modular addition, 4·N·31·h for the 1s and 0s. Our kernels skip products with zeros and ones, so a share
above 100 % is possible. Takes about two minutes; close what else uses the processor.
"""

import argparse
import json
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch
from torch import nn

from reportgen.experiments.canonical import MODULAR, PARITY
from reportgen.numerics.config import Config, ParityModel, ParityTask
from reportgen.numerics.models import initial_weights, layout
from reportgen.numerics.tasks import make_split
from reportgen.numerics.training import Trainer
from reportgen.training.local import core_count

CORES = core_count()
SECONDS = 6.0
BATCH = 4  # models of one process
JAX_STEPS = 50  # in one call of compiled code


@dataclass(frozen=True)
class Row:
    """One measurement. limit: GFLOP/s of the machine's matrix product in the same precision."""

    name: str
    steps_per_s: float
    gflops: float
    limit: float

    @property
    def share(self) -> float:
        return self.gflops / self.limit


def modular_operations(config: Config) -> float:
    """Of one step, as counted above."""
    n, v = len(make_split(config).train[0]), config.task.modulus
    d, h = config.model.embedding_size, config.model.neurons
    return 2 * (5 * n * h * v + 6 * v * d * h)


def parity_operations(config: Config) -> float:
    """Of one step, as counted above."""
    return 4 * config.task.train_size * (config.task.digits + 1) * config.model.neurons


def rate(step: Callable[[int], None], at_once: int) -> float:
    """Steps per second of a function that makes that many steps, after a warm-up."""
    step(at_once)
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        step(at_once)
        done += at_once
    return done / (time.perf_counter() - started)


def matrix_product(dtype: torch.dtype, size: int = 2048) -> float:
    """GFLOP/s of a large product on all cores."""
    torch.set_num_threads(CORES)
    a, b = torch.rand(2, size, size, dtype=dtype).unbind()

    def step(count: int) -> None:
        for _ in range(count):
            a @ b

    return rate(step, 4) * 2 * size**3 / 1e9


class PyTorchModel(nn.Module):
    """Modular addition as one would write it: an embedding, used again to read out."""

    def __init__(self, config: Config):
        super().__init__()
        model, p = config.model, config.task.modulus
        self.embed = nn.Embedding(p, model.embedding_size)
        self.in_proj = nn.Linear(model.embedding_size, model.neurons, bias=False)
        self.out_proj = nn.Linear(model.neurons, model.embedding_size, bias=False)

    def forward(self, pairs: torch.Tensor) -> torch.Tensor:
        hidden = self.in_proj(self.embed(pairs[:, 0])) + self.in_proj(self.embed(pairs[:, 1]))
        return self.out_proj(hidden.relu()) @ self.embed.weight.T


def pytorch_loop(config: Config) -> Callable[[int], None]:
    """nn.Module, autograd and torch.optim.AdamW in float64, on all cores."""
    torch.set_num_threads(CORES)
    pairs, targets = map(torch.from_numpy, make_split(config).train)
    model, t = PyTorchModel(config).double(), config.training
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=t.learning_rate, betas=(t.beta1, t.beta2), weight_decay=t.weight_decay
    )

    def step(count: int) -> None:
        for _ in range(count):
            optimiser.zero_grad()
            loss = nn.functional.cross_entropy(model(pairs), targets) / config.task.modulus
            loss.backward()
            optimiser.step()

    return step


def jax_loop(config: Config) -> Callable[[int], None] | None:
    """A jitted loop of optax.adamw in float64, on all cores; None without JAX."""
    try:
        import jax
        import optax
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    pairs, targets = make_split(config).train
    start, flat, weights = 0, initial_weights(config).numpy(), {}
    for name, shape in layout(config).items():
        weights[name] = jax.numpy.array(flat[start : start + shape[0] * shape[1]].reshape(shape))
        start += shape[0] * shape[1]
    t = config.training
    optimiser = optax.adamw(t.learning_rate, b1=t.beta1, b2=t.beta2, weight_decay=t.weight_decay)

    # In the order of products that is fastest, and with the loop inside the compiled code.
    inputs = jax.nn.one_hot(pairs, config.task.modulus, dtype="float64").sum(axis=1)
    labels = jax.nn.one_hot(targets, config.task.modulus, dtype="float64")

    def loss(w: dict) -> object:
        hidden = jax.nn.relu(inputs @ (w["embed"] @ w["in_proj"]))
        logits = hidden @ (w["out_proj"] @ w["embed"].T)
        return optax.softmax_cross_entropy(logits, labels).mean() / config.task.modulus

    def update(_: int, state: tuple) -> tuple:
        w, inner = state
        changes, inner = optimiser.update(jax.grad(loss)(w), inner, w)
        return optax.apply_updates(w, changes), inner

    several = jax.jit(lambda state: jax.lax.fori_loop(0, JAX_STEPS, update, state))
    held = [(weights, optimiser.init(weights))]

    def step(count: int) -> None:
        for _ in range(count // JAX_STEPS):
            held[0] = several(held[0])
        jax.block_until_ready(held[0])

    return step


def trainer_loop(configs: list[Config], engine: str = "auto", threads: int = 1) -> Callable[[int], None]:
    """Our trainer, on one core or several."""
    torch.set_num_threads(1)
    trainer = Trainer(configs, engine=engine)
    trainer.engine.threads = threads

    def step(count: int) -> None:
        with torch.no_grad():
            trainer.engine.advance(trainer.weights, trainer.moments, 0, count)

    return step


def one_process(config: Config, engine: str, models: int) -> float:
    """Model-steps per second of one process that trains several models."""
    return models * rate(trainer_loop([replace(config, seed=s) for s in range(models)], engine), 50)


def all_cores(config: Config, engine: str = "auto", models: int = BATCH) -> float:
    """Model-steps per second of one process per core, all at once."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(CORES, mp_context=context) as pool:
        return sum(pool.map(one_process, [config] * CORES, [engine] * CORES, [models] * CORES))


def measure() -> list[Row]:
    """Every row of the table."""
    limits = {np.float64: matrix_product(torch.float64), np.float32: matrix_product(torch.float32)}
    single = replace(MODULAR, seed=7)
    batch = replace(single, training=replace(single.training, precision="float32"))
    parity = replace(PARITY, task=ParityTask(train_size=1250), model=ParityModel(neurons=128))
    parity = replace(parity, training=replace(parity.training, decay="L2", precision="float32-plain"))
    one, many = modular_operations(single), parity_operations(parity)

    def row(name: str, steps: float, operations: float, kind: type) -> Row:
        return Row(name, steps, steps * operations / 1e9, limits[kind])

    rows = [row("modular, float64: PyTorch, autograd", rate(pytorch_loop(single), 5), one, np.float64)]
    if loop := jax_loop(single):
        rows.append(row("modular, float64: JAX, jitted", rate(loop, JAX_STEPS), one, np.float64))
    rows += [
        row("modular, float64: ours, eager", rate(trainer_loop([single], "eager"), 20), one, np.float64),
        row("modular, float64: ours, one core", rate(trainer_loop([single]), 100), one, np.float64),
        row("modular, float64: ours", rate(trainer_loop([single], threads=CORES), 100), one, np.float64),
        row("modular, float32, a batch: ours", all_cores(batch), one, np.float32),
        row("1s and 0s, float32, a batch: ours, eager", all_cores(parity, "eager"), many, np.float32),
        row("1s and 0s, float32, a batch: ours", all_cores(parity), many, np.float32),
    ]
    return rows


def table(rows: list[Row]) -> str:
    """The rows in words, with ratios to the loops a user would write."""
    reference = {kind: row.steps_per_s for row in rows for kind in ("PyTorch", "JAX") if kind in row.name}
    lines = [
        f"{'':<42}{'steps/s':>10}{'GFLOP/s':>10}{'of limit':>10}"
        + "".join(f"{'× ' + n:>12}" for n in reference)
    ]
    for row in rows:
        line = f"{row.name:<42}{row.steps_per_s:>10,.0f}{row.gflops:>10.1f}{row.share:>10.0%}"
        modular = row.name.startswith("modular")
        lines.append(
            line
            + "".join(f"{row.steps_per_s / v:>12.1f}" if modular else f"{'':>12}" for v in reference.values())
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    given, rows = parser.parse_args(), measure()
    if given.json:
        print(json.dumps([asdict(row) | {"share": row.share} for row in rows], indent=1))
        return
    print(f"{CORES} cores; the machine's matrix products: {rows[0].limit:.0f} GFLOP/s in float64, "
          f"{rows[-1].limit:.0f} in float32\n")  # fmt: skip
    print(table(rows))


if __name__ == "__main__":
    main()
