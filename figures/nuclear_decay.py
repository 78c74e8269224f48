"""A single matrix can do without factors, if decay charges for its directions.

Test accuracy of models with both sides collapsed, under L2 and under the nuclear norm, at the same strengths.
"""

import altair as alt
import numpy as np

from reportgen.charts import color, named, step_axis
from reportgen.wording.numbers import setting

RUNS = ("nuclear-decay",)
COLUMNS = 2
CAPTION = (
    "Models with both sides collapsed, {{ nuclear_decay.seeds|words }} seeds for each strength of decay: the median, and each "
    "seed faintly. L2 takes a share of each singular value, as usual; the nuclear norm the same amount from each."
)
ALT = (
    "Two line charts of test accuracy against training step. With L2 on the two matrices the best model ends at "
    "{{ nuclear_decay.l2.best|percent }}. With decay on the nuclear norm at a strength of {{ nuclear_decay.nuclear.strength|number }}, "
    "the median ends at {{ nuclear_decay.nuclear.median_there|percent }}."
)
TITLES = {"L2": "L2 on the matrices", "nuclear norm": "Nuclear norm"}


def chart(runs) -> dict[str, alt.LayerChart]:
    calls = runs["nuclear-decay"]
    strengths = sorted({call.settings["strength"] for call in calls})
    return {
        name.split()[0].lower(): panel(
            [call for call in calls if call.settings["penalty"] == name], strengths, title
        )
        for name, title in TITLES.items()
    }


def panel(calls, strengths: list[float], title: str) -> alt.LayerChart:
    """The seeds as thin lines, the median of each strength as a thick one, with its strength at the end."""
    seeds, medians = [], []
    for call in calls:
        strength = setting(call.settings["strength"])
        for step, row in zip(call["steps"].tolist(), call["test_accuracy"], strict=True):
            medians.append({"strength": strength, "step": step, "accuracy": round(float(np.median(row)), 4)})
            seeds += [
                {"strength": strength, "seed": i, "step": step, "accuracy": round(float(value), 3)}
                for i, value in enumerate(row)
            ]
    last = int(calls[0]["steps"][-1])
    x = alt.X("step:Q", axis=step_axis(), scale=alt.Scale(domain=[0, last], nice=False))
    y = alt.Y("accuracy:Q", scale=alt.Scale(domain=[0, 1.04], nice=False),
              axis=alt.Axis(title="test accuracy" if calls[0].settings["penalty"] == "L2" else None, format="%",
                            values=[0, 0.5, 1], minExtent=36))  # fmt: skip
    shade = alt.Color(
        "strength:N",
        scale=alt.Scale(domain=[setting(s) for s in strengths], range=tones(len(strengths))),
        legend=alt.Legend(
            title="strength", orient="top", symbolType="stroke", symbolOpacity=1, symbolStrokeWidth=2.5
        ),
    )
    name = calls[0].settings["penalty"].split()[0].lower()
    thin = alt.Chart(named(f"seeds_{name}", seeds)).mark_line(strokeWidth=0.7, opacity=0.35, clip=True)
    thick = alt.Chart(named(f"medians_{name}", medians)).mark_line(strokeWidth=2.5, clip=True)
    return alt.layer(
        thin.encode(x=x, y=y, color=shade, detail="seed:N"), thick.encode(x=x, y=y, color=shade)
    ).properties(width=340, height=230, title=title, usermeta={"responsive": True})


def tones(count: int) -> list[str]:
    """From faint to strong, by strength."""
    names = ["muted", "together", "train", "test", "grokking"]
    return [color(name) for name in (names * (1 + count // len(names)))[:count]]
