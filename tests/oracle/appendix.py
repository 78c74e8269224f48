"""The facts of the circular construction, which is written down and never trained."""

import math

import numpy as np


def pushes(modulus, neurons, activation):
    """(M, M) complex: where the output of every pair points, by the cosines of the appendix."""
    angles, total = 2 * np.pi * np.arange(modulus) / modulus, 0
    for phi in (2 * math.pi * i / neurons for i in range(neurons)):
        reach = np.cos(angles - phi)
        total = total + activation(np.add.outer(reach, reach)) * np.exp(2j * phi)
    return total


def margins(scores):
    """(M, M): the score of the right answer, and of the best other, from (M, M, M) scores."""
    sums = np.add.outer(np.arange(len(scores)), np.arange(len(scores))) % len(scores)
    right = np.arange(len(scores)) == sums[..., None]
    return np.where(right, scores, -np.inf).max(axis=-1), np.where(right, -np.inf, scores).max(axis=-1)


def wins(scores):
    """For how many pairs the right answer is strictly ahead; rounding is no lead."""
    right, other = margins(scores)
    return int((right - other > 1e-9).sum())


def scored(output):
    """(M, M, M): how far an output reaches towards the place of every answer."""
    places = np.exp(2j * np.pi * np.arange(len(output)) / len(output))
    return (output[..., None] * places.conj()).real


def turned(output):
    """(M, M): degrees between an output and its answer; NaN where it has no length."""
    m = len(output)
    answer = np.exp(2j * np.pi * np.add.outer(np.arange(m), np.arange(m)) / m)
    return np.where(abs(output) > 1e-9, abs(np.degrees(np.angle(output * answer.conj()))), np.nan)


def construction():
    """Everything that appendix A says in numbers."""

    def relu(x):
        return np.maximum(x, 0)

    m, n = 67, 5
    outputs = {str(k): pushes(m, k, relu) for k in range(3, 13)}
    right, other = margins(scored(outputs[str(n)]))
    a, b, c = np.ogrid[:m, :m, :m]
    linear = np.cos((a - b) * np.pi / m) * np.cos((a + b - c) * np.pi / m)
    fails = next(k for k in range(3, 200, 2) if np.nanmax(turned(pushes(k, n, relu))) > 180 / k)
    even = pushes(m - 1, n, np.square)
    return {
        "modulus": m, "pairs": m * m, "neurons": n, "limit_degrees": 180 / m,
        "right": {k: wins(scored(output)) for k, output in outputs.items()},
        "error_degrees": {k: float(np.nanmax(turned(output))) for k, output in outputs.items()},
        "lead_min": float((1 - other / right).min()), "lead_exact": 1 - math.cos(2 * math.pi / m),
        "first_failure": fails, "first_failure_wrong": fails**2 - wins(scored(pushes(fails, n, relu))),
        "linear_right": wins(linear), "linear_lowest": wins(-linear),
        "even_modulus": m - 1, "even_pairs": (m - 1) ** 2,
        "even_ties": sum((x - y) % (m - 1) == (m - 1) // 2 for x in range(m - 1) for y in range(m - 1)),
        "even_wrong": (m - 1) ** 2 - wins(scored(even)),
    }  # fmt: skip
