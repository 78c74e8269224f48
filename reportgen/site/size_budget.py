"""What the page weighs, by figure, and the budget it must keep: computed in memory, before it is written.

Weights are bytes after gzip, as a server sends them; fonts and pictures are compressed already and
count as they are. Everything is what a reader has loaded once every figure is interactive: not the
downloads. The first view is what loads at 1280 × 800 before anything is scrolled or touched: the
document with the drawings inside it, styles, fonts, the page's scripts, and what is near enough to the
screen to be fetched at once. Near is, as in Chromium, an image up to 1250 px below the screen; and, as
page.js has it, a figure up to one more screen below, whose data and Vega load. How far down something
stands is estimated from the text and figures before it, from below: so it may count too much, never
too little. A test in the browser compares.
"""

import gzip
import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.files.code_hash import package_code
from reportgen.files.hashing import digest, key_of
from reportgen.files.memo import Memo
from reportgen.site.links import ParsedPage
from reportgen.wording import numbers

FIRST_VIEW = 400_000  # bytes
EVERYTHING = 8_000_000
_SCREEN = 800  # px
_NEAR_IMAGE = _SCREEN + 1250
_NEAR_FIGURE = 2 * _SCREEN
_LINE, _MARGIN = 30, 20  # px, of running text and its paragraphs, as in the styles
_LETTERS = 80  # of a line, rather too many
_COMPRESSED = (".woff2", ".png", ".gz", ".jpg", ".jpeg", ".webp", ".avif", ".mp4")


@dataclass(frozen=True)
class Part:
    """A figure, or a part of the page that figures share; all in bytes.

    static: what its still form loads; live: what it loads to become interactive.
    first: how much of both the first view loads.
    """

    name: str
    static: int = 0
    live: int = 0
    first: int = 0
    figure: bool = False

    @property
    def total(self) -> int:
        return self.static + self.live


def weigh(files: Mapping[str, bytes], memory: Memo | None = None) -> list[Part]:
    """The parts of index.html with what each weighs; heaviest figures first. memory: of sizes by content."""
    made_by = key_of([package_code("site/size_budget.py"), zlib.ZLIB_RUNTIME_VERSION])
    size = partial(_size, files, memory or Memo(), made_by)
    page = ParsedPage("index.html", files["index.html"])
    depths = _depths(page)
    figures = [_figure(element, size, depths[element]) for element in page.root.iter("figure")]
    awake = any(element.get("data-live") and depth < _NEAR_FIGURE for element, depth in depths.items())
    vega = sum(map(size, page.root.xpath("//body/@data-vega"))) if any(f.live for f in figures) else 0
    fixed = {
        "page": size("index.html"),
        "styles": sum(map(size, page.root.xpath("//link[@rel='stylesheet']/@href"))),
        "fonts": sum(size(name) for name in files if name.endswith(".woff2")),
        "scripts": sum(map(size, page.root.xpath("//script/@src"))),
    }
    parts = [Part(name, static=size, first=size) for name, size in fixed.items()]
    outside = "//body//*[not(ancestor::figure | self::script)]"
    lazy = "ancestor::*[@class='card'] and @loading='lazy'"  # loads when the card is first shown
    loose, first = (
        sum(map(size, set(page.root.xpath(path))))
        for path in (f"{outside}/@src", f"{outside}[not({lazy})]/@src")
    )
    parts += [Part("pictures", static=loose, first=first)] if loose else []
    parts.append(Part("Vega", live=vega, first=vega if awake else 0))
    return parts + sorted(figures, key=lambda part: (-part.total, part.name))


def first_view(parts: Sequence[Part]) -> int:
    return sum(part.first for part in parts)


def everything(parts: Sequence[Part]) -> int:
    return sum(part.total for part in parts)


def check(parts: Sequence[Part]) -> None:
    """Raises ReportError, with the largest parts, where the page is over its budget."""
    budgets: list[tuple[str, Callable[[Part], int], int]] = [
        ("The first view", lambda part: part.first, FIRST_VIEW),
        ("The page with every figure interactive", lambda part: part.total, EVERYTHING),
    ]
    for words, weight, budget in budgets:
        total = sum(map(weight, parts))
        if total > budget:
            largest = sorted(parts, key=weight, reverse=True)[:3]
            named = ", ".join(f"{part.name} {numbers.size(weight(part))}" for part in largest)
            raise ReportError(
                f"{words} weighs {numbers.size(total)} compressed, over its budget of {numbers.size(budget)}; "
                f"the largest parts: {named}.",
                hint="Make those lighter, or move a heavy figure further down; "
                "reportgen site --verbose lists all parts. The site was left as it is.",
                exit_code=EXIT_FAILED,
            )


def summary(parts: Sequence[Part]) -> list[str]:
    """Two lines: the totals, and the three heaviest figures."""
    heavy = [f"{part.name} {numbers.size(part.total)}" for part in parts if part.figure][:3]
    first, every = numbers.size(first_view(parts)), numbers.size(everything(parts))
    budgets = numbers.size(FIRST_VIEW), numbers.size(EVERYTHING)
    totals = f"Compressed: first view {first} of {budgets[0]}, everything {every} of {budgets[1]}."
    return [totals, f"Heaviest figures: {', '.join(heavy)}."] if heavy else [totals]


def table(parts: Sequence[Part]) -> list[str]:
    """Every part with its weights, in columns."""
    width = max(len(part.name) for part in parts)
    lines = [f"{'kB compressed':<{width}} {'static':>8} {'live':>8} {'first view':>11}"]
    for part in parts:
        numbers = (part.static, part.live, part.first)
        cells = [f"{number / 1000:,.1f}" if number else "–" for number in numbers]
        lines.append(f"{part.name:<{width}} {cells[0]:>8} {cells[1]:>8} {cells[2]:>11}")
    return lines


def _depths(page: ParsedPage) -> dict[HtmlElement, float]:
    """Every figure of the page → px from its top that at least lie above it."""
    depths: dict[HtmlElement, float] = {}
    depth = 0.0
    for block in page.root.xpath("//main//header/* | //article/*"):
        depths |= dict.fromkeys(block.iter("figure"), depth)
        depth += _height(block)
    return {figure: depths.get(figure, 0.0) for figure in page.root.iter("figure")}


def _height(block: HtmlElement) -> float:
    """What a block of the article at least takes, with its margins; in px."""
    if block.tag == "figure":
        drawn = max((float(height) for height in block.xpath(".//*[@class='frame']/*/@height")), default=0.0)
        return drawn + _LINE * len(block.xpath("./figcaption | ./div[@class='player' or @class='behind']"))
    if block.tag in ("h1", "h2"):
        return 4 * _LINE
    if block.tag == "details" and block.get("open") is None:
        return _LINE
    text = "".join(block.xpath(".//text()[not(ancestor::*[@class='card' or self::annotation])]"))
    return math.ceil(len(" ".join(text.split())) / _LETTERS) * _LINE + _MARGIN


def _figure(element: HtmlElement, size: Callable[[str | None], int], depth: float) -> Part:
    static = sum(size(image.get("src")) for image in element.iter("img"))
    live = size(element.get("data-live"))
    first = static * (depth < _NEAR_IMAGE) + live * (depth < _NEAR_FIGURE)
    return Part(element.get("id", ""), static, live, first, figure=True)


def _size(files: Mapping[str, bytes], memory: Memo, made_by: str, address: str | None) -> int:
    """The compressed size of the file that an address of the page names; 0 for none, or for data."""
    path = urlsplit(address or "").path
    if path not in files:
        return 0
    content = files[path]
    made_of = path[-6:], digest(content), made_by
    return memory.recall(f"weight {key_of(made_of)}", lambda: packed(path, content))


def packed(name: str, content: bytes) -> int:
    """Bytes after gzip; of what is compressed already, as it is."""
    return len(content if name.endswith(_COMPRESSED) else gzip.compress(content, 6, mtime=0))
