"""The named numbers that prose, captions and tables quote: of a run, or of what needs no run.

Everything is a plain int, float, str, list, dict or None; None means that it never happened or
could not be measured, so every sentence that quotes such a fact needs a form without it.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

from reportgen import analysis
from reportgen.analysis import construction
from reportgen.experiments.problems import problem
from reportgen.store.run import Run

PRUNING_LEVELS = (0.1, 0.05, 0.03)  # of the largest distractor weight
NEURON_COUNTS = range(3, 13)  # of the circular construction


def describe(run: Run, name: str | None = None) -> dict:
    """All facts of a run, by the kind of experiment (its own name unless another is given)."""
    special = _SPECIAL.get(name or run.name.removesuffix("-search"), lambda run: {})
    return {fact: plain(value) for fact, value in (_common(run) | special(run)).items()}


@cache
def without_runs() -> dict[str, dict]:
    """Facts that need no training, by the name under which they are quoted."""
    return {"construction": {fact: plain(value) for fact, value in _construction().items()}}


def plain(value: object) -> object:
    """Python numbers instead of NumPy's, and None instead of numbers that are not finite."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def _common(run: Run) -> dict:
    moments, sizes = analysis.moments(run), problem(run.config).example_counts
    return {
        "seed": run.config.seed,
        "steps": run.config.training.steps,
        "train_size": sizes["train"],
        "test_size": sizes["test"],
        "t_mem": moments["memorises"],
        "t_gen": moments["generalises"],
        "t10": analysis.crossing_step(run, 0.1),
        "t90": analysis.crossing_step(run, 0.9),
        "test_accuracy_at_mem": analysis.metric_at(run, "test_accuracy", moments["memorises"]),
        "train_accuracy_end": run.train_accuracy[-1],
        "test_accuracy_end": run.test_accuracy[-1],
        "train_loss_end": run.train_loss[-1],
        "test_loss_end": run.test_loss[-1],
        "weight_norm_start": run.weight_norm[0],
        "weight_norm_end": run.weight_norm[-1],
        "moments": moments,
    }


def _modular(run: Run) -> dict:
    """Facts of any modular model in the frequency domain."""
    task, found = analysis.modular_task(run), analysis.neurons(run)
    spectrum, used = analysis.input_spectrum(run), analysis.used_frequencies(run)
    naive = spectrum.coefficient_frequency[-1]
    return {
        "neurons": run.config.model.neurons,
        "embedding_size": analysis.modular_model(run).embedding_size,
        "modulus": task.modulus,
        "pairs": sum(problem(run.config).example_counts.values()),
        "parameters": sum(matrix.size for matrix in run.final.values()) or None,
        "frequencies": list(used),
        "frequency_count": len(used),
        "neurons_per_frequency": used,
        "neurons_used": int(found.used.sum()),
        "neurons_naive_differs": int((naive != found.frequency).sum()),
        "amplitude_min": found.amplitude.min(),
        "share_start": np.median(spectrum.share[0]),
        "share_end": np.median(spectrum.share[-1]),
        "share_noise": analysis.noise_share(task.modulus),
    }


def _copies(run: Run) -> dict:
    """Facts of the main model alone: how sparse its transform is, and how its groups vote."""
    modulus, found = analysis.modular_task(run).modulus, analysis.votes(run)
    error = analysis.group_phase_error(run)
    cosines = [vote.cosine for vote in found.groups.values()]
    facts = {
        "cells": modulus // 2 + 1,
        "phase_error_degrees": None if error is None else np.degrees(error),
        "ordered_pairs": modulus**2,
        "votes_right": found.right if found.groups else None,
        "votes": [{"frequency": f, "cosine": v.cosine, "sine": v.sine} for f, v in found.groups.items()],
        "vote_cosine_min": min(cosines, default=None),
        "vote_cosine_max": max(cosines, default=None),
        "vote_sine_max": max((vote.sine for vote in found.groups.values()), default=None),
    }
    for name, index in (("start", 0), ("end", -1)):
        facts[f"cells_{name}_in"] = analysis.cells_needed(run.w_input[index, :modulus])
        facts[f"cells_{name}_out"] = analysis.cells_needed(run.w_output[index].T)
    return facts


def _parity(run: Run) -> dict:
    task, start, end = analysis.parity_task(run), *_memorising(run)
    weights = run.w_input[-1], run.w_output[-1]
    turn = analysis.train_turn(run)
    return {
        "neurons": run.config.model.neurons,
        "digits": task.digits,
        "deciding": task.deciding,
        "distractors": task.digits - task.deciding,
        "live_neurons": int(analysis.live_neurons(*weights).sum()),
        "near_duplicates": len(analysis.near_duplicates(*weights)),
        "distractor_max_memorising": None if start is None
        else analysis.largest_distractor(run, start, end),
        "distractor_max_end": analysis.distractor_max(run)[-1],
        "train_loss_min": turn and turn.minimum,
        "train_loss_min_step": turn and turn.minimum_step,
        "train_loss_peak": turn and turn.peak,
        "train_loss_peak_step": turn and turn.peak_step,
        "train_loss_rise": turn and turn.ratio,
        "last_distractor": {str(x): analysis.stays_below(run, x) for x in PRUNING_LEVELS},
        "distractor_fall": analysis.fall(run.snapshot_steps, analysis.distractor_norm(run)),
        "test_loss_fall": analysis.fall(run.steps, run.test_loss, run.test_loss[-1]),
    }  # fmt: skip


def _memorising(run: Run) -> tuple[int | None, int]:
    """From memorising to generalising, or to the end."""
    generalised = analysis.grokking_step(run)
    end = int(run.steps[-1]) if generalised is None else generalised
    return analysis.memorisation_step(run), end


def _five_neurons(run: Run) -> dict:
    inward, outward = analysis.circle_weights(run)
    shape = analysis.geometry(inward[-1], outward[-1])
    degrees = np.degrees([*shape.evenness, np.abs(shape.doubling).max()])
    return _modular(run) | {
        "parameters": 4 * run.config.model.neurons,
        "accuracy_gap": np.abs(run.train_accuracy - run.test_accuracy).max(),
        "norm_ratio_in": shape.norm_ratio[0],
        "norm_ratio_out": shape.norm_ratio[1],
        "unevenness_in_degrees": degrees[0],
        "unevenness_out_degrees": degrees[1],
        "doubling_error_degrees": degrees[2],
    }


def _reverse(run: Run) -> dict:
    after, facts = analysis.reverse(run), _modular(run)
    names = ("test_loss_min", "test_loss_min_step", "test_loss_rise", "train_loss_at_min",
             "weight_norm_at_min", "test_accuracy_at_min", "test_loss_rescaled")  # fmt: skip
    if after is None:
        return facts | dict.fromkeys(names)
    shrink = after.weight_norm[0] / max(after.weight_norm[1], 1e-300)
    values = (after.minimum, after.minimum_step, after.ratio, after.train_loss[0],
              after.weight_norm[0], after.test_accuracy[0],
              analysis.rescaled_test_loss(run, shrink))  # fmt: skip
    return facts | dict(zip(names, values, strict=True))


def _there_and_back(run: Run) -> dict:
    found, facts = analysis.there_and_back(run), _modular(run)
    names = ("test_loss_min", "test_loss_min_step", "test_loss_peak", "test_loss_peak_step",
             "test_loss_rise", "below_step", "end_ratio")  # fmt: skip
    if found is None:
        return facts | dict.fromkeys(names)
    rise = found.rise
    values = (rise.minimum, rise.minimum_step, rise.peak, rise.peak_step,
              rise.ratio, found.below_step, found.end_ratio)  # fmt: skip
    return facts | dict(zip(names, values, strict=True))


def _construction() -> dict:
    """Appendix A: ReLU by number of neurons, x² and the linear read-out at the main modulus."""
    circle = analysis.Construction()
    even = replace(circle, modulus=circle.modulus - 1, activation="square")
    sizes = {str(n): replace(circle, neurons=n) for n in NEURON_COUNTS}
    linear = construction.linear_logits(circle.modulus)
    failure = construction.first_failure(circle)
    beyond = failure and construction.correct(replace(circle, modulus=failure))
    return {
        "modulus": circle.modulus,
        "pairs": circle.modulus**2,
        "neurons": circle.neurons,
        "limit_degrees": np.degrees(circle.limit),
        "right": {n: construction.correct(size).sum() for n, size in sizes.items()},
        "error_degrees": {
            n: np.degrees(np.nanmax(np.abs(construction.angular_errors(size)))) for n, size in sizes.items()
        },
        "lead_min": np.nanmin(construction.relative_leads(circle)),
        "lead_exact": 1 - np.cos(circle.step),
        "first_failure": failure,
        "first_failure_wrong": None if beyond is None else (~beyond).sum(),
        "linear_right": (construction.leads(linear) > construction.TIE).sum(),
        "linear_lowest": (construction.leads(-linear) > construction.TIE).sum(),
        "even_modulus": even.modulus,
        "even_pairs": even.modulus**2,
        "even_ties": (np.linalg.norm(construction.outputs(even), axis=-1) <= construction.TIE).sum(),
        "even_wrong": (~construction.correct(even)).sum(),
    }


_SPECIAL: dict[str, Callable[[Run], dict]] = {
    "modular": lambda run: _modular(run) | _copies(run),
    "parity": _parity,
    "parity-l2": _parity,
    "five-neurons": _five_neurons,
    "reverse": _reverse,
    "there-and-back": _there_and_back,
}
