"""The short pilots behind choices in experiments/sweeps.py and decisions.py. Trains for a few minutes, stores nothing.

python scripts/pilots.py rate         which learning rate should architecture-sweep use?
python scripts/pilots.py precision    does it need float64 where decay is weak?
python scripts/pilots.py soften       which sizes, decays and rates go from sudden to gradual?
python scripts/pilots.py sums         with which width and L1 can a model with both sides collapsed generalise?
python scripts/pilots.py sides        how soon do models with one side collapsed generalise at the higher rate?
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

import torch

from reportgen import analysis
from reportgen.experiments.decisions import SIDE_NEURONS, SIDE_SEEDS, collapsed_side, collapsed_sums
from reportgen.experiments.sweeps import ARCHITECTURE_RATES, architecture_config, soften
from reportgen.numerics.config import Config
from reportgen.numerics.training import Trainer
from reportgen.store.packing import pack, unpack
from reportgen.store.run import Run

PILOT_SEED = 100
FACTORED = {"tied": True, "collapsed_in": False, "collapsed_out": False, "tied_in_proj": True}
COLLAPSED = {"tied": False, "collapsed_in": True, "collapsed_out": False, "tied_in_proj": True}
APART = {"tied": False, "collapsed_in": False, "collapsed_out": False, "tied_in_proj": False}


def trained(config: Config, **training: object) -> Run:
    """The run of a config with some of its training settings changed."""
    config = replace(config, training=replace(config.training, **training))
    trainer = Trainer([config])
    list(trainer.run())
    arrays = unpack(pack(trainer.trajectory(), "sweep", config), (config,), 0)
    return Run(name="pilot", key="", config=config, final={}, **arrays)


def rate() -> Iterator[str]:
    """Three architectures, three penalties, three rates, 8,000 steps."""
    penalties = (("L2", 1.0), ("L2", 0.1), ("L1", 1e-8))
    for flags, (kind, decay), rate in product((FACTORED, COLLAPSED, APART), penalties, ARCHITECTURE_RATES):
        run = trained(architecture_config(flags, 32, kind, decay, rate, 0), steps=8000, snapshots_every=8000)
        yield f"{_name(flags)} {kind} {decay:g} rate {rate:g}: {_ends(run)}"


def precision() -> Iterator[str]:
    """Two architectures, the weakest penalties, in both precisions, in full."""
    penalties = (("L1", 1e-7), ("L1", 1e-9), ("L1", 1e-11), ("L2", 0.01))
    for flags, (kind, decay), kept in product((FACTORED, COLLAPSED), penalties, ("float64", "float32")):
        run = trained(architecture_config(flags, 32, kind, decay, 1e-3, 1), precision=kept)
        yield f"{_name(flags)} {kind} {decay:g} {kept}: {_ends(run)}, {analysis.outcome(run)}"


def soften_pilot() -> Iterator[str]:
    """Every model of soften, 12,000 steps."""
    for config in soften():
        run = trained(config, steps=12_000, snapshots_every=12_000)
        t10, t90 = analysis.crossing_step(run, 0.1), analysis.crossing_step(run, 0.9)
        softness = "–" if t10 is None or t90 is None else f"{(t90 - t10) / t90:.2f}"
        model, training = config.model, config.training
        yield (f"d {model.embedding_size}, h {model.neurons}, decay {training.weight_decay:g}, "
               f"rate {training.learning_rate:g}: softness {softness}, {_ends(run)}")  # fmt: skip


def sums() -> Iterator[str]:
    """Both sides collapsed, 1,426 sums: four widths and three strengths of L1, in full; a seed that decides nothing."""
    base = collapsed_sums()[0]
    for h, decay in ((24, 3e-7), (32, 1e-6), (32, 3e-7), (32, 1e-7), (48, 3e-7), (64, 1e-7)):
        model = replace(base.model, embedding_size=h, neurons=h)
        run = trained(replace(base, model=model, seed=PILOT_SEED), weight_decay=decay)
        yield f"{h} neurons, L1 {decay:g}: generalises at {analysis.grokking_step(run)}, {_ends(run)}"


def sides() -> Iterator[str]:
    """Each architecture and penalty of collapsed-side at its smaller width, one seed that decides nothing."""
    for config in (
        c for c in collapsed_side() if (c.model.neurons, c.seed) == (SIDE_NEURONS[0], SIDE_SEEDS[0])
    ):
        run, m, t = trained(replace(config, seed=PILOT_SEED)), config.model, config.training
        yield (f"{'tied' if m.tied else 'untied'}, {'input' if m.collapsed_in else 'output'} side, {t.decay} "
               f"{t.weight_decay:g}: generalises at {analysis.grokking_step(run)}, {_ends(run)}")  # fmt: skip


def _name(flags: dict[str, bool]) -> str:
    return " ".join(name for name, value in flags.items() if value) or "apart"


def _ends(run: Run) -> str:
    return (f"loss {run.train_loss[-1]:.1e} train, {run.test_loss[-1]:.1e} test, "
            f"test accuracy {run.test_accuracy[-1]:.1%}")  # fmt: skip


PILOTS: dict[str, Callable[[], Iterator[str]]] = {
    "rate": rate,
    "precision": precision,
    "soften": soften_pilot,
    "sums": sums,
    "sides": sides,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pilot", choices=PILOTS)
    torch.set_num_threads(1)
    for line in PILOTS[parser.parse_args().pilot]():
        print(line, flush=True)
