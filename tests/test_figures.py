"""The article's own figures, drawn from made-up runs: what each has to show, whatever its runs did."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fixtures.article import FIGURES
from fixtures.made_up_runs import parity_run, ramp

from reportgen.drawing.draw import make_panels


def datasets(spec: Any) -> Iterator[tuple[str, list]]:
    """Every dataset of a chart: its name, "" for none, and its rows."""
    if isinstance(spec, dict):
        if isinstance(spec.get("values"), list):
            yield spec.get("name", ""), spec["values"]
        for value in spec.values():
            yield from datasets(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from datasets(value)


def test_waits_have_no_mark_for_models_that_are_not_there():
    """The sweep has one learning rate, so nothing of it stands beside the new models; a build would warn."""
    run = parity_run(train_accuracy=ramp((0, 0), (100, 1)), test_accuracy=ramp((0, 0), (900, 1)))
    training = replace(run.config.training, learning_rate=3e-3, weight_decay=0.1)
    models = [replace(run, config=replace(run.config, training=training))] * 5
    panels = make_panels(FIGURES["delay_law"], {"parity-sweep": models, "delay-law": models})
    names = {name: [n for n, _ in datasets(panel)] for name, panel in panels.items()}
    assert "models_rate" in names["rate"] and "sweep_rate" not in names["rate"]
