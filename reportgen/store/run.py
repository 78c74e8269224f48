"""One trained model and how it got there: what figures, claims and people work with."""

from dataclasses import dataclass

import numpy as np

from reportgen.numerics.config import Config


@dataclass(frozen=True)
class Run:
    """One trained model and how it got there.

    steps (T,) and five metrics (T,): mean losses, accuracies in [0, 1], L2 norm of the weights.
    snapshot_steps (S,); w_input (S, K, H) and w_output (S, H, C): the effective matrices.
    final: the trained matrices at the last step, empty for compact runs.
    """

    name: str
    key: str
    config: Config
    steps: np.ndarray
    train_loss: np.ndarray
    test_loss: np.ndarray
    train_accuracy: np.ndarray
    test_accuracy: np.ndarray
    weight_norm: np.ndarray
    snapshot_steps: np.ndarray
    w_input: np.ndarray
    w_output: np.ndarray
    final: dict[str, np.ndarray]
    canonical: "Run | None" = None  # beside a variant: the unchanged run, for comparison

    def nearest_snapshot(self, step: float) -> int:
        """Index of the snapshot closest to a step."""
        return int(np.abs(self.snapshot_steps - step).argmin())
