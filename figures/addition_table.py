"""The addition table fills up.

Every pair of numbers is a cell, bright when the model answers it right at this step.
"""

import altair as alt
import numpy as np

from reportgen.analysis import answered_right, trained_on
from reportgen.charts import TEST_RGB, TRAIN_RGB, stepped

RUNS = ("modular",)
GROUP = "modular"
CARD = True  # the whole article in one picture
UNLIT = 0.16  # how strongly a sum shows that is not answered right
CAPTION = (
    "Every sum of two numbers from 0 to {{ modular.modulus - 1 }}. Purple ones are trained on, green ones never shown. "
    "Bright: the model answers right."
)
ALT = (
    "A square of {{ modular.modulus }} by {{ modular.modulus }} cells, one for each sum of two numbers. "
    "{% if modular.t_mem is not none %}When the model has memorised, the cells of the training sums are bright, and "
    "{{ modular.test_accuracy_at_mem|percent }} of the others. {% endif %}At the end "
    "{{ modular.train_accuracy_end|percent }} of the training sums are bright and {{ modular.test_accuracy_end|percent }} of the others."
)


def chart(runs) -> alt.Chart:
    run = runs["modular"]
    trained, right = trained_on(run), answered_right(run)
    modulus = round(len(trained) ** 0.5)
    a, b = np.divmod(np.arange(modulus**2), modulus)
    kinds = np.where(trained, "trained on", "never shown")
    strength = np.where(trained, 1, -1) * np.where(right, 1.0, UNLIT)  # (S, P²); above 0 is trained on
    scale = alt.Scale(domain=[-1, -1e-6, 1e-6, 1], clamp=True,
                      range=[f"rgba({TEST_RGB},1)", f"rgba({TEST_RGB},0)", f"rgba({TRAIN_RGB},0)", f"rgba({TRAIN_RGB},1)"])  # fmt: skip
    ticks = list(range(0, modulus, 10))
    return (
        stepped(run, "sums", {"a": a, "b": b, "sum": (a + b) % modulus, "set": kinds}, strength)
        .mark_rect(aria=False)
        .encode(
            x=alt.X("a:O", sort=None, axis=alt.Axis(values=ticks, labelAngle=0, ticks=False)),
            y=alt.Y("b:O", sort=None, axis=alt.Axis(values=ticks, ticks=False)),
            color=alt.Color("value:Q", scale=scale, legend=None),
            tooltip=["a:O", "b:O", "sum:O", "set:N"],
        )
        .properties(width=4 * modulus, height=4 * modulus, usermeta={"snap": [modulus, modulus]})
    )
