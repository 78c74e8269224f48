"""The facts of the sweeps that compare: three momenta, other training sets, and a search for accuracy that returns."""

from collections.abc import Sequence

import numpy as np

from reportgen import analysis
from reportgen.facts.registry import Facts, of_sweep
from reportgen.store.run import Run
from reportgen.wording.numbers import setting

TURN = 1.05  # train loss over its minimum, at least
STRONGEST = 3  # frequencies


@of_sweep("parity-momentum")
def parity_momentum(runs: Sequence[Run]) -> Facts:
    """By β1: of the models that memorise and then generalise, in how many train loss turns upward; medians."""
    by: dict[str, Facts] = {}
    for beta1 in sorted({run.config.training.beta1 for run in runs}):
        part = [run for run in runs if run.config.training.beta1 == beta1]
        learned = [run for run in part if analysis.memorised_first(run)]
        turns = [analysis.train_turn(run) for run in learned]
        steps = [analysis.grokking_step(run) for run in learned]
        by[setting(beta1)] = {
            "models": len(part),
            "learned": len(learned),
            "turned": sum(turn is not None and turn.ratio >= TURN for turn in turns),
            "t_gen_median": float(np.median([s for s in steps if s is not None])) if learned else None,
        }
    return {"by": by, "strongest": max(by), "weakest": min(by)}


@of_sweep("sums")
def sums(runs: Sequence[Run]) -> Facts:
    """By training set and projections: seeds, how many generalise, the median wait, sparsity in frequencies."""
    sizes = sorted({analysis.train_size(run) for run in runs if analysis.modular_task(run).symmetric})
    few, many = (sizes[0], sizes[-1]) if sizes else (None, None)
    seen = [analysis.mirrors(run).sums for run in runs if not analysis.modular_task(run).symmetric]
    arms = {
        "few": [run for run in runs if _is(run, one_order=True) and analysis.train_size(run) == few],
        "many": [run for run in runs if _is(run, one_order=True) and analysis.train_size(run) == many],
        "both": [run for run in runs if _is(run, one_order=False)],
        "apart": [run for run in runs if not analysis.modular_model(run).tied_in_proj],
    }
    return {
        "steps": runs[0].config.training.steps,
        "sums_min": min(seen, default=None),
        "sums_max": max(seen, default=None),
        **{name: _arm(part) for name, part in arms.items()},
    }


def _is(run: Run, *, one_order: bool) -> bool:
    return analysis.modular_task(run).symmetric is one_order and analysis.modular_model(run).tied_in_proj


def _arm(runs: Sequence[Run]) -> Facts:
    good = [run for run in runs if analysis.grokking_step(run) is not None]
    waits = [analysis.generalises_by(run) for run in runs]
    shares = [analysis.strongest_share(run, STRONGEST) for run in good]
    return {
        "models": len(runs),
        "train_size": analysis.train_size(runs[0]) if runs else None,
        "generalised": len(good),
        "wait_median": int(np.median(waits)) if waits else None,
        "strongest_min": min(shares, default=None),
        "strongest_max": max(shares, default=None),
    }


@of_sweep("back-settings")
def back_settings(runs: Sequence[Run]) -> Facts:
    """How many models' test accuracy falls by five points, from at least a half, and comes back; the deepest."""
    dips = [dip for run in runs if (dip := analysis.accuracy_dip(run)) is not None]
    found = [dip for dip in dips if dip.counts]
    deepest = max(found or dips, key=lambda dip: dip.depth, default=None)
    names = ("peak", "peak_step", "lowest", "lowest_step", "end")
    return {
        "returned": len(found),
        **{name: None if deepest is None else getattr(deepest, name) for name in names},
    }
