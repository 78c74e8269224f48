"""Finds and removes what the program made, and nothing else."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from reportgen.files.atomic import UNFINISHED
from reportgen.pipeline.plan import Plan
from reportgen.site.output_folder import remove_written, written_files


class Kind(Enum):
    """What can be removed."""

    STATE = "state"
    SITE = "site"
    RUN = "run"
    DRAWING = "drawing"


@dataclass(frozen=True)
class Item:
    """Something removable: a folder of ours, or the files we wrote into a site."""

    path: Path
    kind: Kind
    size: int

    def remove(self) -> None:
        """Delete it. A site keeps every file that the program did not write."""
        delete: Callable[[Path], object] = remove_written if self.kind is Kind.SITE else shutil.rmtree
        delete(self.path)


def everything(plan: Plan) -> Iterator[Item]:
    """All that can be made again: the state, and every site."""
    project = plan.project
    if project.state.exists():
        yield Item(project.state, Kind.STATE, _size(project.state))
    for folder in (project.root / "site", *sorted(project.root.glob("site-*"))):
        if files := written_files(folder):
            yield Item(folder, Kind.SITE, sum(file.stat().st_size for file in files))


def stale(plan: Plan) -> Iterator[Item]:
    """Runs and drawings that no target of today's code and settings is kept in.

    Raises ReportError where a figure cannot be read: its drawings may be wanted again.
    """
    keys = {group.key for run in plan.experiments.values() for group in run.groups}
    for record in plan.store.records():
        if record.key not in keys and record.folder.is_relative_to(plan.project.state):
            yield Item(record.folder, Kind.RUN, record.size)
    for figure in plan.figures.values():
        figure.require_readable()
    kept = {figure.folder for figure in plan.figures.values()}
    for folder in sorted(plan.project.drawn.glob("*.*")):
        if folder not in kept and not folder.name.startswith(UNFINISHED):
            yield Item(folder, Kind.DRAWING, _size(folder))


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
