"""Runs that a reader may open in the place of a group's own: which they are, and in what words.

A figure declares a sweep as `STAND_INS`; those of its runs that kept snapshots of the same model on the
same task can be opened. Each has a data file of its own, which the page loads when it is wanted.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from reportgen.analysis import grokking_step, reading
from reportgen.drawing.declaration import FigureDeclaration
from reportgen.store.run import Run
from reportgen.wording.numbers import listing, step


def openable(source: FigureDeclaration, runs: Mapping[str, Run | list[Run]]) -> list[Run]:
    """The runs that may stand in for that of the figure's group."""
    own = runs[source.group].config
    return [
        run
        for run in runs[source.stand_ins]
        if (run.config.task, run.config.model) == (own.task, own.model)
        and len(run.snapshot_steps) > 1
        and np.isfinite(run.w_input).all()
        and np.isfinite(run.w_output).all()
    ]


def offer(source: FigureDeclaration, runs: Mapping[str, Run | list[Run]], found: Sequence[Run]) -> dict:
    """What the page says of the runs that can be opened."""
    return {
        "sweep": source.stand_ins,
        "models": len(runs[source.stand_ins]),
        "runs": [{"seed": run.config.seed, "words": words(run), "file": file_of(run)} for run in found],
    }


def file_of(run: Run) -> str:
    """The name of its data file in the figure's drawing."""
    return f"live-{run.config.seed}.js"


def words(run: Run) -> str:
    """What became of it: "frequencies 5, 9 and 22, generalises by step 21,000"."""
    learned = grokking_step(run)
    if learned is None:
        return f"does not generalise by step {step(run.steps[-1])}"
    made_of = _made_of(run)
    return f"{made_of}{', ' if made_of else ''}generalises by step {step(learned)}"


def _made_of(run: Run) -> str:
    """What its solution is made of; "" where that is nothing, or unknown."""
    read = reading(run.config)
    found = read.measures(run)[read.compared]
    if not found:
        return ""
    if isinstance(found, int):
        return f"{found} {read.nouns[found != 1]}"
    return f"{read.nouns[len(found) != 1]} {listing(found)}"
