"""(configs, data) → metrics and snapshots: full-batch AdamW, many runs of one shape at once.

Loshchilov and Hutter 2019 for the decoupled decay. Nothing here touches a file: a caller iterates
over `Trainer.run()`, may save `state()` between two steps, and reads `trajectory()` at the end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from reportgen.errors import ReportError
from reportgen.numerics.config import Config, shape_of
from reportgen.numerics.models import Network, encode, initial_weights
from reportgen.numerics.tasks import make_split

EPSILON = 1e-8
EARLY_METRIC_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 300, 400)
METRICS = ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "weight_norm")
DTYPES = {
    "float64": torch.float64,
    "float32": torch.float32,
    "float32-plain": torch.float32,
}


def saved_steps(config: Config) -> tuple[np.ndarray, np.ndarray]:
    """The steps of metrics (T,) and of snapshots: 0, every multiple, the last; early ones too.

    A value at step s belongs to the weights after s updates.
    """
    training = config.training
    last = training.steps

    def multiples(every: int) -> set[int]:
        return {*range(0, last + 1, every), last}

    early = {step for step in EARLY_METRIC_STEPS if step < last}
    snapshots = multiples(training.snapshots_every)
    return (
        np.array(sorted(multiples(training.metrics_every) | early)),
        np.array(sorted(snapshots)),
    )


@dataclass(frozen=True)
class Trajectory:
    """What R runs left behind.

    steps (T,) and metrics, each (T, R) float64: mean losses over examples (and outputs),
    accuracies in [0, 1], the L2 norm of the trained weights.
    snapshot_steps (S,); W_input (S, R, K, H) and W_output (S, R, H, C), float32.
    final: the trained matrices at the last step, each (R, rows, columns), in training precision.
    """

    steps: np.ndarray
    metrics: dict[str, np.ndarray]
    snapshot_steps: np.ndarray
    w_input: np.ndarray
    w_output: np.ndarray
    final: dict[str, np.ndarray]


class Trainer:
    """R runs of one shape, advanced together; each the same as if trained alone."""

    def __init__(self, configs: Sequence[Config], *, device: str = "cpu", compiled: bool = False):
        if len({shape_of(config) for config in configs}) != 1:
            raise ReportError(
                "These runs differ in shape, so they cannot be trained together.",
                hint="Runs of a group may differ in seed, learning rate and weight decay only.",
            )
        self.config = configs[0]
        self.device = torch.device(device)
        self.dtype = DTYPES[self.config.training.precision]
        self.network = Network(self.config, dtype=self.dtype, device=self.device)
        self.train_data, self.test_data = self._data(configs)
        self.weights = self._tensor(torch.stack([initial_weights(config) for config in configs]))
        self.moments = torch.zeros_like(self.weights), torch.zeros_like(self.weights)
        self.step = 0
        self._set_hyperparameters(configs)
        self._update = torch.compile(self._adamw, fullgraph=True) if compiled else self._adamw
        self.metric_steps, self.snapshot_steps = saved_steps(self.config)
        self._rows: list[np.ndarray] = []  # each (5, R)
        self._snapshots: list[tuple[np.ndarray, np.ndarray]] = []

    def _tensor(self, values: np.ndarray | Tensor) -> Tensor:
        return torch.as_tensor(values).to(self.device, self.dtype)

    def _data(self, configs: Sequence[Config]) -> list[tuple[Tensor, Tensor]]:
        """Training and test set, each inputs (R, N, K) and targets (R, N, 1)."""
        splits, sets = [make_split(config) for config in configs], []
        for part in ("train", "test"):
            examples, targets = zip(*(getattr(split, part) for split in splits), strict=True)
            inputs = np.stack([encode(self.config, rows) for rows in examples])
            labels = torch.from_numpy(np.stack(targets)).unsqueeze(-1)
            kind = torch.int64 if self.network.modular else self.dtype
            sets.append((self._tensor(inputs), labels.to(self.device, kind)))
        return sets

    def _set_hyperparameters(self, configs: Sequence[Config]) -> None:
        training = self.config.training
        rates = np.array([[config.training.learning_rate] for config in configs])
        decays = np.array([[config.training.weight_decay] for config in configs])
        self.rate, self.decay = self._tensor(rates), self._tensor(decays)
        self.shrink = 1 - self.rate * self.decay
        updates = torch.arange(1, training.steps + 1, dtype=torch.float64)
        self.bias_1 = self._tensor(1 / (1 - training.beta1**updates))
        self.bias_2 = self._tensor(1 / (1 - training.beta2**updates).sqrt())

    def _adamw(self, weights: Tensor, first: Tensor, second: Tensor, bias_1: Tensor,
               bias_2: Tensor) -> None:  # fmt: skip
        """One update in place. bias_1 is 1/(1 − β1^t), bias_2 is 1/√(1 − β2^t)."""
        training = self.config.training
        gradient = self.network.gradient(weights, *self.train_data)
        if training.decay == "L1":
            gradient += self.decay * weights.sign()
        else:
            weights.mul_(self.shrink)
        first.lerp_(gradient, 1 - training.beta1)
        second.mul_(training.beta2).addcmul_(gradient, gradient, value=1 - training.beta2)
        denominator = second.sqrt().mul_(bias_2).add_(EPSILON)
        weights.sub_(torch.div(first, denominator).mul_(self.rate * bias_1))

    @torch.no_grad()
    def run(self) -> Iterator[int]:
        """Train to the end; yields the step after each saved metric row.

        Between two yields the caller may call `state()`, or stop by not asking for more.
        """
        for metric_step in self.metric_steps[len(self._rows) :].tolist():
            while self.step < metric_step:
                bias = self.bias_1[self.step], self.bias_2[self.step]
                self._update(self.weights, *self.moments, *bias)
                self.step += 1
            self._save_row()
            yield metric_step

    def _save_row(self) -> None:
        train, test = self._measure(*self.train_data), self._measure(*self.test_data)
        norm = self.weights.double().norm(dim=1)
        row = torch.stack([train[0], test[0], train[1], test[1], norm])
        self._rows.append(row.cpu().numpy())
        if self.step in self.snapshot_steps:
            pair = self.network.effective(self.weights)
            self._snapshots.append(tuple(matrix.float().cpu().numpy() for matrix in pair))

    def _measure(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Mean loss and accuracy of each run, both (R,) float64.

        The loss is −log softmax at the target over N·C, or softplus(−margin) over N.
        """
        logits = self.network.logits(self.weights, inputs).double()
        if self.network.modular:
            loss = -logits.log_softmax(dim=-1).gather(-1, targets).mean(dim=(1, 2))
            loss = loss / logits.shape[-1]
            hits = logits.argmax(dim=-1, keepdim=True) == targets
        else:
            margin = (2 * targets.double() - 1) * logits
            loss = torch.nn.functional.softplus(-margin).mean(dim=(1, 2))
            hits = (logits > 0) == (targets > 0)
        return loss, hits.double().mean(dim=(1, 2))

    @property
    def latest(self) -> dict[str, float]:
        """The last saved metrics, averaged over the runs: for a progress line."""
        return dict(zip(METRICS, self._rows[-1].mean(axis=1).tolist(), strict=True))

    def state(self) -> dict[str, np.ndarray]:
        """Everything `restore` needs to continue with the same bits."""
        return {
            "step": np.array(self.step),
            "weights": self.weights.cpu().numpy(),
            "first": self.moments[0].cpu().numpy(),
            "second": self.moments[1].cpu().numpy(),
            "rows": np.array(self._rows),
            "w_input": np.array([pair[0] for pair in self._snapshots]),
            "w_output": np.array([pair[1] for pair in self._snapshots]),
        }

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Continue from `state()`. Raises ReportError when it belongs to another run."""
        if state["weights"].shape != tuple(self.weights.shape):
            raise ReportError(
                "The checkpoint belongs to another model.",
                hint="Delete it and train again.",
            )
        self.step = int(state["step"])
        self.weights = self._tensor(state["weights"])
        self.moments = self._tensor(state["first"]), self._tensor(state["second"])
        self._rows = list(state["rows"])
        self._snapshots = list(zip(state["w_input"], state["w_output"], strict=True))

    def trajectory(self) -> Trajectory:
        """The metrics and snapshots of a finished `run()`."""
        table = np.array(self._rows)  # (T, 5, R)
        final = self.network.split(self.weights)
        return Trajectory(
            steps=self.metric_steps,
            metrics={name: table[:, i] for i, name in enumerate(METRICS)},
            snapshot_steps=self.snapshot_steps,
            w_input=np.array([pair[0] for pair in self._snapshots]),
            w_output=np.array([pair[1] for pair in self._snapshots]),
            final={name: matrix.cpu().numpy() for name, matrix in final.items()},
        )
