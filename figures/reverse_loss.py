"""A model that begins to generalise, and then memorises.

Train and test loss of `reverse`, which is trained without weight decay.
"""

import altair as alt
from _losses import at_end, loss_chart

from reportgen.analysis import reverse

RUNS = ("reverse",)
GROUP = "reverse"
LEAD = True
CAPTION = (
    "Loss of a small model of modular addition, trained without weight decay, on a logarithmic scale. Move across "
    "the chart to choose a step."
)
ALT = (
    "Line chart of train and test loss on a log scale. Train loss falls to {{ reverse.train_loss_end|sci }}. "
    "{% if reverse.test_loss_min is not none %}Test loss falls to {{ reverse.test_loss_min|sci }} at step "
    "{{ reverse.test_loss_min_step|step }}, then rises to {{ reverse.test_loss_end|sci }}.{% endif %}"
)


def chart(runs) -> alt.LayerChart:
    run, after = runs["reverse"], reverse(runs["reverse"])
    notes = [at_end(run, "train"), at_end(run, "test")]
    if after is not None:
        notes.append({"x": after.minimum_step, "y": after.minimum, "text": "test loss turns up", "series": "test",
                      "align": "center", "dx": 0, "dy": -28})  # fmt: skip
    return loss_chart(run, notes)
