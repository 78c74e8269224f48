"""Texts that a reader cannot read: boxes, cut off, over each other, in a font that is not there, or no words."""

import json
from collections.abc import Callable, Iterator, Sequence

from reportgen.drawing.checks.drawn import Drawn, Point, Text
from reportgen.drawing.checks.fonts import is_ours
from reportgen.drawing.checks.names import Finding
from reportgen.drawing.vega import Spec

_ODD = ("undefined", "NaN", "null", "Infinity", "−Infinity", "-Infinity", "[object Object]", "Invalid Date")
_BEYOND, _OVER = 2.0, 1.5  # px: so far over the edge, and into another text, is no matter of rounding
_SHOWN = 12  # characters, or letters of a text, that a message names


def odd(panel: str, drawn: Drawn) -> Iterator[Finding]:
    """What JavaScript writes for a value that is not there."""
    for word in sorted({text.words.strip() for text in drawn.texts} & set(_ODD)):
        yield Finding(
            "odd-text", panel, f"has a text that says {word}", "Some row has no value, or none to write."
        )


def in_boxes(panel: str, drawn: Drawn) -> Iterator[Finding]:
    """Characters that the font lacks."""
    lacking = dict.fromkeys(
        c for text in drawn.texts if is_ours(text.family) for c in text.face.lacks(text.words)
    )
    if lacking:
        letters = "".join(list(lacking)[:_SHOWN]) + ("…" if len(lacking) > _SHOWN else "")
        words = f"has {len(lacking)} characters that the font of charts lacks: {letters}"
        hint = "In PNG and PDF they are gaps, boxes, or as another machine's fonts have them. Write them in other letters."
        yield Finding("missing-glyph", panel, words, hint)


def in_other_fonts(panel: str, drawn: Drawn, can_draw: Callable[[str], bool]) -> Iterator[Finding]:
    """Fonts that do not come with the report. can_draw: whether vl-convert has one of a list of families."""
    for family in sorted({text.family for text in drawn.texts if not is_ours(text.family)}):
        if can_draw(family):
            yield Finding(
                "other-font", panel, f"has text in the font {family}, which the report does not bring along",
                "Leave out the font: other machines draw another picture.",
            )  # fmt: skip
        else:
            yield Finding(
                "unknown-font", panel, f"has text in the font {family}, which is not there",
                "Leave out the font: all of this text is missing in PNG and PDF.",
            )  # fmt: skip


def clipped(panel: str, drawn: Drawn, spec: Spec) -> Iterator[Finding]:
    """Text that Vega has shortened, and text that runs over the edge of the picture."""
    short = [text.words for text in drawn.texts if text.words.endswith("…")]
    if short and "…" not in json.dumps(spec, ensure_ascii=False):
        yield _cut(panel, short, "shortened", "Shorten it yourself, or give it more room: limit, labelLimit.")
    over = [text.words for text in drawn.texts if _is_over(text, drawn)]
    if over:
        hint = "Move it inwards, or give the chart padding."
        yield _cut(panel, over, "cut off at the picture's edge", hint)


def _cut(panel: str, texts: list[str], how: str, hint: str) -> Finding:
    return Finding("clipped-text", panel, f"has {_listed(texts)} {how}", hint)


def _is_over(text: Text, drawn: Drawn) -> bool:
    return any(
        not (-_BEYOND <= x <= drawn.width + _BEYOND and -_BEYOND <= y <= drawn.height + _BEYOND)
        for x, y in text.corners
    )


def overlapping(panel: str, drawn: Drawn) -> Iterator[Finding]:
    """Two texts in one place."""
    texts = sorted(drawn.texts, key=_left)
    pairs = []
    for number, text in enumerate(texts):
        end = max(x for x, _ in text.corners)
        for other in texts[number + 1 :]:
            if _left(other) >= end:
                break
            if _overlap(text.corners, other.corners):
                pairs.append((text.words, other.words))
    if pairs:
        one, two = pairs[0]
        more = f", and {len(pairs) - 1} more pairs" if len(pairs) > 1 else ""
        yield Finding(
            "overlapping-text", panel, f"has {_quoted(one)} over {_quoted(two)}{more}",
            "Move one of them, leave out ticks, or make the chart larger.",
        )  # fmt: skip


def _left(text: Text) -> float:
    return min(x for x, _ in text.corners)


def _overlap(one: Sequence[Point], two: Sequence[Point]) -> bool:
    """Whether two rectangles, however turned, share more than a rim: no side of either parts them."""
    for corners in (one, two):
        for a, b in ((corners[0], corners[1]), (corners[1], corners[2])):
            length = ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5
            if not length:
                return False
            across = (b[0] - a[0]) / length, (b[1] - a[1]) / length
            first, second = ([x * across[0] + y * across[1] for x, y in box] for box in (one, two))
            if min(max(first), max(second)) - max(min(first), min(second)) < _OVER:
                return False
    return True


def _listed(texts: list[str]) -> str:
    return f"{_quoted(texts[0])}{f' and {len(texts) - 1} more' if len(texts) > 1 else ''}"


def _quoted(text: str) -> str:
    return f"“{text[: 3 * _SHOWN]}{'…' if len(text) > 3 * _SHOWN else ''}”"
