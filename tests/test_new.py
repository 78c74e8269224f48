"""Laws of `new`: what it writes works and passes the tests, and nothing is ever overwritten."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.projects import contents, must, run

from reportgen.claims.sections import CLAIMS
from reportgen.drawing.discovery import find_figures
from reportgen.errors import ReportError
from reportgen.files.project import Project
from reportgen.scaffold import new
from reportgen.scaffold.new import sections as sections_of_claims
from reportgen.scaffold.new import start

ROOT = Path(__file__).parent.parent
LONG = "weights_shrink_by_a_little"
SECTIONS = sections_of_claims()


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A copy of the repository without what is trained or built."""
    for name in ("figures", "templates", "reportgen", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def clean(folder: Path) -> None:
    """Ruff has nothing to say about any file."""
    for arguments in (["format", "--check", "--diff"], ["check"]):
        command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", str(folder)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def inside(folder: Path, *arguments: str) -> str:
    """What Python says, run with the copy's own code."""
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120,
        env=os.environ | {"PYTHONPATH": str(folder)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_new_figure_and_section_are_on_the_page(mini):
    """Both work in a project without the program's code; the next step that is named works too."""
    said = must(run(mini, "new", "figure", "weight_norm")).stdout
    assert "reportgen figures weight_norm --format png" in said
    source = find_figures(mini / "figures")[0]["weight_norm"]
    assert source.title and source.runs == ("modular",)
    must(run(mini, "figures", "weight_norm", "--quick", "--out", str(mini / "out")))
    said = must(run(mini, "new", "section", "weights-shrink")).stdout
    assert "02-weights-shrink.md" in said
    file = mini / "templates" / "sections" / "02-weights-shrink.md"
    with file.open("a", encoding="utf-8") as section:
        section.write('\n{{ figure("weight_norm") }}\n')
    must(run(mini, "build", "--quick"))
    page = (mini / "site-quick" / "index.html").read_text(encoding="utf-8")
    assert '<h2 id="weights-shrink">Weights shrink<' in page and 'id="weight_norm"' in page
    assert "The main model does not generalise in this build." in page
    assert "comment" not in re.sub(r"(?s)<(script|style|svg).*?</\1>", "", page)


def test_a_new_experiment_and_claim_pass_the_tests(checkout):
    """Formatted, in the catalogue and on the scorecard; each claim holds, and fails on its doctored run."""
    start(Project(checkout), "experiment", "modular-fast-rather-longer")
    start(Project(checkout), "experiment", "slow")
    for section in SECTIONS:
        start(
            Project(checkout), "claim", LONG if section == "sweeps" else f"new_in_{section}", section=section
        )
    start(Project(checkout), "figure", LONG)
    clean(checkout)
    names = "[e.name for e in EXPERIMENTS.values() if e.single][-2:]"
    said = inside(checkout, "-c", f"from reportgen.experiments import EXPERIMENTS; print({names})")
    assert said.split() == ["['modular-fast-rather-longer',", "'slow']"]
    last = max(int(id[1:]) for id in CLAIMS)
    numbers = [f"C{last + 1 + i}" for i in range(len(SECTIONS))]
    chosen = " or ".join(f"{number}" for number in (*numbers, "cover_every_claim"))
    said = inside(
        checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_claims.py", "-k", chosen
    )
    assert re.search(rf"\b{3 * len(numbers) + 1} passed", said), said


def test_a_new_experiment_trains(checkout):
    """The quick run that is named as the next step."""
    started = start(Project(checkout), "experiment", "slow")
    assert "reportgen train slow --quick" in started.next_step
    said = inside(checkout, "-m", "reportgen", "train", "slow", "--quick", "--device", "cpu")
    assert "Trained slow: 400 steps" in said
    assert "slow" in inside(checkout, "-m", "reportgen", "status", "--quick")


def sections(folder: Path) -> list[str]:
    return sorted(file.name for file in (folder / "templates" / "sections").glob("*.md"))


def test_a_section_goes_before_the_appendix_or_after_another(checkout):
    """By number, name or file name; files sort as they were asked to."""
    project, before = Project(checkout), sections(checkout)
    appendix = next(i for i, name in enumerate(before) if "appendix" in name)
    start(project, "section", "first")
    start(project, "section", "second")
    assert sections(checkout)[appendix : appendix + 2] == ["07-first.md", "08-second.md"]
    start(project, "section", "third", after="02")
    start(project, "section", "fourth", after="third")
    start(project, "section", "last", after="90-glossary.md")
    names = sections(checkout)
    third = names.index("02a-third.md")
    assert names[third - 1].startswith("02-") and names[third + 1] == "02b-fourth.md"
    assert names[-1] == "91-last.md"
    with pytest.raises(ReportError, match="no number free"):
        start(project, "section", "fifth", after="02")
    with pytest.raises(ReportError, match="Unknown section 'thrid'"):
        start(project, "section", "fifth", after="thrid")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("figure", "modular_loss"),
        ("section", "glossary"),
        ("experiment", "modular"),
        ("experiment", "parity-sweep"),
        ("experiment", "reverse"),
        ("claim", "becomes_periodic"),
        ("figure", "Norm"),
        ("figure", "_norm"),
        ("figure", "a-b"),
        ("figure", "../norm"),
        ("figure", "lambda"),
        ("figure", "n" * 27),
        ("section", "a_b"),
        ("section", "../../a"),
        ("experiment", "a_b"),
        ("experiment", 'a"'),
        ("claim", "a-b"),
        ("claim", "1a"),
    ],
)
def test_a_taken_or_impossible_name_is_refused(checkout, kind, name):
    """Nothing is written, not even a part."""
    before = contents(checkout)
    with pytest.raises(ReportError):
        start(Project(checkout), kind, name)
    assert contents(checkout) == before


def test_what_needs_a_clone_says_so(mini):
    """A claim in a section of the article is code of the program; elsewhere it is a file of the project."""
    result = run(mini, "new", "claim", "slow", "--section", "inside")
    assert result.exit_code == 2 and "clone of the repository" in result.stderr
    must(run(mini, "new", "claim", "slow"))
    assert (mini / "claims" / "slow.py").is_file()
    result = run(mini, "new", "figure", "a", "--section", "inside")
    assert "--section is for a claim" in result.stderr
    result = run(mini, "new", "claim", "a", "--section", "insid")
    assert "Did you mean 'inside'?" in result.stderr


def test_every_starting_point_is_used():
    """And lies in the package, so that it is in the wheel."""
    claims = {f"{new._speaks_of(runs)[0]}.py" for runs in SECTIONS.values()}
    own = {f"own-{kind}" for kind in ("experiment.py", "fact.py", "claim.py", "figure.py", "section.md")}
    used = {"figure.py", "section.md", "experiment.py", *claims, *own}
    assert {file.name.removesuffix(".txt") for file in new.TEXTS.iterdir()} == used
    judges = {file.stem for file in (ROOT / "reportgen" / "claims" / "sections").glob("*.py")}
    assert set(SECTIONS) == judges - {"__init__"}
