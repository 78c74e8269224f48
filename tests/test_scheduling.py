"""Training in processes: interrupted, killed, doubled; what is stored is always the same bits."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fixtures.trainings import CONFIG, KEY, SLOW, interrupted

from reportgen.experiments import EXPERIMENTS
from reportgen.numerics.config import ModularModel
from reportgen.numerics.training import Trainer
from reportgen.store.packing import METRICS
from reportgen.store.records import Store
from reportgen.training import local
from reportgen.training.checkpoints import load_checkpoint
from reportgen.training.forecast import expected_seconds
from reportgen.training.jobs import Job

# The command line with one experiment, and a checkpoint many times a second. It has one core, and rests each
# time it asks for more, after every row of metrics: long enough to be met in the middle, at no cost. Its worker
# processes read this file again, so that the patches hold in them too.
DRIVER = """
import sys, time
sys.path.insert(0, {tests!r})
import reportgen.experiments as experiments
from reportgen.training import local, worker
from fixtures.trainings import SLOW
experiments.EXPERIMENTS["modular"] = SLOW
worker.CHECKPOINT_EVERY_S, local.core_count = 0.1, lambda: time.sleep(0.0005) or 1
if __name__ == "__main__":
    from reportgen.cli import main
    main(["train", "modular", "--project", sys.argv[1]])
"""


@pytest.fixture
def project(tmp_path) -> Path:
    for name in ("figures", "templates"):
        (tmp_path / "project" / name).mkdir(parents=True)
    driver = DRIVER.format(tests=str(Path(__file__).parent))
    (tmp_path / "driver.py").write_text(driver, encoding="utf-8")
    return tmp_path / "project"


def start(project: Path) -> subprocess.Popen:
    """`reportgen train modular` in a process group of its own, as a shell would start it."""
    command = [sys.executable, str(project.parent / "driver.py"), str(project)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def wait_for(condition, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


def checkpoint(project: Path) -> Path:
    return project / ".reportgen" / "checkpoints" / f"{KEY}.npz"


def stored(project: Path):
    return Store(project / ".reportgen" / "runs").find(KEY)


def group_is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    states = subprocess.run(
        ["ps", "-o", "stat=", "-g", str(group)], capture_output=True, text=True, check=False
    )
    return all(line.startswith("Z") for line in states.stdout.split())


@pytest.fixture(scope="module")
def uninterrupted():
    """The same run in one go, in this process."""
    trainer = Trainer(SLOW.configs)
    for _ in trainer.run():
        pass
    return trainer.trajectory()


def assert_same_bits(record, trajectory) -> None:
    run = record.runs()[0]
    for name in METRICS:
        assert np.array_equal(getattr(run, name), trajectory.metrics[name][:, 0])
    assert np.array_equal(run.w_input, trajectory.w_input[:, 0])
    assert np.array_equal(run.w_output, trajectory.w_output[:, 0])
    assert all(np.array_equal(run.final[name], trajectory.final[name][0]) for name in trajectory.final)


def test_a_killed_training_continues_with_the_same_bits(project, uninterrupted):
    """kill -9 of everything in the middle: the next train says where it continues, and ends the same."""
    first = start(project)
    wait_for(checkpoint(project).exists)
    time.sleep(0.3)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate(timeout=20)
    assert stored(project) is None
    out, err = start(project).communicate(timeout=60)
    assert "continued from step" in out, out + err
    assert err == ""
    assert_same_bits(stored(project), uninterrupted)
    assert not checkpoint(project).exists()


@pytest.mark.parametrize("how", ["SIGINT to all", "SIGINT", "SIGTERM"])
def test_an_interrupted_training_keeps_what_it_has(project, how):
    """Ctrl-C, or a polite request to end: two lines, exit code 130, a checkpoint, no process left."""
    process = start(project)
    wait_for(checkpoint(project).exists)
    before = checkpoint(project).stat().st_mtime_ns
    number = getattr(signal, how.split()[0])
    (os.killpg if how.endswith("all") else os.kill)(process.pid, number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert len(err.splitlines()) == 2 and "Run the same command again" in err
    assert checkpoint(project).stat().st_mtime_ns >= before
    wait_for(lambda: group_is_gone(process.pid), 10)


def test_an_early_interrupt_is_as_quiet_as_a_late_one(project):
    """Ctrl-C while the worker processes still start: no traceback of theirs on the screen."""
    process = start(project)
    assert "Training 1 run" in process.stdout.readline()
    time.sleep(0.4)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert len(err.splitlines()) == 2, err
    wait_for(lambda: group_is_gone(process.pid), 10)


def test_workers_do_not_outlive_their_parent(project):
    """kill -9 of the command alone: its workers save their state and leave."""
    process = start(project)
    wait_for(checkpoint(project).exists)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)
    wait_for(lambda: group_is_gone(process.pid), 15)
    assert checkpoint(project).exists() and stored(project) is None


def test_two_commands_at_once_train_once(project):
    """The second waits for the first one's run; both succeed, one of them trained."""
    outputs = []
    processes = [start(project), start(project)]
    for process in processes:
        out, err = process.communicate(timeout=90)
        assert process.returncode == 0, err
        outputs.append(out)
    assert sum("Trained modular: 40,000 steps" in out for out in outputs) == 1
    assert stored(project)
    assert len(list((project / ".reportgen" / "runs").iterdir())) == 1


REFUSED = {
    "other torch": "another PyTorch, engine or device wrote it, whose bits are others",
    "other model": "it is no state of this training",
}


@pytest.mark.parametrize("damage", ["truncated", "flipped", "foreign", "other torch", "other model"])
def test_a_checkpoint_that_does_not_fit_starts_anew(tmp_path, monkeypatch, damage):
    """Training again is always right; continuing from something else never is."""
    file = interrupted(tmp_path)
    body = bytearray(file.read_bytes())
    configs = SLOW.configs
    if damage == "truncated":
        file.write_bytes(body[:1000])
    elif damage == "flipped":
        body[len(body) // 2] ^= 1
        file.write_bytes(body)
    elif damage == "foreign":
        file.write_text("hello")
    elif damage == "other torch":
        monkeypatch.setattr("reportgen.training.checkpoints.execution", lambda device, engine: "torch 0.1")
    else:
        configs = (replace(CONFIG, model=ModularModel(embedding_size=3, neurons=6)),)
    fresh = Trainer(configs)
    said = []
    assert load_checkpoint(file, fresh, "cpu", said.append) == 0.0
    assert fresh.step == 0
    assert said == [REFUSED.get(damage, "it is not as it was written")]
    assert load_checkpoint(tmp_path / "none.npz", fresh, "cpu", said.append) == 0.0 and len(said) == 1
    again = Trainer(configs)
    assert next(fresh.run()) == 0
    next(again.run())
    assert fresh.latest == again.latest


def test_a_checkpoint_continues(tmp_path):
    """With its step, and the seconds that were spent."""
    file = interrupted(tmp_path)
    fresh = Trainer(SLOW.configs)
    assert load_checkpoint(file, fresh, "cpu") == 1.5
    assert fresh.step == 100
    assert next(fresh.run()) == 120


def test_the_forecast_grows_with_the_work(tmp_path):
    """More runs or fewer processes take longer; nothing takes nothing."""
    store = Store(tmp_path)
    jobs = [Job(e, e.configs) for e in EXPERIMENTS.values() if e.single]
    assert expected_seconds([], store, 2) == 0
    two, one = expected_seconds(jobs, store, 2), expected_seconds(jobs, store, 1)
    assert expected_seconds(jobs[:1], store, 2) <= two < one


def test_groups_that_train_share_the_cores(monkeypatch):
    """A group alone has several; as many as there are cores have one each; too many do not have none."""
    monkeypatch.setattr(local, "core_count", lambda: 3)
    worker = local.Worker(None, None, parent=0, training=multiprocessing.Value("i", 0))
    monkeypatch.setattr(local, "_worker", worker, raising=False)
    with local._counted():
        assert local._cores() == 3
        with local._counted(), local._counted():
            assert local._cores() == 1
            with local._counted():
                assert local._cores() == 1
        assert local._cores() == 3
