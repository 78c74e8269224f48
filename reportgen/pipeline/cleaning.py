"""Finds and removes what the program made, and nothing else."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportgen.experiments import EXPERIMENTS
from reportgen.pipeline.cache import drawing_folder
from reportgen.pipeline.knowledge import Known
from reportgen.pipeline.plan import Build
from reportgen.site.output_folder import remove_written, written_files


@dataclass(frozen=True)
class Item:
    """Something removable: a folder of ours, or the files we wrote into a site."""

    path: Path
    what: str
    size: int


def find_removable(build: Build, *, stale_only: bool) -> list[Item]:
    """What `clean` would remove. stale_only: runs and drawings that no longer match the code."""
    if stale_only:
        return [*_stale_runs(build), *_stale_drawings(build)]
    project = build.project
    items = [Item(project.state, "local runs and caches", _size(project.state))]
    for folder in (project.root / "site", *sorted(project.root.glob("site-*"))):
        files = written_files(folder)
        if files:
            items.append(Item(folder, "built site", sum(f.stat().st_size for f in files)))
    return [item for item in items if item.path.exists()]


def _stale_runs(build: Build) -> Iterator[Item]:
    experiments = EXPERIMENTS.values()
    current = {group.key for e in experiments for group in build.groups(e)}
    for record in build.store.records():
        if record.key not in current and record.folder.is_relative_to(build.project.state):
            yield Item(record.folder, "run of earlier code or settings", record.size)


def _stale_drawings(build: Build) -> Iterator[Item]:
    for error in build.unreadable.values():
        raise error  # its drawings may be wanted again
    found = Known(build).figures
    current = {drawing_folder(build.project, id, parts).name for id, parts in found.items()}
    for folder in sorted(build.project.drawn.glob("*.*")):
        if folder.name not in current:
            yield Item(folder, "drawing of earlier code or runs", _size(folder))


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def remove(items: Sequence[Item]) -> None:
    """Delete them. A site keeps every file that the program did not write."""
    for item in items:
        if item.what == "built site":
            remove_written(item.path)
        else:
            shutil.rmtree(item.path)
