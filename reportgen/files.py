"""Writing files whole: under a temporary name, synced, renamed."""

import json
import os
import tempfile
from pathlib import Path

UNFINISHED = ".reportgen-unfinished-"  # how the names of files and folders begin while they are written


def write_json(path: Path, value: object, *, indent: int | None = 1) -> None:
    """JSON with sorted keys and a final newline; on one line when not indented."""
    text = json.dumps(value, indent=indent, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def write_atomically(path: Path, content: bytes) -> None:
    """The whole file or the old one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Bring a file's content, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
