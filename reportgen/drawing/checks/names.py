"""The checks whose finding a person may mean: by these names a figure's file accepts them, `ACCEPT = {name: reason}`.

What nobody can mean, such as a field that no row has, has no name here: it is an error.
"""

from dataclasses import dataclass

ACCEPTABLE = {  # name → what was seen, in the documents' words
    "no-rows": "a dataset of several is empty",
    "not-finite": "numbers that are NaN or infinite: they are left out, as gaps",
    "not-a-number": "texts where a number is wanted: they are left out",
    "empty-mark": "a mark of several shows nothing although it has rows",
    "off-range": "all of a mark lies outside its axes",
    "odd-text": "a text says undefined, NaN or null",
    "missing-glyph": "characters that the charts' font lacks: gaps, boxes, or another font, in PNG and PDF",
    "other-font": "text in a font that the report does not bring along",
    "clipped-text": "text that is cut off, or runs over the picture's edge",
    "overlapping-text": "text that lies over other text",
}


@dataclass(frozen=True)
class Finding:
    """What a check saw in a panel: its name, the words that follow "its panel 'x' …", the way out."""

    check: str
    panel: str
    words: str
    hint: str
