"""The waves are there while it memorises.

W_input and W_output of `reverse` as heatmaps, with colours that follow the step.
"""

import altair as alt
from _modular_weights import heatmaps

RUNS = ("reverse",)
GROUP = "reverse"
CAPTION = (
    "The weights of the {{ reverse.neurons }} neurons, at the chosen step. Without weight decay they keep growing: "
    "what full colour stands for is above each matrix. Rows are sorted by the wave each neuron ends on."
)
ALT = (
    "Two heatmaps of {{ reverse.neurons }} neurons by {{ reverse.modulus }} numbers. They turn into waves early and "
    "stay so: at the end the median neuron has {{ reverse.share_end|percent }} of its energy in one frequency. "
    "Colours are relative to the step; all weights together grow from a length of {{ reverse.weight_norm_start|number }} "
    "to {{ reverse.weight_norm_end|number }}."
)


def chart(runs) -> dict[str, alt.Chart]:
    return heatmaps(runs["reverse"], cell=(4, 9))
