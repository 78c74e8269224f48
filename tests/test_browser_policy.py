"""In Chromium: no other host is reached, no text runs as a script, everyone can use the page; one file is enough."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fixtures.browser import settle, show, show_all
from fixtures.projects import must, run

from reportgen.share import bundle
from reportgen.site import output_folder, size_budget

pytestmark = pytest.mark.browser
SCRIPT = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>"
HOSTILE = SCRIPT + '"><svg onload="window.hacked = 3"> \' & ${window.hacked = 4} {window.hacked} <b>bold</b>'
FIGURE = '''"""TITLE {{ 7 * 7 }}

More.
"""

import altair as alt

from reportgen.charts import named

RUNS = ()
CAPTION = """TEXT"""
ALT = """TEXT 7"""


def chart(runs):
    text = """TEXT"""
    slider = alt.param(name="a", value=3, bind=alt.binding_range(min=0, max=9, step=1, name=text))
    rows = [{"x": 1, "name": text}, {"x": 2, "name": "</script>"}]
    marks = alt.Chart(named("rows", rows), title=text).mark_point().encode(
        x=alt.X("x:Q", title=text), y=alt.Y("name:N", title=text), tooltip="name:N", color=alt.Color("name:N", title=text))
    return marks.add_params(slider).properties(width=300, height=100)
'''
SECTION = f"""## Heading <script>window.hacked = 6</script> `{SCRIPT}` {{#heading}}

{{{{ figure("odd") }}}} A work {{{{ cite("odd") }}}}. [Link](#odd "{SCRIPT}")
"""
BIB = f"""
@article{{odd, title = {{{SCRIPT.replace("=", "-")}}}, author = {{Script, <script>window.hacked=5</script>}}, year = {{2020}}, journal = {{<b>x</b>}}}}
"""


@pytest.fixture(scope="module")
def odd(mini_built, tmp_path_factory) -> Path:
    """A site in which every text tries to be a script."""
    import shutil

    project = tmp_path_factory.mktemp("odd") / "project"
    shutil.copytree(mini_built, project, ignore=shutil.ignore_patterns("site-quick", "figures"))
    (project / "figures").mkdir()
    source = FIGURE.replace("TITLE", SCRIPT).replace("TEXT", HOSTILE)
    (project / "figures" / "odd.py").write_text(source, encoding="utf-8")
    (project / "templates" / "sections" / "01-tiny.md").unlink()
    section = project / "templates" / "sections" / f"01-{'<script>alert(1)<'}.md"
    section.write_text(SECTION, encoding="utf-8")
    with (project / "templates" / "references.bib").open("a", encoding="utf-8") as bib:
        bib.write(BIB)
    must(run(project, "build", "--quick"))
    return project / "site-quick"


REACH_OUT = """async (other) => {
    const tried = (use) => new Promise((done) => { use(done); setTimeout(() => done("nothing"), 1500); });
    const element = (tag, more) => tried((done) => {
        const made = Object.assign(document.createElement(tag), more);
        made.onload = () => done("loaded");
        made.onerror = () => done("refused");
        document.body.append(made);
    });
    return {
        fetch: await fetch(other).then(() => "loaded", () => "refused"),
        image: await element("img", { src: other + "a.svg" }),
        script: await element("script", { src: other + "a.js" }),
        style: await element("link", { rel: "stylesheet", href: other + "a.css" }),
        font: await new FontFace("Other", `url(${other}a.woff2)`).load().then(() => "loaded", () => "refused"),
        beacon: navigator.sendBeacon(other) ? await tried(() => {}) : "refused",
        inline: await tried((done) => {
            const made = document.createElement("script");
            made.textContent = "window.ran = 1";
            document.body.append(made);
            done(window.ran ? "loaded" : "refused");
        }),
    };
}"""


# Whether each figure that is to come alive has, of those on the screen.
AWAKE = """() => {
    const seen = [...document.querySelectorAll('figure[data-live]')]
        .filter(figure => figure.getBoundingClientRect().top < 2 * innerHeight);  // a screen ahead
    return seen.length > 0 && seen.every(figure => figure.querySelector('.live svg'));
}"""


@pytest.mark.parametrize("where", ["disk", "http", "bundle"])
def test_the_policy_keeps_every_other_host_out(visit, serve, mini_built, tmp_path, where):
    """Whatever a page tries, nothing arrives at another server; the page itself works."""
    (tmp_path / "other").mkdir()
    for name in ("index.html", "a.svg", "a.js", "a.css", "a.woff2"):
        (tmp_path / "other" / name).write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    other, arrived = serve(tmp_path / "other")
    site = mini_built / "site-quick"
    if where == "bundle":
        bundle.bundle(site, tmp_path, "article", ["html"], None)
    home = serve(site)[0] if where == "http" else (site / "index.html").as_uri()
    page = visit((tmp_path / "article.html").as_uri() if where == "bundle" else home)
    show(page, "tiny_weights")
    assert page.said == []
    outcome = page.evaluate(REACH_OUT, other)
    assert "loaded" not in outcome.values(), outcome
    assert arrived == []
    blank = visit(other)  # the same attempts succeed where no policy forbids them
    assert blank.evaluate(REACH_OUT, other)["fetch"] == "loaded"
    assert arrived


def test_no_text_runs_as_a_script(visit, odd):
    """Title, caption, alternative, labels, heading, reference, file name: shown as they are written."""
    page = visit((odd / "index.html").as_uri())
    show(page, "odd")
    page.locator("#odd .live svg path").first.hover(force=True)
    page.locator("#odd input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    settle(page)
    assert page.evaluate("window.hacked") is None
    assert (
        page.locator("#odd :is(script, [onload], [onerror], figcaption b), .references script").count() == 0
    )
    assert SCRIPT in page.locator("#odd figcaption").inner_text()
    assert "{{ 7 * 7 }}" in page.locator("#odd figcaption strong").inner_text()
    assert SCRIPT in page.locator("#odd .frames").get_attribute("aria-label")
    assert "window.hacked=5" in page.locator(".references").inner_text()
    assert "window.hacked" in page.locator(".contents").inner_text()


def test_no_text_is_markup_in_the_exports(visit, odd):
    """SVG files hold no script when opened alone, the data file none that ends early, JSON is JSON."""
    for drawing in odd.rglob("*.svg"):
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.parse(drawing).iter()}
        assert not tags & {"script", "img", "b", "foreignObject"}
        assert visit(drawing.as_uri()).evaluate("window.hacked") is None
    json.loads((odd / "figures" / "odd.json").read_text(encoding="utf-8"))
    live = next((odd / "data").glob("odd-*.js")).read_text(encoding="utf-8")
    assert "window.hacked" in live
    assert "</script" not in live


def test_no_text_runs_in_the_bundle(visit, odd, tmp_path):
    """The data that waits inside the page cannot leave its block either."""
    (file,) = bundle.bundle(odd, tmp_path, "article", ["html"], None)
    page = visit(file.as_uri())
    show(page, "odd")
    assert page.evaluate("window.hacked") is None
    assert len(page.said) == 1  # the script in the heading
    assert "Content Security Policy" in page.said[0]


def test_the_first_view_is_what_chromium_loads(visit, quick, serve):
    """At 1280 × 800, untouched: nothing loads that the size report leaves out, and little that it counts does not."""
    site = quick / "site-quick"
    files = {f.relative_to(site).as_posix(): f.read_bytes() for f in output_folder.written_files(site)}
    home, asked = serve(site)
    page = visit(home, viewport={"width": 1280, "height": 800})
    page.wait_for_function(AWAKE)
    page.wait_for_load_state("networkidle")
    names = {name.lstrip("/") or "index.html" for name in asked} & set(files)
    assert any(name.startswith("assets/vega") for name in names)
    loaded = sum(size_budget.packed(name, files[name]) for name in names)
    said = size_budget.first_view(size_budget.weigh(files))
    assert loaded <= said <= 1.3 * loaded


def test_the_bundle_needs_nothing_but_itself(visit, mini_built, tmp_path):
    """From disk, with every other request refused: every figure wakes, the step moves, links lead somewhere."""
    (file,) = bundle.bundle(mini_built / "site-quick", tmp_path, "article", ["html"], None)
    page = visit("about:blank")
    page.context.route(
        "**/*", lambda route: route.continue_() if route.request.url == file.as_uri() else route.abort()
    )
    page.asked.clear()
    page.goto(file.as_uri())
    show_all(page)
    output = page.locator("#tiny_weights output")
    before = output.inner_text()
    page.locator("#tiny_weights .player input").focus()
    page.keyboard.press("Home")
    settle(page)
    assert output.inner_text() != before
    assert page.said == []
    assert [url for url in page.asked if not url.startswith("data:")] == [file.as_uri()]
    assert page.evaluate("document.fonts.check('16px \"Source Serif 4\"')")
    images = "[...document.images].every(i => { i.loading = 'eager'; return i.decode().then(() => true, () => false) })"
    assert page.evaluate(images)
    hrefs = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    assert all(re.match(r"#|https?:", href) for href in hrefs), hrefs


def test_bundle_writes_both_and_the_same_each_time(browser, mini, tmp_path):
    """One command: HTML and PDF, with pages, bookmarks and links; twice the same bytes."""
    import pikepdf

    for folder in ("one", "two"):
        said = must(run(mini, "bundle", "--quick", "--out", str(tmp_path / folder))).stdout
        assert re.search(r"Wrote .*article-quick\.html, [\d.]+\u00a0kB\.", said)
    first, second = ({f.name: f.read_bytes() for f in (tmp_path / n).iterdir()} for n in ("one", "two"))
    assert sorted(first) == ["article-quick.html", "article-quick.pdf"]
    assert first == second
    with pikepdf.open(tmp_path / "one" / "article-quick.pdf") as document:
        assert len(document.pages) > 1
        assert "/CreationDate" not in document.docinfo
        assert "/Outlines" in document.Root
        assert any("/Annots" in page for page in document.pages)
