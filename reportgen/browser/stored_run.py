"""A stored run as a page needs it to train the same run again: its settings, its measurements, its last weights.

A script, which a page on disk may load too; only who asks for a training loads it.
"""

import base64
import json

import numpy as np

from reportgen.browser.settings import fields, settings_of
from reportgen.files.arrays import Array
from reportgen.store.packing import METRICS
from reportgen.store.run import Run


def as_script(run: Run) -> bytes:
    """One call: `reportgen.stored(RUN)`, with RUN as StoredRun in templates/assets/contract.d.ts says."""
    training, shapes = run.config.training, {name: matrix.shape for name, matrix in run.final.items()}
    record = {
        "name": run.name,
        "config": run.config.as_dict(),
        "fields": fields(),
        "settings": settings_of(run.config),
        "steps": run.steps.tolist(),
        "snapshot_steps": run.snapshot_steps.tolist(),
        "every": [training.metrics_every, training.snapshots_every],
        "layout": {name: list(shape) for name, shape in shapes.items()},
        "metrics": {name: _packed(getattr(run, name), "<f8") for name in METRICS},
        "w_input": _packed(run.w_input[-1], "<f4"),
        "w_output": _packed(run.w_output[-1], "<f4"),
    }
    return f"reportgen.stored({json.dumps(record, allow_nan=False)});\n".encode()


def _packed(values: Array, kind: str) -> str:
    """Numbers in base64, little-endian."""
    return base64.b64encode(np.ascontiguousarray(values, kind).tobytes()).decode()
