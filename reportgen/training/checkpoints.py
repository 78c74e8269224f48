"""The state of an unfinished training, on disk: read back only where it continues bit for bit."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.errors import ReportError
from reportgen.files.arrays import Array
from reportgen.files.atomic import read_sealed, write_sealed
from reportgen.files.npz import Header, read_arrays
from reportgen.store.provenance import execution

if TYPE_CHECKING:  # it imports torch
    from reportgen.numerics.training import Trainer

LONGEST = 4000  # bytes of the line that says how a run is executed


def save_checkpoint(file: Path, trainer: "Trainer", device: str, spent_s: float) -> None:
    """Write the trainer's state, how it is executed, and the seconds spent, in one step."""
    buffer = io.BytesIO()
    state: dict[str, Any] = trainer.state() | {
        "spent_s": np.array(spent_s),
        "execution": np.array(execution(device, trainer.engine.name)),
    }
    np.savez(buffer, **state)
    write_sealed(file, buffer.getvalue())


def load_checkpoint(file: Path, trainer: "Trainer", device: str,
                    refused: Callable[[str], None] = lambda _: None) -> float:  # fmt: skip
    """Restore the trainer if `file` continues it with the same bits; seconds already spent.

    A missing, damaged or foreign file, or one written by another torch version, thread count or
    device, leaves the trainer at step 0: training again is always right. refused: told why, unless it is missing.
    """
    body = read_sealed(file)
    if body is None:
        if file.exists():
            refused("it is not as it was written")
        return 0.0
    try:
        state = read_arrays(io.BytesIO(body), lambda headers: _misfit(headers, trainer))
        if str(state.pop("execution")) != execution(device, trainer.engine.name):
            refused("another PyTorch, engine or device wrote it, whose bits are others")
            return 0.0
        spent = float(state.pop("spent_s"))
        if not 0 <= spent < np.inf or _torn(state, trainer):
            raise ValueError("its parts are of different moments")
        trainer.restore(state)
    except (ValueError, ReportError):
        refused("it is no state of this training")
        return 0.0
    return spent


def _misfit(headers: Mapping[str, Header], trainer: "Trainer") -> str:
    """What arrays of these names, shapes and types have that a state of this trainer has not; "" if nothing."""
    scalars = {"step": "i", "spent_s": "f", "execution": "U"}
    inward, outward = (tuple(m.shape) for m in trainer.network.effective(trainer.weights))
    series = {"rows": (5, len(trainer.splits)), "w_input": inward, "w_output": outward}
    weights = dict.fromkeys(("weights", "first", "second"), tuple(trainer.weights.shape))
    if set(headers) != {*scalars, *series, *weights}:
        return "it is no state of a training"
    fits = [headers[n].shape == () and headers[n].dtype.kind == kind for n, kind in scalars.items()]
    fits += [headers[n].shape == shape and headers[n].dtype.kind == "f" for n, shape in weights.items()]
    fits += [headers[n].shape[1:] == shape and headers[n].dtype.kind == "f" for n, shape in series.items()]
    fits += [headers["execution"].size <= LONGEST, 0 < headers["rows"].shape[0] <= len(trainer.metric_steps)]
    fits += [headers[n].shape[0] <= len(trainer.snapshot_steps) for n in ("w_input", "w_output")]
    return "" if all(fits) else "it is the state of another training"


def _torn(state: Mapping[str, Array], trainer: "Trainer") -> bool:
    """Whether the step, the saved rows and the snapshots belong to different moments."""
    step, rows = int(state["step"]), len(state["rows"])
    taken = {sum(at <= step for at in trainer.snapshot_steps)}
    return trainer.metric_steps[rows - 1] != step or {len(state[n]) for n in ("w_input", "w_output")} != taken
