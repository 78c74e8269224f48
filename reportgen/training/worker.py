"""One group of runs, trained in this process: from its checkpoint, in halves where memory is short.

Called by the local worker processes (scheduling.py) and by those of a cluster (cluster.py).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.files.arrays import Array
from reportgen.numerics.config import Config
from reportgen.store.packing import join
from reportgen.training.checkpoints import load_checkpoint, save_checkpoint

if TYPE_CHECKING:  # it imports torch
    from reportgen.numerics.training import Trajectory

CHECKPOINT_EVERY_S = 10.0
REPORT_EVERY_S = 0.2


@dataclass(frozen=True)
class Trained:
    """What a group left behind, the seconds it took in all, and the engine that ran it.

    diverged_at: the step at which it was stopped because its loss is not finite.
    """

    trajectory: "Trajectory"
    seconds: float
    engine: str
    diverged_at: int | None = None


@dataclass(frozen=True)
class TrainingCallbacks:
    """How a training is followed and stopped.

    report: called with (step, steps per second, (train loss, test loss), step it resumed at).
    stopping: asked after every saved metric row; a checkpoint is written before it ends.
    cores: how many the group may use; asked before the first step and after every saved metric row.
    refused: told why a checkpoint is not used.
    single: whether a run whose loss is not finite is stopped; a sweep's runs are trained to the end.
    """

    report: Callable[[int, float, tuple[float, float], int], None] = lambda *_: None
    stopping: Callable[[], bool] = lambda: False
    cores: Callable[[], int] = lambda: 1
    refused: Callable[[str], None] = lambda _: None
    single: bool = False


def train_group(
    configs: Sequence[Config], device: str, checkpoint: Path | None, watch: TrainingCallbacks
) -> Trained | None:
    """Train runs of one shape to the end; None when stopped before.

    Raises ReportError when a single run does not fit the device's memory.
    """
    try:
        return _train(configs, device, checkpoint, watch)
    except (MemoryError, RuntimeError) as error:
        if not _out_of_memory(error):
            raise
        if len(configs) == 1:
            raise ReportError(
                f"A single run does not fit the memory of {device}: {str(error).splitlines()[0]}",
                hint="Train it on another device, or with fewer neurons.",
                exit_code=EXIT_FAILED,
            ) from None
    middle, parts = len(configs) // 2, []  # outside the handler, which still holds the memory
    for number, half in enumerate((configs[:middle], configs[middle:])):
        file = checkpoint and checkpoint.with_name(f"{checkpoint.stem}-{number}.npz")
        part = train_group(half, device, file, watch)
        if part is None:
            return None
        parts.append(part)
    trajectory = join([part.trajectory for part in parts])
    return Trained(trajectory, sum(part.seconds for part in parts), parts[0].engine)


def _out_of_memory(error: Exception) -> bool:
    """MemoryError, CUDA's error, or the one of PyTorch's CPU allocator, which has no type of its own."""
    texts = ("out of memory", "can't allocate memory", "not enough memory")
    return isinstance(error, MemoryError) or any(text in str(error) for text in texts)


def _train(
    configs: Sequence[Config], device: str, checkpoint: Path | None, watch: TrainingCallbacks
) -> Trained | None:
    from reportgen.numerics.training import Trainer

    trainer = Trainer(configs, device=device)
    spent = load_checkpoint(checkpoint, trainer, device, watch.refused) if checkpoint else 0.0
    begun_at, started, last_save, last_report = trainer.step, time.monotonic(), time.monotonic(), 0.0
    trainer.engine.threads = watch.cores()
    for step in trainer.run():
        now = time.monotonic()
        if now - last_report > REPORT_EVERY_S:
            rate = (step - begun_at) / max(now - started, 1e-9)
            losses = trainer.latest["train_loss"], trainer.latest["test_loss"]
            watch.report(step, rate, losses, begun_at)
            last_report = now
        if watch.single and not _finite(trainer.latest):
            seconds = spent + now - started
            return Trained(_to_the_end(trainer.trajectory()), seconds, trainer.engine.name, step)
        stopping = watch.stopping()
        if checkpoint and (stopping or now - last_save > CHECKPOINT_EVERY_S):
            save_checkpoint(checkpoint, trainer, device, spent + now - started)
            last_save = now
        if stopping:
            return None
        trainer.engine.threads = watch.cores()
    seconds = spent + time.monotonic() - started
    return Trained(trainer.trajectory(), seconds, trainer.engine.name)


def _finite(latest: Mapping[str, float]) -> bool:
    return bool(np.isfinite([latest["train_loss"], latest["test_loss"]]).all())


def _to_the_end(stopped: "Trajectory") -> "Trajectory":
    """What a training that was stopped would have left: no number in what was not trained, accuracies as they were."""

    def padded(array: Array, length: int) -> Array:
        missing = np.full((length - len(array), *array.shape[1:]), np.nan, array.dtype)
        return np.concatenate([array, missing])

    rows, kept = len(stopped.steps), len(stopped.snapshot_steps)
    metrics = {name: padded(values, rows) for name, values in stopped.metrics.items()}
    for name in ("train_accuracy", "test_accuracy"):
        trained = len(stopped.metrics[name])
        metrics[name][trained:] = metrics[name][trained - 1]
    w_input, w_output = padded(stopped.w_input, kept), padded(stopped.w_output, kept)
    return replace(stopped, metrics=metrics, w_input=w_input, w_output=w_output)


def forget_checkpoints(checkpoint: Path) -> None:
    """Delete a finished group's checkpoint, and its halves'."""
    for file in (checkpoint, *checkpoint.parent.glob(f"{checkpoint.stem}-*.npz")):
        file.unlink(missing_ok=True)
