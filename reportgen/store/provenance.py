"""How a thing came to be: recorded when it is made, never part of a key."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict

from reportgen.store.documents import Provenance


class Making(TypedDict):
    """`provenance.json` of a drawing: from which commit, in how many seconds, when."""

    commit: str | None
    seconds: float
    made_at: str


def execution(device: str, engine: str) -> str:
    """All that can change a run's last bits without changing its config, in one line."""
    import torch

    threads = torch.get_num_threads()
    return f"torch {torch.__version__}, {device}, {threads} thread{'s' * (threads > 1)}, {engine}"


def describe_training(device: str, seconds: float, engine: str, diverged_at: int | None = None) -> Provenance:
    """Provenance of a training that has just ended, or was stopped where its loss was not finite."""
    import numpy
    import torch

    from reportgen.numerics.native import compiler_version

    compiler = {"compiler": compiler_version()} if engine == "compiled kernels" else {}
    return Provenance(
        execution=execution(device, engine),
        device=torch.cuda.get_device_name() if device == "cuda" else _processor(),
        training_s=round(seconds, 2),
        diverged_at=diverged_at,
        commit=commit(Path(__file__).parent),
        finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
        versions={
            "python": platform.python_version(),
            "torch": str(torch.__version__),
            "numpy": numpy.__version__,
            **compiler,
        },
    )


def describe_call(file: Path, device: str, seconds: float, libraries: Iterable[str]) -> Provenance:
    """Provenance of a call of a function in `file` that has just ended."""
    named = dict.fromkeys(["numpy", *(["torch"] if "torch" in sys.modules else []), *libraries])
    return Provenance(
        execution=f"Python {platform.python_version()}, {device}",
        device=sys.modules["torch"].cuda.get_device_name() if device == "cuda" else _processor(),
        training_s=round(seconds, 2),
        commit=commit(file.parent),
        finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
        versions={"python": platform.python_version()} | {name: version(name) for name in named},
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores"


def commit(folder: Path) -> str | None:
    """The commit checked out in a folder, with a + if files differ from it; None outside Git."""
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(folder), "describe", "--always", "--dirty=+", "--abbrev=12"],
            capture_output=True, text=True, timeout=5, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def describe_making(folder: Path, seconds: float) -> Making:
    """Provenance of a drawing that has just been made from what is checked out in a folder."""
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    return {"commit": commit(folder), "seconds": round(seconds, 2), "made_at": made_at}
