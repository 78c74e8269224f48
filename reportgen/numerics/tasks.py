"""From a config to its data: the examples, their targets, and which are trained on.

Every draw uses only `Generator.random`, the NumPy stream least likely ever to change, from a
generator seeded by (seed, stream): data and weights are separate streams, so changing the width
leaves the data unchanged.
"""

from dataclasses import dataclass

import numpy as np

from reportgen.numerics.config import Config, ModularTask, ParityTask

DATA_STREAM, WEIGHT_STREAM, PERTURBATION_STREAM = 0, 1, 2


def generator(config: Config, stream: int, *more: int) -> np.random.Generator:
    """The random stream of that purpose for this run."""
    return np.random.default_rng([config.seed, stream, *more])


@dataclass(frozen=True)
class Split:
    """Examples as integers with their targets.

    Modular: examples (N, 2) are the pairs (a, b), targets (N,) in 0..P−1.
    Parity: examples (N, 31) are the digits and a final 1 for the bias, targets (N,) in {0, 1}.
    """

    train: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]


def make_split(config: Config) -> Split:
    """The training and test set of a run, drawn from its seed."""
    rng = generator(config, DATA_STREAM)
    if isinstance(config.task, ModularTask):
        return _split_pairs(config.task, rng)
    return _draw_digits(config.task, rng)


def all_pairs(task: ModularTask) -> np.ndarray:
    """(N, 2): every pair the task asks about; all P² of them, or those with a ≤ b."""
    a, b = np.divmod(np.arange(task.modulus**2), task.modulus)
    keep = a <= b if task.symmetric else slice(None)
    return np.stack([a, b], axis=1)[keep]


def _split_pairs(task: ModularTask, rng: np.random.Generator) -> Split:
    pairs = all_pairs(task)
    pairs = pairs[np.argsort(rng.random(len(pairs)), kind="stable")]
    targets = pairs.sum(axis=1) % task.modulus
    size = int(task.train_fraction * len(pairs))
    return Split((pairs[:size], targets[:size]), (pairs[size:], targets[size:]))


def _draw_digits(task: ParityTask, rng: np.random.Generator) -> Split:
    def draw(count: int) -> tuple[np.ndarray, np.ndarray]:
        digits = (rng.random((count, task.digits)) < 0.5).astype(np.int64)
        with_bias = np.concatenate([digits, np.ones((count, 1), np.int64)], axis=1)
        return with_bias, digits[:, : task.deciding].sum(axis=1) % 2

    pool, test = draw(task.pool_size), draw(task.test_size)
    return Split((pool[0][: task.train_size], pool[1][: task.train_size]), test)
