"""Other settings, from sudden to gradual.

Train and test loss of every model of `soften`, a small panel each, ordered by how gradually test
accuracy rises.
"""

import altair as alt
import numpy as np

from reportgen.analysis import softness
from reportgen.charts import color, named, rounded, sci_label
from reportgen.wording.numbers import number

RUNS = ("soften",)
CAPTION = (
    "Train and test loss of {{ soften.models }} models with other sizes, decays and learning rates; both axes "
    "logarithmic. The number is the share of time between 10 % and 90 % test accuracy: near 0 the change is sudden, "
    "near 1 gradual. h is the number of neurons, λ the weight decay, η the learning rate."
)
ALT = (
    "{{ soften.models }} small line charts of loss. {% if soften.reached %}{{ soften.reached }} of the models reach "
    "90 % test accuracy; the share of time they take from 10 % to 90 % goes from {{ soften.hardest|number }} to "
    "{{ soften.softest|number }}.{% else %}No model reaches 90 % test accuracy.{% endif %}"
)

FIRST_STEP = 10
PER_ROW = 3  # which still fits on a phone


def chart(runs) -> alt.FacetChart:
    models = sorted(runs["soften"], key=lambda run: (softness(run) is None, softness(run) or 0.0))
    rows = []
    for place, run in enumerate(models):
        c, soft = run.config, softness(run)
        label = f"{'not reached' if soft is None else number(soft)}|h {c.model.neurons} λ {number(c.training.weight_decay)} "
        label += f"η {number(c.training.learning_rate)}"
        kept = _log_spaced(run.steps)
        for series in ("train", "test"):
            values = getattr(run, f"{series}_loss")[kept]
            rows += [
                {"place": place, "label": label, "series": series, "step": int(step), "loss": loss}
                for step, loss in zip(run.steps[kept].tolist(), rounded(values, 3), strict=True)
                if loss > 0
            ]
    labels = [row["label"] for row in sorted(rows, key=lambda r: r["place"])]
    header = alt.Header(title=None, labelExpr="split(datum.label, '|')", labelAnchor="start", labelFontSize=10,
                        labelLineHeight=12)  # fmt: skip
    return (
        alt.Chart(named("losses", rows))
        .mark_line(strokeWidth=1.5, clip=True)
        .encode(
            x=alt.X("step:Q", scale=alt.Scale(type="log", domain=[FIRST_STEP, int(models[0].steps[-1])], nice=False),
                    axis=alt.Axis(title=None, values=[10, 100, 1000, 10_000], format="~s", labelFontSize=9)),
            y=alt.Y("loss:Q", scale=alt.Scale(type="log", domain=[1e-8, 10], nice=False),
                    axis=alt.Axis(title=None, values=[1e-6, 1e-3, 1], labelExpr=sci_label("datum.value"),
                                  labelFontSize=9)),
            color=alt.Color("series:N", scale=alt.Scale(domain=["train", "test"],
                            range=[color("train"), color("test")]),
                            legend=alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=2)),
            strokeDash=alt.StrokeDash("series:N", legend=None, scale=alt.Scale(
                domain=["train", "test"], range=[[1, 0], [4, 2]])),
        )
        .properties(width=180, height=60)
        .facet(facet=alt.Facet("label:N", sort=list(dict.fromkeys(labels)), header=header), columns=PER_ROW, spacing=10)
        .properties(usermeta={"responsive": True})
    )  # fmt: skip


def _log_spaced(steps: np.ndarray, count: int = 60) -> np.ndarray:
    """Indices of about `count` steps, evenly spaced on a log scale."""
    wanted = np.geomspace(FIRST_STEP, steps[-1], count)
    return np.unique(np.searchsorted(steps, wanted).clip(0, len(steps) - 1))
