"""What an experiment of one's own returned: arrays by name, with the settings of the call."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from reportgen.files.arrays import Array


@dataclass(frozen=True, eq=False, repr=False)
class Result(Mapping[str, Array]):
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
        """Its settings, and what it holds: name, type and shape."""
        settings = ", ".join(f"{name}={value!r}" for name, value in self.settings.items())
        arrays = "".join(
            f"\n  {name:<16} {array.dtype} {'×'.join(map(str, array.shape)) or repr(array.item())}"
            for name, array in self.arrays.items()
        )
        return f"{self.name}({settings}){arrays}"

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
