"""Marks that show nothing although they have rows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reportgen.drawing.checks.drawn import HIDDEN, NOTHING, OUTSIDE, SHOWN
from reportgen.drawing.checks.names import Finding
from reportgen.drawing.checks.views import View
from reportgen.wording.numbers import number

_WORDS = {
    NOTHING: "draws nothing",
    HIDDEN: "cannot be seen, for lack of size, colour or opacity",
    OUTSIDE: "lies outside its axes",
}
_HINTS = {
    NOTHING: "Perhaps a filter leaves no row, or the values are null or texts where numbers are wanted.",
    HIDDEN: "A line needs two points; look at size, opacity and colour.",
    OUTSIDE: "Look at the domain of its scales, and at the unit of its values.",
}


def empty(panel: str, parts: Sequence[View], seen: Mapping[str, int], params: set[str]) -> Iterator[Finding]:
    """seen: Vega's name of each mark → the most that any frame shows of it.

    A mark that waits for a param, as for a neuron that is pointed at, may be empty beside others that are not.
    """
    most: dict[int, int] = {}
    for name, found in seen.items():
        part = _part(parts, name)
        most[part] = max(found, most.get(part, NOTHING))
    if max(most.values(), default=NOTHING) != SHOWN:
        worst = max(most.values(), default=NOTHING)
        yield Finding("empty-picture", panel, f"is empty: all of it {_WORDS[worst]}", _HINTS[worst])
        return
    for part, found in most.items():
        view = parts[part]
        if found == SHOWN or view.rows == [] or _waits(view, params):
            continue
        which = f"{view.mark or 'mark'}{_rows(view)}"
        check = "off-range" if found == OUTSIDE else "empty-mark"
        yield Finding(check, panel, f"has a {which} that {_WORDS[found]}", _HINTS[found])


def _part(parts: Sequence[View], name: str) -> int:
    """The part of the chart that a mark of Vega's belongs to: a line and its points are one."""
    fitting = [n for n, view in enumerate(parts) if view.mark and name.startswith(view.place)]
    return max(fitting, key=lambda n: len(parts[n].place), default=0)


def _rows(view: View) -> str:
    where = f" of {view.dataset!r}" if view.dataset else ""
    return (
        f" of {number(len(view.rows))} rows{where}" if view.rows is not None and len(view.rows) > 1 else where
    )


def _waits(view: View, params: set[str]) -> bool:
    """Whether what it shows depends on a param."""
    return any(
        params & set(re.findall(r"(?<![.\w])[A-Za-z_]\w*", text))
        for text in _conditions([view.transforms, view.encoding, view.spec["mark"]])
    )


def _conditions(part: Any) -> Iterator[str]:
    """Every expression and the name of every param below."""
    if isinstance(part, list | tuple):
        for item in part:
            yield from _conditions(item)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name in ("calculate", "filter", "test", "expr", "param") and isinstance(value, str):
                yield value
            else:
                yield from _conditions(value)
