"""How a trajectory is stored: as arrays of a group, and back to one run's.

keep "full": everything as it was. "compact": metrics in float32, weights in float16. "sweep": losses
with 13 significant bits, accuracies as exact counts, norms in float16, and weights as integers of 8 or 16
bits, by the kind of task, with one scale per matrix: all of them where snapshots were asked for, else those
of the last step or none. "curves": as "sweep", without weights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.experiments import Keep
from reportgen.experiments.problems import problem
from reportgen.files.arrays import Array, Floats, Integers
from reportgen.files.npz import Header
from reportgen.numerics.config import Config

if TYPE_CHECKING:  # it imports torch
    from reportgen.numerics.training import Trajectory

METRICS = ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "weight_norm")
WEIGHTS = ("w_input", "w_output")
SMALL: tuple[Keep, ...] = ("sweep", "curves")
LOST_BITS = 11  # of float32's 24: a relative error of at most 1.2e-4


def pack(trajectory: "Trajectory", keep: Keep, config: Config) -> dict[str, Array]:
    """The arrays of a trajectory as they are stored."""
    if keep in SMALL:
        return _pack_sweep(trajectory, keep, config)
    compact = keep == "compact"
    arrays = {"steps": trajectory.steps, "snapshot_steps": trajectory.snapshot_steps}
    metrics, weights = (np.float32, np.float16) if compact else (np.float64, np.float32)
    arrays |= {name: trajectory.metrics[name].astype(metrics) for name in METRICS}
    arrays |= {name: getattr(trajectory, name).astype(weights) for name in WEIGHTS}
    if not compact:
        arrays |= {f"final_{name}": matrix for name, matrix in trajectory.final.items()}
    return arrays


def _pack_sweep(trajectory: "Trajectory", keep: Keep, config: Config) -> dict[str, Array]:
    arrays: dict[str, Array] = {"steps": trajectory.steps}
    arrays["weight_norm"] = trajectory.metrics["weight_norm"].astype(np.float16)
    for part, size in problem(config).example_counts.items():
        arrays[f"{part}_loss"] = _shorten(trajectory.metrics[f"{part}_loss"].astype(np.float32))
        hits = np.rint(np.nan_to_num(trajectory.metrics[f"{part}_accuracy"]) * size)
        arrays[f"{part}_accuracy"] = hits.astype(np.uint16)
    kept = slice(0, 0) if keep == "curves" else _kept_snapshots(trajectory.snapshot_steps, config)
    arrays["snapshot_steps"] = trajectory.snapshot_steps[kept]
    for name in WEIGHTS:
        arrays[name], arrays[f"{name}_scale"] = _quantise(
            getattr(trajectory, name)[kept], problem(config).sweep_bits
        )
    return arrays


def _kept_snapshots(steps: Integers, config: Config) -> slice:
    """All that were asked for; of a run with none between start and end the last, or none at all."""
    if len(steps) > 2:
        return slice(None)
    return slice(1, None) if problem(config).sweep_weights else slice(0, 0)


def _shorten(values: Floats) -> Floats:
    """Float32 with the last bits rounded away, which zip then saves; infinities and NaN as they are."""
    bits = values.view(np.uint32)
    rounded = (bits + (1 << (LOST_BITS - 1))) & ~np.uint32((1 << LOST_BITS) - 1)
    return np.where(np.isfinite(values), rounded.view(np.float32), values)


def _quantise(weights: Floats, bits: int) -> tuple[Integers, Floats]:
    """(…, rows, columns) → integers of so many bits and the value of 1 as float32 (…); NaN gives a scale of NaN."""
    kind = np.dtype(f"int{bits}")
    largest = np.iinfo(kind).max
    scale = np.abs(weights).max(axis=(-2, -1), initial=0).astype(np.float32) / largest
    safe = np.where(np.isfinite(scale) & (scale > 0), scale, 1)[..., None, None]
    whole = np.rint(np.nan_to_num(weights / safe)).clip(-largest, largest)
    return whole.astype(kind), scale


def validation_error(headers: Mapping[str, Header], configs: Sequence[Config], keep: Keep) -> str:
    """What arrays of these names, shapes and types have that `pack` cannot have made of these runs; "" if nothing."""
    config, names = configs[0], {name for name in headers if not name.startswith("final_")}
    scales = {f"{name}_scale" for name in WEIGHTS} if keep in SMALL else set()
    wanted = {"steps", "snapshot_steps", *METRICS, *WEIGHTS, *scales}
    if names != wanted:
        return f"its arrays are not those of a {keep} record: {', '.join(sorted(names ^ wanted))}"
    k, h, c = problem(config).sizes
    saved, kept, r = headers["steps"].shape, headers["snapshot_steps"].shape, len(configs)
    shapes = {"steps": saved, "snapshot_steps": kept, **dict.fromkeys(METRICS, (*saved, r)),
              "w_input": (*kept, r, k, h), "w_output": (*kept, r, h, c), **dict.fromkeys(scales, (*kept, r))}  # fmt: skip
    few = 0 if keep == "curves" or (keep == "sweep" and not problem(config).sweep_weights) else 1
    for name, header in headers.items():
        if name.startswith("final_"):
            count, *sides = header.shape or (0,)
            fits = count == r and len(sides) == 2 and max(sides) <= problem(config).widest
        else:
            fits = header.shape == shapes[name]
        if not fits or header.dtype.kind not in _kinds(name):
            return f"{name} is {header.dtype} {header.shape}, which these runs do not have"
    steps = config.training.steps
    if len(saved) != 1 or not 2 <= saved[0] <= steps + 1 or len(kept) != 1 or not few <= kept[0] <= saved[0]:
        return f"a training of {steps} steps does not save {saved} rows and {kept} snapshots"
    return ""


def _kinds(name: str) -> str:
    """Types of numbers, as NumPy abbreviates them, that an array may have in any form."""
    if name.endswith("steps"):
        return "i"
    return "fu" if name.endswith("accuracy") else "fi" if name in WEIGHTS else "f"


def unpack(arrays: Mapping[str, Array], configs: Sequence[Config], i: int) -> dict[str, Any]:
    """The i-th run's arrays by name, as in `Run`: metrics float64 and weights float32, whatever the form."""
    found = {name: arrays[name] for name in ("steps", "snapshot_steps")}
    found |= {name: arrays[name][:, i].astype(np.float64) for name in METRICS}
    found |= {name: arrays[name][:, i].astype(np.float32) for name in WEIGHTS}
    if "w_input_scale" in arrays:  # a sweep's accuracies are numbers of examples, its weights whole numbers
        for part, size in problem(configs[i]).example_counts.items():
            found[f"{part}_accuracy"] /= size
        for name in WEIGHTS:
            found[name] *= arrays[f"{name}_scale"][:, i, None, None]
    return found


def join(trajectories: Sequence["Trajectory"]) -> "Trajectory":
    """Trajectories of runs of one shape as if they had been trained together, in that order."""
    first = trajectories[0]
    return replace(
        first,
        metrics={name: np.concatenate([t.metrics[name] for t in trajectories], 1) for name in first.metrics},
        **{name: np.concatenate([getattr(t, name) for t in trajectories], 1) for name in WEIGHTS},
        final={name: np.concatenate([t.final[name] for t in trajectories]) for name in first.final},
    )


def final_losses(trajectory: "Trajectory") -> tuple[float, float]:
    """Train and test loss at the end, averaged over the runs."""
    train, test = (float(trajectory.metrics[name][-1].mean()) for name in ("train_loss", "test_loss"))
    return train, test
