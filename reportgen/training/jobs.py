"""What is trained together, and what is said of it on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.experiments import Experiment
from reportgen.store.records import run_key

Losses = (
    tuple[float, float] | Mapping[str, float]
)  # train and test, mean over a group's runs; or a function's metrics
Message = tuple[
    str, int, float, Losses, int, bool, str, int | None
]  # a job's key, then `Progress` without the job


@dataclass(frozen=True)
class Job:
    """A group of runs to train together: the `part`-th of its experiment's `parts`."""

    experiment: Experiment
    configs: tuple[Any, ...]
    device: str = "cpu"
    part: int = 1
    parts: int = 1

    @property
    def key(self) -> str:
        return run_key(self.configs, self.experiment.keep, self.experiment.code)

    @property
    def label(self) -> str:
        """Its experiment, and which part of it."""
        return self.experiment.name if self.parts == 1 else f"{self.experiment.name} {self.part}/{self.parts}"

    @property
    def steps(self) -> int:
        return self.experiment.steps_of(self.configs)

    @property
    def operations(self) -> float:
        """What all its steps cost, in a unit of its kind of experiment."""
        return self.experiment.work(self.configs)


@dataclass(frozen=True)
class Progress:
    """What a worker says while it trains; `done` once the record is stored.

    refused: why its checkpoint is not used. diverged_at: where it was stopped, its loss not being finite.
    """

    job: Job
    step: int
    rate: float  # steps per second of this process
    losses: Losses
    resumed_at: int = 0
    done: bool = False
    refused: str = ""
    diverged_at: int | None = None


def count_runs(jobs: Sequence[Job]) -> str:
    """ "1 run", "6 runs"."""
    count = sum(len(job.configs) for job in jobs)
    return f"{count} run{'s' * (count != 1)}"
