"""What was measured elsewhere: see data/measure.py."""

from reportgen import data

step_time = data("data/step_time.csv", title="Processor time of a step")
