"""The circular construction of appendix A: modular addition by hand, without any training.

Number t lies on the unit circle at angle ωt, ω = 2π/M. Neuron i reads direction φᵢ = 2πi/N and writes
direction 2φᵢ. Glossary: M modulus, N neurons. Angles in radians. The construction is that of
Gromov 2023 (arXiv 2301.02679) with one frequency; the formulas are derived in the text of the page.
"""

from dataclasses import dataclass, replace

import numpy as np

from reportgen.files.arrays import Booleans, Floats, Integers

TIE = 1e-9  # a lead of no more than this is none: it is rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Construction:
    """One network: modulus M, N neurons, "relu" or "square", and out-angle over in-angle."""

    modulus: int = 67
    neurons: int = 5
    activation: str = "relu"
    turns: int = 2

    @property
    def step(self) -> float:
        """ω, the angle between neighbouring numbers."""
        return 2 * np.pi / self.modulus

    @property
    def limit(self) -> float:
        """π/M: an output turned by less than this is still nearest to the right answer."""
        return np.pi / self.modulus


def unit(angles: Floats) -> Floats:
    """Points on the unit circle: angles (…) to (…, 2)."""
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def embedding(modulus: int) -> Floats:
    """W_embed (M, 2): the numbers in order around the circle."""
    return unit(2 * np.pi * np.arange(modulus) / modulus)


def respond(points: Floats, circle: Construction) -> Floats:
    """Output vectors (…, 2) for inputs (…, 2): N directions in, the activation, N directions out."""
    angles = 2 * np.pi * np.arange(circle.neurons) / circle.neurons
    reached = points @ unit(angles).T  # (…, N)
    active = reached**2 if circle.activation == "square" else np.maximum(reached, 0)
    return active @ unit(circle.turns * angles)


def outputs(circle: Construction) -> Floats:
    """(M, M, 2): the output vector of every ordered pair; the input is the sum of both points."""
    points = embedding(circle.modulus)
    return respond(points[:, None] + points[None], circle)


def logits(circle: Construction) -> Floats:
    """(M, M, M): the score of every answer c, as [a, b, c]."""
    return outputs(circle) @ embedding(circle.modulus).T


def answers(modulus: int) -> Integers:
    """(M, M): (a + b) mod M."""
    numbers = np.arange(modulus)
    return (numbers[:, None] + numbers) % modulus


def leads(scores: Floats) -> Floats:
    """(M, M): the right answer's score less the best of the others, for scores (M, M, M)."""
    right = answers(len(scores))[..., None]
    others = scores.copy()
    np.put_along_axis(others, right, -np.inf, axis=-1)
    best: Floats = others.max(axis=-1)
    return np.take_along_axis(scores, right, axis=-1)[..., 0] - best


def correct(circle: Construction) -> Booleans:
    """(M, M) of bool: the right answer scores strictly highest; a tie within 1e-9 is wrong."""
    return leads(logits(circle)) > TIE


def relative_leads(circle: Construction) -> Floats:
    """(M, M): the lead as a share of the right answer's score; NaN where that is not positive."""
    scores = logits(circle)
    top = np.take_along_axis(scores, answers(circle.modulus)[..., None], axis=-1)[..., 0]
    return np.divide(leads(scores), top, out=np.full_like(top, np.nan), where=top > TIE)


def angular_errors(circle: Construction) -> Floats:
    """(M, M): output angle less the true angle ω(a + b), in (−π, π]; NaN where the output is zero."""
    return _turned(outputs(circle), circle.step * answers(circle.modulus))


def worst_error(circle: Construction, directions: int = 7200) -> float:
    """The largest angular error over all directions of the midpoint, whatever the modulus."""
    angles = 2 * np.pi * np.arange(directions) / directions
    return float(np.nanmax(np.abs(_turned(respond(unit(angles), circle), 2 * angles))))


def _turned(vectors: Floats, angles: Floats) -> Floats:
    """How far vectors (…, 2) are turned from angles (…); NaN for a vector of no length."""
    difference = np.arctan2(vectors[..., 1], vectors[..., 0]) - angles
    wrapped = np.pi - np.mod(np.pi - difference, 2 * np.pi)
    return np.where(np.linalg.norm(vectors, axis=-1) > TIE, wrapped, np.nan)


def first_failure(circle: Construction, up_to: int = 151) -> int | None:
    """The smallest odd modulus from 3 at which a pair is wrong; None if there is none up to `up_to`."""
    moduli = range(3, up_to + 1, 2)
    return next((m for m in moduli if not correct(replace(circle, modulus=m)).all()), None)


def square_logits(circle: Construction) -> Floats:
    """(M, M, M) by formula: N cos²((a−b)ω/2) cos((a+b−c)ω), exact for x² unless N divides 4."""
    a, b, c = np.ogrid[:circle.modulus, :circle.modulus, :circle.modulus]  # fmt: skip
    half = circle.step / 2
    return circle.neurons * np.cos((a - b) * half) ** 2 * np.cos((a + b - c) * circle.step)


def linear_logits(modulus: int) -> Floats:
    """(M, M, M) without an activation: the midpoint's reach in the direction of half of c's angle.

    The midpoint is cos((a−b)ω/2) times the unit vector at (a+b)ω/2, so this is
    cos((a−b)ω/2) cos((a+b−c)ω/2).
    """
    points, halves = embedding(modulus), unit(np.pi * np.arange(modulus) / modulus)
    return (points[:, None] + points[None]) / 2 @ halves.T
