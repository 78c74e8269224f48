"""What a terminal or file cannot show is written in another way: no text ends a command with a traceback.

Windows' code pages lack the minus, raised digits, often quotation marks. Everything that is printed goes
through here, help and errors too.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

RAISED = re.compile(r"[⁺⁻⁰¹²³⁴-⁹]+")
LOWERED = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
INSTEAD = {
    "−": "-", "–": "-", "—": "-", "×": "x", "·": ".", "\u00a0": " ", "\u202f": " ", "“": '"', "”": '"', "„": '"',
    "‘": "'", "’": "'", "…": "...", "→": "->", "←": "<-", "≤": "<=", "≥": ">=", "≈": "~", "±": "+/-", "°": " deg",
    "∞": "inf", "√": "sqrt ", "π": "pi", "‖": "|",
}  # fmt: skip


class Terminal:
    """A text stream that takes every text."""

    def __init__(self, stream: TextIO):
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(fitting(text, self._stream.encoding or "ascii"))
        return len(text)

    def writelines(self, lines: Iterator[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def any_text() -> Iterator[None]:
    """Standard output and error take every text meanwhile."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (stream and Terminal(stream) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def fitting(text: str, encoding: str) -> str:
    """The text with what the encoding lacks written in another way: 2 × 10⁻⁷ → 2 x 10^-7. Powers stay whole."""
    if _has(encoding, text):
        return text
    text = RAISED.sub(
        lambda found: found[0] if _has(encoding, found[0]) else f"^{found[0].translate(LOWERED)}", text
    )
    return "".join(letter if _has(encoding, letter) else _instead(letter, encoding) for letter in text)


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _instead(letter: str, encoding: str) -> str:
    """What looks most like it: by the table, without its accents, or a question mark."""
    if letter in INSTEAD:
        return INSTEAD[letter]
    plain = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return plain if plain and _has(encoding, plain) else "?"
