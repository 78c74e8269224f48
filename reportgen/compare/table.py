"""Two runs side by side in a table: which settings differ, and what became of each."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from reportgen import analysis
from reportgen.errors import ReportError
from reportgen.experiments import EXPERIMENTS
from reportgen.experiments.problems import problem
from reportgen.facts.run_table import measures, settings
from reportgen.store.result import Result
from reportgen.store.run import Run
from reportgen.wording.numbers import number, percent, setting, signed, step

UNKNOWN = "–"
DRAWS = ("seed", "perturbation")


class Row(NamedTuple):
    """One line of the table: what it is, of A, of B, and how B differs."""

    label: str
    a: str
    b: str
    change: str = ""


def of_any(a: Run | Result, b: Run | Result, names: tuple[str, str]) -> Iterator[str]:
    """The comparison of what functions returned in two calls, as lines. Raises ReportError for a call and a model."""
    if not isinstance(a, Result) or not isinstance(b, Result):
        raise ReportError(
            f"Of {names[0]} and {names[1]}, one is a trained model and one what a function returned.",
            hint="Compare two of one kind.",
        )
    yield from (f"{letter}  {name}" for letter, name in zip("AB", names, strict=True))
    differ = [name for name in {**a.settings, **b.settings} if a.settings.get(name) != b.settings.get(name)]
    rows = [Row(name, _value(a, name), _value(b, name)) for name in differ]
    rows += [Row(name, _form(a, name), _form(b, name), _apart(a, b, name)) for name in {**a, **b}]
    head = Row("", "A", "B", "B against A")
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    yield ""
    for row in (head, *rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _value(result: Result, name: str) -> str:
    return setting(result.settings[name]) if name in result.settings else UNKNOWN


def _form(result: Result, name: str) -> str:
    if name not in result:
        return UNKNOWN
    array = result[name]
    return setting(array.item()) if array.ndim == 0 else f"{array.dtype} {'×'.join(map(str, array.shape))}"


def _apart(a: Result, b: Result, name: str) -> str:
    """How far two arrays of one form are apart, at most."""
    if name not in a or name not in b or a[name].shape != b[name].shape or a[name].dtype.kind not in "iuf":
        return ""
    apart = np.abs(a[name].astype(float) - b[name].astype(float))
    most = float(np.nanmax(apart)) if np.isfinite(apart).any() else 0.0
    return f"at most {number(most, 3)} apart" if most else "same"


def require_comparable(a: Run, b: Run, names: tuple[str, str]) -> None:
    """Raises ReportError for two tasks, or for the same run twice."""
    if type(a.config.task) is not type(b.config.task):
        kinds = [problem(run.config).name for run in (a, b)]
        raise ReportError(
            f"{names[0]} learns {kinds[0]}, {names[1]} {kinds[1]}: their losses have no common measure.",
            hint="Compare two runs of one task.",
        )
    if a.config == b.config and a.key == b.key:
        raise ReportError(
            f"{names[0]} and {names[1]} are the same run.",
            hint=f"Change a setting of one, such as {next(iter(EXPERIMENTS))}@weight_decay=0.3.",
        )


def different_settings(a: Run, b: Run) -> list[Row]:
    """Every setting that is not the same in both."""
    first, second = settings(a.config), settings(b.config)
    names = [name for name in first | second if first.get(name) != second.get(name)]
    return [_setting(name, first.get(name), second.get(name)) for name in names]


def _setting(name: str, a: Any, b: Any) -> Row:
    """A number is compared by its ratio, unless it only names a draw."""
    first, second = (UNKNOWN if given is None else setting(given) for given in (a, b))
    numbers = all(isinstance(given, int | float) and not isinstance(given, bool) for given in (a, b))
    return Row(name, first, second, _ratio(a, b) if numbers and name not in DRAWS else "")


def outcomes(a: Run, b: Run) -> list[Row]:
    """What became of both."""
    first, second = measures(a), measures(b)
    rows = [_row(label, first[name], second[name], *kind) for label, name, kind in _MEASURED]
    rows.append(_row("weight norm at the end", float(a.weight_norm[-1]), float(b.weight_norm[-1]), *_SIZES))
    if first["diverged_at"] or second["diverged_at"]:
        rows.append(_row("diverges at step", first["diverged_at"], second["diverged_at"], *_STEPS))
    return [*rows, _solution(analysis.reading(a.config), first, second)]


def _row(label: str, a: Any, b: Any, word: Callable[[Any], str], change: Callable[[Any, Any], str]) -> Row:
    """A row of two numbers, either of which may be unknown."""
    known = [number is not None and np.isfinite(number) for number in (a, b)]
    first, second = (word(number) if here else UNKNOWN for number, here in zip((a, b), known, strict=True))
    if not all(known):
        return Row(label, first, second)
    return Row(label, first, second, "same" if a == b else change(a, b))


def _ratio(a: float, b: float) -> str:
    return f"× {_size(b / a)}" if a > 0 else ""


def _size(value: float) -> str:
    """A loss or a norm."""
    return number(value, 3)


def _difference(a: int, b: int) -> str:
    return signed(b - a)


def _points(a: float, b: float) -> str:
    """Between two shares."""
    return f"{signed(100 * (b - a))} points"


_STEPS, _SHARES, _SIZES = (step, _difference), (percent, _points), (_size, _ratio)
_MEASURED = (
    ("memorises at step", "memorisation_step", _STEPS),
    ("generalises at step", "grokking_step", _STEPS),
    ("t10: 10 % test accuracy", "t10", _STEPS),
    ("t90: 90 % test accuracy", "t90", _STEPS),
    ("train accuracy at the end", "final_train_accuracy", _SHARES),
    ("test accuracy at the end", "final_test_accuracy", _SHARES),
    ("train loss at the end", "final_train_loss", _SIZES),
    ("test loss at the end", "final_test_loss", _SIZES),
)


def _solution(read: analysis.Reading, first: Mapping[str, Any], second: Mapping[str, Any]) -> Row:
    """What both solutions are made of: numbers of a kind by how many they share, a count by difference."""
    label, a, b = read.nouns[1], first[read.compared], second[read.compared]
    if not isinstance(a, list):
        return _row(label, a, b, str, _difference)
    words = [" ".join(map(str, found)) or "none" for found in (a, b)]
    return Row(label, words[0], words[1], f"{len({*a} & {*b})} in common")


def table(a: Run, b: Run, names: tuple[str, str]) -> Iterator[str]:
    """The comparison as lines for a terminal. Raises ReportError where there is nothing to compare."""
    require_comparable(a, b, names)
    yield from (f"{letter}  {name}" for letter, name in zip("AB", names, strict=True))
    parts = {"Settings that differ": different_settings(a, b), "What became of them": outcomes(a, b)}
    head = Row("", "A", "B", "B against A")
    rows = [head, *(row for part in parts.values() for row in part)]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for title, part in parts.items():
        yield ""
        for row in (head._replace(label=title), *part):
            yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        if not part:
            yield "none"
