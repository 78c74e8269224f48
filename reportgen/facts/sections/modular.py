"""The facts of sections 1 and 5: a modular model in the frequency domain, and how its groups vote."""

import numpy as np

from reportgen import analysis
from reportgen.experiments.problems import problem
from reportgen.facts.registry import Facts, of_run
from reportgen.store.run import Run

UNSEEN = 0.1  # test accuracy that still says nothing


@of_run("modular")
def main_model(run: Run) -> Facts:
    return (
        periodic(run)
        | _copies(run)
        | {
            "unseen": _unseen(run),
            "factors": _factors(run),
            "lead_alone": 1 - np.cos(2 * np.pi / analysis.modular_task(run).modulus),
            "lead_together": _lead(analysis.modular_task(run).modulus, list(analysis.used_frequencies(run))),
        }
    )


def periodic(run: Run) -> Facts:
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


def _copies(run: Run) -> Facts:
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


def _unseen(run: Run) -> Facts:
    """What goes on unseen: at the last snapshot before test accuracy passes 10 %, and at the end."""
    found, last = analysis.progress(run), analysis.last_before(run, UNSEEN)
    facts = {"energy_end": found.energy[-1], "rest_best": found.rest_accuracy.max()}
    names = ("step", "test", "waves", "filtered", "others", "rest", "energy", "length")
    if last is None:
        return facts | dict.fromkeys(names)
    step = int(run.snapshot_steps[last])
    lengths = run.weight_norm[run.steps <= step]
    values = (step, analysis.metric_at(run, "test_accuracy", step), found.waves_accuracy[last],
              analysis.filtered_accuracy(run, last), analysis.others_accuracy(run, last),
              found.rest_accuracy[last], found.energy[last], lengths[-1] / lengths.max())  # fmt: skip
    return facts | dict(zip(names, values, strict=True))


def _factors(run: Run) -> Facts:
    """What decay on the factors charges for, and how few directions it leaves."""
    least, paid = analysis.nuclear_norm(run), analysis.half_squares(run)
    rank = analysis.effective_rank(run)
    return {
        "nuclear_peak": least.max(),
        "nuclear_end": least[-1],
        "half_squares_start": paid[0],
        "half_squares_end": paid[-1],
        "excess_end": paid[-1] / least[-1] - 1 if least[-1] else None,
        "rank_start": rank[0],
        "rank_end": rank[-1],
    }


def _lead(modulus: int, frequencies: list[int]) -> float | None:
    """By how much the right answer leads the next, if equal cosine votes of these frequencies are averaged."""
    if not frequencies:
        return None
    offs = np.outer(np.arange(1, modulus), frequencies)
    return float(1 - np.cos(2 * np.pi * offs / modulus).mean(axis=1).max())
