"""Who works out which facts: functions of a run, of a sweep, or of nothing trained, by what they are facts of.

A fact is a plain int, float, str, list, dict or None; NumPy's numbers are made plain. None means that it
never happened or could not be measured, so every sentence that quotes such a fact needs a form without it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from reportgen.errors import ReportError

Facts = dict[str, Any]  # by name
OfRun = Callable[[Any], Facts]  # a Run, or a function's Result
OfSweep = Callable[[Any], Facts]  # a list of them
OfNoRun = Callable[[], Facts]
Function = TypeVar("Function", bound=Callable[..., Facts])

OF_RUN: dict[str, OfRun] = {}  # of the article that comes with the program
OF_SWEEP: dict[str, OfSweep] = {}
OF_NO_RUN: dict[str, OfNoRun] = {}
OWN_OF_RUN: dict[str, OfRun] = {}  # of the project at hand: own.py fills them
OWN_OF_SWEEP: dict[str, OfSweep] = {}
OWN_OF_NO_RUN: dict[str, OfNoRun] = {}


@dataclass
class _Shown:
    """Whether the article's facts count, and whether what is registered now is the project's own."""

    article: bool = True
    own: bool = False


shown = _Shown()


def special_of_run(name: str) -> OfRun | None:
    """Who works out what is special about this single experiment."""
    return OWN_OF_RUN.get(name) or (OF_RUN.get(name) if shown.article else None)


def special_of_sweep(name: str) -> OfSweep | None:
    """The same of a sweep."""
    return OWN_OF_SWEEP.get(name) or (OF_SWEEP.get(name) if shown.article else None)


def special_of_no_run() -> dict[str, OfNoRun]:
    """Who works out facts that need no run, by their name."""
    return {**(OF_NO_RUN if shown.article else {}), **OWN_OF_NO_RUN}


def of_run(*experiments: str) -> Callable[[OfRun], OfRun]:
    """Register the decorated function: the facts of these single experiments, beside those of every run."""
    return _registered(OWN_OF_RUN if shown.own else OF_RUN, experiments)


def of_sweep(*experiments: str) -> Callable[[OfSweep], OfSweep]:
    """Register the decorated function: the facts of these sweeps, from all their runs."""
    return _registered(OWN_OF_SWEEP if shown.own else OF_SWEEP, experiments)


def of_no_run(name: str) -> Callable[[OfNoRun], OfNoRun]:
    """Register the decorated function: facts that need no training, quoted under this name."""
    return _registered(OWN_OF_NO_RUN if shown.own else OF_NO_RUN, [name])


def _registered(registry: dict[str, Function], names: Sequence[str]) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        taken = [name for name in names if shown.own and name in registry]
        if taken:
            place = f"{function.__code__.co_filename}:{function.__code__.co_firstlineno}"
            raise ReportError(
                f"{place}: {taken[0]} has facts already, by {registry[taken[0]].__name__}.",
                hint="Let one function return them all.",
            )
        registry.update(dict.fromkeys(names, function))
        return function

    return register


def plain(facts: Mapping[str, object]) -> Facts:
    """The facts with Python's numbers instead of NumPy's, and None instead of numbers that are not finite."""
    return {name: _plain(value, name) for name, value in facts.items()}


def _plain(value: object, name: str) -> object:
    if isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(item, name) for item in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if not isinstance(value, str | int | float | None):
        raise TypeError(
            f"{name} is a {type(value).__name__}; a fact is a number, a text, or a list or dictionary of these"
        )
    return value
