"""What several test modules share: the real project built once with --quick, and a mini project."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reportgen.cli import main
from reportgen.files import code_hash
from reportgen.files.memo import Memo
from reportgen.store.documents import Provenance

ROOT = Path(__file__).parent.parent
PROVENANCE = Provenance(
    training_s=0.5, device="a CPU", execution="torch 2, cpu, 1 thread, eager", versions={}
)
WEIGHTS = '''"""Tiny weights.

A heatmap of a few weights of the main model, over the training step.
"""

import altair as alt

from reportgen.charts import weight_heatmap

RUNS = ("modular",)
GROUP = "modular"
LEAD = True
CAPTION = "Weights of {{ modular.neurons }} neurons."
ALT = "Heatmap of weights; the run has {{ modular.steps|step }} steps."


def chart(runs):
    run = runs["modular"]
    return weight_heatmap(
        run, run.w_input[:, :20, :12], row="number", column="neuron",
        row_labels=list(range(20)), column_labels=list(range(12)), limit=0.1, title="W_input",
        cell=(5, 5), x=alt.Axis(), y=alt.Axis(),
    )
'''
CURVE = '''"""Tiny curve.

Accuracy of the parity model.
"""

from reportgen.charts import accuracy_chart

RUNS = ("parity",)
CAPTION = "Accuracy."
ALT = "Test accuracy ends at {{ parity.test_accuracy_end|percent }}."


def chart(runs):
    return accuracy_chart(runs["parity"], width=200, height=100)
'''
SECTION = """## A tiny section {#tiny}

The model has {{ modular.neurons|words }} neurons.

{{ figure("tiny_weights") }}

{{ figure("tiny_curve") }}
"""


def forget() -> None:
    """Read code anew: a command line starts with empty caches, a test process does not."""
    code_hash.use(Memo())


def run(project: Path, *arguments: str, **options) -> Result:
    """`reportgen COMMAND --project PROJECT …` in this process."""
    forget()
    command, *rest = arguments
    result = CliRunner().invoke(main, [command, "--project", str(project), *rest], **options)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception  # a traceback is never what a reader should see
    return result


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder: relative path → bytes."""
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def made(folder: Path) -> dict[str, bytes]:
    """The same without the record of when and how it was made."""
    return {path: content for path, content in contents(folder).items() if path != "provenance.json"}


def must(result: Result) -> Result:
    """The result of a command that has to succeed."""
    assert result.exit_code == 0, result.stderr
    return result


@pytest.fixture(scope="session")
def quick(tmp_path_factory) -> Path:
    """The real figures and templates, built once with --quick; only to be looked at."""
    project = tmp_path_factory.mktemp("quick")
    for name in ("figures", "templates"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "CITATION.cff", project)
    must(run(project, "build", "--quick", "--device", "cpu"))
    return project


@pytest.fixture(scope="session")
def mini_built(quick, tmp_path_factory) -> Path:
    """Two tiny figures and one section, built with --quick from the runs of `quick`."""
    project = tmp_path_factory.mktemp("mini")
    shutil.copytree(ROOT / "templates", project / "templates", ignore=shutil.ignore_patterns("sections"))
    (project / "templates" / "sections").mkdir()
    (project / "templates" / "sections" / "01-tiny.md").write_text(SECTION, encoding="utf-8")
    (project / "figures").mkdir()
    (project / "figures" / "tiny_weights.py").write_text(WEIGHTS, encoding="utf-8")
    (project / "figures" / "tiny_curve.py").write_text(CURVE, encoding="utf-8")
    for name in ("runs", "cache"):
        shutil.copytree(quick / ".reportgen" / name, project / ".reportgen" / name)
    must(run(project, "build", "--quick"))
    return project


@pytest.fixture
def mini(mini_built, tmp_path) -> Path:
    """A copy of the mini project, free to be changed; its site is at site-quick/."""
    project = tmp_path / "mini"
    shutil.copytree(mini_built, project)
    must(run(project, "build", "--quick"))
    return project


@pytest.fixture
def edit() -> Callable[[Path, str, str], None]:
    """Replace one passage of a file."""

    def replace(file: Path, old: str, new: str) -> None:
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    return replace
