"""Figures with random mistakes: each is drawn right, or refused by name; none is empty or false without a word.

A chart of a small grammar is right as it is. Then one thing or none goes wrong with it. FUZZ_EXAMPLES=2000 tries more.
"""

import json
import os
import re
from pathlib import Path

import pytest
from fixtures import properties  # noqa: F401 – the suite's profile
from fixtures.projects import forget
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.drawing import draw, frames, interactive, tables
from reportgen.drawing.checks import drawn
from reportgen.drawing.discovery import read_source
from reportgen.errors import ReportError

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
FIGURE = '''"""Of a random chart.

With a mistake, perhaps.
"""
import altair as alt
from reportgen.charts import named
RUNS = ()
CAPTION = "Random."
ALT = "Random."
nan, inf = float("nan"), float("inf")
GOOD = [{{"x": 1, "y": 10}}, {{"x": 2, "y": 20}}, {{"x": 3, "y": 15}}]
def chart(runs):
    base = alt.Chart(named("rows", {rows}))
    good = alt.Chart(named("good", GOOD)).mark_line().encode(x="x:Q", y="y:Q")
    return {chart}.properties(width=240, height=120)
'''
# What goes wrong → whether it may be drawn all the same, with a doubt by one of these names.
REFUSED: set[str] = set()
MISTAKES = {
    "none": set(),
    "misspelt field": REFUSED,
    "misspelt formula": REFUSED,
    "misspelt filter": REFUSED,
    "dotted name": REFUSED,
    "no rows": REFUSED,
    "all null": REFUSED,
    "not positive": REFUSED,
    "filtered": REFUSED,
    "out of range": REFUSED,
    "transparent": REFUSED,
    "unknown font": REFUSED,
    "a gap": {"not-finite"},
    "infinite": {"not-finite"},
    "words": {"not-a-number"},
    "boxes": {"missing-glyph"},
    "long title": {"clipped-text"},
}
# Where another layer is right, an empty one may be meant.
IN_A_LAYER = {name: {"empty-mark"} for name in ("all null", "filtered", "transparent")} | {
    "no rows": {"no-rows"}
}
ALONE = ("out of range", "long title")  # mistakes that a second layer would hide
numbers = st.floats(1, 1000).map(lambda value: round(value, 3))


@st.composite
def figures(draw_from) -> tuple[str, str, set[str]]:
    """A figure's file, what is wrong with it, and the doubts with which it may be drawn."""
    count = draw_from(st.integers(6, 12))
    mistake = draw_from(st.sampled_from(sorted(MISTAKES)))
    mark = draw_from(st.sampled_from(["point", "line", "bar", "area", "tick", "rule", "circle", "square"]))
    ys = draw_from(st.lists(numbers, min_size=count, max_size=count))
    rows = [{"x": x, "y": y, "kind": "ab"[x % 2]} for x, y in enumerate(ys, start=1)]
    at = draw_from(st.integers(0, count - 1))
    field, log, calls = "y", draw_from(st.booleans()) and mark not in ("bar", "area"), []
    if mistake == "misspelt field":
        field = draw_from(st.sampled_from(["yy", "Y", "value", "y ", "kinds"]))
    elif mistake == "misspelt formula":
        calls, field = ['transform_calculate(z="datum.yy + 1")'], "z"
    elif mistake == "misspelt filter":
        calls = ["transform_filter(\"datum.knid == 'a'\")"]
    elif mistake == "dotted name":
        rows, field = [{"x": row["x"], "y.mean": row["y"], "kind": "a"} for row in rows], "y.mean"
    elif mistake == "no rows":
        rows = []
    elif mistake in ("all null", "not positive", "a gap", "infinite", "words"):
        bad = {"all null": None, "a gap": float("nan"), "infinite": float("inf"), "words": "many"}
        value = draw_from(st.sampled_from([0, -1.5])) if mistake == "not positive" else bad[mistake]
        for row in rows if mistake == "all null" else [rows[at]]:
            row["y"] = value
        log = log or mistake == "not positive"
    elif mistake == "filtered":
        calls = ['transform_filter("datum.x > 99")']
    elif mistake == "none" and draw_from(st.booleans()):
        calls, field = ['transform_calculate(w="datum.y * 2")', 'transform_filter("datum.w > 1")'], "w"
    mark_options = {"transparent": "opacity=0"}.get(mistake, "")
    scale = 'alt.Scale(type="log")' if log else "alt.Undefined"
    if mistake == "out of range":
        scale = "alt.Scale(domain=[5000, 6000])"
    title = {"boxes": "日本語", "long title": "A long title, and more of it. " * 9}.get(mistake, "A title")
    text = f'alt.TitleParams("{title}", font="No Such Font")' if mistake == "unknown font" else f'"{title}"'
    channels = f'x="x:Q", y=alt.Y("{field}:Q", scale={scale})'
    if draw_from(st.booleans()):
        channels += ', color="kind:N"'
    one = ".".join(["base", *calls, f"mark_{mark}({mark_options})", f"encode({channels})"])
    if mistake == "long title":  # else Vega makes room for it
        one += '.properties(autosize="none")'
    layered = mistake not in ALONE and draw_from(st.booleans())
    allowed = IN_A_LAYER.get(mistake, MISTAKES[mistake]) if layered else MISTAKES[mistake]
    chart = f"alt.layer(good, {one})" if layered else one
    return FIGURE.format(rows=rows, chart=f"{chart}.properties(title={text})"), mistake, allowed


def outcome(file: Path) -> tuple[set[str], list[str]]:
    """The doubts of a figure that is drawn, and its SVGs. Raises ReportError for one that is refused."""
    forget()
    source = read_source(file)
    panels, inspection = draw.inspected(source, {}, draw.reads_of(source))
    svgs: list[str] = []

    def saw(panel, spec, svg):
        svgs.append(svg)
        inspection.saw(panel, spec, svg)

    frames.draw_panels(panels, source, -1, [], saw)
    doubts = {doubt.check for doubt in inspection.doubts()}
    for text in (tables.standalone_json(panels, "ALT", source, []),
                 interactive.script(interactive.payload(panels, source, {}, {}))[17:-3]):  # fmt: skip
        json.loads(text, parse_constant=pytest.fail)
    return doubts, svgs


@settings(max_examples=EXAMPLES)
@given(figures())
def test_a_figure_is_drawn_right_or_refused_by_name(tmp_path_factory, made):
    """With a mistake it is an error, or a doubt by that name; what is drawn has marks, and no NaN."""
    text, mistake, allowed = made
    file = tmp_path_factory.getbasetemp() / "random.py"
    file.write_text(text, encoding="utf-8")
    try:
        doubts, svgs = outcome(file)
    except ReportError as error:
        assert mistake != "none" and error.exit_code == 1, f"{error.message}\n{text}"
        assert error.message.startswith(f"{file}: its panel 'chart' ") and error.hint
        return
    assert allowed <= doubts and (allowed or mistake == "none"), f"{mistake}: {doubts}\n{text}"
    for svg in svgs:
        assert not re.search(r"NaN|Infinity|undefined", svg), text
        assert drawn.SHOWN in drawn.read(svg).marks.values(), text
