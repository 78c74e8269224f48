"""The run that a browser trains: compiled natively here, and held bit for bit against NumPy, PyTorch and the trainer."""

import ctypes
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from reportgen.browser import kernels
from reportgen.browser.settings import fields, settings_of
from reportgen.experiments import canonical
from reportgen.experiments.canonical import with_training
from reportgen.numerics import native
from reportgen.numerics.config import Config, ModularModel, ModularTask, ParityModel, ParityTask
from reportgen.numerics.models import initial_weights
from reportgen.numerics.tasks import make_split
from reportgen.numerics.training import METRICS, Trainer

needs_compiler = pytest.mark.skipif(native.library() is None, reason=native.problem())
MODULAR, PARITY = canonical.MODULAR, canonical.PARITY
TINY = ModularTask(modulus=7, train_fraction=0.4)
KINDS = {
    "shared": replace(MODULAR, task=TINY, model=ModularModel(embedding_size=3, neurons=5)),
    "ordered": replace(MODULAR, task=replace(TINY, symmetric=False), model=ModularModel(embedding_size=3, neurons=5, tied=False, tied_in_proj=False)),
    "no factors": replace(MODULAR, task=TINY, model=ModularModel(embedding_size=5, neurons=5, collapsed_in=True, collapsed_out=True, tied=False)),
    "one side": replace(MODULAR, task=TINY, model=ModularModel(embedding_size=5, neurons=5, collapsed_in=True)),
    "circle": replace(canonical.FIVE_NEURONS, task=TINY),
    "parity": replace(PARITY, task=ParityTask(train_size=19, digits=13, pool_size=23, test_size=11), model=ParityModel(neurons=5)),
    "parity of 30": replace(PARITY, task=ParityTask(train_size=19, pool_size=23, test_size=11), model=ParityModel(neurons=9)),
}  # fmt: skip


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> ctypes.CDLL:
    """reportgen/browser/run.cpp with the kernels that this machine trains with."""
    compiler = native._compiler()
    target = tmp_path_factory.mktemp("lab") / "run.so"
    command = [
        compiler,
        "-std=c++17",
        "-O1",
        "-ffp-contract=off",
        "-march=native",
        "-shared",
        "-fPIC",
        "-Wno-psabi",
    ]
    kernel = native._compiled(compiler)
    subprocess.run(
        [*command, "-o", target, kernels.FOLDER / "run.cpp", kernel, f"-Wl,-rpath,{kernel.parent}"],
        check=True,
    )
    library = ctypes.CDLL(str(target))
    library.run_begin.restype = ctypes.c_void_p
    return library


class Run:
    """A run of that library."""

    def __init__(self, lab: ctypes.CDLL, config: Config):
        self.lab, settings = lab, settings_of(config)
        numbers = np.array([settings.get(name, 0) for name in fields()], np.float64)
        self.place = ctypes.c_void_p(lab.run_begin(numbers.ctypes.data_as(ctypes.c_void_p)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lab.run_end(self.place)

    def advance(self, steps: int) -> None:
        self.lab.run_advance(self.place, steps)

    def numbers(self) -> np.ndarray:
        return self._filled("run_numbers", np.empty(self.lab.run_numbers(self.place, None)))

    def measured(self) -> np.ndarray:
        return self._filled("run_measure", np.empty(5))

    def effective(self, *shapes: tuple[int, int]) -> list[np.ndarray]:
        made = [np.empty(shape, np.float32) for shape in shapes]
        self.lab.run_effective(self.place, *(matrix.ctypes.data_as(ctypes.c_void_p) for matrix in made))
        return made

    def examples(self, test: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
        count = self.lab.run_examples(self.place, test, None, None)
        found = np.empty((count, columns), np.int32), np.empty(count, np.int32)
        self.lab.run_examples(self.place, test, *(array.ctypes.data_as(ctypes.c_void_p) for array in found))
        return found

    def _filled(self, function: str, place: np.ndarray) -> np.ndarray:
        getattr(self.lab, function)(self.place, place.ctypes.data_as(ctypes.c_void_p))
        return place


def test_the_compiled_kernels_are_those_of_the_sources():
    """Whoever changes the C++ compiles it for browsers too."""
    assert kernels.made_from(kernels.wasm()) == kernels.stamp(), "python scripts/kernels_for_browsers.py"
    assert len(kernels.COMPILED.read_bytes()) < 60_000


@pytest.mark.skipif(bool(kernels.problem()), reason=kernels.problem() or "it can")
def test_the_same_sources_compile_to_the_same_bytes():
    """What is committed can be made again, to the last byte."""
    assert kernels.compiled() == kernels.wasm()


def test_another_source_has_another_stamp(monkeypatch):
    """A flag, or the code of a kernel; not a comment in it, which the hash of numerics/ leaves out."""
    before = kernels.stamp()
    monkeypatch.setattr(kernels, "FLAGS", (*kernels.FLAGS, "-fanything"))
    assert kernels.stamp() != before
    monkeypatch.undo()
    monkeypatch.setattr(
        kernels, "numerics_fingerprint", lambda: {"parity.cpp": "other", "config.py": "other"}
    )
    changed = kernels.stamp()
    assert changed != before
    monkeypatch.setattr(kernels, "numerics_fingerprint", lambda: {"parity.cpp": "other"})
    assert kernels.stamp() == changed


@needs_compiler
@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_seeds_begin_alike(lab, kind):
    """Examples and initial weights are those of NumPy and PyTorch, to the last bit."""
    for seed in [*range(400), 2**31, 2**32 - 1, 2**32, 2**52 + 1]:
        config = replace(KINDS[kind], seed=seed, perturbation=seed % 3)
        with Run(lab, config) as run:
            assert np.array_equal(run.numbers(), initial_weights(config).numpy()), seed
            split = make_split(config)
            for test, part in enumerate((split.train, split.test)):
                columns = getattr(config.task, "digits", 2)
                found = run.examples(test, columns)
                assert np.array_equal(found[0], part[0][:, :columns]), seed
                assert np.array_equal(found[1], part[1]), seed


@needs_compiler
@pytest.mark.parametrize("precision", ["float64", "float32", "float32-plain"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_is_the_trainers(lab, kind, precision):
    """Metrics, snapshots and weights after some steps: equal but for rounding.

    In float32 only the last snapshot is looked at: of a model without factors the trainer's earlier ones are views of
    weights that it goes on to change.
    """
    config = with_training(replace(KINDS[kind], seed=3), steps=60, metrics_every=20, snapshots_every=20, precision=precision)  # fmt: skip
    trainer = Trainer([config], engine="native")
    list(trainer.run())
    stored = trainer.trajectory()
    close = {"rtol": 1e-9, "atol": 1e-13} if precision == "float64" else {"rtol": 3e-3, "atol": 1e-4}
    snapshots = stored.snapshot_steps.tolist()[0 if precision == "float64" else -1 :]
    with Run(lab, config) as run:
        made = 0
        for row, step in enumerate(stored.steps.tolist()):
            run.advance(step - made)
            made = step
            expected = [stored.metrics[name][row, 0] for name in METRICS]
            np.testing.assert_allclose(run.measured(), expected, **close)
            if step in snapshots:
                at = stored.snapshot_steps.tolist().index(step)
                pair = stored.w_input[at, 0], stored.w_output[at, 0]
                for found, matrix in zip(
                    run.effective(*(matrix.shape for matrix in pair)), pair, strict=True
                ):
                    np.testing.assert_allclose(
                        found, matrix, rtol=max(close["rtol"], 1e-6), atol=max(close["atol"], 1e-7)
                    )
        final = np.concatenate([matrix[0].ravel() for matrix in stored.final.values()])
        np.testing.assert_allclose(run.numbers(), final, **close)
