"""The deciding digits are right long before the answers.

What the three deciding digits alone would answer (the logit averaged over the distractors), the noise that the
distractors add to it, the accuracy that both foretell, and how early the signal is right in new seeds.
"""

import altair as alt
import numpy as np

from reportgen.analysis import Circuit, circuit, grokking_step, memorisation_step, moments
from reportgen.charts import color, curves, named, rounded, step_axis, step_rule
from reportgen.wording import numbers

RUNS = ("parity", "parity-circuit")
GROUP = "parity"
COLUMNS = 1
CAPTION = (
    "The logit towards the right answer: its mean over all distractors, from the worst to the best of the "
    "{{ parity.patterns }} patterns of the deciding digits (yellow), and its standard deviation over the distractors (grey). "
    "Accuracy: as measured, and as these two foretell (dashed), worked out from the weights and rows drawn afresh."
    "{% if parity_circuit.part_median is not none %} New seeds: {{ parity_circuit.models }}, each from its start to the "
    "step at which it generalises.{% endif %}"
)
ALT = (
    "{% if parity.moments.circuit is not none and parity.t_gen is not none %}The signal of the deciding "
    "digits is right for all {{ parity.patterns }} patterns from step {{ parity.moments.circuit|step }} on, when test "
    "accuracy is {{ parity.circuit_accuracy|percent }}; the noise is larger, peaks at step "
    "{{ parity.noise_peak_step|step }} and falls below the signal by step {{ parity.t_gen|step }}, when the model "
    "generalises.{% else %}The signal of the deciding digits against the noise of the distractors over {{ parity.steps|step }} steps."
    "{% endif %}{% if parity_circuit.part_median is not none %} In {{ parity_circuit.models }} new seeds the signal is "
    "right after {{ parity_circuit.part_median|percent(0) }} of the way to generalising, in the median.{% endif %}"
)
BEYOND = 1.45  # of t_gen: where the charts end
SIGNAL, NOISE = color("grokking"), color("muted")


def chart(runs) -> dict[str, alt.LayerChart]:
    run = runs["parity"]
    found = circuit(run)
    t_gen = grokking_step(run)
    end = int(run.steps[-1]) if t_gen is None else min(int(BEYOND * t_gen), int(run.steps[-1]))
    x = alt.X("step:Q", axis=step_axis(None), scale=alt.Scale(domain=[0, end], nice=False))
    panels = {
        "logit": bands(run, found, end, x).properties(title="Signal and noise"),
        "accuracy": accuracies(run, found, end, x).properties(title="Accuracy"),
    }
    reached = parts(runs["parity-circuit"])
    return panels | ({"seeds": seeds(reached).properties(title="New seeds")} if reached else {})


def bands(run, found: Circuit, end: int, x: alt.X) -> alt.LayerChart:
    """The signal's and the noise's range over the patterns."""
    shown = found.steps <= end
    rows = [
        {"step": step, "low": low, "high": high, "band": name}
        for name, values in (("noise", found.noise[shown]), ("signal", found.signal[shown]))
        for step, low, high in zip(
            found.steps[shown].tolist(), rounded(values.min(axis=1)), rounded(values.max(axis=1)), strict=True
        )
    ]
    scale = alt.Scale(domain=["signal", "noise"], range=[SIGNAL, NOISE])
    y = alt.Y(
        "low:Q",
        axis=alt.Axis(title="logit", tickCount=5, minExtent=36),
        scale=alt.Scale(nice=False, padding=6),
    )
    ranges = (
        alt.Chart(named("bands", rows))
        .mark_area(opacity=0.55, clip=True, line=False)
        .encode(x=x, y=y, y2="high:Q", color=alt.Color("band:N", scale=scale, legend=None))
    )
    zero = alt.Chart(alt.Data(values=[{"low": 0}])).mark_rule(color=color("ink"), opacity=0.5).encode(y=y)
    peak = int(found.noise.mean(axis=1).argmax())
    top = float(found.signal[shown].max())
    words = [
        word(int(found.steps[peak]), float(found.noise[peak].max()), narrow("noise", "noise: what the distractors add"),
             NOISE, dx=-14, dy=-6, align="right"),
        word(end, 0.92 * top, narrow("signal", "signal: what the"), color("ink"), dx=-2, dy=0, align="right"),
        word(end, 0.92 * top, narrow("", "deciding digits say"), color("ink"), dx=-2, dy=15, align="right"),
    ]  # fmt: skip
    return alt.layer(
        ranges, zero, *instants(run, low={"circuit": 1.04 * top}), hairline(run), *words
    ).properties(width=600, height=210, usermeta={"responsive": True})


def accuracies(run, found: Circuit, end: int, x: alt.X) -> alt.LayerChart:
    """Train and test accuracy as measured, and as foretold."""
    rows = curves(run, "accuracy")
    y = alt.Y("value:Q", scale=alt.Scale(domain=[0.45, 1.04], nice=False),
              axis=alt.Axis(title="accuracy", format="%", values=[0.5, 0.75, 1], minExtent=36))  # fmt: skip
    lines = [
        alt.Chart(named(name, [row for row in rows if row["series"] == name]))
        .mark_line(clip=True, color=color(name), opacity=0.9)
        .encode(x=x, y=y)
        for name in ("train", "test")
    ]
    shown = found.steps <= end
    told = [{"step": s, "value": v} for s, v in
            zip(found.steps[shown].tolist(), rounded(found.accuracy[shown]), strict=True)]  # fmt: skip
    dashed = alt.Chart(named("foretold", told)).mark_line(
        color=color("ink"), strokeDash=[4, 3], strokeWidth=1.5
    )
    at = int(np.abs(found.accuracy - 0.65).argmin())
    words = [
        word(int(found.steps[at]), 0.65, narrow("test, foretold", "test, and as foretold"), color("test"), dx=24, dy=12, channel="value"),
        word(int(0.3 * end), 0.95, "train", color("train"), dx=0, dy=0, channel="value"),
    ]  # fmt: skip
    return alt.layer(
        *lines, dashed.encode(x=x, y=y), *instants(run, value={"generalises": 0.62}), hairline(run), *words
    ).properties(width=600, height=130, usermeta={"responsive": True})


def instants(run, **heights: dict[str, float]) -> list[alt.Chart]:
    """When the signal is right for good and when the model generalises, named at some heights of one channel."""
    ((channel, named_at),) = heights.items()
    layers = []
    texts = {"circuit": "right for all {} patterns\nfrom step {}", "generalises": "generalises\nat step {1}"}
    for name, text in texts.items():
        step = moments(run)[name]
        if step is None:
            continue
        base = alt.Chart(alt.Data(values=[{"step": step, channel: named_at.get(name)}]))
        layers.append(base.mark_rule(strokeDash=[2, 3], color=color("ink"), clip=True).encode(x="step:Q"))
        if name in named_at:
            layers.append(
                base.mark_text(text=text.format(2**run.config.task.deciding, numbers.step(step)), align="left", dx=6,
                               lineBreak="\n", lineHeight=15, fontSize=12, fontWeight=500, color=color("ink"),
                               baseline="top")
                .encode(x="step:Q", y=f"{channel}:Q")
            )  # fmt: skip
    return layers


def hairline(run) -> alt.Chart:
    """The current step, where these charts show it."""
    return step_rule(run).mark_rule(color=color("ink"), strokeWidth=1, opacity=0.55, clip=True)


def narrow(short: str, long: str) -> alt.ExprRef:
    """The shorter of two texts on a narrow screen."""
    return alt.ExprRef(f"width < 400 ? '{short}' : '{long}'")


def word(step: int, at: float, text: str | alt.ExprRef, paint: str, *, dx: int, dy: int, align: str = "left",
         channel: str = "low") -> alt.Chart:  # fmt: skip
    """A name beside a curve or a band."""
    return (
        alt.Chart(alt.Data(values=[{"step": step, channel: at}]))
        .mark_text(
            text=text, align=align, dx=dx, dy=dy, fontSize=12, fontWeight=500, color=paint, baseline="middle"
        )
        .encode(x="step:Q", y=f"{channel}:Q")
    )


def parts(models) -> list[tuple[float, float, int]]:
    """When the deciding digits are right and when it has memorised, as parts of when it generalises, and the seed.

    Of each model that does all three.
    """
    found = []
    for run in models:
        t_mem, right, t_gen = memorisation_step(run), circuit(run).right_from, grokking_step(run)
        if t_mem is not None and right is not None and t_gen is not None:
            found.append((right / t_gen, t_mem / t_gen, run.config.seed))
    return sorted(found)


def seeds(found: list[tuple[float, float, int]]) -> alt.LayerChart:
    """A line for each seed: memorised, right for the deciding digits, generalised, as parts of the last."""
    names = ("memorises", "deciding digits right", "generalises")
    rows = [
        {"place": place, "part": part, "moment": name, "seed": seed}
        for place, (right, memorised, seed) in enumerate(found)
        for name, part in zip(names, (round(memorised, 4), round(right, 4), 1.0), strict=True)
    ]
    x = alt.X("part:Q", scale=alt.Scale(domain=[0, 1.02], nice=False),
              axis=alt.Axis(title="share of the way to generalising", format="%", tickCount=5))  # fmt: skip
    y = alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[-1, len(found)], nice=False))
    paints = [color("train"), SIGNAL, color("test")]
    base = alt.Chart(named("seeds", rows))
    waits = (
        base.transform_filter(f"datum.moment == '{names[1]}'")
        .transform_calculate(end="1")
        .mark_rule(color=color("faint"), strokeWidth=3)
        .encode(x=x, y=y, x2="end:Q")
    )
    marks = base.mark_point(filled=True, size=45, opacity=1).encode(
        x=x,
        y=y,
        color=alt.Color("moment:N", sort=None, scale=alt.Scale(domain=list(names), range=paints),
                        legend=alt.Legend(title=None, orient="top", symbolSize=70, labelFontSize=12)),
        shape=alt.Shape("moment:N", scale=alt.Scale(domain=list(names), range=["circle", "diamond", "circle"]),
                        legend=None),
        tooltip=[alt.Tooltip("seed:Q"), alt.Tooltip("moment:N"), alt.Tooltip("part:Q", format=".0%")],
    )  # fmt: skip
    return alt.layer(waits, marks).properties(width=600, height=170, usermeta={"responsive": True})
