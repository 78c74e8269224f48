"""Fields that a chart uses and that no row has, nor any transform makes."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from reportgen.drawing.checks.names import Finding
from reportgen.drawing.checks.transforms import Spec, after, as_list, in_expression, used_by
from reportgen.drawing.checks.views import View, channels

Use = tuple[str, bool]  # a field's name, and whether it stands in an expression
_STEP = re.compile(r"(?:\\.|[^.\[\]\\])+")  # of a path such as a.b[0]
# What names no field of a row.
_ASIDE = ("axis", "legend", "header", "scale", "impute", "bin", "stack", "title", "format")
_MADE_BY_CHANNELS = ("aggregate", "bin", "timeUnit", "stack")


def missing(panel: str, parts: Sequence[View]) -> Iterator[Finding]:
    """One finding a field, in the order in which the chart uses them."""
    seen = set()
    for view in parts:
        for found in _missing(panel, view):
            if found not in seen:
                yield found
            seen.add(found)


def _missing(panel: str, view: View) -> Iterator[Finding]:
    known = view.before
    for transform in view.spec.get("transform", ()):
        yield from _absent(panel, used_by(transform), known, view.rows)
        known = after(transform, known, view.rows)
    yield from _absent(panel, _facets(view.spec), view.known, view.rows)
    if view.mark:
        made = any(name in part for part in channels(view) for name in _MADE_BY_CHANNELS)
        used = [*_used([channels(view), view.spec["mark"]]), *_selected(view.spec)]
        yield from _absent(panel, used, view.known, view.rows, made=made)


def _facets(spec: Spec) -> Iterator[Use]:
    """Where a chart is repeated for the values of a field, or for fields: those fields."""
    yield from _used(spec.get("facet"))
    repeated = spec.get("repeat")
    if not spec.get("spec", {}).get("transform"):  # which may make them
        lists = repeated.values() if isinstance(repeated, dict) else [repeated]
        yield from ((name, False) for names in lists for name in as_list(names) if isinstance(name, str))


def _selected(spec: Spec) -> Iterator[Use]:
    """The fields by which its selections tell rows apart."""
    selections = (param.get("select") for param in spec.get("params", ()))
    yield from ((name, False) for s in selections if isinstance(s, dict) for name in s.get("fields", ()))


def _used(part: Any) -> Iterator[Use]:
    """The fields named below a channel or a mark, but for what speaks of ticks and entries."""
    if isinstance(part, list):
        for item in part:
            yield from _used(item)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name in ("field", "argmax", "argmin") and isinstance(value, str):
                yield value, False
            elif name in ("expr", "test") and isinstance(value, str):
                yield from ((found, True) for found in in_expression(value))
            elif name not in _ASIDE:
                yield from _used(value)


def _absent(panel: str, used: Sequence[Use] | Iterator[Use], known: frozenset[str] | None,
            rows: Sequence[Any] | None, *, made: bool = False) -> Iterator[Finding]:  # fmt: skip
    """Those that are not known. made: channels make fields too, such as mean_y, which expressions may use."""
    if known is None or not rows:
        return
    for name, in_words in dict.fromkeys(used):
        if in_words:  # datum["a.b"] is one name
            there = name in known or name == "_vgsid_" or (made and _is_made(name, known))
        else:
            there = _leads_somewhere(name, rows, known)
        if not there:
            yield _unknown(panel, name, known, in_words)


def _leads_somewhere(name: str, rows: Sequence[Any], known: frozenset[str]) -> bool:
    """Whether a path such as a.b[0] begins with a field, and that has an inside if it goes on.

    A dot after a backslash belongs to the name. What transforms made is believed.
    """
    first, *more = [re.sub(r"\\(.)", r"\1", step) for step in _STEP.findall(name)] or [name]
    if first not in known:
        return False
    inside = [row[first] for row in rows if isinstance(row, dict) and first in row] if more else []
    return not inside or any(isinstance(value, dict | list) for value in inside)


def _is_made(name: str, known: frozenset[str]) -> bool:
    return name == "__count" or any(name.endswith(f"_{part}") or f"_{part}_" in name for part in known)


def _unknown(panel: str, name: str, known: frozenset[str], in_words: bool) -> Finding:
    near = get_close_matches(name, known, n=1, cutoff=0.4)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    if name in known:  # as it is written, and yet Vega looks elsewhere
        escaped = re.sub(r"([.\[\]])", r"\\\\\1", name)
        hint = f'Vega takes dots and brackets for a way into a row: write "{escaped}", or rename the column. '
    hint += f"There are: {', '.join(sorted(known))}." if known else "Its rows have no columns."
    words = f"uses datum.{name} in an expression" if in_words else f"shows the field {name!r}"
    return Finding("missing-field", panel, f"{words}, which no row has", hint)
