"""What the article claims, each with the number from which on it holds."""

import numpy as np

from reportgen import Finding, claim

NEAR = 0.25  # of the number of examples


@claim(
    "C1",
    "fits",
    kind="typical",
    text="Test error is highest where there are about as many features as examples.",
    threshold="The median over the draws has its peak within 25 % of the number of examples.",
)
def peaks_where_it_can_just_fit(run):
    """What was measured goes into the evidence, whether the claim holds or not."""
    examples = run.settings["examples"]
    peak = int(run["widths"][np.median(run["test_error"], axis=0).argmax()])
    return Finding(
        abs(peak - examples) <= NEAR * examples, f"It peaks at {peak} features, with {examples} examples."
    )
