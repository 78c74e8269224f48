"""Sweeps on a Dask cluster: the same results, through the loss of a worker; clear words when it cannot be."""

import builtins
import os
import signal
import socket
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from fixtures.projects import must, run

from reportgen.experiments import EXPERIMENTS, Experiment
from reportgen.numerics.config import Config, ModularModel, ModularTask, Training
from reportgen.store.records import Store, run_key
from reportgen.training import cluster

distributed = pytest.importorskip("dask.distributed")
CONFIG = Config(
    task=ModularTask(modulus=13),
    model=ModularModel(embedding_size=16, neurons=8),
    training=Training(steps=5_000, learning_rate=1e-3, beta1=0.9, beta2=0.98, decay="L2", weight_decay=0.1,
                      metrics_every=250, snapshots_every=5_000),
)  # fmt: skip
TINY = Experiment(
    "tiny-sweep",
    "Tiny",
    tuple(replace(CONFIG, seed=s) for s in range(6)),
    keep="sweep",
    shipped=True,
    group_size=2,
)


@pytest.fixture(scope="module")
def local_cluster():
    """A scheduler and two worker processes on this machine."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1"
    ) as started:
        yield started


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """An empty project that knows the tiny sweep."""
    monkeypatch.setitem(EXPERIMENTS, "tiny-sweep", TINY)
    for name in ("figures", "templates"):
        (tmp_path / name).mkdir()
    return tmp_path


def losses(project: Path) -> np.ndarray:
    """(T, 6) test losses of the stored sweep."""
    store = Store(project / ".reportgen" / "runs", project / "runs")
    held = [store.find(run_key(group, "sweep")) for group in TINY.groups()]
    return np.stack([model.test_loss for record in held for model in record.runs()], axis=1)


def kill_a_busy_worker(address: str, killed: list[int]) -> None:
    """Wait until both workers train, then kill -9 one of them."""
    with distributed.Client(address, set_as_default=False) as client:
        pids = client.run(os.getpid)
        while len(busy := [w for w, tasks in client.processing().items() if tasks]) < 2:
            time.sleep(0.01)
        time.sleep(0.3)
        os.kill(pids[busy[0]], signal.SIGKILL)
        killed.append(pids[busy[0]])


def test_a_killed_worker_costs_time_and_nothing_else(project, tmp_path_factory, local_cluster):
    """Its group is trained by another; the results are those of this machine alone."""
    address, killed = local_cluster.scheduler_address, []
    killer = Thread(target=kill_a_busy_worker, args=(address, killed))
    killer.start()
    result = must(run(project, "train", "tiny-sweep", "--scheduler", address))
    killer.join()
    assert len(killed) == 1
    assert result.stdout.count("Trained tiny-sweep") == 3
    alone = tmp_path_factory.mktemp("alone")
    for name in ("figures", "templates"):
        (alone / name).mkdir()
    must(run(alone, "train", "tiny-sweep"))
    np.testing.assert_array_equal(losses(project), losses(alone))
    assert "Nothing to train" in must(run(project, "train", "tiny-sweep", "--scheduler", address)).stdout


def test_workers_with_other_code_are_refused(project, local_cluster, monkeypatch):
    """By the fingerprint of what can change a number; nothing is trained."""
    theirs = cluster.numerics_fingerprint()
    monkeypatch.setattr(cluster, "numerics_fingerprint", lambda: theirs | {"training.py": "another"})
    result = run(project, "train", "tiny-sweep", "--scheduler", local_cluster.scheduler_address)
    assert result.exit_code == 2
    assert "another version of reportgen: numerics/ differs in training.py" in result.stderr
    assert not (project / "runs").exists()


def test_a_group_too_large_for_any_worker(project, local_cluster, monkeypatch):
    """The error comes back whole; what was finished is kept."""
    huge = replace(CONFIG, model=replace(CONFIG.model, neurons=10**12))
    monkeypatch.setitem(EXPERIMENTS, "tiny-sweep", replace(TINY, source=(huge,)))
    result = run(project, "train", "tiny-sweep", "--scheduler", local_cluster.scheduler_address)
    assert result.exit_code == 1
    assert "A single run does not fit the memory of cpu" in result.stderr
    assert not (project / "runs").exists()


def test_a_training_that_breaks_names_its_group(project, local_cluster, monkeypatch):
    """A bug on a worker is not passed over."""
    monkeypatch.setitem(EXPERIMENTS, "tiny-sweep", replace(TINY, source=TINY.source[:2]))
    monkeypatch.setattr(cluster, "train_remotely", _broken)
    result = run(project, "train", "tiny-sweep", "--scheduler", local_cluster.scheduler_address)
    assert result.exit_code == 1
    assert "Group 1 of 1 of tiny-sweep failed on the cluster: division by zero" in result.stderr


def _broken(*_):
    return 1 / 0


def test_a_scheduler_that_does_not_answer(project, monkeypatch):
    """Two lines, soon."""
    monkeypatch.setattr(cluster, "CONNECT_LIMIT_S", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        result = run(project, "train", "tiny-sweep", "--scheduler", address)
    assert result.exit_code == 1
    assert f"No Dask scheduler answers at {address}" in result.stderr


def test_an_address_that_is_none(project):
    """The form is shown."""
    result = run(project, "train", "tiny-sweep", "--scheduler", "nonsense://x")
    assert result.exit_code == 1
    assert "tcp://host:8786" in result.stderr


def test_a_scheduler_without_workers(project):
    """The command that starts one is given."""
    with distributed.LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0", host="127.0.0.1") as empty:
        result = run(project, "train", "tiny-sweep", "--scheduler", empty.scheduler_address)
    assert result.exit_code == 1
    assert "has no workers" in result.stderr and "dask worker tcp://" in result.stderr


def test_without_dask_the_extra_is_named(project, monkeypatch):
    """Dask is optional."""
    original = builtins.__import__

    def without(name, *rest, **options):
        if name.startswith("dask"):
            raise ImportError(name)
        return original(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.delitem(sys.modules, "dask.distributed", raising=False)
    result = run(project, "train", "tiny-sweep", "--scheduler", "tcp://127.0.0.1:1")
    assert result.exit_code == 2
    assert "reportgen[cluster]" in result.stderr
