"""A figure as a target: its drawing on disk, whether that is fresh, and a place to draw a new one.

A drawing is a folder `<id>.<key>/` with `key.json` (what it was made from), `files.json` (checksums) and
`provenance.json`. Nothing here looks at modification times.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.drawing.declaration import FigureDeclaration
from reportgen.errors import ReportError
from reportgen.files.atomic import new_folder, read_json, write_json
from reportgen.files.hashing import digest, key_of
from reportgen.files.project import Project
from reportgen.pipeline.inputs import figure_inputs
from reportgen.pipeline.runs import RunTarget
from reportgen.pipeline.state import Broken, Damaged, Fresh, Inputs, Missing, Stale, State, changes
from reportgen.store.provenance import describe_making

if TYPE_CHECKING:
    from reportgen.pipeline.plan import Plan

ABOUT = {"files.json", "key.json", "provenance.json"}  # files of a drawing that only speak of the others
USUAL_S = 0.5  # what a drawing takes where none is on record


@dataclass(frozen=True)
class StoredDrawing:
    """The drawing of a figure from certain inputs: on disk, or still to be made."""

    project: Project
    id: str
    inputs: Inputs

    @property
    def key(self) -> str:
        return key_of(dict(self.inputs))

    @property
    def folder(self) -> Path:
        return self.project.drawn / f"{self.id}.{self.key}"

    def intact(self) -> bool:
        """Whether it is there, as it was drawn."""
        return is_intact(self.folder)

    def state(self) -> State:
        """Compared with the most similar earlier drawing."""
        if self.folder.exists():
            return Fresh() if self.intact() else Damaged()
        earlier = [old for folder in self._earlier() if (old := inputs_in(read_json(folder / "key.json")))]
        if not earlier:
            return Missing()
        nearest = min(earlier, key=lambda old: len(old.items() ^ self.inputs.items()))
        return Stale(changes(nearest, self.inputs))

    def seconds(self) -> float:
        """How long drawing it takes: as long as the last time."""
        found = [read_json(folder / "provenance.json") for folder in self._earlier()]
        made = [(known.get("made_at") or "", known) for known in found if isinstance(known, dict)]
        last = max(made, key=lambda item: str(item[0]), default=("", None))
        return seconds_in(last[1]) or USUAL_S

    def _earlier(self) -> list[Path]:
        return sorted(self.project.drawn.glob(f"{self.id}.*"))

    @contextmanager
    def made(self) -> Iterator[Path]:
        """A folder to draw into, which takes its place only when everything went well."""
        started = time.monotonic()
        with new_folder(self.folder, is_intact) as work:
            yield work
            write_json(work / "files.json", _checksums(work))
            write_json(work / "key.json", dict(self.inputs))
            write_json(
                work / "provenance.json", describe_making(self.project.root, time.monotonic() - started)
            )


@dataclass(eq=False)
class FigureTarget:
    """A figure, declared by a file that can be read, or the error of one that cannot."""

    kind: ClassVar[str] = "figure"
    kept: ClassVar[bool] = True
    plan: Plan
    id: str
    declaration: FigureDeclaration | None
    error: ReportError | None = None
    _drawn: Path | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        return self.id

    def require_readable(self) -> FigureDeclaration:
        """What it declares. Raises the error of one that cannot be read."""
        if self.declaration is None:
            raise self.error or ValueError(self.id)
        return self.declaration

    @cached_property
    def runs(self) -> dict[str, RunTarget]:
        """The experiments it shows."""
        return self.plan.runs(self.declaration.runs if self.declaration else ())

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        """What its texts may quote."""
        return self.plan.findings.facts_of(self.runs)

    @cached_property
    def inputs(self) -> Inputs:
        """Everything it depends on."""
        if self.declaration is None:
            return {}
        keys = {name: run.key for name, run in self.runs.items()}
        return figure_inputs(self.declaration, keys, self.facts)

    @cached_property
    def drawing(self) -> StoredDrawing:
        """From today's inputs."""
        return StoredDrawing(self.plan.project, self.id, self.inputs)

    @property
    def key(self) -> str:
        """Of all it depends on; of one that cannot be read, its error."""
        return f"broken: {self.error.message}" if self.error else self.drawing.key

    def drawn(self) -> Path | None:
        """The folder of its intact drawing; looked for until there is one."""
        if not self._drawn and not self.error and self.drawing.intact():
            self._drawn = self.drawing.folder
        return self._drawn

    def state(self) -> State:
        """Fresh once an intact drawing was seen."""
        if self.error:
            return Broken(self.error)
        return Fresh() if self.drawn() else self.drawing.state()

    def seconds(self) -> float:
        """How long drawing it takes."""
        return self.drawing.seconds()


def is_intact(folder: Path) -> bool:
    """Whether a folder holds just the files that were drawn into it, as they were."""
    known = read_json(folder / "files.json")
    return bool(known) and isinstance(known, dict) and _checksums(folder) == known


def _checksums(folder: Path) -> dict[str, str]:
    """Of the files in a folder, but for what is said about them; a link is no file of ours."""
    files = [file for file in folder.iterdir() if file.is_file() and not file.is_symlink()]
    return {file.name: digest(file.read_bytes()) for file in sorted(files) if file.name not in ABOUT}


def inputs_in(found: object) -> dict[str, str]:
    """What a thing was made from, as it was kept; nothing when that is damaged."""
    plain = isinstance(found, dict) and all(isinstance(value, str) for value in found.values())
    return found if plain and isinstance(found, dict) else {}


def seconds_in(found: object) -> float | None:
    """How long a thing took, as it was kept; None when that is damaged."""
    seconds = found.get("seconds") if isinstance(found, dict) else None
    return seconds if isinstance(seconds, int | float) and 0 <= seconds < float("inf") else None
