"""Numbers and lists as the page words them."""

import re
from pathlib import Path

import pytest

from reportgen.drawing.discovery import find_figures
from reportgen.errors import ReportError
from reportgen.wording.sentences import listing, number, percent, render_text, sci, step, words

NARROW = "\N{NARROW NO-BREAK SPACE}"
FACTS = {"modular": {"t_gen": 12300, "absent": None, "share": 0.98312}}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (step(12300), "12,300"),
        (step(0), "0"),
        (percent(0.98312), f"98.3{NARROW}%"),
        (percent(0.5), f"50{NARROW}%"),
        (percent(1.0), f"100{NARROW}%"),
        (percent(0.99996), f"99.996{NARROW}%"),
        (percent(0.0), f"0{NARROW}%"),
        (percent(0.1, 0), f"10{NARROW}%"),
        (number(2278), "2,278"),
        (number(0.04137), "0.041"),
        (number(1234.5), "1,200"),
        (number(-0.5), "−0.5"),
        (number(0.0), "0"),
        (sci(2.23e-7), "2.2 × 10⁻⁷"),
        (sci(3.0), "3.0"),
        (sci(-1.5e12), "−1.5 × 10¹²"),
        (listing([]), ""),
        (listing([5]), "5"),
        (listing([5, 17]), "5 and 17"),
        (listing([5, 17, 23]), "5, 17 and 23"),
        (words(4), "four"),
        (words(0), "zero"),
        (words(12), "twelve"),
        (words(13), "13"),
        (words(1300), "1,300"),
        (words(-1), "−1"),
    ],
)
def test_numbers_read_well(said, expected):
    """Each filter's spelling, at its edges too."""
    assert said == expected


@pytest.mark.parametrize("value", [0.99, 0.999, 0.9999, 0.99999, 0.9999999])
def test_only_all_is_a_hundred_percent(value):
    """What is not everything never reads 100 %."""
    assert percent(value) != f"100{NARROW}%"


def test_facts_fill_a_text():
    """A template of one line: facts in, white space folded."""
    text = "Generalises at\n  step {{ modular.t_gen|step }}."
    assert render_text(text, FACTS, where="x") == "Generalises at step 12,300."


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
