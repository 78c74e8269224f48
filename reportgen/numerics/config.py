"""What a training run is: frozen dataclasses of a task, a model and a training.

A `Config` holds everything that decides the numbers and nothing that does not (no device, no
path). Its canonical JSON is part of the run's key.
"""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from reportgen.errors import ReportError


def _require(holds: bool, field: str, value: object, allowed: str) -> None:
    if not holds:
        raise ReportError(f"{field} = {value!r} is not possible.", hint=f"Allowed: {allowed}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModularTask:
    """(a + b) mod `modulus`; `symmetric` keeps only the pairs with a ≤ b."""

    modulus: int = 67
    symmetric: bool = True
    train_fraction: float = 0.4

    def __post_init__(self):  # type: () -> None
        _require(self.modulus >= 3, "modulus", self.modulus, "an integer from 3")
        _require(0 < self.train_fraction < 1, "train_fraction", self.train_fraction, "in (0, 1)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityTask:
    """Is the number of 1s among the first `deciding` of `digits` random digits odd?

    The first `train_size` sequences of a pool are trained on, so sizes up to `pool_size` nest.
    """

    train_size: int = 1200
    digits: int = 30
    deciding: int = 3
    pool_size: int = 1750
    test_size: int = 5000

    def __post_init__(self):  # type: () -> None
        _require(1 <= self.deciding <= self.digits, "deciding", self.deciding, "1 to `digits`")
        _require(
            1 <= self.train_size <= self.pool_size, "train_size", self.train_size,
            f"1 to `pool_size` ({self.pool_size})",
        )  # fmt: skip
        _require(self.test_size >= 1, "test_size", self.test_size, "an integer from 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModularModel:
    """W_input = W_embed W_in-proj and W_output = W_out-proj W_unembed, without biases.

    tied           W_unembed is W_embedᵀ, one matrix with one gradient
    collapsed_in   W_input is one matrix; collapsed_out likewise
    tied_in_proj   a and b share W_in-proj (they always do when `collapsed_in`)
    embedding      "normal", trained; or "circle", the frozen unit-norm cos and sin columns
    """

    embedding_size: int
    neurons: int
    tied: bool = True
    collapsed_in: bool = False
    collapsed_out: bool = False
    tied_in_proj: bool = True
    embedding: Literal["normal", "circle"] = "normal"

    def __post_init__(self):  # type: () -> None
        _require(self.neurons >= 1, "neurons", self.neurons, "an integer from 1")
        _require(self.embedding_size >= 1, "embedding_size", self.embedding_size, "from 1")
        _require(self.embedding in ("normal", "circle"), "embedding", self.embedding,
                 "'normal' or 'circle'")  # fmt: skip
        if self.embedding == "circle":
            plain = self.tied and not (self.collapsed_in or self.collapsed_out)
            _require(self.embedding_size == 2 and plain, "embedding", self.embedding,
                     "'circle' only with embedding_size 2, tied and not collapsed")  # fmt: skip
        if self.collapsed_in or self.collapsed_out:
            _require(self.embedding_size == self.neurons, "embedding_size", self.embedding_size,
                     "equal to `neurons` in a collapsed model")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityModel:
    """digits and bias (31) → W_input → ReLU → W_output → one logit."""

    neurons: int

    def __post_init__(self):  # type: () -> None
        _require(self.neurons >= 1, "neurons", self.neurons, "an integer from 1")


Precision = Literal["float64", "float32", "float32-plain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """Full-batch AdamW; a step is one update.

    decay "L2" is decoupled weight decay; "L1" adds weight_decay·sign(w) to the gradient.
    precision "float32" writes the target's gradient as minus the sum of the other probabilities;
    "float32-plain" as p − 1, which loses its digits once the loss is small.
    """

    steps: int
    learning_rate: float
    beta1: float
    beta2: float
    decay: Literal["L1", "L2"]
    weight_decay: float
    precision: Precision = "float64"
    metrics_every: int = 100
    snapshots_every: int = 500

    def __post_init__(self):  # type: () -> None
        for name in ("steps", "metrics_every", "snapshots_every"):
            _require(getattr(self, name) >= 1, name, getattr(self, name), "an integer from 1")
        _require(self.learning_rate > 0, "learning_rate", self.learning_rate, "above 0")
        _require(self.weight_decay >= 0, "weight_decay", self.weight_decay, "0 or more")
        for name in ("beta1", "beta2"):
            _require(0 <= getattr(self, name) < 1, name, getattr(self, name), "in [0, 1)")
        _require(self.decay in ("L1", "L2"), "decay", self.decay, "'L1' or 'L2'")
        _require(self.precision in ("float64", "float32", "float32-plain"), "precision",
                 self.precision, "'float64', 'float32' or 'float32-plain'")  # fmt: skip
        _require(self.snapshots_every % self.metrics_every == 0, "snapshots_every",
                 self.snapshots_every, f"a multiple of metrics_every ({self.metrics_every})")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One training run. `perturbation` k > 0 nudges the initial weights by 1e-6, k-th draw."""

    task: ModularTask | ParityTask
    model: ModularModel | ParityModel
    training: Training
    seed: int = 0
    perturbation: int = 0

    def __post_init__(self):  # type: () -> None
        modular = isinstance(self.task, ModularTask), isinstance(self.model, ModularModel)
        _require(modular[0] == modular[1], "model", type(self.model).__name__,
                 f"the model of a {type(self.task).__name__}")  # fmt: skip
        _require(self.seed >= 0, "seed", self.seed, "an integer from 0")

    def as_dict(self) -> dict:  # type: ignore[type-arg]
        """Plain nested dictionaries, with the kind of task named."""
        kind = "modular" if isinstance(self.task, ModularTask) else "parity"
        return {"kind": kind, **asdict(self)}

    @staticmethod
    def from_dict(plain: dict) -> "Config":  # type: ignore[type-arg]
        """The inverse of `as_dict`. Raises KeyError or TypeError on a foreign dictionary."""
        fields = dict(plain)
        task, model = _KINDS[fields.pop("kind")]
        return Config(
            task=task(**fields.pop("task")),
            model=model(**fields.pop("model")),
            training=Training(**fields.pop("training")),
            **fields,
        )


_KINDS = {"modular": (ModularTask, ModularModel), "parity": (ParityTask, ParityModel)}


def canonical_json(plain: object) -> str:
    """JSON with one spelling per value: sorted keys, no spaces, shortest round-trip floats."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False)


def shape_of(config: Config) -> str:
    """What two configs must share to be trained together: all but seed, decay and rate."""
    training = asdict(config.training) | {"learning_rate": 0, "weight_decay": 0}
    plain = config.as_dict() | {"training": training, "seed": 0, "perturbation": 0}
    return canonical_json(plain)
