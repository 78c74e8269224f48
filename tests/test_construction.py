"""Laws of the circular construction: against a plain loop, its formulas, and what the figure counts."""

import importlib.util
import json
import math
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fixtures.quoted import quoted

from reportgen.analysis import Construction, construction
from reportgen.drawing.discovery import read_source
from reportgen.drawing.draw import draw
from reportgen.facts.describing import without_runs
from reportgen.pipeline.inputs import figure_inputs

FIGURES = Path(__file__).parent.parent / "figures"


def slowly(circle: Construction, a: int, b: int) -> list[float]:
    """The logits of one pair, written out number by number."""
    scores = []
    for c in range(circle.modulus):
        total = 0.0
        for i in range(circle.neurons):
            angle = 2 * math.pi * i / circle.neurons
            reached = sum(math.cos(circle.step * t - angle) for t in (a, b))
            active = reached**2 if circle.activation == "square" else max(0.0, reached)
            total += active * math.cos(circle.turns * angle - circle.step * c)
        scores.append(total)
    return scores


@pytest.mark.parametrize("activation", ["relu", "square"])
@pytest.mark.parametrize("neurons", [3, 5, 6])
def test_logits_are_those_of_a_plain_loop(neurons, activation):
    """Every pair at modulus 7, so that no axis can be swapped with another."""
    circle = Construction(modulus=7, neurons=neurons, activation=activation)
    scores = construction.logits(circle)
    for a in range(7):
        for b in range(7):
            assert scores[a, b] == pytest.approx(slowly(circle, a, b), abs=1e-12)


@pytest.mark.parametrize("neurons", [3, 5, 6, 7, 12])
def test_square_follows_its_formula(neurons):
    """Where no leftover remains; with four neurons one does."""
    circle = Construction(modulus=11, neurons=neurons, activation="square")
    assert construction.logits(circle) == pytest.approx(construction.square_logits(circle), abs=1e-9)
    four = replace(circle, neurons=4)
    assert np.abs(construction.logits(four) - construction.square_logits(four)).max() > 1


def test_linear_scores_follow_their_formula():
    """The right answer is highest or lowest for every pair, and each happens."""
    a, b, c = np.ogrid[:7, :7, :7]
    scores = construction.linear_logits(7)
    wanted = np.cos((a - b) * np.pi / 7) * np.cos((a + b - c) * np.pi / 7)
    assert scores == pytest.approx(wanted, abs=1e-12)
    highest, lowest = (construction.leads(sign * scores) > construction.TIE for sign in (1, -1))
    assert (highest ^ lowest).all() and highest.any() and lowest.any()


def test_what_the_text_says_of_relu():
    """The counts known beforehand, the first odd modulus that fails, and lines that count double."""
    known = {"5": 4489, "6": 871, "7": 4489, "8": 2881, "9": 4489, "10": 4489}
    facts = without_runs()["construction"]
    assert {n: facts["right"][n] for n in known} == known
    assert facts["first_failure"] == 119
    assert facts["error_degrees"]["5"] == pytest.approx(math.degrees(3 / 63 - 3 / 143), rel=1e-2)
    five, ten = (construction.outputs(Construction(neurons=n)) for n in (5, 10))
    assert ten == pytest.approx(2 * five, abs=1e-12)


def test_a_tie_is_wrong_and_a_zero_output_has_no_angle():
    """At an even modulus the opposite pairs score zero everywhere."""
    circle = Construction(modulus=6, activation="square")
    right, errors = construction.correct(circle), construction.angular_errors(circle)
    opposite = [(a, (a + 3) % 6) for a in range(6)]
    assert not any(right[pair] for pair in opposite) and right.sum() == 30
    assert all(np.isnan(errors[pair]) for pair in opposite) and np.isnan(errors).sum() == 6


def test_the_worst_direction_bounds_every_pair():
    """What holds for all directions holds for those that pairs have."""
    for neurons in range(3, 17):
        circle = Construction(neurons=neurons)
        seen = np.nanmax(np.abs(construction.angular_errors(circle)))
        assert seen <= construction.worst_error(circle) + 1e-3


@pytest.fixture(scope="module")
def error_figure():
    """The module figures/construction_error.py."""
    sys.path.insert(0, str(FIGURES))
    try:
        spec = importlib.util.spec_from_file_location("construction_error", FIGURES / "construction_error.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(FIGURES))
    return module


@pytest.mark.parametrize(
    ("neurons", "modulus"), [(5, 67), (6, 67), (4, 67), (3, 9), (8, 66), (5, 119), (5, 120), (3, 3)]
)
def test_the_figure_counts_as_numpy_does(error_figure, neurons, modulus):
    """Vega's own count of right pairs, read from its drawing, for both activations."""
    import vl_convert

    spec = error_figure.directions().to_dict()
    for param in spec["params"]:
        param["value"] = {"N": neurons, "M": modulus}[param["name"]]
    svg = vl_convert.vegalite_to_svg(spec, vl_version="6.4")
    said = [int(n.replace(",", "")) for n in re.findall(r">(?:ReLU|x²): ([\d,]+) of", svg)]
    circle = Construction(neurons=neurons, modulus=modulus)
    wanted = [construction.correct(replace(circle, activation=name)).sum() for name in ("relu", "square")]
    assert said == wanted
    assert ("pairs of opposites" in svg) == (modulus % 2 == 0)


def test_a_figure_without_runs_is_drawn_with_its_inputs(error_figure, tmp_path):
    """RUNS may be empty: code alone is its key. Inputs are the page's, and Vega's in the export."""
    source = read_source(FIGURES / "construction_error.py")
    assert source.runs == () and not [
        part for part in figure_inputs(source, {}, {}) if part.startswith("run ")
    ]
    draw(source, {}, quoted({}), tmp_path)
    info = json.loads((tmp_path / "figure.json").read_text(encoding="utf-8"))
    wanted = {"name": "N", "label": "neurons N", "min": 3, "max": 16, "step": 1, "value": 5}
    assert info["inputs"][0] == wanted and [i["name"] for i in info["inputs"]] == ["N", "M"]
    live = (tmp_path / "live.js").read_text(encoding="utf-8")
    assert '"bind"' not in live and '"inputs":["N","M"]' in live
    exported = json.loads((tmp_path / "construction_error.json").read_text(encoding="utf-8"))
    assert [p["name"] for p in exported["params"] if "bind" in p] == ["N", "M"]
