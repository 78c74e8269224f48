"""Guessing a curve in Chromium: it is not shown before the reader has drawn or chosen one, or moves the step."""

import pytest
from fixtures.browser import PHONE, WIDE, settle, show
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FIGURES = ["modular_accuracy", "parity_loss"]
SEEN = """id => [...document.querySelectorAll(`#${id} .live :is([stroke^="var(--test"], [fill^="var(--test"])`)]
    .map(mark => mark.checkVisibility({visibilityProperty: true}))"""


def seen(page, figure: str) -> bool:
    """Whether the test curve and its label are there to be seen, all or none."""
    found = page.evaluate(SEEN, figure)
    assert len(found) == 2 and found[0] == found[1]
    return found[0]


def guess(page, figure: str) -> str:
    """The points of the reader's line."""
    return page.locator(f"#{figure} .sheet polyline").get_attribute("points")


def said(page, figure: str) -> str:
    return page.locator(f"#{figure} .guess p").inner_text()


@pytest.mark.parametrize("figure", FIGURES)
def test_a_curve_chosen_by_keyboard_stands_beside_the_true_one(open_page, figure):
    """Until then neither the curve nor its label and value is shown; one sentence compares; it can be tried again."""
    page = open_page(viewport=WIDE)
    show(page, figure)
    question = said(page, figure)
    assert not seen(page, figure) and guess(page, figure) == ""
    output = page.locator(f"#{figure} output")
    assert all("train" in text and "test" not in text for text in output.all_inner_texts())
    button = page.locator(f"#{figure} .choices button").first
    button.focus()
    page.keyboard.press("Enter")
    settle(page)
    assert seen(page, figure)
    assert all("test" in text for text in output.all_inner_texts())
    drawn = page.locator(f"#{figure} .choices polyline").first.get_attribute("points").split()
    assert len(guess(page, figure).split()) == len(drawn)
    assert page.locator(f"#{figure} .sheet span").is_visible()
    assert said(page, figure).startswith("You said test ") and button.get_attribute("aria-pressed") == "true"
    page.locator(f"#{figure} .guess .show").focus()
    page.keyboard.press("Enter")
    settle(page)
    assert not seen(page, figure) and guess(page, figure) == "" and said(page, figure) == question


@pytest.mark.parametrize("options", [{"viewport": WIDE}, {"viewport": PHONE}], ids=["wide", "phone"])
def test_a_drawn_curve_is_an_answer_once_it_is_long_and_is_kept_for_the_visit(open_page, options):
    """A short stroke is drawn on; drawing does not set the step, and leaves the plot on no side."""
    page = open_page(**options)
    show(page, "modular_accuracy")
    step = page.locator("#modular_accuracy output").inner_text().split(" ·")[0]
    box = page.locator("#modular_accuracy .sheet").bounding_box()

    def stroke(*places: tuple[float, float]) -> None:
        for i, (x, y) in enumerate(places):
            page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
            if i == 0:
                page.mouse.down()
        page.mouse.up()
        settle(page)

    stroke((0.02, 0.9), (0.4, 0.9))
    assert not seen(page, "modular_accuracy") and len(guess(page, "modular_accuracy").split()) == 2
    stroke((0.5, 0.9), (0.6, -0.5), (0.9, 0.2))
    assert seen(page, "modular_accuracy")
    points = [[float(n) for n in pair.split(",")] for pair in guess(page, "modular_accuracy").split()]
    assert [round(x) for x, _ in points] == [2, 40, 50, 60, 90] and points[3][1] == 0
    assert page.locator("#modular_accuracy output").inner_text().startswith(step)
    before = said(page, "modular_accuracy"), guess(page, "modular_accuracy")
    page.reload()
    show(page, "modular_accuracy")
    assert seen(page, "modular_accuracy")
    assert (said(page, "modular_accuracy"), guess(page, "modular_accuracy")) == before


def test_the_strip_has_the_curve_once_the_step_is_moved_there(open_page):
    """Before that it draws the training curve alone."""
    page = open_page(viewport={"width": 1280, "height": 700})
    for figure in ("modular_accuracy", "modular_weights"):
        show(page, figure)
    strip = page.locator(".pinned:not([hidden]) .player")
    strip.wait_for()
    expect(strip.locator("svg path[style*=stroke]")).to_have_count(1)
    assert "test" not in strip.inner_text()
    strip.locator("input").focus()
    page.keyboard.press("Home")
    expect(strip.locator("svg path[style*=stroke]")).to_have_count(2)
    assert "test" in strip.inner_text()
    show(page, "modular_accuracy")
    assert seen(page, "modular_accuracy") and guess(page, "modular_accuracy") == ""


@pytest.mark.parametrize("way", ["slider", "play", "word", "show"])
def test_whatever_moves_the_step_shows_the_curve(open_page, way):
    """The slider, playing, a word in the text; and a button for those who do not want to guess."""
    page = open_page(viewport=WIDE)
    show(page, "modular_accuracy")
    assert not seen(page, "modular_accuracy")
    if way == "slider":
        page.locator("#modular_accuracy .player input").focus()
        page.keyboard.press("ArrowLeft")
    else:
        places = {"play": ".play", "word": ".jumps .moment >> nth=0", "show": ".guess .show"}
        page.locator(f"#modular_accuracy {places[way]}").click()
    settle(page)
    assert seen(page, "modular_accuracy")


@pytest.mark.parametrize(
    "asked", [{"reduced_motion": "reduce"}, {"hash": "#step=modular:0"}], ids=["calm", "linked"]
)
def test_nothing_is_asked_of_who_wants_no_motion_or_follows_a_link(open_page, asked):
    """The figure is complete, and offers the question."""
    page = open_page(viewport=WIDE, **asked)
    show(page, "modular_accuracy")
    assert seen(page, "modular_accuracy")
    page.locator("#modular_accuracy .guess .show").click()
    settle(page)
    assert not seen(page, "modular_accuracy")


def test_without_a_script_and_on_paper_the_figure_is_complete(open_page):
    """Its static form is there while the live one still asks; the question is not."""
    page = open_page(viewport=WIDE)
    show(page, "modular_accuracy")
    assert not page.locator("#modular_accuracy .frame").first.is_visible()
    page.emulate_media(media="print")
    assert page.locator("#modular_accuracy .frame").first.is_visible()
    assert not page.locator("#modular_accuracy .guess").is_visible()
    still = open_page(java_script_enabled=False)
    assert still.locator("#modular_accuracy .frame").first.is_visible()
    assert not still.locator("#modular_accuracy .guess").is_visible()
