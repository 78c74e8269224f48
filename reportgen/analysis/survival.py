"""How long until a model generalises, where some were still waiting when they were last seen.

A model is (step, generalised): the step at which it generalised, or the last at which it was seen waiting.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.analysis.curves import grokking_step
from reportgen.analysis.statistics import NORMAL_95
from reportgen.store.run import Run

Waiting = tuple[int, bool]


def waiting_times(seeds: Sequence[Run], followed: Sequence[Run] = ()) -> list[Waiting]:
    """How long each seed waited: as it was followed further, where it was, else as it was first seen."""
    longer = {run.config.seed: run for run in followed}
    found = []
    for run in seeds:
        last = longer.get(run.config.seed, run) if grokking_step(run) is None else run
        when = grokking_step(last)
        found.append((int(last.steps[-1]), False) if when is None else (when, True))
    return found


@dataclass(frozen=True)
class Arrived:
    """The share that has generalised by a step, with a 95 % interval."""

    step: int
    share: float
    low: float
    high: float


def arrivals(models: Sequence[Waiting]) -> list[Arrived]:
    """The share that has generalised after each step at which one did (Kaplan & Meier 1958).

    Those last seen earlier no longer count among the waiting. The interval is Greenwood's on the scale of
    log(−log(waiting)), which keeps it inside [0, 1].
    """
    found: list[Arrived] = []
    waiting, variance = 1.0, 0.0
    for step in sorted({when for when, generalised in models if generalised}):
        at_risk = sum(when >= step for when, _ in models)
        events = sum(when == step and generalised for when, generalised in models)
        waiting *= 1 - events / at_risk
        if waiting <= 0:
            found.append(Arrived(step, 1.0, found[-1].low if found else 0.0, 1.0))
            break
        variance += events / (at_risk * (at_risk - events))
        spread = math.exp(NORMAL_95 * math.sqrt(variance) / abs(math.log(waiting)))
        found.append(Arrived(step, 1 - waiting, 1 - waiting ** (1 / spread), 1 - waiting**spread))
    return found


@dataclass(frozen=True)
class Hazard:
    """Of the models still waiting, how many generalise in 10,000 steps, between two steps."""

    start: int
    stop: int
    events: int
    rate: float


def hazards(models: Sequence[Waiting], edges: Sequence[int]) -> list[Hazard]:
    """The hazard between neighbouring edges: those that generalise, by the time that models waited there."""
    found: list[Hazard] = []
    for start, stop in zip(edges, edges[1:], strict=False):
        events = sum(generalised and start < when <= stop for when, generalised in models)
        waited = sum(min(when, stop) - start for when, _ in models if when > start)
        if waited:
            found.append(Hazard(start, stop, events, 1e4 * events / waited))
    return found
