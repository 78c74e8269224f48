"""Trains, draws, checks and publishes an article of experiments.

What can be imported from here is all that is public; docs/python.md tells of each. To declare: `experiment`, `data`,
`of_run`, `of_sweep`, `of_no_run`, `claim`, `Finding`, `proportion`. To look at: `load`, `figure`, `facts_of`, `verdicts`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reportgen.claims.registry import Finding as Finding
    from reportgen.claims.registry import claim as claim
    from reportgen.claims.verdicts import proportion as proportion
    from reportgen.compare.notebook import facts_of as facts_of
    from reportgen.compare.notebook import figure as figure
    from reportgen.compare.notebook import load as load
    from reportgen.compare.notebook import verdicts as verdicts
    from reportgen.experiments.declaring import experiment as experiment
    from reportgen.experiments.tables import data as data
    from reportgen.facts.registry import of_no_run as of_no_run
    from reportgen.facts.registry import of_run as of_run
    from reportgen.facts.registry import of_sweep as of_sweep

_WHERE = {
    "claims.registry": ("claim", "Finding"),
    "claims.verdicts": ("proportion",),
    "compare.notebook": ("load", "figure", "facts_of", "verdicts"),
    "experiments.declaring": ("experiment",),
    "experiments.tables": ("data",),
    "facts.registry": ("of_run", "of_sweep", "of_no_run"),
}
PUBLIC = {name: f"reportgen.{module}" for module, names in _WHERE.items() for name in names}


def __getattr__(name: str) -> Any:
    """What is public, when it is asked for.

    Not an import statement: every module imports this package, and would depend on all of it.
    """
    if name not in PUBLIC:
        raise AttributeError(f"module 'reportgen' has no attribute {name!r}")
    return getattr(import_module(PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted(PUBLIC)
