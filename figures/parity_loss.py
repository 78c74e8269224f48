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
