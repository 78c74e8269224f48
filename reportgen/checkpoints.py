"""The state of an unfinished training, on disk: read back only where it continues bit for bit."""

import io
import zipfile
from pathlib import Path

import numpy as np

from reportgen.errors import ReportError
from reportgen.files import write_atomically
from reportgen.keys import digest
from reportgen.provenance import execution


def save_checkpoint(file: Path, trainer, device: str, spent_s: float) -> None:
    """Write the trainer's state, how it is executed, and the seconds spent, in one step."""
    buffer = io.BytesIO()
    state = trainer.state() | {
        "spent_s": np.array(spent_s),
        "execution": np.array(execution(device, trainer.engine.name)),
    }
    np.savez(buffer, **state)
    body = buffer.getvalue()
    write_atomically(file, digest(body).encode() + body)


def load_checkpoint(file: Path, trainer, device: str) -> float:
    """Restore the trainer if `file` continues it with the same bits; seconds already spent.

    A missing, damaged or foreign file, or one written by another torch version, thread count or
    device, leaves the trainer at step 0: training again is always right.
    """
    try:
        content = file.read_bytes()
        checksum, body = content[:64].decode(), content[64:]
        if digest(body) != checksum:
            return 0.0
        with np.load(io.BytesIO(body), allow_pickle=False) as stored:
            state = {name: stored[name] for name in stored.files}
        if str(state.pop("execution")) != execution(device, trainer.engine.name):
            return 0.0
        spent = float(state.pop("spent_s"))
        trainer.restore(state)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, ReportError):
        return 0.0
    return spent
