"""The facts by section of the page, as claims/sections has its claims; importing this package fills the registry.

Add facts by decorating a function with what they are of: a run, a sweep, or nothing trained.
"""

from reportgen.facts.sections import (
    before,
    comparisons,
    construction,
    decisions,
    five_neurons,
    modular,
    open_questions,
    own_loops,
    parity,
    sweeps,
)

__all__ = [
    "before",
    "comparisons",
    "construction",
    "decisions",
    "five_neurons",
    "modular",
    "open_questions",
    "own_loops",
    "parity",
    "sweeps",
]
