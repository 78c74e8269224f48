"""How many steps a small network needs to tell two spirals apart, by the size of its batches."""

import numpy as np

from reportgen import experiment

LEARNED = 0.95  # test accuracy


def spirals(generator, count, noise=0.08):
    """(count, 2) points on two arms, and which arm each is on."""
    arm = generator.integers(0, 2, count)
    angle = np.sqrt(generator.random(count)) * 2.5 * np.pi
    radius = angle / (2.5 * np.pi) * np.where(arm == 0, 1, -1)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return (points + noise * generator.normal(size=points.shape) / 4).astype(np.float32), arm


@experiment(
    grid={"batch": (8, 16, 32, 64, 128, 256, 512), "seed": range(3)},
    quick={"steps": 200, "batch": [32, 256], "seed": [0]},
    libraries=("torch",),
    seconds=10,
)
def steps_to_learn(*, steps=6000, batch=32, rate=0.005, width=32, every=50, seed=0):
    """Steps until 95 % test accuracy.

    accuracy (steps / every,); learned: the first step at which it is high enough, NaN if it never is.
    """
    import torch

    generator = np.random.default_rng(seed)
    torch.manual_seed(seed)
    x, y = (torch.from_numpy(a) for a in spirals(generator, 2000))
    test_x, test_y = (torch.from_numpy(a) for a in spirals(generator, 2000))
    layers = [torch.nn.Linear(2, width), torch.nn.Tanh(), torch.nn.Linear(width, width), torch.nn.Tanh()]
    network = torch.nn.Sequential(*layers, torch.nn.Linear(width, 2))
    optimizer = torch.optim.Adam(network.parameters(), rate)
    accuracy, learned = np.full(steps // every, np.nan), np.nan
    for step in range(1, steps + 1):
        chosen = torch.from_numpy(generator.integers(0, len(x), batch))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(x[chosen]), y[chosen]).backward()
        optimizer.step()
        if step % every == 0:
            with torch.no_grad():
                right = float((network(test_x).argmax(1) == test_y).float().mean())
            accuracy[step // every - 1] = right
            if right >= LEARNED:
                learned = step
                break
            yield step, {"test accuracy": right}
    return {"accuracy": accuracy, "learned": learned}
