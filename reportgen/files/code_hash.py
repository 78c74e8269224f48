"""The hash of code: a module's own, and with all that it imports. Never modification times.

Code counts by its syntax tree without docstrings, so a comment or a typo fix in prose changes no
key. The tree is written out by a walk of our own because `ast.dump` differs between Python
versions, and stored runs must keep their keys on all of them.
"""

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TypedDict

from reportgen.errors import ReportError
from reportgen.files.hashing import digest
from reportgen.files.listing import listed
from reportgen.files.memo import Memo
from reportgen.files.text import read_text

PACKAGE = Path(__file__).parent.parent  # reportgen/
_memory = Memo()


class _Module(TypedDict):
    """What counts of a module: the hash of its code, what it imports, what it passes on (None: it does more)."""

    digest: str
    imports: list[tuple[str, str | None]]
    exports: dict[str, str] | None


_SPELLING = digest(Path(__file__).read_bytes())[:8]  # how code is read, below


def use(memory: Memo) -> None:
    """Remember there what is found out about code; a command line starts with this."""
    global _memory
    _memory = memory
    for cached in (
        parse, _module, imported_files, _neighbours, _resolve, _code_key, _package_code, _kernel_digest, _fingerprint,
    ):  # fmt: skip
        cached.cache_clear()


def own_code(module: str) -> str:
    """Hash of one module of this package, such as "site/methods.py", without what it imports."""
    return code_digest(PACKAGE / module)


def code_digest(path: Path) -> str:
    """Hash of a module's syntax tree without docstrings. Raises ReportError if it cannot parse."""
    return _module(path)["digest"]


@cache
def _module(path: Path) -> _Module:
    return _memory.recall(f"code {_SPELLING} {digest(read_text(path))}", lambda: _read(parse(path)))


def _read(tree: ast.Module) -> _Module:
    return {
        "digest": digest("".join(_spell(tree))),
        "imports": list(_imports(tree)),
        "exports": _exports(tree),
    }


@cache
def parse(path: Path) -> ast.Module:
    """The module's tree, docstrings removed from everything but left readable to `docstring`."""
    try:
        return ast.parse(read_text(path), filename=str(path))
    except (SyntaxError, ValueError) as error:  # ValueError: null bytes
        place, text = (error.lineno or 1, error.msg) if isinstance(error, SyntaxError) else (1, error)
        raise ReportError(f"{path}:{place}: {text}.", hint="Mend the syntax, then build again.") from error


def _spell(node: object) -> Iterable[str]:
    """Every node's type and non-empty fields, in the grammar's order, docstrings left out."""
    if isinstance(node, list):
        for item in node:
            yield from _spell(item)
            yield ","
        return
    if not isinstance(node, ast.AST):
        yield repr(node)
        return
    yield f"{type(node).__name__}("
    for name, value in ast.iter_fields(node):
        if name == "body" and isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None:
            value = value[1:]
        if value is None or value == [] or name in ("ctx", "type_comment", "kind"):
            continue
        yield f"{name}="
        yield from _spell(value)
    yield ")"


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def imported_files(path: Path, roots: tuple[Path, ...]) -> frozenset[Path]:
    """`path` and every module below `roots` it imports, transitively.

    A root is a folder from which imports resolve: the one above `reportgen`, or `figures`.
    """
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        current = waiting.pop()
        if current in found:
            continue
        found.add(current)
        waiting += _neighbours(current, roots) - found
    return frozenset(found)


@cache
def _neighbours(path: Path, roots: tuple[Path, ...]) -> frozenset[Path]:
    """The modules that `path` imports itself."""
    names = {found for module, name in _module(path)["imports"] for found in _modules(module, name, roots)}
    return frozenset(file for name in names for file in _resolve(name, roots))


def _modules(module: str, name: str | None, roots: tuple[Path, ...]) -> list[str]:
    """The modules that `from module import name` depends on.

    A package that only gathers names of its modules passes on the one that is asked for.
    """
    if name is None:
        return [module]
    gathered = [_module(file)["exports"] for file in _resolve(module, roots) if file.name == "__init__.py"]
    if gathered and gathered[0] and name in gathered[0]:
        module = gathered[0][name]
    return [module, f"{module}.{name}"]


def _imports(tree: ast.Module) -> Iterable[tuple[str, str | None]]:
    """(module, imported name or None) of every import that happens when the code runs."""
    for node in _running(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.module, alias.name) for alias in node.names)


def _running(node: ast.AST) -> Iterable[ast.AST]:
    """The tree's nodes, but for blocks that only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")):
            yield child
            yield from _running(child)


def _exports(tree: ast.Module) -> dict[str, str] | None:
    """Name → module, of a module that does nothing but gather names; None of any other."""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {alias.asname or alias.name: node.module for alias in node.names if alias.name != "*"}
        elif not (_is_docstring(node) or _is_all(node)):
            return None
    return found


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_all(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]


@cache
def _resolve(name: str, roots: tuple[Path, ...]) -> tuple[Path, ...]:
    ours = name.split(".")[0] == "reportgen"  # beside an installed one lie all libraries
    bases = [root.joinpath(*name.split(".")) for root in roots if ours or root != PACKAGE.parent]
    candidates = [file for base in bases for file in (base.with_suffix(".py"), base / "__init__.py")]
    return tuple(file for file in candidates if file.is_file())


def code_key(path: Path, roots: tuple[Path, ...]) -> dict[str, str]:
    """File name → code hash of a module and all it imports: a figure's or the page's code."""
    return dict(_code_key(path, roots))


def package_code(*modules: str) -> dict[str, str]:
    """Module → code hash of the named modules of this package and all they import."""
    return dict(_package_code(*modules))


@cache
def _package_code(*modules: str) -> dict[str, str]:
    paths = [PACKAGE / module for module in modules]
    return {name: found for path in paths for name, found in _code_key(path, (PACKAGE.parent,)).items()}


@cache
def _code_key(path: Path, roots: tuple[Path, ...]) -> dict[str, str]:
    files = imported_files(path, roots)
    return {_short(file, roots): code_digest(file) for file in sorted(files)}


@cache
def _short(file: Path, roots: tuple[Path, ...]) -> str:
    inside = [file.relative_to(root).as_posix() for root in roots if file.is_relative_to(root)]
    return min(inside, key=len)


def numerics_fingerprint() -> dict[str, str]:
    """File name → code hash of everything that can change a trained number."""
    return dict(_fingerprint())


@cache
def _fingerprint() -> dict[str, str]:
    folder = PACKAGE / "numerics"
    found = {file.name: code_digest(file) for file in listed(folder, "*.py")}
    return found | {file.name: _kernel_digest(file) for file in listed(folder, "kernels/*.?pp")}


@cache
def _kernel_digest(file: Path) -> str:
    """Hash of C++ code without comments and layout."""
    code = re.sub(r"//[^\n]*", "", read_text(file))
    return digest(" ".join(code.split()))
