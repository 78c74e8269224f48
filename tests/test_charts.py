"""Laws of the charts: where circles put their marks, what the live view is given, files that open."""

import base64
import copy
import csv
import io
import json
import pickle
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import altair as alt
import numpy as np
import pytest
import vl_convert
from fixtures.made_up_runs import circle_run
from PIL import Image

from reportgen import analysis
from reportgen.charts import circle_chart, doubled, polygon, rays, step_limits, stepped, theme, weight_heatmap
from reportgen.drawing import draw, frames, interactive, tables
from reportgen.drawing.declaration import VL_VERSION

SOURCE = SimpleNamespace(
    id="one", path=Path("one.py"), title="One", group="five-neurons", lead=False, columns=1
)


def circles(width: int, height: int, marks=(rays,)) -> dict[str, dict]:
    """Both sides of the five-neuron construction as Vega-Lite."""
    run = circle_run()
    sides = dict(zip(("in", "out"), analysis.around_circle(run), strict=True))
    return {
        name: themed(circle_chart(run, sides, marks, shown=name, title=name, width=width, height=height))
        for name in sides
    }


def themed(chart) -> dict:
    """A chart as Vega-Lite, as drawing.py makes it."""
    return draw._unpacked(chart.to_dict()) | {"config": theme()}


def svg(spec: dict) -> str:
    return drawn_by_vega(frames.at_step(spec, -1, 1000))


def drawn_by_vega(spec: object) -> str:
    return vl_convert.vegalite_to_svg(spec, vl_version=VL_VERSION).replace(' aria-hidden="true"', "")


def dots(drawn: str) -> np.ndarray:
    """(n, 2) places of the numbered dots, y upward."""
    group = re.search(r'class="mark-symbol[^>]*>(.*?)</g>', drawn, re.DOTALL)[1]
    found = re.findall(r'transform="translate\(([-\d.e]+),([-\d.e]+)\)"', group)
    return np.array(found, dtype=float) * [1, -1]


@pytest.mark.parametrize(("width", "height"), [(200, 100), (100, 200), (150, 150)])
def test_a_circle_stays_round_at_any_size(width, height):
    """Five equal vectors, evenly spaced: their dots are too, about the middle of the plot."""
    around = dots(svg(circles(width, height)["in"])) - [width / 2, -height / 2]
    radius, angle = np.hypot(*around.T), np.arctan2(around[:, 1], around[:, 0])
    np.testing.assert_allclose(radius, radius[0], rtol=1e-3)
    assert 0.7 < radius[0] / (min(width, height) / 2) < 1
    np.testing.assert_allclose(angle[0], 0.3, atol=1e-3)
    np.testing.assert_allclose(np.diff(np.unwrap(angle)), 2 * np.pi / 5, atol=1e-3)


def test_ticks_stand_where_the_doubled_angle_is():
    """In the construction each neuron's tick lies beyond its dot, on the same ray."""
    drawn = svg(circles(200, 200, [doubled("in")])["out"])
    lines = re.findall(
        r'<line transform="translate\(([-\d.e]+),([-\d.e]+)\)" x2="([-\d.e]+)" y2="([-\d.e]+)"', drawn
    )
    starts = np.array([line[:2] for line in lines], dtype=float) * [1, -1] - [100, -100]
    places = dots(drawn) - [100, -100]
    assert len(starts) == 5
    np.testing.assert_allclose(np.arctan2(*starts.T), np.arctan2(*places.T), atol=1e-3)
    assert (np.hypot(*starts.T) > np.hypot(*places.T)).all()


def test_a_polygon_joins_neighbours_in_the_order_of_their_numbers():
    """Its corners are the dots: once around going in, twice around going out."""
    for name, turns in (("in", 1), ("out", 2)):
        drawn = svg(circles(200, 200, [polygon])[name])
        path = re.findall(r'class="mark-line[^>]*><path d="([^"]+)Z"', drawn)[-1]
        corners = np.array([pair.split(",") for pair in re.split("[ML]", path)[1:]], dtype=float) * [1, -1]
        np.testing.assert_allclose(corners, dots(drawn), atol=1e-2)
        x, y = (corners - [100, -100]).T
        angle = np.unwrap(np.arctan2(y, x))
        assert angle[-1] - angle[0] == pytest.approx(turns * 2 * np.pi * 4 / 5, abs=1e-2)


def test_panels_in_one_file_keep_their_data_and_their_shape():
    """The standalone file of two panels with like-named data opens, with each panel's own dots."""
    panels = circles(160, 100)
    whole = json.loads(tables.standalone_json(panels, "words", SOURCE, [0, 1000]))
    drawn = drawn_by_vega(whole)
    groups = drawn.split('class="mark-symbol')[1:]
    assert len(groups) == 2
    for part, spec in zip(groups, panels.values(), strict=True):
        np.testing.assert_allclose(dots('class="mark-symbol' + part), dots(svg(spec)), atol=0.01)


def test_small_data_travels_in_sixteen_bits():
    """Values of a start that is a thousandth of the end survive in a large block too: each step has its unit."""
    values = np.array([[0.1, -0.05], [100.0, -50.0]])
    for repeats, name, share in ((1, "int16", 2e-5), (interactive.PRECISE, "int8", 4e-3)):
        block = {"name": "x", "values": [
            {"cell": i, "by_step": column} for i, column in enumerate(np.tile(values, repeats).T.tolist())
        ]}  # fmt: skip
        sent = interactive._quantised(block)
        assert sent["dtype"] == name
        decoded = np.frombuffer(base64.b64decode(sent["base64"]), "<" + {"int16": "i2", "int8": "i1"}[name])
        whole = decoded.reshape(2, -1).cumsum(axis=0, dtype=decoded.dtype)[:, :2]
        np.testing.assert_allclose(whole * np.array(sent["scale"])[:, None], values, rtol=2 * share)


@pytest.mark.parametrize(("faded", "gap"), [(False, 0), (True, 0), (False, 0.2)])
def test_only_plain_cells_become_an_image(faded, gap):
    """A heatmap of bare fills is flattened; cells with an opacity of their own, or gaps between them, stay as they are."""
    run = circle_run()
    cells = np.linspace(-1, 1, 120)
    chart = stepped(
        run, "x", {"row": np.arange(120) // 12, "column": np.arange(120) % 12}, cells[None].repeat(2, 0)
    )
    apart = alt.Scale(paddingInner=gap)
    chart = chart.mark_rect().encode(x=alt.X("column:O", scale=apart), y="row:O", color="value:Q")
    if faded:
        chart = chart.encode(opacity=alt.Opacity("value:Q"))
    panels = {"chart": themed(chart.properties(width=120, height=100))}
    body = frames.draw_panels(panels, SOURCE, -1, [1000], lambda *seen: None)["chart"].body
    assert ("<image" in body) is not (faded or gap > 0)


def paint(limit, weights: np.ndarray, index: int) -> tuple[np.ndarray, str]:
    """How strongly each weight of a snapshot is painted, from 0 to 1, and the whole drawing."""
    _, rows, columns = weights.shape
    chart = weight_heatmap(
        circle_run(), weights, row="row", column="column", row_labels=range(rows), column_labels=range(columns),
        limit=limit, title="W in", cell=(4, 4), x=alt.Axis(labels=False), y=alt.Axis(labels=False), legend=True,
    )  # fmt: skip
    drawn = drawn_by_vega(frames.at_step(themed(chart), index, 1000 * index))
    cells = re.search(r'class="mark-rect role-mark.*?</g>', drawn, re.DOTALL)[0]
    fills = re.findall(r'fill="(rgba?)\((?:\d+, ){2}\d+(?:, ([\d.e-]+))?\)"', cells)
    return np.array([1.0 if kind == "rgb" else float(opacity) for kind, opacity in fills]), drawn


def test_colours_that_follow_the_step_show_a_start_a_thousand_times_smaller():
    """Every snapshot of one pattern has the same colours; its legend says what they stand for."""
    pattern = np.linspace(-1, 1, 24).reshape(4, 6)
    weights = np.stack([pattern * 0.02, pattern * 20])
    limits = step_limits(weights, 1)
    assert limits == [0.02, 20]
    first, last = (paint(limits, weights, index) for index in (0, 1))
    np.testing.assert_allclose(first[0], np.abs(pattern).ravel(), atol=0.01)
    np.testing.assert_allclose(first[0], last[0], atol=0.01)
    assert ">0.01<" in first[1] and ">10<" in last[1]
    assert paint(20.0, weights, 0)[0].max() < 0.01


def test_limits_leave_out_the_largest_and_what_is_not_finite():
    """A run may diverge, or have no weight left."""
    weights = np.tile(np.arange(1.0, 101.0), (4, 1))
    weights[1], weights[2, :99], weights[3] = 0, np.nan, np.inf
    assert step_limits(weights) == [99, 1, 1, 1]


def test_a_matrix_of_zeros_is_seen_as_a_matrix():
    """It has a frame."""
    drawn = paint([1.0, 1.0], np.zeros((2, 3, 4)), 1)[1]
    assert 'class="background" d="M0.5,0.5h16v12h-16Z" stroke="var(--faint' in drawn


def test_lines_in_one_group_look_the_same():
    """Faint, clipped lines and a bar with an edge: less to draw, the same picture to a shade or two."""
    rows = [{"line": i, "x": x, "y": (i - 2) * x * x} for i in range(5) for x in range(8)]
    lines = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(clip=True, opacity=0.5)
        .encode(x="x:Q", y=alt.Y("y:Q", scale=alt.Scale(domain=[-20, 20])), detail="line:N")
    )
    bars = alt.Chart(alt.Data(values=rows[:8])).mark_bar(opacity=0.5, stroke="black").encode(x="x:Q")
    drawn = drawn_by_vega((lines + bars).properties(width=120, height=90).to_dict())
    less = frames._faded(frames._together(drawn))
    assert (drawn.count("clip-path="), less.count("clip-path=")) == (5, 1)
    assert drawn.count("<clipPath") == 5 and less.count("<clipPath") == 1
    assert drawn.count('stroke-opacity="0.5"') == 0 and less.count('stroke-opacity="0.5"') == 5
    one, other = (
        np.array(Image.open(io.BytesIO(vl_convert.svg_to_png(svg))).convert("RGBA"), int)
        for svg in (drawn, less)
    )
    assert one.std() > 20
    np.testing.assert_allclose(one, other, atol=12)


def test_a_table_is_as_csv_writes_it():
    """Quotes, missing columns, texts and numbers in lists: as the standard library reads it back."""
    odd = ['a, "b"', "", "50 %", "two\nlines"]
    panels = {
        "one": {"data": {"name": "x", "values": [{"t": t, "cell": 1, "by_step": [0.1, 1e-20]} for t in odd]}},
        "two": {"data": {"name": "y", "values": [{"k": 1, "s": odd, "n": [1, 2, 3, None]}, {"k": None}]}},
    }
    text = tables.tidy_csv(panels, [0, 500]).decode()
    head, *rows = csv.reader(io.StringIO(text))
    assert head == ["panel", "t", "step", "value", "k", "s", "n"]
    assert rows[:8] == [
        ["one", t, s, v, "", "", ""] for t in odd for s, v in (("0", "0.1"), ("500", "1e-20"))
    ]
    assert rows[8:12] == [
        ["two", "", "", "", "1", s, n] for s, n in zip(odd, ["1", "2", "3", ""], strict=True)
    ]
    assert rows[12:] == [["two", "", "", "", "", "", ""]]


def test_a_table_of_one_column_and_odd_texts_is_read_back():
    """An empty cell alone in its line has quotes; a zero byte is a text like any other."""
    alone = {"one": {"data": {"name": "x", "values": [{"t": ["a", "", None, "b"]}]}}}
    text = tables.tidy_csv(alone, []).decode()
    assert list(csv.reader(io.StringIO(text))) == [["t"], ["a"], [""], [""], ["b"]]
    odd = {"one": {"data": {"name": "x", "values": [{"t": "a\0%s", "cell": 0, "by_step": [1.5]}]}}}
    assert tables.tidy_csv(odd, [7]).decode().splitlines()[1:] == ["a\0%s,7,1.5"]


def test_a_chart_can_be_copied():
    """With its rows; in a notebook they are JSON, which any viewer reads."""
    chart = stepped(circle_run(), "x", {"a": [1, 2]}, np.array([[1, 2], [3, 4]])).mark_point()
    for copied in (copy.deepcopy(chart), pickle.loads(pickle.dumps(chart))):
        assert copied.to_dict() == chart.to_dict()
        assert json.loads(copied.to_dict()["data"]["values"])[1]["by_step"] == [2, 4]


def test_the_middle_frame_is_half_way_where_nothing_is_memorised():
    """Start, half right, end for a run that has that moment; else the step at which it memorised."""
    panels = {"chart": {"data": {"name": "x", "values": [{"by_step": [0, 1]}]}}}
    run = replace(circle_run(), snapshot_steps=np.arange(0, 1001, 100))
    for moments, middle in (
        ({"memorises": 900, "half": 300}, (3, "Half right")),
        ({"memorises": 900, "half": None}, (9, "Memorised")),
        ({"memorises": None}, (5, "Halfway")),
    ):
        facts = {"five_neurons": {"moments": moments}}
        found = draw.static_steps(SOURCE, panels, {"five-neurons": run}, facts)
        assert found == [(0, "Start"), middle, (10, "End")]


def test_named_data_is_what_the_table_lists():
    """A chart's CSV has the neurons' components at both steps."""
    lines = tables.tidy_csv({"chart": circles(100, 100)["in"]}, [0, 1000]).decode().splitlines()
    assert lines[0] == "neuron,component,step,value"
    assert len(lines) == 1 + 5 * 4 * 2
