"""One function per claim, by section of the page; importing this package fills `CLAIMS`.

Add a claim by writing one decorated function in its section's module, thresholds beside it.
"""

from reportgen.claims.registry import CLAIMS, Claim, Finding, claim, in_order
from reportgen.claims.sections import (
    appendix,
    before,
    constraints,
    five_neurons,
    inside,
    modular,
    open_questions,
    own_loops,
    parity,
    rounding,
    seeds,
    sums,
    sweeps,
)

__all__ = [
    "CLAIMS", "Claim", "Finding", "appendix", "before", "claim", "constraints", "five_neurons",
    "in_order", "inside", "modular", "open_questions", "own_loops", "parity", "rounding", "seeds", "sums", "sweeps",
]  # fmt: skip
