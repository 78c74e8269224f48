"""The page: checked names, escaping, and the same bytes for the same inputs."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fixtures.projects import copy_templates

from reportgen.claims.sections import CLAIMS
from reportgen.claims.verdicts import Verdict
from reportgen.drawing import interactive
from reportgen.errors import ReportError
from reportgen.experiments.variants import Settings
from reportgen.files.memo import Memo
from reportgen.files.project import Project
from reportgen.pipeline.inputs import site_inputs
from reportgen.site import assemble, output_folder
from reportgen.site.assemble import render, vega_bundle

REPOSITORY = Path(__file__).parent.parent
HOSTILE = """<script>alert("x")</script>' onload='y" & *em* `a<b`"""
MOMENTS = {"start": 0, "memorises": 100, "generalises": None, "end": 1000}
METHODS = {"experiments": [], "figures": [], "seeds": []}
ORIGINS = {"provenance.json": b"{}", "provenance.js": b"window.provenance = {};"}
FACTS = {"modular": {"t_mem": 100, "t_gen": None, "share": 0.983, "loss": 2.2e-7, "moments": MOMENTS}}


@pytest.fixture
def project(tmp_path):
    """The real templates with one small section instead of the article's."""
    copy_templates(tmp_path)
    write_section(tmp_path, "## A heading\n\n{{ figure('one') }}\n")
    return Project(tmp_path)


@pytest.fixture(autouse=True)
def small_bundle(monkeypatch):
    """Vega's bundle takes a second to make and has a test of its own."""
    monkeypatch.setattr(assemble, "vega_bundle", lambda cache: b"window.vega = {};")


class Tags(HTMLParser):
    """Every tag of a page with the names of its attributes."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, [name for name, _ in attrs]))


def write_section(root: Path, text: str, name: str = "01-first.md") -> None:
    (root / "templates" / "sections" / name).write_text(text, encoding="utf-8")


def drawing(folder: Path, name: str = "one", **changes) -> Path:
    """A drawn figure as drawing.py leaves it, with three frames."""
    folder.mkdir()
    svg = '<svg xmlns="http://www.w3.org/2000/svg" role="img" width="9" height="9"><title>t</title>{}</svg>'
    frames = []
    for number, label in enumerate(("Start", "Memorised", "End")):
        content = svg.format(f'<g id="a" clip-path="url(#a)"><path d="M0,{number}"/></g>')
        (folder / f"frame-{number}.svg").write_text(content)
        frames.append({"file": f"frame-{number}.svg", "label": label, "step": 500 * number,
                       "width": 9, "height": 9})  # fmt: skip
    (folder / f"{name}.svg").write_text(svg)
    payload = {"id": name, "panels": [{"spec": {"signals": [{"name": "step"}]}, "data": []}]}
    (folder / "live.js").write_text(f"reportgen.figure({json.dumps(payload)});\n")
    info = {
        "id": name, "title": "A title", "caption": "A caption.", "alt": "What it shows.",
        "group": "modular", "lead": True, "card": False, "stepped": True, "opens": False, "runs": ["modular"], "columns": 1, "inputs": [], "offer": None,
        "frames": frames, "panels": [{"name": "chart", "title": ""}], "live": "live.js",
        "exports": {"svg": 9}, "table": {"columns": ["moment"], "rows": [["start"]]},
    }  # fmt: skip
    (folder / "figure.json").write_text(json.dumps(info | changes))
    return folder


def build(project: Project, drawn: Path | dict[str, Path], **changes) -> dict[str, bytes]:
    given = {"facts": FACTS, "verdicts": [], "methods": METHODS, "data": ORIGINS, "settings": Settings(),
             "claims": {id: {"text": c.text} for id, c in CLAIMS.items()}, "broken": {}, "memory": Memo()} | changes  # fmt: skip
    return render(project, drawn if isinstance(drawn, dict) else {"one": drawn}, **given)


def page(files: dict[str, bytes]) -> str:
    return files["index.html"].decode()


def test_two_renders_are_the_same_bytes(project, tmp_path):
    """Nothing on the site carries a date, a path or an order of its own."""
    drawn = drawing(tmp_path / "one")
    first, second = build(project, drawn), build(project, drawn)
    assert first == second
    assert not any(str(tmp_path).encode() in content for content in first.values())


def test_every_address_on_the_page_is_a_file_of_the_site(project, tmp_path):
    """Links are relative and true, so the pages work from a sub-path and from disk."""
    files = build(project, drawing(tmp_path / "one"))
    pages = page(files) + files["methods.html"].decode()
    local = re.findall(r'(?:href|src|data-live|data-vega)="(?!https?:|#|data:)([^"#]+)', pages)
    styles = next(content for name, content in files.items() if name.endswith(".css")).decode()
    local += [f"assets/{name}" for name in re.findall(r'url\("([^"]+)"\)', styles)]
    assert len(local) > 8
    assert set(local) <= set(files)
    assert not re.findall(r'(?:src|data-live|data-vega)="https?:', pages)


def test_hostile_text_is_escaped(project, tmp_path):
    """No title, caption, alternative or table cell can leave its place."""
    drawn = drawing(tmp_path / "one", title=HOSTILE, caption=HOSTILE, alt=HOSTILE,
                    table={"columns": [HOSTILE], "rows": [[HOSTILE]]})  # fmt: skip
    html = page(build(project, drawn))
    tags = Tags()
    tags.feed(html)
    assert not any(name.startswith("on") for _, names in tags.found for name in names)
    assert [tag for tag, _ in tags.found].count("script") == page(
        build(project, drawing(tmp_path / "two"))
    ).count("<script")
    assert "<em>em</em>" in html  # the subset of Markdown still works
    assert "<code>a&lt;b</code>" in html


def test_a_figure_reserves_its_place_and_names_its_frames(project, tmp_path):
    """The static form is complete: labels with steps, one alternative, downloads, unique ids."""
    html = page(build(project, drawing(tmp_path / "one")))
    assert "<b>Memorised</b> · step 500" in html
    assert 'role="img" aria-label="What it shows."' in html
    assert '<a href="figures/one.svg"' in html
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert "url(#one-1-a)" in html


def test_moments_of_one_step_share_a_button(project, tmp_path):
    """The player names what happens together once, in the order of a training."""
    facts = {"modular": FACTS["modular"] | {"moments": MOMENTS | {"memorises": 400, "generalises": 400}}}
    html = page(build(project, drawing(tmp_path / "one"), facts=facts))
    assert 'data-step="400">memorises and generalises</span>' in html
    assert html.count('data-step="400"') == 1


def test_a_figure_in_which_nothing_moves_stays_an_image(project, tmp_path):
    """No data is loaded for a figure that could not do anything with it."""
    still = {"panels": [{"spec": {}, "data": [], "responsive": False}], "inputs": []}
    assert not interactive.moves(still)
    assert interactive.moves(still | {"inputs": ["a"]})
    assert interactive.moves(still | {"panels": [{"spec": {"signals": [{"name": "step"}]}, "data": []}]})
    files = build(project, drawing(tmp_path / "one", stepped=False, live=None))
    assert "data-live" not in page(files)
    assert not any(name.startswith("data/") for name in files)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("one\n\n{{ figure('onne') }}", ":3: Unknown figure 'onne'", "'one'"),
        ("{{ cite('power2022groking') }}", ":1: Unknown citation", "'power2022grokking'"),
        ("a\n{{ modular.t_men }}", ":2: Unknown fact 't_men'", "'t_mem'"),
        ("a\n{{ modula.t_mem }}", ":2: Unknown fact 'modula'", "'modular'"),
        ("{{ moment('modular', 'memorised', 'x') }}", "Unknown moment of modular", "'memorises'"),
        ("{{ swatch('tran', 'x') }}", "Unknown colour 'tran'", "'train'"),
        ("{{ claim('C99') }}", "Unknown claim 'C99'", "C1"),
        ("\n\n{{ modular.t_gen|step }}", ":3: ", "absent"),
        ("\n{{ modular.t_gen }}", ":2: ", "absent"),
        ("a\n\n{% if x", ":3: ", "Mend the template"),
        ("a\n\nb $\\foo{a}$", ":3: math: ", "\\foo"),
        ("a\n\n$$\n\\frac{a}\n$$", ": math: ", "\\frac"),
        ("a\n\n## ", ":3: a heading has no words", "Write some"),
        ("a\n\n## {#name}\n\nb", ":3: a heading has no words", "Write some"),
        ("{{ figure('one') }}\n\n{{ figure('one') }}", ":3: Figure 'one' is placed twice", "once"),
        ("{{ ref('on') }}", ":1: Unknown figure 'on'", "'one'"),
    ],
)
def test_a_mistake_in_a_section_names_file_and_line(project, tmp_path, text, message, hint):
    """Unknown names come with the nearest right one; an absent fact asks for another sentence."""
    write_section(project.root, text)
    with pytest.raises(ReportError) as caught:
        build(project, drawing(tmp_path / "one"))
    assert caught.value.message.startswith("templates/sections/01-first.md")
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_helpers_survive_markdown(project, tmp_path):
    """What a helper returns is not touched by emphasis, quotes or paragraphs."""
    write_section(project.root, "\n".join([
        "## Title {#own-id}", "",
        '*{{ moment("modular", "memorises", "it_memo_rises*") }}* "quoted" $a^2 \\bmod 67$[^n]',
        '{{ moment("modular", "generalises", "never") }} {{ swatch("train", "train_ing") }}',
        '{{ cite("power2022grokking", "nanda2023progress") }} {{ modular.share|percent }}',
        "", '{{ figure("one") }}', "", "[^n]: A note.", "",
    ]))  # fmt: skip
    html = page(build(project, drawing(tmp_path / "one")))
    assert 'data-group="modular" data-step="100">it_memo_rises*</span>' in html
    assert 'style="--swatch:var(--train)">train_ing</span>' in html
    assert not re.search(r'<span class="moment"[^>]*>never', html)
    assert '<h2 id="own-id">Title<a class="anchor" href="#own-id"' in html
    assert "“quoted”" in html
    assert "application/x-tex" in html
    assert "<p><figure" not in html
    assert html.index('id="ref-pearce2023memorize"') < html.index('id="ref-power2022grokking"')
    assert "barak2022hidden" not in html  # only what is cited is listed
    assert re.search(r'<ol class="footnotes-list">.*A note\.', html, re.DOTALL)
    assert "\ue000" not in html and "\ue002" not in html


def test_figures_are_numbered_as_they_stand_and_can_be_referred_to_before(project, tmp_path):
    """A reference may come first; on its card are the figure's title and its last frame."""
    write_section(project.root, "See {{ ref('two') }}.\n\n{{ figure('one') }}\n\n{{ figure('two') }}\n")
    drawn = {name: drawing(tmp_path / name, name) for name in ("one", "two")}
    html = page(build(project, drawn))
    assert re.findall(r'id="(\w+)-caption"><span class="number">Figure (\d)', html) == [
        ("one", "1"),
        ("two", "2"),
    ]
    (reference,) = re.findall(r'<a class="figure-ref" href="#two">Figure&nbsp;2</a>.*', html)
    assert re.search(r'class="card"><span class="card-title">.+</span><img src="[^"]*two[^"]*"', reference)


def test_a_reference_to_a_figure_that_is_not_shown_is_a_mistake(project, tmp_path):
    """Its number is not known."""
    write_section(project.root, "See {{ ref('one') }}.\n")
    with pytest.raises(ReportError, match=r"ref\('one'\) leads to a figure that no section shows"):
        build(project, drawing(tmp_path / "one"))


def test_a_tag_at_the_end_of_a_line_keeps_paragraphs_apart(project, tmp_path):
    """Jinja takes no line break from Markdown."""
    write_section(project.root, "One{% if true %} and two.{% endif %}\n\nThree.")
    html = page(build(project, drawing(tmp_path / "one")))
    assert "<p>One and two.</p>" in html and "<p>Three.</p>" in html


def test_claims_show_their_verdict_and_no_verdict_is_said(project, tmp_path):
    """A failed claim is shown as failed; a build that judges none says so at the mark."""
    name = next(iter(CLAIMS))
    write_section(project.root, f"A sentence. {{{{ claim('{name}') }}}}")
    drawn = drawing(tmp_path / "one")
    failed = Verdict(name, "Text <b>", False, "Evidence.", "at most 1.", ("modular",), "exists", "ours", None)
    judged = page(build(project, drawn, verdicts=[failed]))
    assert f'href="#claim-{name}"' in judged and f'aria-label="{name} fails">✗</a>' in judged
    assert f'id="claim-{name}"' in judged and "Text &lt;b&gt;" in judged
    silent = page(build(project, drawn))
    assert (
        f'tabindex="0" data-claim="{name}" aria-label="{name} not applicable in this build">?</span>'
        in silent
    )
    assert 'id="scorecard"' not in silent and CLAIMS[name].text in silent.partition("How sure are we?")[2]


def test_a_variant_carries_a_banner(project, tmp_path):
    """What is not the article's own training is told at the top."""
    drawn = drawing(tmp_path / "one")
    variant = Settings(name="modular-seed-3", changed={"modular": ["seed=3"]})
    assert 'class="banner"' not in page(build(project, drawn))
    assert "seed=3" in page(build(project, drawn, settings=variant))
    assert "A quick build" in page(build(project, drawn, settings=Settings(name="quick")))


def test_names_change_with_content_and_stale_files_go(project, tmp_path):
    """A changed style gets a new name; only files of ours that are no longer made are removed."""
    drawn, out = drawing(tmp_path / "one"), tmp_path / "site"
    output_folder.write(build(project, drawn), out)
    (out / ".gitignore").write_text("*\n")
    old = next(out.glob("assets/style-*.css"))
    style = project.templates / "assets" / "style.css"
    before = site_inputs(project)
    style.write_text(style.read_text(encoding="utf-8") + "\n/* more */\n", encoding="utf-8")
    changed = output_folder.write(build(project, drawn), out)
    assert not old.exists() and (out / ".gitignore").exists()
    assert "index.html" in changed and not any(name.startswith("figures/") for name in changed)
    after = site_inputs(project)
    assert {name for name in after if after[name] != before.get(name)} == {"templates/assets/style.css"}


def test_a_foreign_folder_is_refused_untouched(project, tmp_path):
    """Files that are not ours are never overwritten or removed."""
    out = tmp_path / "mine"
    out.mkdir()
    (out / "index.html").write_text("mine")
    with pytest.raises(ReportError, match="index.html"):
        output_folder.write(build(project, drawing(tmp_path / "one")), out)
    assert [file.name for file in out.iterdir()] == ["index.html"]
    assert (out / "index.html").read_text() == "mine"


def test_the_vega_bundle_is_made_once_and_holds_only_vega(tmp_path, monkeypatch):
    """It exposes what the page calls, asks nothing of the network, and is kept by version."""
    made = vega_bundle(tmp_path)
    assert b"window.vega={View:" in made
    assert b"cdn.jsdelivr" not in made and len(made) < 620_000
    monkeypatch.setattr("vl_convert.javascript_bundle", None)
    assert vega_bundle(tmp_path) == made
