"""Least squares with random features: the smallest weights that fit, for more and more features."""

import numpy as np

from reportgen import experiment


@experiment(quick={"draws": 5, "widths": [10, 40, 160]}, libraries=("numpy",), steps="draws")
def fits(
    *,
    examples=40,
    inputs=15,
    noise=0.3,
    draws=60,
    widths=(5, 10, 20, 30, 36, 40, 44, 50, 60, 80, 160, 320),
    seed=0,
):
    """Error by the number of random features.

    Each draw has its own examples and features. train_error, test_error, norm: (draws, widths).
    """
    generator = np.random.default_rng(seed)
    train, test, norm = (np.zeros((draws, len(widths))) for _ in range(3))
    for draw in range(draws):
        truth = generator.normal(size=inputs) / np.sqrt(inputs)
        x, far = generator.normal(size=(examples, inputs)), generator.normal(size=(500, inputs))
        y = x @ truth + noise * generator.normal(size=examples)
        for i, width in enumerate(widths):
            directions = generator.normal(size=(inputs, width)) / np.sqrt(inputs)
            inside, outside = np.maximum(x @ directions, 0), np.maximum(far @ directions, 0)
            weights = np.linalg.lstsq(inside, y, rcond=None)[0]  # of all that fit, the shortest
            train[draw, i] = np.mean((inside @ weights - y) ** 2)
            test[draw, i] = np.mean((outside @ weights - far @ truth) ** 2)
            norm[draw, i] = np.linalg.norm(weights)
        yield draw + 1, {"test error": np.median(test[draw])}
    return {"widths": np.array(widths), "train_error": train, "test_error": test, "norm": norm}
