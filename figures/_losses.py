"""Train and test loss of a run on a logarithmic scale, with its turns named."""

from collections.abc import Sequence

import altair as alt
import numpy as np

from reportgen.charts import curve_chart, loss_axis

FLOOR = 1e-12  # a loss of 0 has no place on a log scale


def loss_chart(run, notes: Sequence[dict], *, height: int = 230) -> alt.LayerChart:
    """The two curves; notes as for `curve_chart`, in data coordinates."""
    both = np.concatenate([run.train_loss, run.test_loss])
    finite = both[np.isfinite(both) & (both > 0)]
    domain = [max(float(finite.min()), FLOOR) / 5, float(finite.max()) * 6]
    y = alt.Y("value:Q", axis=loss_axis(), scale=alt.Scale(type="log", domain=domain, nice=False))
    return curve_chart(run, "loss", notes, width=600, height=height, y=y, floor=FLOOR)


def at_end(run, series: str, *, dy: int = -12) -> dict:
    """The curve's name at its right end."""
    values = getattr(run, f"{series}_loss")
    return {"x": int(run.steps[-1]), "y": max(float(values[-1]), FLOOR), "text": series, "series": series,
            "align": "right", "dx": -4, "dy": dy}  # fmt: skip
