"""A sweep as a table: one row per model, its settings and what became of it. No torch."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import chain, islice
from typing import IO, Any

from reportgen import analysis
from reportgen.experiments import Experiment
from reportgen.experiments.functions import Cell, Function
from reportgen.numerics.config import Config
from reportgen.store.result import Result
from reportgen.store.run import Run

MEASURES = (
    "final_train_loss", "final_test_loss", "final_train_accuracy", "final_test_accuracy", "min_train_loss",
    "min_test_loss", "max_ratio", "memorisation_step", "t10", "t90", "grokking_step", "diverged_at", "outcome",
)  # fmt: skip


def columns(experiment: Experiment, first: Run | Result | None = None) -> tuple[str, ...]:
    """The columns of an experiment: its own, or the settings that vary and all that is measured.

    first: of its runs, where it is a function: what it returns is not known before.
    """
    if isinstance(first, Result):
        grid = experiment.grid if isinstance(experiment, Function) else {}
        varying = [*(grid or first.settings)]
        return (*varying, *(name for name in first.numbers if name not in varying))
    if experiment.columns:
        return experiment.columns
    fields = [
        field for field in varied([settings(config) for config in experiment.configs]) if field != "seed"
    ]
    return (*fields, "seed", *MEASURES, *analysis.reading(experiment.configs[0]).columns)


def settings(config: Config | Cell) -> dict[str, Any]:
    """All settings of a run by name, flat."""
    if isinstance(config, Cell):
        return dict(config.settings)
    return {
        **asdict(config.task), **asdict(config.model), **asdict(config.training),
        "seed": config.seed, "perturbation": config.perturbation,
    }  # fmt: skip


def varied(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The settings in which some runs differ. rows: all settings of each."""
    return [field for field in rows[0] if len({row.get(field) for row in rows}) > 1]


def measures(run: Run) -> dict[str, Any]:
    """What became of a run, by name. Losses as they are; `max_ratio` and `outcome` floor them first."""
    return {
        "min_train_loss": analysis.least(run.train_loss.astype(float)),
        "min_test_loss": analysis.least(run.test_loss.astype(float)),
        "max_ratio": analysis.largest_ratio(run),
        "final_train_loss": run.train_loss[-1],
        "final_test_loss": run.test_loss[-1],
        "final_train_accuracy": run.train_accuracy[-1],
        "final_test_accuracy": run.test_accuracy[-1],
        "memorisation_step": analysis.memorisation_step(run),
        "t10": analysis.crossing_step(run, 0.1),
        "t90": analysis.crossing_step(run, 0.9),
        "grokking_step": analysis.grokking_step(run),
        "diverged_at": analysis.diverged_at(run),
        "outcome": analysis.outcome(run),
        **analysis.reading(run.config).measures(run),
    }


def rows(names: Sequence[str], runs: Iterable[Run | Result]) -> Iterator[list[str]]:
    """The table's cells, as text; of a function's result those of its settings and its numbers."""
    for run in runs:
        if isinstance(run, Result):
            known = {**run.settings, **run.numbers}
        else:
            known = settings(run.config) | measures(run)
        yield [_text(known.get(name)) for name in names]


def _text(value: object) -> str:
    """A cell for programs: six digits, and nothing that groups or raises them."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def write_csv(file: IO[str], experiment: Experiment, runs: Iterable[Run | Result]) -> None:
    """The whole table with its header."""
    rest = iter(runs)
    beginning = list(islice(rest, 1))
    table, names = csv.writer(file, lineterminator="\n"), columns(experiment, *beginning)
    table.writerow(names)
    table.writerows(rows(names, chain(beginning, rest)))
