"""The modular-addition models in the frequency domain, and on the circle.

Nanda et al. 2023 for the transform; here in the real orthonormal basis const, cos 1, sin 1, …
over the P tokens, so that energies add up. Angles are radians in (−π, π]. Dimensions as in
numerics/models.py, with F = ⌊P/2⌋ frequencies.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reportgen.experiments.problems import problem
from reportgen.files.arrays import Booleans, Floats, Integers
from reportgen.numerics.config import ModularModel, ModularTask
from reportgen.numerics.tasks import make_split
from reportgen.store.run import Run

USED = 10.0  # amplitude above which a neuron counts, as published; the main model has few below


def modular_task(run: Run) -> ModularTask:
    """The run's task, known to be modular addition."""
    assert isinstance(run.config.task, ModularTask), run.name
    return run.config.task


def modular_model(run: Run) -> ModularModel:
    """The run's model, known to be one of modular addition."""
    assert isinstance(run.config.model, ModularModel), run.name
    return run.config.model


def fourier_basis(modulus: int) -> Floats:
    """(P, P) orthonormal columns: const, cos 1, sin 1, cos 2, …; an even P ends with (−1)^i."""
    tokens = np.arange(modulus)[:, None]
    angles = 2 * np.pi * tokens * np.arange(1, (modulus - 1) // 2 + 1) / modulus
    pairs = np.sqrt(2 / modulus) * np.stack([np.cos(angles), np.sin(angles)], axis=2)
    columns = [np.full((modulus, 1), modulus**-0.5), pairs.reshape(modulus, -1)]
    if modulus % 2 == 0:
        columns.append((-1.0) ** tokens * modulus**-0.5)
    return np.concatenate(columns, axis=1)


@dataclass(frozen=True)
class Spectrum:
    """The transform of weights over the tokens: constant (…, H), cos and sin (…, F, H)."""

    constant: Floats
    cos: Floats
    sin: Floats

    @classmethod
    def of(cls, matrix: Floats) -> "Spectrum":
        """The spectrum of a matrix (…, P, H): one column of P token weights per neuron."""
        modulus = matrix.shape[-2]
        coefficients = fourier_basis(modulus).T @ matrix.astype(np.float64)
        sin = coefficients[..., 2::2, :]
        if modulus % 2 == 0:  # the highest frequency of an even modulus has no sine
            sin = np.concatenate([sin, np.zeros_like(sin[..., :1, :])], axis=-2)
        return cls(coefficients[..., 0, :], coefficients[..., 1::2, :], sin)

    @cached_property
    def amplitude(self) -> Floats:
        """(…, F, H)."""
        return np.hypot(self.cos, self.sin)

    @cached_property
    def energy(self) -> Floats:
        """(…, H) sum of squares, the constant included."""
        waves: Floats = (self.amplitude**2).sum(axis=-2)
        return self.constant**2 + waves

    @cached_property
    def frequency(self) -> Integers:
        """(…, H) where each neuron's amplitude is largest, 1..F; the lower of two equal ones."""
        row: Integers = self.amplitude.argmax(axis=-2)
        return row + 1

    @cached_property
    def coefficient_frequency(self) -> Integers:
        """(…, H) the frequency of the largest single coefficient: the naive reading."""
        row: Integers = np.maximum(np.abs(self.cos), np.abs(self.sin)).argmax(axis=-2)
        return row + 1

    @cached_property
    def share(self) -> Floats:
        """(…, H) energy in the largest frequency over all energy; 0 for a neuron of zeros, NaN for one of NaN."""
        top: Floats = self.amplitude.max(axis=-2) ** 2
        return np.divide(top, self.energy, out=np.zeros_like(top), where=self.energy != 0)

    def at(self, frequency: Integers) -> Floats:
        """(…, H, 2) each neuron's cos and sin coefficient at its entry of `frequency` (H,)."""
        rows, columns = frequency - 1, np.arange(len(frequency))
        return np.stack([self.cos[..., rows, columns], self.sin[..., rows, columns]], axis=-1)


def input_spectrum(run: Run) -> Spectrum:
    """Of W_input in every snapshot; of the first token's half when a and b have their own."""
    return Spectrum.of(run.w_input[:, : modular_task(run).modulus])


def strongest_share(run: Run, count: int) -> float:
    """How much of W_input's energy at the end, the constant's included, lies in so many frequencies of all neurons.

    Of both halves where a and b have their own. 0 for weights of zero.
    """
    modulus = modular_task(run).modulus
    halves = run.w_input[-1].reshape(-1, modulus, run.w_input.shape[-1])
    spectrum = Spectrum.of(halves)
    waves, total = (spectrum.amplitude**2).sum(axis=(0, 2)), spectrum.energy.sum()
    return float(np.sort(waves)[-count:].sum() / total) if total > 0 else 0.0


def train_size(run: Run) -> int:
    """How many sums it is trained on."""
    return problem(run.config).example_counts["train"]


def output_spectrum(run: Run) -> Spectrum:
    """Of W_output in every snapshot."""
    return Spectrum.of(run.w_output.swapaxes(-1, -2))


def noise_share(modulus: int) -> float:
    """The energy share of the top frequency that normal noise has on average, for an odd modulus.

    The F energies are exponential and the constant's half of one; a ratio to the total is
    independent of the total, so the mean of the ratio is the ratio of means, H_F / (F + 1/2).
    """
    count = (modulus - 1) // 2
    return float((1 / np.arange(1, count + 1)).sum() / (count + 0.5))


@dataclass(frozen=True)
class Neurons:
    """What each of the H neurons is at the end of training, read from W_input, all (H,).

    order: neuron indices sorted by (frequency, phase), the order in which they are shown;
    used: whether its amplitude exceeds 10, so that its frequency counts as the model's.
    """

    frequency: Integers
    phase: Floats
    amplitude: Floats
    share: Floats
    used: Booleans
    order: Integers


def neurons(run: Run) -> Neurons:
    """Every neuron's frequency, phase, amplitude and share at the end."""
    spectrum = Spectrum.of(run.w_input[-1, : modular_task(run).modulus])
    vector = spectrum.at(spectrum.frequency)
    phase = np.arctan2(vector[:, 1], vector[:, 0])
    amplitude = np.hypot(vector[:, 0], vector[:, 1])
    return Neurons(
        frequency=spectrum.frequency,
        phase=phase,
        amplitude=amplitude,
        share=spectrum.share,
        used=amplitude > USED,
        order=np.lexsort((phase, spectrum.frequency)),
    )


def used_frequencies(run: Run) -> dict[int, int]:
    """Frequency → number of neurons that use it at the end, in ascending order."""
    found = neurons(run)
    values, counts = np.unique(found.frequency[found.used], return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def coefficient_frequencies(run: Run) -> dict[int, int]:
    """The same as the published sweep reads it: by the largest single coefficient, where that exceeds 10."""
    spectrum = Spectrum.of(run.w_input[-1, : modular_task(run).modulus])
    largest = np.maximum(np.abs(spectrum.cos), np.abs(spectrum.sin)).max(axis=-2)
    values, counts = np.unique(spectrum.coefficient_frequency[largest > USED], return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def phase_errors(run: Run) -> Floats:
    """(H,) out-phase − 2·in-phase at the end, each at the neuron's input frequency."""
    found = neurons(run)
    out = Spectrum.of(run.w_output[-1].T).at(found.frequency)
    return wrap(np.arctan2(out[:, 1], out[:, 0]) - 2 * found.phase)


def wrap(angles: Floats) -> Floats:
    """The same angles in (−π, π]."""
    return -((-np.asarray(angles) + np.pi) % (2 * np.pi) - np.pi)


def circle_weights(run: Run) -> tuple[Floats, Floats]:
    """W_in-proj and W_out-proj as (S, H, 2) vectors per neuron, for the frozen circle.

    The circle's columns are orthonormal, so Eᵀ W_input = EᵀE W_in-proj = W_in-proj.
    """
    modulus = modular_task(run).modulus
    circle = fourier_basis(modulus)[:, 1:3]
    w_input, w_output = run.w_input[:, :modulus].astype(float), run.w_output.astype(float)
    return (circle.T @ w_input).swapaxes(-1, -2), w_output @ circle


def around_circle(run: Run) -> tuple[Floats, Floats]:
    """`circle_weights` with the neurons in the order of their final in-angle, from 0 to 2π."""
    inward, outward = circle_weights(run)
    angle = np.arctan2(inward[-1, :, 1], inward[-1, :, 0]) % (2 * np.pi)
    order = np.argsort(angle, kind="stable")
    return inward[:, order], outward[:, order]


@dataclass(frozen=True)
class Geometry:
    """Neurons as vectors on the circle: norms and angles (H,) on each side.

    evenness: largest distance to evenly spaced angles after the best rotation, (in, out);
    doubling: out-angle − 2·in-angle (H,), without any rotation.
    """

    norms: tuple[Floats, Floats]
    angles: tuple[Floats, Floats]
    evenness: tuple[float, float]
    doubling: Floats

    @property
    def norm_ratio(self) -> tuple[float, float]:
        """Largest over smallest norm, (in, out); infinite when a neuron is zero."""
        inward, outward = (float(n.max() / n.min()) if n.min() > 0 else np.inf for n in self.norms)
        return inward, outward


def geometry(inward: Floats, outward: Floats) -> Geometry:
    """The geometry of in- and out-vectors, each (H, 2)."""
    angle_in, angle_out = (np.arctan2(side[:, 1], side[:, 0]) for side in (inward, outward))
    return Geometry(
        norms=(np.linalg.norm(inward, axis=1), np.linalg.norm(outward, axis=1)),
        angles=(angle_in, angle_out),
        evenness=(evenness(angle_in), evenness(angle_out)),
        doubling=wrap(angle_out - 2 * angle_in),
    )


def evenness(angles: Floats) -> float:
    """Largest distance of H angles to H evenly spaced ones, after the rotation that suits best.

    In sorted order angle k should be 2πk/H plus a constant; the constant that makes the largest
    distance smallest is the middle of the range, wherever the sorting starts.
    """
    offsets = np.sort(angles) - 2 * np.pi * np.arange(len(angles)) / len(angles)
    return float((offsets.max() - offsets.min()) / 2)


def rescaled_test_loss(run: Run, factor: float) -> float:
    """Mean test loss (over outputs too) at the end with every trained matrix times `factor`.

    ReLU lets positive factors through, so the logits gain one factor per trained matrix.
    """
    task, weights = modular_task(run), run.w_input[-1].astype(float)
    examples, targets = make_split(run.config).test
    second = examples[:, 1] + (len(weights) - task.modulus)  # b's own rows, if it has any
    hidden = np.maximum(weights[examples[:, 0]] + weights[second], 0)
    logits = hidden @ run.w_output[-1].astype(float) * factor ** _trained_factors(modular_model(run))
    logits -= logits.max(axis=1, keepdims=True)
    at_target = logits[np.arange(len(targets)), targets]
    losses = np.log(np.exp(logits).sum(axis=1)) - at_target
    return float(losses.mean() / task.modulus)


def _trained_factors(model: ModularModel) -> int:
    """How many trained matrices a logit is a product of."""
    if model.embedding == "circle":
        return 2
    return 4 - model.collapsed_in - model.collapsed_out
