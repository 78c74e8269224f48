"""Stored runs for people who want the data rather than the page: behind `from reportgen import load`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportgen.store.run import Run


def load(name: str, project: str | Path | None = None) -> Run | list[Run]:
    """The stored run of a single experiment, or all runs of a sweep; or the run in a file NAME.npz.

    A run has its `config`, `steps` (T,), the metrics `train_loss`, `test_loss`, `train_accuracy`,
    `test_accuracy` and `weight_norm`, each (T,), and the weights `w_input` (S, K, H) and `w_output`
    (S, H, C) at `snapshot_steps` (S,), all NumPy arrays. project: the folder with figures/ and
    templates/; by default the one here or above. Needs no torch.

    Raises ReportError for an unknown name, or for an experiment that is not trained.
    """
    from reportgen.experiments import experiment
    from reportgen.experiments.variants import Settings
    from reportgen.files.project import find_project
    from reportgen.files.reads import refuse_inside
    from reportgen.pipeline.plan import Plan
    from reportgen.store import run_file

    refuse_inside(
        f"A figure cannot load {name!r} by itself: the build would not know that it shows it.",
        hint=f"Name it in RUNS, and take it from chart(runs): runs[{name!r}]",
    )
    if name.endswith(run_file.SUFFIX):
        return run_file.run_in(Path(name))
    plan = Plan(find_project(None if project is None else Path(project)), Settings())
    return plan.experiments[experiment(name).name].loaded
