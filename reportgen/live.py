"""A figure's interactive form: compiled Vega, and its values at all steps, quantised.

The file registers itself through a script tag, so it also loads from disk. The page hands each
view the current step's values; no view holds more than one step.
"""

import base64
import json
from collections.abc import Mapping

import numpy as np
import vl_convert

from reportgen.figures import VL_VERSION, Source
from reportgen.frames import at_step, stepped_data

PRECISE = 50_000  # values of a block: up to here sixteen bits cost no more than 100 kB


def payload(panels: Mapping[str, dict], source: Source, runs: Mapping) -> str:
    """The content of live.js: one call that registers the figure."""
    steps = runs[source.group].snapshot_steps.tolist() if source.group else []
    last = steps[-1] if steps else None
    figure = {
        "id": source.id,
        "group": source.group,
        "lead": source.lead,
        "steps": steps,
        "panels": [_panel(name, spec, last) for name, spec in panels.items()],
    }
    text = json.dumps(figure, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    safe = text.replace("</", "<\\/")  # no text can end the script early
    return f"reportgen.figure({safe});\n"


def _panel(name: str, spec: dict, last: int | None) -> dict:
    blocks = stepped_data(spec)
    data = [_quantised(block) for block in blocks]
    bare = at_step(spec, -1, last)
    for block in data:
        _empty(bare, block["name"])
    vega = vl_convert.vegalite_to_vega(bare, vl_version=VL_VERSION)
    vega.pop("$schema", None)
    inner = spec.get("spec", spec)
    return {
        "name": name,
        "spec": vega,
        "width": inner["width"],
        "height": inner["height"],
        "snap": spec.get("usermeta", {}).get("snap", [1, 1]),
        "data": data,
    }


def _quantised(block: dict) -> dict:
    """Eight bits a value: half a percent of the range, less than an eye can tell in a colour or a line.

    A small block can afford sixteen, enough for a figure that rescales with the step, whose first
    values may be a hundredth of its last.
    """
    rows = block["values"]
    values = np.array([row["by_step"] for row in rows], dtype=float).T  # (steps, cells)
    dtype = np.dtype(np.int16 if values.size <= PRECISE else np.int8)
    scale = (np.abs(values).max() or 1.0) / np.iinfo(dtype).max
    integers = np.round(values / scale).astype(dtype.newbyteorder("<"))
    return {
        "name": block["name"],
        "rows": [{k: v for k, v in row.items() if k != "by_step"} for row in rows],
        "field": "value",
        "dtype": dtype.name,
        "scale": float(scale),
        "base64": base64.b64encode(integers.tobytes()).decode(),
    }


def _empty(spec: object, name: str) -> None:
    """Remove the rows of a named dataset, in place."""
    if isinstance(spec, dict):
        if spec.get("name") == name and "values" in spec:
            spec["values"] = []
        for value in spec.values():
            _empty(value, name)
    elif isinstance(spec, list):
        for item in spec:
            _empty(item, name)
