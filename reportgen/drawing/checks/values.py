"""Rows against what a picture can show: how many, whether they are numbers, and whether a scale has a place for them."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from reportgen.drawing.checks.names import Finding
from reportgen.drawing.checks.transforms import Spec, as_list
from reportgen.drawing.checks.views import View, channels
from reportgen.files.strict_json import all_finite
from reportgen.wording.numbers import number

MOST_ROWS = 20_000  # of a panel: they take vl-convert 5 seconds, and 10 MB of SVG
NAMED = 3  # rows that a message names
Count = Callable[[Spec], int]  # how many rows are left of a chart's, asked of Vega
# What leaves every row as it was, but for fields that it adds.
_ADDING = {"calculate", "joinaggregate", "window", "stack", "bin", "timeUnit", "lookup", "extent"}
_LEAVING = {"filter", "sample", "flatten"}  # what leaves some of the values there were


def too_many(panel: str, parts: Sequence[View]) -> Iterator[Finding]:
    """More rows than a picture can show."""
    each = {id(view.rows): len(view.rows) for view in parts if view.rows is not None}
    made = [view.spec["data"]["sequence"] for view in parts if "sequence" in view.spec.get("data", {})]
    count = sum(each.values()) + sum(_length(sequence) for sequence in made)
    if count > MOST_ROWS:
        hint = (
            "Summarise them in Python, or thin them out: `simplified` of reportgen.charts leaves out "
            "the points of a line that nobody sees."
        )
        words = f"has {number(count)} rows, more than the {number(MOST_ROWS)} a picture can show"
        yield Finding("too-many-rows", panel, words, hint)


def _length(sequence: Spec) -> int:
    step = sequence.get("step", 1) or 1
    return max(0, math.ceil(float(sequence["stop"] - sequence.get("start", 0)) / step))


def none(panel: str, parts: Sequence[View]) -> Iterator[Finding]:
    """Marks without a row: an error where no mark has one."""
    marks = [view for view in parts if view.mark]
    empty = [view for view in marks if view.rows is not None and not view.rows]
    if empty and len(empty) == len(marks):
        yield Finding(
            "no-data", panel, "has no rows", "Look at how the figure chooses its rows: none is left."
        )
    else:
        for name in dict.fromkeys(view.dataset for view in empty):
            which = f"the rows {name!r}" if name else f"the rows of its {empty[0].mark}"
            yield Finding("no-rows", panel, f"is drawn although {which} are none", "Leave out that mark.")


def not_by_step(panel: str, parts: Sequence[View]) -> Iterator[Finding]:
    """Rows that seem to follow the training step, by the name of a column, and do not."""
    for rows in {id(view.rows): view.rows for view in parts if view.rows}.values():
        found = [row["by_step"] if isinstance(row, dict) and "by_step" in row else None for row in rows]
        lengths = {len(values) if isinstance(values, list) else 0 for values in found}
        if any(values is not None for values in found) and (len(lengths) > 1 or 0 in lengths):
            yield Finding(
                "not-by-step", panel, "has a column 'by_step' that is not a list of as many values in every row",
                "By that name a chart follows the training step: `stepped` of reportgen.charts makes it. Or rename it.",
            )  # fmt: skip


def not_finite(panel: str, parts: Sequence[View]) -> Iterator[Finding]:
    """NaN and infinities, by dataset and column; they are drawn as gaps."""
    for rows in {id(view.rows): view.rows for view in parts if view.rows}.values():
        for column, found in _strange(rows, _is_not_finite).items():
            shown = "value" if column == "by_step" else column
            words = f"has {_counted(found, rows)} of {shown!r} that are not finite numbers{_first(found)}"
            yield Finding(
                "not-finite", panel, words, "They are drawn as gaps; None says so. Or leave them out."
            )


def not_numbers(panel: str, parts: Sequence[View]) -> Iterator[Finding]:
    """Texts where a scale wants numbers."""
    seen = set()
    for view in parts:
        wanted = {p["field"] for p in channels(view) if p.get("type") == "quantitative" and "field" in p}
        if not (view.mark and view.rows and wanted):
            continue
        for column, found in _strange(view.rows, _is_words, wanted).items():
            if (id(view.rows), column) not in seen and _unchanged(view, column):
                texts = f"{_counted(found, view.rows)} are texts{_first(found)}"
                words = f"takes {column!r} for numbers, but {texts}"
                yield Finding("not-a-number", panel, words, f'Make them numbers, or write "{column}:N".')
            seen.add((id(view.rows), column))


def below_logs(panel: str, parts: Sequence[View], params: list[Spec], count: Count) -> Iterator[Finding]:
    """Zero and negative numbers on a logarithmic scale, where Vega draws them, or everything, at the edge."""
    shared = _logarithmic(parts)
    seen = set()
    for view in (view for view in parts if view.mark):
        for channel, part in _scaled(view):
            if _scale_of(view, channel) not in shared:
                continue
            found = _not_positive(view, part, params, count)
            if found and found not in seen:
                seen.add(found)
                yield Finding(
                    "not-positive", panel, f"{found}, on a logarithmic scale ({channel})",
                    "A logarithm has no place for them, and Vega draws them at the edge as if it had. "
                    'Leave them out, or give the scale type="symlog".',
                )  # fmt: skip


def _logarithmic(parts: Sequence[View]) -> set[tuple[str, str]]:
    """The scales that are logarithmic, wherever that is said."""
    return {
        _scale_of(view, channel)
        for view in parts
        for channel, part in _scaled(view)
        if isinstance(part.get("scale"), dict) and part["scale"].get("type") == "log"
    }


def _scale_of(view: View, channel: str) -> tuple[str, str]:
    """Which scale a channel has: layers share theirs, and x2 has that of x."""
    return view.place.split("layer_")[0], channel.removesuffix("2")


def _scaled(view: View) -> Iterator[tuple[str, Spec]]:
    """The channels of a view with what they are bound to."""
    for channel, bound in view.encoding.items():
        if isinstance(bound, dict):
            yield channel, bound


def _not_positive(view: View, part: Spec, params: list[Spec], count: Count) -> str:
    """What of a channel has no logarithm, in words; "" where all has."""
    scale = part.get("scale")
    domain = scale.get("domain") if isinstance(scale, dict) else None
    limits = [limit for limit in as_list(domain) if isinstance(limit, int | float) and limit <= 0]
    if limits:
        return f"has a domain that reaches {number(limits[0])}"
    if isinstance(part.get("datum"), int | float) and part["datum"] <= 0:
        return f"has a mark at {number(part['datum'])}"
    column = part.get("field")
    if not isinstance(column, str) or not view.rows:
        return ""
    plain, stepped = not part.get("aggregate"), column == "value" and "by_step" in view.rows[0]
    shown = "by_step" if stepped else column
    found = _strange(view.rows, _is_not_positive, {shown}).get(shown, {})
    if plain and not found and _unchanged(view, column, _ADDING | _LEAVING):
        return ""
    if not (plain and (stepped or _unchanged(view, column))):
        many = count(_counting(view, part, params))
        return f"has {number(many)} values of {column!r} at or below zero" if many else ""
    return f"has {_counted(found, view.rows)} of {column!r} at or below zero{_first(found)}" if found else ""


def _unchanged(view: View, column: str, allowed: set[str] = _ADDING) -> bool:
    """Whether a column reaches the marks as it stands in the rows, if transforms do only what is allowed."""
    there = any(isinstance(row, dict) and column in row for row in view.rows or ())
    return there and all(
        allowed & transform.keys() and column not in as_list(transform.get("as"))
        for transform in view.transforms
    )


def _counting(view: View, part: Spec, params: list[Spec]) -> Spec:
    """A chart of one text: how many of a channel's values are at or below zero, after all transforms."""
    column, steps = json.dumps(part["field"].replace("\\", "")), list(view.transforms)
    if part.get("aggregate"):
        others = {p.get("field") for p in channels(view)} - {part["field"]}
        beside = sorted(name for name in others if isinstance(name, str))
        steps.append(
            {"aggregate": [{"op": part["aggregate"], "field": part["field"], "as": "_v"}], "groupby": beside}
        )
        column = '"_v"'
    steps.append({"filter": f"isNumber(datum[{column}]) && datum[{column}] <= 0"})
    steps.append({"aggregate": [{"op": "count", "as": "_n"}]})
    return {
        "data": view.data, "params": params, "transform": steps, "mark": "text",
        "encoding": {"text": {"field": "_n"}},
    }  # fmt: skip


def _strange(rows: Sequence[Any], strange: Callable[[Any], bool], columns: set[str] | None = None) -> dict[str, dict[int, Any]]:  # fmt: skip
    """Of every column, or of these, the rows with a strange value, by index, and that value."""
    found: dict[str, dict[int, Any]] = {}
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            continue
        for column in row.keys() if columns is None else columns & row.keys():
            value = row[column]
            several = isinstance(value, list)
            if several and strange is _is_not_finite and all_finite(value):
                continue  # most of what there is: the numbers of a whole training
            for one in value if several else (value,):
                if strange(one):
                    found.setdefault(column, {}).setdefault(index, one)
                    break
    return found


def _is_not_finite(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _is_not_positive(value: Any) -> bool:
    return isinstance(value, int | float) and value <= 0


def _is_words(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return not math.isfinite(float(value))
    except ValueError:
        return True


def _counted(found: dict[int, Any], rows: Sequence[Any]) -> str:
    return f"{number(len(found))} of {number(len(rows))} values"


def _first(found: dict[int, Any]) -> str:
    named = [f"rows[{number}] is {value!r}" for number, value in list(found.items())[:NAMED]]
    return f" ({', '.join(named)}{', …' if len(found) > NAMED else ''})"
