"""The page as a target: what it is made from, what the site in a folder was made from, and the files to write.

What a site was made from is kept per output folder, apart from the site, under `.reportgen/pages/`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from filelock import FileLock

from reportgen.files.address import base_url
from reportgen.files.atomic import read_json, unless_read_only, write_atomically
from reportgen.files.code_hash import own_code, package_code
from reportgen.files.hashing import digest, key_of
from reportgen.files.project import Project
from reportgen.pipeline.figures import inputs_in, seconds_in
from reportgen.pipeline.findings import Remembered
from reportgen.pipeline.inputs import site_inputs
from reportgen.pipeline.runs import RunTarget
from reportgen.pipeline.state import Damaged, Fresh, Inputs, Missing, Stale, State, changes
from reportgen.site import output_folder
from reportgen.store.certificates import read_certificates

if TYPE_CHECKING:
    from reportgen.pipeline.plan import Plan
    from reportgen.site.methods import ExperimentSummary

T = TypeVar("T")
NAMED = 40  # letters of an output folder's name in the name of its record; a file name may have 255 bytes
USUAL_S = 3.0  # what writing takes where nothing is on record


@dataclass(frozen=True)
class BuiltSite:
    """A folder with a site, and the record of what it was made from."""

    project: Project
    out: Path

    def state(self, wanted: Inputs) -> State:
        """Whether it was made from just that, and is still as it was written."""
        earlier = self.made_from
        if earlier == wanted:
            return Fresh() if output_folder.intact(self.out) else Damaged()
        return Stale(changes(earlier, wanted)) if earlier else Missing()

    @property
    def made_from(self) -> Inputs:
        """As far as is known."""
        return inputs_in(self._record.get("inputs"))

    @property
    def files(self) -> dict[str, str]:
        """What it consisted of when it was written: path → checksum, should its own list be lost."""
        return inputs_in(self._record.get("files"))

    @property
    def address(self) -> str:
        """The page's: as this site was written the last time, while the project's file says what it said then."""
        filed = base_url(self.project.root)
        written, then = self.made_from.get("base-url", ""), self._record.get("reportgen.toml")
        return written if then == filed else filed

    def seconds(self) -> float:
        """How long writing it takes, as the last time."""
        return seconds_in(self._record) or USUAL_S

    def remember(self, inputs: Inputs, seconds: float) -> None:
        """Keep what it was made from, and what it consists of. Without it, it is written again."""
        files, filed = output_folder.recorded(self.out), base_url(self.project.root)
        known = {
            "out": self._place,
            "inputs": dict(inputs),
            "files": files,
            "seconds": round(seconds, 2),
            "reportgen.toml": filed,
        }
        content = json.dumps(known, indent=1, sort_keys=True)
        with unless_read_only():  # a project that may not be written to, and --out elsewhere
            write_atomically(self.record, f"{content}\n".encode())

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Held by one writer at a time. A project that cannot be written to has none."""
        lock = FileLock(self.record.with_suffix(".lock"))
        with unless_read_only():
            self.record.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    @property
    def record(self) -> Path:
        """The file that says what it was made from. A folder in the project goes with it where that is moved."""
        return self.project.pages / f"{self.out.name[:NAMED]}-{key_of(self._place)}.json"

    @property
    def _place(self) -> str:
        out, root = self.out.resolve(), self.project.root.resolve()
        return out.relative_to(root).as_posix() if out.is_relative_to(root) else str(out)

    @property
    def _record(self) -> dict[str, Any]:
        known = read_json(self.record)
        return known if isinstance(known, dict) else {}


def kept_drawings(project: Project) -> set[str]:
    """The drawings, `<id>.<key>`, of which sites consist that are still where they were written."""
    found = set()
    for file in sorted(project.pages.glob("*.json")):
        known = read_json(file)
        if isinstance(known, dict) and (project.root / str(known.get("out"))).is_dir():
            inputs = inputs_in(known.get("inputs")).items()
            found |= {f"{name[7:]}.{key}" for name, key in inputs if name.startswith("figure ")}
    return found


@dataclass(frozen=True)
class PageTarget:
    """The pages of a plan, as they are or will be in the folder `out`."""

    kind: ClassVar[str] = "page"
    kept: ClassVar[bool] = True
    plan: Plan
    out: Path

    @property
    def name(self) -> str:
        return self.out.name

    # ---- what it is made from ----

    @cached_property
    def inputs(self) -> Inputs:
        """Everything the pages depend on."""
        plan = self.plan
        found = {f"figure {id}": figure.key for id, figure in plan.figures.items()}
        found |= {f"run {name}": run.key for name, run in plan.quoted.items()}
        found |= {f"facts {name}": key_of(facts) for name, facts in plan.findings.facts.items()}
        found |= {
            f"facts of seeds of {name}": key_of(of_seeds) for name, of_seeds in plan.findings.of_seeds.items()
        }
        found |= {f"claim {v.id}": key_of(asdict(v)) for v in plan.findings.verdicts}
        found |= site_inputs(plan.project)
        address = plan.settings.base_url
        found |= {"base-url": address} if address else {}
        found |= {f"data {path}": name for path, name in self._data_names.items()}
        found["methods"] = key_of([self._experiments, own_code("site/methods.py")])
        return found | {"settings": key_of(self._settings)}

    def inputs_with(self, broken: Mapping[str, str]) -> Inputs:
        """The same where some figures are shown as broken. broken: id → what is said in its place."""
        return {**self.inputs, **{f"figure {id}": f"broken: {message}" for id, message in broken.items()}}

    @property
    def _settings(self) -> list[object]:
        return [self.plan.settings.name, dict(self.plan.settings.changed)]

    @property
    def _stored(self) -> dict[str, RunTarget]:
        """What the page speaks of and is stored."""
        return {name: run for name, run in self.plan.quoted.items() if run.status}

    def _remembered(self, kind: str, made_from: object, make: Callable[[], T]) -> T:
        return Remembered(kind, "page", made_from, make, self.plan.memo).value

    @cached_property
    def methods(self) -> dict[str, Any]:
        """What the page on methods says."""
        from reportgen.site import methods

        figures = {f.declaration: f.inputs for f in self.plan.figures.values() if f.declaration}
        single = [name for name, run in self._stored.items() if run.experiment.single]
        return {
            "experiments": self._experiments,
            "figures": methods.figures(figures),
            "seeds": methods.seeds(single, self.plan.findings.facts),
        }

    @cached_property
    def _experiments(self) -> list[ExperimentSummary]:
        """What the page on methods says of every experiment."""

        def make() -> list[ExperimentSummary]:
            from reportgen.site.methods import Stored, experiments

            stored = [Stored(e.experiment, e.records(), e.status) for e in self._stored.values() if e.status]
            return experiments(stored, self.plan.settings, certificates)

        certificates = read_certificates(self.plan.project.shipped_runs)
        keys = {name: run.key for name, run in self.plan.quoted.items()}
        return self._remembered(
            "methods", [package_code("site/methods.py"), keys, certificates, self._settings], make
        )

    # ---- what it offers to take away, besides figures: kept under its hash ----

    @cached_property
    def data(self) -> dict[str, bytes]:
        """Path on the site → content."""
        folder = self.plan.project.state / "cache" / "data"
        kept = {path: _content(folder / name, name) for path, name in self._data_names.items()}
        found = {path: content for path, content in kept.items() if content is not None}
        if len(found) == len(kept):
            return found
        with suppress(OSError):  # a folder that cannot be written to costs time, nothing else
            for path, name in self._data_names.items():
                write_atomically(folder / name, self._data_made[path])
            for file in [file for file in folder.iterdir() if file.name not in self._data_names.values()]:
                file.unlink()
        return self._data_made

    @cached_property
    def _data_made(self) -> dict[str, bytes]:
        from reportgen.site.downloads import data_files

        stored = self._stored
        return data_files(
            {name: run.experiment for name, run in stored.items()},
            {name: run.loaded for name, run in stored.items()},
        )

    @cached_property
    def _data_names(self) -> dict[str, str]:
        """Path on the site → hash of what is there."""
        keys = {name: run.key for name, run in self.plan.quoted.items()}
        made = [package_code("site/downloads.py"), keys]
        return self._remembered(
            "data", made, lambda: {path: digest(content) for path, content in self._data_made.items()}
        )

    # ---- what is there ----

    @property
    def site(self) -> BuiltSite:
        """What is in the folder now."""
        return BuiltSite(self.plan.project, self.out)

    def state(self, broken: Mapping[str, str] | None = None) -> State:
        """Whether the site in `out` was made from this, and is still as it was written."""
        return self.site.state(self.inputs_with(broken or {}))

    def seconds(self) -> float:
        """How long writing it takes."""
        return self.site.seconds()


def _content(file: Path, name: str) -> bytes | None:
    """A file's content if it is what its name says."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    return content if digest(content) == name else None
