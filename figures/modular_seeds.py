"""Every seed finds its own frequencies.

Train and test loss of the first seeds, titled with the frequencies they end on; and over all seeds that
generalise, how many neurons share a frequency and how often each frequency is used.
"""

from collections import Counter

import altair as alt
import numpy as np
from _losses import log_losses

from reportgen.analysis import coefficient_frequencies, grokking_step, modular_task
from reportgen.charts import color, named

RUNS = ("modular-seeds",)
COLUMNS = 3
SHOWN, PER_ROW = 30, 5
LOW, HIGH = -7.2, 1  # powers of ten that a small chart spans
NEVER = "not yet"
WIDE, TALL = 0.86, 0.64  # what its curves take of a place; the title stands above them
CAPTION = (
    "Small charts: the first {{ [30, modular_seeds.models]|min }} of {{ modular_seeds.models }} seeds: train loss (solid) and "
    "test loss (dashed) over {{ modular_seeds.steps|number }} steps, from 10 down to 10⁻⁷, each with its "
    "number and, if it generalises by then, its frequencies. Those in a frame can be opened. Bars: of the {{ modular_seeds.generalised }} seeds that generalise, how many "
    "neurons share a frequency (blue: the commonest number), and how many of the seeds use each, counted as in the published models. The dashed line is what equal chances would give."
)
ALT = (
    "{{ [30, modular_seeds.models]|min }} small line charts of loss and two bar charts. {{ modular_seeds.generalised }} of "
    "{{ modular_seeds.models }} seeds generalise."
    "{% if modular_seeds.size_common is not none %} Groups of {{ modular_seeds.size_common|words }} neurons to a "
    "frequency are the commonest, {{ modular_seeds.size_common_share|percent }} of all.{% endif %}"
    "{% if modular_seeds.frequency_p is not none %} Seeds per frequency, from 1 to {{ modular_seeds.frequency_count }}: "
    "equal chances for all would give counts at least as uneven with probability "
    "{{ modular_seeds.frequency_p|number }}.{% endif %}"
)


def chart(runs) -> dict[str, alt.LayerChart]:
    models = runs["modular-seeds"]
    good = [coefficient_frequencies(run) for run in models if grokking_step(run) is not None]
    half = modular_task(models[0]).modulus // 2
    return {
        "losses": losses(models[:SHOWN]),
        "sizes": group_sizes(good),
        "frequencies": frequencies(good, half),
    }


def losses(models) -> alt.LayerChart:
    """A small chart per seed, all in one view: place k is column k % 5 of row k // 5."""
    last, rows = int(models[0].steps[-1]), -(-len(models) // PER_ROW)
    steps = range(0, last + 1, max(1, last // 50))
    table = [
        {"place": place, "seed": run.config.seed, "frequencies": title(run), **log_losses(run, steps)}
        for place, run in enumerate(models)
    ]
    places = [
        {"left": place % PER_ROW - 0.03, "top": place // PER_ROW, "seed": run.config.seed, "title": title(run),
         "opens": run.config.seed if len(run.snapshot_steps) > 1 else None}
        for place, run in enumerate(models)
    ]  # fmt: skip
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.06, PER_ROW - 0.08], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.06, rows], nice=False, reverse=True))
    return (
        alt.layer(*frames(places, x, y), lines(table, last, x, y), *names())
        .add_params(
            alt.param(name="opened", value=-2)
        )  # the page sets it: the seed that is open, −1 for none
        .properties(
            width=600,
            height=62 * rows,
            title="Seeds, their frequencies and losses",
            usermeta={"responsive": True},
        )
    )


def title(run) -> str:
    """Its frequencies, unless it does not generalise."""
    return " ".join(map(str, coefficient_frequencies(run))) if grokking_step(run) is not None else NEVER


def lines(table: list[dict], last: int, x: alt.X, y: alt.Y) -> alt.Chart:
    """Train and test loss in their places, what is above or below the scale at its edge."""
    both = ["train", "test"]
    part = f"({HIGH} - max({LOW}, min({HIGH}, datum.loss))) / {HIGH - LOW}"
    return (
        alt.Chart(named("losses", table))
        .transform_flatten(["step", *both])
        .transform_fold(both, as_=["series", "loss"])
        .transform_calculate(
            x=f"datum.place % {PER_ROW} + {WIDE} * datum.step / {last}",
            y=f"floor(datum.place / {PER_ROW}) + {1 - TALL - 0.06} + {TALL} * {part}",
        )
        .mark_line(strokeWidth=1.3)
        .encode(
            x=x,
            y=y,
            order="step:Q",
            detail="place:N",
            color=alt.Color("series:N", legend=None,
                            scale=alt.Scale(domain=both, range=[color(name) for name in both])),
            strokeDash=alt.StrokeDash("series:N", legend=None, scale=alt.Scale(domain=both, range=[[1, 0], [4, 2]])),
        )
    )  # fmt: skip


def frames(places: list[dict], x: alt.X, y: alt.Y) -> tuple[alt.Chart, ...]:
    """The frequencies above each chart, its ground line, and a frame where the page can open the seed."""
    base = (
        alt.Chart(named("places", places))
        .transform_calculate(
            x="datum.left", y="datum.top", right=f"datum.left + {WIDE + 0.06}", foot="datum.top + 0.96"
        )
        .encode(x=x, y=y)
    )
    ground = base.mark_rule(color=color("faint")).encode(y=alt.Y("foot:Q", axis=None), x2="right:Q")
    opens = base.transform_filter("opened >= -1 && isValid(datum.opens)").transform_calculate(
        hint="(datum.opens == opened ? 'Close seed ' : 'Open seed ') + datum.opens"
    )
    tint = alt.condition("datum.opens == opened", alt.value(0.16), alt.value(0))
    width = alt.condition("datum.opens == opened", alt.value(2.5), alt.value(1))
    frame = (
        opens.mark_rect(fill=color("accent"), stroke=color("accent"), cornerRadius=3, cursor="pointer")
        .encode(x2="right:Q", y2="foot:Q", fillOpacity=tint, strokeWidth=width, tooltip="hint:N")
        .properties(name="opens")  # by which the styles know it
    )
    size = alt.ExprRef("width < 400 ? 8.5 : 10")
    tone = alt.condition(f"datum.title == '{NEVER}'", alt.value(color("muted")), alt.value(color("ink")))
    word = (
        base.transform_calculate(text="datum.seed + ': ' + datum.title")
        .mark_text(align="left", baseline="top", fontSize=size, dx=4, dy=3)
        .encode(text="text:N", color=tone)
    )
    return ground, word, frame


def names() -> list[alt.Chart]:
    """What the two curves are, beside the title."""
    return [
        alt.Chart(alt.Data(values=[{}])).mark_text(
            text=name,
            align="right",
            x=alt.ExprRef(f"width - {room}"),
            y=-13,
            fontWeight=600,
            color=color(name),
        )
        for name, room in (("train", 40), ("test", 10))
    ]


def group_sizes(good) -> alt.LayerChart:
    """How many groups have so many neurons."""
    sizes = Counter(size for used in good for size in used.values())
    rows = [{"neurons": n, "groups": sizes[n]} for n in range(1, max(sizes, default=1) + 1)]
    top = max(rows, key=lambda row: row["groups"])
    x = alt.X("groups:Q", axis=alt.Axis(title="groups", tickCount=3, labelFlush=True),
              scale=alt.Scale(domain=[0, max(1.08 * top["groups"], 1)], nice=False))  # fmt: skip
    y = alt.Y("neurons:O", axis=alt.Axis(title=None))
    tone = alt.condition(
        f"datum.neurons == {top['neurons']}", alt.value(color("together")), alt.value(color("muted"))
    )
    bars = alt.Chart(named("sizes", rows)).mark_bar(cornerRadiusEnd=2).encode(x=x, y=y, color=tone)
    return bars.properties(
        width=130, height=372, title="Neurons to a frequency", usermeta={"responsive": True}
    )


def frequencies(good, half: int) -> alt.LayerChart:
    """How often each frequency is used, and what equal chances would give."""
    counts = np.bincount([f for used in good for f in used], minlength=half + 1)[1:]
    rows = [{"frequency": f, "seeds": int(n)} for f, n in enumerate(counts, start=1)]
    x = alt.X("seeds:Q", axis=alt.Axis(title="seeds", tickCount=3), scale=alt.Scale(nice=False))
    y = alt.Y("frequency:O", axis=alt.Axis(title=None, values=[1, *range(5, half + 1, 5)]))
    bars = alt.Chart(named("frequencies", rows)).mark_bar(color=color("grokking"), cornerRadiusEnd=1)
    even = alt.Chart(alt.Data(values=[{"seeds": float(counts.mean())}]))
    rule = even.mark_rule(strokeDash=[3, 3], color=color("ink")).encode(x="seeds:Q")
    return alt.layer(bars.encode(x=x, y=y), rule).properties(
        width=150, height=372, title="Seeds using each frequency", usermeta={"responsive": True}
    )
