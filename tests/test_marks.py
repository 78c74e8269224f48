"""Marks beside sentences, the folds behind sections, the strip of the scorecard: each verdict one gesture away."""

from functools import partial

import pytest
from fixtures.browser import PHONE, WIDE
from fixtures.projects import copy_templates
from lxml import html

from reportgen.claims.verdicts import Verdict
from reportgen.experiments.variants import Settings
from reportgen.files.memo import Memo
from reportgen.files.project import Project
from reportgen.site import assemble, output_folder

SECTIONS = {
    "01-first.md": """## First

A sentence. {{ claim('C2') }} Another {{ claim('C1') }}, and the first again. {{ claim('C2') }}

{% call how_sure() %}
One of *many* seeds.[^seeds] {{ claim('C3') }}
{% endcall %}

Told to the end.

[^seeds]: A note.
""",
    "02-second.md": "## Second\n\nAnother. {{ claim('C4') }}\n",
    "03-third.md": "## Third\n\nNo claim.\n",
}
HOLD = {"C1": True, "C2": False, "C3": None, "C4": True, "C5": True}
VERDICTS = [
    Verdict(id, "Text.", holds, "Evidence.", "At most 1.", (), "exists", "ours", None)
    for id, holds in HOLD.items()
]


@pytest.fixture
def site(tmp_path, monkeypatch) -> dict[str, bytes]:
    """A page of two sections that cite claims, and one that does not."""
    monkeypatch.setattr(assemble, "vega_bundle", lambda cache: b"")
    copy_templates(tmp_path)
    for name, text in SECTIONS.items():
        (tmp_path / "templates" / "sections" / name).write_text(text, encoding="utf-8")
    return assemble.render(
        Project(tmp_path), {}, facts={}, verdicts=VERDICTS, claims={id: {"text": "Text."} for id in HOLD},
        methods={"experiments": [], "figures": [], "seeds": []}, data={}, settings=Settings(), broken={}, memory=Memo(),
    )  # fmt: skip


@pytest.fixture
def cited(site):
    return html.fromstring(site["index.html"].decode())


@pytest.fixture
def open_cited(site, tmp_path, visit):
    output_folder.write(site, tmp_path / "site")
    return partial(visit, (tmp_path / "site" / "index.html").as_uri())


def test_every_mark_says_its_verdict_and_leads_to_its_row(cited):
    """Read aloud by the claim's number and its verdict; without a script it is a link."""
    marks = cited.xpath("//article//a[contains(@class, 'mark')]")
    assert [(mark.text, mark.get("aria-label")) for mark in marks if mark.get("data-claim") != "C2"] == [
        ("✓", "C1 holds"), ("?", "C3 cannot be judged on these runs"), ("✓", "C4 holds")
    ]  # fmt: skip
    assert [mark.get("aria-label") for mark in marks].count("C2 fails") == 2
    for mark in marks:
        (row,) = cited.xpath(f"//*[@id='{mark.get('href')[1:]}']")
        assert row.get("data-verdict") == mark.get("data-claim")


def test_a_mark_stays_with_its_sentence(cited):
    """No space before it, at which a line could break."""
    (paragraph,) = cited.xpath("//article/p[starts-with(., 'A sentence')]")
    assert paragraph.text_content() == "A sentence.✗ Another✓, and the first again.✗"


def test_the_fold_of_a_section_has_exactly_the_claims_that_it_cites(cited):
    """In their order, each once, with evidence and threshold; closed, at the section's end."""
    folds = cited.xpath("//article/details")
    listed = [[found.get("data-verdict") for found in fold.xpath(".//*[@data-verdict]")] for fold in folds]
    assert listed == [["C2", "C1", "C3"], ["C4"]]
    assert [fold.get("open") for fold in folds] == [None, None]
    assert all("Evidence." in f.text_content() and "Threshold: At most 1." in f.text_content() for f in folds)
    summaries = [fold.findtext("summary/span") for fold in folds]
    assert summaries == ["1 holds, 1 fails, 1 cannot be judged", "1 holds"]
    assert folds[0].getprevious().text == "Told to the end." and folds[0].getnext().text == "Second"


def test_what_an_author_puts_in_the_fold_stands_there_alone(cited):
    """As Markdown, notes and all; the story goes on without it."""
    (aside,) = cited.xpath("//p[contains(., 'seeds.')]")
    assert aside.getparent().tag == "details" and aside.findtext("em") == "many"
    assert aside.xpath("./sup[@class='footnote-ref']") and cited.xpath("//*[@aria-labelledby='notes']")


def test_the_scorecard_begins_with_a_strip_of_all_marks(cited):
    """Each claim once, also one that no section cites, and the count of the verdicts."""
    strip = cited.xpath("//dl[@class='strip']//a/@data-claim")
    assert strip == ["C1", "C2", "C3", "C4", "C5"]
    rows = cited.xpath("//dl[@class='scorecard']/div/@id")
    assert cited.xpath("//dl[@class='strip']//a/@href") == [f"#{row}" for row in rows]
    assert "3 hold, 1 fails, 1 cannot be judged" in cited.xpath(
        "string(//section[@aria-labelledby='scorecard']/p)"
    )


SENTENCE = "article p:has([data-claim=C1])"


@pytest.mark.browser
@pytest.mark.parametrize(("viewport", "in_margin"), [(WIDE, True), (PHONE, False)])
def test_marks_stand_in_the_margin_where_there_is_one(open_cited, viewport, in_margin):
    """Big enough to be hit; two of one line under each other; the page does not scroll sideways."""
    page = open_cited(viewport=viewport)
    right = page.eval_on_selector(SENTENCE, "p => p.getBoundingClientRect().right")
    boxes = page.eval_on_selector_all(
        f"{SENTENCE} .mark", "all => all.map(e => e.getBoundingClientRect().toJSON())"
    )
    assert [box["left"] > right for box in boxes] == [in_margin] * 3
    assert all(min(box["width"], box["height"]) >= 24 for box in boxes)
    assert (
        all(low["bottom"] <= high["top"] for low, high in zip(boxes, boxes[1:], strict=False))
        or not in_margin
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.browser
def test_a_mark_shows_its_card_to_pointer_and_keyboard(open_cited):
    """With statement, evidence and threshold; Enter leads to the scorecard."""
    page = open_cited()
    mark, card = (
        page.locator("article a[data-claim=C1]"),
        page.locator("article .claim:has([data-claim=C1]) .card"),
    )
    mark.hover()
    assert all(
        word in card.inner_text() for word in ("C1 holds", "Text.", "Evidence.", "Threshold: At most 1.")
    )
    page.mouse.move(0, 0)
    assert not card.is_visible()
    mark.focus()
    assert card.is_visible()
    page.keyboard.press("Enter")
    assert page.url.endswith("#claim-C1")


@pytest.mark.browser
def test_a_tap_shows_the_card_and_its_link_leads_on(open_cited):
    """Where nothing hovers, a tap does not leave the sentence."""
    page = open_cited(viewport=PHONE, has_touch=True, is_mobile=True)
    page.locator("article a[data-claim=C1]").tap()
    assert "#" not in page.url
    page.locator("article .claim .card a[href='#claim-C1']").tap()
    assert page.url.endswith("#claim-C1")


@pytest.mark.browser
def test_without_javascript_marks_are_links_and_the_fold_opens(open_cited):
    page = open_cited(java_script_enabled=False)
    fold = page.locator("article details").first
    assert not fold.locator("dl").is_visible()
    fold.locator("summary").click()
    assert fold.locator("dl").is_visible()
    page.locator("article a[data-claim=C1]").click()
    assert page.url.endswith("#claim-C1")


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
def test_on_paper_the_folds_are_open_and_marks_say_their_number(open_cited, script):
    page = open_cited(java_script_enabled=script)
    page.emulate_media(media="print")
    assert page.locator("article details dl").first.is_visible()
    assert not page.locator("article details").first.get_attribute("open")
    content = "e => getComputedStyle(e, '::after').content"
    assert page.eval_on_selector("article a[data-claim=C1]", content) == '"C1"'
