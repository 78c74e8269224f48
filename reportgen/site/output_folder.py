"""The folder a site is written to: only ever our own files in it are touched.

`.reportgen-site.json` lists what we wrote, with checksums. Assets go first and pages last, each
file whole or not at all, so that an interrupted write leaves a site that works. Two files say when
and by which commit things were made; they may differ between builds and have no checksum.
"""

import json
import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import msgspec

from reportgen.errors import ReportError
from reportgen.files.atomic import UNFINISHED, read_record, write_atomically
from reportgen.files.hashing import digest

LONGEST = 255  # bytes of a name
MANIFEST = ".reportgen-site.json"
VOLATILE = ("provenance.json", "provenance.js")
FINE = {".gitignore", ".DS_Store", MANIFEST}


class Written(msgspec.Struct, frozen=True):
    """The list of what we wrote: path → checksum, "" for the files that no build repeats."""

    files: dict[str, str]


def check(out: Path, known: Mapping[str, str] = {}) -> None:
    """Raises ReportError unless `out` is ours, empty, or new, and can be written.

    known: path → checksum of files that are ours as well if they are unchanged: should the list be damaged.
    """
    existing = out
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        raise ReportError(
            f"Cannot write to {out}.", hint="Choose another folder with --out, or change its permissions."
        )
    ours = _ours(out, known)
    foreign = [file for file in _files(out) if file not in ours and not _harmless(Path(file).name)]
    if foreign:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise ReportError(
            f"{out} holds files that reportgen did not write: {foreign[0]}{more}.",
            hint="Choose an empty or new folder with --out; nothing was touched.",
        )


def _harmless(name: str) -> bool:
    """Files that may lie beside ours: Git's, the Finder's, and what an interrupted write left."""
    return name in FINE or name.startswith(UNFINISHED)


def write(files: Mapping[str, bytes], out: Path, known: Mapping[str, str] = {},
          hashes: Mapping[str, str] = {}) -> list[str]:  # fmt: skip
    """Bring `out` to exactly these files (relative path → content); the paths that changed.

    known: as in `check`. hashes: checksums of the files, as far as they were worked out already.
    """
    check(out, known)
    outside = files.keys() - _inside(out, files)
    if outside:
        raise ReportError(
            f"{min(outside)!r} is no place inside {out}.",
            hint="Remove the drawing that names it: reportgen clean.",
        )
    before = _ours(out, known)
    hashes = {path: hashes.get(path) or digest(content) for path, content in files.items()}
    after = {path: "" if path in VOLATILE else sha for path, sha in hashes.items()}
    changed = [path for path, sha in hashes.items() if not _same(out / path, sha)]
    _write_list(out, before | after)
    for path in sorted(changed, key=lambda path: (path.endswith(".html"), path)):
        write_atomically(out / path, files[path])
    for path in [*(before.keys() - after.keys()), *_unfinished(out)]:
        _remove(out, path)
    _write_list(out, after)
    return changed


def intact(out: Path) -> bool:
    """Whether `out` holds a site of ours that is still as it was written."""
    files = _listed(out)
    return bool(files) and _unchanged(out, files) == files


def written_files(out: Path) -> list[Path]:
    """The files of ours in a site folder."""
    found = [out / path for path in [*recorded(out), MANIFEST]]
    return [file for file in found if file.is_file()]


def remove_written(out: Path) -> None:
    """Delete our files and the folders they leave empty; a foreign file keeps its folder."""
    for path in [*recorded(out), *_unfinished(out), MANIFEST]:
        _remove(out, path)


def _unfinished(out: Path) -> list[str]:
    """What an earlier write left that was killed."""
    return [path for path in _files(out) if Path(path).name.startswith(UNFINISHED)]


def _remove(out: Path, path: str) -> None:
    if (out / path).is_dir() and not (out / path).is_symlink():
        return  # a folder is never ours by itself
    (out / path).unlink(missing_ok=True)
    folder = (out / path).parent
    while folder != out and folder.is_relative_to(out) and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
    if folder == out and out.is_dir() and not any(out.iterdir()):
        out.rmdir()


def _same(file: Path, checksum: str) -> bool:
    return file.is_file() and digest(file.read_bytes()) == checksum


def _files(out: Path) -> list[str]:
    if not out.is_dir():
        return []
    found = (file for file in out.rglob("*") if file.is_symlink() or not file.is_dir())
    return sorted(file.relative_to(out).as_posix() for file in found)


def recorded(out: Path) -> dict[str, str]:
    """What the manifest lists, without any path that leads out of the folder."""
    listed = _listed(out)
    return {path: listed[path] for path in _inside(out, listed)}


def _write_list(out: Path, files: dict[str, str]) -> None:
    text = json.dumps(msgspec.to_builtins(Written(files)), indent=1, sort_keys=True) + "\n"
    write_atomically(out / MANIFEST, text.encode())


def _listed(out: Path) -> dict[str, str]:
    """What the manifest says, whoever wrote it."""
    written = read_record(out / MANIFEST, Written)
    return written.files if written else {}


def _ours(out: Path, known: Mapping[str, str]) -> dict[str, str]:
    """What the manifest lists; and of the files known besides, those that are as they were."""
    listed = recorded(out)
    return listed | _unchanged(out, {path: sha for path, sha in known.items() if path not in listed})


def _unchanged(out: Path, known: Mapping[str, str]) -> dict[str, str]:
    """Those of the files that are there as they were; of a volatile one, that it is there is enough."""

    def same(path: str, sha: str) -> bool:
        return (out / path).is_file() if path in VOLATILE else _same(out / path, sha)

    return {path: known[path] for path in _inside(out, known) if same(path, known[path])}


def _inside(out: Path, paths: Iterable[str]) -> list[str]:
    """Those of the paths that can be ones inside the folder, links followed."""
    root = out.resolve()

    @cache  # folders are few
    def resolved(folder: str) -> Path:
        return (out / folder).resolve()

    def inside(path: str) -> bool:
        try:
            if any(len(os.fsencode(part)) > LONGEST or "\0" in part for part in Path(path).parts):
                return False
            folder, name = os.path.split(path)
            place = resolved(folder) / name
            plain = name not in ("", ".", "..") and not place.is_symlink()
            return (place if plain else place.resolve()).is_relative_to(root)
        except (OSError, ValueError, RuntimeError):  # a link in a circle
            return False

    return [path for path in paths if inside(path)]
