"""Stepping in Chromium: the pointer, the keys, the player, a link; one step moves its group and no other."""

import re

import pytest
from fixtures.browser import PHONE, SAYING, marks, settle, show, wait_for_rest, wait_for_text
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_pointer_moves_every_visible_figure_of_the_group(open_page):
    """In the lead chart it moves the rule; heatmaps and waves follow, the other group does not."""
    page = open_page()
    for figure in ("parity_accuracy", "modular_weights", "modular_waves", "modular_accuracy"):
        show(page, figure)
    page.locator("#modular_accuracy .guess .show").click()  # before that, the pointer draws
    before = {f: marks(page, f) for f in ("modular_accuracy", "modular_weights", "parity_accuracy")}
    for attempt in range(20):  # moves right after a scroll are rightly ignored
        box = page.locator("#modular_accuracy .live svg").first.bounding_box()
        share = 0.6 - 0.015 * attempt
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.5)
        settle(page)
        if marks(page, "modular_accuracy") != before["modular_accuracy"]:
            break
    assert marks(page, "modular_accuracy") != before["modular_accuracy"]
    assert marks(page, "parity_accuracy") == before["parity_accuracy"]
    show(page, "modular_weights")
    settle(page)
    assert marks(page, "modular_weights") != before["modular_weights"]


def test_the_keyboard_moves_the_step(open_page):
    """On the slider: arrows one snapshot, Shift ten, Home and End to the ends; it says the step."""
    page = open_page()
    show(page, "modular_accuracy")
    page.locator("#modular_accuracy .guess .show").click()
    slider = page.locator("#modular_accuracy input[type=range]")
    slider.focus()
    said = [slider.get_attribute("aria-valuetext")]
    for key in ("ArrowLeft", "Shift+ArrowLeft", "Home"):
        page.keyboard.press(key)
        settle(page)
        said.append(slider.get_attribute("aria-valuetext"))
    steps = [int(re.search(r"step ([\d,]+)", text)[1].replace(",", "")) for text in said]
    assert steps == sorted(set(steps), reverse=True)
    assert steps[0] - steps[1] == (steps[1] - steps[2]) / 10
    assert steps[-1] == 0
    first = marks(page, "modular_accuracy")
    page.keyboard.press("End")
    settle(page)
    assert marks(page, "modular_accuracy") != first
    assert slider.get_attribute("aria-valuetext") == said[0]


def test_two_lead_charts_of_a_group_share_its_step(open_page):
    """Either player moves both, each says the step, and playing shows on both until stopped."""
    page = open_page(reduced_motion="reduce")
    first, second = "modular_accuracy", "modular_loss"
    for figure in (first, second):
        show(page, figure)
    page.locator(f"#{second} input[type=range]").focus()
    for key in ("Home", "ArrowRight"):
        page.keyboard.press(key)
    settle(page)
    said = [page.locator(f"#{figure} output").inner_text() for figure in (first, second)]
    assert said[0] == said[1] and "%" in said[1] and not said[1].startswith("step 0 ")
    values = [page.locator(f"#{figure} input[type=range]").input_value() for figure in (first, second)]
    assert values == ["1", "1"]
    page.locator(f"#{second} .play").click()
    playing = page.locator('.player.playing[data-group="modular"]')
    assert playing.count() == 2
    page.locator(f"#{second} .play").click()
    assert playing.count() == 0


def test_a_word_in_the_text_plays_to_its_moment(open_page):
    """Words that name a moment are buttons; pressing one changes the step."""
    page = open_page(reduced_motion="reduce")
    show(page, "modular_accuracy")
    output = page.locator("#modular_accuracy output")
    before = output.inner_text()
    page.locator("#modular_accuracy .jumps .moment").first.click()
    settle(page)
    assert output.inner_text() != before


STRIP = ".pinned:not([hidden]) .player"


def test_a_strip_keeps_the_player_in_reach_while_the_lead_chart_is_not_on_screen(open_page):
    """It is slim, has both curves, moves what is on screen, and goes when the lead chart comes or the group goes."""
    page = open_page(viewport={"width": 1280, "height": 700})
    show(page, "modular_accuracy")
    expect(page.locator(STRIP)).to_have_count(0)
    page.locator("#modular_accuracy input").focus()
    page.keyboard.press("Home")
    show(page, "modular_weights")
    strip = page.locator(STRIP)
    strip.wait_for()
    box = strip.bounding_box()
    assert 0 <= box["y"] < 2 and box["height"] <= 64
    expect(strip.locator("svg path[style*=stroke]")).to_have_count(2)
    assert strip.locator("output").inner_text().startswith("step 0 · train")
    before = marks(page, "modular_weights")
    strip.locator("input").focus()
    page.keyboard.press("End")
    settle(page)
    assert marks(page, "modular_weights") != before
    said = strip.locator("output").inner_text()
    show(page, "modular_accuracy")
    expect(page.locator(STRIP)).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('figure').id") == "modular_accuracy"
    assert page.locator("#modular_accuracy output").inner_text() == said
    show(page, "parity_sweep")
    expect(page.locator(STRIP)).to_have_count(0)


def test_the_strip_covers_nothing_that_has_the_focus_and_is_not_printed(open_page):
    """On a phone too it is at most 64 pixels high; what the keyboard reaches is scrolled to below it."""
    page = open_page(viewport=PHONE)
    for figure in ("modular_accuracy", "modular_weights"):
        show(page, figure)
    page.locator(STRIP).wait_for()
    bottom = page.evaluate(f"document.querySelector('{STRIP}').getBoundingClientRect().bottom")
    assert bottom <= 64
    link = page.locator("#modular_weights .behind summary")
    page.evaluate(
        "() => scrollBy({top: document.querySelector('#modular_weights .behind').getBoundingClientRect().top - 5, behavior: 'instant'})"
    )
    wait_for_rest(page)  # the strip is there a frame after the scrolling
    link.focus()
    wait_for_rest(page)
    if page.locator(STRIP).count():
        assert link.bounding_box()["y"] >= bottom
    page.emulate_media(media="print")
    assert not page.locator(".pinned .player").first.is_visible()


def test_a_word_brings_the_figure_that_it_moves_into_view_first(open_page):
    """Pressed far from any figure of its group, with motion: the figure comes, then it moves, for more than a second."""
    page = open_page(viewport={"width": 1280, "height": 500})
    show(page, "modular_accuracy")
    word = page.locator("article > p button.moment").first
    page.evaluate(
        "word => { word.scrollIntoView({block: 'start', behavior: 'instant'}); scrollBy({top: -60, behavior: 'instant'}); }",
        word.element_handle(),
    )
    wait_for_rest(page)
    page.evaluate(SAYING, "#modular_accuracy output")
    word.click()
    page.wait_for_function("said.length > 0")
    box = page.locator("#modular_accuracy .stage").bounding_box()
    assert box["y"] > -0.4 * box["height"] and box["y"] < 500 - 0.6 * box["height"]
    page.wait_for_function("said.at(-1).at - said[0].at > 800")  # it goes on and on


def test_play_runs_through_the_steps_and_can_be_stopped(open_page):
    """The button plays from the start when at the end, and pauses."""
    page = open_page()
    show(page, "modular_accuracy")
    button, output = page.locator("#modular_accuracy .play"), page.locator("#modular_accuracy output")
    end = output.inner_text()
    button.click()
    wait_for_text(page, "#modular_accuracy output", other_than=end)
    first = output.inner_text()
    wait_for_text(page, "#modular_accuracy output", other_than=first)
    assert output.inner_text() != first
    button.click()
    settle(page)
    stopped = output.inner_text()
    page.wait_for_timeout(400)
    assert output.inner_text() == stopped


# From the beginning, each step that the first figure shows: it may be on its way before it is looked at.
FIRST_STEPS = """window.steps = new Set();
(function note() {
    window.steps.add(document.querySelector('#addition_table .live .label')?.innerText ?? '');
    requestAnimationFrame(note);
})();"""


def test_the_first_figure_plays_once_by_itself(open_page):
    """It alone moves; the section's step stays at the end, and the figure comes back to it when a reader acts."""
    page = open_page(script=FIRST_STEPS)
    label = page.locator("#addition_table .live .label")
    page.wait_for_function("window.steps.has('step 0')")
    page.wait_for_function("[...window.steps].some(step => /^step [1-9]/.test(step))")
    show(page, "modular_accuracy")
    end = page.locator("#modular_accuracy output").inner_text().split(" · ")[0]
    page.locator("#modular_accuracy input").focus()
    page.keyboard.press("Home")
    page.keyboard.press("End")
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    page.wait_for_function(
        "end => document.querySelector('#addition_table .live .label').innerText === end", arg=end
    )
    page.wait_for_timeout(300)
    assert label.inner_text() == end


@pytest.mark.parametrize(
    "asked", [{"reduced_motion": "reduce"}, {"hash": "#step=modular:0"}], ids=["calm", "linked"]
)
def test_nothing_plays_for_who_wants_no_motion_or_came_by_a_link(open_page, asked):
    """The figure stands where its group is."""
    page = open_page(**asked)
    show(page, "addition_table")
    page.wait_for_timeout(1200)
    step = (
        "step 0"
        if "hash" in asked
        else page.evaluate("reportgen.groups.get('modular').end.toLocaleString('en')")
    )
    assert page.locator("#addition_table .live .label").inner_text().endswith(step)


def test_back_and_reload_return_to_the_place_and_a_followed_link_leads_to_its_chart(open_page):
    """A step writes itself into the address; that address, met again, must not move the reader."""
    page = open_page(hash="#step=modular:0", reduced_motion="reduce")
    lead = page.evaluate("scrollY")
    assert lead > 0
    show(page, "modular_accuracy")
    page.locator("input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    settle(page)
    page.evaluate("scrollTo({top: document.body.scrollHeight / 2, behavior: 'instant'})")
    wait_for_rest(page)
    before = page.evaluate("scrollY")
    page.evaluate("location.hash = '#" + page.locator("section[id], h2[id]").first.get_attribute("id") + "'")
    page.wait_for_function("before => scrollY !== before", arg=before)
    wait_for_rest(page)
    for way in (page.go_back, page.reload):
        way()
        page.wait_for_function("before => Math.abs(scrollY - before) < 50", arg=before)
        wait_for_rest(page)
        assert abs(page.evaluate("scrollY") - before) < 50


def test_a_link_restores_the_step(open_page):
    """#step=group:N shows that step."""
    page = open_page(hash="#step=modular:0")
    show(page, "modular_accuracy")
    assert page.locator("#modular_accuracy output").inner_text().startswith("step 0")


def test_dragging_sideways_on_a_touch_screen_sets_the_step(open_page):
    """A tap in the lead chart is enough."""
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    show(page, "modular_accuracy")
    page.locator("#modular_accuracy .guess .show").tap()
    before = page.locator("#modular_accuracy output").inner_text()
    wait_for_rest(page)  # moves right after a scroll are rightly ignored
    box = page.locator("#modular_accuracy .live svg").first.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.5)
    wait_for_text(page, "#modular_accuracy output", other_than=before)


def test_pointing_at_a_neuron_marks_it_in_the_other_figures(open_page):
    """A heatmap cell's neuron stands out among the waves, and no longer when the pointer leaves."""
    page = open_page(viewport={"width": 1280, "height": 1500})
    for figure in ("modular_waves", "modular_weights"):
        show(page, figure)

    def opacities() -> str:
        return page.evaluate(
            "[...document.querySelectorAll('#modular_waves .live .mark-line path')].map(e => e.getAttribute('opacity')).join()"
        )

    calm = opacities()
    wait_for_rest(page)
    box = page.locator("#modular_weights .live svg").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    page.mouse.move(box["x"] + box["width"] * 0.5 + 3, box["y"] + box["height"] * 0.5)
    settle(page)
    assert opacities() != calm
    page.mouse.move(2, 2)
    settle(page)
    assert opacities() == calm


def test_the_frame_rate_can_be_measured(open_page):
    """window.reportgen.measure sweeps a group's steps and answers with frames per second."""
    page = open_page()
    show(page, "modular_accuracy")
    assert page.evaluate("window.reportgen.measure('modular')") > 0
