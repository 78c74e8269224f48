"""What Python and notebooks ask for: a stored run, a figure, facts, verdicts. Behind `import reportgen`.

project: the folder with figures/ and templates/; by default the one here or above. Nothing here makes anything: what is
not there yet is an error that says which command makes it. None of it needs PyTorch.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.compare.run_names import find_run
from reportgen.errors import EXIT_FAILED, ReportError, unknown
from reportgen.experiments import EXPERIMENTS
from reportgen.files.project import Project, find_project
from reportgen.files.reads import refuse_inside
from reportgen.pipeline.findings import quoted_name
from reportgen.pipeline.plan import opened
from reportgen.store.run import Found
from reportgen.store.run_file import SUFFIX, run_in

if TYPE_CHECKING:
    import altair

    from reportgen.claims.verdicts import Verdict


def load(name: str, project: str | Path | None = None) -> Found:
    """The stored run of a single experiment, or all runs of a sweep, as a list; or one run, by any name of `compare`;
    or the run in a file NAME.npz.

    load("modular"), load("modular-search:7"), load("modular@weight_decay=0.3"), load("parity-sweep:neurons=64,seed=2").

    A run is a mapping of NumPy arrays by name. A trained model has `config`, `steps` (T,), the metrics `train_loss`,
    `test_loss`, `train_accuracy`, `test_accuracy` and `weight_norm`, each (T,), and the weights `w_input` (S, K, H) and
    `w_output` (S, H, C) at `snapshot_steps` (S,). What a function returned has its `settings`.

    Raises ReportError for an unknown name, or for an experiment that is not trained.
    """
    refuse_inside(
        f"A figure cannot load {name!r} by itself: the build would not know that it shows it.",
        hint=f"Name it in RUNS, and take it from chart(runs): runs[{name!r}]",
    )
    if name.endswith(SUFFIX):
        return run_in(Path(name))
    place = _place(project)
    plan = opened(place)
    if name in EXPERIMENTS:
        return plan.experiments[name].loaded
    if not set(name) & set(":@./") and len(name) != 16:
        raise unknown("experiment", name, EXPERIMENTS)
    return find_run(place, name)


def figure(name: str, project: str | Path | None = None) -> altair.TopLevelMixin:
    """A figure as the last build drew it: an Altair chart, which shows itself in a notebook; several panels as one.

    Raises ReportError for an unknown figure, or one that is not drawn from what there is now.
    """
    from altair import Chart

    plan = opened(_place(project))
    if name not in plan.figures:
        raise unknown("figure", name, plan.figures)
    target = plan.figures[name]
    target.require_readable()
    drawn = target.drawn()
    if drawn is None:
        raise ReportError(
            f"{name} is not drawn from what there is now.",
            hint=f"Run: reportgen build --only {name}",
            exit_code=EXIT_FAILED,
        )
    return Chart.from_dict(json.loads((drawn / f"{name}.json").read_text(encoding="utf-8")))


def facts_of(name: str, project: str | Path | None = None) -> dict[str, Any]:
    """The facts of an experiment by name, as sentences quote them. Raises ReportError as `load` does."""
    plan = opened(_place(project))
    if name not in plan.experiments:
        raise unknown("experiment", name, EXPERIMENTS)
    run = plan.experiments[name]
    run.records()  # an error where it is not trained
    return dict(plan.findings.facts_of({name: run}).get(quoted_name(name), {}))


def verdicts(project: str | Path | None = None) -> list[Verdict]:
    """Every claim of the article, judged on what is stored: its `id`, `text`, `holds`, `evidence` and `threshold`."""
    return opened(_place(project)).findings.verdicts


def _place(project: str | Path | None) -> Project:
    return find_project(None if project is None else Path(project))
