"""Experiments that are functions: declared, keyed, called, stored, read, and every mistake in two lines."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fixtures.own_functions import primes, random_walk
from fixtures.projects import BARE_SECTION, ROOT, forget, must, run

from reportgen import experiment
from reportgen.claims.judging import judge
from reportgen.claims.registry import CLAIMS, Finding, claim
from reportgen.compare.notebook import load as load_runs
from reportgen.errors import ReportError
from reportgen.experiments.functions import Function
from reportgen.facts.describing import facts_of
from reportgen.facts.registry import OF_SWEEP, of_sweep
from reportgen.files.own_modules import load
from reportgen.store.records import Store, run_key
from reportgen.training import calls
from reportgen.training.calls import Checkpoint, call

FIGURE = '''"""Walks."""
import altair as alt
from reportgen.charts import named

RUNS = ("random-walk",)
CAPTION = "{{ random_walk.runs|words }} walks."
ALT = "Lines."


def chart(runs):
    rows = [
        {"step": i, "height": float(h), "seed": run.settings["seed"]}
        for run in runs["random-walk"] for i, h in enumerate(run["path"])
    ]
    lines = alt.Chart(named("rows", rows)).mark_line().encode(x="step:Q", y="height:Q", color="seed:N")
    return lines.properties(width=300, height=120)
'''
OWN = ROOT / "tests" / "fixtures" / "own_functions.py"
CODE = '''import _helper
from reportgen import experiment


@experiment(grid={"seed": [0, 1]})
def growth(*, rate=0.5, seed=0):
    """How fast."""
    return {"size": _helper.start(seed) * rate}
'''
HELPER = "def start(seed):\n    return 2 + seed\n"


def declared(folder: Path, code: str = CODE) -> Function:
    """The first experiment of a file."""
    file = folder / "growing.py"
    file.write_text(code, encoding="utf-8")
    (folder / "_helper.py").write_text(HELPER, encoding="utf-8")
    forget()
    sys.path.append(str(folder))
    try:
        module = load("_growing", file, lambda _: None)
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop("_helper", None)
    return next(value for value in vars(module).values() if isinstance(value, Function))


def key(function: Function, cell: int = 0) -> str:
    return run_key(function.groups()[cell], function.keep, function.code)


def called(function: Function, **settings):
    """What a call returns, with its settings changed."""
    cell = replace(function.configs[0], settings={**function.configs[0].settings, **settings})
    return call(function, cell, "cpu", Checkpoint(Path("/nowhere")), lambda *_: None)


@pytest.fixture
def project(bare_built, tmp_path) -> Path:
    """The bare project with experiments of its own, and a figure of one."""
    folder = Path(shutil.copytree(bare_built, tmp_path / "project"))
    (folder / "experiments").mkdir()
    shutil.copy(OWN, folder / "experiments" / "walks.py")
    (folder / "figures" / "walks.py").write_text(FIGURE, encoding="utf-8")
    section = BARE_SECTION.replace('{{ figure("line") }}', '{{ figure("line") }}\n\n{{ figure("walks") }}')
    (folder / "templates" / "sections" / "01-bare.md").write_text(section, encoding="utf-8")
    return folder


def growing(project: Path, body: str) -> Function:
    """The project with one more experiment, whose function does this."""
    return declared(project / "experiments", re.sub(r"    return .*", lambda _: body, CODE))


# ---- what it is, and its key ----


def test_a_function_declares_its_settings_and_a_run_for_each_cell():
    """The keywords are the settings; the cells are the grid's combinations, the last varying fastest."""
    assert random_walk.name == "random-walk" and random_walk.title == "Where a walk ends"
    assert [cell.settings for cell in random_walk.configs] == [
        {"steps": 200, "drift": 0.5, "seed": seed} for seed in range(3)
    ]
    assert not random_walk.single and primes.single
    both = experiment(grid={"a": (1, 2), "b": "xy"})(lambda_like)
    assert [tuple(c.settings.values()) for c in both.configs] == [(1, "x"), (1, "y"), (2, "x"), (2, "y")]
    assert primes(below=10)["count"] == 4, "it can still be called"


def lambda_like(*, a=0, b=""):
    return {"a": a}


def test_a_key_is_of_code_settings_and_named_libraries(tmp_path):
    """Its own code, a helper's, a setting, a version: each changes the key; a comment and a docstring do not."""
    first = declared(tmp_path)
    assert {Path(name).name for name in first.code} == {"growing.py", "_helper.py"}
    same = declared(tmp_path, CODE.replace("How fast.", "How quickly.").replace("(seed) *", "(seed)  *"))
    assert key(same) == key(first) != key(first, 1)
    others = [CODE.replace("* rate", "/ rate"), CODE.replace("rate=0.5", "rate=0.25"),
              CODE.replace("@experiment(", '@experiment(libraries=("numpy",), '),
              CODE.replace("def growth", "def greater")]  # fmt: skip
    assert len({key(first), *(key(declared(tmp_path, code)) for code in others)}) == 5
    (tmp_path / "_helper.py").write_text(HELPER.replace("2 +", "3 +"), encoding="utf-8")
    forget()
    assert key(replace(first)) != key(first)


def test_what_it_imports_of_numerics_is_in_its_key(tmp_path):
    """And what runs behind that, the kernels; but not this program's door, which computes nothing."""
    plain = declared(
        tmp_path,
        CODE.replace("import _helper", "import _helper\nfrom reportgen.numerics.config import Config"),
    )
    assert set(plain.code) == {
        f"{tmp_path.name}/growing.py",
        f"{tmp_path.name}/_helper.py",
        "reportgen/numerics/config.py",
        "reportgen/errors.py",
    }
    assert not plain.needs_torch
    trainer = declared(
        tmp_path,
        CODE.replace("import _helper", "import _helper\nfrom reportgen.numerics.training import Trainer"),
    )
    assert {"reportgen/numerics/training.py", "reportgen/numerics/engines.py"} < set(trainer.code)
    assert any(name.endswith(".cpp") for name in trainer.code) and trainer.needs_torch


def test_whole_numbers_and_fractions_are_one_setting_where_it_is_a_fraction(tmp_path):
    """1 and 1.0 give the same key, in a default, in a grid and by --set."""
    grid = CODE.replace('{"seed": [0, 1]}', '{"rate": [1, 2]}')
    whole, fraction = declared(tmp_path, grid), declared(tmp_path, grid.replace("[1, 2]", "[1.0, 2.0]"))
    assert key(whole) == key(fraction)
    assert random_walk.changed("drift", "1").settings["drift"] == 1.0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rate=0.5", "rate", "'rate' has no value"),
        ("rate=0.5", "rate={1}", "the setting 'rate' is"),
        ("rate=0.5", "rate=float('nan')", "the setting 'rate' is"),
        ("*, rate=0.5, seed=0", "**rates", "'rates' has no value"),
        ('"seed": [0, 1]', '"sed": [0, 1]', "grid names 'sed'"),
        ('"seed": [0, 1]', '"seed": [open]', "grid of seed is"),
        ('"seed": [0, 1]}', '"seed": [0, 1]}, quick={"seed": 0}', "quick gives 'seed' one value"),
        ('"seed": [0, 1]}', '"seed": [0, 1]}, name="Fast Growth"', "'Fast Growth' is no name"),
    ],
)
def test_a_wrong_declaration_is_named_by_file_and_line(tmp_path, old, new, said):
    """At once, with what to write instead."""
    assert old in CODE
    with pytest.raises(ReportError, match=r"growing\.py:5: ") as error:
        declared(tmp_path, CODE.replace(old, new))
    assert said in error.value.message and error.value.hint


def test_a_grid_without_values_and_a_library_that_is_not_there_are_errors(tmp_path):
    """When they are asked for."""
    with pytest.raises(ReportError, match="growth has no runs"):
        _ = declared(tmp_path, CODE.replace("[0, 1]", "[]")).configs
    with pytest.raises(ReportError, match="library 'nonesuch', which is not installed"):
        _ = declared(tmp_path, CODE.replace("@experiment(", '@experiment(libraries=("nonesuch",), ')).code


# ---- a call ----


def test_a_call_gives_arrays():
    """Lists, numbers and arrays become arrays; a generator's are what it returns."""
    found = called(primes, below=10)
    assert found["primes"].tolist() == [2, 3, 5, 7] and found["count"].shape == ()
    assert called(random_walk, steps=7)["path"].shape == (7,)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise ValueError('too steep')", r"growing\.py:8: growth: ValueError: too steep"),
        ("raise SystemExit(3)", r"growing\.py:8: growth: RuntimeError: it ended the program: SystemExit 3"),
        ("print('x' * 3_000_000)\n    1 / 0", "ZeroDivisionError: division by zero It printed: x{300}$"),
        ("return None", "it returned nothing, not a dictionary of arrays"),
        ("return [1, 2]", "it returned list, not a dictionary"),
        ("return {'a b': 1}", "'a b' cannot be the name of an array"),
        ("return {'file': 1}", "'file' cannot be the name"),
        ("return {'a': object()}", "'a' holds objects"),
        ("return {'a': 1j}", "'a' holds complex128"),
        ("return {f'a{i}': i for i in range(65)}", "it returned 65 arrays"),
        ("return {'a': __import__('numpy').zeros(200)}", "it returned 1.6.kB"),
        ("yield 'soon'\n    return {'a': 1}", "ValueError: invalid literal"),
        ("yield 1, 2\n    return {'a': 1}", r"it yielded int, not \(step, {metric: number}\)"),
    ],
)
def test_what_is_wrong_with_a_call_is_one_error(tmp_path, monkeypatch, body, said):
    """It names the experiment's file, and the line where there is one; megabytes of output are not repeated."""
    monkeypatch.setattr(calls, "LARGEST", 1000)
    function = declared(tmp_path, re.sub(r"    return .*", f"    {body}", CODE))
    with pytest.raises(ReportError, match=said) as error:
        called(function)
    assert len(error.value.message) < 600 and "\n" not in error.value.message


def test_a_call_leaves_the_process_as_it_was(tmp_path):
    """The working directory, variables, paths, the project's modules, and what it forks."""
    body = "import os; os.chdir('/'); os.environ['GROWN'] = '1'\n    if os.fork() == 0: raise ValueError"
    function = declared(
        tmp_path, re.sub(r"    return .*", f"    {body}\n    return {{'a': _helper.start(1)}}", CODE)
    )
    before = Path.cwd(), sys.path.copy(), dict(os.environ), set(sys.modules)
    assert called(function)["a"] == 3
    assert (Path.cwd(), sys.path, dict(os.environ)) == before[:3] and "_helper" not in sys.modules


def test_a_stopped_call_goes_on_from_its_checkpoint(tmp_path):
    """With the same end as one that was never stopped; what is no checkpoint counts as none."""
    stops = iter([False] * 20 + [True] * 3)
    checkpoint = Checkpoint(tmp_path / "walk.npz", lambda: next(stops), time.monotonic())
    cell, steps = random_walk.configs[0], []
    assert call(random_walk, cell, "cpu", checkpoint, lambda *_: None) is None
    assert checkpoint.load()["step"] == 10 + 1
    again = Checkpoint(tmp_path / "walk.npz")
    found = call(random_walk, cell, "cpu", again, lambda step, *_: steps.append(step))
    assert steps[0] == 12
    assert np.array_equal(found["path"], called_afresh(tmp_path)["path"])
    (tmp_path / "walk.npz").write_bytes(b"x" * 100)
    assert again.load() is None
    again.forget()
    assert not (tmp_path / "walk.npz").exists()


def called_afresh(folder: Path):
    return call(random_walk, random_walk.configs[0], "cpu", Checkpoint(folder / "none.npz"), lambda *_: None)


# ---- in a project ----


def test_it_is_trained_shown_quoted_and_exported(project):
    """From `build` to the page, and once more with nothing to do; a run of it is a mapping of arrays."""
    assert "random-walk              missing  not trained yet" in must(run(project, "status")).output
    said = must(run(project, "build")).output
    assert "Trained random-walk 3/3: 200 steps" in said and "Drew walks" in said
    page = (project / "site" / "index.html").read_text(encoding="utf-8")
    assert "three walks." in page.lower()
    methods = (project / "site" / "methods.html").read_text(encoding="utf-8")
    assert "data/sweeps/random-walk.csv" in methods and "<b>0.5</b>" in methods
    assert "is up to date" in must(run(project, "build")).output
    table = must(run(project, "export", "random-walk")).output.splitlines()
    assert table[0] == "seed,end" and len(table) == 4
    runs = load_runs("random-walk", project)
    assert [walk.settings["seed"] for walk in runs] == [0, 1, 2]
    assert set(runs[0]) == {"path", "end"} and runs[0]["end"] == runs[0]["path"][-1]
    assert "random-walk(drift=0.5, seed=0, steps=200)" in repr(
        runs[0]
    ) and "path             float64 200" in repr(runs[0])
    with pytest.raises(KeyError, match="random-walk has no 'hight'; it has: path, end"):
        runs[0]["hight"]


def test_quick_and_set_make_variants(project):
    """--quick takes what the function names for it; --set changes one setting of all cells, and refuses the grid's."""
    must(run(project, "train", "random-walk", "--quick"))
    keys = {
        record.info.configs[0]["settings"]["steps"]
        for record in Store(project / ".reportgen" / "runs").records()
    }
    assert keys == {10}
    said = must(run(project, "train", "primes", "--set", "primes.below=30")).output
    assert "Trained primes" in said
    for wrong, why in (("random-walk.seed=3", "sweep over 3 values"), ("primes.belov=3", "Did you mean 'below'"),
                       ("primes.below=many", "not a value of that setting")):  # fmt: skip
        refused = run(project, "train", "primes", "--set", wrong)
        assert refused.exit_code == 2 and why in refused.stderr and refused.stderr.count("\n") == 2


def test_what_was_finished_is_kept_when_a_cell_fails(project):
    """Two lines, and next time only what is missing is called; status says how far it is, and why it is stale then."""
    growing(project, "    if seed: raise ValueError(seed)\n    return {'a': 1}")
    refused = run(project, "train", "growth")
    assert refused.exit_code == 1 and "growing.py:8: growth: ValueError: 1" in refused.stderr
    assert refused.stderr.count("\n") == 2
    assert "growth                   partial  1 of 2 runs stored" in must(run(project, "status")).output
    mended = growing(project, "    return {'a': 1}")
    assert (
        "growth                   stale    experiments/growing.py changed"
        in must(run(project, "status")).output
    )
    must(run(project, "train", "growth"))
    assert "growth                   fresh" in must(run(project, "status")).output
    (folder,) = [f for f in (project / ".reportgen" / "runs").iterdir() if f.name.endswith(key(mended))]
    (folder / "arrays.npz").write_bytes(b"no")
    assert (
        "is damaged" in (said := must(run(project, "train", "growth"))).stderr
        and "Trained growth 1/2" in said.output
    )


def test_calls_that_return_other_forms_are_told_apart(project):
    """Which two calls, and what differs: names, or the number of axes."""
    growing(project, "    return {'a': 1} if seed else {'b': 1}")
    must(run(project, "train", "growth"))
    with pytest.raises(
        ReportError, match="growth: its calls with seed=0 and seed=1 and not both return a, b"
    ):
        load_runs("growth", project)
    growing(project, "    return {'a': 1 if seed else [1]}")
    must(run(project, "train", "growth"))
    with pytest.raises(ReportError, match="return a in two forms"):
        load_runs("growth", project)


def test_facts_and_claims_speak_of_functions(project):
    """By name, with the results they return; without facts of its own, settings and numbers of one are quoted."""
    must(run(project, "train", "random-walk", "primes"))
    runs = {name: load_runs(name, project) for name in ("random-walk", "primes")}
    assert facts_of("primes", runs["primes"]) == {"below": 100, "count": 25}
    assert facts_of("random-walk", runs["random-walk"]) == {"runs": 3}
    of_sweep("random-walk")(lambda walks: {"highest": max(walk["end"] for walk in walks)})
    try:
        ends = [float(walk["end"]) for walk in runs["random-walk"]]
        assert facts_of("random-walk", runs["random-walk"]) == {"runs": 3, "highest": max(ends)}
    finally:
        del OF_SWEEP["random-walk"]

    @claim("C9999", "random-walk", "primes", kind="typical", whose="ours", text="Up.", threshold="Above 0.")
    def up(walks, few) -> Finding:
        return Finding(all(walk["end"] > 0 for walk in walks) and few["count"] == 25, "They end high.")

    try:
        verdict = judge("C9999", runs)
    finally:
        del CLAIMS["C9999"]
    assert verdict.holds and str(verdict.sample) == "4 runs"


def test_a_figure_cannot_follow_the_steps_of_a_function(project):
    """It keeps no snapshots of a training."""
    file = project / "figures" / "walks.py"
    file.write_text(FIGURE.replace("CAPTION", 'GROUP = "random-walk"\nCAPTION', 1), encoding="utf-8")
    assert "GROUP = 'random-walk' is a function" in run(project, "figures", "walks").stderr


# ---- in processes of their own ----


def started(project: Path, body: str) -> subprocess.Popen:
    """`reportgen train growth` in a process of its own."""
    growing(project, body)
    command = [sys.executable, "-m", "reportgen", "train", "growth", "--project", str(project)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_function_that_ends_its_process_is_named(project):
    """What other cells had finished is kept."""
    said = started(project, "    import os\n    if seed: os._exit(7)\n    return {'a': 1}").communicate()[1]
    assert "killed while it ran growth" in said and "os._exit, or perhaps for lack of memory." in said
    assert said.count("\n") == 2


def test_ctrl_c_ends_a_function_that_does_not_listen(project):
    """After a few seconds' grace; the finished cell is kept, and no process is left."""
    body = "    while seed:\n        try:\n            print()\n        except BaseException: pass\n    return {'a': 1}"
    running = started(project, body)
    for line in running.stdout:
        if "Trained growth 1/2" in line:
            break
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=30)[1]
    assert running.returncode == 130 and said.startswith(
        "Error: Interrupted; what was trained so far is kept."
    )
    assert len(list((project / ".reportgen" / "runs").iterdir())) == 1
