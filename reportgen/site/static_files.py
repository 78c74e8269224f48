"""The project's folder `static/`: its files go into the site as they are, hidden ones such as .well-known too.

For what others ask of a site by name: robots.txt, CNAME, a file that proves to a search engine whose it is,
pages at old addresses, photographs.
"""

from collections.abc import Iterable
from pathlib import Path

from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.files.hashing import digest
from reportgen.site.output_folder import FINE, MANIFEST
from reportgen.wording.numbers import size

LEFT_OUT = FINE - {MANIFEST} | {".git"}  # Git's and the Finder's
PASSING = (".#", "._", ".reportgen-unfinished-")  # how names begin of what editors, macOS and a build leave
LARGEST = 100_000_000  # bytes: more is refused by GitHub


def found(folder: Path) -> dict[str, Path]:
    """Path on the site → file; nothing without a folder."""
    return {file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*"))
            if not _passing(file.relative_to(folder)) and (file.is_symlink() or not file.is_dir())}  # fmt: skip


def _passing(path: Path) -> bool:
    return not LEFT_OUT.isdisjoint(path.parts) or path.name.startswith(PASSING) or path.name.endswith("~")


def checksums(folder: Path) -> dict[str, str]:
    """Path on the site → hash of the file."""
    return {path: digest(_content(file)) for path, file in found(folder).items()}


def read(folder: Path, made: Iterable[str]) -> dict[str, bytes]:
    """Path on the site → content. made: the paths that are taken.

    Raises ReportError for a path that is taken, whatever its case, and for a file that cannot be shown.
    """
    taken = {path.casefold() for path in (*made, MANIFEST)}
    files: dict[str, bytes] = {}
    for path, file in found(folder).items():
        if path.casefold() in taken or _across(path.casefold(), taken):
            raise _refused(f"static/{path} has the name of a file that the site has already.", "Rename it.")
        if file.is_file() and file.stat().st_size > LARGEST:
            weight = size(file.stat().st_size)
            raise _refused(f"static/{path} weighs {weight}; GitHub takes no file over {size(LARGEST)}.",
                           "Put it elsewhere, and link to it.")  # fmt: skip
        files[path] = _content(file)
        taken.add(path.casefold())
    return files


def _across(path: str, taken: Iterable[str]) -> bool:
    """Whether one path is a folder of another."""
    return any(path.startswith(f"{other}/") or other.startswith(f"{path}/") for other in taken)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _refused(f"{file} cannot be read: {error.strerror}.", "Mend or remove it.") from error


def _refused(message: str, hint: str) -> ReportError:
    return ReportError(message, hint=f"{hint} The site was left as it is.", exit_code=EXIT_FAILED)
