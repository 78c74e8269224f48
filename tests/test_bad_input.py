"""Bad input ends in two lines, what and what to do, and loses nothing."""

import json
import shutil
from pathlib import Path

import pytest
from fixtures.projects import contents, made, must, run

from reportgen.files.atomic import write_json


def refused(project: Path, *arguments: str, says: str) -> str:
    """Run a command that must fail: two lines on stderr that contain `says`, the site untouched."""
    before = contents(project / "site-quick")
    result = run(project, *arguments)
    assert result.exit_code != 0, result.stdout
    lines = result.stderr.splitlines()
    assert len(lines) == 2, result.stderr
    assert lines[0].startswith("Error: ")
    assert says in result.stderr, result.stderr
    assert lines[1].strip()
    assert contents(project / "site-quick") == before
    return result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train", "modula"], "Did you mean 'modular'?"),
        (["build", "--set", "modula.seed=1"], "Did you mean 'modular'?"),
        (["build", "--set", "modular.sed=1"], "Did you mean 'seed'?"),
        (["build", "--set", "modular.digits=4"], "digits"),
        (["build", "--set", "modular.seed=one"], "seed = 'one'"),
        (["build", "--set", "modular.seed=1.5"], "Give a whole number"),
        (["build", "--set", "modular.seed=-1"], "seed = -1"),
        (["build", "--set", "modular.perturbation=-1"], "perturbation = -1"),
        (["build", "--set", "modular.symmetric=maybe"], "true or false"),
        (["build", "--set", "modular.weight_decay=-0.1"], "weight_decay = -0.1"),
        (["build", "--set", "modular.weight_decay=nan"], "weight_decay"),
        (["build", "--set", "modular.weight_decay=inf"], "weight_decay"),
        (["build", "--set", "modular.learning_rate=0"], "learning_rate"),
        (["build", "--set", "modular.steps=0"], "steps"),
        (["build", "--set", "modular.decay=L3"], "'L1' or 'L2'"),
        (["build", "--set", "modular.precision=half"], "float32"),
        (["build", "--set", "modular.train_fraction=1"], "(0, 1)"),
        (["build", "--set", "modular.train_fraction=0.0001"], "train_fraction"),
        (["build", "--set", "parity.train_size=99999"], "train_size"),
        (["build", "--set", "modular.embedding=circle"], "circle"),
        (["build", "--set", "modular"], "experiment.field=value"),
        (["build", "--set", "modular.seed="], "experiment.field=value"),
        (["build", "--only", "tiny_weight"], "Did you mean 'tiny_weights'?"),
        (["figures", "tiny_curv", "--quick"], "Did you mean 'tiny_curve'?"),
        (["figures", "tiny_curve", "--format", "gif"], "gif"),
        (["figures", "tiny_curve", "--quick", "--step", "5"], "no step 5"),
        (["figures", "tiny_weights", "--quick", "--step", "-1"], "no step -1"),
        (["figures", "tiny_weights", "--quick", "--step", "9999"], "0 to 400"),
        (["figures", "tiny_weights", "--quick", "--step", "20", "--format", "csv"], "Leave out --step"),
        (["figures", "tiny_weights", "--step", "many"], "many"),
        (["figures", "tiny_weights"], "reportgen train modular"),
        (["site"], "reportgen train"),
        (["site", "--quick", "--set", "parity.seed=9"], "reportgen train parity --quick --set parity.seed=9"),
        (["build", "--device", "tpu"], "Known: auto, cpu, cuda, mps"),
        (["train", "--device", "mps"], "--device cpu"),
        (["build", "--fast"], "--fast"),
        (["bild"], "bild"),
        (["build", "--set", "modular.seed=<script>"], "seed = '<script>'"),
        (["bundle", "--format", "epub"], "epub"),
        (["bundle", "--quick", "--chromium", "/no/such/program"], "/no/such/program is no program"),
        (["build", "--set", "parity.seed=3", "--set", "parity.seed=4"], "parity.seed twice"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_impossible_request_is_refused(mini, arguments, says):
    """Every unknown name or impossible value is named, with what would be possible."""
    refused(mini, *arguments, says=says)


def test_cuda_without_cuda_is_refused(mini, monkeypatch):
    """A CUDA request on a machine without CUDA fails before anything is trained."""
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    refused(mini, "build", "--quick", "--device", "cuda", says="CUDA")


def test_a_folder_that_is_no_project_is_refused(tmp_path, monkeypatch):
    """Outside a project the command says where it looked and what to give."""
    result = run(tmp_path, "status")
    assert result.exit_code == 2 and len(result.stderr.splitlines()) == 2
    assert "--project" in result.stderr


FIGURE_FAULTS = {
    "no RUNS": ('RUNS = ("parity",)', "", "lacks RUNS"),
    "no chart": ("def chart(", "def draw(", "lacks chart(runs)"),
    "no CAPTION": ('CAPTION = "Accuracy."', "", "lacks CAPTION"),
    "caption is a tuple": ('CAPTION = "Accuracy."', 'CAPTION = ("Accuracy.",)', "CAPTION is not"),
    "no title": ('"""Tiny curve.\n\nAccuracy of the parity model.\n"""', "", "docstring"),
    "RUNS is text": ('("parity",)', '"parity"', "RUNS is not a tuple"),
    "RUNS is a number": ('("parity",)', "5", "RUNS is not a tuple"),
    "an input starts outside its range": (
        "    return accuracy",
        "    import altair as alt\n"
        '    own = alt.param(name="a", value=9, bind=alt.binding_range(min=0, max=5))\n'
        '    return accuracy_chart(runs["parity"], width=9, height=9).add_params(own)\n'
        "    return accuracy",
        "tiny_curve.py: the param 'a' starts at 9",
    ),
    "unknown experiment": ('("parity",)', '("Parity",)', "'Parity'"),
    "GROUP not in RUNS": ("CAPTION =", 'GROUP = "modular"\nCAPTION =', "GROUP"),
    "GROUP is a sweep": (
        'RUNS = ("parity",)',
        'RUNS = ("parity", "soften")\nGROUP = "soften"',
        "GROUP = 'soften' is a sweep",
    ),
    "COLUMNS is 0": ("CAPTION =", "COLUMNS = 0\nCAPTION =", "COLUMNS"),
    "GUESS without GROUP": (
        "CAPTION =",
        'GUESS = {"series": "test"}\nCAPTION =',
        "GUESS is not possible: it needs a GROUP",
    ),
    "GUESS of no series": (
        "CAPTION =",
        'GROUP = "parity"\nGUESS = {"series": "other"}\nCAPTION =',
        "GUESS is not possible: Invalid enum value 'other'",
    ),
    "GUESS outside the plot": (
        "CAPTION =",
        'GROUP = "parity"\nGUESS = {"series": "test", "prompt": "?", "level": 1, '
        '"choices": {"rises": [(0, 0), (1, 2)], "stays": [(0, 0), (1, 0)]}}\nCAPTION =',
        "GUESS is not possible: Expected `float` <= 1.0",
    ),
    "syntax": ("def chart(runs):", "def chart(runs:", "tiny_curve.py:13"),
    "raises": (
        "    return",
        '    raise ValueError("no\\nway")\n    return',
        "tiny_curve.py:14: ValueError: no",
    ),
    "raises at import": ("RUNS =", "1 / 0\nRUNS =", "tiny_curve.py:8: ZeroDivisionError"),
    "returns nothing": ("return accuracy", "accuracy", "tiny_curve.py"),
    "returns a bad chart": (
        'return accuracy_chart(runs["parity"], width=200, height=100)',
        'import altair\n    return altair.Chart().mark_line().encode(x="nonsense:Z")',
        "tiny_curve.py",
    ),
    "returns a bad spec": (
        'return accuracy_chart(runs["parity"], width=200, height=100)',
        'return {"$schema": "", "mark": "nonsense", "width": 9, "height": 9, "data": {"values": [{}]}}',
        "tiny_curve.py",
    ),
    "returns what is not JSON": (
        'return accuracy_chart(runs["parity"], width=200, height=100)',
        'values = [{"a": object()}]\n'
        '    return {"$schema": "", "mark": "point", "width": 9, "height": 9, "data": {"values": values}}',
        "TypeError: object is not JSON",
    ),
    "unknown fact in ALT": (
        "parity.test_accuracy_end",
        "parity.test_acuracy_end",
        "Did you mean 'test_accuracy_end'",
    ),
    "unknown group of facts": (
        "parity.test_accuracy_end",
        "partiy.test_accuracy_end",
        "Did you mean 'parity'",
    ),
    "unknown filter": ("|percent", "|per_cent", "per_cent"),
    "bytes": ('CAPTION = "Accuracy."', 'CAPTION = "\0"', "tiny_curve.py"),
}


@pytest.mark.parametrize("fault", FIGURE_FAULTS)
def test_a_broken_figure_is_named(mini, edit, fault):
    """A figure that breaks its contract or raises is named with its file, and line if there is one."""
    old, new, says = FIGURE_FAULTS[fault]
    edit(mini / "figures" / "tiny_curve.py", old, new)
    refused(mini, "build", "--quick", says=says)


def test_a_figure_without_a_size_is_refused(mini, edit):
    """Reserved space needs a width and height: without them the error says so."""
    file = mini / "figures" / "tiny_curve.py"
    edit(file, 'return accuracy_chart(runs["parity"], width=200, height=100)',
         'import altair\n    return altair.Chart(altair.Data(values=[{"a": 1}])).mark_point()')  # fmt: skip
    refused(mini, "build", "--quick", says="width")


def test_one_broken_figure_does_not_stop_the_others(mini, edit):
    """Every other figure is drawn and kept; the error comes at the end."""
    edit(mini / "figures" / "tiny_curve.py", "    return", "    raise ValueError\n    return")
    edit(mini / "figures" / "tiny_weights.py", 'title="W_input"', 'title="Weights"')
    result = run(mini, "build", "--quick")
    assert result.exit_code == 1
    assert "Drew tiny_weights" in result.stdout and "ValueError" in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('figure("tiny_curve")', 'figure("tiny_curv")', "Did you mean 'tiny_curve'?"),
        ("modular.neurons|words", "modular.neuron|words", "Did you mean 'neurons'?"),
        ("modular.neurons|words", "modular.neurons|wrds", "wrds"),
        ("{{ modular", "{{ ", "Error"),
        ('{{ figure("tiny_curve") }}', '{{ cite("nobody1999") }}', "nobody1999"),
        ('{{ figure("tiny_curve") }}', '{{ claim("C99") }}', "C99"),
        ('{{ figure("tiny_curve") }}', '{{ moment("modular", "never", "x") }}', "never"),
        ('{{ figure("tiny_curve") }}', "{% if %}", "01-tiny.md:7"),
    ],
    ids=lambda text: text[:40],
)
def test_a_template_that_names_something_unknown_is_refused(mini, edit, old, new, says):
    """The message names the template, and the nearest name that exists."""
    edit(mini / "templates" / "sections" / "01-tiny.md", old, new)
    assert "01-tiny.md" in refused(mini, "build", "--quick", says=says)


def test_a_project_without_figures_is_refused(mini):
    """An empty figures/ is an error, not an empty page."""
    for file in (mini / "figures").glob("*.py"):
        file.unlink()
    refused(mini, "build", "--quick", says="no figures")


@pytest.mark.parametrize("command", ["build", "site", "figures"])
def test_an_output_folder_that_cannot_be_is_refused(mini, tmp_path, command):
    """A path below a file cannot be written to."""
    (tmp_path / "file").write_text("mine")
    refused(mini, command, "--quick", "--out", str(tmp_path / "file" / "site"), says="Cannot write")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_file_as_output_folder_is_refused(mini, tmp_path):
    """--out must not replace a file."""
    (tmp_path / "file").write_text("mine")
    refused(mini, "build", "--quick", "--out", str(tmp_path / "file"), says="Cannot write")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_state_folder_that_cannot_be_written_is_refused(mini):
    """Where runs and drawings cannot be kept, the error names the folder."""
    shutil.rmtree(mini / ".reportgen")
    (mini / ".reportgen").write_text("in the way")
    refused(mini, "build", "--quick", says=".reportgen")


def test_an_output_folder_with_foreign_files_is_refused(mini, tmp_path):
    """A folder that holds what we did not write stays as it is."""
    out = tmp_path / "home"
    (out / "deep").mkdir(parents=True)
    (out / "deep" / "letter.txt").write_text("dear")
    refused(mini, "build", "--quick", "--out", str(out), says="deep/letter.txt")
    assert contents(out) == {"deep/letter.txt": b"dear"}


def test_the_project_itself_is_no_output_folder(mini):
    """--out . would mix the site with its sources."""
    refused(mini, "build", "--quick", "--out", str(mini), says="did not write")


@pytest.mark.parametrize("content", ["", "[]", "{}", "{not json", '{"files": 3}', '{"files": {"a": 1}}'])
def test_a_damaged_manifest_is_mended(mini, content):
    """The project remembers what it wrote. A file that is not that, or a project that has forgotten: refused."""
    site = contents(mini / "site-quick")
    (mini / "site-quick" / ".reportgen-site.json").write_text(content)
    must(run(mini, "build", "--quick"))
    assert contents(mini / "site-quick").keys() == site.keys()
    (mini / "site-quick" / ".reportgen-site.json").write_text(content)
    (mini / "site-quick" / "index.html").write_text("mine")
    refused(mini, "build", "--quick", says="index.html")
    shutil.rmtree(mini / ".reportgen" / "pages")
    refused(mini, "build", "--quick", says="did not write")


@pytest.mark.parametrize("name", ["files.json", "key.json", "figure.json", "live.js"])
@pytest.mark.parametrize("content", ["", "[1]", "{}"])
def test_a_damaged_drawing_is_drawn_again(mini, name, content):
    """A drawing that is not as it was written counts for nothing; key.json only gives reasons."""
    site = contents(mini / "site-quick")
    folder = next((mini / ".reportgen" / "figures").glob("tiny_curve.*"))
    original = made(folder)
    (folder / name).write_text(content)
    assert run(mini, "status", "--quick").exit_code == 0
    result = must(run(mini, "build", "--quick"))
    if name != "key.json":
        assert "Drew tiny_curve" in result.stdout
        assert made(folder) == original
    assert contents(mini / "site-quick") == site


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"training_s": "long"}'])
def test_a_damaged_provenance_is_reported_not_crashed_on(mini, content):
    """provenance.json belongs to the record: status and build survive any content."""
    folder = next((mini / ".reportgen" / "runs").glob("parity.*"))
    (folder / "provenance.json").write_text(content)
    result = must(run(mini, "status", "--quick"))
    assert "damaged" in result.stdout


def test_runs_of_an_earlier_format_of_settings_do_no_harm(mini):
    """A stored run whose settings this code does not know is stale, not a crash."""
    folder = next((mini / ".reportgen" / "runs").glob("parity.*"))
    info = json.loads((folder / "run.json").read_text())
    info["configs"][0]["training"]["warmup"] = 3
    info["key"] = "0" * 16
    del info["checksum"]
    from reportgen.files.hashing import key_of

    info["checksum"] = key_of(info)
    write_json(folder / "run.json", info)
    folder.rename(folder.with_name(f"parity.{'0' * 16}"))
    result = must(run(mini, "status", "--quick"))
    assert "A build would train 1 run" in result.stdout


def test_without_chromium_the_html_is_still_written(mini, tmp_path, monkeypatch):
    """The error says what to install; the other format is there."""
    from reportgen.share import printing

    monkeypatch.setattr(printing, "NAMES", ("no-such-browser",))
    out = tmp_path / "out"
    refused(mini, "bundle", "--quick", "--out", str(out), says="--format html")
    assert [file.name for file in out.iterdir()] == ["article-quick.html"]


def test_a_file_name_that_is_no_id_is_refused(mini):
    """A figure's file name stands in addresses and selectors."""
    (mini / "figures" / "tiny_curve.py").rename(mini / "figures" / "<script>.py")
    refused(mini, "build", "--quick", says="cannot be a figure's id")
