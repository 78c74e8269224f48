"""A run in one .npz file: what the site offers, and what a page gives, is opened; what is no such file is refused."""

import io
import zipfile

import numpy as np
import pytest

from reportgen import load
from reportgen.errors import ReportError
from reportgen.experiments.canonical import PARITY, with_training
from reportgen.files.npz import write_arrays
from reportgen.numerics.training import METRICS, Trainer
from reportgen.site.downloads import weights
from reportgen.store.packing import pack
from reportgen.store.run import Run
from reportgen.store.run_file import run_in

CONFIG = with_training(PARITY, steps=20, weight_decay=1.0)


@pytest.fixture(scope="module")
def run() -> Run:
    trainer = Trainer([CONFIG], engine="eager")
    list(trainer.run())
    arrays = {
        name: a[..., 0] if name in METRICS else a
        for name, a in pack(trainer.trajectory(), "full", CONFIG).items()
    }
    final = {
        name.removeprefix("final_"): matrix[0] for name, matrix in arrays.items() if name.startswith("final_")
    }
    shared = {name: a for name, a in arrays.items() if not name.startswith("final_")}
    shared |= {name: shared[name][:, 0] for name in ("w_input", "w_output")}
    return Run(name="mine", key="0" * 16, config=CONFIG, final=final, **shared)


def changed(run: Run, **arrays: object) -> bytes:
    """The run's file with some arrays replaced; None leaves one out."""
    with np.load(io.BytesIO(weights(run))) as stored:
        every = {name: stored[name] for name in stored.files} | arrays
    file = io.BytesIO()
    write_arrays(file, {name: np.asarray(array) for name, array in every.items() if array is not None})
    return file.getvalue()


def test_a_file_of_the_site_is_opened(run, tmp_path):
    """By `load` too: the same config and the same arrays."""
    file = tmp_path / "mine.npz"
    file.write_bytes(weights(run))
    found = load(str(file))
    assert (found.name, found.config) == ("mine", CONFIG)
    for name in (*METRICS, "steps", "snapshot_steps", "w_input", "w_output"):
        assert np.array_equal(getattr(found, name), getattr(run, name)), name
    assert {name: matrix.shape for name, matrix in found.final.items()} == {
        "input": (31, 64),
        "output": (64, 1),
    }


def test_a_number_that_javascript_wrote_without_its_point_is_the_same_config(run, tmp_path):
    """1 for 1.0: the config is equal in its JSON too, by which runs are told apart."""
    from reportgen.numerics.config import canonical_json

    text = canonical_json(CONFIG.as_dict())
    assert '"weight_decay":1.0' in text
    file = tmp_path / "mine.npz"
    file.write_bytes(changed(run, config=text.replace('"weight_decay":1.0', '"weight_decay":1')))
    assert canonical_json(run_in(file).config.as_dict()) == text


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"config": None}, "lacks config"),
        ({"train_loss": None, "steps": None}, "lacks steps, train_loss"),
        ({"config": "{"}, "holds no run"),
        ({"config": "[]"}, "holds no run"),
        ({"config": "{}"}, "holds no run"),
        ({"w_input": np.zeros((2, 31, 63), np.float32)}, "w_input has the shape"),
        ({"train_loss": np.zeros(3)}, "train_loss has the shape"),
        ({"steps": np.zeros((2, 2))}, "steps of 2 dimensions"),
        ({"other": np.zeros(1)}, "other of 1 dimensions"),
        ({"steps": np.zeros(0), "snapshot_steps": np.zeros(0)}, "no steps"),
        ({"train_loss": np.array(["a"])}, "train_loss holds"),
    ],
)
def test_what_is_no_run_is_refused(run, tmp_path, arrays, words):
    """With a sentence that names the file and what is wrong."""
    file = tmp_path / "other.npz"
    file.write_bytes(changed(run, **arrays))
    with pytest.raises(ReportError, match=words):
        run_in(file)


def test_a_truncated_file_and_another_one_are_refused(run, tmp_path):
    """Nothing but an error of two lines."""
    file = tmp_path / "short.npz"
    for content in (weights(run)[:-40], b"", b"PK\x03\x04", b"text"):
        file.write_bytes(content)
        with pytest.raises(ReportError, match="holds no run"):
            run_in(file)
    with pytest.raises(ReportError, match="holds no run"):
        run_in(tmp_path / "missing.npz")
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.npy", b"x" * 100)
    with pytest.raises(ReportError, match="holds no run"):
        run_in(file)
