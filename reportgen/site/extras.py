"""What a site has for those who do not come in by the front door: 404.html always; with a known
address also a sitemap and the card that is shown where the page is linked.

The tags in the page's head are in templates/base.html; here is what they are filled with.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape, unescape
from pathlib import Path
from typing import TypedDict

from markupsafe import Markup

from reportgen.charts import palette_css
from reportgen.site.csp import seal, template_hashes
from reportgen.site.figures import PageFigure
from reportgen.site.markup import render_template, template_environment
from reportgen.site.social_card import SIZE, draw_card

CARD = "card.png"
TITLE_FONT = "fonts/source-serif-4-latin-600-normal.woff2"
NOT_FOUND = "404.html"
SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{}
</urlset>
"""


class Card(TypedDict):
    """The picture on a card: its address, its size in px, and what it shows in words."""

    url: str
    width: int
    height: int
    alt: str


class Head(TypedDict):
    """What a page's head says of its address, "" where that is not known, and of the card."""

    address: str
    card: Card | None


def head(base_url: str, figures: Iterable[PageFigure]) -> Head:
    """What a page's head says of itself where its address is known: `address` and `card`."""
    lead = _lead(figures)
    if not base_url or not lead:
        return {"address": base_url, "card": None}
    width, height = SIZE
    card: Card = {"url": base_url + CARD, "width": width, "height": height, "alt": lead.alt}
    return {"address": base_url, "card": card}


def extra_files(
    templates: Path, base_url: str, pages: Mapping[str, str], figures: Iterable[PageFigure]
) -> dict[str, bytes]:
    """The files beside the pages: path on the site → content. pages: path → HTML."""
    files = {NOT_FOUND: _not_found(templates, base_url, pages["index.html"]).encode()}
    if base_url:
        files["sitemap.xml"] = _sitemap(base_url, pages).encode()
    lead = _lead(figures)
    if base_url and lead:
        svg = lead.frames[-1].svg  # the end of the training
        files[CARD] = draw_card(_title(pages["index.html"]), svg, templates / "assets" / TITLE_FONT)
    return files


def _lead(figures: Iterable[PageFigure]) -> PageFigure | None:
    """The figure that declares itself the card; else one that leads others, or any that could be drawn."""
    return min(figures, key=lambda f: (not f.card, not f.lead, f.id), default=None)


def _not_found(templates: Path, base_url: str, html: str) -> str:
    """A page by itself: served for any address below the site's, it can name no file beside it."""
    values = {"home": base_url or "/", "title": _title(html), "palette": Markup(palette_css())}
    page = render_template(template_environment(templates), NOT_FOUND, values, {})
    return seal(page, template_hashes(templates))


def _sitemap(base_url: str, pages: Mapping[str, str]) -> str:
    addresses = [base_url + ("" if path == "index.html" else path) for path in sorted(pages)]
    return SITEMAP.format("\n".join(f"<url><loc>{escape(address)}</loc></url>" for address in addresses))


def _title(html: str) -> str:
    found = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    return unescape(found[1]) if found else ""
