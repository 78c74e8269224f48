"""Finds and removes what the program made, and nothing else.

One rule of age: what no build has used for 30 days. What is quickly made again goes by itself then, at the end
of a build; trained runs go when somebody asks.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from reportgen.errors import ReportError
from reportgen.files.atomic import UNFINISHED, unless_read_only
from reportgen.files.code_hash import numerics_fingerprint
from reportgen.files.project import Project
from reportgen.pipeline.occupancy import alone
from reportgen.pipeline.page import kept_drawings
from reportgen.pipeline.plan import Plan
from reportgen.site.output_folder import remove_written, written_files
from reportgen.store.records import Record, Store

DAY_S = 24 * 3600
UNUSED_S = 30 * DAY_S


class Kind(Enum):
    """What can be removed."""

    STATE = "state"
    SITE = "site"
    RUN = "run"
    DRAWING = "drawing"
    LEFTOVER = "leftover"


@dataclass(frozen=True)
class Item:
    """Something removable: a folder or file of ours, or the files we wrote into a site."""

    path: Path
    kind: Kind
    size: int

    def remove(self) -> None:
        """Delete it. A site keeps every file that the program did not write; a link, what it leads to, emptied."""
        if self.kind is Kind.SITE:
            remove_written(self.path)
        elif self.path.is_symlink() and self.path.is_dir():
            for path in self.path.iterdir():
                _remove(path)
        else:
            _remove(self.path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


# ---- reportgen clean ----


def everything(plan: Plan) -> Iterator[Item]:
    """All that can be made again: the state, and every site."""
    project = plan.project
    if project.state.exists() and any(project.state.iterdir()):
        yield Item(project.state, Kind.STATE, _size(project.state))
    for folder in (project.root / "site", *sorted(project.root.glob("site-*"))):
        if files := written_files(folder):
            yield Item(folder, Kind.SITE, sum(file.stat().st_size for file in files))


def stale(plan: Plan) -> Iterator[Item]:
    """What no build can use any more, or none has used for long.

    Runs of earlier code; of today's, those of settings that no experiment has, by age. Drawings that neither
    today's figures nor a site that is there is made of. What killed builds left.
    Raises ReportError where a figure cannot be read: its drawings may be wanted again.
    """
    for figure in plan.figures.values():
        figure.require_readable()
    keys = {group.key for run in plan.experiments.values() for group in run.groups}
    for record in plan.store.records():
        if (
            record.key not in keys
            and record.folder.parent == plan.project.local_runs
            and _outgrown(record, plan)
        ):
            yield Item(record.folder, Kind.RUN, record.size)
    for record in Store(plan.project.audited_runs).records():
        if _outgrown(record, plan):
            yield Item(record.folder, Kind.RUN, record.size)
    yield from _drawings(plan)
    yield from _leftovers(plan.project)
    for lock in filter(unused, sorted(plan.project.state.glob("locks/*"))):
        yield Item(lock, Kind.LEFTOVER, 0)


def _outgrown(record: Record, plan: Plan) -> bool:
    run = plan.experiments.get(record.info.name)
    if record.of_function:
        return (run is not None and record.info.code != run.experiment.code) or unused(record.folder)
    return record.info.code != numerics_fingerprint() or unused(record.folder)


def _drawings(plan: Plan) -> Iterator[Item]:
    kept = {figure.folder.name for figure in plan.figures.values()} | kept_drawings(plan.project)
    for folder in sorted(plan.project.drawn.glob("*.*")):
        if folder.name not in kept and not folder.name.startswith(UNFINISHED):
            yield Item(folder, Kind.DRAWING, _size(folder))


def _leftovers(project: Project) -> Iterator[Item]:
    """What killed builds left: unfinished files and folders, checkpoints that nobody went on with."""
    left = [*project.state.glob(f"*/{UNFINISHED}*"), *project.state.glob(f"*/*/{UNFINISHED}*")]
    left += project.shipped_runs.glob(f"{UNFINISHED}*")
    left += filter(unused, project.state.glob("checkpoints/*"))
    for path in sorted(set(left)):
        yield Item(path, Kind.LEFTOVER, _size(path) if path.is_dir() else path.stat().st_size)


def unused(path: Path) -> bool:
    """Whether nobody made or used it for long."""
    return time.time() - path.stat().st_mtime > UNUSED_S


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


# ---- at the end of a build ----


def tidy(plan: Plan) -> None:
    """Note what is in use; remove drawings and leftovers that nothing used for long, unless somebody else works."""
    if any(figure.error for figure in plan.figures.values()):
        return
    with unless_read_only(), suppress(FileNotFoundError):
        _note_use(plan)
        old = [item for item in (*_drawings(plan), *_leftovers(plan.project)) if unused(item.path)]
        if old:
            with suppress(ReportError), alone(plan.project):
                for item in old:
                    item.remove()


def _note_use(plan: Plan) -> None:
    """In the folders' times; once a day is enough."""
    held = [group.held.record.folder for run in plan.shown.values() for group in run.groups if group.held]
    used = [folder for folder in held if folder.parent == plan.project.local_runs]
    for folder in [*used, *(figure.folder for figure in plan.figures.values())]:
        if folder.is_dir() and time.time() - folder.stat().st_mtime > DAY_S:
            os.utime(folder)
