"""The simpler task groks too.

The lead chart of section 2: train and test accuracy of the parity model over all steps.
"""

import altair as alt

from reportgen.charts import accuracy_chart

RUNS = ("parity",)
GROUP = "parity"
LEAD = True
CAPTION = (
    "Accuracy of the parity model on its {{ parity.train_size|step }} training sequences and on "
    "{{ parity.test_size|step }} others. Move across the chart to choose a step."
)
ALT = (
    "Line chart of accuracy against training step. "
    "{% if parity.t_mem is not none %}Training accuracy reaches 99 % at step {{ parity.t_mem|step }}, "
    "when test accuracy is {{ parity.test_accuracy_at_mem|percent }}"
    "{% else %}Training accuracy ends at {{ parity.train_accuracy_end|percent }}{% endif %}; "
    "{% if parity.t_gen is not none %}test accuracy reaches 99 % at step {{ parity.t_gen|step }}."
    "{% else %}test accuracy ends at {{ parity.test_accuracy_end|percent }}.{% endif %}"
)


def chart(runs) -> alt.LayerChart:
    return accuracy_chart(runs["parity"], width=600, height=220)
