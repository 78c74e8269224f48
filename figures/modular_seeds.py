"""Every seed finds its own frequencies.

Train and test loss of the first seeds, titled with the frequencies they end on; and how many neurons
share a frequency, over all seeds that generalise.
"""

from collections import Counter

import altair as alt
import numpy as np

from reportgen.analysis import grokking_step, modular_task, used_frequencies
from reportgen.charts import color, named, rounded

RUNS = ("modular-seeds",)
COLUMNS = 2
SHOWN = 30
PER_ROW = 6
CAPTION = (
    "Left: train and test loss of the first 30 of {{ modular_seeds.models }} seeds of the main model over "
    "{{ modular_seeds.steps|number }} steps, on a logarithmic scale, titled with the frequencies of those that "
    "generalise. Right, over all seeds that generalise: how many neurons share a frequency, and how often each "
    "frequency is used."
)
ALT = (
    "Thirty small line charts of loss and two histograms. {{ modular_seeds.generalised }} of "
    "{{ modular_seeds.models }} seeds generalise."
    "{% if modular_seeds.size_common is not none %} Groups of {{ modular_seeds.size_common|words }} neurons to a "
    "frequency are the commonest. All {{ modular_seeds.frequency_count }} frequencies occur about equally often."
    "{% endif %}"
)


def chart(runs) -> dict:
    models = runs["modular-seeds"]
    good = [used_frequencies(run) for run in models if grokking_step(run) is not None]
    half = modular_task(models[0]).modulus // 2
    return {
        "losses": losses(models[:SHOWN]),
        "sizes": group_sizes(good),
        "frequencies": frequencies(good, half),
    }


def losses(models) -> alt.FacetChart:
    """A small panel per seed."""
    rows, titles = [], []
    for run in models:
        learned = grokking_step(run) is not None
        title = " ".join(map(str, used_frequencies(run))) if learned else "–"
        titles.append(f"{run.config.seed}|{title}")
        for series in ("train", "test"):
            values = getattr(run, f"{series}_loss")
            rows += [
                {"seed": titles[-1], "series": series, "step": int(step), "loss": loss}
                for step, loss in zip(run.steps.tolist(), rounded(values, 3), strict=True)
                if loss > 0 and step % 1000 == 0
            ]
    header = alt.Header(title=None, labelExpr="split(datum.label, '|')[1]", labelFontSize=10, labelPadding=1,
                        labelAnchor="start")  # fmt: skip
    return (
        alt.Chart(named("losses", rows))
        .mark_line(strokeWidth=1.3, clip=True)
        .encode(
            x=alt.X("step:Q", axis=None, scale=alt.Scale(domain=[0, int(models[0].steps[-1])], nice=False)),
            y=alt.Y("loss:Q", axis=None, scale=alt.Scale(type="log", domain=[1e-7, 10], nice=False)),
            color=alt.Color("series:N", legend=None, scale=alt.Scale(domain=["train", "test"],
                            range=[color("train"), color("test")])),
        )
        .properties(width=62, height=40)
        .facet(facet=alt.Facet("seed:N", sort=titles, header=header), columns=PER_ROW, spacing=6)
    )  # fmt: skip


def group_sizes(good) -> alt.LayerChart:
    """How many groups have so many neurons."""
    sizes = Counter(size for used in good for size in used.values())
    rows = [{"neurons": n, "groups": sizes[n]} for n in range(1, max(sizes, default=1) + 1)]
    top = max(rows, key=lambda row: row["groups"])
    x = alt.X("neurons:O", axis=alt.Axis(title="neurons to a frequency", labelAngle=0, ticks=False))
    y = alt.Y("groups:Q", axis=alt.Axis(title="groups", tickCount=4),
              scale=alt.Scale(domain=[0, max(1.15 * top["groups"], 1)], nice=False))  # fmt: skip
    bars = (
        alt.Chart(named("sizes", rows)).mark_bar(color=color("together"), cornerRadiusEnd=2).encode(x=x, y=y)
    )
    word = (
        alt.Chart(alt.Data(values=[top]))
        .mark_text(dy=-8, fontWeight=600, text=f"{top['neurons']} is commonest")
        .encode(x="neurons:O", y="groups:Q")
    )
    return alt.layer(bars, word).properties(width=250, height=150)


def frequencies(good, half: int) -> alt.LayerChart:
    """How often each frequency is used, and what equal chances would give."""
    counts = np.bincount([f for used in good for f in used], minlength=half + 1)[1:]
    rows = [{"frequency": f, "seeds": int(n)} for f, n in enumerate(counts, start=1)]
    x = alt.X("frequency:O", axis=alt.Axis(title="frequency", labelAngle=0, ticks=False,
                                           values=[1, *range(5, half + 1, 5)]))  # fmt: skip
    y = alt.Y("seeds:Q", axis=alt.Axis(title="seeds", tickCount=4))
    bars = (
        alt.Chart(named("frequencies", rows))
        .mark_bar(color=color("grokking"), cornerRadiusEnd=1)
        .encode(x=x, y=y)
    )
    even = (
        alt.Chart(alt.Data(values=[{"seeds": float(counts.mean())}]))
        .mark_rule(strokeDash=[3, 3], color=color("ink"))
        .encode(y="seeds:Q")
    )
    return alt.layer(bars, even).properties(width=250, height=150)
