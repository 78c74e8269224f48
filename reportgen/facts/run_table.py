"""A sweep as a table: one row per model, its settings and what became of it. No torch."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TextIO

from reportgen import analysis
from reportgen.numerics.config import Config, ModularTask
from reportgen.store.run import Run

_LOSSES = ("min_train_loss", "min_test_loss", "max_ratio")
_ENDS = ("final_train_loss", "final_test_loss", "final_train_accuracy", "final_test_accuracy")
COLUMNS = {
    "parity-sweep": (
        "neurons", "train_size", "weight_decay", "seed", *_LOSSES, "final_test_accuracy", "diverged_at", "outcome",
    ),
    "modular-seeds": (
        "seed", "final_train_loss", "final_test_loss", "final_test_accuracy", "grokking_step", "frequencies",
        "neurons_per_frequency",
    ),
    "architecture-sweep": (
        "tied", "collapsed_in", "collapsed_out", "tied_in_proj", "neurons", "decay", "weight_decay",
        "learning_rate", "precision", "seed", *_LOSSES, "final_train_accuracy", "final_test_accuracy",
        "grokking_step", "diverged_at", "outcome",
    ),
}  # fmt: skip
_MEASURES = (*_ENDS, *_LOSSES, "memorisation_step", "t10", "t90", "grokking_step", "diverged_at", "outcome")


def columns(name: str, configs: Sequence[Config]) -> tuple[str, ...]:
    """The columns of an experiment: its own, or the settings that vary and all that is measured."""
    if name in COLUMNS:
        return COLUMNS[name]
    rows = [settings(config) for config in configs]
    varied = [field for field in rows[0] if field != "seed" and len({row.get(field) for row in rows}) > 1]
    periodic = ("frequencies", "neurons_per_frequency") if isinstance(configs[0].task, ModularTask) else ()
    return (*varied, "seed", *_MEASURES, *periodic)


def settings(config: Config) -> dict:
    """All settings of a run by name, flat."""
    return {
        **asdict(config.task), **asdict(config.model), **asdict(config.training),
        "seed": config.seed, "perturbation": config.perturbation,
    }  # fmt: skip


def measures(run: Run) -> dict:
    """What became of a run, by name."""
    train, test = analysis.logged_losses(run)
    found = {
        "min_train_loss": analysis.least(train),
        "min_test_loss": analysis.least(test),
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
    }
    if isinstance(run.config.task, ModularTask):
        used = analysis.used_frequencies(run)
        found |= {"frequencies": list(used), "neurons_per_frequency": list(used.values())}
    return found


def rows(names: Sequence[str], runs: Iterable[Run]) -> Iterator[list[str]]:
    """The table's cells, as text."""
    for run in runs:
        known = settings(run.config) | measures(run)
        yield [_text(known.get(name)) for name in names]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def write_csv(file: TextIO, name: str, configs: Sequence[Config], runs: Iterable[Run]) -> None:
    """The whole table with its header."""
    table, names = csv.writer(file, lineterminator="\n"), columns(name, configs)
    table.writerow(names)
    table.writerows(rows(names, runs))
