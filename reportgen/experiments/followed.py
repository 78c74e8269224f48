"""Sweeps that look at how a model gets there: with snapshots, from seeds that nobody had looked at before.

What they are asked was found on other runs; claims and thresholds were fixed before these were trained.
"""

from dataclasses import replace
from itertools import product

from reportgen.experiments.canonical import MODULAR, PARITY, with_training
from reportgen.experiments.definition import Experiment
from reportgen.numerics.config import Config, ParityModel, ParityTask

CIRCUIT_SEEDS = range(200, 224)  # parity-search tried 0 to 23
PROGRESS_SEEDS = range(450, 456)  # modular-seeds ends at 449
WAIT_SEEDS = range(100, 109)  # parity-sweep has 0 to 8
WAIT_SIZES, WAIT_DECAYS = (1250, 1750), (0.03, 0.1, 0.3)
WAIT_RATES = (1e-3, 1e-2)  # beside the sweep's 3e-3


def parity_circuit() -> tuple[Config, ...]:
    """The model of the 1s and 0s from 24 new seeds, with its weights every 100 steps, until well after it generalises."""
    base = with_training(PARITY, steps=2_500, snapshots_every=100)
    return tuple(replace(base, seed=seed) for seed in CIRCUIT_SEEDS)


def modular_progress() -> tuple[Config, ...]:
    """The main model from six new seeds, with its weights every 2,500 steps."""
    base = with_training(MODULAR, precision="float32", metrics_every=500, snapshots_every=2500)
    return tuple(replace(base, seed=seed) for seed in PROGRESS_SEEDS)


def delay_law() -> tuple[Config, ...]:
    """Models of parity-sweep from nine new seeds: three decays at two sizes, and two other learning rates."""
    base = with_training(
        PARITY, steps=20_000, decay="L2", weight_decay=0.1, metrics_every=50, snapshots_every=20_000,
        precision="float32-plain",
    )  # fmt: skip
    base = replace(base, model=ParityModel(neurons=64), task=ParityTask(train_size=WAIT_SIZES[0]))
    by_decay = [
        replace(with_training(base, weight_decay=decay), task=ParityTask(train_size=size), seed=seed)
        for size, decay, seed in product(WAIT_SIZES, WAIT_DECAYS, WAIT_SEEDS)
    ]
    by_rate = [
        replace(with_training(base, learning_rate=rate), seed=seed)
        for rate, seed in product(WAIT_RATES, WAIT_SEEDS)
    ]
    return (*by_decay, *by_rate)


FOLLOWED = (
    Experiment(
        "parity-circuit", "What the deciding digits alone would answer", parity_circuit, "sweep", True, group_size=12,
        told_apart_by="generalising",
    ),
    Experiment(
        "modular-progress", "What the final waves alone would answer", modular_progress, "sweep", True, group_size=3
    ),
    Experiment(
        "delay-law", "How long the wait is", delay_law, "sweep", True, group_size=36,
        told_apart_by="generalising",
    ),
)  # fmt: skip
