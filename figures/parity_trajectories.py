"""How the weights come and go.

Every entry of W_input over training, in three groups: the deciding digits, the distractors, the
bias.
"""

import altair as alt
import numpy as np

from reportgen.analysis import moments, strongest_first
from reportgen.charts import color, named, rounded, simplified, step_axis, step_rule
from reportgen.wording import numbers

RUNS = ("parity",)
GROUP = "parity"
COLUMNS = 3
TOLERANCE = 0.0025  # of the weights' range: half a pixel
CAPTION = (
    "Every input weight over training. Most weights of the deciding digits grow and vanish again; those of the "
    "{{ parity.live_neurons|words }} neurons still in use at the end stay. The distractors shrink a little at a time."
)
ALT = (
    "Three line charts of all input weights against training step: deciding digits, distractors and "
    "bias. {% if parity.last_distractor['0.05'] is not none %}The last distractor weight falls below "
    "0.05 at step {{ parity.last_distractor['0.05']|step }}.{% else %}Distractor weights end at up to "
    "{{ parity.distractor_max_end|number }}.{% endif %}"
)


def chart(runs) -> dict[str, alt.LayerChart]:
    run = runs["parity"]
    task, limit = run.config.task, 1.05 * float(np.abs(run.w_input).max())
    groups = {
        "deciding": (slice(0, task.deciding), f"{task.deciding} deciding digits", "ink"),
        "distractors": (slice(task.deciding, task.digits), "distractors", "muted"),
        "bias": (slice(task.digits, None), "bias", "muted"),
    }
    return {name: lines(run, name, *group, limit) for name, group in groups.items()}


def lines(run, name: str, rows: slice, title: str, hue: str, limit: float) -> alt.LayerChart:
    w_input = run.w_input[:, rows, strongest_first(run)]
    inputs, neurons = (column.ravel().tolist() for column in np.indices(w_input.shape[1:]))
    weights = w_input.reshape(len(w_input), -1).T  # (lines, S)
    # Without the points that a straight line says as well.
    kept = simplified(run.snapshot_steps, weights, TOLERANCE * 2 * limit)
    data = [
        {"input": rows.start + i + 1, "neuron": n, "at": run.snapshot_steps[points].tolist(),
         "value": values[points].tolist()}
        for i, n, values, points in zip(inputs, neurons, np.array(rounded(weights, 3)), kept, strict=True)
    ]  # fmt: skip
    y = alt.Y("value:Q", scale=alt.Scale(domain=[-limit, limit], nice=False),
              axis=alt.Axis(title="weight", tickCount=5))  # fmt: skip
    curves = (  # a neuron's weights are one path with gaps: a path for each would take a second more
        alt.Chart(named(name, data))
        .transform_calculate(gap="sequence(length(datum.at) + 1)")
        .transform_flatten(["at", "value", "gap"])
        .mark_line(strokeWidth=0.7, opacity=0.5, color=color(hue), aria=False, order=False)
        .encode(
            x=alt.X("at:Q", axis=step_axis(), scale=alt.Scale(domain=[0, int(run.steps[-1])], nice=False)),
            y=y,
            detail="neuron:N",
        )
    )
    layers = [curves, step_rule(run)]
    pruned = moments(run)["pruned"]
    if name == "distractors" and pruned is not None:
        vanished = alt.Chart(alt.Data(values=[{"at": pruned}])).encode(x="at:Q", y=alt.datum(0))
        layers.append(vanished.mark_point(filled=True, size=40, opacity=1, color=color("ink")))
        layers.append(
            vanished.mark_text(text=f"all below 0.05\nfrom step {numbers.step(pruned)}", lineBreak="\n", align="left",
                       dx=4, dy=-34, color=color("ink"), fontSize=11)
        )  # fmt: skip
    return alt.layer(*layers).properties(width=212, height=212, title=title)
