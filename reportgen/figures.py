"""Finds figures/*.py, checks their contract, and knows what each depends on.

A figure is a module; this file reads it as a syntax tree only, so that `status` and an up-to-date
`build` import neither Altair nor torch. Drawing is in drawing.py.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from reportgen.errors import ReportError, unknown
from reportgen.experiments import EXPERIMENTS
from reportgen.keys import code_key, digest, key_of, parse

VL_VERSION = "6.4"
DRAWING_LIBRARIES = ("altair", "vl-convert-python", "pillow")
PACKAGE_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Source:
    """A figure's module: what it declares, without running it.

    runs: the experiments it needs; without any it depends on code alone.
    group: the experiment whose training step it follows, if any; lead: it drives that step.
    columns: how many panels stand side by side in a static frame.
    """

    path: Path
    title: str
    runs: tuple[str, ...]
    caption: str
    alt: str
    group: str | None = None
    lead: bool = False
    columns: int = 1

    @property
    def id(self) -> str:
        return self.path.stem

    @cached_property
    def code(self) -> dict[str, str]:
        """Module → code hash, of this module, what draws it and what words it, and all they import."""
        roots = (self.path.parent, PACKAGE_ROOT)
        makers = [PACKAGE_ROOT / "reportgen" / name for name in ("drawing.py", "claims.py")]
        return {k: v for path in (*makers, self.path) for k, v in code_key(path, roots).items()}

    def key_parts(self, run_keys: Mapping[str, str]) -> dict[str, str]:
        """Everything this figure depends on: name → hash or value."""
        parts = {f"code {name}": value for name, value in self.code.items()}
        parts |= {f"run {name}": run_keys[name] for name in self.runs}
        parts |= {f"library {name}": version(name) for name in DRAWING_LIBRARIES}
        texts = (self.title, self.caption, self.alt)
        return parts | {"text": digest("\n".join(texts)), "vega-lite": VL_VERSION}

    def key(self, run_keys: Mapping[str, str]) -> str:
        return key_of(self.key_parts(run_keys))


def find_figures(folder: Path) -> dict[str, Source]:
    """Every figure of the project by id. Raises ReportError where a contract is broken."""
    files = sorted(file for file in folder.glob("*.py") if not file.name.startswith("_"))
    if not files:
        raise ReportError(
            f"There are no figures in {folder}.",
            hint="Run reportgen inside a project, or name one with --project.",
        )
    return {file.stem: read_source(file) for file in files}


def choose(sources: Mapping[str, Source], ids: tuple[str, ...]) -> dict[str, Source]:
    """The named figures, or all when none is named. Raises ReportError for an unknown one."""
    for name in ids:
        if name not in sources:
            raise unknown("figure", name, sources)
    return {name: source for name, source in sources.items() if not ids or name in ids}


def read_source(file: Path) -> Source:
    """Check a module against the contract and read what it declares."""
    tree = parse(file)
    declared = _constants(tree)
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    title = (ast.get_docstring(tree) or "").strip().split("\n")[0]
    missing = [] if "RUNS" in declared else ["RUNS"]
    missing += [name for name in ("CAPTION", "ALT") if not declared.get(name)]
    missing += [] if "chart" in functions else ["chart(runs)"]
    missing += [] if title else ["a docstring whose first line is the title"]
    if missing:
        raise ReportError(
            f"{file} lacks {', '.join(missing)}.",
            hint="A figure needs a docstring, RUNS, CAPTION, ALT and chart(runs); see the README.",
        )
    _check(file, declared)
    return Source(
        path=file,
        title=title.rstrip("."),
        runs=tuple(declared["RUNS"]),
        caption=declared["CAPTION"],
        alt=declared["ALT"],
        group=declared.get("GROUP"),
        lead=declared.get("LEAD", False),
        columns=declared.get("COLUMNS", 1),
    )


def _constants(tree: ast.Module) -> dict:
    """The module's top-level NAME = literal assignments."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except (ValueError, TypeError):
                continue
    return found


def _check(file: Path, declared: dict) -> None:
    runs, group = declared["RUNS"], declared.get("GROUP")
    if not isinstance(runs, tuple | list) or not all(isinstance(name, str) for name in runs):
        raise ReportError(f"{file}: RUNS is not a tuple of names.", hint='Write RUNS = ("modular",).')
    for name in ("CAPTION", "ALT"):
        if not isinstance(declared[name], str):
            raise ReportError(f"{file}: {name} is not a text.", hint="A comma after it makes it a tuple.")
    columns = declared.get("COLUMNS", 1)
    if not isinstance(columns, int) or columns < 1:
        raise ReportError(
            f"{file}: COLUMNS = {columns!r} is not possible.", hint="Give a whole number from 1."
        )
    for name in runs:
        if name not in EXPERIMENTS:
            error = unknown("experiment", name, EXPERIMENTS)
            raise ReportError(
                f"{file}: RUNS names an {error.message.replace('Unknown', 'unknown')}", hint=error.hint
            )
    if group is not None and group not in runs:
        raise ReportError(
            f"{file}: GROUP = {group!r} is not among its RUNS.",
            hint="GROUP is the experiment whose training step the figure follows.",
        )
