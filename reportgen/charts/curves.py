"""Losses and accuracies over all steps, with the moments named on the curves."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from reportgen.analysis import moments
from reportgen.charts.labels import tick_label
from reportgen.charts.steps import Row, layered, named, rounded, step_axis, step_rule
from reportgen.charts.theme import color
from reportgen.files.arrays import Array, Floats, Integers
from reportgen.store.run import Run
from reportgen.wording import numbers

SERIES_COLOR = alt.Scale(domain=["train", "test"], range=[color("train"), color("test")])
LOSS_FLOOR = 1e-12  # a loss of 0 has no place on a log scale
# A label beside a curve: x, y in data coordinates and its text; perhaps a series, whose colour it gets,
# how it is aligned, a baseline, and dx, dy in px.
Note = dict[str, Any]
NEAR = 0.2  # accuracies that end so close have their labels in one place
LEFT_OUT = 0.001  # of a curve's range: what a point may deviate that is left out
SERIES_DASH = alt.Scale(domain=["train", "test"], range=[[1, 0], [5, 3]])


def curves(run: Run, metric: str, *, floor: float | None = None) -> list[Row]:
    """Rows {step, value, series} of the train and test curve of "loss" or "accuracy".

    With a floor the curve is meant for a logarithmic scale, and no value lies below it.
    """
    rows = []
    for series in ("train", "test"):
        values = getattr(run, f"{series}_{metric}")
        values = values if floor is None else np.maximum(values, floor)
        shown = values if floor is None else np.log10(values)
        finite = shown[np.isfinite(shown)]
        (kept,) = simplified(run.steps, shown[None], LEFT_OUT * np.ptp(finite) if len(finite) else 0)
        rows += [
            {"step": int(step), "value": value, "series": series}
            for step, value in zip(run.steps[kept].tolist(), rounded(values[kept]), strict=True)
        ]
    return rows


def simplified(x: Array, lines: Floats, allowed: float) -> list[Integers]:
    """For each line (L, S) over x (S,), the indices that keep its look: the rest lies within `allowed`.

    Ramer 1972, Douglas and Peucker 1973, with vertical distances; all lines at once, which for thousands
    of short ones is much faster. Points that are not finite are left out.
    """
    place = np.flatnonzero(np.isfinite(lines))
    line, at = np.divmod(place, lines.shape[1])
    across, up = x[at].astype(float), lines.astype(float).ravel()[place]
    starts = np.flatnonzero(np.diff(line, prepend=-1))
    kept = np.unique(np.concatenate([starts, starts[1:] - 1, [len(place) - 1]])) if len(place) else starts
    while len(kept) > 1:
        counts = np.diff(kept)
        left, right = np.repeat(kept[:-1], counts), np.repeat(kept[1:], counts)
        run = across[right] - across[left]
        run[run == 0] = 1  # from the end of one line to the start of the next
        straight = up[left] + (up[right] - up[left]) * (across[: kept[-1]] - across[left]) / run
        distance = np.abs(up[: kept[-1]] - straight)
        farthest = np.maximum.reduceat(distance, kept[:-1])
        far = np.flatnonzero(distance == np.repeat(np.where(farthest > allowed, farthest, -1), counts))
        if not len(far):
            break
        first = np.diff(left[far], prepend=-1) > 0  # of those equally far between two kept points
        kept = np.union1d(kept, far[first])
    return np.split(at[kept], np.searchsorted(line[kept], np.arange(1, len(lines))))


def curve_chart(run: Run, metric: str, notes: Sequence[Note], *, width: int, height: int,
                y: alt.Y, floor: float | None = None) -> alt.LayerChart:  # fmt: skip
    """Train and test curve over all steps, the current step as a hairline, and direct labels."""
    last = int(run.steps[-1])
    x = alt.X("step:Q", axis=step_axis(), scale=alt.Scale(domain=[0, last], nice=False))
    # Of a run that diverged, no end is known.
    labels = [_note(note) for note in notes if np.isfinite(note["y"])]
    layers = [_lines(run, metric, floor, x, y), step_rule(run), *labels]
    if run.canonical is not None:  # a variant: the unchanged run behind it
        behind = _lines(run.canonical, metric, floor, x, y, suffix="_canonical")
        layers.insert(0, behind.mark_line(clip=True, strokeWidth=1, opacity=0.4))
    return layered(*layers).properties(width=width, height=height)


def _lines(run: Run, metric: str, floor: float | None, x: alt.X, y: alt.Y, suffix: str = "") -> alt.Chart:
    """The two curves of one run; `suffix` tells its dataset from another's."""
    drawn: alt.Chart = (
        alt.Chart(named(metric + suffix, curves(run, metric, floor=floor)))
        .mark_line(clip=True)
        .encode(
            x=x,
            y=y,
            color=alt.Color("series:N", scale=SERIES_COLOR, legend=None),
            strokeDash=alt.StrokeDash("series:N", scale=SERIES_DASH, legend=None),
        )
    )
    return drawn


def _note(note: Note) -> alt.Chart:
    """A label beside a curve; `series` gives its colour."""
    name = note.get("series")
    label: alt.Chart = (
        alt.Chart(alt.Data(values=[{"x": note["x"], "y": note["y"]}]))
        .mark_text(
            text=note["text"], align=note.get("align", "left"), baseline=note.get("baseline", "middle"),
            dx=note.get("dx", 8), dy=note.get("dy", 0), fontSize=12, fontWeight=500,
            color=color(name) if name else color("ink"), lineBreak="\n", lineHeight=15,
        )
        .encode(x=alt.X("x:Q"), y=alt.Y("y:Q"))
    )  # fmt: skip
    return label


def beside(x: float, last: float, far: float = 0.62) -> Note:
    """Which side of x a label fits on: {align, dx} for `curve_chart` notes."""
    return {"align": "right", "dx": -8} if x > far * last else {"align": "left", "dx": 8}


def accuracy_chart(run: Run, *, width: int, height: int) -> alt.LayerChart:
    """Train and test accuracy with the moments it memorises and generalises named on the curves."""
    last, when = int(run.steps[-1]), moments(run)
    memorised, generalised = when["memorises"], when["generalises"]
    notes: list[Note] = []
    if memorised is None:
        train, test = float(run.train_accuracy[-1]), float(run.test_accuracy[-1])
        above = generalised is None and abs(train - test) < NEAR  # the other label
        notes.append({"x": last, "y": max(train, test) if above else train, "text": "train", "series": "train",
                      "align": "right", "dx": -4, "dy": -28 if above else -12})  # fmt: skip
    else:
        notes.append({"x": memorised, "y": 1.0, "text": f"train: memorises by step {numbers.step(memorised)}",
                      "series": "train", **beside(memorised, last), "dy": -12})  # fmt: skip
    if generalised is None:
        notes.append({"x": last, "y": float(run.test_accuracy[-1]), "series": "test",
                      "text": "test: does not generalise", "align": "right", "dx": -4, "dy": -12})  # fmt: skip
    else:
        notes.append({"x": generalised, "y": 0.45, "text": f"test: generalises\nat step {numbers.step(generalised)}",
                      "series": "test", **beside(generalised, last)})  # fmt: skip
    y = alt.Y("value:Q", scale=alt.Scale(domain=[0, 1.08], nice=False),
              axis=alt.Axis(title="accuracy", format="%", values=[0, 0.25, 0.5, 0.75, 1]))  # fmt: skip
    return curve_chart(run, "accuracy", notes, width=width, height=height, y=y)


def line(name: str, steps: Integers, values: Floats, x: alt.X, y: alt.Y, **look: Any) -> alt.Chart:
    """One curve over steps, as a dataset of that name; what is not finite is left out. look: of the line."""
    good = np.isfinite(values)
    rows = [{"step": s, "value": v} for s, v in zip(steps[good].tolist(), rounded(values[good]), strict=True)]
    drawn: alt.Chart = alt.Chart(named(name, rows)).mark_line(**look).encode(x=x, y=y)
    return drawn


def loss_axis(title: str = "loss") -> alt.Axis:
    """Powers of ten, each written as one."""
    return alt.Axis(title=title, labelExpr=tick_label("datum.value"), tickCount=5)
