"""How a person names one stored run: `modular`, `modular-search:14`, `modular@seed=3`, or a key.

modular                              a single experiment
modular-search:14                    of many runs the one with that seed
parity-sweep:neurons=64,seed=2,…     or with those settings
modular@weight_decay=0.3             what --set modular.weight_decay=0.3 trained
modular.2f1d…, 2f1d…, runs/…         a stored folder or its key
run.npz                              a file from site/data/weights/, or that a page gave
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from reportgen.errors import EXIT_FAILED, ReportError, unknown
from reportgen.experiments import EXPERIMENTS, Experiment, experiment
from reportgen.experiments.functions import Cell
from reportgen.facts.run_table import settings, varied
from reportgen.files.project import Project
from reportgen.numerics.config import Config
from reportgen.pipeline.plan import Plan, opened
from reportgen.store.result import Result
from reportgen.store.run import Run
from reportgen.store.run_file import SUFFIX, run_in
from reportgen.wording.numbers import number, setting

_FORM = re.compile(r"(?P<name>[^@:]+)(@(?P<changes>[^:]+))?(:(?P<pick>.+))?")
_KEY = re.compile(r"(?:.*\.)?([0-9a-f]{16})/?")
Chosen = TypeVar("Chosen", Config, Cell)
SHOWN_VALUES = 8  # of a setting, in an error


def find_run(project: Project, text: str, *, quick: bool = False) -> Run | Result:
    """The stored run that a text names. Raises ReportError for a wrong name, or an untrained run."""
    if text.endswith(SUFFIX):
        return run_in(Path(text))
    form = _FORM.fullmatch(text)
    if not form:
        example = next(iter(EXPERIMENTS))
        raise ReportError(
            f"{text!r} does not name a run.",
            hint=f"For example: {example}, {example}-search:14, {example}@seed=3.",
        )
    key = _KEY.fullmatch(form["name"])
    if key:
        return _by_key(project, text, key[1], form["pick"])
    changes = [f"{form['name']}.{change}" for change in (form["changes"] or "").split(",") if change]
    plan = opened(project, quick=quick, assignments=changes)
    experiment(form["name"])
    chosen = plan.settings.experiments[form["name"]]
    config = choose(text, chosen.configs, form["pick"])
    run = _stored(plan, chosen, config)
    if run is None:
        raise ReportError(
            f"{text} is not trained yet.",
            hint=f"Run: reportgen train {chosen.name}{plan.settings.options}",
            exit_code=EXIT_FAILED,
        )
    return run


def _by_key(project: Project, text: str, key: str, pick: str | None) -> Run | Result:
    record = opened(project).store.find(key)
    if record is None:
        raise ReportError(
            f"No stored run has the key {key}.", hint="See the folders in .reportgen/runs/ and runs/."
        )
    if record.of_function:
        return record.result()
    runs = record.runs()
    config = choose(text, [run.config for run in runs], pick)
    return next(run for run in runs if run.config == config)


def _stored(plan: Plan, chosen: Experiment, config: Any) -> Run | Result | None:
    """The run of that config, if its group is stored; the others need not be."""
    for configs, group in zip(chosen.groups(), plan.experiments[chosen.name].groups, strict=True):
        if config in configs and group.held:
            return group.held.record.contents()[configs.index(config)]
    return None


def choose(text: str, configs: Sequence[Chosen], pick: str | None) -> Chosen:
    """The one config that a pick names, a seed or settings. Raises ReportError saying what there is."""
    asked = _asked(pick)
    rows = [settings(config) for config in configs]
    for field in asked:
        if field not in rows[0]:
            raise unknown(f"setting in {text}", field, rows[0])
    fits = [i for i, row in enumerate(rows) if all(_same(row[field], asked[field]) for field in asked)]
    if len(fits) == 1:
        return configs[fits[0]]
    if fits:
        left = [rows[i] for i in fits]
        example = ",".join(f"{field}={setting(left[0][field])}" for field in varied(left))
        raise ReportError(
            f"{text} names {number(len(fits))} runs.",
            hint=f"They differ in {_values(left)}. Add to it, such as {text}{',' if asked else ':'}{example}",
        )
    raise ReportError(
        f"There is no run {text}.", hint=f"There are: {_values(rows) or 'one run; leave out the :'}."
    )


def _asked(pick: str | None) -> dict[str, str]:
    """Field → value as text; a number alone is a seed."""
    if pick is None:
        return {}
    parts = [part if "=" in part else f"seed={part}" for part in pick.split(",")]
    return dict(part.split("=", 1) for part in parts)


def _same(value: Any, text: str) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return setting(value) == text
    try:
        return float(text) == value
    except ValueError:
        return False


def _values(rows: Sequence[dict[str, Any]]) -> str:
    """What the varied settings are among some runs."""
    parts = []
    for field in varied(rows):
        found = sorted({row[field] for row in rows})
        words = [setting(value) for value in found]
        few = len(found) <= SHOWN_VALUES
        parts.append(f"{field} ({', '.join(words) if few else f'{words[0]} to {words[-1]}'})")
    return ", ".join(parts)
