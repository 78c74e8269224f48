"""What an experiment of one's own returned: arrays by name, with the settings of the call."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from reportgen.errors import ReportError
from reportgen.files.arrays import Array


class Stored(Mapping[str, Array]):
    """What every stored run can do: a mapping of arrays by name, with facts, and as a table."""

    name: str

    @property
    def facts(self) -> dict[str, Any]:
        """What sentences may quote of it, by name."""
        # Not an import statement: what describes runs stands on what they are.
        found = import_module("reportgen.facts.describing").facts_of(self.name, self)
        return dict(found or {})

    def frame(self) -> Any:
        """Its arrays of one axis as the columns of a pandas DataFrame: those of the most common length.

        Raises ReportError where pandas is not installed, and where it has no such array.
        """
        series = {name: array for name, array in self.items() if array.ndim == 1}
        if not series:
            raise ReportError(f"{self.name} has no arrays of one axis.", hint=f"It has: {', '.join(self)}.")
        (length, _), *_ = Counter(len(array) for array in series.values()).most_common(1)
        try:
            pandas = import_module("pandas")
        except ImportError:
            raise ReportError("A frame needs pandas.", hint="python -m pip install pandas") from None
        return pandas.DataFrame({name: array for name, array in series.items() if len(array) == length})

    def said(self, settings: Mapping[str, Any]) -> str:
        """Its settings, and what it holds: name, type and shape."""
        given = ", ".join(f"{name}={value!r}" for name, value in settings.items())
        arrays = "".join(
            f"\n  {name:<16} {array.dtype} {'×'.join(map(str, array.shape)) or repr(array.item())}"
            for name, array in self.items()
        )
        return f"{self.name}({given}){arrays}"


@dataclass(frozen=True, eq=False, repr=False)
class Result(Stored):
    """One call of a function: what it returned, by name, as NumPy arrays; a number is an array of no axes.

    settings: its keywords with their values. key: of the stored folder.
    """

    name: str
    key: str
    settings: Mapping[str, Any]
    arrays: Mapping[str, Array]

    def __getitem__(self, name: str) -> Array:
        try:
            return self.arrays[name]
        except KeyError:
            raise KeyError(f"{self.name} has no {name!r}; it has: {', '.join(self.arrays)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    def __repr__(self) -> str:
        return self.said(self.settings)

    @property
    def numbers(self) -> dict[str, Any]:
        """What has no axes, as Python's numbers, truth values and texts."""
        return {name: array.item() for name, array in self.arrays.items() if array.ndim == 0}

    @property
    def seed(self) -> int | None:
        """The setting of that name, if there is one."""
        found = self.settings.get("seed")
        return found if isinstance(found, int) else None


def different_forms(results: "list[Result]") -> str:
    """Where calls of one grid returned other names, or other numbers of axes; "" if nowhere."""
    first = results[0]
    for other in results[1:]:
        if missing := set(first) ^ set(other):
            return f"{_call(first, other)} and not both return {', '.join(sorted(missing))}"
        for name in first:
            if (
                first[name].ndim != other[name].ndim
                or np.dtype(first[name].dtype).kind != other[name].dtype.kind
            ):
                forms = (f"{r[name].dtype} {r[name].shape}" for r in (first, other))
                return f"{_call(first, other)} return {name} in two forms, {' and '.join(forms)}"
    return ""


def _call(one: Result, other: Result) -> str:
    """Two calls, by what tells them apart."""
    apart = [name for name in one.settings if one.settings[name] != other.settings.get(name)]
    return " and ".join(", ".join(f"{name}={r.settings[name]}" for name in apart) for r in (one, other))
