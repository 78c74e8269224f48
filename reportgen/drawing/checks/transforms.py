"""What each of Vega-Lite's transforms needs, and which fields there are after it."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

Spec = dict[str, Any]
Fields = frozenset[str] | None  # None: nobody can say
_DATUM = re.compile(
    r"""\bdatum\s*(?:\.\s*([A-Za-z_$][\w$]*)|\[\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")\s*\])"""
)
_GATHERED = ("aggregate", "joinaggregate", "window")  # lists of {op, field, as}
_NAMED = (  # keys that hold a field, or a list of fields, by transform
    "groupby", "fold", "flatten", "pivot", "stack", "impute", "key", "density", "regression", "on", "loess",
    "quantile", "lookup", "extent",
)  # fmt: skip


def as_list(value: Any) -> list[Any]:
    """A list as it is, nothing as none, anything else as the one item."""
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def in_expression(text: str) -> Iterator[str]:
    """The fields that an expression asks its datum for."""
    for dotted, single, double in _DATUM.findall(text):
        yield dotted or single or double


def used_by(transform: Spec) -> list[tuple[str, bool]]:
    """The fields that a transform needs, each with whether it stands in an expression."""
    names = [(name, False) for key in _NAMED for name in as_list(transform.get(key)) if isinstance(name, str)]
    names += [(part["field"], False) for key in _GATHERED for part in as_list(transform.get(key))
              if part.get("field")]  # fmt: skip
    names += [(part["field"], False) for part in as_list(transform.get("sort")) if isinstance(part, dict)]
    if {"bin", "timeUnit"} & transform.keys():
        names += [(name, False) for name in as_list(transform.get("field"))]
    if "pivot" in transform:
        names.append((transform["value"], False))
    if isinstance(transform.get("calculate"), str):
        names += [(name, True) for name in in_expression(transform["calculate"])]
    return names + list(_of_predicate(transform.get("filter")))


def _of_predicate(filter: Any) -> Iterator[tuple[str, bool]]:
    """A filter is an expression, a test of a field, or such joined by and, or, not."""
    if isinstance(filter, str):
        yield from ((name, True) for name in in_expression(filter))
    elif isinstance(filter, list):
        for part in filter:
            yield from _of_predicate(part)
    elif isinstance(filter, dict):
        if isinstance(filter.get("field"), str):
            yield filter["field"], False
        for joined in ("and", "or", "not"):
            yield from _of_predicate(filter.get(joined))


def after(transform: Spec, known: Fields, rows: Sequence[Any] | None) -> Fields:
    """The fields there are after a transform; None where nobody can say."""
    if known is None or transform.get("params") is True:
        return None
    made, given = as_list(transform.get("as")), frozenset(as_list(transform.get("groupby")))
    if "pivot" in transform:
        column = transform["pivot"]
        if not rows or not any(isinstance(row, dict) and column in row for row in rows):
            return None
        return given | {_as_name(row.get(column)) for row in rows if isinstance(row, dict)}
    if "aggregate" in transform:
        return given | {_made_by(part) for part in transform["aggregate"]}
    if "density" in transform:
        return given | set(made or ["value", "density"])
    if "quantile" in transform:
        return given | set(made or ["prob", "value"])
    for kind in ("regression", "loess"):
        if kind in transform:
            return given | set(made or [transform["on"], transform[kind]])
    for kind in ("joinaggregate", "window"):
        if kind in transform:
            return known | {_made_by(part) for part in transform[kind]}
    if "fold" in transform:
        return known | set(made or ["key", "value"])
    if "lookup" in transform:
        return known | set(made or as_list(transform.get("from", {}).get("fields")))
    if {"bin", "timeUnit", "stack"} & transform.keys():
        return known | set(made) | {f"{name}_end" for name in made}
    if {"calculate", "flatten", "filter", "sample", "impute", "extent"} & transform.keys():
        return known | set(made)
    return None


def _made_by(part: Spec) -> str:
    """The field that an operation makes; Vega-Lite names it itself where the chart does not."""
    return str(part.get("as") or f"{part.get('op')}_{part.get('field', '')}".rstrip("_"))


def _as_name(value: object) -> str:
    """A value as the name of a column, as JavaScript writes it."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
