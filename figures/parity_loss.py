"""Training gets slightly worse before the model generalises.

Train and test loss on a logarithmic scale, with the turn of the train loss marked.
"""

import altair as alt

from reportgen.analysis import train_turn
from reportgen.charts import LOSS_FLOOR, curve_chart, loss_axis

RUNS = ("parity",)
GROUP = "parity"
CAPTION = (
    "Mean loss per sequence, on a logarithmic scale. The training loss does not only fall: "
    "it turns upwards before the model generalises, and wavers before it settles."
)
ALT = (
    "Line chart of train and test loss on a log scale. "
    "{% if parity.train_loss_rise is not none %}Train loss falls to {{ parity.train_loss_min|sci }} at "
    "step {{ parity.train_loss_min_step|step }}, then rises {{ parity.train_loss_rise|number }}-fold. "
    "{% endif %}At the end train loss is {{ parity.train_loss_end|sci }} and test loss "
    "{{ parity.test_loss_end|sci }}."
)

GUESS = {
    "series": "test",
    "prompt": "Before you look: draw how loss on the test set goes, or choose.",
    "level": 0.1,
    "choices": {
        "falls with training loss": [(0, 0.85), (0.1, 0.7), (0.16, 0.25), (0.19, 0.17), (1, 0.18)],
        "rises first, then falls": [(0, 0.85), (0.3, 0.92), (0.45, 0.9), (0.55, 0.3), (0.6, 0.18), (1, 0.18)],
        "rises and stays high": [(0, 0.85), (0.2, 0.93), (1, 0.94)],
    },
}


def chart(runs) -> alt.LayerChart:
    run = runs["parity"]
    turn = train_turn(run)
    highest = float(run.test_loss.max())
    notes = [{"x": int(run.steps[run.test_loss.argmax()]), "y": highest, "text": "test", "series": "test",
              "dy": -10, "dx": 0, "align": "center"}]  # fmt: skip
    lowest = float(min(run.train_loss.min(), run.test_loss.min()))
    if turn is not None and turn.minimum > 0:
        notes.append({"x": turn.minimum_step, "y": turn.minimum, "series": "train", "align": "center",
                      "dx": 0, "dy": 26, "text": "train loss turns up"})  # fmt: skip
    domain = [max(lowest, LOSS_FLOOR) / 8, highest * 4]
    y = alt.Y("value:Q", axis=loss_axis(), scale=alt.Scale(type="log", domain=domain, nice=False))
    return curve_chart(run, "loss", notes, width=600, height=230, y=y, floor=LOSS_FLOOR)
