"""Two runs in one chart: losses and accuracies over each other, A solid, B dashed."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np

from reportgen.analysis import crossing_step
from reportgen.charts import LOSS_FLOOR, PALETTE, color, concrete, curves, loss_axis, step_axis, theme
from reportgen.charts.steps import layered
from reportgen.drawing import vega
from reportgen.errors import ReportError
from reportgen.files.atomic import write_atomically
from reportgen.files.strict_json import dumps, plain
from reportgen.store.run import Run

FORMATS = ("svg", "png", "pdf", "json")
WIDTH, HEIGHT = 560, 220
DASHES = {"A": [1, 0], "B": [6, 4]}
APART = 15  # px between two labels
LEARNED = 0.9  # curves that end above all end alike, and are named
RISEN = (0.62, 0.38)  # at these parts of their rise
SERIES = ("train", "test")
Runs = dict[str, Run]  # "A" and "B"
Label = dict[str, Any]  # x in steps, px from above, text, series, and how it is set


def write(a: Run, b: Run, names: tuple[str, str], out: Path) -> None:
    """The chart as a file; its name's ending says in which format."""
    spec = chart({"A": a, "B": b}, names)
    suffix = out.suffix[1:].lower()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(out, content(spec, suffix))
    except OSError as error:
        raise ReportError(
            f"Cannot write {out}: {error.strerror}.", hint="Choose another file with --out."
        ) from error


def usual_name(names: tuple[str, str]) -> Path:
    """The chart's file when none is given: in the current folder, named after the runs."""
    return Path(re.sub(r"[^\w.=-]+", "-", f"compare-{names[0]}-{names[1]}") + ".svg")


def require_format(out: Path) -> None:
    """Raises ReportError for an ending that names no format."""
    if out.suffix[1:].lower() not in FORMATS:
        raise ReportError(
            f"{out} is not the name of a picture.", hint=f"It ends in one of: .{', .'.join(FORMATS)}."
        )


def content(spec: dict[str, Any], suffix: str) -> bytes:
    """The spec in one of the formats, in the light palette."""
    if suffix == "json":
        return (concrete(dumps(plain(spec), indent=1, ensure_ascii=False)) + "\n").encode()
    where = "The comparison"
    svg = concrete(vega.svg(spec, where))
    if suffix == "png":
        return vega.png(svg, where)
    return vega.pdf(svg, where) if suffix == "pdf" else svg.encode()


def chart(runs: Runs, names: tuple[str, str]) -> dict[str, Any]:
    """The whole chart as Vega-Lite: a key, the losses, the accuracies."""
    parts = alt.vconcat(_key(names), _losses(runs), _accuracies(runs), spacing=14)
    frame = {"background": PALETTE["paper"][0], "padding": 16}
    return parts.to_dict() | {"config": theme() | frame, "description": f"{names[0]} (A) and {names[1]} (B)"}


def _key(names: tuple[str, str]) -> alt.LayerChart:
    """Which line is which run."""
    rows = [{"run": letter, "text": f"{letter}: {name}"} for letter, name in zip(DASHES, names, strict=True)]
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("run:N", axis=None))
    lines = base.mark_rule(strokeWidth=2, color=color("ink"))
    lines = lines.encode(x=alt.value(0), x2=alt.value(44), strokeDash=_dash())
    texts = base.mark_text(align="left", fontSize=12, color=color("ink"))
    return layered(lines, texts.encode(x=alt.value(54), text="text:N")).properties(width=WIDTH, height=40)


def _dash() -> alt.StrokeDash:
    scale = alt.Scale(domain=list(DASHES), range=list(DASHES.values()))
    return alt.StrokeDash("run:N", scale=scale, legend=None)


def _losses(runs: Runs) -> alt.LayerChart:
    """On a log scale; each curve is named at its end."""
    values = np.concatenate([getattr(run, f"{name}_loss") for run in runs.values() for name in SERIES])
    known = np.maximum(values[np.isfinite(values)], LOSS_FLOOR)
    low, high = (known.min(), known.max()) if len(known) else (LOSS_FLOOR, 1.0)
    domain = [float(low) / 3, float(high) * 3]
    y = alt.Y("value:Q", axis=loss_axis(), scale=alt.Scale(type="log", domain=domain, nice=False))
    every = product(runs, SERIES)
    labels = _at_ends(runs, every, "loss", lambda loss: np.log(np.maximum(loss, LOSS_FLOOR)), np.log(domain))
    return _panel(runs, "loss", LOSS_FLOOR, y, labels).properties(title="Loss")


def _accuracies(runs: Runs) -> alt.LayerChart:
    """A test curve is named where it rises, since all end alike; the others at their end."""
    domain = (0, 1.08)
    y = alt.Y("value:Q", scale=alt.Scale(domain=domain, nice=False),
              axis=alt.Axis(title="accuracy", format="%", values=[0, 0.25, 0.5, 0.75, 1]))  # fmt: skip
    labels = []
    for (name, run), part in zip(runs.items(), RISEN, strict=True):
        if run.test_accuracy[-1] > LEARNED:
            height = run.test_accuracy[0] + part * (run.test_accuracy[-1] - run.test_accuracy[0])
            labels.append({
                "x": crossing_step(run, height), "px": float(HEIGHT * (1 - height / domain[1])) + 6,
                "text": f"test {name}", "series": "test", "align": "left", "dx": 8,
            })  # fmt: skip
    named = {label["text"] for label in labels}
    others = [(name, series) for name, series in product(runs, SERIES) if f"{series} {name}" not in named]
    labels += _at_ends(runs, others, "accuracy", lambda share: share, domain)
    return _panel(runs, "accuracy", None, y, labels).properties(title="Accuracy")


def _at_ends(runs: Runs, wanted: Iterable[tuple[str, str]], metric: str, scale: Callable[[Any], Any],
             domain: Sequence[float] | np.ndarray) -> list[Label]:  # fmt: skip
    """A label right of the last finite value of each wanted curve (run, series), none over another."""
    labels: list[Label] = []
    for name, series in wanted:
        values = getattr(runs[name], f"{series}_{metric}")
        finite = np.flatnonzero(np.isfinite(values))
        if len(finite):
            part = (scale(values[finite[-1]]) - domain[0]) / (domain[1] - domain[0])
            end = {"x": int(runs[name].steps[finite[-1]]), "px": float(HEIGHT * (1 - part))}
            labels.append(end | {"text": f"{series} {name}", "series": series, "align": "left", "dx": 6})
    ends = sorted({label["x"] for label in labels})
    return [label for x in ends for label in _spread([label for label in labels if label["x"] == x])]


def _spread(labels: list[Label]) -> list[Label]:
    """Labels moved down, and at the bottom up again, until none is nearer to the next than APART."""
    labels = sorted(labels, key=lambda label: label["px"])
    for upper, lower in pairwise(labels):
        lower["px"] = max(lower["px"], upper["px"] + APART)
    lowest = float(HEIGHT)
    for label in reversed(labels):
        label["px"] = min(label["px"], lowest)
        lowest = label["px"] - APART
    return labels


def _panel(runs: Runs, metric: str, floor: float | None, y: alt.Y, labels: list[Label]) -> alt.LayerChart:
    rows = [row | {"run": name} for name, run in runs.items() for row in curves(run, metric, floor=floor)]
    last = max(int(run.steps[-1]) for run in runs.values())
    x = alt.X("step:Q", axis=step_axis(), scale=alt.Scale(domain=[0, last], nice=False))
    hues = alt.Scale(domain=list(SERIES), range=[color(name) for name in SERIES])
    lines = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(clip=True)
        .encode(x=x, y=y, color=alt.Color("series:N", scale=hues, legend=None), strokeDash=_dash())
    )
    return layered(lines, *map(_label, labels)).properties(width=WIDTH, height=HEIGHT)


def _label(label: Label) -> alt.Chart:
    mark = alt.Chart(alt.Data(values=[{"step": label["x"]}])).mark_text(
        text=label["text"], align=label["align"], dx=label["dx"], baseline="middle",
        fontSize=12, fontWeight=500, color=color(label["series"]),
    )  # fmt: skip
    placed: alt.Chart = mark.encode(x="step:Q", y=alt.value(label["px"]))
    return placed
