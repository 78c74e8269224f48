"""The more neurons in a group, the cleaner its vote.

How much of each group's vote lies on its cosine, by the number of neurons in the group, over all seeds that
generalise; and what the construction of the appendix would give.
"""

from statistics import median

import altair as alt

from reportgen.analysis import constructed_share, grokking_step, modular_task, votes_by_size
from reportgen.charts import color, named

RUNS = ("modular-seeds",)
CAPTION = (
    "Each dot is one group of one model: of the {{ modular_seeds.models }} seeds, {{ modular_seeds.votes.models }} "
    "generalise. Bars mark the medians, diamonds the construction of appendix A with as many neurons, evenly spaced. Neurons count to the frequency of their largest amplitude."
)
ALT = (
    "Strip chart of the cosine's share in the votes of {{ modular_seeds.votes.large + modular_seeds.votes.small }} groups, "
    "by number of neurons.{% if modular_seeds.votes.small_median is not none and modular_seeds.votes.large_median is not none %} "
    "Its median is {{ modular_seeds.votes.small_median|percent }} for groups of up to four and "
    "{{ modular_seeds.votes.large_median|percent }} for larger ones.{% endif %} "
    "The construction jumps up from four neurons to five as well."
)

WOBBLE = 7  # places that dots of one size are spread over


def chart(runs) -> alt.LayerChart:
    models = runs["modular-seeds"]
    by_size, _ = votes_by_size([run for run in models if grokking_step(run) is not None])
    modulus, largest = modular_task(models[0]).modulus, max(by_size, default=2)
    dots = [
        {"neurons": n, "share": round(share, 3), "place": i * 3 % WOBBLE - WOBBLE // 2}
        for n, (shares, _) in by_size.items()
        for i, share in enumerate(sorted(shares))
    ]
    middles = [{"neurons": n, "share": round(median(shares), 4)} for n, (shares, _) in by_size.items()]
    made = [{"neurons": n, "share": round(constructed_share(n, modulus), 4)} for n in range(2, largest + 1)]
    x = alt.X("neurons:O", scale=alt.Scale(domain=list(range(1, largest + 1))),
              axis=alt.Axis(title="neurons in the group", labelAngle=0, grid=False))  # fmt: skip
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0.2, 1.02], nice=False),
              axis=alt.Axis(title="share of the vote on its cosine", format="%", tickCount=5))  # fmt: skip
    points = (
        alt.Chart(named("groups", dots))
        .mark_circle(size=12, opacity=0.55, color=color("muted"))
        .encode(x=x, y=y, xOffset=alt.XOffset("place:Q", scale=alt.Scale(domain=[-WOBBLE, WOBBLE])))
    )
    ticks = (
        alt.Chart(named("medians", middles))
        .mark_tick(thickness=3, size=alt.ExprRef("width < 400 ? 16 : 26"), color=color("test"))
        .encode(x=x, y=y)
    )
    diamonds = (
        alt.Chart(named("construction", made))
        .mark_point(shape="diamond", size=70, filled=False, strokeWidth=1.5, color=color("ink"), opacity=1)
        .encode(x=x, y=y)
    )
    return alt.layer(points, ticks, diamonds, *_names()).properties(
        width=600, height=240, usermeta={"responsive": True}
    )


def _names() -> list[alt.Chart]:
    """What the marks are, in the empty corner."""
    rows = (("diamonds: construction", "ink"), ("bars: medians", "test"), ("dots: groups", "muted"))
    return [
        alt.Chart(alt.Data(values=[{}])).mark_text(
            text=text, align="right", x=alt.ExprRef("width - 8"), y=alt.ExprRef(f"height - {14 + 17 * i}"),
            color=color(tone), fontSize=12,
        )
        for i, (text, tone) in enumerate(rows)
    ]  # fmt: skip
