"""A figure's numbers: tidy CSV of all steps, a self-contained interactive spec, a small table."""

import csv
import gzip
import io
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from reportgen.charts import STEP, Row, concrete
from reportgen.charts.steps import spacing
from reportgen.drawing.declaration import FigureDeclaration
from reportgen.drawing.frames import datasets
from reportgen.drawing.record import Table
from reportgen.drawing.vega import Spec
from reportgen.files.strict_json import dumps
from reportgen.wording import numbers
from reportgen.wording.names import AllFacts

GZIP_BEYOND = 1_000_000  # bytes
_HOLE = "\0"  # where a value goes


def tidy_csv(panels: Mapping[str, Spec], steps: list[int]) -> bytes:
    """One row per mark, and per step where it moves.

    Beside named data, what has no name are annotations, and do not count.
    """
    marks = list(_marks(panels, steps))
    columns = list(dict.fromkeys(name for mark in marks for part in mark for name in part))
    lines = [_as_csv(*columns), *(_lines(columns, fixed, moving) for fixed, moving in marks)]
    return "".join(lines).encode()


def packed(table: bytes) -> dict[str, bytes]:
    """A CSV by its suffix: {"csv": …} or, beyond 1 MB, {"csv.gz": …}."""
    if len(table) <= GZIP_BEYOND:
        return {"csv": table}
    return {"csv.gz": gzip.compress(table, 5, mtime=0)}


def _marks(panels: Mapping[str, Spec], steps: list[int]) -> Iterator[tuple[Row, dict[str, list[Any]]]]:
    """Every row that counts: the columns it fills once, and those it fills with a list each."""
    named = {panel: list(_named(spec)) for panel, spec in panels.items()}
    counting = named if any(named.values()) else {panel: list(_all(spec)) for panel, spec in panels.items()}
    for panel, tables in counting.items():
        for row in chain.from_iterable(tables):
            fixed = {"panel": panel} if len(panels) > 1 else {}
            fixed |= {n: v for n, v in row.items() if not isinstance(v, list) and n != "cell"}
            moving = {n: v for n, v in row.items() if isinstance(v, list) and n != "by_step"}
            yield fixed, {"step": steps, "value": row["by_step"]} if "by_step" in row else moving


def _named(spec: Spec) -> Iterator[list[Row]]:
    """The rows of every dataset that the figure has given a name."""
    seen = set()
    for block in datasets(spec):
        if "name" in block and block["name"] not in seen:
            seen.add(block["name"])
            yield _rows(block["values"])


def _all(spec: Any) -> Iterator[list[Row]]:
    """The rows of every dataset, with a name that Altair made or without."""
    seen: list[Any] = []
    for values in (*(block["values"] for block in datasets(spec)), *spec.get("datasets", {}).values()):
        if isinstance(values, list) and values not in seen:
            seen.append(values)
            yield _rows(values)


def _rows(values: list[Any]) -> list[Row]:
    """As Vega has them: a row that is no object has one column."""
    return [row if isinstance(row, dict) else {"data": row} for row in values]


def _lines(columns: list[str], fixed: Row, moving: dict[str, list[Any]]) -> str:
    """One line per element of the lists, the shorter ones with gaps at the end; or one."""
    if not moving:
        return _as_csv(*(fixed.get(name, "") for name in columns))
    names = [name for name in columns if name in moving]
    lengths = [len(moving[name]) for name in names]
    even = min(lengths) == max(lengths)
    full = (moving[name] + [""] * (max(lengths) - len(moving[name])) for name in names)
    elements = zip(*full, strict=True)
    # A line of numbers differs from the first in nothing but these: `csv` would take seconds for 500,000.
    if even and all(set(map(type, values)) <= {int, float} for values in moving.values()):
        first = _as_csv(*(_HOLE if name in moving else fixed.get(name, "") for name in columns))
        if first.count(_HOLE) == len(names):
            template = first.replace("%", "%%").replace(_HOLE, "%s")
            numbers = tuple(chain.from_iterable(elements))
            return template * (len(numbers) // len(names)) % numbers
    rows = (fixed | dict(zip(names, element, strict=True)) for element in elements)
    return "".join([_as_csv(*(row.get(name, "") for name in columns)) for row in rows])


def _as_csv(*cells: object) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def standalone_json(
    panels: Mapping[str, Spec], description: str, source: FigureDeclaration, steps: list[int]
) -> str:
    """One Vega-Lite file that needs nothing else; a slider drives the step where there is one."""
    params: dict[str, Spec] = {}
    parts = []
    for panel, spec in panels.items():
        part = {k: v for k, v in spec.items() if k not in ("$schema", "config", "params", "usermeta")}
        if len(panels) > 1:
            part = _with_own_names(part, panel)
        params |= {param["name"]: param for param in spec.get("params", [])}
        parts.append(part)
    config = next(iter(panels.values()))["config"] | {"background": "#fffefb"}
    if STEP in params and len(steps) > 1:
        slider = {"input": "range", "min": steps[0], "max": steps[-1], "step": spacing(steps)}
        params[STEP] = params[STEP] | {"bind": {**slider, "name": "training step "}}
    body = parts[0] if len(parts) == 1 else {"concat": parts, "columns": source.columns}
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        **body,
        "title": body.get("title", source.title) if len(parts) == 1 else source.title,
        "description": description,
        "config": config,
        "params": list(params.values()),
    }
    return concrete(dumps(spec, separators=(",", ":"), ensure_ascii=False)) + "\n"


def _with_own_names(spec: Any, panel: str) -> Any:
    """The spec with its panel's name before those of its data: in one file Vega refuses a name twice."""
    if isinstance(spec, list):
        return [_with_own_names(item, panel) for item in spec]
    if not isinstance(spec, dict):
        return spec
    if "name" in spec and "values" in spec:
        return spec | {"name": f"{panel}-{spec['name']}"}
    return {key: _with_own_names(value, panel) for key, value in spec.items()}


def summary(source: FigureDeclaration, facts: AllFacts) -> Table:
    """The run at its named moments: the small table behind a figure, for reading aloud."""
    if source.group is None:
        return Table([], [])
    known = facts[source.group.replace("-", "_")]
    moments = sorted(known["moments"].items(), key=lambda moment: (moment[1] is None, moment[1] or 0))
    rows = [[name, "never" if step is None else numbers.step(step)] for name, step in moments]
    return Table(["moment", "training step"], rows)
