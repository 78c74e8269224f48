"""The text follows the run that is open: which passages change, and that they say what the page would say of that run."""

import json
import re

import pytest
from fixtures.projects import copy_templates
from lxml import html

from reportgen.drawing.declaration import FigureDeclaration
from reportgen.errors import ReportError
from reportgen.experiments.variants import Settings
from reportgen.files.memo import Memo
from reportgen.files.project import Project
from reportgen.site import assemble
from reportgen.site.following import NEVER

SECTION = """## A heading

{% if modular.t_gen is not none %}
It generalises at step {{ modular.t_gen|step }}.[^how]

So it takes {{ (modular.t_gen - modular.t_mem)|number }} steps more.
{% else %}
It never does.
{% endif %}

{{ figure("one") }}

{% if modular.again %}
A paragraph that the page may lack.
{% endif %}

### Inside

Nothing of the run, and a sum $a + b$.[^what]

{% if modular.share > 0.9 %}
- Share {{ modular.share|percent }}.
- And no more.
{% endif %}

Go to {{ moment("modular", "generalises", "the jump") }}{% if modular.again %}.[^what]{% else %}.{% endif %}

See [elsewhere](#elsewhere). {{ claim("C1") }} {{ claim("C2") }}

{% call how_sure() %}
Of {{ modular.seed }}.
{% endcall %}

[^how]: It memorises at step {{ modular.t_mem|step }}.

[^what]: A note of {{ modular.share|percent }}.
"""
ELSEWHERE = "## Elsewhere\n\nHere too it is step {{ modular.t_mem|step }}.[^end]\n\n[^end]: The last.\n"
CLAIMS = {"C1": {"text": "T.", "runs": ["modular"]}, "C2": {"text": "T.", "runs": ["modular", "seeds"]}}
OWN = {"seed": 7, "t_mem": 100, "t_gen": 300, "share": 0.98, "again": False, "tried": 9}
OTHERS = {  # seed → in what its run differs
    1: {},
    2: {"t_mem": 101, "t_gen": 301},
    3: {"t_gen": None},
    4: {"again": True},
    5: {"t_mem": 5, "t_gen": None, "share": 0.1, "again": True},
}


def facts(changes: dict | None = None) -> dict:
    own = OWN | (changes or {})
    moments = {"start": 0, "memorises": own["t_mem"], "generalises": own["t_gen"], "end": 1000}
    return {"modular": own | {"moments": moments}}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    """The real templates, two sections, and a drawn lead chart in which runs can be opened."""
    root = tmp_path_factory.mktemp("project")
    copy_templates(root)
    write(root, SECTION)
    write(root, ELSEWHERE, "02-elsewhere.md")
    folder = root / "one"
    folder.mkdir()
    for name in ("frame-0.svg", "live.js", "live-other.js", "one.svg"):
        (folder / name).write_text("<svg/>" if name.endswith("svg") else f"'{name}';")
    runs = [{"seed": seed, "words": "so", "file": "live-other.js"} for seed in OTHERS]
    info = {
        "id": "one", "title": "A title", "caption": "Step 100.", "alt": "Up to 100.", "group": "modular", "lead": True,
        "card": False, "stepped": False, "opens": True, "runs": ["modular", "seeds"], "columns": 1, "inputs": [],
        "frames": [{"file": "frame-0.svg", "label": "", "step": None, "width": 9, "height": 9}],
        "panels": [], "live": "live.js", "exports": {"svg": 9}, "table": {"columns": [], "rows": []},
        "offer": {"sweep": "seeds", "models": 5, "runs": runs},
    }  # fmt: skip
    (folder / "figure.json").write_text(json.dumps(info))
    return Project(root)


@pytest.fixture(scope="module")
def files(project) -> dict[str, bytes]:
    """The site on which each of the runs can be opened."""
    return built(project, facts(), {str(seed): facts(changes) for seed, changes in OTHERS.items()})


def write(root, text: str, name: str = "01-first.md") -> None:
    (root / "templates" / "sections" / name).write_text(text, encoding="utf-8")


def built(project: Project, own: dict, others: dict[str, dict] | None = None) -> dict[str, bytes]:
    """The site of a run. others: the facts of those that can be opened, by seed."""
    source = FigureDeclaration(
        path=project.root / "one.py", title="A title", caption="Step {{ modular.t_mem|step }}.",
        alt="Up to {{ modular.t_mem }}{% if opened is not none %}, seed {{ opened }}{% endif %}.",
        runs=("modular", "seeds"), group="modular", lead=True,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assemble, "vega_bundle", lambda cache: b"window.vega = {};")
        return assemble.render(
            project, {"one": project.root / "one"}, own, [], {"experiments": [], "figures": [], "seeds": []},
            {"provenance.js": b""}, Settings(), claims=CLAIMS, broken={}, memory=Memo(),
            others={"seeds": others} if others else {}, declared={"one": source},
        )  # fmt: skip


def texts(files: dict[str, bytes], seed: int) -> dict:
    """What the file of a seed registers."""
    (name,) = [name for name in files if re.fullmatch(rf"data/seeds-{seed}-text-\w+\.js", name)]
    return json.loads(re.fullmatch(r"reportgen\.passages\((.*)\);\n", files[name].decode(), re.S)[1])


def passages(files: dict[str, bytes], seed: int) -> dict[str, str]:
    """What stands in the place of which element."""
    return {passage["id"]: passage["html"] for passage in texts(files, seed)["passages"]}


def page(files: dict[str, bytes]) -> html.HtmlElement:
    return html.document_fromstring(files["index.html"].decode())


def open_run(files: dict[str, bytes], seed: int) -> html.HtmlElement:
    """The page as the script makes it: see templates/assets/following.js."""
    root = page(files)
    for passage in texts(files, seed)["passages"]:
        old = root.get_element_by_id(passage["id"])
        for element in reversed(html.fragments_fromstring(passage["html"])):
            old.addnext(element)
        if not passage["stays"]:
            old.drop_tree()
    return root


def said(root: html.HtmlElement, section: int = 0) -> list[str]:
    """The text of a section's blocks and of the notes, without figures, folds, marks and links to notes."""
    for extra in root.xpath("//*[@class='claim' or @class='footnote-ref' or @class='footnote-backref']"):
        extra.drop_tree()
    blocks = root.xpath("//article/*[not(self::figure or self::details)]")
    own = [
        block
        for block in blocks
        if len([*block.itersiblings("h2", preceding=True)]) + (block.tag == "h2") == section + 1
    ]
    texts = [
        " ".join(part.text_content().split())
        for part in [*own, *root.xpath("//ol[@class='footnotes-list']/li")]
    ]
    return [text.replace(f" ({NEVER})", "") for text in texts if text]


@pytest.mark.parametrize("seed", OTHERS)
def test_the_section_says_what_it_would_say_of_that_run(seed, files, project):
    """Numbers, branches, notes and moments: the page with its passages is the page of a project with that run."""
    expected, found = said(page(built(project, facts(OTHERS[seed])))), said(open_run(files, seed))
    if OTHERS[seed].get("t_gen", 1) is None:  # then one note is not referred to
        found.remove(next(text for text in found if text.startswith("It memorises")))
    assert found == expected


def test_only_what_differs_changes_and_other_sections_never_do(files):
    """The paragraphs with the step, the note with it, and caption, alternative and moments of the figure."""
    found, root = texts(files, 2), page(files)
    assert (found["id"], found["moments"]) == ("seeds:2", [0, 101, 301, 1000])
    changed = [" ".join(root.get_element_by_id(p["id"]).text_content().split()) for p in found["passages"]]
    assert [text[:12] for text in changed] == [
        "Figure 1 A t", "Up to 100.", "startmemoris", "It generalis", "Go to the ju", "See elsewher", "It memorises",
    ]  # fmt: skip
    assert said(open_run(files, 2), 1)[:2] == ["Elsewhere#", "Here too it is step 100."]
    assert "Of 7." in root.text_content() and "Of 7." not in str(found)


def test_captions_know_which_run_is_open(files):
    """Their template is told its seed; on the page there is none."""
    found = passages(files, 2)
    assert "Step 101." in found["one-caption"]
    assert ">Up to 101, seed 2.<" in found["one-alt"]
    assert 'data-step="101">memorises' in found["one-jumps"]


def test_a_moment_that_never_came_says_so_and_leads_nowhere(files):
    """In the text, and on the player, where the page's own run has it."""
    found = passages(files, 3)
    never = re.compile(r'<span class="moment" data-group="modular">[a-z ]+ <span class="never">')
    assert len(never.findall(found["one-jumps"])) == 1
    assert sum(len(never.findall(text)) for text in found.values()) == 2
    assert 'data-step="300"' not in str(found)


def test_a_verdict_on_the_main_model_alone_is_not_beside_another_runs_numbers(files):
    """One on other runs too stays."""
    found = str(passages(files, 2))
    assert 'data-claim="C2"' in found and 'data-claim="C1"' not in found


def test_what_is_not_known_of_another_run_cannot_be_quoted_of_it(project):
    """A sentence without a form for that is an error that names the seed; raw HTML and headings stay as they are."""
    text = "## At {{ modular.t_mem }} {#at}\n\n{{ figure('one') }}\n\n<div>\n\nStep {{ modular.t_mem }}.\n\n</div>\n"
    try:
        write(project.root, text)
        found = passages(built(project, facts(), {"2": facts(OTHERS[2])}), 2)
        assert [html for id, html in found.items() if id.startswith("passage")] == ["<p>Step 101.</p>"]
        write(project.root, text + "Of {{ modular.tried|number }} tried.\n")
        with pytest.raises(ReportError, match=r"01-first.md:\d+.*seed 2 of seeds"):
            built(project, facts(), {"2": facts({"tried": None})})
    finally:
        write(project.root, SECTION)


def test_without_runs_to_open_the_page_has_no_marks_of_it(project):
    """No ids and no files."""
    files = built(project, facts())
    assert b"passage-" not in files["index.html"] and not [name for name in files if "-text-" in name]
