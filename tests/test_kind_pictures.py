"""No picture is false or empty without a word: what nobody means is an error, what somebody may mean a doubt."""

import base64
import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from fixtures import made_up_runs
from fixtures.article import FIGURES
from fixtures.good_runs import GOOD
from fixtures.projects import ROOT, contents, forget, must, run

from reportgen.drawing import draw, frames, interactive, tables
from reportgen.drawing.checks.inspection import Inspection
from reportgen.drawing.checks.names import ACCEPTABLE
from reportgen.drawing.discovery import read_source
from reportgen.errors import ReportError
from reportgen.experiments import EXPERIMENTS

FIGURE = '''"""A picture.

Of a few rows.
"""
import datetime
import decimal

import altair as alt
import numpy as np

from reportgen.charts import named, unnamed

RUNS = ()
CAPTION = "Rows."
ALT = "Picture."
{accept}
ROWS = [{{"x": 1, "y": 2.0, "k": "a"}}, {{"x": 2, "y": 3.0, "k": "b"}}, {{"x": 3, "y": 4.0, "k": "c"}}]
NAN, INF = float("nan"), float("inf")
LOG = alt.Scale(type="log")


def of(rows, **options):
    return alt.Chart(named("rows", rows), **options)


def ys(*values):
    return [{{"x": x, "y": y}} for x, y in enumerate(values)]


def chart(runs):
    made = {body}
    return made if isinstance(made, dict) else made.properties(width=300, height=120)
'''


def figure(folder: Path, body: str, accept: str = "") -> Path:
    """A figure's file whose chart is this."""
    file = folder / "odd.py"
    file.write_text(FIGURE.format(body=body, accept=accept), encoding="utf-8")
    return file


def look(folder: Path, body: str, accept: str = "") -> dict[str, str]:
    """The doubts of a figure that is drawn: check → words. Raises ReportError."""
    forget()
    source = read_source(figure(folder, body, accept))
    panels, inspection = draw.inspected(source, {}, draw.reads_of(source))
    for panel in panels.values():
        json.dumps(panel, allow_nan=False)
    frames.draw_panels(panels, source, -1, [], inspection.saw)
    return {doubt.check: doubt.words for doubt in inspection.doubts()}


ERRORS = {  # what is drawn, what the error says, what its hint says
    "a misspelt field": (
        'of(ROWS).mark_line(point=True).encode(x="x:Q", y="why:Q")',
        "shows the field 'why', which no row has", "Did you mean 'y'? There are: k, x, y."),
    "a field that is nowhere near": (
        'of(ROWS).mark_point().encode(x="x:Q", y="loss:Q")', "the field 'loss'", "There are: k, x, y."),
    "a misspelt colour": ('of(ROWS).mark_point().encode(x="x:Q", y="y:Q", color="kk:N")', "the field 'kk'", "'k'"),
    "a misspelt tooltip": (
        'of(ROWS).mark_point().encode(x="x:Q", y="y:Q", tooltip=["k:N", "yy:Q"])', "the field 'yy'", "'y'"),
    "a misspelt facet": ('of(ROWS).mark_point().encode(x="x:Q", y="y:Q", row="kk:N")', "the field 'kk'", "'k'"),
    "a misspelt field to sort by": (
        'of(ROWS).mark_bar().encode(x=alt.X("k:N", sort=alt.EncodingSortField("yy")), y="y:Q")', "'yy'", "'y'"),
    "a misspelt mean": ('of(ROWS).mark_bar().encode(x="k:N", y="mean(yy):Q")', "the field 'yy'", "'y'"),
    "a condition": (
        'of(ROWS).mark_point().encode(x="x:Q", y="y:Q", size=alt.condition("datum.yy > 1", alt.value(9), alt.value(99)))',
        "uses datum.yy in an expression", "'y'"),
    "a formula": (
        'of(ROWS).transform_calculate(z="datum.yy * 2").mark_point().encode(x="x:Q", y="z:Q")',
        "uses datum.yy in an expression", "'y'"),
    "a formula in brackets": (
        """of(ROWS).transform_calculate(z="datum['yy'] * 2").mark_point().encode(x="x:Q", y="z:Q")""", "datum.yy", "'y'"),
    "a filter": ('of(ROWS).transform_filter("datum.xx > 1").mark_point().encode(x="x:Q", y="y:Q")', "datum.xx", "'x'"),
    "a filter by field": (
        'of(ROWS).transform_filter(alt.FieldGTPredicate("xx", 1)).mark_point().encode(x="x:Q", y="y:Q")', "'xx'", "'x'"),
    "a sum by groups that are not there": (
        'of(ROWS).transform_aggregate(n="count()", groupby=["kk"]).mark_bar().encode(x="kk:N", y="n:Q")', "'kk'", "'k'"),
    "a field that a sum has left out": (
        'of(ROWS).transform_aggregate(n="count()", groupby=["k"]).mark_bar().encode(x="x:Q", y="n:Q")',
        "the field 'x'", "There are: k, n."),
    "a pivot": (
        'of(ROWS).transform_pivot("k", value="y", groupby=["x"]).mark_point().encode(x="x:Q", y="d:Q")',
        "the field 'd'", "There are: a, b, c, x."),
    "one layer of two": (
        'alt.layer(of(ROWS).mark_line().encode(x="x:Q", y="y:Q"), of(ROWS).mark_point().encode(x="x:Q", y="z:Q"))',
        "the field 'z'", ""),
    "a field of the other layer's rows": (
        'alt.layer(of(ROWS).mark_line().encode(x="x:Q", y="y:Q"),'
        ' alt.Chart(unnamed([{"at": 1}])).mark_rule().encode(x="x:Q"))', "the field 'x'", "There are: at."),
    "one panel of two": (
        '{"left": of(ROWS).mark_point().encode(x="x:Q").properties(width=9, height=9),'
        ' "right": of(ROWS).mark_point().encode(x="xs:Q").properties(width=9, height=9)}', "its panel 'right'", "'x'"),
    "a dotted name": (
        'of([{"a.b": 1, "y": 2}, {"a.b": 2, "y": 3}]).mark_point().encode(x="a.b:Q", y="y:Q")',
        "the field 'a.b'", r'write "a\\.b"'),
    "a name with brackets": (
        'of([{"a[0]": 1, "y": 2}]).mark_point().encode(x="a[0]:Q", y="y:Q")', "'a[0]'", r'write "a\\[0\\]"'),
    "a way into a number": ('of(ROWS).mark_point().encode(x="x.low:Q", y="y:Q")', "'x.low'", ""),
    "rows without columns": ('of([{}]).mark_point().encode(x="x:Q")', "the field 'x'", "no columns"),
    "no rows": ('of([]).mark_line().encode(x="x:Q", y="y:Q")', "has no rows", ""),
    "no rows in either layer": (
        'alt.layer(of([]).mark_line().encode(x="x:Q"), alt.Chart(unnamed([])).mark_rule().encode(x="x:Q"))',
        "has no rows", ""),
    "a filter that leaves none": (
        'of(ROWS).transform_filter("datum.x > 9").mark_point().encode(x="x:Q", y="y:Q")', "is empty", "filter"),
    "nothing but null": ('of(ys(None, None)).mark_point().encode(x="x:Q", y="y:Q")', "is empty", "null"),
    "areas of nothing but null": (
        'of(ys(None, None)).mark_area().encode(x="x:Q", y="y:Q", color="x:N")', "is empty", "size"),
    "nothing but NaN": ('of(ys(NAN, NAN)).mark_point().encode(x="x:Q", y="y:Q")', "is empty", ""),
    "numbers that are texts": (
        'of(ys("one", "two")).mark_point().encode(x="x:Q", y="y:Q")', "is empty", "texts"),
    "a line of one point": ('of(ys(1)).mark_line().encode(x="x:Q", y="y:Q")', "is empty", "A line needs two points"),
    "every other point is missing": (
        'of(ys(1, NAN, 2, NAN, 3)).mark_line().encode(x="x:Q", y="y:Q")', "is empty", "A line needs two points"),
    "points of no size": ('of(ROWS).mark_point(size=0).encode(x="x:Q", y="y:Q")', "cannot be seen", ""),
    "points of no opacity": ('of(ROWS).mark_point(opacity=0).encode(x="x:Q", y="y:Q")', "cannot be seen", ""),
    "bars of no height": ('of(ys(0, 0)).mark_bar().encode(x="x:O", y="y:Q")', "cannot be seen", ""),
    "outside of the domain": (
        'of(ROWS).mark_point().encode(x="x:Q", y=alt.Y("y:Q", scale=alt.Scale(domain=[100, 200])))',
        "lies outside its axes", "domain"),
    "outside and clipped": (
        'of(ROWS).mark_line(clip=True).encode(x="x:Q", y=alt.Y("y:Q", scale=alt.Scale(domain=[100, 200])))',
        "lies outside its axes", "domain"),
    "days that are none": ('of([{"x": "today", "y": 1}]).mark_point().encode(x="x:T", y="y:Q")', "is empty", ""),
    "a negative number on a log axis": (
        'of(ys(2.0, -3.0, 4.0)).mark_line(point=True).encode(x="x:Q", y=alt.Y("y:Q", scale=LOG))',
        "has 1 of 3 values of 'y' at or below zero (rows[1] is -3.0), on a logarithmic scale (y)", "symlog"),
    "zeros on a log axis": (
        'of(ys(0, 1, 0, 0, 0, 2)).mark_point().encode(x="x:Q", y=alt.Y("y:Q", scale=LOG))',
        "4 of 6 values of 'y' at or below zero (rows[0] is 0, rows[2] is 0, rows[3] is 0, …)", "symlog"),
    "zero on a log axis with a domain": (
        'of(ys(0, 1)).mark_point().encode(x="x:Q", y=alt.Y("y:Q", scale=alt.Scale(type="log", domain=[1, 10])))',
        "1 of 2 values", ""),
    "a log axis that another layer asks for": (
        'alt.layer(of(ys(1, 2)).mark_line().encode(x="x:Q", y=alt.Y("y:Q", scale=LOG)),'
        ' alt.Chart(unnamed([{"y": 0}])).mark_rule().encode(y="y:Q"))', "1 of 1 values of 'y'", ""),
    "a log scale of colours": (
        'of(ys(0, 1)).mark_point().encode(x="x:Q", y="y:Q", color=alt.Color("y:Q", scale=LOG))', "scale (color)", ""),
    "a log axis of what is computed": (
        'of(ROWS).transform_calculate(z="datum.y - 3").mark_point().encode(x="x:Q", y=alt.Y("z:Q", scale=LOG))',
        "has 2 values of 'z' at or below zero", ""),
    "a log axis of means": (
        'of([{"k": "a", "y": -3}, {"k": "a", "y": 1}, {"k": "b", "y": 2}])'
        '.mark_bar().encode(x="k:N", y=alt.Y("mean(y):Q", scale=LOG))', "has 1 values of 'y' at or below zero", ""),
    "a log axis from zero": (
        'of(ROWS).mark_point().encode(x="x:Q", y=alt.Y("y:Q", scale=alt.Scale(type="log", domain=[0, 10])))',
        "has a domain that reaches 0", ""),
    "a line at zero on a log axis": (
        'alt.layer(of(ROWS).mark_point().encode(x="x:Q", y=alt.Y("y:Q", scale=LOG)),'
        ' alt.Chart(unnamed([{}])).mark_rule().encode(y=alt.YDatum(0)))', "has a mark at 0", ""),
    "twenty thousand rows and one": (
        'of([{"x": 1, "y": i} for i in range(20_001)]).mark_point().encode(x="x:Q", y="y:Q")',
        "has 20,001 rows, more than the 20,000 a picture can show", "simplified"),
    "a long sequence": (
        'alt.Chart(alt.sequence(0, 1e6, as_="t")).mark_point().encode(x="t:Q")', "has 1,000,000 rows", ""),
    "a font that is not there": (
        'of(ROWS).mark_text(font="No Such Font").encode(x="x:Q", y="y:Q", text="k:N")',
        "text in the font No Such Font, which is not there", "Leave out the font"),
    "a step that is none": (
        'of([{"x": 1, "by_step": 3}]).mark_point().encode(x="x:Q")', "has a column 'by_step'", "stepped"),
    "steps of one row alone": (
        'of([{"x": 1, "by_step": [1, 2]}, {"x": 2}]).mark_point().encode(x="x:Q")', "has a column 'by_step'", "stepped"),
    "half of a letter": ('of([{"x": "\\ud800"}]).mark_point().encode(x="x:N")', "UnicodeEncodeError", ""),
    "rows from a file by its address": (
        'alt.Chart("points.csv").mark_point().encode(x="x:Q")', "takes its rows from points.csv", "chart(runs)"),
    "rows from the network": (
        'alt.layer(of(ROWS).mark_point(), alt.Chart(alt.UrlData("https://example.org/a.json")).mark_line())'
        '.encode(x="x:Q", y="y:Q")', "takes its rows from https://example.org/a.json", "chart(runs)"),
    "a lookup elsewhere": (
        'of(ROWS).transform_lookup("k", alt.LookupData(alt.UrlData("more.csv"), "k", ["z"]))'
        '.mark_bar().encode(x="k:N", y="z:Q")', "takes its rows from more.csv", ""),
    "a picture elsewhere": (
        'of([{"x": 1, "u": "https://example.org/a.png"}]).mark_image(width=9, height=9).encode(x="x:Q", url="u:N")',
        "shows a picture from https://example.org/a.png", "data:image/png"),
    "Vega's clock": (
        'of(ROWS).transform_calculate(z="now() - datum.x").mark_point().encode(x="x:Q", y="z:Q")',
        "asks Vega for now(), which answers otherwise each time", "chart(runs)"),
    "today": ('of(ROWS).transform_filter("datum.x < year(datetime())").mark_point().encode(x="x:Q")', "datetime()", ""),
    "Vega's random numbers": (
        'of(ROWS).mark_point().encode(x="x:Q", size=alt.condition("random() > 0.5", alt.value(9), alt.value(99)))',
        "asks Vega for random()", "a seed"),
    "random numbers in a filter of two": (
        'of(ROWS).transform_filter({"and": ["datum.x > 0", "sampleUniform() > 0.5"]}).mark_point().encode(x="x:Q")',
        "asks Vega for sampleUniform()", ""),
    "a random sample": ('of(ROWS).transform_sample(2).mark_point().encode(x="x:Q", y="y:Q")', "asks Vega for a random sample", ""),
    "rows that are no JSON": ('of([{"x": object()}]).mark_point().encode(x="x:Q")', "TypeError: object", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", ERRORS)
def test_what_nobody_means_is_an_error(tmp_path, case):
    """It names the file and the panel, and the way out."""
    body, says, hint = ERRORS[case]
    with pytest.raises(ReportError) as caught:
        look(tmp_path, body)
    assert caught.value.exit_code == 1
    assert caught.value.message.startswith(str(tmp_path / "odd.py")) and says in caught.value.message
    assert hint in caught.value.hint, caught.value.hint


DOUBTS = {  # the check, what is drawn, what is said
    "a gap": ("not-finite", 'of(ys(2.0, 3.0, NAN, 4.0, 5.0)).mark_line().encode(x="x:Q", y="y:Q")',
              "has 1 of 5 values of 'y' that are not finite numbers (rows[2] is nan)"),
    "an infinity": ("not-finite", 'of(ys(2.0, -INF)).mark_point().encode(x="x:Q", y="y:Q")', "rows[1] is -inf"),
    "NaN in a column that is not shown": (
        "not-finite", 'of([{"x": 1, "z": NAN}]).mark_point().encode(x="x:Q")', "'z'"),
    "one text among numbers": (
        "not-a-number", 'of(ys(1, "two", "3")).mark_point().encode(x="x:Q", y="y:Q")',
        "takes 'y' for numbers, but 1 of 3 values are texts (rows[1] is 'two')"),
    "a layer without rows": (
        "no-rows", 'alt.layer(of(ROWS).mark_line().encode(x="x:Q", y="y:Q"),'
        ' alt.Chart(named("notes", [])).mark_text().encode(x="x:Q", text="k:N"))', "although the rows 'notes' are none"),
    "a layer that a filter empties": (
        "empty-mark", 'alt.layer(of(ROWS).mark_line().encode(x="x:Q", y="y:Q"),'
        ' of(ROWS).transform_filter("datum.x > 9").mark_point().encode(x="x:Q", y="y:Q"))',
        "has a point of 3 rows of 'rows' that draws nothing"),
    "a layer out of sight": (
        "off-range", 'alt.layer(of(ROWS).mark_line().encode(x=alt.X("x:Q", scale=alt.Scale(domain=[0, 5])), y="y:Q"),'
        ' alt.Chart(unnamed([{"x": 900}])).mark_rule().encode(x="x:Q"))', "has a rule that lies outside its axes"),
    "a text without words": (
        "odd-text", 'of([{"x": 1, "k": "a"}, {"x": 2}]).mark_text().encode(x="x:Q", text="k:N")', "says undefined"),
    "Japanese": ("missing-glyph", 'of(ROWS).mark_bar().encode(x=alt.X("k:N", title="軸の名前"), y="y:Q")',
                 "has 4 characters that the font of charts lacks: 軸の名前"),
    "Arabic": ("missing-glyph", 'of([{"k": "العربية", "y": 1}]).mark_bar().encode(x="k:N", y="y:Q")', "ا"),
    "a smiling face": ("missing-glyph", 'of(ROWS).mark_bar().encode(x="k:N", y="y:Q").properties(title="So 📈")', "📈"),
    "a font of this machine": (
        "other-font", 'of(ROWS).mark_text(font="No Such Font, DejaVu Sans").encode(x="x:Q", y="y:Q", text="k:N")',
        "No Such Font, DejaVu Sans"),
    "a long label": (
        "clipped-text", 'of([{"k": "a rather long name " * 4, "y": 1}]).mark_bar().encode(y="k:N", x="y:Q")',
        "shortened"),
    "a text over the edge": (
        "clipped-text", 'of(ROWS).mark_point().encode(x="x:Q", y="y:Q")'
        '.properties(title="A title that goes on and on, for longer than the picture is wide, and further still",'
        ' autosize="none")', "cut off at the picture's edge"),
    "labels over each other": (
        "overlapping-text", 'of([{"x": x, "y": 1} for x in (100000, 100001)]).mark_text().encode('
        'x=alt.X("x:Q", scale=alt.Scale(domain=[0, 200000])), y="y:Q", text="x:Q")', "“100001” over “100000”|“100000” over “100001”"),
    "too many labels": (
        "overlapping-text", 'of([{"k": f"name {i}", "y": i} for i in range(1, 40)]).mark_bar().encode('
        'x=alt.X("k:N", axis=alt.Axis(labelAngle=0, labelOverlap=False)), y="y:Q")', "more pairs"),
}  # fmt: skip


@pytest.mark.parametrize("case", DOUBTS)
def test_what_somebody_may_mean_is_a_doubt_that_can_be_accepted(tmp_path, case):
    """It is said by name; with a reason in the figure's file it is not."""
    check, body, says = DOUBTS[case]
    found = look(tmp_path, body)
    assert set(found) == {check}, found
    assert re.search("|".join(map(re.escape, says.split("|"))), found[check]), found[check]
    assert look(tmp_path, body, f'ACCEPT = {{"{check}": "on purpose"}}') == {}


def test_every_check_that_can_be_accepted_is_tried():
    """Each name stands above."""
    assert {check for check, _, _ in DOUBTS.values()} == set(ACCEPTABLE)


def test_the_documents_list_the_checks():
    """By name, with the same words."""
    text = (ROOT / "docs" / "changing-things.md").read_text(encoding="utf-8")
    assert (
        dict(re.findall(r"^\| `([\w-]+)` \| (.*) \|$", text.partition("### What is checked")[2], flags=re.M))
        == ACCEPTABLE
    )


FINE = {  # what is drawn without a word
    "what channels make": (
        'of(ROWS).mark_bar().encode(x="k:N", y="mean(y):Q", color=alt.condition("datum.mean_y > 2", alt.value("#1f8a5b"),'
        ' alt.value("#8240b8")))'),
    "a count": 'of(ROWS).mark_bar().encode(x=alt.X("y:Q").bin(), y="count()")',
    "what transforms make": (
        'of(ROWS).transform_calculate(z="datum.y * 2").transform_fold(["y", "z"], as_=["name", "value"])'
        '.transform_window(rank="rank()", sort=[alt.SortField("value")]).mark_line()'
        '.encode(x="x:Q", y="value:Q", color="name:N", tooltip="rank:Q")'),
    "what a lookup brings": (
        'of(ROWS).transform_lookup("k", alt.LookupData(named("more", [{"k": "a", "z": 1}, {"k": "b", "z": 2}]), "k", ["z"]))'
        '.mark_bar().encode(x="k:N", y="z:Q")'),
    "a pivot": 'of(ROWS).transform_pivot("k", value="y", groupby=["x"]).mark_point().encode(x="x:Q", y="a:Q")',
    "a field that some rows lack": 'of([{"x": 1, "y": 2}, {"x": 2}]).mark_point().encode(x="x:Q", y="y:Q")',
    "a dot that belongs to the name": (
        r'of([{"a.b": 1}, {"a.b": 2}]).mark_point().encode(x=alt.X("a\\.b:Q", title="a"))'),
    "a way into a row": 'of([{"a": {"b": 1}}, {"a": {"b": 2}}]).mark_point().encode(x="a.b:Q")',
    "axes that speak of their ticks": (
        'of(ROWS).mark_point().encode(x=alt.X("x:Q", axis=alt.Axis(labelExpr="datum.value")), y="y:Q")'),
    "zero that a filter takes away": (
        'of(ys(0, 1, 2)).transform_filter("datum.y > 0").mark_point().encode(x="x:Q", y=alt.Y("y:Q", scale=LOG))'),
    "zero beside a log axis": (
        'of(ys(1, 2)).mark_point().encode(x="x:Q", y=alt.Y("y:Q", scale=LOG))'),
    "logs in the panel beside it": (
        '{"left": of(ys(1, 2)).mark_point().encode(x="x:Q", y=alt.Y("y:Q", scale=LOG)).properties(width=99, height=99),'
        ' "right": of(ys(0, 2)).mark_point().encode(x="x:Q", y="y:Q").properties(width=99, height=99)}'),
    "a gap that is said": 'of(ys(1, 2, None, 3, 4)).mark_line().encode(x="x:Q", y="y:Q")',
    "a point among gaps": 'of(ys(1, None, 2)).mark_line(point=True).encode(x="x:Q", y="y:Q")',
    "a mark that waits for the pointer": (
        'alt.layer(of(ROWS).mark_line().encode(x="x:Q", y="y:Q"), of(ROWS).transform_filter("datum.x == at")'
        '.mark_point().encode(x="x:Q", y="y:Q").add_params(alt.param(name="at", value=-1)))'),
    "other alphabets": 'of(ROWS).mark_bar().encode(x=alt.X("k:N", title="Ελληνικά, Кириллица, שלום, 10⁻⁶ ≤ ∑"), y="y:Q")',
    "texts close to each other": (
        'of([{"x": x, "y": y} for x in range(9) for y in range(5)]).mark_text().encode(x="x:O", y="y:O", text="x:Q")'),
    "a title that is turned": 'of(ROWS).mark_point().encode(x="x:Q", y=alt.Y("y:Q", title="a title of its own"))',
    "an ellipsis of the author's": 'of(ROWS).mark_point().encode(x="x:Q", y="y:Q").properties(title="and so on…")',
    "small multiples": 'of(ROWS).mark_point().encode(x="x:Q", y="y:Q", column="k:N")',
    "areas, rules and ticks": (
        'alt.layer(of(ROWS).mark_area().encode(x="x:Q", y="y:Q"), of(ROWS).mark_rule().encode(x="x:Q"),'
        ' of(ROWS).mark_tick().encode(x="x:Q", y="y:Q"))'),
    "a pie": 'of(ROWS).mark_arc().encode(theta="y:Q", color="k:N")',
    "words and a moment that is given": (
        """of(ROWS).transform_calculate(z="'now() random()' + datetime(2026, 0)").mark_point().encode(x="x:Q", tooltip="z:N")"""),
    "days": 'of([{"d": datetime.date(2026, 1, n), "y": n} for n in (1, 2, 3)]).mark_line().encode(x="d:T", y="y:Q")',
}  # fmt: skip


@pytest.mark.parametrize("case", FINE)
def test_what_is_right_is_drawn_without_a_word(tmp_path, case):
    """No check finds fault with a chart that shows what it says."""
    assert look(tmp_path, FINE[case]) == {}


CONVERTED = {  # rows as Python has them → as JSON has them
    "NumPy's numbers": (
        '[{"x": np.int64(1), "y": np.float32(1.5), "b": np.bool_(True), "s": np.str_("a"), "l": np.arange(2)}]',
        [{"x": 1, "y": 1.5, "b": True, "s": "a", "l": [0, 1]}]),
    "dates": (
        '[{"d": datetime.date(2026, 1, 2), "t": datetime.datetime(2026, 1, 2, 3, 4), "n": np.datetime64("2026-01-02T03:04:05")}]',
        [{"d": "2026-01-02", "t": "2026-01-02T03:04:00", "n": "2026-01-02T03:04:05"}]),
    "decimals, tuples, None": (
        '({"d": decimal.Decimal("1.25"), "t": (1, 2.5), "n": None},)', [{"d": 1.25, "t": [1, 2.5], "n": None}]),
    "what is not finite": (
        '[{"a": NAN, "b": np.float64("inf"), "c": [1.0, -INF], "d": np.array([NAN, 1.0])}]',
        [{"a": None, "b": None, "c": [1.0, None], "d": [None, 1.0]}]),
    "a data frame": (
        '__import__("pandas").DataFrame({"x": [1, 2], "y": [0.5, NAN], "k": ["a", None],'
        ' "d": [datetime.datetime(2026, 1, 2)] * 2})',
        [{"x": 1, "y": 0.5, "k": "a", "d": "2026-01-02T00:00:00"}, {"x": 2, "y": None, "k": None, "d": "2026-01-02T00:00:00"}]),
}  # fmt: skip


WAYS = {  # how a figure hands over rows, and a data frame
    **{(case, way): way for case in CONVERTED for way in ("of({})", "alt.Chart(unnamed({}))")},
    **{(case, "values"): "alt.Chart(alt.Data(values={}))" for case in CONVERTED if case != "a data frame"},
    ("a data frame", "itself"): "alt.Chart({})",
}


@pytest.mark.parametrize(("case", "way"), WAYS)
def test_rows_of_all_kinds_become_json(tmp_path, case, way):
    """However a figure hands them over; strict JSON, in which what is not finite is null."""
    forget()
    rows, wanted = CONVERTED[case]
    made = WAYS[case, way].format(rows) + '.mark_point().encode(x="x:Q", y="y:Q")'
    spec = draw.make_panels(read_source(figure(tmp_path, made)), {})["chart"]
    assert (spec["data"].get("values") or spec["datasets"][spec["data"]["name"]]) == wanted
    json.dumps(spec, allow_nan=False)


DIVERGED = [id for id, source in FIGURES.items() if source.runs and {*source.runs} <= GOOD.keys()]


@pytest.mark.parametrize("id", DIVERGED)
def test_what_diverged_is_drawn_as_far_as_it_goes(id):
    """Strict JSON in the download and on the page, where the lowest whole number stands for what is lost."""
    source = FIGURES[id]
    runs = {name: made_up_runs.diverged(GOOD[name]) for name in source.runs}
    panels, inspection = draw.inspected(source, runs, draw.reads_of(source))
    steps = interactive.steps_of(source, runs)
    for index in (0, -1):
        frames.draw_panels(panels, source, index, steps, inspection.saw)
    assert {doubt.check for doubt in inspection.doubts()} <= {"not-finite", "empty-mark", "no-rows"}
    figure = interactive.payload(panels, source, runs, {})
    for text in (tables.standalone_json(panels, "ALT", source, steps), interactive.script(figure)[17:-3]):
        json.loads(text, parse_constant=pytest.fail)
    for block in (block for panel in figure["panels"] for block in panel["data"]):
        changes = np.frombuffer(base64.b64decode(block["base64"]), np.dtype(block["dtype"]))
        whole = changes.reshape(len(steps), -1).cumsum(axis=0, dtype=changes.dtype)
        lost = whole.min() == np.iinfo(whole.dtype).min
        assert lost or id == "addition_table"  # answers are right or wrong, whatever the weights
        assert all(0 < unit < np.inf for unit in block["scale"])


def place(project: Path, body: str, accept: str = "") -> None:
    """The odd figure in a project, shown by its section."""
    figure(project / "figures", body, accept)
    with (project / "templates" / "sections" / "01-bare.md").open("a", encoding="utf-8") as section:
        section.write('\n{{ figure("odd") }}\n')


def test_a_false_picture_ends_the_build(bare):
    """Exit 1, two lines with the file, nothing written."""
    before = contents(bare / "site")
    place(bare, ERRORS["a misspelt field"][0])
    result = run(bare, "build")
    assert result.exit_code == 1 and contents(bare / "site") == before
    message, hint = result.stderr.splitlines()
    assert str(bare / "figures" / "odd.py") in message and "'why'" in message and "Did you mean 'y'?" in hint


def test_a_doubt_is_said_in_every_build_until_it_is_accepted(bare):
    """Once a figure, at the end; also where nothing is drawn any more, and where a reason is no longer needed."""
    check, body, _ = DOUBTS["a gap"]
    place(bare, body)
    said = []
    for command in (
        ("build",),
        ("build",),
        ("site",),
        ("figures", "odd", "--format", "json", "--out", str(bare / "out")),
    ):
        result = must(run(bare, *command))
        said.append(result.stderr)
        assert result.stderr.count("Warning") == 1 and f"[{check}]" in result.stderr, command
    assert len(set(said)) == 1 and 'ACCEPT = {"not-finite": "why"}' in said[0]
    text = json.loads((bare / "out" / "odd.json").read_text(), parse_constant=pytest.fail)
    assert text["data"]["values"][2] == {"x": 2, "y": None}

    figure(bare / "figures", body, 'ACCEPT = {"not-finite": "A gap on purpose."}')
    assert must(run(bare, "build")).stderr == ""
    figure(bare / "figures", FINE["a pie"], 'ACCEPT = {"not-finite": "A gap on purpose."}')
    result = must(run(bare, "build"))
    assert (
        "ACCEPT names 'not-finite', of which nothing was found" in result.stderr
        and "hint" not in result.stderr
    )


UNFIT = {
    'ACCEPT = {"cliped-text": "why"}': ("unknown check 'cliped-text'", "Did you mean 'clipped-text'?"),
    'ACCEPT = {"missing-field": "why"}': ("unknown check 'missing-field'", "Known: clipped-text"),
    'ACCEPT = {"clipped-text": ""}': ("ACCEPT is not a dictionary of reasons", 'ACCEPT = {"'),
    'ACCEPT = ["clipped-text"]': ("ACCEPT is not a dictionary of reasons", 'ACCEPT = {"'),
}


@pytest.mark.parametrize("accept", UNFIT)
def test_what_cannot_be_accepted_is_an_error(tmp_path, accept):
    """A name that is no check's, one of an error, no reason."""
    forget()
    with pytest.raises(ReportError) as caught:
        read_source(figure(tmp_path, FINE["a pie"], accept))
    says, hint = UNFIT[accept]
    assert says in caught.value.message and hint in caught.value.hint


def test_files_have_a_budget(bare, monkeypatch):
    """As they lie on disk; the message names the largest."""
    monkeypatch.setattr("reportgen.drawing.checks.inspection.MOST_BYTES", 10_000)
    place(bare, FINE["a pie"])
    result = run(bare, "build")
    assert (
        result.exit_code == 1
        and "over the budget" in result.stderr
        and "the largest is odd." in result.stderr
    )


@pytest.mark.parametrize("changed", [False, True])
def test_a_run_that_was_changed_may_leave_nothing_to_show(tmp_path, changed):
    """In a trial a model does not get far: a doubt. The same of the article's own runs is an error."""
    forget()
    source = read_source(figure(tmp_path, ERRORS["no rows"][0]))
    config = EXPERIMENTS["parity"].configs[0]
    runs = {"parity": SimpleNamespace(config=replace(config, seed=config.seed + 1) if changed else config)}
    panels = draw.make_panels(source, {})
    if changed:
        assert [doubt.check for doubt in Inspection(source, panels, runs).doubts()] == [
            "no-data",
            "empty-picture",
        ]
    else:
        with pytest.raises(ReportError, match="has no rows"):
            Inspection(source, panels, runs)


UNNAMED = {  # how rows without a name come → the lines of the figure's table
    "unnamed rows": ("alt.Chart(unnamed(ROWS))", ["x,y,k", "1,2.0,a", "2,3.0,b", "3,4.0,c"]),
    "Altair's own": ("alt.Chart(alt.Data(values=ROWS))", ["x,y,k", "1,2.0,a", "2,3.0,b", "3,4.0,c"]),
    "a data frame": (
        'alt.Chart(__import__("pandas").DataFrame(ROWS))', ["x,y,k", "1,2.0,a", "2,3.0,b", "3,4.0,c"]),
    "two layers of the same": (
        'alt.layer(*[alt.Chart(alt.Data(values=ys(1, 2), format={"type": "json"})).mark_line()] * 2)', ["x,y", "0,1", "1,2"]),
    "beside named ones": (
        'alt.layer(alt.Chart(unnamed([{"z": 1}])).mark_rule(), of(ys(1, 2)).mark_line())', ["x,y", "0,1", "1,2"]),
    "plain values with a name": ('alt.Chart(named("n", [1, 2]))', ["data", "1", "2"]),
    "lists of several lengths": (
        'of([{"x": 1, "y": [1, 2], "z": ["a"]}])', ["x,y,z", "1,1,a", "1,2,"]),
    "plain values": ("alt.Chart(alt.Data(values=[1, 2]))", ["data", "1", "2"]),
}  # fmt: skip


@pytest.mark.parametrize("case", UNNAMED)
def test_no_table_is_empty_for_lack_of_a_name(tmp_path, case):
    """Rows without a name are annotations beside others; alone they are what the figure shows."""
    forget()
    body, lines = UNNAMED[case]
    body = body if "mark" in body else f"{body}.mark_point()"
    panels = draw.make_panels(read_source(figure(tmp_path, f'{body}.encode(x="x:Q", y="y:Q")')), {})
    assert tables.tidy_csv(panels, []).decode().splitlines() == lines
