"""Runs that a reader may open in the place of a group's own: which they are, and in what words.

A figure declares a sweep as `STAND_INS`; those of its runs that kept snapshots of the same model on the
same task can be opened. Each has a data file of its own, which the page loads when it is wanted.
"""

from collections.abc import Sequence

import numpy as np

from reportgen.analysis import grokking_step, reading
from reportgen.drawing.declaration import FigureDeclaration
from reportgen.drawing.record import Offer, StandIn
from reportgen.store.run import Run, Runs, run_of, runs_of
from reportgen.wording.numbers import listing, step


def openable(source: FigureDeclaration, runs: Runs) -> list[Run]:
    """The runs that may stand in for that of the figure's group."""
    assert source.group and source.stand_ins, "a figure is read only with both"
    own = run_of(runs, source.group).config
    return [
        run
        for run in runs_of(runs, source.stand_ins)
        if (run.config.task, run.config.model) == (own.task, own.model)
        and len(run.snapshot_steps) > 1
        and np.isfinite(run.w_input).all()
        and np.isfinite(run.w_output).all()
    ]


def offer(source: FigureDeclaration, runs: Runs, found: Sequence[Run]) -> Offer:
    """What the page says of the runs that can be opened."""
    sweep = str(source.stand_ins)
    shown = [StandIn(run.config.seed, words(run), file_of(run)) for run in found]
    return Offer(sweep, len(runs_of(runs, sweep)), shown)


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
