"""vl-convert in its own process: the same answers, errors as errors, and an end in every case."""

import io
import os
import signal
import subprocess
import sys
import time

import pikepdf
import pytest
import vl_convert

from reportgen.charts import FONT
from reportgen.drawing import vega
from reportgen.drawing.declaration import VL_VERSION
from reportgen.errors import ReportError

CHART = {
    "data": {"values": [{"a": 2.4940400344098104e-09, "b": "ü"}, {"a": 3, "b": "</svg>"}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "quantitative"}, "y": {"field": "b", "type": "nominal"}},
}


def test_the_answers_are_those_of_vl_convert():
    """To the byte, and to the last digit of a number."""
    drawn = vega.svg(CHART, "one.py")
    assert drawn == vl_convert.vegalite_to_svg(CHART, vl_version=VL_VERSION)
    assert vega.compiled(CHART, "one.py") == vl_convert.vegalite_to_vega(CHART, vl_version=VL_VERSION)
    assert vega.png(drawn, "one.py") == vl_convert.svg_to_png(drawn, scale=2)
    assert vega.pdf(drawn, "one.py").startswith(b"%PDF")


def test_a_refused_chart_is_an_error_and_the_next_one_is_drawn():
    """With Vega's own words."""
    wrong = CHART | {"transform": [{"calculate": "(((", "as": "x"}]}
    for make in (vega.svg, vega.compiled):
        with pytest.raises(ReportError, match=r"one\.py cannot be drawn: Unexpected end of input$"):
            make(wrong, "one.py")
    assert "<svg" in vega.svg(CHART, "one.py")


def test_a_picture_that_cannot_be_is_an_error_and_the_next_one_is_drawn():
    for make in (vega.png, vega.pdf):
        with pytest.raises(ReportError, match=r"one\.py cannot be drawn: "):
            make("<svg", "one.py")
    assert "<svg" in vega.svg(CHART, "one.py")


def test_an_ended_process_is_an_error_and_the_next_one_is_started():
    """As when the system is short of memory and ends it."""
    vega.svg(CHART, "one.py")
    vega._charts.start().kill()
    with pytest.raises(ReportError, match="was ended"):
        vega.svg(CHART, "one.py")
    assert "<svg" in vega.svg(CHART, "one.py")


def test_an_interrupted_question_leaves_no_answer_for_the_next(monkeypatch):
    """Ctrl-C falls between a question and its answer: that answer is never taken for another's."""

    def interrupted(pipe):
        monkeypatch.undo()
        raise KeyboardInterrupt

    vega.wake()
    monkeypatch.setattr("reportgen.drawing.vega.pickle.load", interrupted)
    with pytest.raises(KeyboardInterrupt):
        vega.svg(CHART, "one.py")
    assert vega.compiled(CHART, "one.py")["$schema"].startswith("https://vega.github.io/schema/vega/")


@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("rows", [0, 60_000], ids=["idle", "drawing"])
def test_it_ends_with_its_parent(number, rows):
    """However that ends, even while a chart is drawn: nothing stays behind, and nothing is said."""
    code = (
        "import threading, time; from reportgen.drawing import vega; process = vega._charts.start()\n"
        "chart = {'mark': 'point', 'encoding': {'x': {'field': 'a', 'type': 'quantitative'}},\n"
        f"         'data': {{'values': [{{'a': i}} for i in range({rows})]}}}}\n"
        "vega.svg({'mark': 'point', 'data': {'values': [{}]}}, 'first')\n"
        "if chart['data']['values']: threading.Thread(target=vega.svg, args=(chart, 'large')).start()\n"
        "time.sleep(0.3); print(process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as parent:
        child = int(parent.stdout.readline())
        parent.send_signal(number)
        said = parent.stderr.read()  # until the child has closed it too
    assert said == ""
    end = time.monotonic() + 20
    while alive(child):
        assert time.monotonic() < end
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return not status.startswith("Z")  # ended, but not yet collected by whoever adopted it


def test_pictures_are_set_in_the_font_that_travels_along():
    """Powers, Greek and arrows too, whatever the machine has: a PDF holds no other."""
    text = "2.5 × 10⁻¹⁵ θ → √2"
    mark = {"type": "text", "text": text}
    chart = {"data": {"values": [{}]}, "mark": mark, "title": text, "config": {"font": FONT}}
    with pikepdf.open(io.BytesIO(vega.pdf(vega.svg(chart, "here"), "here"))) as document:
        found = [item for item in document.objects if isinstance(item, pikepdf.Dictionary)]
        fonts = {str(item.BaseFont) for item in found if "/BaseFont" in item}
    assert fonts and all("ReportgenSans" in font for font in fonts)
