"""One trained model and how it got there: what figures, claims and people work with."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from reportgen.files.arrays import Array, Floats, Integers
from reportgen.numerics.config import Config
from reportgen.store.result import Result, Stored

_ARRAYS = (
    "steps", "train_loss", "test_loss", "train_accuracy", "test_accuracy", "weight_norm", "snapshot_steps", "w_input",
    "w_output",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Run(Stored):
    """One trained model and how it got there.

    steps (T,) and five metrics (T,): mean losses, accuracies in [0, 1], L2 norm of the weights.
    snapshot_steps (S,); w_input (S, K, H) and w_output (S, H, C): the effective matrices.
    final: the trained matrices at the last step, empty for compact runs.
    """

    name: str
    key: str
    config: Config
    steps: Integers
    train_loss: Floats
    test_loss: Floats
    train_accuracy: Floats
    test_accuracy: Floats
    weight_norm: Floats
    snapshot_steps: Integers
    w_input: Floats
    w_output: Floats
    final: dict[str, Array]
    canonical: "Run | None" = None  # beside a variant: the unchanged run, for comparison

    def __getitem__(self, name: str) -> Array:
        if name not in _ARRAYS and not (name.startswith("final_") and name[6:] in self.final):
            raise KeyError(f"{self.name} has no {name!r}; it has: {', '.join(self)}")
        found: Array = getattr(self, name) if name in _ARRAYS else self.final[name[6:]]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter([*_ARRAYS, *(f"final_{name}" for name in self.final)])

    def __len__(self) -> int:
        return len(_ARRAYS) + len(self.final)

    def __repr__(self) -> str:
        return self.said(self.settings)

    @property
    def settings(self) -> dict[str, Any]:
        """All settings by name, flat."""
        c = self.config
        return {
            **asdict(c.task), **asdict(c.model), **asdict(c.training), "seed": c.seed, "perturbation": c.perturbation,
        }  # fmt: skip

    def nearest_snapshot(self, step: float) -> int:
        """Index of the snapshot closest to a step."""
        return int(np.abs(self.snapshot_steps - step).argmin())


# Of an experiment: its run, or a sweep's runs.
Found = Run | list[Run] | Result | list[Result]
# What a figure or a claim is given, by name.
Runs = Mapping[str, Found]


def run_of(runs: Runs, name: str) -> Run:
    """The run of a single experiment."""
    found = runs[name]
    assert isinstance(found, Run), f"{name} is a sweep, or a function"
    return found


def runs_of(runs: Runs, name: str) -> list[Run]:
    """All runs of a sweep."""
    found = runs[name]
    assert isinstance(found, list), f"{name} is a single run"
    return trained(found)


def trained(found: Found) -> list[Run]:
    """Those among them that are trained models, not what functions returned."""
    return [run for run in (found if isinstance(found, list) else [found]) if isinstance(run, Run)]
