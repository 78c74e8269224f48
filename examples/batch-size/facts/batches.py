"""What the text quotes of both experiments."""

import numpy as np

from reportgen import of_run, of_sweep


def by_batch(runs):
    """Batch size → median of the steps to learn; sizes at which half of the runs do not are left out."""
    sizes = sorted({run.settings["batch"] for run in runs})
    found = {
        size: np.median([run["learned"] for run in runs if run.settings["batch"] == size]) for size in sizes
    }
    return {size: float(steps) for size, steps in found.items() if np.isfinite(steps)}


@of_sweep("steps-to-learn")
def steps_to_learn(runs):
    steps = by_batch(runs)
    small, large = min(steps, default=None), max(steps, default=None)
    return {
        "seeds": len({run.settings["seed"] for run in runs}),
        "small": small,
        "large": large,
        "steps_small": steps.get(small),
        "steps_large": steps.get(large),
        "times_larger": large / small if steps else None,
        "times_fewer": steps[small] / steps[large] if steps else None,
    }


@of_run("step-time")
def step_time(table):
    time = table["microseconds_a_step"]
    return {"least": float(time.min()), "most": float(time.max()), "times": float(time[-1] / time[0])}
