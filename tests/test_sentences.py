"""Facts in sentences: how a text is filled, and what it says where it cannot be."""

import re
from pathlib import Path

import pytest

from reportgen.drawing.discovery import find_figures
from reportgen.errors import ReportError
from reportgen.site.markup import Article
from reportgen.wording.sentences import render_text

FACTS = {"modular": {"t_gen": 12300, "absent": None, "share": 0.98312}}


def test_facts_fill_a_text():
    """A template of one line: facts in, white space folded."""
    text = "Generalises at\n  step {{ modular.t_gen|step }}."
    assert render_text(text, FACTS, where="x") == "Generalises at step 12,300."


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
    for id, source in find_figures(Path(__file__).parents[1] / "figures")[0].items():
        found = re.search(
            r"(?:^|[.:;,] )(?:Left|Middle|Right)\b|\((?:left|right)\)", f"{source.caption} {source.alt}"
        )
        assert not found, f"{id}: {found[0]}"
