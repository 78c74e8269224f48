"""What a site says of itself: its address, its card, its map; and the page for what is not there."""

import functools
import io
import re
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fixtures.projects import ROOT, TITLED, must, run
from PIL import Image

from reportgen.charts import PALETTE
from reportgen.drawing.record import Drawing, DrawnFrame, Table
from reportgen.errors import ReportError
from reportgen.files.address import base_url
from reportgen.site.extras import extra_files, head
from reportgen.site.social_card import SIZE, draw_card

ADDRESS = "https://ada.github.io/report/"
PAGES = {"index.html": b"<title>A &amp; B?</title>", "methods.html": b"<title>Methods</title>"}
FONT = ROOT / "templates" / "assets" / "fonts" / "source-serif-4-latin-600-normal.woff2"
TITLE = "Do machine learning models memorize or generalize?"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="240" viewBox="0 0 600 240"><style>'
    ":root{--test:#000000}</style>"
    '<rect x="10" y="10" width="580" height="220" fill="var(--test, #1f8a5b)"/></svg>'
)
SITE = PAGES | {"first.svg": b"", "last.svg": SVG.encode()}
FRAMES = [DrawnFrame(file, "", None, 600, 240) for file in ("first.svg", "last.svg")]
FIGURES = [
    Drawing(
        id=name, title="", caption="", alt=f"Shows {name}.", group=None, lead=name.endswith("accuracy"), card=name == "modular_accuracy", runs=[], columns=1,
        stepped=False, opens=False, inputs=[], frames=FRAMES, panels=[], live=None, offer=None, exports={}, table=Table([], []),
    )
    for name in ("a_loss", "five_accuracy", "modular_accuracy")
]  # fmt: skip


def files(address: str = ADDRESS) -> dict[str, bytes]:
    return extra_files(ROOT / "templates", address, SITE, FIGURES)


def test_without_an_address_there_is_only_the_404_page():
    """Nothing names an address that nobody gave."""
    assert set(files("")) == {"404.html"}
    assert head("", FIGURES) == {"address": "", "card": None}


def test_the_sitemap_lists_the_pages():
    """By their full address, the front page by its folder; not the page for what is missing."""
    tree = ElementTree.fromstring(files()["sitemap.xml"])
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert tree.tag == f"{name}urlset"
    assert [place.text for place in tree.iter(f"{name}loc")] == [ADDRESS, f"{ADDRESS}methods.html"]


def test_the_card_is_a_picture_of_the_lead_figure():
    """Of the promised size, the same each time, with the figure at its end and the title above it."""
    first = files()["card.png"]
    assert first == files()["card.png"]
    card = Image.open(io.BytesIO(first)).convert("RGB")
    assert card.size == SIZE == (1200, 630)
    assert len(first) < 300_000
    colours = {card.getpixel((x, y)) for x in range(0, 1200, 6) for y in range(200, 600, 6)}
    assert (0x1F, 0x8A, 0x5B) in colours  # the light green, whatever the drawing's own style says
    assert head(ADDRESS, FIGURES)["card"]["alt"] == "Shows modular_accuracy."


def test_the_card_has_its_title_and_a_margin():
    """Another title gives another picture; a long one becomes smaller and stays inside."""
    assert draw_card(TITLE, SVG, FONT) != draw_card("Another", SVG, FONT)
    paper = tuple(int(PALETTE["paper"][0][i : i + 2], 16) for i in (1, 3, 5))
    for title in (TITLE, "A much longer title that goes on and on " * 2, "Unbreakable" * 9, "", "x"):
        card = Image.open(io.BytesIO(draw_card(title, SVG, FONT)))
        assert {card.getpixel((x, y)) for x in (8, 40) for y in range(630)} == {paper}, title


def test_a_project_without_that_figure_has_another_on_its_card():
    """One that leads, or any; without figures there is no card."""
    assert head(ADDRESS, FIGURES[:2])["card"]["alt"] == ("Shows five_accuracy.")
    assert head(ADDRESS, FIGURES[:1])["card"]["alt"] == "Shows a_loss."
    assert head(ADDRESS, [])["card"] is None


def test_the_404_page_stands_alone():
    """It names no file, so it is whole at any depth; its link leads home even without a script."""
    page = files()["404.html"].decode()
    assert not re.findall(r'<(?:link|script|img)[^>]*(?:href|src)="(?!data:)', page)
    assert f'<a id="home" href="{ADDRESS}">A &amp; B?</a>' in page
    assert 'id="home" href="/"' in files("")["404.html"].decode()
    assert 'content="noindex"' in page and "canonical" not in page


class LikePages(SimpleHTTPRequestHandler):
    """A server that answers as GitHub Pages does: no listings, 404.html for what is missing."""

    def log_message(self, *_):
        pass

    def send_head(self):
        place = Path(self.translate_path(self.path))
        if place.is_file() or (place / "index.html").is_file():
            return super().send_head()
        content = (Path(self.directory) / "report" / "404.html").read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        return io.BytesIO(content)


@pytest.mark.browser
def test_the_404_page_finds_home_from_any_depth(browser, tmp_path):
    """Below a sub-path, beside folders that have no page, with no address known."""
    site = tmp_path / "report"
    (site / "figures").mkdir(parents=True)
    (site / "index.html").write_bytes(PAGES["index.html"])
    (site / "404.html").write_bytes(files("")["404.html"])
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(LikePages, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for path in ("gone.html", "figures/", "figures/deep/deeper/gone"):
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{server.server_port}/report/{path}")
            page.wait_for_selector("#home:not([href='/'])")
            assert page.get_attribute("#home", "href") == "/report/"
            page.close()
        server.shutdown()


def tags(html: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)"', html))


def test_a_built_page_has_its_tags_and_keeps_its_key(mini):
    """From the project's file; the option goes before it; without either there are none."""
    html = (mini / "site-quick" / "index.html").read_text(encoding="utf-8")
    assert "canonical" not in html and not [name for name in tags(html) if ":" in name]
    (mini / "reportgen.toml").write_text(f'{TITLED}base-url = "{ADDRESS.rstrip("/")}"\n', encoding="utf-8")
    assert re.search("stale +base-url is new", must(run(mini, "status", "--quick")).stdout)
    must(run(mini, "build", "--quick"))
    html = (mini / "site-quick" / "index.html").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="{ADDRESS}">' in html
    methods = (mini / "site-quick" / "methods.html").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="{ADDRESS}methods.html">' in methods
    assert f"<loc>{ADDRESS}methods.html</loc>" in (mini / "site-quick" / "sitemap.xml").read_text()
    found = tags(html)
    assert found["og:url"] == ADDRESS and found["og:image"] == f"{ADDRESS}card.png"
    assert found["og:title"] == TITLE and found["og:description"] == found["description"]
    assert found["twitter:card"] == "summary_large_image"
    assert (mini / "site-quick" / "card.png").is_file() and (mini / "site-quick" / "sitemap.xml").is_file()
    assert "is up to date" in must(run(mini, "build", "--quick", "--base-url", ADDRESS)).stdout
    must(run(mini, "build", "--quick", "--base-url", ""))
    assert not (mini / "site-quick" / "card.png").exists()


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://a.example", "https://a.example/"),
        ("https://a.example/b//", "https://a.example/b/"),
        ("http://localhost:8000/b", "http://localhost:8000/b/"),
        ("", ""),
    ],
)
def test_addresses(tmp_path, given, address):
    """With one slash at the end; from the option and from the file."""
    assert base_url(tmp_path, given) == address
    (tmp_path / "reportgen.toml").write_text(f'base-url = "{given}"\n', encoding="utf-8")
    assert base_url(tmp_path) == address
    assert base_url(tmp_path, "") == ""


@pytest.mark.parametrize(
    "given",
    ["a.example", "/report/", "ftp://a.example/", "https://", "https://a.example/?b", "https://a.example/#b",
     "https://me:secret@a.example/", "https://a.example:port/", 'https://a.example/"><script>', "https://[/",
     "https://a.example/b c", "https://ä.example/"],
)  # fmt: skip
def test_what_is_no_address_is_refused(tmp_path, given):
    """With an example of one that is."""
    with pytest.raises(ReportError, match="not the address of a site") as caught:
        base_url(tmp_path, given)
    assert "https://you.github.io/repository/" in caught.value.hint


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"base-url = https://a.example", "line 1"),
        (b"base-url = 3", "base-url is 3"),
        (b'base_url = "https://a.example"', "Unknown setting 'base_url'"),
        (b"\xff\xfe", "reportgen.toml"),
    ],
)
def test_a_malformed_file_is_refused(tmp_path, content, message):
    """Naming the file, and what is wrong with it."""
    (tmp_path / "reportgen.toml").write_bytes(content)
    with pytest.raises(ReportError) as caught:
        base_url(tmp_path)
    assert message in caught.value.message and str(tmp_path / "reportgen.toml") in caught.value.message
    assert "base-url" in caught.value.hint or "https:" in caught.value.hint
