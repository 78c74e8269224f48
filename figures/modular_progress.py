"""The waves know the answers before the model does.

Accuracy and loss of the final waves alone and of all the rest; below, the energy in the final frequencies and
the length of the weights, over all steps of the main model.
"""

import altair as alt
import numpy as np

from reportgen.analysis import moments, progress
from reportgen.charts import LOSS_FLOOR, color, curves, line, loss_axis, named, step_axis, step_rule

RUNS = ("modular",)
GROUP = "modular"
STAND_INS = "modular-seeds"
COLUMNS = 2
CAPTION = (
    "{% if opened is none %}The main model{% else %}Seed {{ opened }}{% endif %}, taken apart. Waves: the part of the logits that depends only on the sum, at the final "
    "frequencies, averaged over sums that were held out; asked about the test set. Rest: the logits without it, asked about the "
    "sums trained on. Energy: the share of W_input's that lies in the final frequencies."
)
ALT = (
    "Four line charts over {{ modular.steps|step }} training steps. {% if modular.unseen.waves is not none %}At step "
    "{{ modular.unseen.step|step }}, test accuracy is {{ modular.unseen.test|percent }} and that of the final waves "
    "alone {{ modular.unseen.waves|percent }}; what is left without them knows {{ modular.unseen.rest|percent }} of the "
    "training sums, where it once knew {{ modular.unseen.rest_best|percent }}. {% endif %}The energy in the final "
    "frequencies grows and the weights shrink before test accuracy rises."
)
WAVES = color("grokking")
SIZE = {"width": 357, "height": 200}
LOW = {"width": 357, "height": 110}


def chart(runs) -> dict[str, alt.LayerChart]:
    run = runs["modular"]
    found = progress(run)
    last = int(run.steps[-1])
    x = alt.X("step:Q", axis=step_axis(None), scale=alt.Scale(domain=[0, last], nice=False))
    share = alt.Y("value:Q", scale=alt.Scale(domain=[0, 1.04], nice=False),
                  axis=alt.Axis(title=None, format="%", values=[0, 0.5, 1], minExtent=40))  # fmt: skip
    log = alt.Y("value:Q", axis=loss_axis(title=None), scale=alt.Scale(type="log", nice=False))
    size = alt.Y("value:Q", scale=alt.Scale(zero=True, nice=False),
                 axis=alt.Axis(title=None, tickCount=3, minExtent=40))  # fmt: skip
    panels = {
        "accuracy": [*parts(run, found, "accuracy", x, share), *words(run, found)],
        "loss": parts(run, found, "loss", x, log),
        "energy": [line("energy", found.steps, found.energy, x, share, color=WAVES, clip=True)],
        "norm": [line("norm", run.steps, run.weight_norm, x, size, color=color("ink"), clip=True)],
    }
    titles = ("Accuracy", "Loss", "Energy in the final frequencies", "Length of all weights")
    return {
        name: alt.layer(*layers, step_rule(run)).properties(
            **(SIZE if name in ("accuracy", "loss") else LOW), title=title, usermeta={"responsive": True}
        )
        for (name, layers), title in zip(panels.items(), titles, strict=True)
    }


def parts(run, found, metric: str, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Test set and model, test set and waves, training set and rest."""
    floor = LOSS_FLOOR if metric == "loss" else None
    tested = [row for row in curves(run, metric, floor=floor) if row["series"] == "test"]
    base = (
        alt.Chart(named(f"test_{metric}", tested)).mark_line(color=color("test"), clip=True).encode(x=x, y=y)
    )
    waves, rest = (getattr(found, f"{part}_{metric}") for part in ("waves", "rest"))
    return [
        line(f"rest_{metric}", found.steps, rest, x, y, color=color("train"), strokeDash=[5, 3], clip=True),
        base,
        line(f"waves_{metric}", found.steps, waves, x, y, color=WAVES, clip=True),
    ]


def words(run, found) -> list[alt.Chart]:
    """The curves' names, where there is room for them."""
    t_gen = moments(run)["generalises"] or int(run.steps[-1])
    middle = (
        found.steps[int(np.abs(found.waves_accuracy - 0.62).argmin())]
        if found.waves_accuracy[-1] > 0.62
        else t_gen
    )
    places = [
        (int(middle), 0.8, "waves alone,\nunseen sums", "ink", "right", -8),
        (t_gen, 0.5, "test: the model,\nunseen sums", "test", "left", 8),
        (int(0.03 * run.steps[-1]), 0.58, "rest, training sums", "train", "left", -6),
    ]
    return [
        alt.Chart(alt.Data(values=[{"step": step, "value": value}]))
        .mark_text(text=text, color=color(name), align=align, dx=dx, fontSize=12, fontWeight=500, lineBreak="\n",
                   lineHeight=15, baseline="bottom")
        .encode(x="step:Q", y="value:Q")
        for step, value, text, name, align, dx in places
    ]  # fmt: skip
