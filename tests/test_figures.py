"""The article's own figures, drawn from made-up runs: what each has to show, whatever its runs did."""

import importlib.util
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fixtures.article import FIGURES
from fixtures.made_up_before import circuit_run
from fixtures.made_up_runs import parity_run, ramp
from fixtures.made_up_sweeps import SWEEPS

from reportgen.charts import FULL, GAP, TEXT, WIDE, on_grid, plot_width, row_width
from reportgen.drawing import vega
from reportgen.drawing.draw import make_panels


def datasets(spec: Any) -> Iterator[tuple[str, list]]:
    """Every dataset of a chart: its name, "" for none, and its rows."""
    if isinstance(spec, dict):
        if isinstance(spec.get("values"), list):
            yield spec.get("name", ""), spec["values"]
        for value in spec.values():
            yield from datasets(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from datasets(value)


def test_waits_have_no_mark_for_models_that_are_not_there():
    """The sweep has one learning rate, so nothing of it stands beside the new models; a build would warn."""
    run = parity_run(train_accuracy=ramp((0, 0), (100, 1)), test_accuracy=ramp((0, 0), (900, 1)))
    training = replace(run.config.training, learning_rate=3e-3, weight_decay=0.1)
    models = [replace(run, config=replace(run.config, training=training))] * 5
    panels = make_panels(FIGURES["delay_law"], {"parity-sweep": models, "delay-law": models})
    names = {name: [n for n, _ in datasets(panel)] for name, panel in panels.items()}
    assert "models_rate" in names["rate"] and "sweep_rate" not in names["rate"]


def test_a_chart_of_seeds_that_did_nothing_is_left_out():
    """It would be an empty frame; a trial's seeds never generalise."""
    run = circuit_run()
    never = replace(run, test_accuracy=0 * run.test_accuracy)
    for seeds, there in (([run], True), ([never], False)):
        panels = make_panels(FIGURES["circuit_before_answers"], {"parity": run, "parity-circuit": seeds})
        assert ("seeds" in panels) is there


def rows(spec: Any, name: str) -> list[dict]:
    """The rows of a chart's dataset."""
    return next(found for named, found in datasets(spec) if named == name)


def test_models_that_rise_gradually_are_told_by_when_they_start():
    """Accuracy, not loss; the clock of each is at 1 when it gets to 90 %, its dot where it gets to 10 %."""
    panels = make_panels(FIGURES["hyperparameters_soften"], {"soften": SWEEPS["soften"]})
    found = [
        (start, [row for row in rows(panel, "curves") if row["model"] == start["model"]])
        for panel in panels.values() for name, starts in datasets(panel) if name == "starts" for start in starts
    ]  # fmt: skip
    assert len(found) == len(SWEEPS["soften"])
    for start, curve in found:
        accuracy = np.interp([start["time"], 1], *([row[n] for row in curve] for n in ("time", "accuracy")))
        assert accuracy[0] >= 0.1 and accuracy[1] >= 0.89
        assert start["time"] < 1 and start["accuracy"] == pytest.approx(accuracy[0], abs=0.01)


def test_each_architecture_has_one_place():
    """Twelve, named in words; those that are the same model are not drawn twice."""
    panels = make_panels(FIGURES["architecture_sweep"], {"architecture-sweep": SWEEPS["architecture-sweep"]})
    bars = rows(panels["outcomes"], "outcomes")
    places = Counter((row["input"], row["output"], row["penalty"]) for row in bars)
    assert len({place[:2] for place in places}) == len({row["architecture"] for row in bars}) == 12
    assert {row["group"] for row in rows(panels["losses"], "curves")} == {row["chosen"] for row in bars}


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_one_star_is_large_and_none_touches_another(count):
    """The first; all lie within the picture."""
    spec = importlib.util.spec_from_file_location("modular_stars", FIGURES["modular_stars"].path)
    stars = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(stars)
    places = stars.places(count)
    assert list(places[0]) == [0, 0, 1]
    for i, (x, y, radius) in enumerate(places):
        assert radius in (1, stars.SMALL)
        assert x - radius >= -1.15 and x + radius <= stars.extent(count) - 1.15
        assert y - radius >= stars.BELOW and y + radius <= stars.ABOVE
        for x2, y2, radius2 in places[:i]:
            assert np.hypot(x - x2, y - y2) > radius + radius2 + 0.15


def test_the_midpoint_is_named_where_no_label_can_be():
    """In the corner, outside the circle and what is written around it."""
    panels = make_panels(FIGURES["construction_relu"], {})
    drawn = vega.svg(panels["inward"], "here")
    x, y = map(float, re.search(r'translate\(([\d.]+),([\d.]+)\)"[^>]*>midpoint of a and b<', drawn).groups())
    corner = np.array([x + 116, y - 6]) - 150  # its upper end, from the middle of the circle
    assert np.hypot(*corner) > 1.2 * 150 / 1.38  # where a, b and the numbers are written


def test_widths_are_those_of_the_page():
    """The grid's least is the column of text, its most what the page has; the gap is that of its panels."""
    style = (Path(__file__).parent.parent / "templates" / "assets" / "style.css").read_text(encoding="utf-8")
    text, wide = (float(re.search(rf"--{name}: ([\d.]+)rem", style)[1]) * 16 for name in ("text", "wide"))
    assert (text, wide) == (TEXT, FULL)
    assert set(re.findall(r"gap: 14px (\d+)px", style)) == {str(GAP)}


@pytest.mark.parametrize(
    ("drawn", "shown"),
    [(656, TEXT), (600, TEXT), (810, WIDE), (860, WIDE), (941, FULL), (1300, FULL), (432, 432), (742, 742)],
)
def test_a_drawing_is_stretched_to_the_grid_by_a_tenth_at_most(drawn, shown):
    """A far smaller one keeps its width, one too wide for the page has the page's."""
    assert on_grid(drawn) == shown


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_plots_and_their_labels_fill_a_row(columns):
    """To the pixel that does not divide."""
    plot = plot_width(FULL, columns, beside=40)
    assert FULL - columns < row_width([plot + 40] * columns) <= FULL
