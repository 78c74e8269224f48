"""Who works out which facts: functions of a run, of a sweep, or of nothing trained, by what they are facts of.

A fact is a plain int, float, str, list, dict or None; NumPy's numbers are made plain. None means that it
never happened or could not be measured, so every sentence that quotes such a fact needs a form without it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

Facts = dict[str, Any]  # by name
OfRun = Callable[[Any], Facts]  # a Run, or a function's Result
OfSweep = Callable[[Any], Facts]  # a list of them
OfNoRun = Callable[[], Facts]
Function = TypeVar("Function", bound=Callable[..., Facts])

OF_RUN: dict[str, OfRun] = {}
OF_SWEEP: dict[str, OfSweep] = {}
OF_NO_RUN: dict[str, OfNoRun] = {}


def of_run(*experiments: str) -> Callable[[OfRun], OfRun]:
    """Register the decorated function: the facts of these single experiments, beside those of every run."""
    return _registered(OF_RUN, experiments)


def of_sweep(*experiments: str) -> Callable[[OfSweep], OfSweep]:
    """Register the decorated function: the facts of these sweeps, from all their runs."""
    return _registered(OF_SWEEP, experiments)


def of_no_run(name: str) -> Callable[[OfNoRun], OfNoRun]:
    """Register the decorated function: facts that need no training, quoted under this name."""
    return _registered(OF_NO_RUN, [name])


def _registered(registry: dict[str, Function], names: Sequence[str]) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        registry.update(dict.fromkeys(names, function))
        return function

    return register


def plain(facts: Mapping[str, object]) -> Facts:
    """The facts with Python's numbers instead of NumPy's, and None instead of numbers that are not finite."""
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
