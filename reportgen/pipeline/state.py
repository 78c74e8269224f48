"""What can be said of a target, as types: fresh, certified, stale with its changes, partial, missing, damaged, broken.

current: there is nothing to do. usable: a build takes it as it is. Nothing here is worded for people; `cli/states.py` does that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from reportgen.errors import ReportError

Inputs = Mapping[str, str]  # name of an input → its hash, or a short value


@dataclass(frozen=True, slots=True)
class Change:
    """An input that is not what it was; old or new is None where there was, or is, none of that name."""

    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Fresh:
    """Made from exactly what would be used now, and intact."""

    current: ClassVar[bool] = True
    usable: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Certified:
    """A run by earlier code, which an audit found as good as today's."""

    current: ClassVar[bool] = True
    usable: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Stale:
    """Made from something else. usable: a run that travels with the project is used all the same."""

    changes: tuple[Change, ...]
    usable: bool = False
    current: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Partial:
    """A training that was begun: so many of its runs are stored, or none yet."""

    done: int
    of: int
    current: ClassVar[bool] = False
    usable: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Missing:
    """Never made."""

    current: ClassVar[bool] = False
    usable: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Damaged:
    """Not as it was written."""

    current: ClassVar[bool] = False
    usable: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Broken:
    """Cannot be made before somebody mends its source."""

    error: ReportError
    current: ClassVar[bool] = False
    usable: ClassVar[bool] = False


State = Fresh | Certified | Stale | Partial | Missing | Damaged | Broken


def changes(old: Inputs, new: Inputs) -> tuple[Change, ...]:
    """The inputs in which two lists differ, the program's own code last: one rather edits the project."""
    found = [Change(name, old.get(name), new[name]) for name in new if old.get(name) != new[name]]
    found += [Change(name, old[name], None) for name in old if name not in new]
    return tuple(sorted(found, key=_rank))


def _rank(change: Change) -> tuple[bool, bool, bool]:
    """Changed before new before gone; of the changed, the program's code last."""
    ours = change.name.startswith("code reportgen/")
    return change.new is None, change.old is None, ours and None not in (change.old, change.new)
