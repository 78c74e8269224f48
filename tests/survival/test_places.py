"""Where, when and how a build runs changes nothing: paths, clocks, zones, languages, hash seeds, permissions."""

import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.drawing.declaration import FONTS
from survival.projects import (
    ROOT,
    SITE,
    assert_finished,
    assert_same,
    build_from_nothing,
    contents,
    made,
    must,
    new_project,
    refuses,
    reportgen,
    site_of,
)  # fmt: skip

NAMES = (
    "with spaces", "it's \"quoted\"", "Größe, 数据 и 🐍", "-dash", "#1", "100%20", "a & b; $HOME `c`", "[a-z]*?", "{{ x }}",
    "back\\slash", "new\nline",
)  # fmt: skip
FAR = ("x" * 200 + "/") * 12


def moved(built, folder: Path) -> Path:
    """A copy that has only its runs: figures and page are made there."""
    project = Path(shutil.copytree(built.project, folder))
    shutil.rmtree(project / ".reportgen" / "figures")
    shutil.rmtree(project / ".reportgen" / "pages")
    shutil.rmtree(project / SITE)
    return project


def test_names(built, tmp_path, tally):
    """A folder may be called anything, as project and as output."""
    for name in NAMES:
        with tally.case(repr(name)):
            project = moved(built, tmp_path / name)
            must(reportgen(project, "build", "--quick"))
            assert_finished(project, built.site)
            must(reportgen(tmp_path, "build", "--quick", "--project", name, "--out", f"{name}/{name}"))
            assert_same(site_of(project, name), built.site)
            must(reportgen(tmp_path, "status", "--quick", "--project", name))
            shutil.rmtree(project)


def test_everything_at_once_from_nothing(built, tmp_path, tally):
    """Worker processes find their way there as well."""
    with tally.case("training in a strange folder"):
        project = build_from_nothing(tmp_path / 'it\'s "Größe" #1 100%' / "-x").project
        assert_finished(project, built.site)


def test_far_away(built, tmp_path, tally):
    """A path of thousands of letters."""
    with tally.case(f"{len(FAR):,} letters"):
        project = moved(built, tmp_path / FAR)
        must(reportgen(project, "build", "--quick"))
        assert_finished(project, built.site)
    with tally.case("an output folder with the longest possible name"):
        must(reportgen(project, "build", "--quick", "--out", "é" * 127))
        assert_same(site_of(project, "é" * 127), built.site)


def test_links(built, tmp_path, tally):
    """The project under a link, its parts and its output behind links."""
    real = moved(built, tmp_path / "real")
    with tally.case("a link to the project"):
        (tmp_path / "link").symlink_to(real)
        must(reportgen(tmp_path / "link", "build", "--quick"))
        assert_finished(real, built.site)
        assert "up to date" in must(reportgen(real, "build", "--quick")).stdout
    for name in ("figures", "templates", ".reportgen", SITE):
        with tally.case(f"{name} is a link"):
            (real / name).rename(tmp_path / f"elsewhere {name}")
            (real / name).symlink_to(tmp_path / f"elsewhere {name}")
            must(reportgen(real, "build", "--quick"))
            assert_finished(real, built.site)


CLOCKS = {"1990": 631152000, "2001": 978307200, "2100": 4102444800}


def test_clock(built, project, tally):
    """Files from the past or the future: nothing is made again."""
    must(reportgen(project, "build", "--quick"))
    for year, stamp in CLOCKS.items():
        with tally.case(f"files of {year}"):
            for path in project.rglob("*"):
                os.utime(path, (stamp, stamp))
            before = contents(project)
            assert "up to date" in must(reportgen(project, "build", "--quick")).stdout
            assert_same(contents(project), before)
            assert {path.stat().st_mtime for path in (project / SITE).rglob("*.*")} == {stamp}
    with tally.case("an edit that time and size do not show"):
        figure = project / "figures" / "curve.py"
        helper = project / "figures" / "_helper.py"
        helper.write_text("WIDTH = 200\n")
        figure.write_text(
            figure.read_text()
            .replace("width=200", "width=_helper.WIDTH")
            .replace("import ", "import _helper\nimport ", 1)
        )
        wide = drawn_at(project, 978307200)
        helper.write_text("WIDTH = 150\n")
        assert drawn_at(project, 978307200) != wide
        helper.write_text("WIDTH = 200\n")
        assert drawn_at(project, 978307200) == wide


def drawn_at(project: Path, stamp: int) -> bytes:
    for file in (project / "figures").glob("*.py"):
        os.utime(file, (stamp, stamp))
    must(reportgen(project, "build", "--quick"))
    return (project / SITE / "figures" / "curve.svg").read_bytes()


@pytest.mark.skipif(not shutil.which("faketime"), reason="needs libfaketime")
def test_clock_of_the_process(built, project, tally):
    """The whole command in another year."""
    must(reportgen(project, "build", "--quick"))
    library = next(Path("/usr/lib").rglob("libfaketime.so.1"))
    with tally.case("1999"):
        env = {"LD_PRELOAD": str(library), "FAKETIME": "1999-12-31 23:59:58"}
        assert "up to date" in must(reportgen(project, "build", "--quick", env=env)).stdout


CIRCUMSTANCES = {
    "another zone": {"TZ": "Pacific/Kiritimati"},
    "C": {"LC_ALL": "C"},
    "POSIX, without UTF-8": {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "Turkish": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    "German": {"LC_ALL": "de_DE.UTF-8"},
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "hash seed 4294967295": {"PYTHONHASHSEED": "4294967295"},
    "nobody's home": {"HOME": "/nonexistent", "USER": "", "COLUMNS": "17"},
    "optimised": {"PYTHONOPTIMIZE": "1"},
}


def test_same_bytes(built, tmp_path, tally):
    """Site and drawings, PDFs included, whatever surrounds the build; each in a folder of its own."""
    for name, env in CIRCUMSTANCES.items():
        with tally.case(name):
            project = moved(built, tmp_path / name)
            must(reportgen(project, "build", "--quick", env=env))
            assert_finished(project, built.site)
            assert_same(made(project), made(built.project))
            shutil.rmtree(project)
    for mask in (0o077, 0o000):
        with tally.case(f"umask {mask:03o}"):
            project = moved(built, tmp_path / f"{mask}")
            must(reportgen(project, "build", "--quick", umask=mask))
            assert_finished(project, built.site)
            assert {
                file.stat().st_mode & 0o777 for file in (project / SITE).rglob("*.*") if file.is_file()
            } == {0o644}


DAYS = '''"""Days.

Three days, with a time.
"""

import altair as alt

from reportgen.charts import named

RUNS = ()
CAPTION = "Days."
ALT = "Three days."


def chart(runs):
    rows = [{"d": f"2026-03-{i}T12:30", "y": i, "word": "alpha beta"} for i in (28, 29, 30)]
    x, tip = alt.X("d:T", axis=alt.Axis(format="%d %H:%M")), alt.Tooltip("hours(d):T")
    line = alt.Chart(named("days", rows)).encode(x=x, y="y:Q", tooltip=tip)
    return (line.mark_line() + line.mark_text().encode(text="word:N")).properties(width=300, height=90)
'''


def test_zones_and_fonts(built, tmp_path, tally):
    """Dates and words are drawn alike in every zone, and beside other fonts that a chart might take."""
    made_first: dict[str, bytes] = {}
    for place in ("UTC", "America/New_York", "Asia/Kathmandu", "another Helvetica"):
        with tally.case(place):
            project = moved(built, tmp_path / place.replace("/", "-"))
            (project / "figures" / "days.py").write_text(DAYS)
            fonts = tmp_path / f"home of {project.name}" / ".local" / "share" / "fonts"
            fonts.mkdir(parents=True)
            if "another" in place:
                (fonts / "other.ttf").write_bytes(twice_as_large("Helvetica"))
            env = {"TZ": place if "/" in place else "UTC", "HOME": str(fonts.parents[2])}
            must(reportgen(project, "figures", "days", "--quick", "--format", "png", env=env))
            folder = next((project / ".reportgen" / "figures").glob("days.*"))
            now = made(folder)
            assert_same(now, made_first or now)
            made_first = made_first or now


def twice_as_large(family: str) -> bytes:
    """Our font under another family name, up to as long as its own, and twice the size."""
    font = bytearray((FONTS / "reportgen-sans-400.ttf").read_bytes())
    directory = range(12, 12 + 16 * struct.unpack_from(">H", font, 4)[0], 16)
    places = {font[at : at + 4].decode(): struct.unpack_from(">I", font, at + 8)[0] for at in directory}
    size = places["head"] + 18
    struct.pack_into(">H", font, size, struct.unpack_from(">H", font, size)[0] // 2)
    names = places["name"]
    _, count, strings = struct.unpack_from(">HHH", font, names)
    for at in range(names + 6, names + 6 + 12 * count, 12):
        kind, length, offset = struct.unpack_from(">HHH", font, at + 6)
        if kind in (1, 16):
            new = family.encode("utf-16-be")
            struct.pack_into(">H", font, at + 8, len(new))
            font[names + strings + offset : names + strings + offset + len(new)] = new
    return bytes(font)


PAGES = ("cp1252", "cp437", "cp932", "latin-1", "ascii")  # of Windows, of DOS, Japanese; of old systems


def test_code_pages(built, tmp_path, tally):
    """Whatever the terminal can show: every command says what it has to say, and the site is the same bytes."""
    for page in PAGES:
        with tally.case(page):
            project, env = moved(built, tmp_path / page), {"PYTHONIOENCODING": page, "PYTHONUTF8": "0"}
            for command in ("build --quick", "status --quick --why", "check", "build --quick --frozen"):
                must(reportgen(project, *command.split(), env=env))
            refuses(reportgen(project, "build", "--set", "modular.größe=3", env=env), "modular.gr")
            assert_finished(project, built.site)


@pytest.mark.skipif(not shutil.which("unshare") or os.geteuid() != 0, reason="needs root, to mount")
def test_shared_memory_that_cannot_be_written_to(built, tmp_path, tally):
    """As in some containers: one process trains, says so, and to the same bytes."""
    alone = 'mount -t tmpfs -o ro tmpfs /dev/shm && exec "$0" -m reportgen build --quick'
    with tally.case("/dev/shm is read-only"):
        project = new_project(tmp_path / "project")
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", alone, sys.executable],
            cwd=project, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "This process trains" in must(done).stderr
        assert_finished(project, built.site)
        assert_same(made(project), made(built.project))


def test_same_bytes_from_nothing(built, tmp_path, tally):
    """Trained elsewhere at another time, in another zone and language, with another hash seed."""
    with tally.case("all of it"):
        project = new_project(tmp_path / "other")
        env = {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "77", "TMPDIR": str(tmp_path)}
        must(reportgen(project, "build", "--quick", env=env, umask=0o077))
        assert_finished(project, built.site)
        assert_same(made(project), made(built.project))


if sys.platform == "darwin":  # its file system spells names in its own way
    NAMES = tuple(name for name in NAMES if name.isascii())
