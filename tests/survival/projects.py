"""Projects of a few seconds, the command line in a process of its own, and the counting of cases."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

from fixtures.projects import copy_templates

from reportgen.files.atomic import UNFINISHED
from reportgen.files.project import Project
from reportgen.pipeline.figures import FigureTarget

ROOT = Path(__file__).parent.parent.parent
SITE = "site-quick"
FIGURE = '''"""{title}.

Weights or accuracy of a tiny run.
"""

import altair as alt

from reportgen.charts import accuracy_chart, weight_heatmap

RUNS = ("{run}",)
GROUP = {group}
CAPTION = "A tiny run."
ALT = "The run ends at {{{{ {run}.steps|step }}}}."


def chart(runs):
    {body}
'''
WEIGHTS = """run = runs["modular"]
    return weight_heatmap(
        run, run.w_input[:, :20, :12], row="number", column="neuron", row_labels=list(range(20)),
        column_labels=list(range(12)), limit=0.1, title="W", cell=(5, 5), x=alt.Axis(), y=alt.Axis(),
    )"""
FIGURES = {
    "weights": FIGURE.format(title="Weights", run="modular", group='"modular"', body=WEIGHTS),
    "curve": FIGURE.format(
        title="Curve",
        run="parity",
        group=None,
        body='return accuracy_chart(runs["parity"], width=200, height=100)',
    ),
}
SEARCH = '''"""Ends.

Test loss of every seed at the end.
"""

import altair as alt

from reportgen.charts import named

RUNS = ("parity-search",)
CAPTION = "Every seed."
ALT = "Test loss of every seed at the end."


def chart(runs):
    rows = [{"seed": run.config.seed, "loss": float(run.test_loss[-1])} for run in runs["parity-search"]]
    return alt.Chart(named("ends", rows)).mark_point().encode(x="seed:Q", y="loss:Q").properties(width=90, height=60)
'''


@dataclass(frozen=True)
class Built:
    """A finished project, how many seconds it took, and its site."""

    project: Path
    seconds: float
    site: Mapping[str, bytes]


@dataclass
class Tally:
    """Counts cases; a failed one is kept for the end."""

    passed: int = 0
    failures: list[str] = field(default_factory=list)
    note: str = ""

    @contextmanager
    def case(self, name: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # whatever it is, it is this case's result
            self.failures.append(f"{name}: {type(error).__name__}: {error}"[:1000])
        else:
            self.passed += 1


def new_project(folder: Path, figures: Mapping[str, str] = FIGURES) -> Path:
    """A project with nothing trained, drawn or written."""
    copy_templates(folder)
    places = "".join(f'{{{{ figure("{name}") }}}}\n\n' for name in figures)
    (folder / "templates" / "sections" / "01-tiny.md").write_text(f"## Tiny {{#tiny}}\n\n{places}")
    (folder / "figures").mkdir()
    for name, code in figures.items():
        (folder / "figures" / f"{name}.py").write_text(code)
    return folder


def build_from_nothing(folder: Path) -> Built:
    """Train, draw and write; timed."""
    started = time.monotonic()
    must(reportgen(new_project(folder), "build", "--quick"))
    return Built(folder, time.monotonic() - started, site_of(folder))


def shipped_project(folder: Path) -> Path:
    """A canonical project on the stored runs of one search, built."""
    new_project(folder, {"ends": SEARCH})
    for found in [*(ROOT / "runs").glob("parity-search.*"), ROOT / "runs" / "certificates.json"]:
        copy = shutil.copytree if found.is_dir() else shutil.copy2
        (folder / "runs").mkdir(exist_ok=True)
        copy(found, folder / "runs" / found.name)
    must(reportgen(folder, "build"))
    return folder


def start(
    project: Path, *arguments: str, env: Mapping[str, str] | None = None, **options
) -> subprocess.Popen:
    """`reportgen …` inside the project, in a process group of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as for a person
    return subprocess.Popen(
        [sys.executable, "-m", "reportgen", *arguments], cwd=project, env=environment, text=True,
        encoding="utf-8", errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **options,
    )  # fmt: skip


def reportgen(project: Path, *arguments: str, **options) -> subprocess.CompletedProcess:
    """The same, waited for."""
    process = start(project, *arguments, **options)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def must(done: subprocess.CompletedProcess) -> subprocess.CompletedProcess:
    """The result of a command that has to succeed, without a traceback of any process."""
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done


def refuses(done: subprocess.CompletedProcess, *says: str) -> str:
    """The message of a command that has to fail with one error of two lines."""
    assert done.returncode not in (0, None), done.stdout
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1 and done.stderr.splitlines()[-2] == errors[0], done.stderr
    assert all(text in done.stderr for text in says), done.stderr
    return done.stderr


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder: relative path → bytes."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def site_of(project: Path, out: str = SITE) -> dict[str, bytes]:
    """The site's files but for the record of how it was made, which its list of files names with a checksum."""
    names = ("provenance.json", "provenance.js")
    found = contents(project / out)
    found[".reportgen-site.json"] = b"".join(
        line for line in found.get(".reportgen-site.json", b"").splitlines(True)
        if not any(f'{name}"'.encode() in line for name in names)
    )  # fmt: skip
    return {path: content for path, content in found.items() if Path(path).name not in names}


def made(project: Path) -> dict[str, bytes]:
    """What the program stored: runs and drawings, without when and how they were made."""
    found = contents(project / ".reportgen")
    kept = ("runs/", "figures/")
    return {p: c for p, c in found.items() if p.startswith(kept) and not p.endswith("provenance.json")}


def assert_same(found: Mapping[str, bytes], expected: Mapping[str, bytes]) -> None:
    """Two sets of files, byte for byte; names the ones that differ."""
    differing = [path for path in {**found, **expected} if found.get(path) != expected.get(path)]
    assert not differing, f"differing: {', '.join(sorted(differing))}"


def assert_finished(project: Path, expected: Mapping[str, bytes]) -> None:
    """The site is the expected one, and nothing unfinished lies in it."""
    assert_same(site_of(project), expected)
    assert not list((project / SITE).rglob(f"{UNFINISHED}*"))


def figure_of(home: Project, id: str, inputs: Mapping[str, str]) -> FigureTarget:
    """A figure that is drawn from just these things."""
    figure = FigureTarget(SimpleNamespace(project=home), id, None)
    figure.declared = inputs
    return figure
