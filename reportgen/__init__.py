"""Trains, draws, checks and publishes the article “Do machine learning models memorize or generalize?”."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportgen.store.run import Run


def load(name: str, project: str | Path | None = None) -> Run | list[Run]:
    """The stored run of a single experiment, or all runs of a sweep; see reportgen/pipeline/load.py."""
    # Not an import statement: every module imports this package, and would depend on all of it.
    found: Run | list[Run] = import_module("reportgen.pipeline.load").load(name, project)
    return found
