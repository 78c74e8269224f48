"""`data("results.csv")`: results from elsewhere as an experiment: a run whose arrays are a file's columns, or its arrays.

Its key is the file's content. So it is hashed, exported, quoted in facts and judged by claims like any other.
"""

import csv
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.experiments.declaring import NAME
from reportgen.experiments.functions import Function
from reportgen.files.arrays import Array
from reportgen.files.hashing import digest
from reportgen.files.npz import read_arrays
from reportgen.files.own_folders import is_installed

KINDS = (".csv", ".parquet", ".npz")
READER = "1"  # how files become arrays; another number reads them all again


@dataclass(frozen=True)
class Table(Function):
    """A file with results. path: of it, from the project's folder."""

    path: str = field(kw_only=True)

    @property
    def place(self) -> Path:
        return self.file.parent.parent / self.path

    @property
    def code(self) -> dict[str, str]:
        """The file's content stands where another experiment has its code; of one that is not there, nothing."""
        try:
            found = digest(self.place.read_bytes())
        except OSError:
            found = "none"
        return {f"file {self.path}": found, "file reader": READER}

    @property
    def needs_torch(self) -> bool:
        return False

    def read(self) -> dict[str, Array]:
        """Its arrays. Raises ReportError for a file that is not there, or not what its name says."""
        try:
            if self.place.suffix == ".npz":
                return read_arrays(self.place, lambda _: "")
            return _from_csv(self.place) if self.place.suffix == ".csv" else _from_parquet(self.place)
        except (OSError, ValueError, csv.Error) as error:
            said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise ReportError(
                f"{self.place}: {said}.",
                hint="Mend the file, then run the same command again.",
                exit_code=EXIT_FAILED,
            ) from error

    def as_json(self) -> dict[str, Any]:
        return {**super().as_json(), "path": self.path}


def data(path: str, *, name: str = "", title: str = "", shipped: bool = False) -> Table:
    """Declare a file with results as an experiment: CSV, Parquet (with pyarrow) or .npz.

    path: from the project's folder. name: by default the file's. Each column is an array: whole numbers, numbers
    (an empty cell is not a number), else texts.
    """
    asked = sys._getframe(1)
    found = Path(path)
    where = f"{asked.f_code.co_filename}:{asked.f_lineno}"
    if found.suffix not in KINDS or found.is_absolute() or ".." in found.parts:
        raise ReportError(
            f"{where}: {path!r} is no file with results of this project.",
            hint=f'Give its path from the project\'s folder, ending in one of {", ".join(KINDS)}: data("data/results.csv")',
        )
    name = name or found.stem.lower().replace("_", "-")
    if not NAME.fullmatch(name):
        raise ReportError(
            f"{where}: {name!r} is no name of an experiment.", hint='Give one: data(…, name="results").'
        )
    return Table(
        name, title or f"From {found.name}", (), shipped=shipped, file=Path(asked.f_code.co_filename), called="",
        settings={}, grid={}, quick={}, libraries=(), handed=(), counted="", seconds=0.1, path=found.as_posix(),
    )  # fmt: skip


def _from_csv(file: Path) -> dict[str, Array]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = [row for row in csv.reader(text, strict=True) if row]
    if len(rows) < 2:
        raise ValueError("it has no rows below its header")
    names = [_identifier(name) for name in rows[0]]
    if wrong := next((n for n, row in enumerate(rows, start=1) if len(row) != len(names)), None):
        raise ValueError(f"row {wrong} has {len(rows[wrong - 1])} cells, the header {len(names)}")
    if len(set(names)) < len(names):
        raise ValueError("two of its columns have one name")
    return {name: _column([row[i].strip() for row in rows[1:]]) for i, name in enumerate(names)}


def _identifier(name: str) -> str:
    """A column's name as that of an array: "Test loss" → "test_loss"."""
    plain = "_".join("".join(c if c.isalnum() else " " for c in name.strip().lower()).split())
    if not plain.isidentifier():
        raise ValueError(f"a column is named {name!r}; its name begins with a letter")
    return plain


def _column(cells: list[str]) -> Array:
    """Whole numbers, else numbers, else texts."""
    try:
        return np.array([int(cell) for cell in cells], dtype=np.int64)
    except (ValueError, OverflowError):
        pass
    try:
        return np.array([float(cell) if cell else np.nan for cell in cells])
    except ValueError:
        return np.array(cells)


def _from_parquet(file: Path) -> dict[str, Array]:
    if not is_installed("pyarrow"):
        raise ReportError(f"{file} needs pyarrow to be read.", hint="Install it, or save the table as CSV.")
    from importlib import import_module

    table = import_module("pyarrow.parquet").read_table(file)
    columns = {_identifier(name): np.asarray(table[name].to_numpy()) for name in table.column_names}
    return {name: found.astype(str) if found.dtype.kind == "O" else found for name, found in columns.items()}
