"""Code of others leaves by no other door: what it raises, prints, changes or starts is one failed item by name."""

import locale
import os
import random
import signal
import sys
import threading
import warnings

import altair as alt
import numpy as np
import pytest
from fixtures.projects import contents, must, run

from reportgen.claims import judging
from reportgen.claims.registry import CLAIMS, EVERY_SEED, Claim, Finding
from reportgen.errors import ReportError
from reportgen.experiments import Experiment
from reportgen.facts import describing, registry

FIGURE = '''"""Exits.

Calls sys.exit.
"""
{above}
import altair as alt
RUNS = ()
CAPTION = "Exits."
ALT = "Line."
def chart(runs):
    {inside}
    rows = [{{"x": 0, "y": 1}}, {{"x": 1, "y": 3}}]
    data = alt.Data(values=rows)
    return alt.Chart(data).mark_line().encode(x="x:Q", y="y:Q").properties(width=300, height=120)
'''
DOORS = {  # what stands above, what stands in chart(), what is said
    "exits with 0": ("import sys", "sys.exit(0)", ":11: SystemExit: 0"),
    "exits with a word": ("import sys", 'sys.exit("enough")', ":11: SystemExit: enough"),
    "exits while it is read": ("import sys; sys.exit(0)", "pass", ":5: SystemExit: 0"),
    "quits": ("", "raise SystemExit", ":11: SystemExit"),
    "reads arguments": (
        'import argparse; argparse.ArgumentParser(prog="mine").parse_args(["--what"])',
        "pass",
        "It printed: usage: mine",
    ),
    "an error beside all others": ("class Stop(BaseException): pass", 'raise Stop("now")', ":11: Stop: now"),
    "a generator's end": ("", "raise GeneratorExit", ":11: GeneratorExit"),
    "a task's end": ("import asyncio", "raise asyncio.CancelledError", ":11: CancelledError"),
    "prints before it fails": ("", 'print("so far"); 1 / 0', "division by zero It printed: so far"),
    "writes bytes, then exits": (
        "import sys",
        'sys.stderr.buffer.write(b"caf\\xe9"); sys.exit(1)',
        ":11: SystemExit: 1 It printed: caf",
    ),
    "closes what it is given": ("import sys", "sys.stdout.close(); sys.exit(0)", ":11: SystemExit: 0"),
    "a thread that goes on": (
        "import threading, time",
        'threading.Thread(target=time.sleep, args=(1,), name="mine").start()',
        "it started the thread 'mine', which still runs",
    ),
}


def write(project, above: str, inside: str) -> None:
    """The figure of the issue, with something else to do, shown by a section."""
    text = FIGURE.format(above=above, inside=inside)
    (project / "figures" / "t_exit0.py").write_text(text, encoding="utf-8")
    with (project / "templates" / "sections" / "01-bare.md").open("a", encoding="utf-8") as section:
        section.write('\n{{ figure("t_exit0") }}\n')


@pytest.mark.parametrize("door", DOORS)
def test_a_figure_that_leaves_is_one_failed_figure(bare, door, monkeypatch):
    """Exit 1, two lines with its file; the other figure is drawn, the site stays, nothing else is printed."""
    monkeypatch.setattr("reportgen.files.guard.WAIT_S", 0.05, raising=False)
    above, inside, says = DOORS[door]
    write(bare, above, inside)
    line = (bare / "figures" / "line.py").read_text(encoding="utf-8")
    (bare / "figures" / "line.py").write_text(line.replace('"y": 3', '"y": 4'), encoding="utf-8")
    before = contents(bare / "site")
    result = run(bare, "build")
    assert result.exit_code == 1
    first, hint = result.stderr.splitlines()
    assert first.startswith(f"Error: {bare / 'figures' / 't_exit0.py'}:") and says in first, first
    assert "reportgen figures t_exit0" in hint
    assert "Drew line" in result.stdout and "Could not draw t_exit0" in result.stdout
    assert "so far" not in result.stdout
    assert contents(bare / "site") == before
    for thread in [thread for thread in threading.enumerate() if thread.name == "mine"]:
        thread.join()  # or it would end during the next test


def test_ctrl_c_is_the_persons(bare):
    """It ends the command, whatever was running."""
    write(bare, "", "raise KeyboardInterrupt")
    result = run(bare, "build")
    assert result.exit_code == 130 and "Interrupted" in result.stderr


CHANGES = {
    "the folder": ("import os", 'os.chdir("/")'),
    "an environment variable": ("import os", 'os.environ["REPORTGEN_ODD"] = "1"'),
    "a variable that is gone": ("import os", 'os.environ.pop("PATH")'),
    "what Ctrl-C does": ("import signal", "signal.signal(signal.SIGINT, signal.SIG_IGN)"),
    "what a kill does": ("import signal", "signal.signal(signal.SIGTERM, signal.SIG_DFL)"),
    "Altair's theme": ("", 'alt.theme.enable("dark")'),
    "Altair's renderer": ("", 'alt.renderers.enable("svg")'),
    "Altair's limit of rows": ("", "alt.data_transformers.disable_max_rows()"),
    "random numbers": ("import random", "random.seed(3)"),
    "NumPy's random numbers": ("import numpy", "numpy.random.seed(3)"),
    "warnings": ("import warnings", 'warnings.simplefilter("ignore")'),
    "where modules are": ("import sys", 'sys.path.insert(0, "/nowhere")'),
    "the locale": ("import locale", 'locale.setlocale(locale.LC_ALL, "C.UTF-8")'),
}


def state() -> dict[str, object]:
    """All that such code can change for everybody."""
    kind, keys, *more = np.random.get_state()  # noqa: NPY002 – it is what figures may touch
    return {
        "folder": os.getcwd(),  # noqa: PTH109 – as it is
        "environment": {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
        "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
        "altair": [(r.active, dict(r.options)) for r in (alt.theme, alt.renderers, alt.data_transformers)],
        "random": random.getstate(),
        "numpy": [kind, keys.tolist(), *more],
        "warnings": warnings.filters[:],
        "path": sys.path[:],
        "locale": locale.setlocale(locale.LC_ALL),
        "output": (sys.stdout, sys.stderr),
        "threads": {thread for thread in threading.enumerate() if not thread.daemon},
    }


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_figure_changes_is_put_back(bare, change):
    """The build goes well, and whatever comes next finds all as it was."""
    must(run(bare, "build"))
    write(bare, *CHANGES[change])
    before = state()
    try:
        must(run(bare, "build"))
        assert {name for name, value in state().items() if value != before[name]} == set()
    finally:
        os.chdir(before["folder"])
        os.environ.update(before["environment"])
        for number, handler in zip((signal.SIGINT, signal.SIGTERM), before["signals"], strict=True):
            signal.signal(number, handler)
        alt.theme.enable("default")
        alt.renderers.enable("default")
        alt.data_transformers.enable("default")


def test_what_a_figure_prints_is_shown_to_those_who_ask(bare):
    """With --verbose alone."""
    write(bare, "", 'print("a word")')
    assert "a word" not in must(run(bare, "build", "--out", str(bare / "one"))).output
    (bare / "figures" / "t_exit0.py").write_text(FIGURE.format(above="", inside='print("a  word\\n")'))
    assert "a word" in must(run(bare, "build", "--verbose")).stdout.splitlines()


def leave(*_: object) -> None:
    sys.stdout.write("on the way\n")
    sys.exit(0)


def check_left(error: ReportError, *says: str) -> None:
    """Named by this file and the line that leaves; exit 1."""
    line = leave.__code__.co_firstlineno + 2
    assert error.exit_code == 1
    for word in (f"{__file__}:{line}", "SystemExit: 0", "It printed: on the way", *says):
        assert word in error.message


def test_facts_that_leave_are_named(monkeypatch, capsys):
    """By the function that works them out."""
    monkeypatch.setitem(registry.OF_SWEEP, "odd", leave)
    with pytest.raises(ReportError) as caught:
        describing.describe_sweep("odd", [])
    check_left(caught.value, "leave")
    assert capsys.readouterr().out == ""


def test_facts_that_are_none_are_named(monkeypatch):
    """What is no dictionary is a mistake of the function, too."""
    monkeypatch.setitem(registry.OF_SWEEP, "odd", lambda runs: 3)
    with pytest.raises(ReportError, match="test_kind_code.py.*(Type|Attribute)Error"):
        describing.describe_sweep("odd", [])


def test_a_claim_that_leaves_is_named(monkeypatch):
    """By its number."""
    monkeypatch.setitem(
        CLAIMS, "C99", Claim("C99", "Text.", "Threshold.", (), leave, "theorem", "ours", EVERY_SEED)
    )
    with pytest.raises(ReportError) as caught:
        judging.judge("C99", {})
    check_left(caught.value, "C99")


def test_a_claim_changes_nothing_for_the_next(monkeypatch):
    """Random numbers, for one."""

    def judge() -> Finding:
        random.seed(3)
        return Finding(True, "Evidence.")

    monkeypatch.setitem(
        CLAIMS, "C99", Claim("C99", "Text.", "Threshold.", (), judge, "theorem", "ours", EVERY_SEED)
    )
    random.seed(5)
    before = random.getstate()
    assert judging.judge("C99", {}).holds
    assert random.getstate() == before


def test_an_experiment_that_leaves_is_named():
    """Where its runs are asked for."""
    with pytest.raises(ReportError, match=r"reportgen/experiments/.*SystemExit: 0 It printed: on the way"):
        _ = Experiment("odd", "Odd", leave).configs


TEMPLATES = {
    "divides by zero": "{{ 1 / 0 }}",
    "asks for what is not there": '{{ "a".encode("no-such-code") }}',
    "calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "overflows": "{{ 10.0 ** 1000 }}",
}


@pytest.mark.parametrize("kind", TEMPLATES)
def test_a_template_that_fails_is_named(bare, kind):
    """Two lines with file and line, whatever Python says."""
    with (bare / "templates" / "sections" / "01-bare.md").open("a", encoding="utf-8") as section:
        section.write(f"\n{TEMPLATES[kind]}\n")
    result = run(bare, "build")
    assert result.exit_code != 0 and len(result.stderr.splitlines()) == 2
    assert "Error: templates/sections/01-bare.md:9: " in result.stderr
