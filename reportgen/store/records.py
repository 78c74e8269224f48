"""A run's record, and the content-addressed store it lives in.

One folder per group of runs trained together, `<experiment>.<key>/`, with `run.json` and
`arrays.npz`; written under a temporary name, synced, renamed. The key is the hash of the configs,
of what is kept, and of the code that can change the numbers.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
import numpy as np

from reportgen.errors import ReportError
from reportgen.experiments import Experiment, Keep
from reportgen.files.arrays import Array
from reportgen.files.atomic import new_folder, read_record, sync, write_json
from reportgen.files.code_hash import numerics_fingerprint
from reportgen.files.hashing import digest, key_of
from reportgen.files.listing import counts
from reportgen.files.npz import Header, read_arrays, write_arrays
from reportgen.numerics.config import Config
from reportgen.store.certificates import code_name, read_certificates
from reportgen.store.documents import FORMAT, ArrayForm, Code, Provenance, RunInfo, read_info, write_info
from reportgen.store.packing import unpack, validation_error
from reportgen.store.result import Result
from reportgen.store.run import Run


def run_key(configs: Sequence[Any], keep: Keep, code: Code | None = None) -> str:
    """The key of a group of runs made together. code: of what makes them, by default today's numerics."""
    code = numerics_fingerprint() if code is None else code
    return _run_key([config.as_dict() for config in configs], keep, code)


def _run_key(plain_configs: list[dict[str, Any]], keep: Keep, code: Code) -> str:
    return key_of({"format": FORMAT, "configs": plain_configs, "keep": keep, "code": code})


def keys_of(configs: Sequence[Any], keep: Keep, code: Code | None = None) -> tuple[str, str]:
    """That key, and the one of what the runs are, whatever code made them: its settings are written out once."""
    plain = [config.as_dict() for config in configs]
    code = numerics_fingerprint() if code is None else code
    return _run_key(plain, keep, code), _settings_key(plain, keep)


def _settings_key(plain_configs: list[dict[str, Any]], keep: Keep) -> str:
    return key_of({"configs": plain_configs, "keep": keep})


@dataclass(frozen=True)
class Record:
    """A stored group: its folder and what `run.json` says. Arrays are read on demand."""

    folder: Path
    info: RunInfo

    @property
    def key(self) -> str:
        return self.info.key

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.stat().st_size for file in self.folder.iterdir())

    @cached_property
    def provenance(self) -> Provenance:
        return msgspec.json.decode((self.folder / "provenance.json").read_bytes(), type=Provenance)

    def runs(self) -> list[Run]:
        """Every run of the group, arrays loaded. Raises ReportError when they are not what the key says."""
        with self._believing():
            configs, arrays = self._checked()
        finals = {name[6:]: a for name, a in arrays.items() if name.startswith("final_")}
        name, key = self.info.name, self.key
        return [
            Run(name, key, config, final={n: a[i] for n, a in finals.items()}, **unpack(arrays, configs, i))
            for i, config in enumerate(configs)
        ]

    @property
    def of_function(self) -> bool:
        """Whether it holds what a function returned, not trained models."""
        return self.info.keep == "arrays"

    def result(self) -> Result:
        """What a function returned, arrays loaded. Raises ReportError as `runs` does."""
        with self._believing():
            plain = self._vouched()[0]
            arrays = read_arrays(self.folder / "arrays.npz", self._unlike)
            return Result(self.info.name, self.key, plain["settings"], arrays)

    def contents(self) -> Sequence[Run | Result]:
        """Its runs, of whichever kind."""
        return [self.result()] if self.of_function else self.runs()

    @contextmanager
    def _believing(self) -> Iterator[None]:
        try:
            yield
        except (KeyError, TypeError, ValueError, ReportError) as error:
            raise ReportError(
                f"{self.folder / 'arrays.npz'} cannot be read: {error}.",
                hint="Delete the folder; it is trained again.",
            ) from error

    def _vouched(self) -> list[dict[str, Any]]:
        """The configs, which the key vouches for."""
        plain, keep = self.info.configs, self.info.keep
        if _run_key(plain, keep, self.info.code) != self.key:
            raise ValueError("run.json speaks of other runs than its key")
        return plain

    def _unlike(self, headers: Mapping[str, Header]) -> str:
        """Whether the file holds what run.json says; "" if so."""
        found = {name: ArrayForm(list(h.shape), str(h.dtype)) for name, h in headers.items()}
        return "" if found == self.info.arrays else "its arrays are not those of run.json"

    def _checked(self) -> tuple[list[Config], dict[str, Array]]:
        """The configs, which the key vouches for, and the arrays, of the shapes that follow from them."""
        plain, keep = self._vouched(), self.info.keep
        configs = [Config.from_dict(config) for config in plain]
        file, last = self.folder / "arrays.npz", configs[0].training.steps
        arrays = read_arrays(file, lambda headers: validation_error(headers, configs, keep))
        for name in ("steps", "snapshot_steps"):
            if (np.diff(arrays[name], prepend=-1) < 1).any() or arrays[name].max(initial=0) > last:
                raise ValueError(f"{name} are not the steps of a training")
        return configs, arrays


Status = Literal["fresh", "certified", "stale"]
STATUSES: tuple[Status, ...] = get_args(Status)  # the best first


def worst(statuses: Iterable[Status]) -> Status:
    """The one that can be said of all of them together."""
    return max(statuses, key=STATUSES.index)


@dataclass(frozen=True)
class StoredGroup:
    """A stored group that can be used, and how far it is to be trusted.

    fresh: made by today's code. certified: by earlier code, but an audit found that today's gives the
    same. stale: by earlier code, unaudited; used only of shipped runs, and the page says so.
    """

    record: Record
    status: Status


class Store:
    """Finds and keeps runs: one writable folder, and any number of read-only ones."""

    def __init__(self, local: Path, shipped: Path | None = None):
        self.local = local
        self.shipped = shipped
        self.damaged: dict[Path, str] = {}  # folder → what is wrong, found by `find`

    def find(self, key: str) -> Record | None:
        """The intact record of that key, or None. Damaged ones are noted in `damaged`."""
        for folder in self._folders(f".{key}"):
            info = _inspect(folder)
            if isinstance(info, str):
                self.damaged[folder] = info
            elif info.key == key:
                return Record(folder, info)
        return None

    def held(self, key: str, settings: str, code: Code | None = None) -> StoredGroup | None:
        """What there is of a group: today's, else a shipped one of the same settings by earlier code.

        key, settings: as `keys_of` gives both. code: of today, by default numerics.
        """
        record = self.find(key)
        if record:
            return StoredGroup(record, "fresh")
        older = self._older.get(settings, ())
        usable = [StoredGroup(record, self.status(record, code)) for record in older]
        return min(usable, key=lambda held: STATUSES.index(held.status), default=None)

    @cached_property
    def _older(self) -> dict[str, list[Record]]:
        """Settings → intact shipped records by earlier code."""
        found: dict[str, list[Record]] = {}
        for record in self.records():
            info = record.info
            if record.folder.parent == self.shipped and info.code != numerics_fingerprint():
                found.setdefault(_settings_key(info.configs, info.keep), []).append(record)
        return found

    def status(self, record: Record, code: Code | None = None) -> Status:
        """How far a record by earlier code is to be trusted. code: as above."""
        today = numerics_fingerprint() if code is None else code
        made_by, now = code_name(record.info.code), code_name(today)
        return "certified" if (record.info.name, made_by, now) in self._certified else "stale"

    @cached_property
    def _certified(self) -> set[tuple[str, str, str]]:
        """Experiment, the code that made it, and the code it is as good as."""
        entries = read_certificates(self.shipped) if self.shipped else []
        return {(e["experiment"], e["made_by"], e["holds_for"]) for e in entries}

    def records(self) -> list[Record]:
        """Every intact record, stale ones too; looked for once, until something is saved."""
        return self._records

    @cached_property
    def _records(self) -> list[Record]:
        return list(self._intact())

    def _intact(self) -> Iterator[Record]:
        for folder in self._folders():
            info = _inspect(folder)
            if isinstance(info, RunInfo):
                yield Record(folder, info)

    def _folders(self, ending: str = "") -> Iterator[Path]:
        """The folders of groups whose names end so."""
        for root in (self.local, self.shipped):
            if root and root.is_dir():
                with os.scandir(root) as entries:
                    found = [
                        e.path
                        for e in entries
                        if e.name.endswith(ending) and "." in e.name and counts(e.name) and e.is_dir()
                    ]
                yield from map(Path, sorted(found))

    def save(self, experiment: Experiment, configs: Sequence[Any], arrays: dict[str, Array],
             provenance: Provenance) -> Record:  # fmt: skip
        """Store a finished group; replaces a damaged one; harmless when done twice at once."""
        root = self.shipped if experiment.shipped and self.shipped else self.local
        code = experiment.code
        key = run_key(configs, experiment.keep, code)
        target = root / f"{experiment.name}.{key}"
        with new_folder(target, lambda folder: _holds(folder, key)) as work:
            with (work / "arrays.npz").open("wb") as npz:
                write_arrays(npz, arrays)
            info = RunInfo(
                format=FORMAT,
                name=experiment.name,
                key=key,
                configs=[config.as_dict() for config in configs],
                keep=experiment.keep,
                code=code,
                arrays={n: ArrayForm(list(array.shape), str(array.dtype)) for n, array in arrays.items()},
                sha256=digest((work / "arrays.npz").read_bytes()),
            )
            write_info(work, info)
            write_json(work / "provenance.json", msgspec.to_builtins(provenance))
            for file in work.iterdir():
                sync(file)
        sync(root)
        self.__dict__.pop("_records", None)
        return Record(target, read_info(target) or info)

    def checkpoint(self, key: str) -> Path:
        """Where an unfinished group keeps its state."""
        return self.local.parent / "checkpoints" / f"{key}.npz"


def _inspect(folder: Path) -> RunInfo | str:
    """What `run.json` of a folder says; or what is wrong with the folder, in words."""
    info = read_info(folder)
    if info is None:
        return "run.json is missing, was changed or belongs to another version"
    try:
        if digest((folder / "arrays.npz").read_bytes()) != info.sha256:
            return "arrays.npz does not match its checksum"
    except OSError as error:
        return f"arrays.npz: {error.strerror}"
    if read_record(folder / "provenance.json", Provenance) is None:
        return "provenance.json is missing or was changed"
    return info


def _holds(folder: Path, key: str) -> bool:
    """Whether a folder has the intact record of that key."""
    info = _inspect(folder)
    return isinstance(info, RunInfo) and info.key == key
