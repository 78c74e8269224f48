"""Train and test loss of a run on a logarithmic scale, with its turns named."""

from collections.abc import Sequence

import altair as alt
import numpy as np

from reportgen.analysis import logged_losses
from reportgen.charts import LOSS_FLOOR, color, curve_chart, loss_axis, power_label


def loss_chart(run, notes: Sequence[dict], *, height: int = 230) -> alt.LayerChart:
    """The two curves; notes as for `curve_chart`, in data coordinates."""
    both = np.concatenate([run.train_loss, run.test_loss])
    finite = both[np.isfinite(both) & (both > 0)]
    domain = [max(float(finite.min()), LOSS_FLOOR) / 5, float(finite.max()) * 6]
    y = alt.Y("value:Q", axis=loss_axis(), scale=alt.Scale(type="log", domain=domain, nice=False))
    return curve_chart(run, "loss", notes, width=600, height=height, y=y, floor=LOSS_FLOOR)


def at_end(run, series: str, *, dy: int = -12) -> dict:
    """The curve's name at its right end."""
    values = getattr(run, f"{series}_loss")
    return {"x": int(run.steps[-1]), "y": max(float(values[-1]), LOSS_FLOOR), "text": series, "series": series,
            "align": "right", "dx": -4, "dy": dy}  # fmt: skip


def log_losses(run, steps: Sequence[int]) -> dict[str, list]:
    """Log10 of a sweep run's logged losses at those of the steps it has: {step, train, test}, one digit."""
    at = np.isin(run.steps, steps)
    train, test = (np.round(np.log10(values[at]), 1) for values in logged_losses(run))
    good = np.isfinite(train) & np.isfinite(test)
    return {"step": run.steps[at][good].tolist(), "train": train[good].tolist(), "test": test[good].tolist()}


def sweep_lines(x: alt.X, detail: str) -> alt.Chart:
    """The losses of many runs as thin lines, from rows with the lists of `log_losses`."""
    both = ["train", "test"]
    return (
        alt.Chart()
        .transform_flatten(["step", *both])
        .transform_fold(both, as_=["series", "log_loss"])
        .mark_line(strokeWidth=1.1, opacity=0.7, clip=True)
        .encode(
            x=x,
            y=alt.Y("log_loss:Q", scale=alt.Scale(domain=[-7.2, 1], nice=False),
                    axis=alt.Axis(title="loss", values=[-6, -4, -2, 0], labelExpr=power_label("datum.value"))),
            color=alt.Color("series:N", legend=None,
                            scale=alt.Scale(domain=both, range=[color(name) for name in both])),
            strokeDash=alt.StrokeDash("series:N", legend=None, scale=alt.Scale(domain=both, range=[[1, 0], [4, 2]])),
            detail=detail,
        )
    )  # fmt: skip
