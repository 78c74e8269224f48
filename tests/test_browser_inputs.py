"""A figure's own inputs in Chromium, what is pointed at, and other seeds opened in the place of the model."""

import re

import pytest
from fixtures.browser import marks, settle, show

from reportgen.experiments.variants import read_settings
from reportgen.facts.describing import describe
from reportgen.files.project import Project
from reportgen.pipeline.plan import Plan
from reportgen.wording.numbers import number

pytestmark = pytest.mark.browser


def choose(page, figure: str, name: str, key: str) -> str:
    """Press a key on one of a figure's own inputs; what its output says then."""
    page.locator(f"#{figure} .inputs input[name={name}]").focus()
    page.keyboard.press(key)
    settle(page)
    return page.locator(f"#{figure} .inputs output[for={figure}-input-{name}]").inner_text()


def test_one_input_moves_every_panel_of_its_figure_and_no_other(open_page):
    """By keyboard, with its value beside it; Vega's own inputs are not on the page."""
    page = open_page(viewport={"width": 1280, "height": 1500})
    for figure in ("construction_relu", "construction_linear"):
        show(page, figure)
    assert page.locator("#construction_linear .inputs input").count() == 2
    assert page.locator("figure input:not(.inputs input, .player input)").count() == 0
    panels = page.locator("#construction_linear .live .panel")
    drawn = [panels.nth(i).inner_html() for i in range(2)]
    other = marks(page, "construction_relu")
    before = int(page.locator("#construction_linear .inputs output").first.inner_text())
    assert choose(page, "construction_linear", "a", "ArrowRight") == str(before + 1)
    assert all(panels.nth(i).inner_html() != drawn[i] for i in range(2))
    assert marks(page, "construction_relu") == other
    assert choose(page, "construction_linear", "a", "ArrowLeft") == str(before)
    assert [panels.nth(i).inner_html() for i in range(2)] == drawn
    assert choose(page, "construction_linear", "a", "End") == "66"
    labelled = page.locator("#construction_linear").get_by_label("a", exact=True)
    assert labelled.evaluate("e => e.value") == "66"
    assert page.said == []


@pytest.mark.parametrize("figure", ["parity_sweep", "architecture_sweep"])
def test_what_is_pointed_at_in_one_panel_is_shown_in_the_other(open_page, figure):
    """By pointer and by tap: the losses of a cell, or of a bar, with their name."""
    page = open_page(viewport={"width": 1280, "height": 1500})
    show(page, figure)
    panels = page.locator(f"#{figure} .live .panel")
    before, marks_there = panels.nth(1).text_content(), panels.nth(0).locator("[class*='role-mark'] path")
    for index in range(marks_there.count() - 2, 0, -7):
        marks_there.nth(index).dispatch_event("pointerover", {"bubbles": True})
        settle(page)
        if panels.nth(1).text_content() != before:
            break
    assert panels.nth(1).text_content() != before
    assert page.said == []


def test_the_inputs_compute_what_is_known(open_page):
    """Six neurons get 871 pairs right, five all 4,489."""
    page = open_page()
    show(page, "construction_error")
    texts = "#construction_error .live svg text"
    assert "ReLU: 4,489 of 4,489 pairs right" in page.locator(texts).all_text_contents()
    assert choose(page, "construction_error", "N", "ArrowRight") == "6"
    assert "ReLU: 871 of 4,489 pairs right" in page.locator(texts).all_text_contents()


OPENING = "#modular_seeds .openings button"


def test_a_seed_opens_as_the_sections_model_and_closes_again(open_page):
    """By its button: the section's figures change, those of section 1 do not; Escape, or the bar, leads back."""
    page = open_page(viewport={"width": 1280, "height": 1500})
    figures, other, bar = ("modular_loss", "modular_dft"), "modular_weights", page.locator(".standing")
    for figure in (*figures, other, "modular_seeds"):
        show(page, figure)
    before = {figure: marks(page, figure) for figure in (*figures, other)}
    button = page.locator(OPENING).first
    seed = button.get_attribute("value")
    for way_back in (lambda: page.keyboard.press("Escape"), bar.locator(".back").click):
        button.click()
        for figure in figures:
            page.wait_for_selector(f"#{figure}.stands-in")
        settle(page)
        assert all(marks(page, figure) != before[figure] for figure in figures)
        assert marks(page, other) == before[other]
        assert f"seed {seed}," in bar.inner_text() and "main model" in bar.inner_text()
        assert button.get_attribute("aria-pressed") == "true"
        assert f"modular-seeds:{seed}" in page.url
        way_back()
        page.wait_for_selector(".stands-in", state="detached")
        settle(page)
        assert not bar.is_visible()
        assert {figure: marks(page, figure) for figure in (*figures, other)} == before
        assert page.locator("#modular_dft .live .panel").count() == 2  # nothing is left of the other's views
        assert "modular-seeds" not in page.url
    assert button.evaluate("e => e === document.activeElement")
    assert page.said == []


TEXT = """() => [...document.querySelectorAll('article > :not(figure, .pinned), figcaption, .jumps, .ticks, .behind, .footnotes-list')]
    .map(element => element.outerHTML)"""


@pytest.fixture(scope="module")
def seeds(quick) -> dict[str, dict]:
    """The facts of the seeds that can be opened on the quick page, worked out here."""
    plan = Plan(Project(quick), read_settings(True, ()))
    runs = plan.runs(["modular-seeds"])["modular-seeds"].loaded
    return {str(run.config.seed): describe(run, "modular") for run in runs if len(run.snapshot_steps) > 1}


def test_text_captions_and_moments_follow_the_open_seed_and_come_back(open_page, seeds):
    """A number in the prose becomes the seed's, a moment leads to the seed's step; Escape brings back the same bytes."""
    page = open_page(viewport={"width": 1280, "height": 1500}, reduced_motion="reduce")
    for figure in ("modular_seeds", "modular_loss"):
        show(page, figure)
    before, counted = (
        page.evaluate(TEXT),
        page.locator("article > p", has_text="Count the waves, in all neurons together"),
    )
    told = set()
    for seed, facts in [*seeds.items()][:2]:
        page.locator(f"#modular_seeds .openings button[value='{seed}']").evaluate("e => e.click()")
        page.wait_for_selector(f"#modular_loss-caption[data-seed='{seed}']")
        page.wait_for_selector("#modular_loss.stands-in")
        assert f"at the end {number(facts['cells_end_in'])}" in counted.inner_text()
        assert f"Accuracy and loss of seed {seed}" in page.locator("#modular_loss figcaption").inner_text()
        assert "are now those of this seed" in page.locator(".standing").inner_text()
        assert page.locator(".sure .own").first.is_visible()
        told.add(counted.inner_text())
        steps = {step for step in facts["moments"].values() if step is not None}
        jumps = page.locator("#modular_loss .jumps button:not([aria-disabled])")
        assert jumps.count() == page.locator("#modular_loss .ticks i").count() == len(steps)
        for at, step in enumerate(sorted(steps)):
            jumps.nth(at).click()
            assert page.evaluate("reportgen.groups.get('modular').step") == step
            assert f"step {step:,} " in page.locator("#modular_loss output").inner_text()
    assert len(told) == 2
    jumps.last.focus()
    page.keyboard.press("Escape")
    page.wait_for_selector(".stands-in", state="detached")
    settle(page)
    assert page.evaluate(TEXT) == before
    assert page.locator("#modular_loss .jumps").evaluate("e => e.contains(document.activeElement)")
    assert not page.locator(".sure .own").first.is_visible()
    assert page.said == []


def test_a_mark_in_the_figure_opens_its_seed(open_page):
    """And a second press closes it; the last of quick presses wins."""
    page = open_page(viewport={"width": 1280, "height": 1500})
    for figure in ("modular_dft", "modular_seeds"):
        show(page, figure)
    mark = page.locator("#modular_seeds .live .opens_marks path").first
    mark.click()
    page.wait_for_selector("#modular_dft.stands-in")
    assert page.locator(OPENING).first.get_attribute("aria-pressed") == "true"
    mark.click()
    page.wait_for_selector(".stands-in", state="detached")
    for index in (0, 1, 2, 1):
        page.locator(OPENING).nth(index).click()
    last = page.locator(OPENING).nth(1).get_attribute("value")
    shown = "[...reportgen.groups.get('modular').figures].map(f => f.run).filter(r => r !== null)"
    page.wait_for_function(f"last => new Set({shown}).size === 1 && {shown}[0] === last", arg=last)
    settle(page, 12)  # and stays
    assert set(page.evaluate(shown)) == {last}


def test_a_link_opens_a_seed(open_page, quick_site):
    """With its step; figures that wake later show it too; a seed that is not offered is ignored."""
    offered = re.search(
        r'<button type="button" value="(\d+)" title', (quick_site / "index.html").read_text()
    )[1]
    page = open_page(hash=f"#step=modular:0,modular-seeds:{offered}")
    show(page, "modular_stars")
    page.wait_for_selector("#modular_stars.stands-in")
    assert page.locator("#modular_stars .live .label").inner_text() == "step 0"
    assert page.locator(".standing").is_visible()
    near = "step => reportgen.groups.get('modular').nearest(step, [0, 100, 200])"
    assert [page.evaluate(near, step) for step in (0, 49, 51, 170, 9000)] == [0, 0, 1, 2, 2]
    page = open_page(hash="#step=modular-seeds:99999")
    assert not page.locator(".standing").is_visible()
    assert page.said == []
