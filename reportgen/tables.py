"""A figure's numbers: tidy CSV of all steps, a self-contained interactive spec, a small table."""

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping

from reportgen.charts import STEP, concrete
from reportgen.source import Source

GZIP_BEYOND = 1_000_000  # bytes


def tidy_csv(panels: Mapping[str, dict], steps: list[int]) -> dict[str, bytes]:
    """{"csv": …} or, beyond 1 MB, {"csv.gz": …}: one row per mark, and per step where it moves.

    Only named data counts: what has no name are annotations.
    """
    tables = list(_tables(panels, steps))
    columns = list(dict.fromkeys(name for names, _ in tables for name in names))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for names, rows in tables:
        place = [names.index(name) if name in names else None for name in columns]
        writer.writerows([["" if i is None else row[i] for i in place] for row in rows])
    content = text.getvalue().encode()
    if len(content) <= GZIP_BEYOND:
        return {"csv": content}
    return {"csv.gz": gzip.compress(content, 5, mtime=0)}


def _tables(panels: Mapping[str, dict], steps: list[int]) -> Iterator[tuple[list[str], list[tuple]]]:
    """(column names, rows) of every named dataset of every panel."""
    seen = set()
    for panel, spec in panels.items():
        for block in named_data(spec):
            if (panel, block["name"]) not in seen and block["values"]:
                seen.add((panel, block["name"]))
                names, rows = _unfolded(block["values"], steps)
                label = (panel,) if len(panels) > 1 else ()
                yield ["panel"] * len(label) + names, [label + row for row in rows]


def _unfolded(rows: list[dict], steps: list[int]) -> tuple[list[str], list[tuple]]:
    """Rows with lists in some columns, such as a value at every step, as one row per element."""
    fixed = [n for n, v in rows[0].items() if not isinstance(v, list) and n != "cell"]
    lists = [n for n, v in rows[0].items() if isinstance(v, list) and n != "by_step"]
    if "by_step" in rows[0]:
        table = [
            (*head, step, value)
            for row in rows
            for head in [tuple(row[n] for n in fixed)]
            for step, value in zip(steps, row["by_step"], strict=True)
        ]
        return [*fixed, "step", "value"], table
    if not lists:
        return fixed, [tuple(row[n] for n in fixed) for row in rows]
    table = [
        (*(row[n] for n in fixed), *element)
        for row in rows
        for element in zip(*(row[n] for n in lists), strict=True)
    ]
    return fixed + lists, table


def named_data(spec: object) -> Iterator[dict]:
    """Every inline data block of a spec that has a name."""
    if isinstance(spec, dict):
        data = spec.get("data")
        if isinstance(data, dict) and "name" in data and "values" in data:
            yield data
        for key, value in spec.items():
            yield from named_data(value) if key != "data" else ()
    elif isinstance(spec, list):
        for item in spec:
            yield from named_data(item)


def standalone_json(panels: Mapping[str, dict], description: str, source: Source, steps: list[int]) -> str:
    """One Vega-Lite file that needs nothing else; a slider drives the step where there is one."""
    params, parts = {}, []
    for panel, spec in panels.items():
        part = {k: v for k, v in spec.items() if k not in ("$schema", "config", "params", "usermeta")}
        if len(panels) > 1:
            part = _with_own_names(part, panel)
        for param in spec.get("params", []):
            params[param["name"]] = param
        parts.append(part)
    config = next(iter(panels.values()))["config"] | {"background": "#fffefb"}
    if STEP in params and len(steps) > 1:
        slider = {"input": "range", "min": steps[0], "max": steps[-1], "step": steps[1] - steps[0]}
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
    return concrete(json.dumps(spec, separators=(",", ":"), ensure_ascii=False)) + "\n"


def _with_own_names(spec: object, panel: str) -> object:
    """The spec with its panel's name before those of its data: in one file Vega refuses a name twice."""
    if isinstance(spec, list):
        return [_with_own_names(item, panel) for item in spec]
    if not isinstance(spec, dict):
        return spec
    if "name" in spec and "values" in spec:
        return spec | {"name": f"{panel}-{spec['name']}"}
    return {key: _with_own_names(value, panel) for key, value in spec.items()}


def summary(source: Source, facts: Mapping) -> dict:
    """The run at its named moments: the small table behind a figure, for reading aloud."""
    if source.group is None:
        return {"columns": [], "rows": []}
    known = facts[source.group.replace("-", "_")]
    rows = []
    for name, step in sorted(known["moments"].items(), key=lambda item: (item[1] is None, item[1] or 0)):
        rows.append([name, "never" if step is None else f"{step:,}"])
    return {"columns": ["moment", "training step"], "rows": rows}
