"""The weights, from noise to waves.

W_input and W_output as heatmaps, one row per neuron, one column per number, with colours that follow the step.
"""

import altair as alt
from _modular_weights import heatmaps

RUNS = ("modular",)
GROUP = "modular"
CAPTION = (
    "Each row is a neuron, each column a number from 0 to {{ modular.modulus - 1 }}. Blue weights "
    "are negative, red ones positive; full colour is what only one weight in a hundred exceeds at that step. "
    "Rows are sorted by the wave each neuron ends on."
)
ALT = (
    "Two heatmaps of {{ modular.neurons }} neurons by {{ modular.modulus }} numbers, W_input and "
    "W_output. At the start they are noise: the median neuron has {{ modular.share_start|percent }} "
    "of its energy in one frequency. At the end it has {{ modular.share_end|percent }}."
)


def chart(runs) -> dict[str, alt.Chart]:
    return heatmaps(runs["modular"])
