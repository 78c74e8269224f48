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
from reportgen.numerics.engines import make_engine
from reportgen.numerics.models import Network, initial_weights
from reportgen.numerics.tasks import make_split

EARLY_METRIC_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 300, 400)
METRICS = ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "weight_norm")


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

    def __init__(self, configs: Sequence[Config], *, device: str = "cpu", engine: str = "auto"):
        if len({shape_of(config) for config in configs}) != 1:
            raise ReportError(
                "These runs differ in shape, so they cannot be trained together.",
                hint="Runs of a group may differ in seed, learning rate and weight decay only.",
            )
        self.config = configs[0]
        self.device = torch.device(device)
        self.splits = [make_split(config) for config in configs]
        self.engine = make_engine(engine, configs, self.splits, self.device)
        self.network = Network(self.config, dtype=self.engine.dtype, device=self.device)
        self.weights = self._tensor(torch.stack([initial_weights(config) for config in configs]))
        self.moments = torch.zeros_like(self.weights), torch.zeros_like(self.weights)
        self.targets = {part: self._targets(part) for part in ("train", "test")}
        self.step = 0
        self.metric_steps, self.snapshot_steps = saved_steps(self.config)
        self._rows: list[np.ndarray] = []  # each (5, R)
        self._snapshots: list[tuple[np.ndarray, np.ndarray]] = []

    def _tensor(self, values: np.ndarray | Tensor) -> Tensor:
        return torch.as_tensor(values).to(self.device, self.engine.dtype)

    def _targets(self, part: str) -> Tensor:
        """(R, N, 1) integers."""
        stacked = np.stack([getattr(split, part)[1] for split in self.splits])
        return torch.from_numpy(stacked).unsqueeze(-1).to(self.device)

    @torch.no_grad()
    def run(self) -> Iterator[int]:
        """Train to the end; yields the step after each saved metric row.

        Between two yields the caller may call `state()`, or stop by not asking for more.
        """
        for metric_step in self.metric_steps[len(self._rows) :].tolist():
            self.engine.advance(self.weights, self.moments, self.step, metric_step)
            self.step = metric_step
            self._save_row()
            yield metric_step

    def _save_row(self) -> None:
        train, test = self._measure("train"), self._measure("test")
        norm = self.weights.double().norm(dim=1)
        row = torch.stack([train[0], test[0], train[1], test[1], norm])
        self._rows.append(row.cpu().numpy())
        if self.step in self.snapshot_steps:
            pair = self.network.effective(self.weights)
            self._snapshots.append(tuple(matrix.float().cpu().numpy() for matrix in pair))  # type: ignore[arg-type]

    def _measure(self, part: str) -> tuple[Tensor, Tensor]:
        """Mean loss and accuracy of each run, both (R,) float64.

        The loss is −log softmax at the target over N·C, or softplus(−margin) over N.
        """
        logits, targets = self.engine.logits(self.weights, part).double(), self.targets[part]
        if self.network.modular:
            loss = -logits.log_softmax(dim=-1).gather(-1, targets).mean(dim=(1, 2))
            loss = loss / logits.shape[-1]
            hits = logits.argmax(dim=-1, keepdim=True) == targets
        else:
            margin = (2 * targets - 1) * logits
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
        held = (self.weights, *self.moments)  # in place: a CUDA graph knows these tensors
        for tensor, name in zip(held, ("weights", "first", "second"), strict=True):
            tensor.copy_(self._tensor(state[name]))
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
