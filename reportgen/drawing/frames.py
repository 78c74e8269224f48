"""A figure at one training step: its panels drawn, heatmaps flattened, laid side by side as SVG.

vl-convert (vega.py) draws each panel; composing them here, as nested SVG, keeps every panel's own scales and
lets the page and the exports share one drawing.
"""

import base64
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from PIL import Image, ImageColor

from reportgen.charts import FONT, PALETTE, STEP, Row, color, concrete, palette_css
from reportgen.drawing import vega
from reportgen.drawing.declaration import FigureDeclaration
from reportgen.drawing.vega import Spec

GAP = 14  # px between panels
LABEL_HEIGHT = 24  # px above each frame in an export
MANY_CELLS = 100  # from here on a heatmap becomes one image, without seams between its cells


@dataclass(frozen=True)
class Frame:
    """One drawing: what goes inside an <svg>, and its size in px."""

    body: str
    width: int
    height: int


def datasets(spec: object) -> Iterator[Spec]:
    """The data blocks of a spec that hold rows, wherever they are."""
    if isinstance(spec, dict):
        data = spec.get("data")
        if isinstance(data, dict) and "values" in data:
            yield data
        for key, value in spec.items():
            yield from datasets(value) if key != "data" else ()
    elif isinstance(spec, list):
        for item in spec:
            yield from datasets(item)


def stepped_data(spec: object) -> list[Spec]:
    """Those whose rows carry `by_step`."""
    return [data for data in datasets(spec) if data["values"] and "by_step" in data["values"][0]]


def at_step(spec: Any, index: int, step: int | None) -> Any:
    """The spec with every stepped row holding only its `value` at one snapshot."""
    if isinstance(spec, list):
        return [at_step(item, index, step) for item in spec if not _picks_by_step(item)]
    if not isinstance(spec, dict):
        return spec
    if spec.get("name") == STEP and "value" in spec and step is not None:
        return spec | {"value": step}
    values = spec.get("values")
    if isinstance(values, list) and values and isinstance(values[0], dict):
        if "by_step" not in values[0]:
            return spec  # a dataset, in which there is nothing to find
        return spec | {"values": [without_steps(row) | {"value": row["by_step"][index]} for row in values]}
    return {key: at_step(value, index, step) for key, value in spec.items()}


def without_steps(row: Row) -> Row:
    """A row but for its values by step."""
    return {name: value for name, value in row.items() if name != "by_step"}


def _picks_by_step(item: object) -> bool:
    return isinstance(item, dict) and "by_step" in str(item.get("calculate", ""))


def draw_panels(panels: Mapping[str, Spec], source: FigureDeclaration, index: int, steps: Sequence[int],
                saw: Callable[[str, Spec, str], object]) -> dict[str, Frame]:  # fmt: skip
    """Every panel of a figure at one of its snapshots, by name.

    steps: of all these; none without a group. saw: who looks at each panel, its chart and its SVG.
    """
    drawn, step = {}, steps[index] if steps else None
    for name, spec in panels.items():
        shown = at_step(spec, index, step)
        svg = vega.svg(shown, where(source, name))
        saw(name, shown, svg)
        drawn[name] = _as_frame(svg, f"{source.id}-{name}-{index}")
    return drawn


def where(source: FigureDeclaration, panel: str) -> str:
    """A panel in an error message."""
    return f"{source.path}: its panel {panel!r}"


def arranged(drawn: Mapping[str, Frame], columns: int) -> Frame:
    """Panels as one frame, so many side by side."""
    panels = list(drawn.values())
    return _stack([_beside(panels[i : i + columns]) for i in range(0, len(panels), columns)])


def _as_frame(svg: str, prefix: str) -> Frame:
    """An SVG file's content, with ids of its own and heatmaps as one image."""
    width, height = (round(float(_found(rf'<svg[^>]* {n}="([\d.]+)"', svg))) for n in ("width", "height"))
    body = _found(r"<svg[^>]*>(.*)</svg>", svg).replace(' aria-hidden="true"', "")
    return Frame(_shorten(_faded(_together(_flatten_heatmaps(_own_ids(body, prefix))))), width, height)


def _found(pattern: str, svg: str) -> str:
    """What a pattern's group matches in a file that has it."""
    match = re.search(pattern, svg, re.DOTALL)
    assert match, pattern
    return str(match[1])


def _own_ids(body: str, prefix: str) -> str:
    """Ids numbered from 0 after `prefix`: vl-convert's depend on what was drawn before."""
    numbers: dict[str, int] = {}

    def rename(match: re.Match[str]) -> str:
        return f"{match[1]}{prefix}-{numbers.setdefault(match[2], len(numbers))}"

    return re.sub(r'(\bid="|url\(#|href="#)([^")]+)', rename, body)


def _together(body: str) -> str:
    """The lines of a chart in one group and clipped together, where Vega gives each line three groups and a clip.

    The picture is the same. A file of many lines is up to a fifth shorter and its PNG is made in as little
    as a third of the time: every clip costs a layer.
    """
    first: dict[str, str] = {}  # shape → id
    same: dict[str, str] = {}  # id → the first one of its shape

    def drop(match: re.Match[str]) -> str:
        same[match[1]] = first.setdefault(match[2], match[1])
        return match[0] if same[match[1]] == match[1] else ""

    def join(match: re.Match[str]) -> str:
        lines = groupby(_LINE.finditer(match[0]), key=lambda line: line[1])
        return "".join(f"{tag}{''.join(line[2] for line in found)}</g>" for tag, found in lines)

    body = _CLIP.sub(drop, body)
    body = re.sub(r'clip-path="url\(#([^)]+)\)', lambda m: f'clip-path="url(#{same.get(m[1], m[1])})', body)
    return _LINES.sub(join, body)


def _faded(body: str) -> str:
    """Opacity as that of the stroke, or of the fill, where a path has one of them: it looks the same.

    An opacity of its own costs a layer too: many faint marks become a PNG in half the time.
    """

    def fade(match: re.Match[str]) -> str:
        path = match[0]
        painted = [name for name in ("fill", "stroke") if re.search(rf' {name}="(?!none)', path)]
        if len(painted) != 1 or f" {painted[0]}-opacity=" in path:
            return path
        return path.replace(' opacity="', f' {painted[0]}-opacity="', 1)

    return _FADED.sub(fade, body)


def _shorten(body: str) -> str:
    """Path coordinates to a tenth of a pixel: half the bytes of a line chart."""
    return re.sub(r' d="[^"]*"', lambda path: _LONG.sub(r"\1", path[0]), body)


def _beside(row: Sequence[Frame], gap: int = GAP) -> Frame:
    parts, x = [], 0
    for frame in row:
        parts.append(f'<g transform="translate({x},0)">{frame.body}</g>')
        x += frame.width + gap
    return Frame("".join(parts), x - gap, max(frame.height for frame in row))


def _stack(rows: Sequence[Frame]) -> Frame:
    parts, y = [], 0
    for frame in rows:
        parts.append(f'<g transform="translate(0,{y})">{frame.body}</g>')
        y += frame.height + GAP
    return Frame("".join(parts), max(frame.width for frame in rows), y - GAP)


_CELL = re.compile(r'<path d="M([-\d.e]+),([-\d.e]+)h([\d.e-]+)v([\d.e-]+)h[^"]*" fill="([^"]+)"[^>]*/>')
_MARKS = re.compile(r'(<g class="mark-rect role-mark[^>]*>)((?:<path[^>]*/>)+)(</g>)')
_CLIP = re.compile(r'<clipPath id="([^"]+)">(.*?)</clipPath>')
_LINE = re.compile(
    r'<g transform="translate\(0,0\)"><path class="background" d="[^"]*"/><g>(<g class="mark-line[^>]*>)'
    r'((?:<path[^>]*/>)*)</g></g><path class="foreground" d="" display="none"/></g>'
)
_LINES = re.compile(f"(?:{_LINE.pattern})+")
_FADED = re.compile(r'<path(?=[^>]* opacity=")[^>]*/>')
_LONG = re.compile(r"(-?\d+\.\d)\d+")


def _flatten_heatmaps(body: str) -> str:
    """Replace each group of many equal cells by one pixelated image, one pixel a cell.

    The pixels come from the very cells they replace, so they cannot disagree with them. (vl-convert's
    own PNG would not do: it clips every channel at the alpha value.)
    """

    def flatten(match: re.Match[str]) -> str:
        cells = [(float(x), float(y), float(w), float(h), fill)
                 for x, y, w, h, fill in _CELL.findall(match[2])]  # fmt: skip
        plain = not re.search(r'\b(?:stroke|opacity)="', match[2])  # a pixel can show a fill, nothing else
        many = plain and MANY_CELLS <= len(cells) == match[2].count("<path")
        return match[1] + (many and _image(cells) or match[2]) + match[3]

    return _MARKS.sub(flatten, body)


def _image(cells: Sequence[tuple[float, float, float, float, str]]) -> str:
    """The image; "" where cells have gaps between them, which an image has not."""
    width, height = cells[0][2], cells[0][3]
    left, top = min(c[0] for c in cells), min(c[1] for c in cells)
    places = [((x - left) / width, (y - top) / height, fill) for x, y, _, _, fill in cells]
    if any(max(abs(x - round(x)), abs(y - round(y))) > 0.1 for x, y, _ in places):
        return ""
    image = Image.new("RGBA", (round(max(p[0] for p in places)) + 1, round(max(p[1] for p in places)) + 1))
    for x, y, fill in places:
        image.putpixel((round(x), round(y)), _rgba(fill))
    image.save(buffer := io.BytesIO(), "PNG", optimize=True)
    png = base64.b64encode(buffer.getvalue()).decode()
    return (
        f'<image x="{left:g}" y="{top:g}" width="{image.width * width:g}" height="{image.height * height:g}" '
        f'preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,{png}"/>'
    )


def _rgba(fill: str) -> tuple[int, int, int, int]:
    """A fill as Vega writes it: "rgb(1, 2, 3)", "rgba(1, 2, 3, 0.5)", "#010203" or "none"."""
    numbers = [float(n) for n in re.findall(r"[\d.]+(?:e-?\d+)?", fill)] if fill.startswith("rgb") else []
    if numbers:
        alpha = numbers[3] if len(numbers) == 4 else 1
        red, green, blue = (round(n) for n in numbers[:3])
        return red, green, blue, round(255 * alpha)
    if not fill.startswith("#"):
        return 0, 0, 0, 0
    red, green, blue, *opacity = ImageColor.getrgb(fill)
    return red, green, blue, opacity[0] if opacity else 255


def for_page(frame: Frame, title: str, description: str) -> str:
    """A file for the page: described, and following light and dark by itself."""
    return _document(frame, title, description, style=palette_css())


def picture(
    drawn: Sequence[Frame], labels: Sequence[str], source: FigureDeclaration, description: str
) -> str:
    """The figure as one SVG in the light palette, its frames side by side and labelled."""
    frame = _with_margin(
        _beside([_labelled(f, text) for f, text in zip(drawn, labels, strict=True)], 2 * GAP)
    )
    return concrete(_document(frame, source.title, description))


def png(svg: str, source: FigureDeclaration) -> bytes:
    """A picture in pixels."""
    return vega.png(svg, str(source.path))


def pdf(svg: str, source: FigureDeclaration) -> bytes:
    """A picture to print, its objects in one order: as it comes, that differs from time to time."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(vega.pdf(svg, str(source.path)))) as document:
        document.save(written, deterministic_id=True)
    return written.getvalue()


def _labelled(frame: Frame, text: str) -> Frame:
    if not text:
        return frame
    label = f'<text x="2" y="14" font-size="12" fill="{color("muted")}">{escape(text)}</text>'
    body = f'{label}<g transform="translate(0,{LABEL_HEIGHT})">{frame.body}</g>'
    return Frame(body, frame.width, frame.height + LABEL_HEIGHT)


def _with_margin(frame: Frame) -> Frame:
    width, height = frame.width + 2 * GAP, frame.height + 2 * GAP
    paper = f'<rect width="{width}" height="{height}" fill="{PALETTE["paper"][0]}"/>'
    return Frame(f'{paper}<g transform="translate({GAP},{GAP})">{frame.body}</g>', width, height)


def _document(frame: Frame, title: str, description: str, style: str = "") -> str:
    styled = f"<style>{style}</style>" if style else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'role="img" width="{frame.width}" height="{frame.height}" '
        f'viewBox="0 0 {frame.width} {frame.height}" font-family="{escape(FONT)}">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{styled}{frame.body}</svg>"
    )
