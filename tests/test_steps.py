"""Laws of the marks that follow the step: what travels to the page is what it computes with."""

import base64
import importlib.util
import json
from dataclasses import replace

import numpy as np
import pytest
from fixtures.article import FIGURES
from fixtures.made_up_runs import STEPS, copies_run

from reportgen.charts import quantised, stepped, stepped_points
from reportgen.drawing.draw import make_panels
from reportgen.drawing.frames import stepped_data
from reportgen.drawing.interactive import payload
from reportgen.errors import ReportError


def module(name: str):
    spec = importlib.util.spec_from_file_location(name, FIGURES[name].path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.mark.parametrize("bits", [8, 16])
def test_quantised_values_are_off_by_at_most_half_a_unit(bits):
    """Little-endian whole numbers that use the range; zeros stay zeros."""
    values = np.random.default_rng(0).normal(size=(3, 50))
    whole, unit = quantised(values, bits)
    assert whole.dtype == np.dtype(f"<i{bits // 8}")
    assert np.abs(whole).max() == 2 ** (bits - 1) - 1
    assert np.abs(whole * unit - values).max() <= unit * 0.5001
    assert not quantised(0 * values, bits)[0].any()


def test_points_travel_as_pairs_of_rows_that_vega_joins():
    """One row for x, one for y, each with its coordinate at every snapshot."""
    run = copies_run()
    points = np.arange(12.0).reshape(2, 3, 2)  # (S, n, 2)
    spec = stepped_points(run, "points", {"neuron": [7, 8, 9]}, points).mark_point().to_dict()
    rows = json.loads(spec["data"]["values"])
    assert [(row["neuron"], row["axis"], row["by_step"]) for row in rows[2:4]] == [
        (8, "x", [2, 8]),
        (8, "y", [3, 9]),
    ]
    assert {"pivot": "axis", "value": "value", "groupby": ["neuron"]} in spec["transform"]
    plain = stepped(run, "values", {"neuron": [7]}, np.array([[1.23456789], [2]]), digits=5).mark_point()
    assert json.loads(plain.to_dict()["data"]["values"])[0]["by_step"] == [1.2346, 2]


def test_a_figure_that_computes_gets_16_bits():
    """modular_logits sends int16, from which the page reads every weight back."""
    run, source = copies_run(), FIGURES["modular_logits"]
    panels = make_panels(source, {"modular": run})
    (block,) = payload(panels, source, {"modular": run}, {})["panels"][0]["data"]
    assert block["dtype"] == "int16"
    changes = np.frombuffer(base64.b64decode(block["base64"]), "<i2").reshape(len(run.w_input), -1)
    whole = changes.cumsum(axis=0, dtype=np.int16)
    (data,) = stepped_data(panels["chart"])
    exact = np.array([row["by_step"] for row in data["values"]]).T
    unit = np.array(block["scale"])[:, None]
    assert (np.abs(whole * unit - exact) <= unit * 0.51).all()


def test_the_page_may_not_answer_otherwise_than_the_model():
    """Weights too coarse for the model's answers are refused, unless it never learned the task."""
    figure, run = module("modular_logits"), copies_run()
    values = figure.cells(run)[1]
    figure.check_answers(run, values)
    coarse = values.copy()
    coarse[-1, 0] = 1e6  # a spike widens the units of its step
    with pytest.raises(ReportError, match=r"16-bit weights change \d+ of 49 answers"):
        figure.check_answers(run, coarse)
    figure.check_answers(replace(run, test_accuracy=0.0 * STEPS), coarse)


def test_b_may_have_weights_of_its_own():
    """With untied input weights each half is read by one of the two numbers."""
    figure, run = module("modular_logits"), copies_run()
    untied = replace(run, w_input=np.concatenate([run.w_input, run.w_input], axis=1))
    columns, values = figure.cells(untied)
    assert set(columns["matrix"]) == {"W_input of a", "W_input of b", "W_output"}
    assert len(columns["matrix"]) == len(columns["neuron"]) == values.shape[1]
