"""One loss falls early, the other late.

Accuracy and log loss of the main model over all steps. Drives the step of section 5.
"""

import altair as alt
import numpy as np

from reportgen.charts import LOSS_FLOOR, accuracy_chart, curve_chart, loss_axis

RUNS = ("modular",)
GROUP = "modular"
STAND_INS = "modular-seeds"
LEAD = True
COLUMNS = 2
CAPTION = (
    "Accuracy and loss of {% if opened is none %}the main model once more{% else %}seed {{ opened }}{% endif %}, "
    "the loss on a logarithmic scale. It is averaged "
    "over the {{ modular.modulus }} outputs too. Move across a chart to choose a step."
)
ALT = (
    "Two line charts against training step, accuracy and loss on a log scale. "
    "{% if modular.train_loss_end is not none and modular.test_loss_end is not none %}At the end accuracy "
    "is {{ modular.train_accuracy_end|percent }} in training and {{ modular.test_accuracy_end|percent }} on "
    "the test set, train loss {{ modular.train_loss_end|sci }} and test loss "
    "{{ modular.test_loss_end|sci }}.{% else %}The losses do not stay finite.{% endif %}"
)


def chart(runs) -> dict[str, alt.LayerChart]:
    run = runs["modular"]
    size = {"width": 350, "height": 220}
    return {
        "accuracy": accuracy_chart(run, **size).properties(title="Accuracy"),
        "loss": loss_chart(run, **size).properties(title="Loss"),
    }


def loss_chart(run, *, width: int, height: int) -> alt.LayerChart:
    losses = {"train": run.train_loss, "test": run.test_loss}
    finite = np.concatenate([values[np.isfinite(values)] for values in losses.values()])
    domain = [max(float(finite.min()), LOSS_FLOOR) / 8, float(finite.max()) * 8]
    y = alt.Y("value:Q", axis=loss_axis(title=None), scale=alt.Scale(type="log", domain=domain, nice=False))
    notes = [note(run.steps, values, series, share) for (series, values), share in
             zip(losses.items(), (0.06, 0.1), strict=True)]  # fmt: skip
    return curve_chart(run, "loss", notes, width=width, height=height, y=y, floor=LOSS_FLOOR)


def note(steps, values, series: str, share: float) -> dict:
    """The name of a curve just above it, a share of the way through training."""
    place = int(np.abs(steps - share * steps[-1]).argmin())
    return {"x": int(steps[place]), "y": float(values[place]), "text": series, "series": series, "dy": -10}
