"""The picture that is shown where the page is linked: its title over one of its figures.

In the light palette; the same inputs give the same bytes.
"""

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.charts import PALETTE, concrete
from reportgen.drawing.declaration import FONTS
from reportgen.errors import EXIT_FAILED, ReportError

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

SIZE = (1200, 630)  # px; what Open Graph and Twitter both show whole
MARGIN = 64
TITLE_PX, SMALLEST_PX, LINES = 56, 28, 2
LEADING = 1.14
GAP = 28  # between title and chart


def draw_card(title: str, svg: str, font: Path) -> bytes:
    """A PNG of the title, set in the font file, over a figure's drawing. Raises ReportError."""
    from PIL import Image, ImageDraw

    paper, ink = PALETTE["paper"][0], PALETTE["ink"][0]
    card = Image.new("RGB", SIZE, paper)
    pen = ImageDraw.Draw(card)
    lines, face = _set(title, font, SIZE[0] - 2 * MARGIN)
    top = MARGIN - 16  # a line of type has air above it
    for line in lines:
        pen.text((MARGIN, top), line, font=face, fill=ink)
        top += round(face.size * LEADING)
    top += GAP
    card.paste(_chart(svg, SIZE[0] - 2 * MARGIN, SIZE[1] - MARGIN // 2 - top), (MARGIN, top))
    buffer = io.BytesIO()
    card.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _set(title: str, font: Path, width: int) -> "tuple[list[str], FreeTypeFont]":
    """The title in at most two lines, as large as fits; with its face."""
    from PIL import ImageFont

    for size in range(TITLE_PX, SMALLEST_PX - 1, -2):
        try:
            face = ImageFont.truetype(font, size)
        except OSError as error:
            raise ReportError(
                f"{font}: {error}, so no card can be drawn.",
                hint="Pillow's own wheels read WOFF2 fonts: python -m pip install --force-reinstall pillow",
                exit_code=EXIT_FAILED,
            ) from error
        lines = _balanced(title, face, width)
        if len(lines) <= LINES and all(face.getlength(line) <= width for line in lines):
            break
    return lines[:LINES], face


def _balanced(text: str, face: "FreeTypeFont", width: int) -> list[str]:
    """As few lines as the width allows, of about the same length."""
    lines = _wrapped(text, face, width)
    narrow = next(w for w in (*range(0, width, 8), width) if len(_wrapped(text, face, w)) <= len(lines))
    return _wrapped(text, face, narrow)


def _wrapped(text: str, face: "FreeTypeFont", width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if face.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line for line in lines if line]


def _chart(svg: str, width: int, height: int) -> "Image":
    """The drawing in its light form on paper, as large as the box allows."""
    import vl_convert
    from PIL.Image import open as open_image

    vl_convert.register_font_directory(str(FONTS))
    own = [float(re.findall(rf'<svg[^>]* {side}="([\d.]+)"', svg)[0]) for side in ("width", "height")]
    paper = f'<rect width="100%" height="100%" fill="{PALETTE["paper"][0]}"/>'  # hairlines darken without
    svg = re.sub(r"<style>.*?</style>", paper, concrete(svg), count=1, flags=re.DOTALL)
    scale = min(width / own[0], height / own[1])
    return open_image(io.BytesIO(vl_convert.svg_to_png(svg, scale=scale)))
