"""Five directions, evenly spread.

Each neuron's (cos, sin) pair as a point, on the way in and on the way out, by step.
"""

import altair as alt

from reportgen.analysis import around_circle
from reportgen.charts import circle_chart, doubled, rays

RUNS = ("five-neurons",)
GROUP = "five-neurons"
CAPTION = (
    "The weights of the tables as points, cosine to the right and sine upward. The numbers go around the "
    "first circle in the order in which the neurons end there. The ticks around the second circle stand at "
    "twice the angles of the first. A circle's radius is the longest vector of that step. "
    "Point at a neuron to find it in the other figures."
)
ALT = (
    "Two circles with {{ five_neurons.neurons|words }} numbered neurons on each, for the way in and the "
    "way out, over {{ five_neurons.steps|step }} training steps. They start in no order."
    "{% if five_neurons.unevenness_in_degrees is not none %} At the end every neuron is within "
    "{{ five_neurons.unevenness_in_degrees|number }}° of even spacing going in, and within "
    "{{ five_neurons.unevenness_out_degrees|number }}° going out.{% endif %}"
    "{% if five_neurons.doubling_error_degrees is not none %} Each angle going out is within "
    "{{ five_neurons.doubling_error_degrees|number }}° of twice the angle going in.{% endif %}"
)
SIZE = {"width": 247, "height": 190}


def chart(runs) -> dict[str, alt.LayerChart]:
    run = runs["five-neurons"]
    inward, outward = around_circle(run)
    return {
        "in": circle_chart(run, {"in": inward}, [rays], shown="in", title="W_in-proj: the way in", **SIZE),
        "out": circle_chart(run, {"in": inward, "out": outward}, [doubled("in"), rays], shown="out",
                            title="W_out-proj: the way out", **SIZE),
    }  # fmt: skip
