"""--dry-run, --frozen, --keep-going, --why and the lock file, on a project whose figures need no runs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.projects import contents, copy_templates, forget, knowing, must, run

from reportgen.errors import EXIT_FAILED, EXIT_STALE, EXIT_USAGE
from reportgen.experiments.variants import read_settings
from reportgen.files.project import Project
from reportgen.pipeline import lockfile
from reportgen.pipeline.plan import Plan

FIGURE = '''"""{title}.

Two points.
"""

import altair as alt

from reportgen.charts import named

RUNS = ()
CAPTION = "Two points of {{{{ construction.neurons }}}} neurons."
ALT = "Two points."


def chart(runs):
    rows = [{{"x": 0, "y": 1}}, {{"x": 1, "y": 2}}]
    return alt.Chart(named("points", rows)).mark_point().encode(x="x:Q", y="y:Q").properties(width=90, height=60)
'''


@pytest.fixture(scope="module")
def built(tmp_path_factory, bare_built) -> Path:
    """A canonical project of two figures without runs, built."""
    project = tmp_path_factory.mktemp("bare")
    (project / "figures").mkdir()
    for name in ("one", "two"):
        (project / "figures" / f"{name}.py").write_text(FIGURE.format(title=name.capitalize()))
    copy_templates(project)
    text = '## Points {#points}\n\n{{ figure("one") }}\n\n{{ figure("two") }}\n'
    (project / "templates" / "sections" / "01-points.md").write_text(text)
    knowing(project, bare_built)
    must(run(project, "build"))
    return project


@pytest.fixture
def project(built, tmp_path) -> Path:
    """A copy of it, as up to date as that."""
    return Path(shutil.copytree(built, tmp_path / "bare"))


def files(project: Path) -> dict[str, bytes]:
    """All but what the program remembers for itself."""
    return {path: content for path, content in contents(project).items() if "/cache/" not in path}


def breaks(project: Path, name: str) -> None:
    file = project / "figures" / f"{name}.py"
    file.write_text(
        file.read_text().replace('    rows = [{"x": 0', '    raise ValueError("no")\n    rows = [{"x": 0')
    )


def test_a_dry_run_says_what_and_why_and_makes_nothing(project, edit):
    """Each item with its reason and its cost; nothing is touched."""
    assert "Nothing to do" in must(run(project, "build", "--dry-run")).stdout
    edit(project / "figures" / "one.py", "width=90", "width=80")
    before = contents(project / "site")
    said = must(run(project, "build", "--dry-run")).stdout
    assert "Draw one, about" in said and "figures/one.py changed" in said
    assert "Write site, about" in said and "Draw two" not in said and "In all about" in said
    assert contents(project / "site") == before


def test_why_says_from_what_to_what(project, edit):
    """Hashes of code, before and after; values of facts."""
    edit(project / "figures" / "one.py", "width=90", "width=80")
    said = must(run(project, "status", "--why")).stdout
    line = next(line for line in said.splitlines() if "figures/one.py changed" in line)
    before, after = line[line.index("(") + 1 : line.index(")")].split(" → ")
    assert before != after and len(before) == len(after) == 8
    edit(project / ".reportgen" / "cache" / "memory.json", '"neurons":5', '"neurons":6')
    assert "construction.neurons" not in must(run(project, "status", "--why")).stdout  # damaged: not believed


def test_frozen_needs_neither_torch_nor_altair(project):
    """It passes on what is up to date, with what trains and draws not even importable."""
    script = (
        "import sys\n"
        "for name in ('torch', 'altair', 'vl_convert', 'jinja2'): sys.modules[name] = None\n"
        "from reportgen.cli import main\n"
        f"main(['build', '--frozen', '--project', {str(project)!r}])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "Everything is up to date." in done.stdout


@pytest.mark.parametrize("damage", ["figure", "template", "lock", "no lock", "site", "drawing"])
def test_frozen_lists_what_is_stale_and_touches_nothing(damage, project, edit):
    """Its own exit code and a line for every item; no file changes."""
    if damage == "figure":
        edit(project / "figures" / "one.py", "width=90", "width=80")
    elif damage == "template":
        edit(project / "templates" / "sections" / "01-points.md", "## Points", "## Two points")
    elif damage == "lock":
        edit(project / lockfile.FILE, "claim C25 holds", "claim C25 fails")
    elif damage == "no lock":
        (project / lockfile.FILE).unlink()
    elif damage == "site":
        (project / "site" / "index.html").write_text("mine")
    else:
        next((project / ".reportgen" / "figures").glob("one.*/figure.json")).write_text("")
    before = files(project)
    result = run(project, "build", "--frozen")
    words = {"figure": "figures/one.py changed", "template": "01-points.md changed", "site": "were changed or removed",
             "lock": "claim C25 is holds; reportgen.lock has fails", "no lock": "reportgen.lock is missing",
             "drawing": "one: its files were damaged"}  # fmt: skip
    assert result.exit_code == EXIT_STALE and words[damage] in result.stderr
    assert files(project) == before
    must(run(project, "build"))
    must(run(project, "build", "--frozen"))


def test_broken_figures_come_in_one_summary_and_the_old_site_stays(project):
    """File and line of each; the page is as it was."""
    before = contents(project / "site")
    breaks(project, "one")
    breaks(project, "two")
    result = run(project, "build")
    assert result.exit_code == EXIT_FAILED
    assert "2 figures failed" in result.stderr
    assert "one.py:16: ValueError: no" in result.stderr and "two.py:16: ValueError: no" in result.stderr
    assert contents(project / "site") == before


def test_keep_going_marks_the_broken_figure(project, edit):
    """The page is written with the error in its place, the exit code still tells, mending mends."""
    breaks(project, "one")
    result = run(project, "build", "--keep-going")
    assert result.exit_code == EXIT_FAILED and "one.py:16" in result.stderr
    page = (project / "site" / "index.html").read_text()
    assert "one could not be drawn" in page and "ValueError: no" in page
    assert '<figure id="two" data-figure="two"' in page
    assert run(project, "build", "--frozen").exit_code == EXIT_STALE
    edit(project / "figures" / "one.py", '    raise ValueError("no")\n', "")
    must(run(project, "build"))
    assert "could not be drawn" not in (project / "site" / "index.html").read_text()


def test_a_figure_that_cannot_be_read_stops_no_other(project, edit):
    """A syntax error is that figure's alone: others are drawn, and every command says where it is."""
    before = contents(project / "site")
    edit(project / "figures" / "one.py", "def chart(runs):", "def chart(runs)")
    edit(project / "figures" / "two.py", "RUNS = ()", "RUNS = ()\nCHANGED = 1")
    result = run(project, "build")
    assert result.exit_code == EXIT_USAGE and "Drew two" in result.stdout
    assert "one.py:15: expected ':'" in result.stderr and contents(project / "site") == before
    must(run(project, "figures", "two"))
    assert "one.py:15" in run(project, "figures", "one").stderr
    assert "one.py:15" in must(run(project, "status")).stdout
    assert "one.py:15" in must(run(project, "build", "--dry-run")).stdout
    assert "one.py:15" in run(project, "build", "--frozen").stderr
    assert run(project, "clean", "--stale", "--yes").exit_code == EXIT_USAGE
    assert run(project, "build", "--keep-going").exit_code == EXIT_USAGE
    assert "one could not be drawn" in (project / "site" / "index.html").read_text()
    edit(project / "figures" / "one.py", "def chart(runs)", "def chart(runs):")
    must(run(project, "build"))
    assert "could not be drawn" not in (project / "site" / "index.html").read_text()


def test_the_lock_keeps_another_machines_numbers():
    """The same run with other content is no news; a changed run, or the same content, is."""
    for item in ("run modular", "number modular t_gen", "claim C1"):
        for now, expected in (("k2 c1", False), ("k1 c2", True), ("k1 c1", False)):
            old, new = {"run modular": "k1 c1"}, {"run modular": now}
            assert lockfile.Lock(old, new, {"C1": ("modular",)}).trained_elsewhere(item) == expected
    assert not lockfile.Lock({}, {}, {}).trained_elsewhere("page")


def test_the_lock_is_read_as_it_was_written(project):
    """Sorted lines, one item each; a line of nonsense is no error."""
    lines = (project / lockfile.FILE).read_text().splitlines()[1:]
    assert lines == sorted(lines)
    found = lockfile.read(project)
    assert len(found) == len(lines) and found["claim C26"] == "holds"
    assert lockfile._split("run modular 12 34") == ("run modular", "12 34")
    (project / lockfile.FILE).write_bytes(b"\xff nonsense")
    assert lockfile.read(project) == {}
    assert "Updated reportgen.lock" in must(run(project, "build")).stdout


def test_what_a_build_with_training_works_out_is_remembered(mini_built):
    """Facts of runs that it has just trained, too: the next command makes nothing anew."""
    forget()
    plan = Plan(Project(mini_built), read_settings(True, ()))
    facts = [target for target in plan.targets(mini_built / "site-quick") if target.kind == "facts"]
    assert len(facts) == 2
    assert all(target.state().current for target in facts)
