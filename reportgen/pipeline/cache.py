"""What is already drawn and written, and from what: fresh, stale or missing, and why.

A drawing is a folder `<id>.<key>/` with `key.json` (its parts), `files.json` (checksums) and
`provenance.json`; a page's parts are kept per output folder. Nothing here looks at modification times.
"""

import json
import math
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from reportgen.files.atomic import UNFINISHED, read_json, unless_read_only, write_atomically, write_json
from reportgen.files.hashing import digest, key_of
from reportgen.files.project import Project
from reportgen.site import output_folder
from reportgen.store.provenance import describe_making

ABOUT = {"files.json", "key.json", "provenance.json"}
SHOWN = 4  # differences that a short reason names
NAMED = 40  # letters of an output folder's name in the name of its record; a file name may have 255 bytes
LINE = "\n" + " " * 6
Parts = Mapping[str, str]


def drawing_folder(project: Project, id: str, parts: Parts) -> Path:
    """Where the drawing of that content is, or will be."""
    return project.drawn / f"{id}.{key_of(dict(parts))}"


def find_drawing(project: Project, id: str, parts: Parts) -> Path | None:
    """The intact drawing made from exactly this code and these runs, or None."""
    folder = drawing_folder(project, id, parts)
    return folder if _intact(folder) else None


def _intact(folder: Path) -> bool:
    """Whether a folder holds just the files that were drawn into it, as they were."""
    known = read_json(folder / "files.json")
    return bool(known) and isinstance(known, dict) and _checksums(folder) == known


def _checksums(folder: Path) -> dict[str, str]:
    """Of the files in a folder, but for what is said about them; a link is no file of ours."""
    files = [file for file in folder.iterdir() if file.is_file() and not file.is_symlink()]
    return {file.name: digest(file.read_bytes()) for file in sorted(files) if file.name not in ABOUT}


@contextmanager
def new_drawing(project: Project, id: str, parts: Parts) -> Iterator[Path]:
    """A folder to draw into, which takes its place only when everything went well."""
    target, started = drawing_folder(project, id, parts), time.monotonic()
    project.drawn.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=project.drawn))
    try:
        yield work
        write_json(work / "files.json", _checksums(work))
        write_json(work / "key.json", dict(parts))
        write_json(work / "provenance.json", describe_making(project.root, time.monotonic() - started))
        work.chmod(0o755)
        if target.exists() and not _intact(target):
            shutil.rmtree(target)
        try:
            work.rename(target)
        except OSError:
            if not _intact(target):  # otherwise another build has drawn the same meanwhile
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def why_drawing(project: Project, id: str, parts: Parts, *, exact: bool = False) -> str:
    """Why a figure has to be drawn, "" if it is fresh: compared with its most similar earlier drawing."""
    folder = drawing_folder(project, id, parts)
    if folder.exists():
        return "" if _intact(folder) else "its files were damaged"
    earlier = [old for f in _earlier(project, id) if (old := _parts(read_json(f / "key.json")))]
    if not earlier:
        return "not drawn yet"
    return difference(min(earlier, key=lambda old: len(old.items() ^ parts.items())), parts, exact=exact)


def drawing_seconds(project: Project, id: str) -> float | None:
    """How long an earlier drawing of a figure took; None if nobody knows."""
    found = [_seconds(read_json(folder / "provenance.json")) for folder in _earlier(project, id)]
    return max(filter(None, found), default=None)


def _earlier(project: Project, id: str) -> list[Path]:
    return sorted(project.drawn.glob(f"{id}.*"))


def difference(old: Parts, new: Parts, *, exact: bool = False) -> str:
    """The parts in which two lists differ, in words; exact: all, a line each, with their hashes."""
    changed = [name for name in new if name in old and old[name] != new[name]]
    changed.sort(key=lambda name: name.startswith("code reportgen/"))  # what one edits most comes first
    words = [_changed(name, old[name], new[name], exact) for name in changed]
    words += [f"{_shown(name)} is new" for name in new if name not in old]
    words += [f"{_shown(name)} is gone" for name in old if name not in new]
    if len(words) > SHOWN and not exact:
        words[SHOWN:] = [f"{len(words) - SHOWN} more"]
    return (LINE if exact else ", ").join(words) or "nothing changed"


def _changed(name: str, old: str, new: str, exact: bool) -> str:
    kind, _, rest = name.partition(" ")
    if kind in ("fact", "library"):
        return f"{rest} {_cut(old)} → {_cut(new)}"
    return f"{_shown(name)} changed" + (f" ({old[:8]} → {new[:8]})" if exact else "")


def _cut(value: str, length: int = 40) -> str:
    return value if len(value) <= length else f"{value[:length]}…"


def _shown(part: str) -> str:
    kind, _, name = part.partition(" ")
    return name if kind == "code" else part


def page_is_fresh(project: Project, out: Path, parts: Parts) -> bool:
    """Whether the site in `out` was made from these parts and is still as it was written."""
    return _page(project, out).get("parts") == parts and output_folder.intact(out)


def why_page(project: Project, out: Path, parts: Parts, *, exact: bool = False) -> str:
    """Why the page has to be written again; "" when it is fresh."""
    if page_is_fresh(project, out, parts):
        return ""
    earlier = _parts(_page(project, out).get("parts"))
    if not earlier:
        return "not built yet"
    if earlier == parts:
        return f"files in {out.name}/ were changed or removed"
    return difference(earlier, parts, exact=exact)


def written_from(project: Project, out: Path) -> Parts:
    """What the site in `out` was made from, as far as is known."""
    return _page(project, out).get("parts") or {}


def page_seconds(project: Project, out: Path) -> float | None:
    """How long the page in `out` took to write; None if nobody knows."""
    return _seconds(_page(project, out))


def remember_page(project: Project, out: Path, parts: Parts, seconds: float) -> None:
    """Keep what the site in `out` was made from, and what it consists of. Without it, it is written again."""
    known = {"parts": dict(parts), "files": output_folder.recorded(out), "seconds": round(seconds, 2)}
    content = json.dumps(known, indent=1, sort_keys=True)
    with unless_read_only():  # a project that may not be written to, and --out elsewhere
        write_atomically(_page_file(project, out), f"{content}\n".encode())


def page_files(project: Project, out: Path) -> dict[str, str]:
    """What the site in `out` consisted of when it was written: path → checksum, should its own list be lost."""
    files = _page(project, out).get("files")
    return files if isinstance(files, dict) else {}


@contextmanager
def page_lock(project: Project, out: Path) -> Iterator[None]:
    """StoredGroup by one writer of `out` at a time. A project that cannot be written to has none."""
    file = _page_file(project, out).with_suffix(".lock")
    lock = FileLock(file)
    with unless_read_only():
        file.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _page(project: Project, out: Path) -> dict:
    known = read_json(_page_file(project, out))
    return known if isinstance(known, dict) else {}


def _page_file(project: Project, out: Path) -> Path:
    return project.pages / f"{out.name[:NAMED]}-{key_of(str(out.resolve()))}.json"


def _parts(found: object) -> dict[str, str]:
    """What a thing was made from, as it was kept; nothing when that is damaged."""
    plain = isinstance(found, dict) and all(isinstance(value, str) for value in found.values())
    return found if plain else {}


def _seconds(found: object) -> float | None:
    seconds = found.get("seconds") if isinstance(found, dict) else None
    return seconds if isinstance(seconds, int | float) and 0 <= seconds < math.inf else None
