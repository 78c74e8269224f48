"""The sweeps: their grids, their classes, their tables."""

import csv
import io
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from fixtures.made_up_runs import parity_run, ramp
from fixtures.projects import ROOT, must, run

from reportgen import analysis, load
from reportgen.errors import ReportError
from reportgen.experiments import EXPERIMENTS, Experiment, shrink
from reportgen.experiments.decisions import DECISIONS, NOT_BY_50_000
from reportgen.experiments.followed import FOLLOWED
from reportgen.experiments.sweeps import SWEEPS, architectures
from reportgen.facts import run_table
from reportgen.store.run import Run

PARITY = EXPERIMENTS["parity-sweep"].configs[0]
SEEDS = EXPERIMENTS["modular-seeds"].configs[0]


def made_up(train: list[float], test: list[float], config=PARITY) -> Run:
    """A run with these losses, saved every 100 steps."""
    count = len(train)
    half = np.full(count, 0.5)
    return Run("parity-sweep", "0", config, np.arange(count) * 100, np.array(train), np.array(test), half, half,
               half, np.array([]), np.zeros((0, 31, 1)), np.zeros((0, 1, 1)), {})  # fmt: skip


@pytest.mark.parametrize(
    ("train", "test", "expected"),
    [
        ([1, 2e-5, 2e-5], [1, 1, 1e-6], "high-train-loss"),
        ([1, 1e-5, 1e-6], [1, 1, 2e-5], "high-test-loss"),
        ([1, 1e-5, 1e-6], [1, 0.4, 1e-5], "together"),
        ([1, 1e-6, 1e-6], [1, 0.05, 1e-6], "grokking"),
        ([1, 1e-6, 1e-6], [1, 0.0499, 1e-6], "together"),
        ([1, 1e-12, 1e-6], [1, 0.005, 1e-6], "together"),  # the floor: 0.005 / 1.19e-7 is below 50,000
        ([1, 1e-12, 1e-6], [1, 0.006, 1e-6], "grokking"),
        ([1, 1e-6, np.nan], [1, 1e-6, np.nan], "together"),
        ([np.nan], [np.nan], "high-train-loss"),
    ],
)
def test_a_models_class(train, test, expected):
    """The four classes of the phase diagram, at their thresholds, floored, and for diverged runs."""
    assert analysis.outcome(made_up(train, test)) == expected


def test_both_thresholds_can_be_moved():
    """As the figure's sliders do."""
    model = made_up([1, 1e-3, 1e-3], [1, 0.5, 1e-3])
    assert analysis.outcome(model) == "high-train-loss"
    assert analysis.outcome(model, low_loss=1e-2) == "together"
    assert analysis.outcome(model, low_loss=1e-2, large_ratio=400) == "grokking"


def test_divergence_is_dated():
    """The first metric step with a loss that is not finite; None without one."""
    assert analysis.diverged_at(made_up([1, 1, np.inf, 1], [1, 1, 1, np.nan])) == 200
    assert analysis.diverged_at(made_up([1, 1], [1, 1])) is None


def test_the_parity_sweep_is_the_published_grid():
    """1,125 different models, nine of each kind, seeds shared by all kinds."""
    configs = EXPERIMENTS["parity-sweep"].configs
    assert len(set(configs)) == 1125
    kinds = Counter((c.model.neurons, c.task.train_size, c.training.weight_decay) for c in configs)
    assert len(kinds) == 125 and set(kinds.values()) == {9}
    assert {(c.training.steps, c.training.learning_rate, c.training.beta1) for c in configs} == {
        (20_000, 3e-3, 0.99)
    }


def test_modular_seeds_are_the_main_model():
    """450 seeds; ten of them keep 51 snapshots; nothing but precision and what is saved differs."""
    configs = EXPERIMENTS["modular-seeds"].configs
    assert [c.seed for c in configs] == list(range(450))
    assert [c.training.steps // c.training.snapshots_every for c in configs].count(50) == 10
    main = EXPERIMENTS["modular"].configs[0]
    plain = {replace(c, seed=0, training=replace(c.training, precision="float64", metrics_every=100,
                                                 snapshots_every=500)) for c in configs}  # fmt: skip
    assert plain == {replace(main, seed=0, training=replace(main.training, snapshots_every=500))}


def test_seeds_that_judge_are_new():
    """What was seen on other runs is judged on seeds that none of them has."""

    def seeds(*names):
        return {config.seed for name in names for config in EXPERIMENTS[name].configs}

    assert not seeds("parity-circuit") & seeds("parity-search", "parity-sweep")
    assert not seeds("delay-law") & seeds("parity-search", "parity-sweep")
    assert not seeds("modular-progress") & seeds("modular-seeds")
    model, new = EXPERIMENTS["parity"].configs[0], EXPERIMENTS["parity-circuit"].configs
    settings = replace(model.training, steps=2500, snapshots_every=100)
    assert {replace(c, seed=0) for c in new} == {replace(model, seed=0, training=settings)}


def test_twelve_architectures_are_distinct():
    """Of sixteen: a model collapsed on its input side has no projections to share."""
    assert len(architectures()) == 12
    shipped, full = EXPERIMENTS["architecture-sweep"].configs, EXPERIMENTS["architecture-sweep-full"].configs
    assert len(set(shipped)) == 12 * 10 * 3
    assert len(set(full)) == 12 * 10 * 3 * 5 * 9
    assert set(shipped) <= set(full)


def test_groups_are_of_one_shape_and_complete():
    """Every sweep's groups hold each of its runs once."""
    for name in [experiment.name for experiment in (*SWEEPS, *FOLLOWED, *DECISIONS)]:
        chosen = EXPERIMENTS[name]
        assert Counter(c for group in chosen.groups() for c in group) == Counter(chosen.configs)
        assert all(len(group) <= chosen.group_size for group in chosen.groups())


def test_what_is_compared_in_pairs_differs_in_one_setting_alone():
    """Precision, or the side that is collapsed; every seed has both."""
    for name, settings in (
        ("rounding", "training"),
        ("rounding-boundary", "training"),
        ("collapsed-side", "model"),
    ):
        changed = (
            {"precision": "float64"}
            if settings == "training"
            else {"collapsed_in": True, "collapsed_out": False}
        )
        pairs = Counter(
            replace(c, **{settings: replace(getattr(c, settings), **changed)})
            for c in EXPERIMENTS[name].configs
        )
        assert set(pairs.values()) == {3 if name == "rounding-boundary" else 2}


def test_the_seeds_that_are_followed_are_the_first_that_had_not_generalised():
    """In their order; and what is trained differs in its end alone."""
    waiting = [run.config.seed for run in load("modular-seeds", ROOT) if analysis.grokking_step(run) is None]
    assert list(NOT_BY_50_000) == waiting[: len(NOT_BY_50_000)]
    main = {c.seed: c for c in EXPERIMENTS["modular-seeds"].configs}
    for config in EXPERIMENTS["how-long"].configs:
        saved = dict.fromkeys(("metrics_every", "snapshots_every"), 200_000)
        ours, theirs = (
            replace(c, training=replace(c.training, steps=200_000, **saved))
            for c in (config, main[config.seed])
        )
        assert ours == theirs


def test_a_trial_is_short_and_looks_as_often():
    """Twenty rows and snapshots of each run; of a sweep a few runs, for fewer steps."""
    for name, runs, steps in (
        ("modular", 1, 400),
        ("parity", 1, 400),
        ("soften", 6, 100),
        ("parity-sweep", 6, 100),
    ):
        configs = shrink(EXPERIMENTS[name]).configs
        trained = {(c.training.steps, c.training.metrics_every, c.training.snapshots_every) for c in configs}
        assert len(configs) == runs and trained == {(steps, steps // 20, steps // 20)}


def test_an_empty_grid_is_an_error():
    """Named, with the way out; not an experiment that silently does nothing."""
    with pytest.raises(ReportError, match="nothing-sweep has no runs"):
        Experiment("nothing-sweep", "Nothing", lambda: ()).groups()


def test_the_parity_table_has_the_documented_columns():
    """In their order, with a row per model, its class last."""
    file = io.StringIO()
    models = [made_up([1, 1e-6, 1e-6], [1, 0.06, 1e-6]), made_up([1, np.nan], [1, np.nan])]
    run_table.write_csv(file, EXPERIMENTS["parity-sweep"], models)
    first, second = csv.DictReader(io.StringIO(file.getvalue()))
    assert list(first) == [
        "neurons", "train_size", "weight_decay", "seed", "min_train_loss", "min_test_loss", "max_ratio",
        "final_test_accuracy", "diverged_at", "outcome",
    ]  # fmt: skip
    assert first == {
        "neurons": "16", "train_size": "750", "weight_decay": "0.01", "seed": "0", "min_train_loss": "1e-06",
        "min_test_loss": "1e-06", "max_ratio": "60000", "final_test_accuracy": "0.5", "diverged_at": "",
        "outcome": "grokking",
    }  # fmt: skip
    assert (second["diverged_at"], second["outcome"]) == ("100", "high-train-loss")


def test_all_that_is_measured_of_a_model_has_its_column():
    """Beside the settings that vary and the seed: ends, extremes and steps of a run whose curves are known."""
    model = parity_run(
        train_loss=ramp((0, 1.0), (500, 0.01), (1000, 0.02)),
        test_loss=ramp((0, 1.0), (500, 2.0), (1000, 3.0)),
    )
    runs = [model, replace(model, config=replace(model.config, seed=3))]
    faster = replace(runs[0].config, training=replace(runs[0].config.training, learning_rate=0.5))
    tried = Experiment("tried", "Tried", (runs[0].config, runs[1].config, faster))
    file = io.StringIO()
    run_table.write_csv(file, tried, runs)
    first, second = csv.DictReader(io.StringIO(file.getvalue()))
    assert first == {
        "learning_rate": "0.001", "seed": "0",
        "final_train_loss": "0.02", "final_test_loss": "3", "final_train_accuracy": "1", "final_test_accuracy": "1",
        "min_train_loss": "0.01", "min_test_loss": "1", "max_ratio": "200",
        "memorisation_step": "50", "t10": "710", "t90": "790",
        "grokking_step": "800", "diverged_at": "", "outcome": "high-train-loss",
    }  # fmt: skip
    assert second == first | {"seed": "3"}
    assert run_table.columns(tried) == tuple(first)


def test_no_run_ends_below_its_minimum():
    """Neither is floored: a loss below the floor keeps its digits, in the middle and at the end."""
    known = run_table.measures(made_up([1, 3.2e-9, 4.5e-8], [1, 2e-3, 1.5e-7]))
    assert known["min_train_loss"] == 3.2e-9 and known["final_train_loss"] == 4.5e-8
    assert known["min_test_loss"] == known["final_test_loss"] == 1.5e-7
    assert known["max_ratio"] == pytest.approx(
        2e-3 / 1.19e-7, rel=0.01
    )  # floored, as the article logs losses


def test_lists_are_separated_by_spaces():
    """Two frequencies with their neurons: a model built from waves."""
    tokens, columns = np.arange(67), []
    for frequency, count in ((3, 2), (14, 1)):
        columns += [8 * np.cos(2 * np.pi * frequency * tokens / 67)] * count
    w_input = np.stack(columns, axis=1)[None]
    model = replace(made_up([1, 1], [1, 1], SEEDS), w_input=w_input, snapshot_steps=np.array([100]))
    file = io.StringIO()
    run_table.write_csv(file, EXPERIMENTS["modular-seeds"], [model])
    (row,) = csv.DictReader(io.StringIO(file.getvalue()))
    assert list(row) == [
        "seed", "final_train_loss", "final_test_loss", "final_test_accuracy", "grokking_step", "frequencies",
        "neurons_per_frequency",
    ]  # fmt: skip
    assert (row["frequencies"], row["neurons_per_frequency"], row["grokking_step"]) == ("3 14", "2 1", "")


def test_export_writes_what_is_stored_without_torch(tmp_path):
    """To standard output and to a file; the same rows; settings that vary come first."""
    script = (
        "import sys; sys.modules['torch'] = None\n"
        "from reportgen.cli import main\n"
        f"main(['export', 'parity-search', '--project', {str(ROOT)!r}])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["seed"] for row in rows] == [str(seed) for seed in range(24)]
    assert sum(row["grokking_step"] != "" for row in rows) >= 12
    file = tmp_path / "table.csv"
    must(run(ROOT, "export", "parity-search", "--out", str(file)))
    assert file.read_text(encoding="utf-8") == done.stdout


def test_export_of_what_is_not_there(tmp_path):
    """An unknown name gets the nearest one; an untrained sweep the command that trains it."""
    for name in ("figures", "templates"):
        (tmp_path / name).mkdir()
    wrong = run(tmp_path, "export", "parity-swep")
    assert wrong.exit_code == 2 and "Did you mean 'parity-sweep'?" in wrong.stderr
    missing = run(tmp_path, "export", "parity-sweep")
    assert missing.exit_code == 1 and "reportgen train parity-sweep" in missing.stderr


def test_a_negative_decay_is_refused():
    """By --set, before anything is trained."""
    wrong = run(ROOT, "train", "modular-seeds", "--set", "modular-seeds.weight_decay=-1")
    assert wrong.exit_code == 2
    assert "weight_decay = -1.0 is not possible" in wrong.stderr and "0 or more" in wrong.stderr
