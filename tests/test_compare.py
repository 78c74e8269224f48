"""Laws of `compare`: names find the runs they should, the table says what differs, the chart shows both."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from fixtures.made_up_runs import MODULAR, PARITY, STEPS, compact, diverged, modular_run, parity_run, ramp
from fixtures.projects import must, run

from reportgen.compare import chart, table
from reportgen.compare.run_names import choose, find_run
from reportgen.errors import ReportError
from reportgen.experiments import EXPERIMENTS
from reportgen.files.project import Project

NAMES = ("one", "two")


def changed(run, **curves):
    """The run under another seed and decay, with other curves."""
    config = replace(run.config, seed=3, training=replace(run.config.training, weight_decay=0.25))
    return replace(run, config=config, **curves)


def cells(rows) -> dict[str, tuple[str, str, str]]:
    return {row.label: (row.a, row.b, row.change) for row in rows}


def test_the_table_says_which_settings_differ():
    """Those alone; numbers by their ratio, a seed by itself."""
    rows = cells(table.different_settings(modular_run(), changed(modular_run())))
    assert rows == {"weight_decay": ("0.5", "0.25", "× 0.5"), "seed": ("0", "3", "")}
    other = replace(MODULAR, task=replace(MODULAR.task, symmetric=False))
    rows = cells(table.different_settings(modular_run(), replace(modular_run(), config=other)))
    assert rows == {"symmetric": ("true", "false", "")}


def test_the_table_says_what_became_of_both():
    """Steps by difference, shares in points, losses and norms by ratio; what is equal is the same."""
    late = ramp((0, 0.05), (800, 0.05), (900, 0.75), (1000, 0.75))
    other = changed(modular_run(), test_accuracy=late, weight_norm=ramp((0, 5.0), (1000, 3.0)))
    rows = cells(table.outcomes(modular_run(), other))
    assert rows["memorises at step"] == ("50", "50", "same")
    assert rows["generalises at step"] == ("800", "–", "")
    assert rows["t10: 10 % test accuracy"] == ("710", "810", "+100")
    assert rows["test accuracy at the end"] == ("100\u00a0%", "75\u00a0%", "−25 points")
    assert rows["weight norm at the end"] == ("9", "3", "× 0.333")
    assert rows["frequencies"] == ("1 3", "1 3", "2 in common")
    assert "diverges at step" not in rows


def test_the_table_knows_parity_and_divergence():
    """Live neurons where weights were kept; a diverged run has no losses to compare."""
    bare = replace(parity_run(), w_input=np.zeros((0, 10, 5)), w_output=np.zeros((0, 5, 1)))
    rows = cells(table.outcomes(parity_run(), changed(bare)))
    assert rows["live neurons"] == ("2", "–", "")
    rows = cells(table.outcomes(parity_run(), changed(diverged(parity_run()))))
    assert rows["diverges at step"] == ("–", "500", "")
    assert rows["train loss at the end"] == ("0.001", "–", "")


def test_what_cannot_be_compared_is_refused():
    """Two tasks; the same run twice, under whatever names."""
    with pytest.raises(ReportError, match="one learns modular addition, two the 1s and 0s"):
        list(table.table(modular_run(), parity_run(), NAMES))
    with pytest.raises(ReportError, match="are the same run"):
        list(table.table(modular_run(), compact(modular_run()), NAMES))


def test_a_pick_is_a_seed_or_settings():
    """One config, or an error that says what there is and what to add."""
    tasks = [replace(MODULAR.task, symmetric=symmetric) for symmetric in (True, False)]
    sweep = tuple(replace(MODULAR, task=task, seed=seed) for task in tasks for seed in range(8))
    chosen = choose("x:3,symmetric=true", sweep, "3,symmetric=true")
    assert chosen.seed == 3 and chosen.task.symmetric
    decay = choose(
        "x", EXPERIMENTS["parity-sweep"].configs, "neurons=64,train_size=750,weight_decay=.30,seed=2"
    )
    assert decay.training.weight_decay == 0.3
    assert choose("modular", (MODULAR,), None) == MODULAR
    for pick, message, hint in (
        (None, "names 16 runs", "x:symmetric=true,seed=0"),
        ("3", "names 2 runs", "x,symmetric=true"),
        ("8", "There is no run x", "seed (0, 1, 2"),
        ("sed=3", "Unknown setting in x 'sed'", "'seed'"),
        ("seed=three", "There is no run x", "symmetric (false, true)"),
    ):
        with pytest.raises(ReportError, match=message.replace("(", r"\(")) as caught:
            choose("x", sweep, pick)
        assert hint in caught.value.hint


def test_names_find_what_is_stored(mini):
    """A single run, its folder, its key; a variant once it is trained; what is missing says how to train it."""
    project = Project(mini)
    found = find_run(project, "modular", quick=True)
    folder = next((mini / ".reportgen" / "runs").glob("modular.*"))
    for text in (found.key, folder.name, f"{folder}/", f"{found.key}:7", "modular@steps=400"):
        again = find_run(project, text, quick=True)
        assert (again.key, again.config) == (found.key, found.config)
    for text, message, hint in (
        ("modular", "modular is not trained yet", "Run: reportgen train modular"),
        ("modular-search:14", "modular-search:14 is not trained", "Run: reportgen train modular-search"),
        (
            "modular@seed=3,neurons=5",
            "not trained",
            "train modular --set modular.seed=3 --set modular.neurons=5",
        ),
        ("modula", "Unknown experiment 'modula'", "'modular'"),
        ("modular@sed=3", "Unknown setting", "'seed'"),
        ("0123456789abcdef", "key 0123456789abcdef", "runs/"),
        (":", "does not name a run", "modular-search:14"),
    ):
        with pytest.raises(ReportError, match=message) as caught:
            find_run(project, text)
        assert hint in caught.value.hint


def test_a_variant_is_compared(mini, tmp_path, monkeypatch):
    """After its training; the chart goes here, under a name made of both; a bad ending is refused first."""
    monkeypatch.chdir(tmp_path)
    must(run(mini, "train", "modular", "--quick", "--set", "modular.neurons=5", "--device", "cpu", "--quiet"))
    said = must(run(mini, "compare", "modular", "modular@neurons=5", "--quick")).stdout
    assert "neurons" in said and "24" in said and "frequencies" in said
    assert (tmp_path / "compare-modular-modular-neurons=5.svg").read_text(encoding="utf-8").startswith("<svg")
    result = run(mini, "compare", "modular", "nope", "--out", "a.gif")
    assert result.exit_code == 2 and ".svg, .png, .pdf, .json" in result.stderr
    said = must(run(mini, "compare", "modular", "modular@neurons=5", "--quick", "--out", "new/a.png")).stdout
    assert (tmp_path / "new" / "a.png").read_bytes().startswith(b"\x89PNG") and "new/a.png" in said


@pytest.mark.parametrize("b", [modular_run(), diverged(modular_run()), modular_run(test_accuracy=0 * STEPS)])
def test_the_chart_shows_both(b):
    """Each curve of both runs, A solid and B dashed, each named once and no name over another."""
    b = changed(b)
    spec = chart.chart({"A": modular_run(), "B": b}, NAMES)
    for panel in spec["vconcat"][1:]:
        lines, *labels = panel["layer"]
        rows = (
            lines["data"]["values"]
            if "values" in lines.get("data", {})
            else spec["datasets"][lines["data"]["name"]]
        )
        assert {(row["run"], row["series"]) for row in rows} == {
            (r, s) for r in "AB" for s in ("train", "test")
        }
        assert sorted(label["mark"]["text"] for label in labels) == ["test A", "test B", "train A", "train B"]
        assert all(0 <= label["encoding"]["y"]["value"] <= chart.HEIGHT + 6 for label in labels)
    svg = chart.content(spec, "svg").decode()
    assert "A: one" in svg and "B: two" in svg and "var(--" not in svg
    assert chart.content(spec, "pdf").startswith(b"%PDF")
    assert "vega-lite" in json.loads(chart.content(spec, "json"))["$schema"]


def test_labels_do_not_overlap():
    """They keep their order and a distance, also at the bottom."""
    for places in ([5, 6, 7], [218, 219, 220], [0, 100, 101, 220]):
        found = [label["px"] for label in chart._spread([{"px": float(place)} for place in places])]
        assert all(lower - upper >= chart.APART for upper, lower in zip(found, found[1:], strict=False))
        assert found[-1] <= chart.HEIGHT


def test_hostile_names_stay_in_the_folder():
    """A folder's path or an odd name makes a plain file name."""
    assert str(chart.usual_name(("runs/a.0f", "b:seed=1,c=<x>"))) == "compare-runs-a.0f-b-seed=1-c=-x-.svg"


def test_comparing_needs_no_torch(mini):
    """Stored runs can be compared where PyTorch is not installed."""
    script = (
        "import sys; sys.modules['torch'] = None\n"
        "from reportgen.cli import main\n"
        "main(['compare', 'modular', 'modular@neurons=5', '--quick', '--out', 'a.svg'])\n"
    )
    must(run(mini, "train", "modular", "--quick", "--set", "modular.neurons=5", "--device", "cpu", "--quiet"))
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=mini, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0 and "Wrote a.svg" in done.stdout, done.stderr


def test_parity_is_compared_with_parity():
    """Another width and size are the same task."""
    other = replace(PARITY, task=replace(PARITY.task, train_size=30))
    assert list(table.table(parity_run(), replace(parity_run(), config=other), NAMES))
