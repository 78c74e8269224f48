"""Nothing goes into a figure undeclared: what its code reads is in its key, or refused by name."""

import importlib
import json
import os
import random
import shutil
import socket
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fixtures.projects import ROOT, forget, must, run

from reportgen.drawing import utc, vega
from reportgen.errors import ReportError
from reportgen.experiments.variants import read_settings
from reportgen.facts import describing, registry
from reportgen.files import own_modules, reads
from reportgen.files.project import Project
from reportgen.pipeline import lockfile
from reportgen.pipeline.figures import places_read
from reportgen.pipeline.plan import Plan
from reportgen.scaffold.init import start_project
from reportgen.share.serve import changes

# Figures here leave their files open, as people's do.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
FIGURE = '''"""Odd.

Reads something.
"""
import altair as alt
from reportgen.charts import named
{above}
RUNS = ()
CAPTION = "Odd."
ALT = "Points."
def chart(runs):
    {inside}
    rows = [{{"x": i, "y": y}} for i, y in enumerate(found)]
    return alt.Chart(named("rows", rows)).mark_point().encode(x="x:Q", y="y:Q").properties(width=300, height=120)
'''


def write(project: Path, above: str, inside: str) -> None:
    text = FIGURE.format(above=above, inside=inside)
    (project / "figures" / "odd.py").write_text(text, encoding="utf-8")


def drawn(project: Path) -> str:
    """The figure's data, drawn if need be; with a sign when it was."""
    result = must(run(project, "figures", "odd", "--format", "csv", "--out", str(project / "out")))
    table = (project / "out" / "odd.csv").read_text(encoding="utf-8")
    return ("drew " if "Drew odd" in result.stdout else "") + table


def said(project: Path) -> str:
    """What `status` says of the figure; the other one stays as it was."""
    lines = must(run(project, "status")).stdout.splitlines()
    assert "  line                     fresh" in lines
    return next(line for line in lines if line.startswith("  odd ")).split(maxsplit=1)[1]


def text(file: str, content: str) -> Callable[[Path, pytest.MonkeyPatch], None]:
    def edit(project: Path, patch: pytest.MonkeyPatch) -> None:
        (project / file).parent.mkdir(exist_ok=True)
        (project / file).write_text(content, encoding="utf-8")

    return edit


def array(value: int) -> Callable[[Path, pytest.MonkeyPatch], None]:
    return lambda project, patch: np.save(project / "points.npy", np.array([value]))


def table(value: int) -> Callable[[Path, pytest.MonkeyPatch], None]:
    def edit(project: Path, patch: pytest.MonkeyPatch) -> None:
        with sqlite3.connect(project / "points.db") as base:
            base.execute("create table if not exists t (y)")
            base.execute("insert into t values (?)", (value,))
        base.close()

    return edit


def variable(value: str) -> Callable[[Path, pytest.MonkeyPatch], None]:
    return lambda project, patch: patch.setenv("REPORTGEN_ODD", value)


def nothing(project: Path, patch: pytest.MonkeyPatch) -> None:
    pass


ONE, TWO = text("points.csv", "1\n"), text("points.csv", "2\n")
HELPER = "import sys, pathlib; sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / 'lib')); "
READ = {  # what stands above, what stands in chart(), before, after, what `status` names
    "a file by its name": ("", 'found = [int(open("points.csv").read())]', ONE, TWO, "points.csv changed"),
    "a file beside the figure": (
        "from pathlib import Path",
        'found = [float(Path(__file__).with_name("points.txt").read_text())]',
        text("figures/points.txt", "1"), text("figures/points.txt", "2"), "figures/points.txt changed",
    ),
    "a table": (
        "import csv", 'found = [int(row[0]) for row in csv.reader(open("points.csv", newline=""))]',
        ONE, text("points.csv", "1\n2\n"), "points.csv changed",
    ),
    "an array": ("import numpy", 'found = numpy.load("points.npy")[:].tolist()', array(1), array(2), "points.npy changed"),
    "numbers in a text": ("import numpy", 'found = [float(numpy.loadtxt("points.csv"))]', ONE, TWO, "points.csv changed"),
    "bytes": ("import os", 'found = [os.read(os.open("points.csv", os.O_RDONLY), 1)[0]]', ONE, TWO, "points.csv changed"),
    "a database": (
        "import sqlite3", 'found = [y for y, in sqlite3.connect("points.db").execute("select y from t")]',
        table(1), table(2), "points.db changed",
    ),
    "a database by an address": (
        "import sqlite3",
        'found = [y for y, in sqlite3.connect("file:points.db?mode=ro", uri=True).execute("select y from t")]',
        table(1), table(2), "points.db changed",
    ),
    "a file while it is imported": ('found = [int(open("points.csv").read())]', "pass", ONE, TWO, "points.csv changed"),
    "a file in a thread": (
        "from threading import Thread",
        'found = []; t = Thread(target=lambda: found.append(int(open("points.csv").read()))); t.start(); t.join()',
        ONE, TWO, "points.csv changed",
    ),
    "a file that may be there": (
        "from pathlib import Path", 'found = [1] if Path("points.csv").exists() else [2]',
        nothing, ONE, "points.csv changed",
    ),
    "a file that is tried": (
        "", 'found = [1]\n    try: open("points.csv")\n    except OSError: found = [2]',
        nothing, ONE, "points.csv changed",
    ),
    "a folder": (
        "from pathlib import Path", 'found = [len(list(Path("many").glob("*.csv")))]',
        text("many/a.csv", "1"), text("many/b.csv", "1"), "many changed",
    ),
    "a module elsewhere": (
        f"{HELPER}import odd_helper", "found = [odd_helper.Y]",
        text("lib/odd_helper.py", "Y = 1\n"), text("lib/odd_helper.py", "Y = 2\n"), "lib/odd_helper.py changed",
    ),
    "a module that a module brings": (
        f"{HELPER}import odd_helper", "found = [odd_helper.Y]",
        lambda p, m: (text("lib/odd_helper.py", "from odd_far import Y")(p, m), text("lib/odd_far.py", "Y = 1")(p, m)),
        text("lib/odd_far.py", "Y = 2"), "lib/odd_far.py changed",
    ),
    "a module by a name that is made": (
        "import importlib", 'found = [importlib.import_module("_o" + "dd").Y]',
        text("figures/_odd.py", "Y = 1\n"), text("figures/_odd.py", "Y = 2\n"), "figures/_odd.py changed",
    ),
    "a variable": (
        "import os", 'found = [float(os.environ["REPORTGEN_ODD"])]', variable("1"), variable("2"),
        "variable REPORTGEN_ODD changed",
    ),
    "a variable that may be there": (
        "import os", 'found = [float(os.getenv("REPORTGEN_ODD", "1"))]', nothing, variable("2"),
        "variable REPORTGEN_ODD changed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", READ)
def test_what_a_figure_reads_is_in_its_key(bare, kind, monkeypatch):
    """Drawn once; when that changes it is stale and says why, drawn again, and going back draws nothing."""
    above, inside, before, after, says = READ[kind]
    write(bare, above, inside)
    before(bare, monkeypatch)
    first = drawn(bare)
    assert first.startswith("drew") and said(bare) == "fresh"
    kept = {file: file.read_bytes() for file in bare.iterdir() if file.is_file()}
    after(bare, monkeypatch)
    assert said(bare) == f"stale    {says}"
    assert drawn(bare).startswith("drew") and said(bare) == "fresh"
    if kind == "a file by its name":
        for file, content in kept.items():
            file.write_bytes(content)
        assert drawn(bare) == first.removeprefix("drew ")


def test_what_changes_nothing_is_read_over(bare):
    """Another time of a file, other line ends, a comment in a module: the figure is as it was."""
    write(bare, f"{HELPER}import odd_helper", 'found = [odd_helper.Y, int(open("points.csv").readline())]')
    text("lib/odd_helper.py", "Y = 1\n")(bare, None)
    text("points.csv", "1\n2\n")(bare, None)
    drawn(bare)
    text("lib/odd_helper.py", "# why\nY = 1\n")(bare, None)
    (bare / "points.csv").write_bytes(b"1\r\n2\r\n")
    os.utime(bare / "points.csv", (0, 0))
    assert said(bare) == "fresh"


def test_what_a_figure_writes_is_not_read(bare):
    """A file of its own making is none of its inputs; nor is a variable that it sets."""
    write(bare, "import os", 'open("made.txt", "w").write("3"); found = [int(open("made.txt").read())]')
    drawn(bare)
    (bare / "made.txt").unlink()
    assert said(bare) == "fresh"


REFUSED = {  # what stands above, what stands in chart(), what is said
    "the time": ("import time", "found = [time.time()]", ":12: it asks for the time"),
    "the time by another name": ("from time import time as t", "found = [t()]", ":7: it asks for the time"),
    "the time of a module by another name": ("import time as t", "found = [t.time()]", ":12: it asks for the time"),
    "a clock that is handed on": ("import time", "found = [f() for f in [time.monotonic]]", ":12: it asks for the time"),
    "a date that is handed on": ("import datetime; today = datetime.date.today", "found = [today().day]", ":7: it asks for the time"),
    "the hour": ("import time", "found = [time.localtime().tm_hour]", ":12: it asks for the time"),
    "the date": ("from datetime import date", "found = [date.today().day]", ":12: it asks for the time"),
    "now": ("import datetime as d", "found = [d.datetime.now().year]", ":12: it asks for the time"),
    "the network": (
        "import urllib.request", 'found = urllib.request.urlopen("http://localhost:9/").read()',
        ":12: it asks the network (socket.getaddrinfo)",
    ),
    "an address": ("import socket", 'found = socket.create_connection(("127.0.0.1", 9))', "it asks the network"),
    "a process": ("import subprocess", 'found = subprocess.run(["true"])', ":12: it starts a process (subprocess.Popen)"),
    "a shell": ("import os", 'found = [os.system("true")]', ":12: it starts a process (os.system)"),
    "what it hides": (
        "import os", 'found = [1]\n    try: os.system("true")\n    except Exception: pass', ":13: it starts a process",
    ),
    "the machine": ("", 'found = [float(open("/proc/loadavg").read().split()[0])]', ":12: it reads /proc/loadavg"),
    "noise": ("", 'found = [open("/dev/urandom", "rb").read(1)[0]]', ":12: it reads /dev/urandom"),
    "the keyboard": ("", "found = [float(input())]", ":12: it asks at the keyboard"),
    "another run": ("from reportgen import load", 'found = [load("modular")]', "cannot load 'modular' by itself"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_recorded_is_refused(bare, kind, monkeypatch):
    """Two lines with file and line and a way out; nothing is kept."""
    above, inside, says = REFUSED[kind]
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it went out"), raising=False)
    write(bare, above, inside)
    result = run(bare, "figures", "odd", "--format", "csv", "--out", str(bare / "out"))
    first, hint = result.stderr.strip().splitlines()
    assert result.exit_code == 1 and says in first and hint, result.stderr
    assert not list((bare / ".reportgen" / "figures").glob("odd.*"))


def test_dates_that_are_given_are_no_clock(bare):
    """Neither is a method of another thing by such a name, as `strftime` of a date."""
    write(
        bare,
        "import time, datetime",
        'found = [int(datetime.date(2026, 1, 2).strftime("%d")), time.gmtime(86400).tm_mday]',
    )
    assert drawn(bare) == "drew x,y\n0,2\n1,2\n"


RANDOM = {
    "random": ("import random", "found = [random.random(), random.Random().random(), random.SystemRandom().random()]"),
    "seeded anew": ("import random", "random.seed(); found = [random.random()]"),
    "NumPy's": ("import numpy as np", "found = [np.random.rand(), np.random.default_rng().random()]"),
    "NumPy's, seeded anew": ("import numpy as np", "np.random.seed(); found = [np.random.rand()]"),
    "the system's": ("import os, uuid, secrets", "found = [os.urandom(1)[0], uuid.uuid4().int % 999, secrets.randbelow(999)]"),
    "PyTorch's": ("import torch", "found = torch.rand(2).tolist()"),
}  # fmt: skip


@pytest.mark.parametrize("kind", RANDOM)
def test_random_numbers_are_the_figures_own(bare, kind):
    """Whatever was drawn before, the same numbers come; and afterwards all is random again."""
    write(bare, *RANDOM[kind])
    first = drawn(bare)
    shutil.rmtree(bare / ".reportgen" / "figures")
    random.seed(7)
    np.random.seed(7)  # noqa: NPY002 – it is what figures may use
    assert drawn(bare) == first
    assert os.urandom(8) != os.urandom(8)


def test_the_command_line_is_no_input(bare, monkeypatch):
    """Whatever the command is, a figure sees none."""
    monkeypatch.setattr("sys.argv", ["reportgen", "build", "--quick"])
    write(bare, "import sys", "found = [len(sys.argv)]")
    assert drawn(bare) == "drew x,y\n0,1\n" and len(sys.argv) == 3


def test_time_zones_draw_one_picture(bare, monkeypatch):
    """Dates as text, with a time of day, and made of a number; in a picture, on the page, and in the download."""
    above = "import datetime"
    days = '[{"d": f"2026-01-0{i}T12:00:00", "h": datetime.datetime.fromtimestamp(0).hour, "y": i} for i in (1, 2)]'
    chart = 'alt.Chart(named("rows", rows)).mark_line().encode(x=alt.X("d:T", axis=alt.Axis(format="%d %H:%M")), y="y:Q", tooltip=alt.Tooltip("hours(d):T"))'
    source = FIGURE.format(above=above, inside="found = []")
    start = source.index("    rows = ")
    source = f"{source[:start]}    rows = {days}\n    return {chart}.properties(width=300, height=120)\n"
    (bare / "figures" / "odd.py").write_text(source, encoding="utf-8")
    made = []
    for zone in ("UTC", "America/New_York", "Asia/Tokyo"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        vega._charts.end()  # the process that draws starts in this zone
        shutil.rmtree(bare / ".reportgen" / "figures", ignore_errors=True)
        drawn(bare)
        folder = next((bare / ".reportgen" / "figures").glob("odd.*"))
        made.append({f.name: f.read_bytes() for f in folder.iterdir() if f.name != "provenance.json"})
        assert time.localtime(0).tm_hour == {"UTC": 0, "America/New_York": 19, "Asia/Tokyo": 9}[zone]
    monkeypatch.undo()
    time.tzset()
    assert made[0] == made[1] == made[2]
    assert ">01 12:00<" in made[0]["odd.svg"].decode()
    download = json.loads(made[0]["odd.json"])
    assert download["encoding"]["x"]["scale"] == {"type": "utc"}
    assert download["data"]["values"][0]["d"] == "2026-01-01T12:00:00Z"


def test_compiled_charts_know_no_zone():
    """Scales, transforms and expressions; words in quotes and rows stay as they are."""
    found = utc.compiled(
        {
            "scales": [{"type": "time", "range": "width"}],
            "data": [
                {"values": [{"expr": "hours(1)"}], "transform": [{"type": "timeunit", "units": ["year"]}]}
            ],
            "marks": [
                {
                    "signal": "timeFormat(datum.d, '%H') + hours(datum.e) + datum.hours + datetime(2026) + time(3)"
                }
            ],
        }
    )
    assert found["scales"] == [{"type": "utc", "range": "width"}]
    assert found["data"][0]["values"] == [{"expr": "hours(1)"}]
    assert found["data"][0]["transform"][0]["timezone"] == "utc"
    signal = "utcFormat(datum.d, '%H') + utchours(datum.e) + datum.hours + utc(2026) + time(3)"
    assert found["marks"] == [{"signal": signal}]


def test_frozen_and_the_lock_know_what_was_read(bare):
    """A changed file is not up to date; a clone, which has no drawings, learns its name from the lock."""
    write(bare, "", 'found = [int(open("points.csv").read())]')
    ONE(bare, None)
    with (bare / "templates" / "sections" / "01-bare.md").open("a", encoding="utf-8") as section:
        section.write('\n{{ figure("odd") }}\n')
    must(run(bare, "build"))
    must(run(bare, "build", "--frozen"))
    lock = lockfile.read(bare)
    assert lock["read odd file points.csv"]
    shutil.rmtree(bare / ".reportgen")
    forget()
    assert lockfile.differences(Plan(Project(bare), read_settings(False, ()))) == ()
    must(run(bare, "build"))
    TWO(bare, None)
    result = run(bare, "build", "--frozen")
    assert result.exit_code == 3 and "odd: points.csv changed" in result.stderr
    changed = lockfile.differences(Plan(Project(bare), read_settings(False, ())))
    assert "read odd file points.csv" in {change.name for change in changed}


def test_the_preview_watches_what_is_read(bare):
    """Outside the folders that it watches anyway, from the build on that read it."""
    ONE(bare, None)
    known: set[Path] = set()
    batches = changes([bare / "figures"], lambda: known)
    next(batches)
    write(bare, "", 'found = [int(open("points.csv").read())]')
    while not next(batches):
        pass
    drawn(bare)
    known |= places_read(Project(bare))
    assert bare / "points.csv" in known
    while next(batches):
        pass
    TWO(bare, None)
    os.utime(bare / "points.csv", (0, 0))
    assert bare / "points.csv" in next(found for found in batches if found)


def test_new_projects_get_the_data_too(bare, tmp_path, monkeypatch):
    """A folder data/ travels with `init`, as static/ does."""
    for name in ("figures", "templates", "runs", "data"):
        (tmp_path / "from" / name).mkdir(parents=True)
    (tmp_path / "from" / "data" / "points.csv").write_text("1\n")
    monkeypatch.setattr("reportgen.scaffold.init._source", lambda: tmp_path / "from")
    for name in ("reportgen.toml", "CITATION.cff"):
        (tmp_path / "from" / name).touch()
    list(start_project(tmp_path / "new", "grokking"))
    assert (tmp_path / "new" / "data" / "points.csv").read_text() == "1\n"


def test_facts_read_nothing(monkeypatch, tmp_path):
    """They follow from their runs, under which they are remembered."""
    code = compile(
        "def odd(runs):\n    return {'a': open(__file__).read()}",
        str(Path(describing.__file__).parent / "sections" / "odd.py"),
        "exec",
    )
    names = {"__file__": str(ROOT / "README.md")}
    exec(code, names)
    monkeypatch.setitem(registry.OF_SWEEP, "odd", names["odd"])
    with pytest.raises(ReportError, match="odd.py:2: it reads .*README.md"):
        describing.describe_sweep("odd", [])


def test_libraries_may_start_as_they_like(tmp_path, monkeypatch):
    """What a library reads and starts while it is imported is its own matter; what it is asked to read is not."""
    (tmp_path / "odd_library.py").write_text(
        "import os\nopen(__file__).close()\nopen('/etc/hosts').close()\nos.system('true')\nA = os.environ.get('ODD')\n"
        "def read(file):\n    open(file).close()\n    return os.environ.get('ODD')\n"
    )
    monkeypatch.setattr(own_modules, "_INSTALLED", {str(tmp_path.resolve())})
    monkeypatch.syspath_prepend(tmp_path)
    own_modules.owner.cache_clear()
    watch = reads.Reads(ROOT)
    with watch.watched():
        library = importlib.import_module("odd_library")
        assert watch.found == {}
        library.read("README.md")
    assert list(watch.found) == ["file README.md"]
    own_modules.owner.cache_clear()


def test_the_articles_figures_read_nothing(quick):
    """No file, module or variable beside what their keys name anyway."""
    forget()
    figures = Plan(Project(quick), read_settings(True, ())).figures.values()
    assert {name for figure in figures for name in figure.inputs if reads.is_read(name)} == set()
    assert all(figure.drawn() for figure in figures)
