"""The facts of sections 1 and 5: a modular model in the frequency domain, and how its groups vote."""

import numpy as np

from reportgen import analysis
from reportgen.experiments.problems import problem
from reportgen.facts.registry import Facts, of_run
from reportgen.store.run import Run


@of_run("modular")
def main_model(run: Run) -> Facts:
    return periodic(run) | _copies(run)


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
