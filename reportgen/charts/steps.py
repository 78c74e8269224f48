"""Marks that follow the training step, and numbers short enough to travel.

Values over steps travel as one array per mark (`by_step`). From that one form come the static
frames, the data of the live view, and a self-contained Vega-Lite file with a slider.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from math import gcd
from typing import Any, Self

import altair as alt
import numpy as np
from narwhals.typing import IntoDataFrame

from reportgen.charts.theme import color
from reportgen.files.arrays import Array
from reportgen.files.strict_json import dumps, plain
from reportgen.store.run import Run

STEP = "step"  # the param of the current training step
NEURON = "neuron"  # the param of the highlighted neuron, −1 for none
Row = dict[str, Any]  # of a dataset: column → number, text, or the list of a number's values by step
Column = Sequence[Any] | Array
_drawing = ContextVar("drawing", default=False)


def step_param(run: Run) -> alt.Parameter:
    """The current training step; starts at the end."""
    return alt.param(name=STEP, value=int(run.snapshot_steps[-1]))


def neuron_param() -> alt.Parameter:
    """The neuron that the reader points at, by its number in the group; −1 for none."""
    return alt.param(name=NEURON, value=-1)


def spacing(steps: Sequence[int]) -> int:
    """The largest number of steps of which all snapshots are multiples, but for the end, which need not be one."""
    return gcd(*steps[1:-1]) or steps[-1]


def snapshot_index(run: Run) -> str:
    """The Vega expression for the snapshot at the current step."""
    steps, last = run.snapshot_steps, len(run.snapshot_steps) - 1
    end, every = int(steps[-1]), spacing(steps.tolist())
    places = np.abs(np.arange(0, end, every)[:, None] - steps).argmin(axis=1)
    at = f"round({STEP} / {every})"
    if len(np.unique(np.diff(steps[:-1]))) > 1:  # more snapshots at some times than at others
        at = f"{places.tolist()}[{at}]"
    return f"{STEP} >= {end} ? {last} : min({last}, {at})"


def at_snapshot(run: Run, values: Sequence[float]) -> str:
    """The Vega expression for the one of these values, one for each snapshot, at the current step."""
    return f"{json.dumps(list(values))}[{snapshot_index(run)}]"


def stepped(run: Run, name: str, columns: Mapping[str, Column], values: Array,
            digits: int = 4) -> alt.Chart:  # fmt: skip
    """A chart of marks whose `value` follows the step.

    columns describe each mark, all of one length n; values (S, n) are theirs at each snapshot,
    kept to `digits` significant digits. The rows also get `cell`, their number, by which the live
    view finds their value. On the page many values have 8 bits each, enough to look at; a figure that
    computes with them asks for 16: `digits=5` here, and `usermeta={"bits": 16}` on its finished
    chart.
    """
    plain = {key: _plain(column) for key, column in columns.items()}
    arrays = rounded(np.asarray(values).T, digits)
    rows = [
        {**{key: column[i] for key, column in plain.items()}, "cell": i, "by_step": arrays[i]}
        for i in range(len(arrays))
    ]
    chart = alt.Chart(_data(rows, name=name)).add_params(step_param(run))
    return chart.transform_calculate(value=f"datum.by_step[{snapshot_index(run)}]")


def stepped_points(run: Run, name: str, columns: Mapping[str, Column], points: Array) -> alt.Chart:
    """A chart of marks whose `x` and `y` follow the step: points (S, n, 2), columns as in `stepped`.

    Each point travels as two rows, one a coordinate, which Vega joins again.
    """
    count = points.shape[1]
    pairs: dict[str, Column] = {key: np.repeat(column, 2) for key, column in columns.items()}
    pairs |= {"axis": ["x", "y"] * count}
    chart = stepped(run, name, pairs, points.reshape(len(points), -1))
    return chart.transform_pivot("axis", value="value", groupby=list(columns))


def quantised(values: Array, bits: int = 8) -> tuple[Array, float]:
    """Values as signed whole numbers of 8 or 16 bits, and what one of them stands for.

    Eight bits are half a percent of the range, less than an eye can tell in a colour or a line. The lowest
    number of all, −128 or −32768, is for what is not finite: no other value has it.
    """
    most = 2 ** (bits - 1) - 1
    finite = np.isfinite(values)
    scale = float(np.abs(values[finite]).max(initial=0) or 1.0) / most
    whole = np.round(np.where(finite, values, 0) / scale)
    return np.where(finite, whole, -most - 1).astype(f"<i{bits // 8}"), scale


class Rows(str):
    """A dataset's rows in the guise of a text: Altair would walk through every number of a list, and copy it.

    That takes seconds for the weights of a whole training.
    """

    rows: list[Row]

    def __new__(cls, text: str, rows: list[Row]) -> Self:
        made = super().__new__(cls, text)
        made.rows = rows
        return made

    def __reduce__(self) -> tuple[type["Rows"], tuple[str, list[Row]]]:  # for copies
        return Rows, (str(self), self.rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and self.rows == other.rows

    __hash__ = str.__hash__


@contextmanager
def rows_kept() -> Iterator[None]:
    """Datasets made in here are never written as JSON: whoever draws takes the rows from the chart."""
    token = _drawing.set(True)
    try:
        yield
    finally:
        _drawing.reset(token)


def named(name: str, rows: Sequence[Row] | IntoDataFrame) -> alt.Data:
    """Rows, or a data frame, as a named dataset, which also goes into the figure's CSV."""
    return _data(_json_rows(rows), name=name)


def unnamed(rows: Sequence[Row] | IntoDataFrame) -> alt.Data:
    """Rows of a mark that shows no data, such as a circle to compare with: they are not in the CSV."""
    return _data(_json_rows(rows))


def _json_rows(rows: Any) -> list[Row]:
    """Rows in JSON's types, but for NaN and infinities: who draws counts them. Raises TypeError for others.

    A data frame is taken as Altair takes it, through narwhals; what it lacks is null.
    """
    given = rows if isinstance(rows, list | tuple) else alt.to_values(rows)["values"]
    found: list[Row] = plain(given, finite=False)
    return found


def _data(rows: list[Row], **name: str) -> alt.Data:
    """Rows of numbers and texts: as JSON, as a notebook needs them, or as `Rows`, for drawing.py to take out."""
    text = f"{len(rows)} rows" if _drawing.get() else dumps(plain(rows))
    return alt.Data(values=Rows(text, rows), format=alt.JsonDataFormat(type="json"), **name)


def rounded(values: Array, digits: int = 4) -> list[Any]:
    """Nested lists with `digits` significant digits: halves what travels over the network."""
    values = np.asarray(values, dtype=float)
    finite = np.isfinite(values) & (values != 0)
    size = np.floor(np.log10(np.abs(np.where(finite, values, 1))))
    factor = 10.0 ** np.clip(digits - 1 - size, 0, 15)
    short: list[Any] = np.where(finite, np.round(values * factor) / factor, values).tolist()
    return short


def _plain(column: Column) -> list[Any]:
    plain: list[Any] = np.asarray(column).tolist()
    return plain


def step_axis(title: str | None = "training step") -> alt.Axis:
    """Steps with few, round ticks: 0, 10k, 20k."""
    label = "datum.value == 0 ? '0' : format(datum.value, '~s')"
    return alt.Axis(title=title, labelExpr=label, tickCount=5, labelFlush=True)


def layered(*charts: alt.Chart | alt.LayerChart) -> alt.LayerChart:
    """Charts over each other; none has facets."""
    made = alt.layer(*charts)
    assert isinstance(made, alt.LayerChart)
    return made


def step_rule(run: Run) -> alt.Chart:
    """The vertical hairline at the current step."""
    rule: alt.Chart = (
        alt.Chart(alt.Data(values=[{}]))
        .mark_rule(color=color("ink"), strokeWidth=1, opacity=0.55)
        .encode(x=alt.X("at:Q"))
        .transform_calculate(at=STEP)
        .add_params(step_param(run))
    )
    return rule
