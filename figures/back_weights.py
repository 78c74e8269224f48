"""The weights while test loss falls twice.

W_input and W_output of `there-and-back` as heatmaps, with colours that follow the step.
"""

import altair as alt
from _modular_weights import heatmaps

RUNS = ("there-and-back",)
GROUP = "there-and-back"
CAPTION = (
    "The weights of the {{ there_and_back.neurons }} neurons, at the chosen step; what full colour stands for is "
    "above each matrix. Rows are sorted by the wave each neuron ends on."
)
ALT = (
    "Two heatmaps of {{ there_and_back.neurons }} neurons by {{ there_and_back.modulus }} numbers. At the end the "
    "median neuron has {{ there_and_back.share_end|percent }} of its energy in one frequency."
)


def chart(runs) -> dict[str, alt.Chart]:
    return heatmaps(runs["there-and-back"], cell=(4, 7))
