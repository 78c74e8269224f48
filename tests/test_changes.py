"""What a change rebuilds: exactly what depends on it, shown on a table of edits."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from fixtures.projects import ROOT, forget

from reportgen.drawing.discovery import read_source
from reportgen.experiments.variants import read_settings
from reportgen.files import code_hash, hashing
from reportgen.files.project import Project
from reportgen.pipeline import inputs
from reportgen.pipeline.findings import Findings
from reportgen.pipeline.inputs import figure_inputs
from reportgen.pipeline.plan import Plan

CURVE = {"tiny_curve", "page"}
WEIGHTS = {"tiny_weights", "page"}
BOTH = CURVE | WEIGHTS
RUNS = {"run modular", "run parity"}
NEW_FIGURE = '"""New."""\n\nRUNS = ()\nCAPTION = "C."\nALT = "A."\n\n\ndef chart(runs):\n    return {}\n'


@pytest.fixture
def copy(mini_built, tmp_path, monkeypatch) -> Path:
    """The mini project with helpers, and a copy of the program's code, all free to be edited."""
    project = tmp_path / "project"
    shutil.copytree(mini_built, project)
    shutil.copytree(ROOT / "reportgen", project / "reportgen", ignore=shutil.ignore_patterns("__pycache__"))
    curve = project / "figures" / "tiny_curve.py"
    curve.write_text(f"{curve.read_text()}\n\nSIZE = 3\n".replace("\n\nRUNS", "\nimport _near\n\nRUNS", 1))
    (project / "figures" / "_near.py").write_text('"""Near."""\n\nfrom _far import FAR\n\nNEAR = FAR\n')
    (project / "figures" / "_far.py").write_text('"""Far."""\n\nFAR = 1\n')
    (project / "figures" / "_idle.py").write_text("IDLE = 1\n")
    monkeypatch.setattr(code_hash, "PACKAGE", project / "reportgen")
    return project


def state(project: Path, *assignments: str) -> dict[str, str]:
    """Every item a build would make → what it is made from."""
    forget()
    settings = read_settings(True, assignments)
    plan = Plan(Project(project), settings)
    runs = {f"run {name}": run.wanted_key for name, run in plan.shown.items()}
    figures = {id: figure.key for id, figure in plan.figures.items()}
    return runs | figures | {"page": hashing.key_of(dict(plan.page(project / "site").inputs))}


def swap(file: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(project: Path) -> None:
        text = (project / file).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        (project / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def append(file: str, text: str) -> Callable[[Path], None]:
    def edit(project: Path) -> None:
        with (project / file).open("a", encoding="utf-8") as target:
            target.write(text)

    return edit


def touch_everything(project: Path) -> None:
    for file in project.rglob("*"):
        os.utime(file, (0, 0))


def write_everything_again(project: Path) -> None:
    """As `git checkout` does: new files with the same content."""
    for file in [f for f in project.rglob("*") if f.is_file()]:
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content)


CODE, NOTE = "\n_EDITED = 1\n", "\n# a remark\n"
EDITS = {
    "a figure's code": (append("figures/tiny_curve.py", CODE), CURVE),
    "a figure's comment": (append("figures/tiny_curve.py", NOTE), set()),
    "a figure's layout": (swap("figures/tiny_curve.py", "width=200, height=100", "\n  width=200,height=100"), set()),
    "a figure's title": (swap("figures/tiny_curve.py", "Tiny curve.", "Small curve."), CURVE),
    "a figure's longer docstring": (swap("figures/tiny_curve.py", "Accuracy of the", "The accuracy of the"), set()),
    "a figure's caption": (swap("figures/tiny_curve.py", '"Accuracy."', '"The accuracy."'), CURVE),
    "a figure's text alternative": (swap("figures/tiny_weights.py", "Heatmap of", "A heatmap of"), WEIGHTS),
    "a helper's code": (append("figures/_near.py", CODE), CURVE),
    "a helper's docstring": (swap("figures/_near.py", "Near.", "Nearer."), set()),
    "a helper of a helper": (swap("figures/_far.py", "FAR = 1", "FAR = 2"), CURVE),
    "a helper that nobody imports": (append("figures/_idle.py", CODE), set()),
    "a new figure": (lambda p: (p / "figures" / "new.py").write_text(NEW_FIGURE), {"new", "page"}),
    "a figure that goes": (lambda p: (p / "figures" / "tiny_curve.py").unlink(), {"tiny_curve", "page", "run parity"}),
    "a section": (append("templates/sections/01-tiny.md", "\nMore.\n"), {"page"}),
    "a new section": (lambda p: (p / "templates/sections/02-more.md").write_text("## More\n"), {"page"}),
    "a template": (append("templates/figure.html", "<!-- more -->"), {"page"}),
    "a stylesheet": (append("templates/assets/style.css", "\n/* more */\n"), {"page"}),
    "a script": (append("templates/assets/page.js", "\n// more\n"), {"page"}),
    "the bibliography": (append("templates/references.bib", "\n"), {"page"}),
    "a chart helper of one figure": (append("reportgen/charts/curves.py", CODE), CURVE),
    "a chart helper of the other": (append("reportgen/charts/heatmaps.py", CODE), WEIGHTS),
    "a chart helper of neither": (append("reportgen/charts/circles.py", CODE), set()),
    "a chart helper's comment": (append("reportgen/charts/curves.py", NOTE), set()),
    "the theme": (append("reportgen/charts/theme.py", CODE), BOTH),
    "what draws": (append("reportgen/drawing/draw.py", CODE), BOTH),
    "what writes pages": (append("reportgen/site/markup.py", CODE), {"page"}),
    "facts that come out the same": (append("reportgen/facts/sections/parity.py", CODE), set()),
    "what describes runs": (append("reportgen/facts/describing.py", CODE), set()),
    "an analysis that no figure uses": (append("reportgen/analysis/group_votes.py", CODE), set()),
    "a claim's judge": (append("reportgen/claims/sections/parity.py", CODE), set()),
    "the catalogue": (append("reportgen/experiments/sweeps.py", CODE), set()),
    "what words the methods": (append("reportgen/site/methods.py", CODE), {"page"}),
    "downloads that come out the same": (append("reportgen/site/downloads.py", CODE), set()),
    "how to cite the project": (lambda p: shutil.copy(ROOT / "CITATION.cff", p), {"page"}),
    "the command line": (append("reportgen/cli/__init__.py", CODE), set()),
    "the pipeline": (append("reportgen/pipeline/build.py", CODE), set()),
    "the store": (append("reportgen/store/records.py", CODE), set()),
    "the numerics": (append("reportgen/numerics/training.py", CODE), RUNS | BOTH),
    "the numerics' comment": (append("reportgen/numerics/training.py", NOTE), set()),
    "a kernel": (append("reportgen/numerics/kernels/parity.cpp", "\nint edited;\n"), RUNS | BOTH),
    "a kernel's comment": (append("reportgen/numerics/kernels/parity.cpp", "\n// more\n"), set()),
    "file dates": (touch_everything, set()),
    "a checkout": (write_everything_again, set()),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_rebuilds_exactly_what_depends_on_it(name, copy):
    """Everything named in the table is made anew, nothing else is."""
    edit, expected = EDITS[name]
    before = state(copy)
    edit(copy)
    after = state(copy)
    changed = {item for item in before.keys() | after.keys() if before.get(item) != after.get(item)}
    assert changed == expected


def test_a_library_version_counts_where_the_library_works(copy, monkeypatch):
    """Altair's draws figures, Jinja's writes pages, Click's does nothing."""
    before, known = state(copy), inputs._version
    for library, expected in (("altair", BOTH), ("jinja2", {"page"}), ("click", set())):
        monkeypatch.setattr(inputs, "_version", lambda n, ours=library: "0" if n == ours else known(n))
        after = state(copy)
        assert {item for item in after if after[item] != before[item]} == expected, library


def test_a_setting_counts_for_its_run(copy):
    """A changed setting asks for another run, its figures and its own page."""
    before, after = state(copy), state(copy, "modular.seed=3")
    assert {i for i in after if after[i] != before[i]} == {"run modular", "tiny_weights", "page"}


def test_another_machines_run_counts(copy):
    """The same run trained to other bits elsewhere is another input to its figures."""
    forget()
    group = Plan(Project(copy), read_settings(True, ())).shown["modular"].groups[0]
    other = replace(group.held.record, info=msgspec.structs.replace(group.held.record.info, sha256="0"))
    assert replace(group, held=replace(group.held, record=other)).identity != group.identity


def test_facts_of_runs_that_can_be_opened_count_for_the_page(copy, monkeypatch):
    """What its texts say of them; no figure is drawn again."""
    before = state(copy)
    monkeypatch.setattr(Findings, "of_seeds", {"modular-seeds": {"3": {"t_mem": 100}}})
    first = state(copy)
    monkeypatch.setattr(Findings, "of_seeds", {"modular-seeds": {"3": {"t_mem": 200}}})
    second = state(copy)
    for old, new in ((before, first), (first, second)):
        assert {item for item in old if old[item] != new[item]} == {"page"}


def test_what_is_remembered_stays_as_it_was(copy):
    """The page's facts of a run are more than a figure's, whichever are asked for first."""
    forget()
    plan = Plan(Project(copy), read_settings(True, ()))
    assert "tried" in plan.findings.facts["modular"]
    assert "tried" not in plan.findings.facts_of(plan.shown)["modular"]


def test_only_the_quoted_facts_count():
    """A figure depends on the facts its texts quote and on its moments, by their values."""
    source = read_source(ROOT / "figures" / "parity_accuracy.py")
    facts = {"parity": {"t_gen": 1, "t_mem": 2, "unquoted": 3, "moments": {"start": 0}}}
    parts = figure_inputs(source, {"parity": "0"}, facts)
    assert parts["fact parity.t_gen"] == "1" and parts["fact parity.moments"] == '{"start": 0}'
    assert not [name for name in parts if "unquoted" in name]
