"""The folders in which a project keeps experiments, facts and claims of its own: their files, keys, and how they load.

They are found as figures are: by file, and by content. A file whose name begins with _ is a helper that its
neighbours may import.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from reportgen.errors import ReportError, in_code
from reportgen.files.code_hash import PACKAGE, code_key
from reportgen.files.guard import guarded
from reportgen.files.listing import listed, refuse_twins
from reportgen.files.reads import Reads


def modules(folder: Path) -> list[Path]:
    """The files of such a folder, without helpers.

    Raises ReportError for one that is named like a module of Python or of a library: whoever imports that gets it.
    """
    found = listed(folder, "*.py")
    refuse_twins((file.name for file in found), str(folder))
    for file in found:
        if file.stem in sys.stdlib_module_names or file.stem == "reportgen":
            raise ReportError(
                f"{file}: {file.stem} is the name of a module of Python's.",
                hint=f"Rename it, such as to my_{file.stem}.py: others would get one for the other.",
            )
        if not file.stem.isidentifier():
            raise ReportError(f"{file} cannot be a module.", hint="Use letters, digits and _ in its name.")
    return [file for file in found if not file.name.startswith("_")]


def roots_of(file: Path) -> tuple[Path, ...]:
    """From where imports of such a file count: its neighbours, and this program."""
    return (file.parent, PACKAGE.parent)


def keys(folder: Path) -> dict[str, str]:
    """The code of all files in such a folder, with all that they import: name → hash."""
    found: dict[str, str] = {}
    for file in modules(folder):
        found |= shown(code_key(file, roots_of(file)), folder)
    return found


def shown(code: dict[str, str], folder: Path) -> dict[str, str]:
    """The same with the folder before the names of what lies in it."""
    return {name if "/" in name else f"{folder.name}/{name}": kept for name, kept in code.items()}


@contextmanager
def loading(root: Path, hint: str) -> Iterator[Callable[[Path], Any]]:
    """In here files load as modules. root: of the project. Raises ReportError naming file and line."""
    loaded: list[Path] = []

    def worded(error: Exception) -> ReportError:
        file = loaded[-1] if loaded else root
        if isinstance(error, SyntaxError) and error.filename:
            return in_code(f"{error.filename}:{error.lineno}", error, hint=hint)
        return in_code(file, error, hint=hint)

    reads = Reads(root, timed=True)
    with guarded(worded, reads):

        def load(file: Path) -> Any:
            loaded.append(file)
            if str(file.parent) not in sys.path:
                sys.path.append(str(file.parent))  # last: no helper stands in the way of a library
            return reads.load(f"_{file.parent.name}_{file.stem}", file)

        yield load


def is_installed(name: str) -> bool:
    """Whether a library of that name can be imported."""
    return find_spec(name) is not None
