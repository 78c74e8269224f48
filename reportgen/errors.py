"""The one error a person is meant to read, and the exit codes of the command line.

Raised anywhere in the program; turned into two lines on stderr by `cli`.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from traceback import extract_tb

EXIT_USAGE = 2  # bad input: a name, a value, a file
EXIT_FAILED = 1  # a figure, a page or a training failed
EXIT_STALE = 3  # --frozen: something is not up to date
EXIT_INTERRUPTED = 130  # Ctrl-C; everything finished so far is kept


class ReportError(Exception):
    """Something the reader can fix: what is wrong, and what to do about it."""

    def __init__(self, message: str, *, hint: str, exit_code: int = EXIT_USAGE):
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code

    def __reduce__(self):  # type: () -> tuple[object, ...]  # travels between processes whole
        return _again, (self.message, self.hint, self.exit_code)


def _again(message: str, hint: str, exit_code: int) -> ReportError:
    return ReportError(message, hint=hint, exit_code=exit_code)


def unknown(kind: str, name: str, known: Iterable[str]) -> ReportError:
    """The error for a name that is not among the known ones, with the nearest one."""
    known = sorted(known)
    near = get_close_matches(name, known, n=1)
    guess = f"Did you mean {near[0]!r}? " if near else ""
    return ReportError(f"Unknown {kind} {name!r}.", hint=f"{guess}Known: {', '.join(known)}.")


def in_code(file: Path | str, error: Exception, *, hint: str, about: str = "") -> ReportError:
    """The error for somebody's code in `file` that failed: its last line there, and what Python said first."""
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == str(file)]
    place = f"{file}:{lines[-1]}" if lines else str(file)
    said = "".join(str(error).splitlines()[:1])
    return ReportError(f"{place}: {about}{type(error).__name__}: {said}", hint=hint, exit_code=EXIT_FAILED)
