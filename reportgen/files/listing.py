"""What is in a project's folders: what people put there, not what editors and systems leave beside it."""

from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path
from unicodedata import normalize

from reportgen.errors import ReportError

# Emacs' locks and autosaves, macOS' and Vim's companions, backups, what Python compiled.
_BESIDE = (".*", "*~", "#*#", "__pycache__")


def counts(name: str) -> bool:
    """Whether a file or folder of that name is a project's own."""
    return not any(fnmatch(name, beside) for beside in _BESIDE)


def listed(folder: Path, pattern: str) -> list[Path]:
    """What in a folder has a name of that pattern; one that cannot be read too, so that it is missed by name."""
    return sorted(path for path in folder.glob(pattern) if counts(path.name))


def listed_below(folder: Path) -> list[Path]:
    """The files of a folder and of those in it; a link to nowhere too."""
    found = (path for path in folder.rglob("*") if all(map(counts, path.relative_to(folder).parts)))
    return sorted(path for path in found if not path.is_dir())


def twins(names: Iterable[str], where: str) -> dict[str, ReportError]:
    """The names that are another's but for case, which macOS and Windows take for the same: name → its error."""
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        found.setdefault(normalize("NFC", name).casefold(), []).append(name)
    return {
        name: ReportError(
            f"{where}: {first} and {name} differ only in case.",
            hint="Rename one of them: on macOS and Windows each is the other.",
        )
        for first, *others in found.values()
        for name in others
    }


def refuse_twins(names: Iterable[str], where: str) -> None:
    """Raises ReportError for names that only case tells apart."""
    for error in twins(names, where).values():
        raise error
