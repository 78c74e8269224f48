"""What the article claims of batch sizes."""

import numpy as np

from reportgen import Finding, claim

FEW = 0.5  # of what as many examples in larger batches would need, at most


@claim(
    "C1",
    "steps-to-learn",
    kind="typical",
    text="Larger batches need fewer steps, but not in proportion.",
    threshold="From the smallest to the largest batch the median of steps falls, and by less than half of the factor.",
)
def not_in_proportion(runs):
    sizes = sorted({run.settings["batch"] for run in runs})
    ends = [
        np.median([run["learned"] for run in runs if run.settings["batch"] == size])
        for size in (sizes[0], sizes[-1])
    ]
    fewer, larger = ends[0] / ends[1], sizes[-1] / sizes[0]
    said = f"Batches of {sizes[-1]} need {ends[1]:.0f} steps, those of {sizes[0]} {ends[0]:.0f}: {fewer:.1f} times fewer."
    return Finding(bool(1 < fewer < FEW * larger), said)
