"""The sweeps: many models that differ in a few settings, declared before they are trained.

Each is a product of the constants below. Trained sweeps travel with the repository under runs/.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any, Literal

from reportgen.experiments.canonical import MODULAR, PARITY, REVERSE, last_only, with_training
from reportgen.experiments.definition import Experiment
from reportgen.numerics.config import Config, ModularModel, ModularTask, ParityModel, ParityTask, Precision

Decay = Literal["L1", "L2"]
Flags = dict[str, Any]  # of a ModularModel: which sides are tied or collapsed

# parity-sweep, as published
PARITY_NEURONS = (16, 32, 64, 128, 258)  # 258 as published
TRAIN_SIZES = (750, 1000, 1250, 1500, 1750)
PARITY_DECAYS = (0.01, 0.03, 0.1, 0.3, 1.0)
PARITY_SEEDS = range(9)

# modular-seeds
SEEDS = range(450)
OPENED_SEEDS = range(10)  # keep snapshots, so that a reader can open them; declared, not chosen

# architecture-sweep
ARCHITECTURE_DECAYS: dict[Decay, tuple[float, ...]] = {
    "L2": (1.0, 0.3, 0.1, 0.03, 0.01),
    "L1": (1e-7, 1e-8, 1e-9, 1e-10, 1e-11),
}
ARCHITECTURE_RATES = (1e-2, 1e-3, 1e-4)
ARCHITECTURE_NEURONS = (32, 64, 128, 256, 512)
ARCHITECTURE_SEEDS = range(9)
SHIPPED: dict[str, Any] = {
    "neurons": (32,),
    "rates": (1e-3,),
    "seeds": range(3),
}  # 1e-3: see scripts/pilots.py

# sums: which sums are learned from, and whether a and b are treated alike; new seeds judge
UNORDERED = 1426.5 / 2278  # of the pairs with a ≤ b: 1,426, as few as 40 % of all ordered pairs can hold
SUMS_ARMS = ((True, 0.4, True), (True, UNORDERED, True), (False, 0.4, True), (False, 0.4, False))
SUMS_SEEDS = range(100, 108)

# back-settings: around the settings of `reverse`, with some decay and three times its learning rate
BACK_SIZES = ((4, 8), (5, 10), (6, 12))  # embedding size, neurons
BACK_FRACTIONS = (0.4, 0.5)
BACK_DECAYS = (0.02, 0.03, 0.05, 0.1)
BACK_SEEDS = range(100, 103)

# parity-momentum
MOMENTA = (0.9, 0.95, 0.99)  # β1; the last is that of `parity`
MOMENTUM_SEEDS = range(100, 112)

PRECISIONS: tuple[Precision, ...] = ("float64", "float32-plain", "float32")

# soften: from sudden to gradual in a pilot (scripts/pilots.py)
SOFTEN_SIZES = ((500, 24), (128, 128), (32, 64))  # embedding size, neurons
SOFTEN_DECAYS = (0.3, 1.0, 3.0)
SOFTEN_RATES = (1e-3, 1e-2)


def parity_sweep() -> tuple[Config, ...]:
    """1,125 models of the 1s and 0s: width × training size × decay × seed, as published."""
    base = with_training(
        PARITY, steps=20_000, learning_rate=3e-3, decay="L2", metrics_every=100, snapshots_every=20_000,
        precision="float32-plain",  # what the published phase diagram was trained in
    )  # fmt: skip
    return tuple(
        replace(
            with_training(base, weight_decay=decay),
            task=ParityTask(train_size=size),
            model=ParityModel(neurons=neurons),
            seed=seed,
        )
        for neurons, size, decay, seed in product(PARITY_NEURONS, TRAIN_SIZES, PARITY_DECAYS, PARITY_SEEDS)
    )


def modular_seeds() -> tuple[Config, ...]:
    """The main model from 450 seeds; the opened ones keep 51 snapshots."""
    base = with_training(MODULAR, precision="float32", metrics_every=1000, snapshots_every=1000)
    closed = last_only(base)
    return tuple(replace(base if seed in OPENED_SEEDS else closed, seed=seed) for seed in SEEDS)


def architectures() -> list[Flags]:
    """The 12 distinct of 16: a model collapsed on its input side has no projections to share."""
    names = ("tied", "collapsed_in", "collapsed_out", "tied_in_proj")
    found = [dict(zip(names, values, strict=True)) for values in product((True, False), repeat=4)]
    return [f for f in found if f["tied_in_proj"] or not f["collapsed_in"]]


def architecture_sweep(
    neurons: Iterable[int], rates: Iterable[float], seeds: Iterable[int]
) -> tuple[Config, ...]:
    """Every architecture × penalty × decay × rate × width × seed, on all ordered pairs."""
    penalties = [(kind, decay) for kind, decays in ARCHITECTURE_DECAYS.items() for decay in decays]
    return tuple(
        architecture_config(flags, h, kind, decay, rate, seed)
        for flags, h, (kind, decay), rate, seed in product(architectures(), neurons, penalties, rates, seeds)
    )


def architecture_config(flags: Flags, h: int, kind: Decay, decay: float, rate: float, seed: int) -> Config:
    """One model of the sweep: `flags` as `architectures` lists them, `h` neurons."""
    trained = with_training(
        MODULAR, steps=20_000, learning_rate=rate, decay=kind, weight_decay=decay,
        precision="float32",  # without cancellation; in scripts/pilots.py as good as float64 at 1e-9
        metrics_every=200, snapshots_every=20_000,
    )  # fmt: skip
    task = ModularTask(symmetric=False, train_fraction=0.4)
    return replace(trained, task=task, model=ModularModel(embedding_size=h, neurons=h, **flags), seed=seed)


def sums() -> tuple[Config, ...]:
    """The main model on 911 sums, on more of them, on pairs in both orders, and with projections apart."""
    base = with_training(
        MODULAR, steps=20_000, precision="float32", metrics_every=100, snapshots_every=20_000
    )
    return tuple(
        replace(
            base,
            task=ModularTask(symmetric=symmetric, train_fraction=fraction),
            model=ModularModel(embedding_size=500, neurons=24, tied_in_proj=shared),
            seed=seed,
        )
        for (symmetric, fraction, shared), seed in product(SUMS_ARMS, SUMS_SEEDS)
    )


def back_settings() -> tuple[Config, ...]:
    """Where test accuracy might rise, fall and rise again: three sizes, two training sets, four decays."""
    base = with_training(
        REVERSE,
        steps=30_000,
        learning_rate=3e-3,
        precision="float32",
        metrics_every=100,
        snapshots_every=30_000,
    )
    return tuple(
        replace(
            with_training(base, weight_decay=decay),
            task=ModularTask(train_fraction=fraction),
            model=ModularModel(embedding_size=d, neurons=h),
            seed=seed,
        )
        for (d, h), fraction, decay, seed in product(BACK_SIZES, BACK_FRACTIONS, BACK_DECAYS, BACK_SEEDS)
    )


def parity_momentum() -> tuple[Config, ...]:
    """The 1s and 0s with L1 under three strengths of momentum."""
    base = last_only(PARITY)
    return tuple(
        replace(with_training(base, beta1=beta1), seed=seed)
        for beta1, seed in product(MOMENTA, MOMENTUM_SEEDS)
    )


def precision() -> tuple[Config, ...]:
    """The main model over 12 seeds in three precisions; cf. Prieto et al. 2025."""
    base = with_training(last_only(MODULAR), metrics_every=200)
    return tuple(
        replace(with_training(base, precision=kind), seed=seed)
        for kind, seed in product(PRECISIONS, range(12))
    )


def soften() -> tuple[Config, ...]:
    """The main task with other sizes, decays and rates, one seed each."""
    base = last_only(with_training(MODULAR, steps=30_000, precision="float32", metrics_every=50))
    return tuple(
        replace(
            with_training(base, weight_decay=decay, learning_rate=rate),
            model=ModularModel(embedding_size=d, neurons=h),
        )
        for (d, h), decay, rate in product(SOFTEN_SIZES, SOFTEN_DECAYS, SOFTEN_RATES)
    )


# The columns of exported tables: settings, then what is measured (facts/run_table.py).
LOSSES = ("min_train_loss", "min_test_loss", "max_ratio")
PARITY_COLUMNS = (
    "neurons", "train_size", "weight_decay", "seed", *LOSSES, "final_test_accuracy", "diverged_at", "outcome",
)  # fmt: skip
SEED_COLUMNS = (
    "seed", "final_train_loss", "final_test_loss", "final_test_accuracy", "grokking_step", "frequencies",
    "neurons_per_frequency",
)  # fmt: skip
ARCHITECTURE_COLUMNS = (
    "tied", "collapsed_in", "collapsed_out", "tied_in_proj", "neurons", "decay", "weight_decay",
    "learning_rate", "precision", "seed", *LOSSES, "final_train_accuracy", "final_test_accuracy",
    "grokking_step", "diverged_at", "outcome",
)  # fmt: skip


SWEEPS = (
    Experiment(
        "parity-sweep", "When does grokking happen?", parity_sweep, "sweep", True, group_size=45,
        columns=PARITY_COLUMNS,
    ),
    Experiment(
        "modular-seeds", "The main model from 450 seeds", modular_seeds, "sweep", True, group_size=10,
        columns=SEED_COLUMNS,
    ),
    Experiment(
        "architecture-sweep", "Which constraints help?", partial(architecture_sweep, **SHIPPED),
        "sweep", True, group_size=15, columns=ARCHITECTURE_COLUMNS, told_apart_by="losses",
    ),
    Experiment(
        "architecture-sweep-full", "Which constraints help? Every width, rate and seed",
        partial(architecture_sweep, ARCHITECTURE_NEURONS, ARCHITECTURE_RATES, ARCHITECTURE_SEEDS),
        "sweep", group_size=135,
    ),
    Experiment("soften", "From sudden to gradual", soften, "sweep", True, group_size=6),
    Experiment("sums", "More sums, both orders, projections apart", sums, "sweep", True, group_size=4),
    Experiment("back-settings", "Where accuracy might fall and return", back_settings, "sweep", True, group_size=12),
    Experiment("parity-momentum", "1s and 0s under three strengths of momentum", parity_momentum, "sweep", True,
               group_size=12, told_apart_by="generalising"),
    Experiment("precision", "Three ways of rounding", precision, "sweep", True, group_size=4),
)  # fmt: skip
