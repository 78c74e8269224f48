"""`from reportgen import experiment`: makes an experiment of a function.

    @experiment(grid={"seed": range(8)}, quick={"steps": 50, "seed": [0]}, libraries=("torch",))
    def my_training(*, steps=1000, rate=0.1, seed=0):
        \"\"\"Its first line is the title.\"\"\"
        ...
        yield step, {"loss": loss}         # as often as it likes: progress
        return {"loss": losses, "weights": w}

Whoever declares what is no experiment is told at once, by file and line.
"""

import inspect
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, overload

from reportgen.errors import ReportError
from reportgen.experiments.functions import HANDED, Function, like, plain

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
EXAMPLE = "Write it like: @experiment(grid={'seed': range(8)})  def my_training(*, steps=1000, seed=0): …"


@overload
def experiment(function: Callable[..., Any], /) -> Function: ...


@overload
def experiment(
    *,
    name: str = "",
    grid: Mapping[str, Iterable[Any]] | None = None,
    quick: Mapping[str, Any] | None = None,
    shipped: bool = False,
    libraries: Iterable[str] = (),
    steps: str = "steps",
    seconds: float = 10.0,
) -> Callable[[Callable[..., Any]], Function]: ...


def experiment(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str = "",
    grid: Mapping[str, Iterable[Any]] | None = None,
    quick: Mapping[str, Any] | None = None,
    shipped: bool = False,
    libraries: Iterable[str] = (),
    steps: str = "steps",
    seconds: float = 10.0,
) -> Function | Callable[[Callable[..., Any]], Function]:
    """Declare the decorated function as an experiment.

    The function's keywords with their defaults are its settings: numbers, texts, truth values, None, or lists of
    these. It may also take `checkpoint` (to go on from, see training/calls.py) and `device` ("cpu" or "cuda"). It
    returns a dictionary of arrays or numbers by name; as a generator it may yield (step, {metric: value}) before.

    name: by default the function's, with hyphens. grid: setting → its values; a run for each combination. quick:
    setting → what --quick puts in its place, for a setting of the grid a list. shipped: stored in runs/, which
    travels with the project. libraries: those whose versions count in the key. steps: the setting that says how
    many steps it yields. seconds: what a call takes, until one is on record.

    Raises ReportError, naming file and line, for what is no setting, or no name.
    """

    def declare(function: Callable[..., Any]) -> Function:
        where = _place(function)
        settings, handed = _settings(function, where)
        called = getattr(function, "__name__", "")
        found = name or called.replace("_", "-")
        if not NAME.fullmatch(found):
            raise ReportError(
                f"{where}: {found!r} is no name of an experiment.",
                hint="Small letters and digits in words joined by -, or by _ in the function's name.",
            )
        title = (inspect.getdoc(function) or found.replace("-", " ").capitalize()).split("\n")[0].rstrip(".")
        cells = {
            key: [like(value, settings.get(key)) for value in values] for key, values in (grid or {}).items()
        }
        small = {key: _like(value, settings.get(key)) for key, value in (quick or {}).items()}
        for what, given in (("grid", cells), ("quick", small)):
            for key, value in given.items():
                if key not in settings:
                    raise ReportError(
                        f"{where}: {what} names {key!r}, which is no setting of {found}.",
                        hint=f"Its settings are: {', '.join(settings) or 'none'}.",
                    )
                _plain(value, f"{where}: {what} of {key}")
        for key in cells.keys() & small.keys():
            if not isinstance(small[key], list | tuple | range):
                raise ReportError(
                    f"{where}: quick gives {key!r} one value, but the grid has a list of them.",
                    hint=f"Write quick={{{key!r}: [{small[key]!r}]}}.",
                )
        return Function(
            found, title, (), shipped=shipped, file=Path(inspect.getfile(function)), called=called,
            settings=settings, grid={key: tuple(values) for key, values in cells.items()},
            quick={key: plain(value) for key, value in small.items()}, libraries=tuple(libraries),
            handed=handed, counted=steps, seconds=float(seconds), function=function,
        )  # fmt: skip

    return declare if function is None else declare(function)


def _settings(function: Callable[..., Any], where: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Its keywords with their values, and what it wants to be handed."""
    settings, handed = {}, []
    for name, parameter in inspect.signature(function).parameters.items():
        if name in HANDED:
            handed.append(name)
        elif parameter.default is parameter.empty or parameter.kind is parameter.POSITIONAL_ONLY:
            raise ReportError(
                f"{where}: {name!r} has no value.", hint=f"Each keyword is a setting. {EXAMPLE}"
            )
        else:
            settings[name] = _plain(parameter.default, f"{where}: the setting {name!r}")
    return settings, tuple(handed)


def _like(value: Any, usual: Any) -> Any:
    many = isinstance(value, list | tuple | range)
    return [like(item, usual) for item in value] if many else like(value, usual)


def _plain(value: object, what: str) -> Any:
    try:
        return plain(value)
    except (TypeError, ValueError):
        raise ReportError(
            f"{what} is {json.dumps(repr(value)[:60])}, which JSON has no word for.",
            hint="A setting is a number, a text, true or false, None, or a list of these.",
        ) from None


def _place(function: Callable[..., Any]) -> str:
    code = getattr(function, "__code__", None)
    if code is None:
        raise ReportError(f"{function!r} is no function, so it is no experiment.", hint=EXAMPLE)
    return f"{code.co_filename}:{code.co_firstlineno}"
