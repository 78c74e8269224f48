"""Stored runs: what goes in comes out, and what is not as it was written counts for nothing."""

import json
import shutil
from dataclasses import replace
from threading import Thread

import numpy as np
import pytest
from fixtures.projects import PROVENANCE

from reportgen.errors import ReportError
from reportgen.experiments import Experiment
from reportgen.files.atomic import write_json
from reportgen.files.code_hash import numerics_fingerprint
from reportgen.files.hashing import digest, key_of
from reportgen.numerics.config import Config, ModularModel, ModularTask, Training
from reportgen.numerics.training import Trainer
from reportgen.store.certificates import add_certificate, code_name
from reportgen.store.packing import METRICS, pack
from reportgen.store.records import Store, keys_of, run_key

TINY = Config(
    task=ModularTask(modulus=7),
    model=ModularModel(embedding_size=3, neurons=5),
    training=Training(steps=20, learning_rate=1e-2, beta1=0.9, beta2=0.98, decay="L2",
                      weight_decay=0.1, metrics_every=5, snapshots_every=10),
)  # fmt: skip
CONFIGS = (TINY, replace(TINY, seed=1))


@pytest.fixture(scope="module")
def trajectory():
    """Two tiny models trained together."""
    trainer = Trainer(CONFIGS)
    list(trainer.run())
    return trainer.trajectory()


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "state" / "runs", tmp_path / "runs")


def save(store: Store, trajectory, keep="full", shipped=False):
    experiment = Experiment("tiny", "Tiny", CONFIGS, keep=keep, shipped=shipped, group_size=2)
    return store.save(experiment, CONFIGS, pack(trajectory, keep, CONFIGS[0]), PROVENANCE)


@pytest.mark.parametrize("keep", ["full", "compact"])
def test_what_was_saved_is_found_and_loaded(store, trajectory, keep):
    """Steps, metrics, weights and config of each run of a group, in its order and precision."""
    save(store, trajectory, keep)
    runs = store.find(run_key(CONFIGS, keep)).runs()
    assert [run.config for run in runs] == list(CONFIGS)
    kinds = (np.float64, np.float32) if keep == "full" else (np.float32, np.float16)
    for i, run in enumerate(runs):
        assert run.name == "tiny"
        assert run.steps.tolist() == [0, 1, 2, 5, 10, 15, 20]
        assert run.snapshot_steps.tolist() == [0, 10, 20]
        for name in METRICS:
            assert np.array_equal(getattr(run, name), trajectory.metrics[name][:, i].astype(kinds[0]))
        assert run.w_input.shape == (3, 7, 5) and run.w_output.shape == (3, 5, 7)
        assert np.array_equal(run.w_input, trajectory.w_input[:, i].astype(kinds[1]))
        assert np.array_equal(run.w_output, trajectory.w_output[:, i].astype(kinds[1]))
        assert set(run.final) == (set(trajectory.final) if keep == "full" else set())
        assert all(np.array_equal(run.final[n], trajectory.final[n][i]) for n in run.final)


def test_shipped_runs_go_where_the_repository_keeps_them(store, trajectory):
    """And are found there as well as in the local store."""
    record = save(store, trajectory, shipped=True)
    assert record.folder.parent == store.shipped
    assert store.find(record.key) == record and record.info.checksum


def test_the_key_follows_configs_and_what_is_kept(store, trajectory):
    """Another seed, order or precision of storage is another run."""
    kept = {run_key(CONFIGS, "full"), run_key(CONFIGS, "compact"), run_key(CONFIGS[::-1], "full")}
    kept |= {run_key(CONFIGS[:1], "full"), run_key((replace(TINY, seed=2),), "full")}
    assert len(kept) == 5
    save(store, trajectory)
    assert store.find(run_key(CONFIGS, "compact")) is None


def made_by(store: Store, trajectory, code: str, shipped: bool = True) -> str:
    """Store the group as made by an earlier state of numerics/; the name of that state."""
    folder = save(store, trajectory, shipped=shipped).folder
    info = json.loads((folder / "run.json").read_text())
    info["code"] = {**info["code"], "engines.py": code}
    info["key"] = key_of({name: info[name] for name in ("format", "configs", "keep", "code")})
    info["checksum"] = key_of({name: value for name, value in info.items() if name != "checksum"})
    write_json(folder / "run.json", info)
    folder.rename(folder.with_name(f"tiny.{info['key']}"))
    return code_name(info["code"])


def held(store: Store):
    """What a store that is opened now has of the group."""
    anew = Store(store.local, store.shipped)
    return anew.held(*keys_of(CONFIGS, "full"))


def certified(store: Store, name: str, holds_for: str | None = None, experiment: str = "tiny") -> None:
    """Put on record that an earlier state is as good as today's, or as another."""
    now = holds_for or code_name(numerics_fingerprint())
    add_certificate(store.shipped, {"experiment": experiment, "made_by": name, "holds_for": now})


@pytest.mark.parametrize("best", range(4))
def test_the_best_of_several_stored_groups_is_used(store, trajectory, best):
    """Today's before a certified one, and that before stale ones, wherever it stands among them."""
    assert held(store) is None
    names = [made_by(store, trajectory, f"earlier {number}") for number in range(4)]
    assert held(store).status == "stale"
    certified(store, names[best])
    assert held(store).status == "certified"
    assert code_name(held(store).record.info.code) == names[best]
    save(store, trajectory)
    assert held(store).status == "fresh"
    assert held(store).record.folder.parent == store.local


def test_only_shipped_runs_of_earlier_code_are_used(store, trajectory):
    """What this machine trained with earlier code is trained again, and a shipped run of today's is no older one."""
    made_by(store, trajectory, "earlier", shipped=False)
    assert held(store) is None
    save(store, trajectory, shipped=True)
    assert Store(store.local, store.shipped).held("0" * 16, keys_of(CONFIGS, "full")[1]) is None


def test_a_certificate_holds_for_one_experiment_and_one_state_of_the_code(store, trajectory):
    """One that speaks of another experiment, of other code, or of code that is no longer today's does not count."""
    name = made_by(store, trajectory, "earlier")
    certified(store, name, experiment="other")
    certified(store, "0" * 16)
    certified(store, name, holds_for="0" * 16)
    assert held(store).status == "stale"
    certified(store, name)
    assert held(store).status == "certified"


def test_the_same_run_has_the_same_bytes(tmp_path, trajectory):
    """Two stores of the same training differ in nothing."""
    one, two = (save(Store(tmp_path / name), trajectory).folder for name in ("one", "two"))
    assert {f.name: f.read_bytes() for f in one.iterdir()} == {f.name: f.read_bytes() for f in two.iterdir()}


def truncate(folder):
    body = (folder / "arrays.npz").read_bytes()
    (folder / "arrays.npz").write_bytes(body[: len(body) // 2])


def flip(folder):
    body = bytearray((folder / "arrays.npz").read_bytes())
    body[len(body) // 2] ^= 1
    (folder / "arrays.npz").write_bytes(body)


def foreign(folder):
    (folder / "run.json").write_text('{"hello": "world"}')


def edited(folder):
    text = (folder / "run.json").read_text()
    (folder / "run.json").write_text(text.replace('"seed": 1', '"seed": 2'))


DAMAGE = {
    "truncated arrays": truncate,
    "one bit of the arrays": flip,
    "foreign json": foreign,
    "a list for json": lambda folder: (folder / "run.json").write_text("[]"),
    "edited json": edited,
    "empty json": lambda folder: (folder / "run.json").write_text(""),
    "binary json": lambda folder: (folder / "run.json").write_bytes(b"\xff\xfe"),
    "no arrays": lambda folder: (folder / "arrays.npz").unlink(),
    "no json": lambda folder: (folder / "run.json").unlink(),
    "no provenance": lambda folder: (folder / "provenance.json").unlink(),
    "nothing": lambda folder: [file.unlink() for file in folder.iterdir()],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_run_is_reported_and_replaced(store, trajectory, damage):
    """It is never loaded; saving again puts an intact one in its place."""
    record = save(store, trajectory)
    before = {file.name: file.read_bytes() for file in record.folder.iterdir()}
    DAMAGE[damage](record.folder)
    assert store.find(record.key) is None
    assert store.damaged[record.folder]
    assert list(store.records()) == []
    assert save(store, trajectory).runs()[1].config.seed == 1
    assert {file.name: file.read_bytes() for file in record.folder.iterdir()} == before
    assert Store(store.local).find(record.key)


@pytest.mark.parametrize("name", ["steps", "snapshot_steps"])
@pytest.mark.parametrize("steps", [[0, 5, 5], [0, 10, 5], [-1, 5, 10], [0, 5, 21]], ids=str)
def test_steps_that_no_training_has_are_refused(store, trajectory, name, steps):
    """They rise from 0 or later up to the last of 20; each way of being wrong is enough."""
    arrays = pack(trajectory, "full", TINY)
    few = {n: array[:3] for n, array in arrays.items() if n in METRICS or n == "steps"}
    arrays |= few | {name: np.array(steps)}
    record = store.save(Experiment("tiny", "Tiny", CONFIGS, group_size=2), CONFIGS, arrays, PROVENANCE)
    with pytest.raises(ReportError, match=f"{name} are not the steps of a training"):
        record.runs()


def test_pickled_objects_are_never_loaded(store, trajectory):
    """Not even with a checksum that fits: arrays of objects are an error, not code that runs."""
    record = save(store, trajectory)
    np.savez(record.folder / "arrays.npz", steps=np.array([{"a": 1}], dtype=object))
    info = json.loads((record.folder / "run.json").read_text())
    info["sha256"] = digest((record.folder / "arrays.npz").read_bytes())
    info["checksum"] = key_of({name: value for name, value in info.items() if name != "checksum"})
    write_json(record.folder / "run.json", info)
    with pytest.raises(ReportError, match="cannot be read"):
        store.find(record.key).runs()


def test_a_run_under_another_name_is_not_that_run(store, trajectory):
    """A folder copied to another key is not what its name says."""
    record = save(store, trajectory)
    wrong = "0" * 16
    shutil.copytree(record.folder, record.folder.with_name(f"tiny.{wrong}"))
    assert store.find(wrong) is None


def test_unfinished_folders_are_passed_over(store, trajectory):
    """What a killed process left half written is neither found nor in the way."""
    record = save(store, trajectory)
    shutil.copytree(record.folder, store.local / ".writing-abc")
    (store.local / "notes.txt").write_text("x")
    assert [found.folder for found in store.records()] == [record.folder]
    assert store.damaged == {}


def test_savers_at_once_are_harmless(store, trajectory):
    """Many threads store the same run; one intact record is left, and no error."""
    errors = []

    def work():
        try:
            save(store, trajectory)
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [folder.name for folder in store.local.iterdir()] == [f"tiny.{run_key(CONFIGS, 'full')}"]
    assert len(list(store.records())) == 1


def test_a_store_that_is_not_there_is_empty(tmp_path):
    """Before the first training there is no folder."""
    store = Store(tmp_path / "nowhere", tmp_path / "neither")
    assert store.find("0" * 16) is None
    assert list(store.records()) == []


def test_an_unfinished_group_keeps_its_state_beside_the_runs(store):
    """One file for each key, not among what is finished."""
    assert store.checkpoint("k") == store.local.parent / "checkpoints" / "k.npz"


def test_the_nearest_snapshot(store, trajectory):
    """By distance, from below or above."""
    run = save(store, trajectory).runs()[0]
    assert [run.nearest_snapshot(step) for step in (0, 4, 6, 14, 16, 999)] == [0, 0, 1, 1, 2, 2]


def test_load_gives_what_is_stored(monkeypatch):
    """A sweep's runs in their order, a README's example; without a project of one's own it is the one here."""
    from fixtures.projects import ROOT

    from reportgen import load

    monkeypatch.chdir(ROOT / "reportgen")
    runs = load("parity-search")
    assert [run.config.seed for run in runs] == list(range(24))
    assert runs[14].w_input.shape == (len(runs[14].snapshot_steps), 31, 64)
    assert load("parity-search", ROOT)[3].test_loss.tolist() == runs[3].test_loss.tolist()


def test_load_names_the_way_out(tmp_path):
    """The nearest name, or the command that trains."""
    from reportgen import load

    for name in ("figures", "templates"):
        (tmp_path / name).mkdir()
    with pytest.raises(ReportError, match="Unknown experiment 'modlar'"):
        load("modlar", tmp_path)
    with pytest.raises(ReportError, match="modular is not trained yet"):
        load("modular", tmp_path)
