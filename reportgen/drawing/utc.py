"""Dates mean the same everywhere: charts count time in UTC, in whatever zone they are drawn or looked at.

The process that draws runs in UTC too (vega.py); what is said here goes with the chart, to the page's readers and
into its download.
"""

import re
from collections.abc import Iterator
from typing import Any

Spec = dict[str, Any]
_NAIVE = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?"
)  # browsers take it for local; a day alone is UTC
_FUNCTIONS = (
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "dayofyear",
    "date",
    "hours",
    "minutes",
    "seconds",
    "milliseconds",
)
_UTC = {name: f"utc{name}" for name in _FUNCTIONS} | {"datetime": "utc"}
_UTC |= {f"time{name}": f"utc{name}" for name in ("Format", "Parse", "Offset", "Sequence")}
_CALL = re.compile(rf"(?<![\w.'\"])({'|'.join(_UTC)})(?=\()")
_EXPRESSIONS = {"signal", "expr", "test", "update", "init"}
_UNSCALED = {
    "tooltip",
    "text",
    "row",
    "column",
    "facet",
    "detail",
    "key",
    "order",
    "href",
    "url",
    "description",
}


def charted(spec: Spec) -> Spec:
    """A Vega-Lite chart with its time scales, time units and times of day in UTC. Without dates, as it is."""
    fields = set(_temporal(spec))
    return _charted(spec, fields) if fields else spec


def compiled(spec: Any) -> Any:
    """A Vega chart whose scales, transforms and expressions are in UTC."""
    if isinstance(spec, list):
        return [compiled(item) for item in spec]
    if not isinstance(spec, dict):
        return spec
    made = {}
    for key, value in spec.items():
        if key in _EXPRESSIONS and isinstance(value, str):
            made[key] = _CALL.sub(lambda call: _UTC[call[1]], value)
        else:
            made[key] = value if key == "values" else compiled(value)
    if made.get("type") == "time" and "range" in made:
        made["type"] = "utc"
    return made | {"timezone": "utc"} if made.get("type") == "timeunit" else made


def _temporal(spec: Any) -> Iterator[str]:
    """The fields that hold dates."""
    if isinstance(spec, list):
        for item in spec:
            yield from _temporal(item)
    elif isinstance(spec, dict):
        if (spec.get("type") == "temporal" or "timeUnit" in spec) and isinstance(spec.get("field"), str):
            yield spec["field"]
        for key, value in spec.items():
            yield from _temporal(value) if key != "values" else ()


def _charted(spec: Any, fields: set[str], channel: str = "") -> Any:
    if isinstance(spec, list):
        return [_charted(item, fields, channel) for item in spec]
    if not isinstance(spec, dict):
        return spec
    made = {key: _charted(value, fields, key) for key, value in spec.items() if key != "values"}
    if "values" in spec:
        made["values"] = [_zoned(row, fields) for row in spec["values"]]
    if isinstance(unit := spec.get("timeUnit"), str) and "utc" not in unit:
        made["timeUnit"] = f"binnedutc{unit[6:]}" if unit.startswith("binned") else f"utc{unit}"
    scale = spec.get("scale", {})
    if spec.get("type") == "temporal" and channel not in _UNSCALED and isinstance(scale, dict):
        made["scale"] = scale | {"type": scale.get("type", "utc").replace("time", "utc")}
    return made


def _zoned(row: Any, fields: set[str]) -> Any:
    if not isinstance(row, dict):
        return row
    naive = {f: v for f in fields if isinstance(v := row.get(f), str) and _NAIVE.fullmatch(v)}
    return row | {field: f"{value}Z" for field, value in naive.items()}
