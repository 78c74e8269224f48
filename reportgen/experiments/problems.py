"""What the engine asks of a kind of task: how many examples, which shapes, what a step costs, in which words.

`problem(config)` is the one place that tells the kinds apart before training; what became of a run is
read in analysis/readings.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from reportgen.numerics.config import Config, ModularModel, ModularTask, ParityModel, ParityTask

TellApart = Literal["generalising", "losses"]


@dataclass(frozen=True)
class Problem:
    """One kind of task, with the settings of one run.

    name: what is learned, as a sentence says it. examples: what its examples are called; example_counts:
    how many a run trains on and is tested on, "train" and "test".
    sizes: inputs K, neurons H, outputs C: w_input is (K, H), w_output (H, C). widest: the longest side of a
    trained matrix. operations: floating-point operations of one step of one run, which are the matrix
    products, and 40 for each logit's softmax and 25 for each hidden activation.
    sweep_weights: whether a sweep keeps weights of it where no snapshots were asked for; sweep_bits: of each
    weight that a sweep keeps. told_apart_by: what an audit compares of two models that are the same run:
    whether they generalise, or which outcome their losses have.
    """

    name: str
    examples: str
    example_counts: dict[str, int]
    sizes: tuple[int, int, int]
    widest: int
    operations: float
    sweep_weights: bool
    sweep_bits: Literal[8, 16]
    told_apart_by: TellApart


def _modular_addition(task: ModularTask, model: ModularModel) -> Problem:
    """Sums of two numbers, modulo a third."""
    p, d, h = task.modulus, model.embedding_size, model.neurons
    pairs = p * (p + 1) // 2 if task.symmetric else p * p  # all that the task asks about
    n = int(task.train_fraction * pairs)
    inputs = p if model.tied_in_proj or model.collapsed_in else 2 * p
    return Problem(
        name="modular addition",
        examples="sums",
        example_counts={"train": n, "test": pairs - n},
        sizes=(inputs, h, p),
        widest=max(inputs, h, p, d),
        operations=2 * (5 * n * h * p + 6 * p * d * h) + n * (40 * p + 25 * h),
        sweep_weights=True,
        sweep_bits=16,
        told_apart_by="generalising",
    )


def _sparse_parity(task: ParityTask, model: ParityModel) -> Problem:
    """Is the number of 1s among the deciding digits odd?"""
    inputs, h = task.digits + 1, model.neurons
    return Problem(
        name="the 1s and 0s",
        examples="rows of digits",
        example_counts={"train": task.train_size, "test": task.test_size},
        sizes=(inputs, h, 1),
        widest=max(inputs, h),
        operations=task.train_size * h * (4 * inputs + 25),
        sweep_weights=False,
        sweep_bits=8,  # it keeps many snapshots, and is read with an error of half a percent
        told_apart_by="losses",
    )


_KINDS: dict[type, Callable[[Any, Any], Problem]] = {
    ModularTask: _modular_addition,
    ParityTask: _sparse_parity,
}


def problem(config: Config) -> Problem:
    """The kind of task that a config trains."""
    return _KINDS[type(config.task)](config.task, config.model)
