"""One run in one .npz file, as the site offers it and as a page gives a run that it trained: read without being believed."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from reportgen.errors import ReportError
from reportgen.experiments.problems import problem
from reportgen.files.arrays import Array
from reportgen.files.hashing import KEY_LENGTH, digest
from reportgen.files.npz import Header, read_arrays
from reportgen.numerics.config import Config
from reportgen.store.packing import METRICS, WEIGHTS
from reportgen.store.run import Run

SUFFIX = ".npz"
LARGEST = 500_000_000  # bytes in memory
_DIMENSIONS = {
    "config": 0,
    "steps": 1,
    "snapshot_steps": 1,
    **dict.fromkeys(METRICS, 1),
    **dict.fromkeys(WEIGHTS, 3),
}


def run_in(path: Path) -> Run:
    """The run in a file, named after it. Raises ReportError for what is no such file."""
    try:
        arrays = read_arrays(path, _problem)
        config = _config(str(arrays["config"]))
        _require_shapes(arrays, config)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ReportError(
            f"{path} holds no run: {error}.",
            hint="A run's file is one from site/data/weights/, or one that a page gave.",
        ) from error
    return Run(
        name=path.stem,
        key=digest(path.read_bytes())[:KEY_LENGTH],
        config=config,
        steps=arrays["steps"],
        train_loss=arrays["train_loss"],
        test_loss=arrays["test_loss"],
        train_accuracy=arrays["train_accuracy"],
        test_accuracy=arrays["test_accuracy"],
        weight_norm=arrays["weight_norm"],
        snapshot_steps=arrays["snapshot_steps"],
        w_input=arrays["w_input"],
        w_output=arrays["w_output"],
        final={
            name.removeprefix("final_"): matrix
            for name, matrix in arrays.items()
            if name.startswith("final_")
        },
    )


def _problem(headers: Mapping[str, Header]) -> str:
    """What is wrong with the arrays of a file, "" if nothing."""
    known = {**_DIMENSIONS, **{name: 2 for name in headers if name.startswith("final_")}}
    if missing := _DIMENSIONS.keys() - headers.keys():
        return f"it lacks {', '.join(sorted(missing))}"
    for name, header in headers.items():
        if len(header.shape) != known.get(name):
            return f"it has an array {name} of {len(header.shape)} dimensions"
        if (header.dtype.kind == "U") != (name == "config"):
            return f"{name} holds {header.dtype}"
    return "it is too large" if sum(header.size for header in headers.values()) > LARGEST else ""


def _config(text: str) -> Config:
    config: Config = _exact(Config.from_dict(json.loads(text)))
    return config


def _exact(settings: Any) -> Any:
    """With a whole number in place of 1.0 made one with a point, as JavaScript leaves that out; keys depend on it."""
    changed = {}
    for field in fields(settings):
        value = getattr(settings, field.name)
        if is_dataclass(value):
            changed[field.name] = _exact(value)
        elif field.type is float and isinstance(value, int):
            changed[field.name] = float(value)
    return replace(settings, **changed)


def _require_shapes(arrays: dict[str, Array], config: Config) -> None:
    """Raises ValueError where the arrays are not those of such a run."""
    inputs, neurons, outputs = problem(config).sizes
    count, snapshots = len(arrays["steps"]), len(arrays["snapshot_steps"])
    if not count or not snapshots:
        raise ValueError("it has no steps")
    wanted = {"w_input": (snapshots, inputs, neurons), "w_output": (snapshots, neurons, outputs)}
    for name, shape in {**wanted, **dict.fromkeys(METRICS, (count,))}.items():
        if arrays[name].shape != shape:
            raise ValueError(f"{name} has the shape {arrays[name].shape}, and its config asks for {shape}")
