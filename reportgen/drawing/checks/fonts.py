"""The font of charts: which characters it has, and how wide they are. vl-convert draws with the same file."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path

from reportgen.charts import FONT
from reportgen.drawing.declaration import FONTS


class Face:
    """One weight of the font."""

    def __init__(self, file: Path):
        with import_module("fontTools.ttLib").TTFont(file) as font:  # it has no types
            self._glyphs: dict[int, str] = font.getBestCmap()
            self._widths: dict[str, tuple[int, int]] = font["hmtx"].metrics
            self._em: int = font["head"].unitsPerEm

    def width(self, text: str) -> float:
        """Of a line of text, in the font's size; what it lacks counts as half a square."""
        glyphs = (self._glyphs.get(ord(letter)) for letter in text)
        return sum(self._widths[glyph][0] / self._em if glyph else 0.5 for glyph in glyphs)

    def lacks(self, text: str) -> Iterable[str]:
        """The characters of a text that it does not have; those that nobody sees do not count."""
        return [letter for letter in text if ord(letter) not in self._glyphs and not _is_unseen(letter)]


@cache
def face(bold: bool) -> Face:
    """The font, regular or semi-bold."""
    return Face(FONTS / f"reportgen-sans-{600 if bold else 400}.ttf")


def is_ours(family: str) -> bool:
    """Whether a list of families begins with the font of charts."""
    return _families(family)[0] == _families(FONT)[0]


def _families(listed: str) -> list[str]:
    return [name.strip().strip("'\"") for name in listed.split(",")]


def _is_unseen(letter: str) -> bool:
    """Spaces, marks of direction, and what only chooses between two forms of a character."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Zs", "Zl", "Zp") or "\ufe00" <= letter <= "\ufe0f"
