"""More decay shortens the wait, by less than in proportion.

How many times as long a model of the 1s and 0s takes to generalise as to memorise: by weight decay, by size of
the training set, by learning rate.
"""

from collections import defaultdict
from collections.abc import Callable

import altair as alt
import numpy as np

from reportgen.analysis import exponents_by_decay, wait
from reportgen.charts import color, named
from reportgen.wording.numbers import number, setting, signed

RUNS = ("parity-sweep", "delay-law")
COLUMNS = 3
WIDE = 64  # neurons, at least: narrower models hardly wait where data are plenty
ENOUGH = 5  # of nine seeds that generalise, for a median
CAPTION = (
    "The wait: steps to generalise over steps to memorise, on logarithmic scales. Grey: medians of nine seeds in the "
    "large sweep, a line for each width from 64 neurons on and, by decay, each size of training set. Blue: new "
    "models of {{ delay_law.neurons }} neurons, a dot for each and a line through their medians. Dashed: what exact "
    "proportion of the steps after memorising would give."
)
ALT = (
    "Three charts of dots and lines on logarithmic axes. The wait falls with weight decay"
    "{% if delay_law.exponent is not none %}, by a power of {{ delay_law.exponent|number }} in the new models"
    "{% endif %}; it falls with the size of the training set. Beside it, the wait at three learning rates."
)
SCALE = alt.Scale(type="log", domain=[1.5, 80], nice=False)


def chart(runs) -> dict[str, alt.LayerChart]:
    sweep = [run for run in runs["parity-sweep"] if run.config.model.neurons >= WIDE]
    new = runs["delay-law"]
    usual = [run for run in new if run.config.training.learning_rate == 3e-3]
    least = min((run.config.task.train_size for run in new), default=0)
    by_rate = [
        run for run in new if run.config.training.weight_decay == 0.1 and run.config.task.train_size == least
    ]
    sized = [run for run in sweep if run.config.training.weight_decay == 0.1]
    panels = {
        "decay": by_decay(sweep, usual),
        "size": panel("size", sized, [run for run in usual if run.config.training.weight_decay == 0.1], size_of,
                      lambda run: run.config.model.neurons, "training rows", [700, 1900]),
        "rate": panel("rate", [], by_rate, lambda run: run.config.training.learning_rate, lambda run: 0,
                      "learning rate", [7e-4, 1.4e-2]),
    }  # fmt: skip
    look = {"width": 217, "height": 230, "usermeta": {"responsive": True}}
    return {name: layers.properties(title=f"By {name}", **look) for name, layers in panels.items()}


def size_of(run) -> int:
    return run.config.task.train_size


def by_decay(sweep, new) -> alt.LayerChart:
    """The wait by decay, with its slope in words, and what proportion would give: ten times the decay, a tenth of the delay.

    The delay runs from memorising on; the wait counts memorising too, as 1.
    """
    drawn = panel("decay", sweep, new, lambda run: run.config.training.weight_decay,
                  lambda run: (run.config.model.neurons, size_of(run)), "weight decay", [0.008, 1.3])  # fmt: skip
    waits = [w for run in new if run.config.training.weight_decay == 0.1 and (w := wait(run))]
    known = [value for value in exponents_by_decay(new).values() if value is not None]
    if not waits or not known:
        return drawn
    middle = float(np.median(waits))
    proportion = [{"x": x, "wait": 1 + (middle - 1) * 0.1 / x} for x in np.geomspace(0.03, 0.3, 9).tolist()]
    rule = alt.Chart(alt.Data(values=proportion)).mark_line(
        strokeDash=[4, 3], strokeWidth=1.5, color=color("ink"), clip=True
    )
    label = alt.Chart(alt.Data(values=[{"x": 0.33, "wait": 50}])).mark_text(
        text=f"new models:\npower {signed(float(np.median(known)))}", align="left", lineBreak="\n", lineHeight=15,
        fontSize=12, fontWeight=500, color=color("together"), dx=-40,
    )  # fmt: skip
    place = {"x": alt.X("x:Q"), "y": alt.Y("wait:Q")}
    last = {row["line"]: row for row in medians(new, lambda run: run.config.training.weight_decay, size_of)}
    rows = [{**row, "text": f"{number(int(name))} rows"} for name, row in last.items()]
    sizes = alt.Chart(alt.Data(values=rows)).mark_text(
        align="left", dx=5, fontSize=11, color=color("together"), baseline="middle"
    )
    return alt.layer(drawn, rule.encode(**place), label.encode(**place), sizes.encode(**place, text="text:N"))


def panel(
    name: str, sweep, new, at: Callable, line: Callable, title: str, domain: list[float]
) -> alt.LayerChart:
    """Medians of the sweep as grey lines; each new model as a dot, and a line through their medians."""
    dots = [{"x": at(run), "wait": round(w, 2), "seed": run.config.seed} for run in new if (w := wait(run))]
    values = sorted({at(run) for run in [*sweep, *new]})
    x = alt.X("x:Q", scale=alt.Scale(type="log", domain=domain, nice=False),
              axis=alt.Axis(title=title, values=values, labelExpr=words_of(values), labelFlush=False))  # fmt: skip
    y = alt.Y("wait:Q", scale=SCALE, axis=alt.Axis(title="steps to generalise / to memorise" if name == "decay" else None,
                                                   values=[2, 5, 10, 20, 50], minExtent=24))  # fmt: skip
    behind = medians(sweep, at, line)
    grey = alt.Chart(named(f"sweep_{name}", behind)).encode(x=x, y=y, detail="line:N")
    blue = alt.Chart(
        named(f"medians_{name}", medians(new, at, size_of if name == "decay" else lambda run: 0))
    ).encode(x=x, y=y, detail="line:N")
    models = alt.Chart(named(f"models_{name}", dots)).encode(x=x, y=y)
    tone = color("together")
    drawn = [grey.mark_line(color=color("muted"), opacity=0.3, strokeWidth=1, clip=True)] if behind else []
    return alt.layer(
        *drawn,
        models.mark_point(filled=True, size=22, opacity=0.5, color=tone, clip=True),
        blue.mark_line(color=tone, strokeWidth=2.5, clip=True),
    )


def medians(runs, at: Callable, line: Callable) -> list[dict]:
    """A point for each setting in which enough seeds generalise."""
    found = defaultdict(list)
    for run in runs:
        if (waited := wait(run)) is not None:
            found[str(line(run)), at(run)].append(waited)
    return [
        {"line": name, "x": x, "wait": round(float(np.median(waits)), 2)}
        for (name, x), waits in sorted(found.items())
        if len(waits) >= ENOUGH
    ]


def words_of(values: list[float]) -> str:
    """The expression that words a setting on an axis."""
    texts = {str(value): number(value) if value >= 100 else setting(value) for value in values}
    return f"({texts})[datum.value] || datum.value"
