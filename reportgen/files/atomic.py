"""Files written whole (under a temporary name, synced, renamed) and read without being believed."""

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from reportgen.files.text import write_text

T = TypeVar("T")
SEAL = 64  # hexadecimal digits of SHA-256
UNFINISHED = ".reportgen-unfinished-"  # how the names of files and folders begin while they are written


def write_json(path: Path, value: object, *, indent: int | None = 1) -> None:
    """JSON with sorted keys and a final newline; on one line when not indented."""
    text = json.dumps(value, indent=indent, sort_keys=True, ensure_ascii=False)
    write_text(path, text + "\n")


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


def write_sealed(path: Path, content: bytes) -> None:
    """A file that begins with the hash of the rest, in one step."""
    write_atomically(path, _seal(content) + content)


def read_sealed(path: Path) -> bytes | None:
    """What was sealed; None when the file is missing, or not as it was written."""
    try:
        whole = path.read_bytes()
    except OSError:
        return None
    seal, content = whole[:SEAL], whole[SEAL:]
    return content if seal == _seal(content) else None


def _seal(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def read_json(path: Path) -> object:
    """A JSON file's value; None when it is missing or no JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):  # the last: brackets in brackets, a thousand deep
        return None


def read_record(path: Path, kind: type[T]) -> T | None:
    """A JSON file as a record of that type; None when it is missing, no JSON, or not such a record."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError):  # as above
        return None


@contextmanager
def new_folder(target: Path, intact: Callable[[Path], bool]) -> Iterator[Path]:
    """A folder to write into, which takes its place only when everything went well.

    intact: whether a folder is one of ours, whole. A damaged one in its place is replaced; an intact one
    that another process has put there meanwhile stays, being the same.
    """
    with unfinished(target.parent) as work:
        yield work
        put(work, target, intact)


@contextmanager
def unfinished(parent: Path) -> Iterator[Path]:
    """A folder in `parent` to write into; gone at the end, unless `put` has given it its place."""
    parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def put(work: Path, target: Path, intact: Callable[[Path], bool]) -> None:
    """Give a finished folder its place, as `new_folder` does."""
    work.chmod(0o755)
    if target.exists() and not intact(target):
        shutil.rmtree(target, ignore_errors=True)
    try:
        work.rename(target)
    except OSError:
        if not intact(target):
            raise


@contextmanager
def unless_read_only() -> Iterator[None]:
    """For what is only kept to save time: a folder that may not be written to is no error. A full disk is."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise


def sync(path: Path) -> None:
    """Bring a file's content, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
