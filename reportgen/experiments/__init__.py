"""Every experiment by name: what is trained, never how it came out; and what the engine asks of each.

May import: wording and below. Begin with definition.py (what an experiment is), then catalogue.py (which there are).
"""

from reportgen.errors import unknown
from reportgen.experiments.code_mistakes import two_lines

with two_lines():
    from reportgen.experiments.catalogue import EXPERIMENTS
    from reportgen.experiments.definition import Experiment, Keep, change, settable, shrink

__all__ = ["EXPERIMENTS", "Experiment", "Keep", "change", "experiment", "settable", "shrink"]


def experiment(name: str) -> Experiment:
    """The experiment of that name. Raises ReportError with the nearest name."""
    if name not in EXPERIMENTS:
        raise unknown("experiment", name, EXPERIMENTS)
    return EXPERIMENTS[name]
