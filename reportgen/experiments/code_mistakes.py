"""A mistake in this folder's code, as two lines: file, line and what to do, as figures and claims have."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb

from reportgen.errors import ReportError, in_code
from reportgen.files.guard import guarded

HINT = "Mend the experiment, then see what there is: reportgen status"


@contextmanager
def two_lines() -> Iterator[None]:
    """Raises ReportError naming file and line when the code inside fails, or refuses a setting."""
    with guarded(_worded):
        try:
            yield
        except ReportError as error:
            file, line = _place(error)
            raise ReportError(f"{file}:{line}: {error.message}", hint=error.hint) from error


def _worded(error: Exception) -> ReportError:
    file = f"{error.filename}:{error.lineno}" if isinstance(error, SyntaxError) else _place(error)[0]
    return in_code(file, error, hint=HINT)


def _place(error: Exception) -> tuple[str, int | None]:
    """The last file of this folder that the error came through, and the line."""
    frames = extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).parent == Path(__file__).parent]
    return ours[-1].filename, ours[-1].lineno
