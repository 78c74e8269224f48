"""Finds figures/*.py and checks their contract.

A figure is a module; this file reads it as a syntax tree only, so that `status` and an up-to-date
`build` import neither Altair nor torch. Drawing is in draw.py.
"""

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from reportgen.drawing.checks.names import ACCEPTABLE
from reportgen.drawing.declaration import FigureDeclaration, Guess
from reportgen.errors import ReportError, unknown
from reportgen.experiments import EXPERIMENTS
from reportgen.experiments.functions import Function
from reportgen.files.code_hash import parse
from reportgen.files.listing import listed, twins

T = TypeVar("T")


def find_figures(folder: Path) -> tuple[dict[str, FigureDeclaration], dict[str, ReportError]]:
    """Every figure of the project by id, and the errors of those that break the contract.

    Raises ReportError where there is no figure at all.
    """
    found = listed(folder, "*.py")
    files = [file for file in found if not file.name.startswith("_")]
    if not files:
        raise ReportError(
            f"There are no figures in {folder}.",
            hint="Run reportgen inside a project, or name one with --project.",
        )
    sources, broken = {}, {}
    for file in files:
        try:
            sources[file.stem] = read_source(file)
        except ReportError as error:
            broken[file.stem] = error
    broken |= {Path(name).stem: error for name, error in twins((f.name for f in found), str(folder)).items()}
    return {id: source for id, source in sources.items() if id not in broken}, broken


def choose(sources: Mapping[str, T], ids: tuple[str, ...]) -> dict[str, T]:
    """The named figures, or all when none is named. Raises ReportError for an unknown one."""
    for name in ids:
        if name not in sources:
            raise unknown("figure", name, sources)
    return {name: source for name, source in sources.items() if not ids or name in ids}


def read_source(file: Path) -> FigureDeclaration:
    """Check a module against the contract and read what it declares. Raises ReportError."""
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
            hint="A figure needs a docstring, RUNS, CAPTION, ALT and chart(runs); see docs/changing-things.md.",
        )
    _check(file, declared)
    stand_ins = [declared["STAND_INS"]] if declared.get("STAND_INS") else []
    optional = ("GROUP", "LEAD", "CARD", "COLUMNS", "STAND_INS", "ACCEPT")
    return FigureDeclaration(
        path=file,
        title=title.rstrip("."),
        runs=(*declared["RUNS"], *stand_ins),
        caption=declared["CAPTION"],
        alt=declared["ALT"],
        guess=_guess(file, declared),
        **{name.lower(): declared[name] for name in optional if name in declared},
    )


def _constants(tree: ast.Module) -> dict[str, Any]:
    """The module's top-level NAME = literal assignments."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except (ValueError, TypeError):
                continue
    return found


def _check(file: Path, declared: dict[str, Any]) -> None:
    if not re.fullmatch(r"[A-Za-z][\w-]*", file.stem, re.ASCII):
        raise ReportError(
            f"{file}: {file.stem!r} cannot be a figure's id.",
            hint="Name the file with letters, digits, _ and -: the id stands in addresses.",
        )
    runs, group = declared["RUNS"], declared.get("GROUP")
    if not isinstance(runs, tuple | list) or not all(isinstance(name, str) for name in runs):
        example = next(iter(EXPERIMENTS))
        raise ReportError(f"{file}: RUNS is not a tuple of names.", hint=f'Write RUNS = ("{example}",).')
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
    _check_accepted(file, declared.get("ACCEPT", {}))
    for what in ("GROUP", "STAND_INS"):
        if isinstance(EXPERIMENTS.get(declared.get(what, "")), Function):
            raise ReportError(
                f"{file}: {what} = {declared[what]!r} is a function, which keeps no snapshots of a training.",
                hint="Name it in RUNS alone; a slider of its own is an Altair parameter.",
            )
    if group is not None and not EXPERIMENTS[group].single:
        raise ReportError(
            f"{file}: GROUP = {group!r} is a sweep.",
            hint="GROUP is one run, whose training step the figure follows; a figure of a sweep has none.",
        )
    stand_ins = EXPERIMENTS.get(declared.get("STAND_INS", ""))
    if "STAND_INS" in declared and (group is None or stand_ins is None or stand_ins.single):
        raise ReportError(
            f"{file}: STAND_INS = {declared['STAND_INS']!r} is not possible.",
            hint="STAND_INS names a sweep, whose runs may stand in for the figure's GROUP; it needs both.",
        )


def _guess(file: Path, declared: Mapping[str, Any]) -> Guess | None:
    """The curve that the page asks for. It needs the group, whose step shows the curve too, and shows no other run's."""
    if declared.get("GUESS") is None:
        return None
    example = (
        '{"series": "test", "prompt": "Draw it", "level": 0.5, "choices": {"rises": [(0, 0), (1, 1)], ...}}'
    )
    try:
        if declared.get("GROUP") is None or declared.get("STAND_INS"):
            raise msgspec.ValidationError("it needs a GROUP, and no STAND_INS")
        return msgspec.convert(declared["GUESS"], Guess)
    except msgspec.ValidationError as error:
        raise ReportError(
            f"{file}: GUESS is not possible: {error}.", hint=f"Write GUESS = {example}."
        ) from None


def _check_accepted(file: Path, accepted: object) -> None:
    """Names of checks, each with a reason."""
    if not isinstance(accepted, dict) or not all(isinstance(why, str) and why for why in accepted.values()):
        name = next(iter(ACCEPTABLE))
        hint = f'Write ACCEPT = {{"{name}": "why it is meant"}}.'
        raise ReportError(f"{file}: ACCEPT is not a dictionary of reasons.", hint=hint)
    for name in accepted:
        if name not in ACCEPTABLE:
            error = unknown("check", str(name), ACCEPTABLE)
            raise ReportError(
                f"{file}: ACCEPT names an {error.message.replace('Unknown', 'unknown')}", hint=error.hint
            )
