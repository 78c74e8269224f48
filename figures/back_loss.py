"""Test loss falls twice.

Train and test loss of `there-and-back`: a little weight decay and most of the pairs to train on.
"""

import altair as alt
from _losses import at_end, loss_chart

from reportgen.analysis import there_and_back

RUNS = ("there-and-back",)
GROUP = "there-and-back"
LEAD = True
CAPTION = (
    "Loss of another small model, trained with a little weight decay, on a logarithmic scale. Move across the chart "
    "to choose a step."
)
ALT = (
    "Line chart of train and test loss on a log scale. {% if there_and_back.test_loss_rise is not none %}Test loss "
    "falls to {{ there_and_back.test_loss_min|sci }} at step {{ there_and_back.test_loss_min_step|step }}, rises to "
    "{{ there_and_back.test_loss_peak|sci }} at step {{ there_and_back.test_loss_peak_step|step }}, and ends at "
    "{{ there_and_back.test_loss_end|sci }}.{% else %}Test loss ends at {{ there_and_back.test_loss_end|sci }}."
    "{% endif %}"
)


def chart(runs) -> alt.LayerChart:
    run = runs["there-and-back"]
    notes, found = [at_end(run, "train", dy=12), at_end(run, "test")], there_and_back(run)
    if found is not None:
        rise = found.rise
        notes += [
            {"x": rise.minimum_step, "y": rise.minimum, "text": "first low", "series": "test", "align": "left", "dx": 12, "dy": 20},
            {"x": rise.peak_step, "y": rise.peak, "text": "rises again", "series": "test", "align": "left", "dx": -4, "dy": -14},
        ]  # fmt: skip
    return loss_chart(run, notes)
