"""What follows from content alone and is slow to work out, kept from one command to the next.

A name says what was worked out and carries the hash of everything it came from, so an entry is never
stale, only unused. The file can be deleted at any time; a damaged one is not believed.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from reportgen.files.atomic import read_sealed, write_sealed

T = TypeVar("T")
KEPT = 5000  # entries; the longest unused go first


class Memo:
    """JSON values by name, in one file that begins with the hash of the rest; without a file, for this process."""

    def __init__(self, file: Path | None = None):
        self._file = file
        self._entries = _read(file) if file else {}
        self._used: dict[str, None] = {}
        self._new = False

    def recall(self, name: str, make: Callable[[], T]) -> T:
        """The value of that name, made now if it is not known; always as JSON gives it back: no tuples."""
        if name not in self._entries:
            self._entries[name] = json.loads(json.dumps(make(), allow_nan=False))
            self._new = True
        self._used[name] = None
        found: T = self._entries[name]
        return found

    @property
    def empty(self) -> bool:
        """Whether nothing is remembered yet, as in a new project."""
        return not self._entries

    def knows(self, name: str) -> bool:
        """Whether that value need not be made."""
        return name in self._entries

    def save(self) -> None:
        """Keep what is new. A folder that cannot be written to costs time, nothing else."""
        if not self._new or self._file is None:
            return
        others = {name: value for name, value in self._entries.items() if name not in self._used}
        ordered = others | {name: self._entries[name] for name in self._used}
        kept = dict(list(ordered.items())[-KEPT:])
        body = json.dumps(kept, separators=(",", ":"), ensure_ascii=False)
        try:
            write_sealed(self._file, body.encode())
        except OSError:
            return
        self._new = False


def _read(file: Path) -> dict[str, Any]:
    body = read_sealed(file)
    entries: dict[str, Any] = {} if body is None else json.loads(body)
    return entries
