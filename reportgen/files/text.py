"""The text files of a project: one way to read them, one to write them, and one form in which they count.

A byte order mark and the kind of line ends say which editor or checkout was at work, not what is written: they
are left out before a file is read, hashed or put into the site. Written is UTF-8 with LF.
"""

from pathlib import Path

from reportgen.errors import ReportError

_MARK = b"\xef\xbb\xbf"


class UnreadableText(ReportError):
    """A text file that cannot be read; its message names the file, whoever asked for it."""


def file_content(file: Path) -> bytes:
    """A file as it counts: a text without its byte order mark, and with LF; what has a NUL is no text."""
    found = file.read_bytes()
    if b"\0" in found:
        return found
    return found.removeprefix(_MARK).replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def read_text(file: Path) -> str:
    """What a text file says. Raises UnreadableText with file, line and byte."""
    try:
        return (found := file_content(file)).decode()
    except UnicodeDecodeError as error:
        line, wrong = found.count(b"\n", 0, error.start) + 1, found[error.start]
        raise UnreadableText(
            f"{file}:{line}: byte {error.start + 1} of the file, 0x{wrong:02X}, is not UTF-8.",
            hint="Save the file with the encoding UTF-8, then run the command again.",
        ) from error
    except OSError as error:
        hint = "Restore it, or remove it, then run the command again."
        raise UnreadableText(f"{file} cannot be read: {error.strerror}.", hint=hint) from error


def write_text(file: Path, text: str, *, new: bool = False) -> None:
    """new: raise FileExistsError rather than write over something."""
    with file.open("x" if new else "w", encoding="utf-8", newline="\n") as target:
        target.write(text)
