"""A figure's interactive form: compiled Vega, and its values at all steps, quantised.

The file registers itself through a script tag, so it also loads from disk. The page hands each
view the current step's values; no view holds more than one step. What the file holds, name by name, is
said in templates/assets/contract.d.ts, to which tests/test_page_contract.py holds this module.
"""

import base64
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from reportgen.charts import quantised, rounded
from reportgen.drawing import utc, vega
from reportgen.drawing.declaration import FigureDeclaration
from reportgen.drawing.frames import at_step, stepped_data, where, without_steps
from reportgen.drawing.record import Input
from reportgen.drawing.vega import Spec
from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.files.strict_json import dumps
from reportgen.store.run import Runs, run_of

PRECISE = 50_000  # values of a block: up to here sixteen bits cost no more than 100 kB
Payload = dict[str, Any]  # of a figure, a panel, or a dataset, as the contract has them


def payload(panels: Mapping[str, Spec], source: FigureDeclaration, runs: Runs,
            sizes: Mapping[str, tuple[int, int]]) -> Payload:  # fmt: skip
    """What live.js registers of a figure.

    sizes: what a panel measures as drawn, where it is drawn by itself; else its plot's size counts.
    """
    found = compiled(panels, source, runs)
    return {
        "id": source.id,
        "group": source.group,
        "lead": source.lead,
        "inputs": [found.name for found in inputs(panels, source)],
        "steps": steps_of(source, runs),
        "panels": [_panel(name, spec, found[name], sizes.get(name)) for name, spec in panels.items()],
    }


def script(figure: Payload) -> str:
    """The content of live.js: one call that registers the figure."""
    text = dumps(figure, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    safe = text.replace("</", "<\\/")  # no text can end the script early
    return f"reportgen.figure({safe});\n"


def moves(figure: Payload) -> bool:
    """Whether anything of it follows the step, the pointer, an input or the width; else it stays an image."""
    signals = _signals(figure)
    return bool(signals & {"step", "neuron", "chosen", "opened"} or figure["inputs"]) or any(
        panel["data"] or panel["responsive"] for panel in figure["panels"]
    )


def opens(figure: Payload) -> bool:
    """Whether its marks open runs in the place of a group's own."""
    return "opened" in _signals(figure)


def _signals(figure: Payload) -> set[str]:
    return {signal["name"] for panel in figure["panels"] for signal in panel["spec"].get("signals", [])}


def compiled(panels: Mapping[str, Spec], source: FigureDeclaration, runs: Runs) -> dict[str, Spec]:
    """Every panel as Vega, by name, without the rows that follow the step. Remembered, so it can begin early."""
    steps = steps_of(source, runs)
    last = steps[-1] if steps else None
    bare = {n: _without_rows(p, {block["name"] for block in stepped_data(p)}) for n, p in panels.items()}
    return {n: _compiled(dumps(_unbound(at_step(p, -1, last))), where(source, n)) for n, p in bare.items()}


def steps_of(source: FigureDeclaration, runs: Runs) -> list[int]:
    """The steps of its run's snapshots (S,); none without a group."""
    return [int(step) for step in run_of(runs, source.group).snapshot_steps] if source.group else []


def inputs(panels: Mapping[str, Spec], source: FigureDeclaration) -> list[Input]:
    """The params bound to a range, one for all panels that have it: what the page's own inputs need.

    Raises ReportError where two panels bind the same name differently, or a start is not possible.
    """
    found: dict[str, Input] = {}
    for panel, spec in panels.items():
        for param in spec.get("params", []):
            bind = param.get("bind")
            if not isinstance(bind, dict) or bind.get("input") != "range":
                continue
            wanted = _input(param["name"], bind, param.get("value"), source)
            if found.setdefault(param["name"], wanted) != wanted:
                raise ReportError(
                    f"{source.path}: its panel {panel!r} binds {param['name']!r} unlike the panel before it.",
                    hint="Make the param once and add it to every panel that uses it.",
                    exit_code=EXIT_FAILED,
                )
    return list(found.values())


def _input(name: str, bind: Spec, value: object, source: FigureDeclaration) -> Input:
    low, high, step = bind.get("min", 0), bind.get("max", 100), bind.get("step", 1)
    if not isinstance(value, int | float) or not low <= value <= high:
        raise ReportError(
            f"{source.path}: the param {name!r} starts at {value!r}, outside its range of {low} to {high}.",
            hint="Give it a value within the range it is bound to.",
            exit_code=EXIT_FAILED,
        )
    label = (bind.get("name") or name).strip().rstrip(":")
    return Input(name, label, low, high, step, value)


def _unbound(spec: Spec) -> Spec:
    """The spec without Vega's own inputs: the page has inputs for its panels together."""
    params = [{k: v for k, v in param.items() if k != "bind" or not isinstance(v, dict)}
              for param in spec.get("params", [])]  # fmt: skip
    return spec | {"params": params} if params else spec


def _panel(name: str, spec: Spec, found: Spec, size: tuple[int, int] | None) -> Payload:
    meta = spec.get("usermeta", {})
    data = [_quantised(block, meta.get("bits")) for block in stepped_data(spec)]
    inner = spec.get("spec", spec)
    width, height = size or (inner["width"], inner["height"])
    return {
        "name": name,
        "spec": {key: value for key, value in found.items() if key != "$schema"},
        "width": width,
        "height": height,
        "snap": meta.get("snap", [1, 1]),
        "responsive": meta.get("responsive", False),  # drawn again for a narrow screen
        "data": data,
    } | ({"votes": meta["votes"]} if "votes" in meta else {})


def _quantised(block: Spec, bits: int | None = None) -> Payload:
    """One stepped dataset: its rows by column, and their values at all steps as whole numbers of 8 or 16 bits.

    Each step has a unit of its own: first values may be a hundredth of the last, and what is drawn at a step
    is seen beside its largest. A figure that computes asks for sixteen; a small block has them anyway.
    """
    rows = block["values"]
    values = np.array([row["by_step"] for row in rows], dtype=float).T  # (steps, cells)
    bits = bits or (16 if values.size <= PRECISE else 8)
    whole, units = zip(*(quantised(step, bits) for step in values), strict=True)
    integers = np.stack(whole)
    changes = np.diff(integers, axis=0, prepend=np.zeros_like(integers[:1]))  # may go over the end and around
    fixed = [without_steps(row) for row in rows]  # all with the same columns
    return {
        "name": block["name"],
        "cells": len(rows),
        "columns": {key: [row[key] for row in fixed] for key in (fixed[0] if rows else ()) if key != "cell"},
        "field": "value",
        "dtype": "int16" if bits == 16 else "int8",
        "scale": rounded(np.array(units), 7),
        "base64": base64.b64encode(changes.tobytes()).decode(),
    }


def _without_rows(spec: Any, names: set[str]) -> Any:
    """The spec with these datasets empty."""
    if isinstance(spec, list):
        return [_without_rows(item, names) for item in spec]
    if not isinstance(spec, dict):
        return spec
    if "values" in spec:
        return spec | {"values": []} if spec.get("name") in names else spec
    return {key: _without_rows(value, names) for key, value in spec.items()}


@lru_cache(maxsize=16)
def _compiled(spec: str, place: str) -> Spec:
    """A Vega-Lite spec as Vega. Models that differ in their rows alone share one."""
    found = vega.compiled(json.loads(spec), place)  # vl-convert reads some numbers wrong in their last digit
    in_utc: Spec = utc.compiled(found)
    return in_utc
