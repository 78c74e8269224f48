"""What is already drawn and written, and from what: fresh, stale or missing, and why.

A drawing is a folder `<id>.<key>/` with `key.json` (its parts) and `files.json` (checksums); a
page's parts are kept per output folder. Nothing here looks at modification times.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reportgen.figures import Source
from reportgen.files import UNFINISHED, write_atomically, write_json
from reportgen.keys import digest, key_of
from reportgen.outfolder import MANIFEST
from reportgen.project import Project


def drawing_folder(project: Project, source: Source, run_keys: Mapping[str, str]) -> Path:
    """Where the drawing of that content is, or will be."""
    return project.drawn / f"{source.id}.{source.key(run_keys)}"


def find_drawing(project: Project, source: Source, run_keys: Mapping[str, str]) -> Path | None:
    """The intact drawing made from exactly this code and these runs, or None."""
    folder = drawing_folder(project, source, run_keys)
    return folder if _intact(folder) else None


def _intact(folder: Path) -> bool:
    known = _read(folder / "files.json")
    return bool(known) and isinstance(known, dict) and _checksums(folder, known) == known


def _checksums(folder: Path, names: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = digest((folder / name).read_bytes())
        except OSError:
            found[name] = ""
    return found


@contextmanager
def new_drawing(project: Project, source: Source, run_keys: Mapping[str, str]) -> Iterator[Path]:
    """A folder to draw into, which takes its place only when everything went well."""
    target = drawing_folder(project, source, run_keys)
    project.drawn.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=project.drawn))
    try:
        yield work
        names = sorted(file.name for file in work.iterdir())
        write_json(work / "files.json", _checksums(work, dict.fromkeys(names, "")))
        write_json(work / "key.json", source.key_parts(run_keys))
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


def why_drawing(project: Project, source: Source, run_keys: Mapping[str, str]) -> str:
    """Why a figure has to be drawn: compared with its most similar earlier drawing."""
    parts = source.key_parts(run_keys)
    folder = drawing_folder(project, source, run_keys)
    if folder.exists():
        return "its files were damaged"
    earlier = [_read(f / "key.json") for f in sorted(project.drawn.glob(f"{source.id}.*"))]
    differences = [difference(old, parts) for old in earlier if old and isinstance(old, dict)]
    return min(differences, key=len) if differences else "not drawn yet"


def difference(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """The names of the parts in which two keys differ, in words."""
    changed = [name for name in new if name in old and old[name] != new[name]]
    words = [f"{_name(name)} changed" for name in changed]
    words += [f"{_name(name)} is new" for name in new if name not in old]
    words += [f"{_name(name)} is gone" for name in old if name not in new]
    return ", ".join(words) or "nothing changed"


def _name(part: str) -> str:
    kind, _, name = part.partition(" ")
    return name if kind == "code" else part


def page_is_fresh(project: Project, out: Path, parts: Mapping[str, str]) -> bool:
    """Whether the site in `out` was made from these parts and is still as it was written."""
    written = _read(out / MANIFEST)
    if _read(_page_file(project, out)) != parts or not isinstance(written, dict):
        return False
    files = written.get("files")
    return bool(files) and isinstance(files, dict) and _checksums(out, files) == files


def why_page(project: Project, out: Path, parts: Mapping[str, str]) -> str:
    """Why the page has to be written again; "" when it is fresh."""
    if page_is_fresh(project, out, parts):
        return ""
    earlier = _read(_page_file(project, out))
    if not isinstance(earlier, dict):
        return "not built yet"
    if earlier == parts:
        return f"files in {out.name}/ were changed or removed"
    return difference(earlier, parts)


def remember_page(project: Project, out: Path, parts: Mapping[str, str]) -> None:
    """Keep what the site in `out` was made from."""
    content = json.dumps(dict(parts), indent=1, sort_keys=True) + "\n"
    write_atomically(_page_file(project, out), content.encode())


def page_lock(project: Project, out: Path) -> Path:
    """The lock that one writer of `out` holds."""
    file = _page_file(project, out).with_suffix(".lock")
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def _page_file(project: Project, out: Path) -> Path:
    return project.pages / f"{out.name}-{key_of(str(out.resolve()))}.json"


def _read(path: Path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
