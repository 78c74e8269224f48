"""The experiments of a project: those it uses, and those in its folder experiments/.

What its files declare is remembered under their code, so a command that trains nothing loads none of them.
"""

from functools import partial
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from reportgen.errors import ReportError, unknown
from reportgen.experiments.catalogue import ARTICLES, EXPERIMENTS, by_name
from reportgen.experiments.definition import Experiment
from reportgen.experiments.functions import Function, functions_in
from reportgen.experiments.tables import Table
from reportgen.files.code_hash import code_key
from reportgen.files.hashing import key_of
from reportgen.files.memo import Memo
from reportgen.files.own_folders import loading, modules, roots_of
from reportgen.files.project import Project
from reportgen.files.project_file import ARTICLE, FILE, uses

HINT = "Mend the experiment, then see what there is: reportgen status"
_added: set[str] = set()  # what is not the article's
OFFERED = "reportgen.experiments"  # entry points of packages that offer some


def enter(project: Project, memo: Memo) -> None:
    """From now on `EXPERIMENTS` are this project's. Raises ReportError for a file that declares none, or two of one name."""
    leave()
    others = [*_offered(project.root), *_own(project, memo)]
    if ARTICLE not in uses(project.root):
        EXPERIMENTS.clear()
    found = by_name([*EXPERIMENTS.values(), *others])
    _added.update(found.keys() - EXPERIMENTS.keys())
    EXPERIMENTS.update(found)


def leave() -> None:
    """They are the article's again, as when the program starts."""
    for name in _added:
        EXPERIMENTS.pop(name, None)
    _added.clear()
    if not EXPERIMENTS.keys() & ARTICLES[ARTICLE].keys():
        EXPERIMENTS.update(ARTICLES[ARTICLE])


def _offered(root: Path) -> list[Experiment]:
    """Those of the packages that the project uses."""
    found: list[Experiment] = []
    offered = {point.name: point for point in entry_points(group=OFFERED)}
    for name in uses(root):
        if name in ARTICLES:
            continue
        if name in offered:
            package = offered[name].dist
            for function in functions_in(vars(import_module(offered[name].module)).values()):
                found.append(function.with_libraries((package.name,) if package else ()))
        else:
            error = unknown("package", name, {*ARTICLES, *offered})
            raise ReportError(
                f"{root / FILE}: uses names an {error.message.replace('Unknown', 'unknown')}", hint=error.hint
            )
    return found


def _own(project: Project, memo: Memo) -> list[Experiment]:
    found: list[Experiment] = []
    for file in modules(project.experiments):
        name = f"experiments {file.stem} {key_of(code_key(file, roots_of(file)))}"
        found += [_read(file, plain) for plain in memo.recall(name, partial(_declared, project, file))]
    return found


def _declared(project: Project, file: Path) -> list[dict[str, Any]]:
    """What a file declares, as JSON. Raises ReportError where its code fails, or declares nothing."""
    with loading(project.root, HINT) as load:
        found = [f for f in functions_in(vars(load(file)).values()) if f.file == file]
    if not found:
        raise ReportError(
            f"{file} declares no experiment.",
            hint="Put @experiment above a function (from reportgen import experiment); a helper's name begins with _.",
        )
    return [function.as_json() for function in found]


def _read(file: Path, plain: dict[str, Any]) -> Function:
    return Table.from_json(file, plain) if "path" in plain else Function.from_json(file, plain)
