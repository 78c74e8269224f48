"""What a site has for those who do not come in by the front door: 404.html always; with a known
address also a sitemap and the card that is shown where the page is linked.

The tags in the page's head are in templates/base.html; here is what they are filled with.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape, unescape
from pathlib import Path

from markupsafe import Markup

from reportgen.charts import palette_css
from reportgen.drawing.record import Drawing
from reportgen.site.csp import seal, template_hashes
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


def head(base_url: str, figures: Iterable[Drawing]) -> dict[str, object]:
    """What a page's head says: its address, "" where that is not known, and the card, None without."""
    lead, (width, height) = _lead(figures), SIZE
    card = {"url": base_url + CARD, "width": width, "height": height, "alt": lead.alt} if lead else None
    return {"address": base_url, "card": card if base_url else None}


def extra_files(
    templates: Path, base_url: str, site: Mapping[str, bytes], figures: Iterable[Drawing]
) -> dict[str, bytes]:
    """The files beside the pages: path on the site → content. site: the pages, and the figures' files."""
    title = _title(site["index.html"].decode())
    files = {NOT_FOUND: _not_found(templates, base_url, title).encode()}
    if not base_url:
        return files
    files["sitemap.xml"] = _sitemap(base_url, [path for path in site if path.endswith(".html")]).encode()
    if lead := _lead(figures):
        svg = site[lead.frames[-1].file].decode()  # the end of the training
        files[CARD] = draw_card(title, svg, templates / "assets" / TITLE_FONT)
    return files


def _lead(figures: Iterable[Drawing]) -> Drawing | None:
    """The figure that declares itself the card; else one that leads others, or any that could be drawn."""
    return min(figures, key=lambda f: (not f.card, not f.lead, f.id), default=None)


def _not_found(templates: Path, base_url: str, title: str) -> str:
    """A page by itself: served for any address below the site's, it can name no file beside it."""
    values = {"home": base_url or "/", "title": title, "palette": Markup(palette_css())}
    page = render_template(template_environment(templates), NOT_FOUND, values, {})
    return seal(page, template_hashes(templates))


def _sitemap(base_url: str, pages: Iterable[str]) -> str:
    addresses = [base_url + ("" if path == "index.html" else path) for path in sorted(pages)]
    return SITEMAP.format("\n".join(f"<url><loc>{escape(address)}</loc></url>" for address in addresses))


def _title(html: str) -> str:
    found = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    return unescape(found[1]) if found else ""
