"""A pentagon in, a star out.

The same points, with neighbours on the in-circle joined on both sides.
"""

import altair as alt

from reportgen.analysis import around_circle
from reportgen.charts import circle_chart, polygon

RUNS = ("five-neurons",)
GROUP = "five-neurons"
CAPTION = (
    "The same points. Lines join the neurons that end up as neighbours on the way in; the same pairs are "
    "joined on the way out. A circle's radius is the longest vector of that step."
)
ALT = (
    "Two circles with {{ five_neurons.neurons|words }} numbered neurons on each, for the way in and the way "
    "out, and the same neurons joined on both, over {{ five_neurons.steps|step }} training steps. "
    "{% if five_neurons.doubling_error_degrees is not none and five_neurons.doubling_error_degrees <= 10 "
    "and five_neurons.unevenness_in_degrees <= 10 %}"
    "The lines start out irregular. At the end they form a regular polygon with "
    "{{ five_neurons.neurons|words }} corners going in and a star with as many points going out."
    "{% else %}The lines stay irregular to the end.{% endif %}"
)
SIZE = {"width": 247, "height": 190}


def chart(runs) -> dict[str, alt.LayerChart]:
    run = runs["five-neurons"]
    inward, outward = around_circle(run)
    return {
        "in": circle_chart(run, {"in": inward}, [polygon], shown="in", title="W_in-proj: the way in", **SIZE),
        "out": circle_chart(run, {"out": outward}, [polygon], shown="out", title="W_out-proj: the way out",
                            **SIZE),
    }  # fmt: skip
