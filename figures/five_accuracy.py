"""Nothing to memorise with.

The lead chart of section 4: train and test accuracy of the model with five neurons over all steps.
"""

import altair as alt

from reportgen.analysis import moments
from reportgen.charts import curve_chart
from reportgen.wording.numbers import step

RUNS = ("five-neurons",)
GROUP = "five-neurons"
LEAD = True
NAMED = 0.3  # of all steps: where the curves are named
CAPTION = (
    "Accuracy of the model with {{ five_neurons.neurons|words }} neurons on its "
    "{{ five_neurons.train_size|step }} training pairs and on the {{ five_neurons.test_size|step }} others. "
    "Move across the chart to choose a step; every figure of this section but the first follows."
)
ALT = (
    "Line chart of accuracy against training step. "
    "{% if five_neurons.accuracy_gap is not none %}Training and test accuracy never differ by more than "
    "{{ (100 * five_neurons.accuracy_gap)|number }} percentage points. {% endif %}"
    "{% if five_neurons.t_mem is not none %}Training accuracy reaches 99 % at step "
    "{{ five_neurons.t_mem|step }}.{% else %}Training accuracy does not stay at 99 %.{% endif %} "
    "{% if five_neurons.t_gen is not none %}Test accuracy reaches 99 % at step "
    "{{ five_neurons.t_gen|step }}.{% else %}Test accuracy does not stay at 99 %.{% endif %}"
)


def chart(runs) -> alt.LayerChart:
    run = runs["five-neurons"]
    y = alt.Y("value:Q", scale=alt.Scale(domain=[0, 1.08], nice=False),
              axis=alt.Axis(title="accuracy", format="%", values=[0, 0.25, 0.5, 0.75, 1]))  # fmt: skip
    return curve_chart(run, "accuracy", notes(run), width=600, height=220, y=y)


def notes(run) -> list[dict]:
    """Train named above the curves and test below them; and the step from which both, or test, are done."""
    last, when = int(run.steps[-1]), moments(run)
    at = int(run.steps.searchsorted(last * NAMED))
    train, test = float(run.train_accuracy[at]), float(run.test_accuracy[at])
    place = {"x": int(run.steps[at]), "align": "center", "dx": 0}
    found = [
        {**place, "y": max(train, test), "text": "train", "series": "train", "dy": -11},
        {**place, "y": min(train, test), "text": "test", "series": "test", "dy": 13},
    ]
    done = when["generalises"]
    if done is not None:
        both = done == when["memorises"]
        found.append({
            "x": last, "y": 1.0, "text": f"{'both' if both else 'test'}: 99\u00a0% from step {step(done)}",
            "series": None if both else "test", "align": "right", "dx": -8,
            "dy": 40,  # a late curve still climbs above the words
        })  # fmt: skip
    return found
