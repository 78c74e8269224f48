"""What the page weighs is said after a build, and a page over its budget is not written."""

import gzip

import pytest
from fixtures.projects import contents, must, run

from reportgen.site import size_budget

PAGE = """<!doctype html><html><head><link rel="stylesheet" href="s.css"><script src="page.js"></script></head>
<body data-vega="vega.js"><main><article><p>{text}</p>
<figure id="near" data-live="near.js"><div class="frame"><img src="near.svg" width="9" height="{height}"></div></figure>
<figure id="far" data-live="far.js"><div class="frame"><img src="far.svg" width="9" height="9"></div></figure>
</article></main></body></html>"""


def files(text: str = "", height: int = 3000) -> dict[str, bytes]:
    """A page of two figures, the second as far down as the first is high."""
    named = {name: (name * 50).encode() for name in
             ("s.css", "page.js", "vega.js", "near.js", "near.svg", "far.js", "far.svg", "f.woff2", "far.csv")}  # fmt: skip
    return named | {"index.html": PAGE.format(text=text, height=height).encode()}


def packed(*names: str, **page) -> int:
    found = files(**page)
    return sum(
        len(n if name.endswith("woff2") else gzip.compress(n, 6)) for name in names for n in [found[name]]
    )


BASE = ("index.html", "s.css", "page.js", "f.woff2")


def test_everything_is_what_a_reader_loads_and_no_download():
    """The page, its assets, and both forms of every figure; the CSV is a download."""
    parts = size_budget.weigh(files())
    loaded = (*BASE, "vega.js", "near.js", "near.svg", "far.js", "far.svg")
    assert size_budget.everything(parts) == packed(*loaded)
    far = next(part for part in parts if part.name == "far")
    assert (far.static, far.live, far.first) == (packed("far.svg"), packed("far.js"), 0)


@pytest.mark.parametrize(
    ("page", "loaded"),
    [
        ({"height": 3000}, ("vega.js", "near.js", "near.svg")),
        ({"height": 1500}, ("vega.js", "near.js", "near.svg", "far.js", "far.svg")),
        ({"height": 1800}, ("vega.js", "near.js", "near.svg", "far.svg")),
        ({"text": "word " * 960}, ("near.svg",)),  # 60 lines
        ({"text": "word " * 3000}, ()),
        ({"text": f"</p><details><p>{'word ' * 3000}</p></details><p>"}, ("vega.js", "near.js", "near.svg")),
    ],
    ids=["below", "near", "image only", "text, image only", "text", "folded text"],
)
def test_the_first_view_counts_what_is_near_the_screen(page, loaded):
    """Data and Vega up to one screen below, images a little further."""
    assert size_budget.first_view(size_budget.weigh(files(**page))) == packed(*BASE, *loaded, **page)


@pytest.mark.parametrize(
    ("holder", "first"),
    [("card", ()), ("note", ("far.svg",))],
    ids=["on a hidden card", "in the text"],
)
def test_a_picture_on_a_card_is_not_in_the_first_view(holder, first):
    """It loads when the card is first shown; a picture that stands in the text counts."""
    text = f"<span class='{holder}'><img src='far.svg' loading='lazy'></span>"
    (pictures,) = (part for part in size_budget.weigh(files(text=text)) if part.name == "pictures")
    assert (pictures.static, pictures.first) == (packed("far.svg"), packed(*first))


@pytest.mark.parametrize(
    ("budget", "says"),
    [("FIRST_VIEW", "The first view weighs"), ("EVERYTHING", "every figure interactive weighs")],
)
def test_a_page_over_its_budget_is_not_written(mini, monkeypatch, budget, says, edit):
    """The build fails with the largest parts, and the old site stays."""
    edit(mini / "templates" / "sections" / "01-tiny.md", "A tiny section", "A heavier section")
    monkeypatch.setattr(size_budget, budget, 1000)
    before = contents(mini / "site-quick")
    result = run(mini, "build", "--quick")
    assert result.exit_code == 1
    assert says in result.stderr
    assert "Vega 2" in result.stderr  # kB
    assert len(result.stderr.splitlines()) == 2
    assert contents(mini / "site-quick") == before


def test_a_build_says_what_the_page_weighs(mini, edit):
    """Two lines; with --verbose every part."""
    section = mini / "templates" / "sections" / "01-tiny.md"
    edit(section, "A tiny section", "A small section")
    said = must(run(mini, "build", "--quick")).stdout
    assert "Compressed: first view" in said and "of 400\u00a0kB" in said and "of 8\u00a0MB." in said
    assert "Heaviest figures: tiny_weights" in said
    assert "static" not in said
    edit(section, "A small section", "A smaller section")
    rows = [line.split()[0] for line in must(run(mini, "build", "--quick", "--verbose")).stdout.splitlines()]
    assert {"page", "styles", "fonts", "scripts", "Vega", "tiny_weights", "tiny_curve"} <= set(rows)
