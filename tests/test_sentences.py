"""Facts in sentences: how a text is filled, and what it says where it cannot be."""

import re
from pathlib import Path

import pytest

from reportgen.drawing.discovery import find_figures
from reportgen.errors import ReportError
from reportgen.site.markup import Article
from reportgen.wording.sentences import render_text

ROOT = Path(__file__).parents[1]
SECTIONS = sorted((ROOT / "templates" / "sections").glob("*.md"))
LOOK = r"(?:Look|See|Watch|Compare|Follow|Find|Go|Play|Change|Choose|Move|Read|Point|Notice)\b"
FACTS = {"modular": {"t_gen": 12300, "absent": None, "share": 0.98312}}


def test_facts_fill_a_text():
    """A template of one line: facts in, white space folded."""
    text = "Generalises at\n  step {{ modular.t_gen|step }}."
    assert render_text(text, FACTS, where="x") == "Generalises at step 12,300."


def test_a_text_is_told_which_run_is_open():
    """None, unless it is filled for a run in the place of the page's own."""
    text = "{% if opened is none %}The main model{% else %}Seed {{ opened }}{% endif %}."
    assert render_text(text, FACTS, where="x") == "The main model."
    assert render_text(text, FACTS, where="x", opened=0) == "Seed 0."


@pytest.mark.parametrize(
    "text",
    ["{{ modular.share|percent }} of", "98.3 % of", "98.3\u00a0%\nof", "{{ modular.share|percent }}\n  of"],
)
def test_a_share_stays_on_one_line(text):
    """Whether a filter wrote it or a person, and wherever the text is wrapped in its file."""
    assert render_text(text, FACTS, where="x") == "98.3\u00a0% of"


def test_a_section_keeps_shares_on_one_line_and_code_as_it_is():
    """What a person typed, in a paragraph and in a note; an expression in code is no share."""
    body, notes = Article({}).html("At 95 % it holds.[^a] `7 % 3`\n\n[^a]: Or at 90 %.")
    assert "95\u00a0% it" in body and "7 % 3" in body and "90\u00a0%." in notes


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ modular.t_gem }}", "t_gen"),
        ("{{ modula.t_gen }}", "modular"),
        ("{{ modular.absent|step }}", "is not none"),
        ("{{ modular.absent|percent }}", "is not none"),
        ("{{ modular.absent|words }}", "is not none"),
        ("{{ modular.t_gen|stp }}", "stp"),
        ("{% if %}", "here.py"),
        ("{{ 1 / 0 }}", "here.py"),
        ("{{ modular.share|round('x') }}", "here.py"),
    ],
)
def test_a_text_that_cannot_be_filled_names_its_place(text, says):
    """An unknown or absent fact is an error with the place and the nearest name."""
    with pytest.raises(ReportError) as caught:
        render_text(text, FACTS, where="here.py")
    assert "here.py" in caught.value.message
    assert says in caught.value.message + caught.value.hint


def test_a_figures_texts_hold_where_its_panels_are_stacked():
    """On a phone no panel is left or right of another."""
    for id, source in find_figures(ROOT / "figures")[0].items():
        found = re.search(
            r"(?:^|[.:;,] )(?:Left|Middle|Right)\b|\((?:left|right)\)", f"{source.caption} {source.alt}"
        )
        assert not found, f"{id}: {found[0]}"


def looks_back(text: str) -> list[str]:
    """What stands first after a figure, behind blank lines and conditions, and tells the reader to look."""
    after = re.findall(r"^\{\{ figure\(.*\) \}\}$\n(?:\s*(?:\{%.*%\})?\n)*(.*)", text, flags=re.M)
    return [line for line in after if re.match(LOOK, line)]


@pytest.mark.parametrize("file", SECTIONS, ids=lambda file: file.stem)
def test_what_to_look_for_stands_before_its_figure(file):
    """No paragraph after a figure begins by sending the reader back to it, in any form of the text."""
    assert looks_back(file.read_text(encoding="utf-8")) == []


def test_a_look_behind_its_figure_would_be_noticed():
    """Through conditions as well."""
    text = '{{ figure("one") }}\n\n{% if x %}\nLook for it.\n{% endif %}\n'
    assert looks_back(text) == ["Look for it."]


def test_the_article_ends_where_it_began():
    """The last paragraph of the last section leads back to the figure at the very top."""
    (masthead,) = re.findall(
        r'figure\("(\w+)"\)', (ROOT / "templates" / "masthead.html").read_text(encoding="utf-8")
    )
    last = [file for file in SECTIONS if file.name < "80"][-1].read_text(encoding="utf-8")
    *_, ending = [part for part in last.split("\n\n") if part.strip() and not part.startswith("[^")]
    assert f'ref("{masthead}")' in ending


def test_spelling_is_british_but_for_names():
    """The article's title is a name; in all else a model memorises and generalises."""
    for file in (*SECTIONS, *(ROOT / "figures").glob("*.py")):
        assert not re.search(
            r"memoriz|generaliz", file.read_text(encoding="utf-8").replace("pearce2023memorize", "")
        ), file.name
