"""A figure as a target: its drawing on disk, whether that is fresh, and a place to draw a new one.

A drawing is a folder `<id>.<key>/` with `key.json` (what it was made from), `files.json` (checksums) and
`provenance.json`. Nothing here looks at modification times.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.drawing.declaration import FigureDeclaration
from reportgen.errors import ReportError
from reportgen.files.atomic import put, read_json, unfinished, write_json
from reportgen.files.hashing import digest, key_of
from reportgen.files.project import Project
from reportgen.files.reads import content, is_read
from reportgen.pipeline.inputs import figure_inputs
from reportgen.pipeline.runs import RunTarget
from reportgen.pipeline.state import Broken, Damaged, Fresh, Inputs, Missing, Stale, State, changes
from reportgen.store.provenance import describe_making

if TYPE_CHECKING:
    from reportgen.pipeline.plan import Plan

ABOUT = {"files.json", "key.json", "provenance.json"}  # files of a drawing that only speak of the others
USUAL_S = 0.5  # what a drawing takes where none is on record


@dataclass(eq=False)
class FigureTarget:
    """A figure, declared by a file that can be read, or the error of one that cannot; and its drawing, if it has one."""

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

    # ---- what it is made from ----

    @cached_property
    def runs(self) -> dict[str, RunTarget]:
        """The experiments it shows."""
        return self.plan.runs(self.declaration.runs if self.declaration else ())

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        """What its texts may quote."""
        return self.plan.findings.facts_of(self.runs)

    @cached_property
    def declared(self) -> Inputs:
        """Everything it depends on, as far as that is known before its code runs."""
        if self.declaration is None:
            return {}
        keys = {name: run.key for name, run in self.runs.items()}
        return figure_inputs(self.declaration, keys, self.facts)

    @property
    def inputs(self) -> Inputs:
        """Everything it depends on, as it is now: with what its code read when it was drawn."""
        return self._made_from[1]

    @cached_property
    def _made_from(self) -> tuple[Inputs, Inputs]:
        """What the most similar earlier drawing was made from, nothing where there is none; and the same today.

        What code reads follows from what is declared and from what it read before; so a drawing whose inputs are
        all as they were is today's.
        """
        if self._folder(self.declared).exists():  # its code reads nothing
            return self.declared, self.declared
        earlier = [old for folder in self._earlier() if (old := inputs_in(read_json(folder / "key.json")))]
        pairs = [(old, self._today(old)) for old in earlier]
        return min(pairs, key=self._differences, default=({}, self.declared))

    def _differences(self, pair: tuple[Inputs, Inputs]) -> tuple[bool, int]:
        """How far an earlier drawing's inputs are from the same today: by what is declared, then by how many."""
        old, today = pair
        declared = {name: value for name, value in old.items() if not is_read(name)}
        return declared != self.declared, len(old.items() ^ today.items())

    def _today(self, earlier: Inputs) -> Inputs:
        """What a drawing from the same things would be made from now."""
        root = self.plan.project.root
        return {**self.declared, **{name: content(name, root) for name in earlier if is_read(name)}}

    @property
    def key(self) -> str:
        """Of all it depends on; of one that cannot be read, its error."""
        return f"broken: {self.error.message}" if self.error else key_of(dict(self.inputs))

    # ---- its drawing ----

    @property
    def folder(self) -> Path:
        """Where its drawing from today's inputs is, or will be unless it reads something else."""
        return self._folder(self.inputs)

    def _folder(self, inputs: Inputs) -> Path:
        return self.plan.project.drawn / f"{self.id}.{key_of(dict(inputs))}"

    def _earlier(self) -> list[Path]:
        return sorted(self.plan.project.drawn.glob(f"{self.id}.*"))

    def drawn(self) -> Path | None:
        """The folder of its intact drawing; looked for until there is one."""
        if not self._drawn and not self.error and is_intact(self.folder):
            self._drawn = self.folder
        return self._drawn

    def state(self) -> State:
        """Fresh once an intact drawing was seen; else compared with the most similar earlier one."""
        if self.error:
            return Broken(self.error)
        if self.drawn():
            return Fresh()
        if self.folder.exists():
            return Damaged()
        old, today = self._made_from
        return Stale(changes(old, today)) if old else Missing()

    def seconds(self) -> float:
        """How long drawing it takes: as long as the last time."""
        found = [read_json(folder / "provenance.json") for folder in self._earlier()]
        made = [(known.get("made_at") or "", known) for known in found if isinstance(known, dict)]
        last = max(made, key=lambda item: str(item[0]), default=("", None))
        return seconds_in(last[1]) or USUAL_S

    def draw(self, make: Callable[[Path], Inputs]) -> None:
        """Have it drawn into a folder, which takes its place only when everything went well.

        make: draws; returns what the figure's code read.
        """
        started, project = time.monotonic(), self.plan.project
        with unfinished(project.drawn) as work:
            read = make(work)
            new = {name: found for name, found in read.items() if not self._declares(name)}
            inputs = {**self.declared, **new}
            write_json(work / "files.json", _checksums(work))
            write_json(work / "key.json", inputs)
            write_json(work / "provenance.json", describe_making(project.root, time.monotonic() - started))
            put(work, self._folder(inputs), is_intact)
        self.__dict__["_made_from"] = inputs, inputs

    def _declares(self, name: str) -> bool:
        """Whether a module that was read is among the code that is known anyway."""
        kind, _, module = name.partition(" ")
        return kind == "module" and f"code {module}" in self.declared


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


def places_read(project: Project) -> set[Path]:
    """The files and folders that the code of figures read, as their drawings say."""
    drawings = (inputs_in(read_json(folder / "key.json")) for folder in project.drawn.glob("*.*"))
    names = {name for inputs in drawings for name in inputs if is_read(name)}
    return {project.root / name.partition(" ")[2] for name in names if not name.startswith("variable ")}
