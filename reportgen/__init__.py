"""Trains, draws, checks and publishes an article of experiments; what can be imported from here is all that is public."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reportgen.claims.registry import Finding as Finding
    from reportgen.claims.registry import claim as claim
    from reportgen.claims.verdicts import proportion as proportion
    from reportgen.experiments.declaring import experiment as experiment
    from reportgen.experiments.tables import data as data
    from reportgen.facts.registry import of_no_run as of_no_run
    from reportgen.facts.registry import of_run as of_run
    from reportgen.facts.registry import of_sweep as of_sweep
    from reportgen.store.run import Found

PUBLIC = {  # name → where it is
    "experiment": "reportgen.experiments.declaring",
    "data": "reportgen.experiments.tables",
    "of_run": "reportgen.facts.registry",
    "of_sweep": "reportgen.facts.registry",
    "of_no_run": "reportgen.facts.registry",
    "claim": "reportgen.claims.registry",
    "Finding": "reportgen.claims.registry",
    "proportion": "reportgen.claims.verdicts",
}


def load(name: str, project: str | Path | None = None) -> Found:
    """The stored run of a single experiment, or all runs of a sweep; see reportgen/pipeline/load.py."""
    # Not an import statement: every module imports this package, and would depend on all of it.
    found: Found = import_module("reportgen.pipeline.load").load(name, project)
    return found


def __getattr__(name: str) -> Any:
    """What is public, loaded when it is asked for: as above."""
    if name not in PUBLIC:
        raise AttributeError(f"module 'reportgen' has no attribute {name!r}")
    return getattr(import_module(PUBLIC[name]), name)
