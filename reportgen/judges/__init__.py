"""One function per claim, by section of the page; importing this package fills `CLAIMS`.

Add a claim by writing one decorated function in its section's module, thresholds beside it.
"""

from reportgen.judges import appendix, five_neurons, inside, modular, open_questions, parity, sweeps
from reportgen.judges.registry import CLAIMS, Claim, Finding, claim

__all__ = [
    "CLAIMS",
    "Claim",
    "Finding",
    "appendix",
    "claim",
    "five_neurons",
    "inside",
    "modular",
    "open_questions",
    "parity",
    "sweeps",
]
