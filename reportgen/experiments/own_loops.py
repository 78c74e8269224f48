"""Experiments that no configuration can name: another start than the seed's own, another decay than AdamW's.

Both train the usual models with the usual kernels and change one thing from outside. Claims and thresholds were
committed before these were trained; the pilots had other seeds.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reportgen import experiment
from reportgen.experiments.canonical import MODULAR, with_training
from reportgen.numerics.config import ModularModel

if TYPE_CHECKING:
    from torch import Tensor

    from reportgen.numerics.training import Trainer

STARTS = range(4000, 4016)
STRENGTHS = (1.0, 2.0, 4.0, 6.0, 8.0)
RATE = 1e-2  # ten times the main model's: it generalises ten times sooner

Progress = Iterator[tuple[int, dict[str, float]]]


@experiment(
    grid={"start": STARTS, "nudge": (0, 1)}, shipped=True, seconds=60,
    quick={"start": [4000, 4001], "steps": 200, "splits": 3},
)  # fmt: skip
def where_luck_sits(
    *, start: int = 4000, nudge: int = 0, first_split: int = 3000, splits: int = 16, steps: int = 10_000
) -> Any:
    """Splits of the data crossed with initial weights.

    The main model at ten times its learning rate, from the initial weights of seed `start` on the splits of
    `splits` other seeds. With `nudge` 1 these weights are changed by a millionth, so as to see what is chance.
    Returns test accuracy, float32 (T, splits), and its steps (T,).
    """
    from reportgen.numerics.models import initial_weights
    from reportgen.numerics.training import Trainer

    base = with_training(MODULAR, learning_rate=RATE, **_length(steps))
    trainer = Trainer([replace(base, seed=first_split + i) for i in range(splits)])
    trainer.weights.copy_(initial_weights(replace(base, seed=start, perturbation=nudge)))
    yield from _followed(trainer)
    return _curves(trainer, "test_accuracy")


@experiment(
    grid={"penalty": ("nuclear norm", "L2"), "strength": STRENGTHS}, shipped=True, seconds=180,
    quick={"strength": [1.0], "steps": 200, "seeds": 2},
)  # fmt: skip
def nuclear_decay(
    *,
    penalty: str = "nuclear norm",
    strength: float = 1.0,
    steps: int = 20_000,
    first_seed: int = 400,
    seeds: int = 9,
) -> Any:
    """Both sides collapsed, with decay on singular values.

    The set-up of collapsed-both at ten times its learning rate. After each step of Adam, without decay, every singular
    value of both matrices is reduced: by strength × learning rate (the proximal step of the nuclear norm), or with
    "L2" by that share of itself, which is AdamW.
    Returns train and test accuracy, float32 (T, seeds), their steps (T,), and the singular values at the end, float32
    (2 matrices, seeds, neurons), largest first.
    """
    import torch

    from reportgen.numerics.training import Trainer

    usual = strength if penalty == "L2" else 0.0
    model = ModularModel(embedding_size=24, neurons=24, tied=False, collapsed_in=True, collapsed_out=True)
    base = replace(
        with_training(MODULAR, learning_rate=RATE, weight_decay=usual, **_length(steps)), model=model
    )
    trainer = Trainer([replace(base, seed=first_seed + i) for i in range(seeds)])
    if penalty != "L2":
        trainer.engine = Shrinking(trainer, strength * RATE)
    yield from _followed(trainer)
    matrices = trainer.network.split(trainer.weights).values()
    values = torch.stack([torch.linalg.svdvals(matrix) for matrix in matrices])
    return {**_curves(trainer, "train_accuracy", "test_accuracy"), "singular_values": values.numpy()}


class Shrinking:
    """An engine whose every step is followed by the proximal step of the nuclear norm on each trained matrix.

    Cai, Candès and Shen 2010 (A singular value thresholding algorithm): singular values are reduced by `amount`, to
    zero at least. They come from the eigenvectors of WᵀW, which is small.
    """

    def __init__(self, trainer: "Trainer", amount: float):
        self.engine, self.network, self.amount = trainer.engine, trainer.network, amount
        self.logits, self.dtype, self.name = trainer.engine.logits, trainer.engine.dtype, "shrinking"

    def advance(self, weights: "Tensor", moments: "tuple[Tensor, Tensor]", begin: int, end: int) -> None:
        """From one step to a later one, in place."""
        for step in range(begin, end):
            self.engine.advance(weights, moments, step, step + 1)
            for matrix in self.network.split(weights).values():
                self._shrink(matrix)

    def _shrink(self, matrix: "Tensor") -> None:
        """(R, P, H), in place."""
        import torch

        squares, vectors = torch.linalg.eigh(matrix.mT @ matrix)
        kept = (1 - self.amount / squares.clamp_min(1e-24).sqrt()).clamp_min(0)
        matrix.copy_(matrix @ (vectors * kept.unsqueeze(1)) @ vectors.mT)


def _length(steps: int) -> dict[str, Any]:
    """A hundred measurements, in single precision, whose gradient is written so that nothing cancels."""
    return {
        "steps": steps, "precision": "float32", "metrics_every": steps // 100, "snapshots_every": steps
    }  # fmt: skip


def _followed(trainer: "Trainer") -> Progress:
    for step in trainer.run():
        yield step, {name: trainer.latest[name] for name in ("train_loss", "test_loss")}


def _curves(trainer: "Trainer", *names: str) -> dict[str, Any]:
    found = trainer.trajectory()
    return {"steps": found.steps, **{name: found.metrics[name].astype("float32") for name in names}}
