"""A reader's own browser trains a stored run again: the same numbers, every figure follows, and there is a way back."""

import numpy as np
import pytest
from fixtures.browser import PHONE, settle, show
from playwright.sync_api import Page, expect

from reportgen import load
from reportgen.numerics.training import METRICS, Trainer

pytestmark = pytest.mark.browser
LEADS = {
    "modular": "modular_accuracy",
    "parity": "parity_accuracy",
    "five-neurons": "five_accuracy",
    "reverse": "reverse_loss",
    "there-and-back": "back_loss",
}
FIGURES = [
    "addition_table", "modular_weights", "modular_waves", "modular_dft", "modular_stars", "modular_logits",
    "parity_weights", "five_weights", "five_circle", "five_star", "reverse_weights", "back_weights",
]  # fmt: skip
# What the laboratory makes of the stored run's last weights, beside what Python packed for the page: by panel the
# largest difference, in units of the packed numbers.
LAST_SNAPSHOT = """async id => {
    const { unpack, numberAt, fetchData } = reportgen, element = document.getElementById(id);
    const group = element.dataset.group, { kernels, lab: scripts } = document.body.dataset;
    const button = document.querySelector(`.player[data-group="${group}"] + .repeat`);
    for (const address of [kernels, scripts, button.dataset.repeat]) await reportgen.load(address);
    const stored = reportgen.lab.stored.get(group), end = reportgen.endOf(stored);
    const run = new reportgen.Reading(reportgen.shapeOf(stored.settings), end);
    const payload = await fetchData(id, element.dataset.live), found = [];
    for (const panel of payload.panels) for (const packed of panel.data) {
        const block = unpack(packed), value = reportgen.VALUES[id](run, panel.name, block.rows);
        const last = block.scale.length - 1;
        const far = block.rows.map((row) => Math.abs(value(row, end) - numberAt(block, last, row.cell)));
        found.push(Math.max(...far) / block.scale[last]);
    }
    return found;
}"""


def start(page: Page, group: str) -> None:
    """Have the browser train a group's run again."""
    show(page, LEADS[group])
    page.locator(f"#{LEADS[group]} .repeat").click()


def outcome(page: Page, containing: str) -> str:
    """What is said at the end, or once it is said."""
    said = page.locator(".lab .outcome")
    expect(said).to_contain_text(containing, timeout=60_000)
    return said.inner_text()


@pytest.fixture(scope="module")
def reading(visit_for_long, addresses) -> Page:
    """A page that several tests look into."""
    return visit_for_long(addresses["disk"])


@pytest.mark.parametrize("figure", [figure for figure in FIGURES if figure != "addition_table"])
def test_scripts_read_weights_as_python_does(reading, figure):
    """Of the same weights the laboratory draws what Python drew: order, transform, circles, answers."""
    found = reading.evaluate(LAST_SNAPSHOT, figure)
    assert found
    assert max(found) <= 17, found  # of 32,767: Python rounds to four digits before it packs


@pytest.mark.parametrize("group", LEADS)
def test_a_run_is_trained_again_to_the_same_numbers(open_page, group):
    """From the same start through the same steps; what was compared is said, and nothing goes wrong."""
    page = open_page("http" if group == "modular" else "disk")
    start(page, group)
    said = outcome(page, "Your browser made the same")
    assert "agree to 1" in said, said  # 10 digits or more
    assert page.said == []


def test_figures_follow_and_come_back(open_page):
    """While it is open the figures show the reader's run, on the slider too; Close gives them the stored one again."""
    page = open_page()
    show(page, "parity_weights")
    before = page.evaluate(VALUES, "parity_weights")
    start(page, "parity")
    outcome(page, "Your browser made the same")
    show(page, "parity_weights")
    settle(page, 10)
    assert page.evaluate(RUN, "parity_weights") == "yours"
    after = page.evaluate(VALUES, "parity_weights")
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) < 0.01 * max(map(abs, before))
    steps = page.evaluate(
        "[...reportgen.figures.values()].find(f => f.element.id === 'parity_weights').payload.steps.length"
    )
    assert steps == page.evaluate("reportgen.groups.get('parity').steps.length")
    page.locator(".lab .shut").click()
    page.wait_for_function("() => [...reportgen.figures.values()].every(figure => figure.run === null)")
    settle(page)
    assert page.evaluate(VALUES, "parity_weights") == before
    assert page.locator(".lab").count() == 0
    assert page.said == []


VALUES = """id => { const f = [...reportgen.figures.values()].find(figure => figure.element.id === id);
    const [block] = f.panels[0].data, first = f.index * block.rows.length;
    return block.rows.map((_, i) => block.values[first + i] * block.scale[f.index]); }"""
RUN = "id => [...reportgen.figures.values()].find(figure => figure.element.id === id).run"


def test_it_stops_goes_on_and_closes_by_keyboard(open_page):
    """Escape stops, the button goes on where it stopped, a second Escape closes; the focus is where it was."""
    page = open_page(viewport=PHONE)
    page.evaluate("document.querySelector('#five_accuracy .repeat').scrollIntoView()")
    show(page, "five_accuracy")
    page.locator("#five_accuracy .repeat").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => reportgen.lab?.open_?.training.made > 0")
    page.keyboard.press("Escape")
    stopped = page.locator(".lab .stop")
    if stopped.is_visible():  # a quick run may be over by then
        outcome(page, "Stopped.")
        made = page.evaluate("reportgen.lab.open_.training.made")
        expect(stopped).to_have_text("Go on")
        stopped.click()
        outcome(page, "Your browser made the same")
        assert page.evaluate("reportgen.lab.open_.training.made") > made
    page.locator(".lab .shut").focus()
    page.keyboard.press("Escape")
    assert page.locator(".lab").count() == 0
    assert page.evaluate("document.activeElement.className") == "repeat"


def test_nothing_of_it_loads_unasked(open_page):
    """Neither kernels nor scripts, however far one reads; and without a Worker one sentence says so."""
    page = open_page("http")
    show(page, "parity_accuracy")
    assert not [url for url in page.asked if "kernels" in url or "lab-" in url or "data/runs" in url]
    page.evaluate(
        "() => { window.Worker = class { constructor() { throw new Error('no Workers here'); } }; }"
    )
    page.locator("#parity_accuracy .repeat").click()
    assert "no Workers here" in outcome(page, "Workers")


def test_one_at_a_time(open_page):
    """Another training ends the first; a seed that is opened ends it too."""
    page = open_page()
    start(page, "parity")
    start(page, "five-neurons")
    assert page.locator(".lab").count() == 1
    assert page.locator("#five_accuracy .lab").count() == 1
    assert page.evaluate("reportgen.lab.open_.group.name") == "five-neurons"


def test_a_changed_run_goes_to_python_and_back(open_page, tmp_path):
    """A link offers it and starts nothing; trained and taken along, it is what Python trains of the same config."""
    page = open_page(hash="#train=parity:neurons=9,weight_decay=0.001")
    offered = page.locator("#parity_accuracy .lab")
    expect(offered).to_contain_text("offers to train this model in your browser with 9 neurons, decay 0.001")
    assert page.evaluate("reportgen.lab.open_") is None
    offered.locator("button").click()
    outcome(page, "With 9 neurons, decay 0.001 the model")
    with page.expect_download() as download:
        page.locator(".lab .take a").click()
    file = tmp_path / "mine.npz"
    download.value.save_as(file)
    found = load(str(file))
    trainer = Trainer([found.config], engine="eager")
    list(trainer.run())
    trained = trainer.trajectory()
    for name in METRICS:
        np.testing.assert_allclose(getattr(found, name), trained.metrics[name][:, 0], rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(found.w_input, trained.w_input[:, 0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.final["output"], trained.final["output"][0], rtol=1e-9, atol=1e-12)
    show(page, "parity_weights")
    settle(page, 10)
    assert len(page.evaluate(VALUES, "parity_weights")) == 9 * 33  # a column for each of its neurons
    assert page.said == []


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("parity:neurons=0", "asks for neurons of 0"),
        ("parity:train_size=99999", "asks for training examples of 99999"),
        ("parity:<img src=x onerror=alert(1)>=1", "a setting that this model does not have"),
    ],
)
def test_a_link_with_absurd_settings_is_answered_in_a_sentence(open_page, link, words):
    """And the stored run can still be trained."""
    page = open_page(hash=f"#train={link}")
    expect(page.locator("#parity_accuracy .lab")).to_contain_text(words)
    assert page.locator("#parity_accuracy .lab img").count() == 0
    assert page.locator("#parity_accuracy .repeat").is_enabled()
