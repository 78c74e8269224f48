"""The program as people install it: a wheel, in an empty directory, without the repository.

The wheel is built from the source distribution, so both are complete.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from fixtures.projects import ROOT, contents

from reportgen.errors import ReportError
from reportgen.scaffold import init
from reportgen.scaffold.init import start_project

# What decides whether stored runs and drawings are still good; printed by either program.
KEYS = """
import json, sys
from pathlib import Path
import reportgen
from reportgen.pipeline.inputs import figure_inputs, site_inputs
from reportgen.experiments import EXPERIMENTS
from reportgen.drawing.discovery import find_figures
from reportgen.files.project import Project
from reportgen.store.records import run_key
names = [name for name, e in EXPERIMENTS.items() if e.single or name in ("soften", "modular-search")]
runs = {name: [run_key(g, EXPERIMENTS[name].keep) for g in EXPERIMENTS[name].groups()] for name in names}
none = dict.fromkeys(EXPERIMENTS, "")
sources, _ = find_figures(Path(sys.argv[1]) / "figures")
figures = {name: figure_inputs(source, none, {}) for name, source in sources.items()}
page = site_inputs(Project(Path(sys.argv[1])))
print(json.dumps([str(Path(reportgen.__file__).parent), {"runs": runs, "figures": figures, "page": page}]))
"""


def call(path: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess:
    """Python with this environment's libraries, and the program from `path`."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"}, timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Source distribution, and from that alone the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    for kind in ("sdist", "wheel"):
        source = next(folder.glob("reportgen-*/"), ROOT)
        done = call(ROOT, "-m", "hatchling", "build", "-t", kind, "-d", str(folder), cwd=source)
        assert done.returncode == 0, done.stderr
        if kind == "sdist":
            with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
                archive.extractall(folder, filter="data")
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The wheel in a folder of its own, ahead of this checkout; nothing else is installed anew."""
    folder = tmp_path_factory.mktemp("installed") / "site-packages"
    command = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile", "--target"]
    done = call(ROOT, *command, str(folder), str(wheel), cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def project(installed, tmp_path_factory) -> Path:
    """What `reportgen init` makes there."""
    empty = tmp_path_factory.mktemp("empty")
    done = call(installed, "-m", "reportgen", "init", "my report", "--example", "grokking", cwd=empty)
    assert done.returncode == 0, done.stderr
    assert "cd 'my report'" in done.stdout and "reportgen build" in done.stdout
    return empty / "my report"


def test_the_wheel_is_complete_and_clean(wheel):
    """Kernels, figures, templates and runs are in it; nothing hidden, no cache, nothing beside the package."""
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("reportgen", "figures", "templates", "runs"):
        inside = folder if folder == "reportgen" else f"reportgen/bundled/{folder}"
        listed = subprocess.run(
            ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=False
        )
        tracked = [f"{inside}{path.removeprefix(folder)}" for path in listed.stdout.split("\0") if path]
        assert set(tracked) <= set(names)
    assert "reportgen/numerics/kernels/kernels.hpp" in names
    top = sorted({name.split("/")[0] for name in names})
    assert len(top) == 2 and top[0] == "reportgen" and top[1].endswith(".dist-info")
    assert not [name for name in names if "__pycache__" in name or "/." in name]
    assert wheel.stat().st_size < 25_000_000


def test_init_brings_everything_as_it_is(project):
    """The files are the checkout's, byte for byte."""
    for name in ("figures", "templates", "runs"):
        ours = {p: c for p, c in contents(ROOT / name).items() if "__pycache__" not in p}
        assert contents(project / name) == ours
    for name in ("reportgen.toml", "CITATION.cff"):
        assert (project / name).read_bytes() == (ROOT / name).read_bytes()
    assert ".reportgen/" in (project / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "* text=auto eol=lf" in (project / ".gitattributes").read_text(encoding="utf-8").splitlines()


def test_keys_are_those_of_the_checkout(installed, project):
    """So shipped runs are fresh in the new project, and no library beside the package is taken for ours."""
    results = {}
    for path in (installed, ROOT):
        done = call(path, "-c", KEYS, str(project), cwd=project)
        assert done.returncode == 0, done.stderr
        package, results[path] = json.loads(done.stdout)
        assert package == str(path / "reportgen")
    assert results[installed] == results[ROOT]


def test_status_and_a_small_build(installed, project, tmp_path):
    """Shipped sweeps are held, as the checkout says too; a figure is trained for and drawn."""
    small = tmp_path / "small"  # the first look at all the runs takes ten seconds
    shutil.copytree(
        project,
        small,
        ignore=lambda folder, names: [
            n for n in names if folder.endswith("/runs") and not n.startswith("soften.")
        ],
    )
    done = call(installed, "-m", "reportgen", "status", cwd=small)
    assert done.returncode == 0, done.stderr
    soften = next(line for line in done.stdout.splitlines() if line.startswith("  soften"))
    here = call(ROOT, "-m", "reportgen", "status", "--project", str(small), cwd=small)
    assert soften in here.stdout.splitlines()
    command = ["build", "--quick", "--only", "modular_accuracy", "--device", "cpu"]
    done = call(installed, "-m", "reportgen", *command, cwd=small)
    assert done.returncode == 0, done.stderr
    assert "Drew modular_accuracy" in done.stdout


def test_init_works_from_a_checkout(tmp_path, monkeypatch):
    """Without a bundle, the repository's own folders are taken; in the folder one is in, too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".gitignore").write_text("mine\n")
    (tmp_path / "README.md").write_text("mine\n")
    said = "\n".join(start_project(Path(), "grokking"))
    assert contents(tmp_path / "templates") == contents(ROOT / "templates")
    assert (tmp_path / ".gitignore").read_text() == "mine\n"
    assert "cd " not in said


@pytest.mark.parametrize("name", ["figures", "templates", "runs", "reportgen.toml"])
def test_nothing_is_overwritten(tmp_path, name):
    """One name in the way is enough: refused, and nothing is written."""
    (tmp_path / name).mkdir()
    with pytest.raises(ReportError, match=f"already has {name}"):
        list(start_project(tmp_path))
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_file_is_no_folder(tmp_path):
    """Neither as the project nor above it."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(ReportError, match="is a file"):
        list(start_project(tmp_path / "file"))


def test_what_init_says_to_type_can_be_typed(tmp_path, monkeypatch):
    """A folder with a space and a quote in its name is quoted."""
    for name in ("templates", f"examples/{init.USUAL}"):
        (tmp_path / "small" / name).mkdir(parents=True)
    monkeypatch.setattr(init, "_source", lambda: tmp_path / "small")
    folder = tmp_path / "Ada's report"
    line = next(line for line in start_project(folder) if line.strip().startswith("cd "))
    assert shlex.split(line) == ["cd", str(folder)]


def test_an_incomplete_installation_is_said(tmp_path, monkeypatch):
    """Before anything is written."""
    monkeypatch.setattr(init, "_source", lambda: tmp_path / "nothing")
    with pytest.raises(ReportError, match="incomplete"):
        list(start_project(tmp_path / "new"))
    assert not list(tmp_path.iterdir())
