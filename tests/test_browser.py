"""The page in Chromium: every figure wakes in its place, nothing leaves the site, and everyone can read it."""

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from fixtures.browser import LIVE, PHONE, WIDE, settle, show, show_all
from playwright.sync_api import Page

from reportgen.charts import FULL, TEXT
from reportgen.charts import WIDE as MIDDLE

pytestmark = pytest.mark.browser


SEEN = "[...document.querySelectorAll('*')].map(e => e.checkVisibility({visibilityProperty: true}))"
HEIGHTS = "[...document.querySelectorAll('figure')].map(f => Math.round(f.getBoundingClientRect().height))"
# axe's options. What is there is the same in the dark, as is tested too; so only rules about colours can find more.
AXE = {"light": {}, "dark": {"runOnly": ["cat.color"]}}
WALKS = {"disk": (WIDE, "light"), "http": (PHONE, "dark")}  # each way is walked once, and each width


@dataclass(frozen=True)
class Walk:
    """What was met on the way down a page, with every figure of it live in the end."""

    page: Page
    live: list[str]
    heights: tuple[list[int], list[int]]  # of all figures, still and live
    said: list[str]
    asked: list[str]
    home: str


@pytest.fixture(scope="module", params=list(WALKS))
def walk(request, visit_for_long, addresses) -> Walk:
    """A page scrolled through from top to bottom, so that each live figure is mounted."""
    viewport, scheme = WALKS[request.param]
    page = visit_for_long(addresses[request.param], viewport=viewport, color_scheme=scheme)
    page.evaluate("document.fonts.ready.then(() => true)")  # text in another font has another height
    still = page.evaluate(HEIGHTS)
    live = show_all(page)
    home = addresses[request.param].rsplit("/", 1)[0]
    return Walk(page, live, (still, page.evaluate(HEIGHTS)), [*page.said], [*page.asked], home)


def test_every_figure_wakes_without_an_error_or_another_host(walk):
    """Scrolling through mounts each live figure; no message, no failure, no foreign request."""
    assert len(walk.live) >= 7
    assert walk.said == []
    assert [url for url in walk.asked if not url.startswith((walk.home, "data:"))] == []


def test_nothing_shifts_when_figures_wake(walk):
    """Each figure is as high live as it was static, and the page never scrolls sideways."""
    assert all(abs(a - b) <= 2 for a, b in zip(*walk.heights, strict=True)), walk.heights
    assert walk.page.evaluate("document.documentElement.scrollWidth") <= walk.page.viewport_size["width"]


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing(open_page, quick_site, viewport):
    """No violation of axe's rules on any page, in light and dark, with some figures live and the others still."""
    for file in sorted(quick_site.glob("*.html")):
        page = open_page(file=file.name, viewport=viewport)
        for figure in page.evaluate(LIVE)[:3]:  # a chart, heatmaps, lines; the others are made of the same
            show(page, figure)
        page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
        seen = page.evaluate(SEEN)
        for scheme, rules in AXE.items():
            page.emulate_media(color_scheme=scheme)
            settle(page)
            assert page.evaluate(SEEN) == seen
            options = {"resultTypes": ["violations"], "preload": False} | rules
            found = page.evaluate("options => axe.run(document, options)", options)["violations"]
            listed = [
                (v["id"], node["target"], node["failureSummary"]) for v in found for node in v["nodes"][:3]
            ]
            assert not listed, f"{file.name}, {scheme}: " + json.dumps(listed[:12], indent=1)


@pytest.mark.parametrize("walk", ["http"], indirect=True)
@pytest.mark.parametrize("figure", ["hyperparameters_soften", "modular_seeds"])
def test_small_charts_fit_a_phone(walk, figure):
    """Every panel is drawn within its box, so none has to be scrolled."""
    page = walk.page
    show(page, figure)
    widths = (
        "[...document.querySelectorAll('#%s .panel')].map(e => [e.firstChild.scrollWidth, e.clientWidth])"
    )
    assert all(0 < drawn <= room + 1 for drawn, room in page.evaluate(widths % figure))


def test_every_model_of_the_sweep_can_be_seen(walk):
    """Its dot is 9 pixels across, on a phone 4.5, and what it stands for is written at the panels."""
    page, least = walk.page, 9 if walk.page.viewport_size == WIDE else 4.5
    show(page, "parity_sweep")
    dots = "[...document.querySelectorAll('#parity_sweep .panel:first-child .mark-symbol.role-mark path')]"
    sizes = page.evaluate(f"{dots}.map(e => e.getBoundingClientRect().width)")
    assert min(sizes) >= least
    words = page.locator("#parity_sweep .panel").first.locator("text").all_text_contents()
    assert "sequences" in words and "neurons" in words and any(text.startswith("decay ") for text in words)


def test_figures_keep_to_one_grid_of_widths(quick_site):
    """So their edges line up down the page."""
    html = (quick_site / "index.html").read_text(encoding="utf-8")
    found = dict(re.findall(r'<figure id="(\w+)".*?--native:([\d.]+)px', html, re.DOTALL))
    assert len(found) > 30
    assert {id: width for id, width in found.items() if float(width) not in (TEXT, MIDDLE, FULL)} == {}


def test_without_javascript_everything_is_there(open_page):
    """Each stepped figure shows its three labelled frames, and no control that does nothing."""
    page = open_page(java_script_enabled=False)
    frames = page.locator("#modular_weights .frame")
    assert frames.count() == 3
    assert [re.sub(r"\s+", " ", text) for text in page.locator("#modular_weights .label").all_inner_texts()][
        0
    ].startswith("Start · step 0")
    for number in range(3):
        assert frames.nth(number).is_visible()
    assert not any(
        control.is_visible() for control in page.locator(".player, .inputs, .openings, .standing").all()
    )


def test_print_shows_the_static_form(open_page):
    """On paper: frames, no live views, no players."""
    page = open_page()
    show(page, "modular_weights")
    page.emulate_media(media="print")
    assert page.locator("#modular_weights .frame").first.is_visible()
    assert not page.locator("#modular_weights .live").is_visible()
    assert not page.locator("#modular_accuracy .player").is_visible()
    assert not page.locator("#construction_linear .inputs").is_visible()


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio of two CSS rgb() colours."""

    def luminance(colour: str) -> float:
        values = [int(n) / 255 for n in re.findall(r"\d+", colour)[:3]]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_text_and_curves_stand_out_from_the_paper(walk):
    """Captions and axis labels at 4.5:1, curves at 3:1, in both colour schemes."""
    page = walk.page
    show(page, "modular_accuracy")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for selector, attribute, least in (
        ("#modular_accuracy figcaption", "color", 4.5),
        ("#modular_accuracy .live .role-axis-label text", "fill", 4.5),
        ("#modular_accuracy .live .mark-line path", "stroke", 3),
    ):
        colour = page.eval_on_selector(selector, f"e => getComputedStyle(e).{attribute}")
        assert contrast(colour, paper) >= least, (selector, colour, paper)


@pytest.mark.parametrize("walk", ["disk"], indirect=True)
def test_links_lead_somewhere_and_figures_have_words(walk, quick_site):
    """Every anchor and file exists; every figure has a text alternative; headings are in order."""
    page = walk.page
    targets = page.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))")
    here = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    for target in targets:
        if target.startswith("#"):
            assert target[1:] in here, target
        elif not re.match(r"https?:", target):
            assert (quick_site / target).is_file(), target
    words = page.evaluate(
        "[...document.querySelectorAll('figure')].map(f => [f.id, f.querySelector('.frames').getAttribute('aria-label')])"
    )
    assert words
    assert [id for id, text in words if not re.search(r"\d", text or "")] == []
    levels = page.eval_on_selector_all("h1, h2, h3", "all => all.map(e => +e.tagName[1])")
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


@pytest.mark.parametrize("where", ["disk", "http"])
def test_the_page_on_methods_tells_when_things_were_made(open_page, quick_site, where):
    """provenance.js fills every cell with what provenance.json says, also from disk."""
    known = json.loads((quick_site / "provenance.json").read_text(encoding="utf-8"))
    page = open_page(where, file="methods.html")
    cells = page.evaluate(
        "[...document.querySelectorAll('[data-made]')].map(e => [e.dataset.made, e.textContent])"
    )
    assert len(cells) > 30
    for name, text in cells:
        found = functools.reduce(dict.__getitem__, name.split("/"), known)
        assert text == found["words"]
    assert page.said == []


def test_without_javascript_the_cells_lead_to_the_file(open_page):
    """Nothing is missing that a link does not replace, and no button stands there that does nothing."""
    page = open_page(file="methods.html", java_script_enabled=False)
    cells = page.locator("[data-made]")
    assert set(cells.all_inner_texts()) == {"see provenance.json"}
    assert cells.first.get_attribute("href") == "provenance.json"
    assert page.locator("button").count() == 0


@pytest.mark.parametrize(("where", "file"), [("http", ""), ("disk", "methods.html")])
def test_the_keyboard_copies(open_page, where, file):
    """A button beside each piece of code copies exactly that, and says so aloud."""
    page = open_page(where, file=file, permissions=["clipboard-read", "clipboard-write"])
    button = page.locator("[data-copy] button").first
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('[data-copy] [role=status]').innerText === 'Copied'")
    wanted = page.locator("[data-copy] code").first.text_content()
    assert page.evaluate("navigator.clipboard.readText()") == wanted
    assert wanted.startswith("@article{" if where == "http" else "make site")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_page_on_methods_does_not_scroll_sideways(open_page, size):
    """Its tables scroll in their boxes."""
    page = open_page(file="methods.html", viewport=size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
