"""A figure's interactive form: compiled Vega, and its values at all steps, quantised.

The file registers itself through a script tag, so it also loads from disk. The page hands each
view the current step's values; no view holds more than one step.
"""

import base64
import json
from collections.abc import Mapping

import numpy as np
import vl_convert

from reportgen.charts import quantised
from reportgen.figures import VL_VERSION, Source
from reportgen.frames import at_step, stepped_data


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
    meta = spec.get("usermeta", {})
    blocks = stepped_data(spec)
    data = [_quantised(block, meta.get("bits", 8)) for block in blocks]
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
        "snap": meta.get("snap", [1, 1]),
        "data": data,
    }


def _quantised(block: dict, bits: int) -> dict:
    """One stepped dataset: its rows, and their values at all steps as whole numbers of 8 or 16 bits."""
    rows = block["values"]
    values = np.array([row["by_step"] for row in rows], dtype=float).T  # (steps, cells)
    integers, scale = quantised(values, bits)
    return {
        "name": block["name"],
        "rows": [{k: v for k, v in row.items() if k != "by_step"} for row in rows],
        "field": "value",
        "dtype": f"int{bits}",
        "scale": scale,
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
