"""Three digits decide; the rest distract.

A few training sequences, shaded by how strongly the model reads each digit while it memorises and
at the end.
"""

import altair as alt
import numpy as np

from reportgen.analysis import moments
from reportgen.charts import color, named
from reportgen.numerics.tasks import make_split
from reportgen.wording.numbers import step

RUNS = ("parity",)
SHOWN = 5
CELL = (20, 18)  # px
CAPTION = (
    "{{ 5|words|capitalize }} training sequences and their answers: 1 if the number of 1s among the first "
    "{{ parity.deciding|words }} digits is odd. The shading shows how strongly the model reads each "
    "digit, from its own weights."
)
ALT = (
    "Five sequences of {{ parity.digits }} binary digits with their answers, drawn twice. While the "
    "model memorises it reads all digits; at the end it reads only the first "
    "{{ parity.deciding|words }}, which decide the answer."
)


def chart(runs) -> dict[str, alt.LayerChart]:
    run = runs["parity"]
    memorised = moments(run)["memorises"]
    early = run.nearest_snapshot(run.steps[-1] // 10 if memorised is None else memorised)
    return {
        "memorising": sequences(run, early, f"Memorising, step {step(run.snapshot_steps[early])}"),
        "generalising": sequences(run, -1, f"At the end, step {step(run.snapshot_steps[-1])}"),
    }


def sequences(run, index: int, title: str) -> alt.LayerChart:
    examples, answers = (part[:SHOWN] for part in make_split(run.config).train)
    digits = run.config.task.digits
    reading = np.linalg.norm(run.w_input[index, :digits] * run.w_output[index, :, 0], axis=1)
    reading = reading / reading.max()
    rows = [
        {
            "sequence": i,
            "position": j + 1,
            "digit": int(examples[i, j]),
            "reading": round(float(reading[j]), 3),
        }
        for i in range(SHOWN)
        for j in range(digits)
    ]
    labels = [
        {"sequence": i, "position": digits + 2, "answer": f"→ {answer}"} for i, answer in enumerate(answers)
    ]
    axes = {"x": alt.X("position:O", axis=None, scale=alt.Scale(domain=list(range(1, digits + 3)))),
            "y": alt.Y("sequence:O", axis=None)}  # fmt: skip
    base = alt.Chart(named("digits", rows)).encode(**axes)
    cells = base.mark_rect(color=color("grokking"), stroke=color("faint"), strokeWidth=0.5).encode(
        opacity=alt.Opacity("reading:Q", scale=alt.Scale(domain=[0, 1], range=[0.02, 0.5]), legend=None)
    )
    text = base.mark_text(fontSize=11).encode(text="digit:N")
    answer = (
        alt.Chart(alt.Data(values=labels))
        .mark_text(fontSize=12, fontWeight=600)
        .encode(**axes, text="answer:N")
    )
    frame = alt.Chart(alt.Data(values=[{}])).mark_rect(fill=None, stroke=color("ink"), strokeWidth=1.5).encode(
        x=alt.value(0), x2=alt.value(CELL[0] * run.config.task.deciding),
        y=alt.value(0), y2=alt.value(CELL[1] * SHOWN),
    )  # fmt: skip
    return alt.layer(cells, text, answer, frame).properties(
        width=CELL[0] * (digits + 2), height=CELL[1] * SHOWN, title=title
    )
