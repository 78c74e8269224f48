"""What can be said of a target, as types: fresh, certified, stale with its changes, partial, missing, damaged, broken.

Nothing here is worded for people; `cli/states.py` does that.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reportgen.errors import ReportError

Inputs = Mapping[str, str]  # name of an input → its hash, or a short value


@dataclass(frozen=True, slots=True)
class Change:
    """An input that is not what it was; old or new is None where there was, or is, none of that name."""

    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class State:
    """What all states answer."""

    @property
    def current(self) -> bool:
        """Whether there is nothing to do."""
        return isinstance(self, Fresh | Certified)

    @property
    def usable(self) -> bool:
        """Whether a build takes it as it is."""
        return self.current or (isinstance(self, Stale) and self.shipped)


@dataclass(frozen=True, slots=True)
class Fresh(State):
    """Made from exactly what would be used now, and intact."""


@dataclass(frozen=True, slots=True)
class Certified(State):
    """A run by earlier code, which an audit found as good as today's."""


@dataclass(frozen=True, slots=True)
class Stale(State):
    """Made from something else. shipped: a run that travels with the project, and is used all the same."""

    changes: tuple[Change, ...]
    shipped: bool = False


@dataclass(frozen=True, slots=True)
class Partial(State):
    """A training that was begun: so many of its runs are stored, or none yet."""

    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Missing(State):
    """Never made."""


@dataclass(frozen=True, slots=True)
class Damaged(State):
    """Not as it was written."""


@dataclass(frozen=True, slots=True)
class Broken(State):
    """Cannot be made before somebody mends its source."""

    error: ReportError


def changes(old: Inputs, new: Inputs) -> tuple[Change, ...]:
    """The inputs in which two lists differ: changed, new, gone; of the changed, the program's own code last."""
    found = [Change(name, old.get(name), new[name]) for name in new if old.get(name) != new[name]]
    found += [Change(name, old[name], None) for name in old if name not in new]
    return tuple(sorted(found, key=_rank))


def _rank(change: Change) -> tuple[bool, bool, bool]:
    ours = change.name.startswith("code reportgen/")
    return change.new is None, change.old is None, ours and None not in (change.old, change.new)
