"""What the engine asks of a kind of task: how many examples, which shapes, what a step costs, in which words.

`problem(config)` is the one place that tells the kinds apart before training; what became of a run is
read in analysis/readings.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

from reportgen.numerics.config import Config, ModularModel, ModularTask, ParityModel, ParityTask

TellApart = Literal["generalising", "losses"]


class Problem(Protocol):
    """One kind of task, with the settings of one run.

    name: what is learned, as a sentence says it. examples: what its examples are called.
    sweep_weights: whether a sweep keeps weights of it. told_apart_by: what an audit compares of two
    models that are the same run: whether they generalise, or which outcome their losses have.
    """

    name: ClassVar[str]
    examples: ClassVar[str]
    sweep_weights: ClassVar[bool]
    told_apart_by: ClassVar[TellApart]

    @property
    def example_counts(self) -> dict[str, int]:
        """How many examples a run trains on and is tested on: "train" and "test"."""

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Inputs K, neurons H, outputs C: w_input is (K, H), w_output (H, C)."""

    @property
    def widest(self) -> int:
        """The longest side of a trained matrix."""

    @property
    def operations(self) -> float:
        """Floating-point operations of one step of one run.

        The matrix products, and 40 for each logit's softmax and 25 for each hidden activation.
        """


@dataclass(frozen=True)
class ModularAddition:
    """Sums of two numbers, modulo a third."""

    task: ModularTask
    model: ModularModel
    name: ClassVar[str] = "modular addition"
    examples: ClassVar[str] = "sums"
    sweep_weights: ClassVar[bool] = True
    told_apart_by: ClassVar[TellApart] = "generalising"

    @property
    def pairs(self) -> int:
        """All pairs that the task asks about."""
        p = self.task.modulus
        return p * (p + 1) // 2 if self.task.symmetric else p * p

    @property
    def example_counts(self) -> dict[str, int]:
        train = int(self.task.train_fraction * self.pairs)
        return {"train": train, "test": self.pairs - train}

    @property
    def sizes(self) -> tuple[int, int, int]:
        apart = not (self.model.tied_in_proj or self.model.collapsed_in)
        return self.task.modulus * (2 if apart else 1), self.model.neurons, self.task.modulus

    @property
    def widest(self) -> int:
        return max(*self.sizes, self.model.embedding_size)

    @property
    def operations(self) -> float:
        p, d, h = self.task.modulus, self.model.embedding_size, self.model.neurons
        n = self.example_counts["train"]
        return 2 * (5 * n * h * p + 6 * p * d * h) + n * (40 * p + 25 * h)


@dataclass(frozen=True)
class SparseParity:
    """Is the number of 1s among the deciding digits odd?"""

    task: ParityTask
    model: ParityModel
    name: ClassVar[str] = "the 1s and 0s"
    examples: ClassVar[str] = "rows of digits"
    sweep_weights: ClassVar[bool] = False
    told_apart_by: ClassVar[TellApart] = "losses"

    @property
    def example_counts(self) -> dict[str, int]:
        return {"train": self.task.train_size, "test": self.task.test_size}

    @property
    def sizes(self) -> tuple[int, int, int]:
        return self.task.digits + 1, self.model.neurons, 1

    @property
    def widest(self) -> int:
        return max(self.sizes)

    @property
    def operations(self) -> float:
        inputs, h, _ = self.sizes
        return self.task.train_size * h * (4 * inputs + 25)


_KINDS: dict[type, Callable[[Any, Any], Problem]] = {ModularTask: ModularAddition, ParityTask: SparseParity}


def problem(config: Config) -> Problem:
    """The kind of task that a config trains."""
    return _KINDS[type(config.task)](config.task, config.model)
