"""A panel as it was drawn: which marks show something, and where every text stands.

Read from the SVG that is drawn anyway: it is Vega's scene graph, written out. So nothing is drawn or
compiled a second time, and what is looked at is what a reader gets.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from reportgen.drawing.checks.fonts import Face, face

Point = tuple[float, float]
NOTHING, HIDDEN, OUTSIDE, SHOWN = range(4)  # of a mark: no items, none that can be seen, none within its axes
_EDGE, _LEAST = 3.0, 0.05  # px: so far outside of its axes, and so small, something is not there
_COMMANDS = re.compile(r"([MLTHVhvCSQAZz])([^MLTHVhvCSQAZz]*)")
_NUMBER = re.compile(r"-?[\d.]+(?:e[-+]?\d+)?|NaN|-?Infinity")
_TURNS = re.compile(r"(translate|rotate)\(([^)]*)\)")
_ASCENT, _DESCENT = 0.72, 0.2  # of the font's size: how far letters go up and down
_ADDRESS = "{http://www.w3.org/1999/xlink}href"
_NO_PAINT = (None, "none", "transparent")


@dataclass(frozen=True)
class Text:
    """A line of text, its font's family as asked for, and its four corners in px, as drawn."""

    words: str
    family: str
    bold: bool
    corners: tuple[Point, ...]

    @property
    def face(self) -> Face:
        return face(self.bold)


@dataclass
class Drawn:
    """width, height: of the picture, px. marks: Vega's name of each mark → the most that is seen of it.

    pictures: addresses of those within it.
    """

    width: float
    height: float
    pictures: tuple[str, ...] = ()
    marks: dict[str, int] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)


@dataclass(frozen=True)
class _Place:
    """Where a group begins, px, and how large the plot is that it stands in."""

    x: float
    y: float
    plot: Point = (math.inf, math.inf)
    inside: Point = (0.0, 0.0)  # of the group, from the plot's corner


def read(svg: str) -> Drawn:
    """What a panel's SVG shows."""
    root = etree.fromstring(svg.encode(), etree.XMLParser(huge_tree=True))
    pictures = (image.get(_ADDRESS, "") for image in root.iter("{*}image"))
    drawn = Drawn(float(root.get("width", 0)), float(root.get("height", 0)), tuple(pictures))
    for element in root:
        _group(element, _Place(0, 0), drawn)
    return drawn


def _group(element: etree._Element, place: _Place, drawn: Drawn) -> None:
    """A <g>, and all in it."""
    kind, role, name = _classes(element)
    dx, dy = _offset(element.get("transform", ""))
    place = _Place(place.x + dx, place.y + dy, place.plot, (place.inside[0] + dx, place.inside[1] + dy))
    if name.endswith("pathgroup"):
        drawn.marks.setdefault(name.removesuffix("pathgroup") + "marks", NOTHING)
    if kind == "mark-text" and element.get("display") != "none":
        drawn.texts += [text for item in element for text in _texts(item, place)]
    if role == "role-mark" and kind != "mark-group":
        if drawn.marks.get(name, NOTHING) < SHOWN:
            drawn.marks[name] = max(drawn.marks.get(name, NOTHING), _seen(element, kind, place))
        return
    for part in element:
        if _tag(part) == "path" and part.get("class") == "background":
            low, high = _extent(part.get("d", "")) or ((0.0, 0.0), (0.0, 0.0))
            if high[0] > low[0] and high[1] > low[1]:
                place = _Place(place.x, place.y, (high[0] - low[0], high[1] - low[1]))
        elif _tag(part) == "g":
            _group(part, place, drawn)


def _tag(element: etree._Element) -> str:
    """An element's name, without its namespace."""
    return etree.QName(element).localname


def _classes(element: etree._Element) -> tuple[str, str, str]:
    """What a group is of, its role, its name; as Vega writes them, or ""."""
    kind, role, name, *_ = [*element.get("class", "").split(), "", "", ""]
    return kind, role, name


def _seen(group: etree._Element, kind: str, place: _Place) -> int:
    """The most that is seen of the items of a mark."""
    most = NOTHING
    for item in group:
        found = _seen_of(item, kind, place)
        if found == SHOWN:
            return SHOWN
        most = max(most, found)
    return most


def _seen_of(item: etree._Element, kind: str, place: _Place) -> int:
    filled, stroked = (
        item.get(part) not in _NO_PAINT and item.get(f"{part}-opacity") != "0" for part in ("fill", "stroke")
    )
    if item.get("opacity") == "0" or item.get("display") == "none":
        return HIDDEN
    if _tag(item) == "image":
        return SHOWN
    if not (filled or stroked):
        return HIDDEN
    if kind == "mark-text":
        return SHOWN if "".join(item.itertext()).strip() else HIDDEN
    found = _line(item) if _tag(item) == "line" else _extent(item.get("d", ""))
    if found is None:
        return HIDDEN
    (left, top), (right, bottom) = found
    sides = right - left, bottom - top
    flat = kind in ("mark-rect", "mark-area") and not stroked  # without both sides there is nothing to fill
    if (min(sides) if flat else max(sides)) < _LEAST:
        return HIDDEN
    dx, dy = _offset(item.get("transform", ""))
    x, y = place.inside[0] + dx, place.inside[1] + dy
    across = right + x >= -_EDGE and left + x <= place.plot[0] + _EDGE
    down = bottom + y >= -_EDGE and top + y <= place.plot[1] + _EDGE
    return SHOWN if across and down else OUTSIDE


def _line(item: etree._Element) -> tuple[Point, Point]:
    x, y = (float(item.get(name, 0)) for name in ("x2", "y2"))
    return (min(0.0, x), min(0.0, y)), (max(0.0, x), max(0.0, y))


def _extent(path: str) -> tuple[Point, Point] | None:
    """The corners of all that a path draws, nearly: control points count as points. None for nothing."""
    x = y = 0.0
    points: list[Point] = []
    for command, rest in _COMMANDS.findall(path):
        numbers = [float(number) for number in _NUMBER.findall(rest)]
        before = (x, y)
        if command == "h":
            x += numbers[0]
        elif command == "v":
            y += numbers[0]
        elif command == "H":
            x = numbers[0]
        elif command == "V":
            y = numbers[0]
        elif command == "A" and len(numbers) >= 7:
            x, y = numbers[-2:]
        elif len(numbers) >= 2:
            x, y = numbers[-2:]
            points += zip(numbers[:-2:2], numbers[1:-2:2], strict=False)
        if command not in "MZz":
            points += [before, (x, y)]
    finite = [point for point in points if math.isfinite(point[0]) and math.isfinite(point[1])]
    if not finite:
        return None
    across, down = zip(*finite, strict=True)
    return (min(across), min(down)), (max(across), max(down))


def _offset(transform: str) -> Point:
    """How far a transform moves; turns are not looked at."""
    moves = [_numbers(inside) for kind, inside in _TURNS.findall(transform) if kind == "translate"]
    return (moves[0][0], moves[0][1]) if moves else (0.0, 0.0)


def _numbers(text: str) -> list[float]:
    found = [float(number) for number in _NUMBER.findall(text)]
    return [*found, 0.0] if len(found) == 1 else found


def _texts(item: etree._Element, place: _Place) -> Iterator[Text]:
    """The lines of a <text> that can be seen."""
    if item.get("opacity") == "0" or item.get("fill-opacity") == "0" or item.get("fill") in _NO_PAINT:
        return
    size = float(item.get("font-size", "11px").removesuffix("px"))
    bold = item.get("font-weight", "") in ("bold", "bolder", "600", "700", "800", "900")
    lines, down = [item.text or ""] if not len(item) else [part.text or "" for part in item], 0.0
    for line, part in zip(lines, item if len(item) else [item], strict=True):
        down += float(part.get("dy", 0)) if len(item) else 0
        width = face(bold).width(line) * size
        start = {"middle": -width / 2, "end": -width}.get(item.get("text-anchor", ""), 0.0)
        top, bottom = down - _ASCENT * size, down + _DESCENT * size
        box = [(start, top), (start + width, top), (start + width, bottom), (start, bottom)]
        corners = tuple(_moved(point, item.get("transform", ""), place) for point in box)
        if line.strip():
            yield Text(line, item.get("font-family", ""), bold, corners)


def _moved(point: Point, transform: str, place: _Place) -> Point:
    """A point of an item, in the picture."""
    x, y = point
    for kind, inside in reversed(_TURNS.findall(transform)):
        numbers = _numbers(inside)
        if kind == "translate":
            x, y = x + numbers[0], y + numbers[1]
        else:
            turn = math.radians(numbers[0])
            x, y = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
    return x + place.x, y + place.y
