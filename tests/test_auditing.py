"""Trust, but verify: audits find what differs, and certify what does not."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from fixtures.projects import CURVE, PROVENANCE, contents, must, run

from reportgen.experiments import EXPERIMENTS, Experiment
from reportgen.files.atomic import write_json
from reportgen.files.hashing import key_of
from reportgen.numerics.config import Config, ParityModel, ParityTask, Training
from reportgen.pipeline.audit import Audit, Comparison, agrees_until
from reportgen.store.certificates import FILE, add_certificate, read_certificates
from reportgen.store.records import Store, keys_of, run_key
from reportgen.store.run import Run

CONFIG = Config(
    task=ParityTask(train_size=40, digits=9, pool_size=60, test_size=50),
    model=ParityModel(neurons=5),
    training=Training(steps=200, learning_rate=1e-2, beta1=0.9, beta2=0.98, decay="L2", weight_decay=0.1,
                      metrics_every=20, snapshots_every=200),
)  # fmt: skip
CONFIGS = tuple(replace(CONFIG, seed=seed) for seed in range(6))
TINY = Experiment("tiny-sweep", "Tiny", CONFIGS, keep="sweep", shipped=True, group_size=3)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """A project whose shipped sweep of six models was trained, and audited, here."""
    project = tmp_path_factory.mktemp("trained")
    for name in ("figures", "templates"):
        (project / name).mkdir()
    (project / "figures" / "tiny_curve.py").write_text(CURVE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(EXPERIMENTS, "tiny-sweep", TINY)
        must(run(project, "train", "tiny-sweep"))
        must(run(project, "audit", "tiny-sweep", "--sample", "6"))
    return project


@pytest.fixture
def project(trained, tmp_path, monkeypatch) -> Path:
    """A copy of it, free to be changed."""
    monkeypatch.setitem(EXPERIMENTS, "tiny-sweep", TINY)
    shutil.copytree(trained, tmp_path / "project")
    return tmp_path / "project"


def store(project: Path) -> Store:
    return Store(project / ".reportgen" / "runs", project / "runs")


def status(project: Path) -> str:
    """How far the first group is to be trusted."""
    return store(project).held(*keys_of(CONFIGS[:3], "sweep")).status


def made_by_earlier_code(project: Path) -> None:
    """Rewrite the shipped records as if another state of numerics/ had made them."""
    for folder in sorted((project / "runs").glob("tiny-sweep.*")):
        info = json.loads((folder / "run.json").read_text())
        info["code"]["engines.py"] = "earlier"
        info["key"] = key_of({name: info[name] for name in ("format", "configs", "keep", "code")})
        info["checksum"] = key_of({name: value for name, value in info.items() if name != "checksum"})
        write_json(folder / "run.json", info)
        folder.rename(folder.with_name(f"tiny-sweep.{info['key']}"))


def doctored(project: Path, since: int = 20, until: int = 200, change=lambda loss: loss * 0 + 1e-6) -> None:
    """Store other losses for one group from one step to another, as a mistake or a fraud would."""
    record = store(project).find(run_key(CONFIGS[:3], "sweep"))
    with np.load(record.folder / "arrays.npz") as stored:
        arrays = dict(stored)
    steps = arrays["steps"][:, None]
    for name in ("train_loss", "test_loss"):
        inside = (steps >= since) & (steps <= until)
        arrays[name] = np.where(inside, change(arrays[name]), arrays[name])
    for file in record.folder.iterdir():
        file.unlink()
    record.folder.rmdir()
    store(project).save(TINY, CONFIGS[:3], arrays, msgspec.structs.replace(PROVENANCE, training_s=1.0))


def test_an_honest_sweep_passes(project):
    """Every sampled model is in the table, with the step up to which it agrees."""
    result = must(run(project, "audit", "tiny-sweep", "--sample", "4"))
    rows = [line for line in result.stdout.splitlines() if "200 of 200" in line]
    assert len(rows) == 4
    assert "Same class: 4 of 4" in result.stdout and "Disagreements" not in result.stdout
    assert read_certificates(project / "runs") == []


def test_a_second_audit_of_the_same_sample_trains_nothing(project):
    """What was trained for an audit is kept."""
    must(run(project, "audit", "tiny-sweep", "--sample", "4"))
    assert "Training" not in must(run(project, "audit", "tiny-sweep", "--sample", "4")).stdout


def test_a_doctored_sweep_fails(project):
    """The models that differ are listed, nothing is certified, the exit code says so."""
    doctored(project)
    result = run(project, "audit", "tiny-sweep", "--sample", "6", "--certify")
    assert result.exit_code == 1
    listed = result.stdout.partition("Disagreements:")[2].strip().splitlines()
    assert len(listed) == 3 and all("10 of 200" in line for line in listed)
    assert "The audit of tiny-sweep failed" in result.stderr
    assert not (project / "runs" / FILE).exists()


def test_models_that_end_in_another_class_fail_an_audit(project):
    """Though their losses agree for the first 100 steps."""
    doctored(project, since=120)
    result = run(project, "audit", "tiny-sweep", "--sample", "6", "--certify")
    assert result.exit_code == 1
    assert "Same class: 3 of 6" in result.stdout and "first 100 steps: all." in result.stdout
    assert result.stdout.count("100 of 200") == 2 * 3  # in the table, and among the disagreements
    assert not (project / "runs" / FILE).exists()


def test_models_whose_losses_part_early_fail_an_audit(project):
    """Though they end in the same class, with the same losses."""
    doctored(project, since=60, until=60, change=lambda loss: 2 * loss)
    result = run(project, "audit", "tiny-sweep", "--sample", "6", "--certify")
    assert result.exit_code == 1
    assert "Same class: 6 of 6" in result.stdout and "first 100 steps: all but 3" in result.stdout
    assert not (project / "runs" / FILE).exists()


def compared(*, until: int = 200, same: bool = True) -> Comparison:
    """A model that was trained again: up to where its losses agree, and whether its class is the same."""
    steps = np.array([0, 80, 100, 200])
    shipped = Run("tiny-sweep", "0", CONFIG, steps, *5 * [steps], np.array([]), *2 * [np.zeros(0)], {})
    return Comparison(shipped, "code", until, ("grokking", "grokking" if same else "together"))


@pytest.mark.parametrize(
    ("comparisons", "passed"),
    [
        ([compared(same=False), *19 * [compared()]], True),
        (2 * [compared(same=False)] + 18 * [compared()], False),
        ([compared(until=100), *19 * [compared()]], True),
        ([compared(until=80), *19 * [compared()]], False),
    ],
)
def test_an_audit_passes_by_two_criteria(comparisons, passed):
    """At least 95 % of the classes are the same, and every model's losses agree for 100 steps; both are needed."""
    assert Audit(TINY, 0, tuple(comparisons)).passed is passed


def test_a_short_training_has_to_agree_to_its_end():
    """One of fewer than 100 steps cannot agree for longer."""
    short = replace(compared().shipped, steps=np.array([0, 20, 40]))
    assert [replace(compared(until=n), shipped=short).follows for n in (20, 40)] == [False, True]


def test_certified_runs_count_as_good(project):
    """Shipped runs of earlier code are stale; a passed audit makes them certified, and says what it saw."""
    made_by_earlier_code(project)
    line = next(line for line in run(project, "status").stdout.splitlines() if "tiny-sweep" in line)
    assert "stale" in line and "engines.py" in line and "reportgen audit tiny-sweep --certify" in line
    must(run(project, "audit", "tiny-sweep", "--sample", "6", "--certify"))
    line = next(line for line in run(project, "status").stdout.splitlines() if "tiny-sweep" in line)
    assert "certified" in line
    (entry,) = read_certificates(project / "runs")
    assert (entry["sample"], entry["same_class"], entry["agrees_to_the_end"]) == (6, 6, 6)
    before = contents(project / "runs")
    assert "Nothing to train" in must(run(project, "train", "tiny-sweep")).stdout
    assert contents(project / "runs") == before


def test_stale_runs_are_used_but_can_be_renewed(project):
    """They can be exported; `train` makes them anew beside the old ones."""
    made_by_earlier_code(project)
    stale = must(run(project, "export", "tiny-sweep")).stdout
    assert status(project) == "stale"
    must(run(project, "train", "tiny-sweep"))
    assert status(project) == "fresh"
    assert must(run(project, "export", "tiny-sweep")).stdout == stale


@pytest.mark.parametrize("content", ["", "[1]", '{"a": 1}', "[{}]"])
def test_a_broken_list_of_certificates_certifies_nothing(project, content):
    """And can be written anew."""
    made_by_earlier_code(project)
    (project / "runs" / FILE).write_text(content)
    assert status(project) == "stale"
    must(run(project, "audit", "tiny-sweep", "--sample", "6", "--certify"))
    assert status(project) == "certified"


def test_one_certificate_per_experiment_and_code(tmp_path):
    """A later audit of the same replaces the earlier; others stay; the order is that of the names."""
    for name, sample in (("b", 1), ("a", 2), ("b", 3)):
        add_certificate(tmp_path, {"experiment": name, "made_by": "x", "holds_for": "y", "sample": sample})
    assert [(e["experiment"], e["sample"]) for e in read_certificates(tmp_path)] == [("a", 2), ("b", 3)]


@pytest.mark.parametrize(("sample", "words"), [("0", "from 1"), ("7", "at most 6")])
def test_an_impossible_sample_is_refused(project, sample, words):
    """With what is possible."""
    result = run(project, "audit", "tiny-sweep", "--sample", sample)
    assert result.exit_code == 2
    assert f"--sample {sample}" in result.stderr and words in result.stderr


def test_an_audit_needs_something_stored(tmp_path):
    """An unknown name gets the nearest; an untrained sweep the command that trains it."""
    for name in ("figures", "templates"):
        (tmp_path / name).mkdir()
    assert "Did you mean 'parity-sweep'?" in run(tmp_path, "audit", "parity-swep").stderr
    assert "reportgen train soften" in run(tmp_path, "audit", "soften").stderr


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        ([1, 1, 1], 20),
        ([1, 1, 1.25], 20),
        ([1, 1, 1.27], 10),
        ([1, 0.78, 1], 0),
        ([2, 1, 1], -1),
        ([1, 1, np.nan], 10),
    ],
)
def test_agreement_ends_at_a_tenth_of_a_decade(factor, expected):
    """10^0.1 = 1.259; the last metric step before the first that differs more."""
    losses, half = np.array([1.0, 0.1, 0.01]), np.full(3, 0.5)
    one = Run("tiny-sweep", "0", CONFIG, np.array([0, 10, 20]), losses, losses, half, half, half,
              np.array([]), np.zeros((0, 10, 5)), np.zeros((0, 5, 1)), {})  # fmt: skip
    assert agrees_until(one, replace(one, test_loss=losses * factor)) == expected


def test_status_counts_a_sweeps_groups(project):
    """A sweep that was interrupted shows how far it came."""
    folder = store(project).find(run_key(CONFIGS[3:], "sweep")).folder
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    line = next(line for line in run(project, "status").stdout.splitlines() if "tiny-sweep" in line)
    assert "partial" in line and "3 of 6 runs stored" in line
    must(run(project, "train", "tiny-sweep"))
    line = next(line for line in run(project, "status").stdout.splitlines() if "tiny-sweep" in line)
    assert "fresh" in line
