"""Which snapshots of a long run a picture shows: more where more changes."""

from dataclasses import replace

import altair as alt
import numpy as np
import vl_convert as vlc
from fixtures.made_up_runs import STEPS, modular_run, ramp

from reportgen.analysis import by_change, moments
from reportgen.charts.steps import snapshot_index


def long_run(**curves):
    """A snapshot at each of 101 saved steps; weights move evenly, but for the last quarter."""
    run = modular_run(**curves)
    moving = np.minimum(np.arange(len(STEPS)), 75)[:, None, None]
    return replace(
        run,
        snapshot_steps=STEPS,
        w_input=moving * np.ones_like(run.w_input[:1]),
        w_output=moving * np.ones_like(run.w_output[:1]),
    )


def test_there_are_more_where_accuracy_and_weights_change():
    """Start, end and every named moment are among them, and no more than were asked for, but for the moments."""
    run = long_run(train_accuracy=ramp((0, 0), (50, 1)), test_accuracy=ramp((0, 0), (500, 0), (600, 1)))
    kept = by_change(run, moments(run).values(), most=25)
    assert kept.snapshot_steps[0] == 0 and kept.snapshot_steps[-1] == 1000
    assert {50, 600} <= set(kept.snapshot_steps.tolist())
    assert 20 <= len(kept.snapshot_steps) <= 30
    during, after = (
        np.count_nonzero((kept.snapshot_steps >= low) & (kept.snapshot_steps < low + 100))
        for low in (500, 850)
    )
    assert during >= 3 * max(after, 1)
    at = np.searchsorted(run.snapshot_steps, kept.snapshot_steps)
    assert (kept.w_input == run.w_input[at]).all() and (kept.w_output == run.w_output[at]).all()


def test_a_short_run_and_one_in_which_nothing_changes():
    """Few snapshots are all shown; where nothing changes, or no weight is finite, the clock decides."""
    run = long_run()
    assert by_change(run, ()) is run
    still = replace(run, train_accuracy=0 * STEPS, test_accuracy=0 * STEPS, w_input=np.nan * run.w_input)
    assert len(by_change(still, (), most=11).snapshot_steps) >= 11


def test_a_file_by_itself_finds_the_snapshot_of_every_step():
    """The expression in Vega-Lite, against the nearest snapshot; the end need not be a multiple."""
    run = replace(modular_run(), snapshot_steps=np.array([0, 100, 200, 300, 800, 1300, 1730]))
    for step in (0, 100, 150, 160, 300, 540, 560, 800, 1300, 1700, 1730):
        found = evaluated(f"{snapshot_index(run).replace('step', str(step))}")
        nearest = {run.nearest_snapshot(near) for near in (step - 50, step, step + 50)}
        assert found in nearest if step % 100 else found == run.nearest_snapshot(step), step
    even = replace(run, snapshot_steps=np.array([0, 100, 200, 250]))
    assert "[" not in snapshot_index(even)


def evaluated(expression: str) -> int:
    """What Vega makes of it."""
    chart = alt.Chart(alt.Data(values=[{}])).mark_text().transform_calculate(n=expression).encode(text="n:N")
    svg = vlc.vegalite_to_svg(chart.to_json())
    return int(svg.split("</text>")[0].rsplit(">", 1)[1])
