"""What the page on methods says: every experiment, figure and file, as plain values for its template.

Between the stored runs and the pages. All of it follows from runs, code and settings; times and
commits, which do not, are in provenance_files.py.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from reportgen.drawing.declaration import FigureDeclaration
from reportgen.experiments import Experiment
from reportgen.experiments.functions import Function
from reportgen.experiments.problems import problem
from reportgen.experiments.variants import Settings
from reportgen.facts import run_table
from reportgen.files.hashing import key_of
from reportgen.numerics.config import Config
from reportgen.site.downloads import path_of
from reportgen.store.certificates import Certificate, code_name
from reportgen.store.documents import Code, Provenance
from reportgen.store.records import Record, Status
from reportgen.wording.names import AllFacts
from reportgen.wording.numbers import number, setting

PARTS = ("task", "model", "training")
ENGINES = {
    "compiled kernels": "compiled kernels",
    "eager": "plain PyTorch",
    "CUDA graph": "PyTorch, as a CUDA graph",
}


@dataclass(frozen=True)
class Stored:
    """An experiment that is trained: its groups as stored, and the worst status among them."""

    experiment: Experiment
    records: Sequence[Record]
    status: Status


ExperimentSummary = dict[str, Any]  # as `_experiment` says


def experiments(
    stored: Iterable[Stored], settings: Settings, certificates: Sequence[Certificate]
) -> list[ExperimentSummary]:
    """What the page says of each experiment, single ones first."""
    single_first = sorted(stored, key=lambda found: not found.experiment.single)
    return [
        (_function if isinstance(found.experiment, Function) else _experiment)(found, settings, certificates)
        for found in single_first
    ]


def figures(made_from: Mapping[FigureDeclaration, Mapping[str, str]]) -> list[dict[str, Any]]:
    """What it says of each figure. made_from: all it depends on."""
    return [_figure(source, inputs) for source, inputs in made_from.items()]


def _experiment(found: Stored, settings: Settings, certificates: Sequence[Certificate]) -> ExperimentSummary:
    """What the page says of an experiment, in words, and values as `--set` spells them.

    models: how many runs; combinations: of the settings that vary. parts: "task", "model" and "training" →
    the settings that all runs share; varied: the others → their values. keys: of its groups as stored.
    stopped_at: the step at which a single run was stopped, its loss not being finite. command: what trains it again.
    """
    records = found.records
    configs = [Config.from_dict(plain) for record in records for plain in record.info.configs]
    varied = varied_settings(configs)
    made = [record.provenance for record in records]
    return _of_any(found, settings, certificates) | {
        "models": len(configs),
        "examples": examples(configs),
        "parts": {part: constant_settings(configs, part, varied) for part in PARTS},
        "seed": configs[0].seed,
        "varied": {name: spelled(values) for name, values in varied.items()},
        "combinations": math.prod(len(values) for values in varied.values()),
        "engines": list(dict.fromkeys(engine(p) for p in made)),
    }


def _function(found: Stored, settings: Settings, certificates: Sequence[Certificate]) -> ExperimentSummary:
    """The same of a function: `settings` are those that all calls share."""
    function = found.experiment
    assert isinstance(function, Function)
    kept = {name: setting(value) for name, value in function.settings.items() if name not in function.grid}
    return _of_any(found, settings, certificates) | {
        "models": len(function.configs),
        "settings": kept,
        "varied": {name: spelled(values) for name, values in function.grid.items()},
        "combinations": len(function.configs),
    }


def _of_any(found: Stored, settings: Settings, certificates: Sequence[Certificate]) -> ExperimentSummary:
    """What is said of both kinds."""
    experiment, records = found.experiment, found.records
    made = [record.provenance for record in records]
    return {
        "name": experiment.name,
        "title": experiment.title,
        "single": experiment.single,
        "function": isinstance(experiment, Function),
        "data": path_of(experiment),
        "devices": list(dict.fromkeys(p.device for p in made)),
        "versions": list(dict.fromkeys(versions(p) for p in made)),
        "keys": [record.key for record in records],
        "status": found.status,
        "stopped_at": next((p.diverged_at for p in made if p.diverged_at is not None), None),
        "audits": audits(experiment.name, experiment.code, records, certificates),
        "command": command(experiment, records, settings),
    }


def constant_settings(configs: Sequence[Config], part: str, varied: Mapping[str, object]) -> dict[str, str]:
    """The settings of a task, model or training that all runs share: name → value, as `--set` spells it."""
    plain = asdict(getattr(configs[0], part))
    return {name: setting(value) for name, value in plain.items() if name not in varied}


def varied_settings(configs: Sequence[Config]) -> dict[str, list[Any]]:
    """The settings in which the runs differ: name → its values, in order."""
    rows = [run_table.settings(config) for config in configs]
    return {name: sorted({row[name] for row in rows}) for name in run_table.varied(rows)}


def examples(configs: Sequence[Config]) -> str:
    """What the runs learn from and are tested on, in words."""
    what = problem(configs[0]).examples
    counts = [problem(config).example_counts for config in configs]
    train, test = (_range({count[part] for count in counts}) for part in ("train", "test"))
    return f"{train} {what} to train on, {test} to test on"


def _range(values: set[int]) -> str:
    low, high = min(values), max(values)
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def spelled(values: Sequence[Any]) -> str:
    """The values of a setting: 0 to 23 where they are whole numbers without a gap, else each."""
    whole = all(type(value) is int for value in values)
    if whole and len(values) > 3 and all(b - a == 1 for a, b in pairwise(values)):
        return f"{values[0]} to {values[-1]}"
    return ", ".join(setting(value) for value in values)


def versions(provenance: Provenance) -> str:
    """The libraries behind a training, in one line."""
    named = {"python": "Python", "torch": "PyTorch", "numpy": "NumPy"}
    return ", ".join(f"{named.get(n, n)} {v}" for n, v in sorted(provenance.versions.items()))


def engine(provenance: Provenance) -> str:
    """What did the training steps: the last word of how a run was executed."""
    name = provenance.execution.rpartition(", ")[2]
    return ENGINES.get(name, name)


def command(experiment: Experiment, records: Sequence[Record], settings: Settings) -> str:
    """The command that trains it again: what is stored has to go, or there would be nothing to train."""
    root = "runs" if experiment.shipped else ".reportgen/runs"
    folder = f"{experiment.name}.{records[0].key}" if len(records) == 1 else f"{experiment.name}.*"
    return f"rm -rf {root}/{folder} && reportgen train {experiment.name}{settings.options}"


def audits(
    name: str, code: Code, records: Sequence[Record], certificates: Sequence[Certificate]
) -> list[Certificate]:
    """The audits on record that certify these groups for today's code."""
    made_by, now = {code_name(record.info.code) for record in records}, code_name(code)
    return [
        entry for entry in certificates
        if entry["experiment"] == name and entry["made_by"] in made_by and entry["holds_for"] == now
    ]  # fmt: skip


def _figure(source: FigureDeclaration, inputs: Mapping[str, str]) -> dict[str, Any]:
    """A figure's runs, its own code (its module first, then helpers beside it), and its drawing's key."""
    beside = f"code {source.path.parent.name}/"
    files = [name.removeprefix(beside) for name in inputs if name.startswith(beside)]
    return {
        "id": source.id,
        "runs": list(source.runs),
        "files": sorted(files, key=lambda name: (name != source.path.name, name)),
        "key": key_of(dict(inputs)),
    }


def seeds(names: Iterable[str], facts: AllFacts) -> list[dict[str, Any]]:
    """The single experiments whose seed was searched for: how many were tried, generalised, show the same."""
    known = {name: facts.get(name.replace("-", "_"), {}) for name in names}
    shown = ("seed", "tried", "generalised", "shown")
    return [
        {"name": name} | {fact: found[fact] for fact in shown}
        for name, found in known.items()
        if found.get("tried")
    ]
