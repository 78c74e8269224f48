"""The data a reader can take away: weights as .npz, sweeps as CSV; and what a browser needs to train a run again.

Comes before the pages, which name the files and their sizes. The same runs give the same bytes.
"""

import io
from collections.abc import Mapping, Sequence

import numpy as np

from reportgen.browser.kernels import TO_REPEAT
from reportgen.browser.stored_run import as_script
from reportgen.experiments import Experiment
from reportgen.experiments.functions import Function
from reportgen.facts import run_table
from reportgen.files.npz import write_arrays
from reportgen.numerics.config import canonical_json
from reportgen.store.packing import METRICS, WEIGHTS
from reportgen.store.result import Result
from reportgen.store.run import Found, Run


def data_files(experiments: Mapping[str, Experiment], runs: Mapping[str, Found]) -> dict[str, bytes]:
    """Path on the site → content: weights of every single run, twice, what a function returned, a table of every sweep."""
    files = {path_of(experiments[name]): _content(experiments[name], found) for name, found in runs.items()}
    return files | {
        f"{TO_REPEAT}{name}.js": as_script(found) for name, found in runs.items() if isinstance(found, Run)
    }


def path_of(experiment: Experiment) -> str:
    """Where an experiment's data lie on the site."""
    if not experiment.single:
        return f"data/sweeps/{experiment.name}.csv"
    folder = "results" if isinstance(experiment, Function) else "weights"
    return f"data/{folder}/{experiment.name}.npz"


def _content(experiment: Experiment, found: Found) -> bytes:
    if isinstance(found, list):
        return table(experiment, found)
    return weights(found) if isinstance(found, Run) else returned(found)


def returned(result: Result) -> bytes:
    """What a function returned as one .npz that `np.load(allow_pickle=False)` reads: its arrays, and settings, JSON."""
    file = io.BytesIO()
    write_arrays(file, {**result, "settings": np.array(canonical_json(dict(result.settings)))})
    return file.getvalue()


def weights(run: Run) -> bytes:
    """A run as one .npz that `np.load(allow_pickle=False)` reads.

    steps (T,) and the metrics (T,) in float64; snapshot_steps (S,), w_input (S, K, H) and w_output
    (S, H, C) in float32; final_… the trained matrices in the precision of training; config, JSON.
    """
    arrays = {"steps": run.steps, "snapshot_steps": run.snapshot_steps}
    arrays |= {name: getattr(run, name) for name in (*METRICS, *WEIGHTS)}
    arrays |= {f"final_{name}": matrix for name, matrix in run.final.items()}
    arrays["config"] = np.array(canonical_json(run.config.as_dict()))
    file = io.BytesIO()
    write_arrays(file, arrays)
    return file.getvalue()


def table(experiment: Experiment, runs: Sequence[Run | Result]) -> bytes:
    """A sweep as `reportgen export` writes it."""
    text = io.StringIO()
    run_table.write_csv(text, experiment, runs)
    return text.getvalue().encode()
