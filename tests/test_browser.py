"""The page in Chromium: every figure wakes, one step moves its group, nothing leaves the site."""

import functools
import json
import os
import re
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

pytestmark = pytest.mark.browser
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 800}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def browser():
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        assert not os.environ.get("CI"), "Chromium is missing; .ci/run installs it."
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def quick_site(quick: Path) -> Path:
    return quick / "site-quick"


@pytest.fixture(scope="module")
def addresses(quick_site: Path):
    """The built page from disk, and from a sub-path of a plain file server."""
    handler = functools.partial(Quiet, directory=str(quick_site.parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {
        "disk": (quick_site / "index.html").as_uri(),
        "http": f"http://127.0.0.1:{server.server_port}/{quick_site.name}/",
    }
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(browser):
    """Opens an address in a context of its own; collects what the page says and asks for."""
    contexts = []

    def open_at(address: str, **options):
        context = browser.new_context(**({"viewport": WIDE} | options))
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("requestfailed", lambda request: page.said.append(f"failed: {request.url}"))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(address)
        return page

    yield open_at
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(visit, addresses):
    """Visits the built page, or a file beside it, from disk or over http."""

    def open_at(where: str = "disk", hash: str = "", file: str = "", **options):
        address = addresses[where].removesuffix("index.html") + file if file else addresses[where]
        return visit(address + hash, **options)

    return open_at


def show(page, figure: str):
    """Bring a figure to the middle of the screen and wait until it is live."""
    page.evaluate(f"document.getElementById('{figure}').scrollIntoView({{block: 'center'}})")
    page.wait_for_selector(f"#{figure} .live svg", state="visible")
    page.wait_for_timeout(150)


def marks(page, figure: str) -> str:
    """What is drawn in a live figure: the paths, fills and positions of all its marks."""
    return page.evaluate(
        f"""[...document.querySelectorAll('#{figure} .live svg [class*="role-mark"] *')]
        .map(e => [e.getAttribute('d'), e.getAttribute('fill'), e.getAttribute('transform')].join()).join(';')"""
    )


def settle(page):
    page.wait_for_timeout(200)


@pytest.mark.parametrize("where", ["disk", "http"])
def test_every_figure_wakes_without_an_error_or_another_host(open_page, addresses, where):
    """Scrolling through mounts each live figure; no message, no failure, no foreign request."""
    page = open_page(where)
    ids = page.evaluate("[...document.querySelectorAll('figure[data-live]')].map(f => f.id)")
    assert len(ids) >= 7
    for figure in ids:
        show(page, figure)
    assert page.said == []
    home = addresses[where].rsplit("/", 1)[0]
    assert [url for url in page.asked if not url.startswith((home, "data:"))] == []


def test_the_pointer_moves_every_visible_figure_of_the_group(open_page):
    """In the lead chart it moves the rule; heatmaps and waves follow, the other group does not."""
    page = open_page()
    for figure in ("parity_accuracy", "modular_weights", "modular_waves", "modular_accuracy"):
        show(page, figure)
    before = {f: marks(page, f) for f in ("modular_accuracy", "modular_weights", "parity_accuracy")}
    for attempt in range(20):  # moves right after a scroll are rightly ignored
        box = page.locator("#modular_accuracy .live svg").bounding_box()
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


def test_play_runs_through_the_steps_and_can_be_stopped(open_page):
    """The button plays from the start when at the end, and pauses."""
    page = open_page()
    show(page, "modular_accuracy")
    button, output = page.locator("#modular_accuracy .play"), page.locator("#modular_accuracy output")
    button.click()
    page.wait_for_timeout(700)
    first = output.inner_text()
    page.wait_for_timeout(700)
    assert output.inner_text() != first
    button.click()
    settle(page)
    stopped = output.inner_text()
    page.wait_for_timeout(400)
    assert output.inner_text() == stopped


def test_back_and_reload_return_to_the_place_and_a_followed_link_leads_to_its_chart(open_page):
    """A step writes itself into the address; that address, met again, must not move the reader."""
    page = open_page(hash="#step=modular:0", reduced_motion="reduce")
    lead = page.evaluate("scrollY")
    assert lead > 0
    show(page, "modular_accuracy")
    page.locator("input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(200)
    page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    page.wait_for_timeout(200)
    before = page.evaluate("scrollY")
    page.evaluate("location.hash = '#" + page.locator("section[id], h2[id]").first.get_attribute("id") + "'")
    page.wait_for_timeout(200)
    assert page.evaluate("scrollY") != before
    page.go_back()
    page.wait_for_timeout(300)
    assert abs(page.evaluate("scrollY") - before) < 50
    page.reload()
    page.wait_for_timeout(500)
    assert abs(page.evaluate("scrollY") - before) < 50


def test_a_link_restores_the_step(open_page):
    """#step=group:N shows that step."""
    page = open_page(hash="#step=modular:0")
    show(page, "modular_accuracy")
    assert page.locator("#modular_accuracy output").inner_text().startswith("step 0")


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_shifts_when_figures_wake(open_page, viewport):
    """Each figure is as high live as it was static, and the page never scrolls sideways."""
    page = open_page(viewport=viewport)
    heights = (
        "[...document.querySelectorAll('figure')].map(f => Math.round(f.getBoundingClientRect().height))"
    )
    before = page.evaluate(heights)
    for figure in page.evaluate("[...document.querySelectorAll('figure[data-live]')].map(f => f.id)"):
        show(page, figure)
    after = page.evaluate(heights)
    assert all(abs(a - b) <= 2 for a, b in zip(before, after, strict=True)), (before, after)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("figure", ["hyperparameters_soften", "modular_seeds"])
def test_small_charts_fit_a_phone(open_page, figure):
    """Every panel is drawn within its box, so none has to be scrolled."""
    page = open_page(viewport=PHONE)
    show(page, figure)
    widths = (
        "[...document.querySelectorAll('#%s .panel')].map(e => [e.firstChild.scrollWidth, e.clientWidth])"
    )
    assert all(0 < drawn <= room + 1 for drawn, room in page.evaluate(widths % figure))


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_curves_stand_out_from_the_paper(open_page, scheme):
    """Captions and axis labels at 4.5:1, curves at 3:1, in both colour schemes."""
    page = open_page(color_scheme=scheme)
    show(page, "modular_accuracy")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for selector, attribute, least in (
        ("#modular_accuracy figcaption", "color", 4.5),
        ("#modular_accuracy .live .role-axis-label text", "fill", 4.5),
        ("#modular_accuracy .live .mark-line path", "stroke", 3),
    ):
        colour = page.eval_on_selector(selector, f"e => getComputedStyle(e).{attribute}")
        assert contrast(colour, paper) >= least, (selector, colour, paper)


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
    box = page.locator("#modular_weights .live svg").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    page.mouse.move(box["x"] + box["width"] * 0.5 + 3, box["y"] + box["height"] * 0.5)
    settle(page)
    assert opacities() != calm
    page.mouse.move(2, 2)
    settle(page)
    assert opacities() == calm


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
    assert page.locator("figure input").count() == page.locator(":is(.inputs, .player) input").count()
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
        page.wait_for_timeout(60)
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
    page.wait_for_selector("#modular_dft.stands-in")
    settle(page)
    shown = page.evaluate(
        "[...reportgen.groups.get('modular').figures].map(f => f.run).filter(r => r !== null)"
    )
    assert set(shown) == {page.locator(OPENING).nth(1).get_attribute("value")}


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


def test_dragging_sideways_on_a_touch_screen_sets_the_step(open_page):
    """A tap in the lead chart is enough."""
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    show(page, "modular_accuracy")
    output = page.locator("#modular_accuracy output")
    before = output.inner_text()
    box = page.locator("#modular_accuracy .live svg").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.5)
    settle(page)
    assert output.inner_text() != before


def test_links_lead_somewhere_and_figures_have_words(open_page, quick_site):
    """Every anchor and file exists; every figure has a text alternative; headings are in order."""
    page = open_page()
    for target in page.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))"):
        if target.startswith("#"):
            assert page.evaluate("id => !!document.getElementById(id)", target[1:]), target
        elif not re.match(r"https?:", target):
            assert (quick_site / target).is_file(), target
    words = page.eval_on_selector_all("figure .frames", "all => all.map(e => e.getAttribute('aria-label'))")
    assert words
    assert all(text and re.search(r"\d", text) for text in words)
    levels = page.eval_on_selector_all("h1, h2, h3", "all => all.map(e => +e.tagName[1])")
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


def test_the_frame_rate_can_be_measured(open_page):
    """window.reportgen.measure sweeps a group's steps and answers with frames per second."""
    page = open_page()
    show(page, "modular_accuracy")
    assert page.evaluate("window.reportgen.measure('modular')") > 0


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
    said = page.locator("[data-copy] [role=status]").first
    page.wait_for_function("document.querySelector('[data-copy] [role=status]').textContent === 'Copied'")
    assert said.inner_text() == "Copied"
    wanted = page.locator("[data-copy] code").first.text_content()
    assert page.evaluate("navigator.clipboard.readText()") == wanted
    assert wanted.startswith("@article{" if where == "http" else "make site")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_page_on_methods_does_not_scroll_sideways(open_page, size):
    """Its tables scroll in their boxes."""
    page = open_page(file="methods.html", viewport=size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
