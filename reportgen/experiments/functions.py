"""Experiments that are functions: any function whose keywords are settings and that returns arrays.

What it does inside is its own affair. Its key is the code of its module and of all that this imports, its
settings, and the versions of the libraries that it names; each cell of its grid is a run by itself.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from itertools import product
from pathlib import Path
from typing import Any, Self

from reportgen.errors import ReportError, unknown
from reportgen.experiments.definition import Experiment, Keep
from reportgen.files.code_hash import PACKAGE, code_key, imported_files, numerics_fingerprint
from reportgen.files.own_folders import roots_of, shown
from reportgen.files.own_modules import imports

HANDED = ("checkpoint", "device")  # what a function is given by name besides its settings
DOOR = "reportgen/__init__.py"  # through which functions are declared; it computes nothing

Setting = Any  # None, bool, int, float, str, or a list of these: what JSON gives back as it was
Settings = Mapping[str, Setting]
Grid = Mapping[str, Sequence[Setting]]


@dataclass(frozen=True)
class Cell:
    """The settings of one call."""

    experiment: str
    settings: Settings

    def as_dict(self) -> dict[str, Any]:
        """As it is stored, and hashed."""
        return {"experiment": self.experiment, "settings": dict(self.settings)}


@dataclass(frozen=True)
class Function(Experiment):
    """A function as an experiment: one call, or one for each cell of its grid.

    file, called: its module and its name there. settings: its keywords with their values, those of the grid too.
    grid: setting → the values that it takes; the cells are all combinations. quick: what --quick puts in their place,
    a value, or for a setting of the grid a list. handed: which of `HANDED` it takes. counted: the setting that says
    how many steps it yields. seconds: what a call takes where none is on record.
    """

    keep: Keep = "arrays"
    file: Path = field(kw_only=True)
    called: str = field(kw_only=True)
    settings: Settings = field(kw_only=True)
    grid: Grid = field(kw_only=True)
    quick: Settings = field(kw_only=True)
    libraries: tuple[str, ...] = field(kw_only=True)
    handed: tuple[str, ...] = field(kw_only=True)
    counted: str = field(kw_only=True)
    seconds: float = field(kw_only=True)
    function: Callable[..., Any] | None = field(default=None, kw_only=True, compare=False, repr=False)

    def __getstate__(self) -> dict[str, object]:
        """Another process loads the function from its file, and sees by its code whether that is the same."""
        return {**super().__getstate__(), "function": None, "code": self.code}

    @property
    def changed_since(self) -> bool:
        """Whether its code is not what it was when it was declared, perhaps in another process."""
        return replace(self).code != self.code

    def __call__(self, **settings: Any) -> Any:
        """The function itself, called by hand."""
        if self.function is None:
            raise TypeError(f"{self.name} is known by what it declares; its code was not loaded")
        return self.function(**settings)

    @cached_property
    def configs(self) -> tuple[Any, ...]:
        """The cells, in the order of the grid."""
        found = tuple(
            Cell(self.name, {**self.settings, **dict(zip(self.grid, values, strict=True))})
            for values in product(*self.grid.values())
        )
        if not found:
            raise ReportError(f"{self.name} has no runs.", hint="One of its grid's lists is empty; fill it.")
        return found

    @property
    def single(self) -> bool:
        return not self.grid

    def groups(self) -> list[tuple[Any, ...]]:
        """Each cell is stored by itself."""
        return [(cell,) for cell in self.configs]

    @property
    def folder(self) -> Path:
        """Where its helpers are."""
        return self.file.parent

    @cached_property
    def code(self) -> dict[str, str]:
        """File → hash of its code and all that it imports, kernels too; library → version."""
        found = code_key(self.file, self._roots)
        found.pop(DOOR, None)
        found = found if self._in_package else shown(found, self.folder)
        if "reportgen/numerics/native.py" in found:
            kernels = {
                name: kept for name, kept in numerics_fingerprint().items() if not name.endswith(".py")
            }
            found |= {f"reportgen/numerics/kernels/{name}": kept for name, kept in kernels.items()}
        return found | {f"library {name}": self._version(name) for name in self.libraries}

    @property
    def _roots(self) -> tuple[Path, ...]:
        """From where imports count: a file of this package has no siblings by their bare names."""
        return (PACKAGE.parent,) if self._in_package else roots_of(self.file)

    @property
    def _in_package(self) -> bool:
        return self.file.is_relative_to(PACKAGE)

    def _version(self, library: str) -> str:
        try:
            return version(library)
        except PackageNotFoundError:
            raise ReportError(
                f"{self.file}: {self.name} names the library {library!r}, which is not installed.",
                hint=f"Install it, such as with: python -m pip install {library}",
            ) from None

    @cached_property
    def needs_torch(self) -> bool:
        """Whether its code, or what it imports, loads PyTorch."""
        return any(imports(file, "torch") for file in imported_files(self.file, self._roots))

    @property
    def takes_device(self) -> bool:
        return "device" in self.handed

    def with_libraries(self, libraries: tuple[str, ...]) -> "Function":
        """With the versions of some more in its key."""
        return replace(self, libraries=(*self.libraries, *libraries))

    # ---- what its file declares, to be remembered ----

    def as_json(self) -> dict[str, Any]:
        """All that is declared, but for where: JSON."""
        return {
            "name": self.name, "title": self.title, "shipped": self.shipped, "called": self.called,
            "settings": dict(self.settings), "grid": {name: list(values) for name, values in self.grid.items()},
            "quick": dict(self.quick), "libraries": list(self.libraries), "handed": list(self.handed),
            "counted": self.counted, "seconds": self.seconds,
        }  # fmt: skip

    @classmethod
    def from_json(cls, file: Path, plain: Mapping[str, Any]) -> Self:
        """The inverse; its function is loaded where it is called."""
        lists = {name: tuple(plain[name]) for name in ("libraries", "handed")}
        return cls(source=(), file=file, **{**plain, **lists})

    def steps_of(self, configs: Sequence[Any]) -> int:
        """How many steps a call yields, by its settings; 1 where they do not say."""
        steps = configs[0].settings.get(self.counted)
        return steps if isinstance(steps, int) and steps > 0 else 1

    def work(self, configs: Sequence[Any]) -> float:
        """Seconds by declaration: what there is to compare calls by before one was made."""
        return self.seconds * len(configs)

    # ---- shrunken, changed ----

    def shrunken(self) -> "Function":
        """For --quick: with the settings that it names for that."""
        grid = {name: tuple(self.quick.get(name, values)) for name, values in self.grid.items()}
        settings = {
            name: self.quick.get(name, value) for name, value in self.settings.items() if name not in grid
        }
        return replace(self, settings={**self.settings, **settings}, grid=grid, shipped=False, name=self.name)

    def changed(self, name: str, text: str) -> "Function":
        """With one setting replaced, given as text. Raises ReportError for an unknown one, or no value of it."""
        if name not in self.settings:
            raise unknown(f"setting of {self.name}", name, self.settings)
        if len(self.grid.get(name, ())) > 1:
            raise ReportError(
                f"{self.name} is a sweep over {len(self.grid[name])} values of {name}.",
                hint="--set changes what all its runs share; its grid is code.",
            )
        value = _read(name, text, self.settings[name])
        grid = {**self.grid, name: (value,)} if name in self.grid else self.grid
        return replace(self, settings={**self.settings, name: value}, grid=grid, shipped=False)


def plain(value: object) -> Setting:
    """A setting as JSON gives it back. Raises ValueError for what is none."""
    if isinstance(value, range | tuple):
        value = list(value)
    known = json.loads(json.dumps(value, allow_nan=False))  # TypeError: no JSON
    if known != value or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError(value)
    return known


def like(value: Setting, usual: Setting) -> Setting:
    """A whole number where the usual value is a fraction is one too: 1 and 1.0 are the same setting."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if whole and isinstance(usual, float) else value


def _read(name: str, text: str, usual: Setting) -> Setting:
    """A value given as text, of the kind that the usual one has."""
    if isinstance(usual, str):
        return text
    try:
        value = like(json.loads(text), usual)
        plain(value)
    except ValueError:
        value = object()
    kinds = (int, float) if usual is None else (type(usual),)
    if usual is not None and type(value) not in kinds:
        raise ReportError(
            f"{name} = {text!r} is not a value of that setting.",
            hint=f"Give one like {json.dumps(usual)}.",
        )
    return value if usual is None or type(value) in kinds else text


def functions_in(values: Iterable[object]) -> list[Function]:
    """The experiments among a module's values."""
    return [value for value in values if isinstance(value, Function)]
