"""Modules of a project: those outside the standard library, installed packages and this program.

They are loaded from what their files say now, since Python recognises compiled copies by time and size alone, and
they are forgotten when whatever needed them is done, so that the next one loads, and reads, them itself.
"""

import ast
import os
import site
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, FileFinder, SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

from reportgen.files.code_hash import parse
from reportgen.files.text import read_text

PACKAGE = str(Path(__file__).parent.parent)  # reportgen/
_STANDARD = {os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")}
_INSTALLED = {os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
_INSTALLED |= set(map(os.path.realpath, [*site.getsitepackages(), site.getusersitepackages()]))
_NOW = {"now", "utcnow", "today"}  # of datetime, date, pandas' Timestamp
_DATES = {"datetime", "date", "Timestamp"}
_CLOCKS = {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time"}
_UNLESS_GIVEN = {
    "localtime": 0,
    "gmtime": 0,
    "ctime": 0,
    "asctime": 0,
    "strftime": 1,
}  # name → arguments without time


@cache
def owner(path: str) -> str:
    """Whose a file or folder is: "ours", "standard", "installed" or, of nobody else, "own"."""
    path = os.path.realpath(path)
    for whose, folders in (("ours", {PACKAGE}), ("installed", _INSTALLED), ("standard", _STANDARD)):
        if any(path == folder or path.startswith(folder + os.sep) for folder in folders):
            return whose
    others = (folder for folder in sys.path if folder and Path(path).is_relative_to(os.path.realpath(folder)))
    return "installed" if any(map(_was_installed_into, others)) else "own"


@cache
def _was_installed_into(folder: str) -> bool:
    """Whether an installer put packages there, as `pip --target` does."""
    return any(Path(folder).glob("*.dist-info"))


class _FromSource(SourceFileLoader):
    """Compiles what the file says now, when `told` has heard of it."""

    def __init__(self, fullname: str, path: str, told: Callable[[Path], object]):
        super().__init__(fullname, path)
        self._told = told

    def get_code(self, fullname: str) -> Any:
        path = Path(self.get_filename(fullname))
        self._told(path)
        return self.source_to_code(read_text(path).encode(), str(path))


@contextmanager
def loaded_anew(told: Callable[[Path], object]) -> Iterator[None]:
    """In here modules of the project come from their sources; in the end none that came meanwhile is left.

    told: hears of every such module before it runs.
    """

    def loader(fullname: str, path: str) -> SourceFileLoader:
        return _FromSource(fullname, path, told)

    def find(folder: str) -> FileFinder:
        if owner(folder) != "own":
            raise ImportError
        kinds: Any = ((ExtensionFileLoader, EXTENSION_SUFFIXES), (loader, [".py"]))
        return FileFinder(folder, *kinds)

    before = set(sys.modules)
    sys.path_hooks.insert(0, find)
    _look_again()
    try:
        yield
    finally:
        sys.path_hooks.remove(find)
        _look_again()
        for name in set(sys.modules) - before:
            if (file := getattr(sys.modules[name], "__file__", None)) and owner(file) == "own":
                del sys.modules[name]


def load(name: str, path: Path, told: Callable[[Path], object]) -> ModuleType:
    """A file as a module of that name, which nobody else can import. told: as above."""
    loader = _FromSource(name, str(path), told)
    spec = spec_from_loader(name, loader)
    assert spec is not None  # there is a loader
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def _look_again() -> None:
    """Forget how modules are found in folders that are no library's."""
    for folder in [folder for folder in sys.path_importer_cache if owner(folder) == "own"]:
        del sys.path_importer_cache[folder]


def imports(path: Path, library: str) -> bool:
    """Whether a module imports a library, or a part of it, somewhere."""
    names: list[str | None] = []
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module)
    return any(name and name.split(".")[0] == library for name in names)


def asks_the_time(path: Path) -> int | None:
    """The line in which a module asks what time it is, if it does."""
    nodes: list[Any] = list(ast.walk(parse(path)))
    imported = [alias for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    times = {"time"} | {alias.asname for alias in imported if alias.name == "time" and alias.asname}
    return next((node.lineno for node in nodes if _asks(node, times)), None)


def _asks(node: Any, times: set[str]) -> bool:
    """Whether it is a clock by itself, or a call of one. times: the names of the module `time`."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "time" and bool(_CLOCKS & {alias.name for alias in node.names})
    if isinstance(node, ast.Attribute):
        whose = getattr(node.value, "id", getattr(node.value, "attr", ""))
        return (whose in times and node.attr in _CLOCKS) or (whose in _DATES and node.attr in _NOW)
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    if isinstance(function, ast.Attribute):
        of_time = isinstance(function.value, ast.Name) and function.value.id in times
        return function.attr in _NOW or (of_time and _without_time(function.attr, node))
    return (
        isinstance(function, ast.Name) and function.id in _UNLESS_GIVEN and _without_time(function.id, node)
    )


def _without_time(name: str, call: ast.Call) -> bool:
    return name in _CLOCKS or len(call.args) <= _UNLESS_GIVEN.get(name, -1)
