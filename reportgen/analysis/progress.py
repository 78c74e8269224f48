"""How far the final waves have got, and what else there is, while test accuracy says nothing yet.

After Nanda et al. 2023 (arXiv 2301.05217): the part of the logits that depends on a + b alone, at the
frequencies the model ends on, answers by itself; and so does the rest. Theirs averages over all pairs, and then
what was memorised about the pairs trained on speaks through the average. Here it is taken over the pairs held
out. S snapshots, P modulus; losses are means over the outputs too.
"""

import math
from dataclasses import dataclass

import numpy as np

from reportgen.analysis.curves import crossing_step
from reportgen.analysis.group_votes import activations, pair_rows, pairs_among_all, right_answers
from reportgen.analysis.modular import Spectrum, fourier_basis, modular_task, used_frequencies
from reportgen.files.arrays import Array, Booleans, Floats, Integers
from reportgen.numerics.tasks import make_split
from reportgen.store.run import Run


@dataclass(frozen=True)
class Progress:
    """By snapshot, all (S,): steps; energy of W_input in the final frequencies, as a share.

    waves_accuracy, waves_loss: of the final waves alone, on the held-out pairs. rest_accuracy, rest_loss: of
    the logits without them, on the pairs trained on.
    """

    steps: Integers
    energy: Floats
    waves_accuracy: Floats
    waves_loss: Floats
    rest_accuracy: Floats
    rest_loss: Floats


def last_before(run: Run, accuracy: float) -> int | None:
    """The last snapshot before test accuracy first passes a value; None if it never does."""
    passed = crossing_step(run, accuracy)
    return None if passed is None else max(0, int(np.searchsorted(run.snapshot_steps, passed)) - 1)


def progress(run: Run) -> Progress:
    """The progress of every snapshot; NaN where no neuron uses a frequency at the end."""
    task, final = modular_task(run), list(used_frequencies(run))
    if not final:
        return Progress(run.snapshot_steps, *np.full((5, len(run.snapshot_steps)), np.nan))
    split, sums = make_split(run.config), right_answers(task.modulus)
    held_out = pairs_among_all(split.test[0], task)
    waves_of = _averaging(held_out, final)
    rows = []
    for w_in, w_out in zip(run.w_input, run.w_output, strict=True):
        logits = activations(w_in, task.modulus) @ w_out.astype(float)
        waves = (waves_of @ logits)[sums]
        alone, rest = waves + logits[held_out].mean(axis=0), logits - waves
        rows.append(
            [_energy(w_in[: task.modulus], final), *_judged(alone, *split.test), *_judged(rest, *split.train)]
        )
    return Progress(run.snapshot_steps, *np.array(rows).T)


def others_accuracy(run: Run, index: int) -> float:
    """What all frequencies but the final ones, in place of those, answer of the held-out pairs in one snapshot."""
    task, final = modular_task(run), used_frequencies(run)
    others = [f for f in range(1, (task.modulus - 1) // 2 + 1) if f not in final]
    if not others:
        return math.nan
    test = make_split(run.config).test
    held_out = pairs_among_all(test[0], task)
    logits = activations(run.w_input[index], task.modulus) @ run.w_output[index].astype(float)
    waves = (_averaging(held_out, others) @ logits)[right_answers(task.modulus)]
    return _judged(waves + logits[held_out].mean(axis=0), *test)[0]


def filtered_accuracy(run: Run, index: int) -> float:
    """What a snapshot answers of the test set if both its matrices keep only the mean and the final frequencies.

    No average over pairs is taken: each pair is answered by itself.
    """
    modulus, final = modular_task(run).modulus, used_frequencies(run)
    columns = fourier_basis(modulus)[:, [0, *(c for f in final for c in (2 * f - 1, 2 * f))]]
    kept = columns @ columns.T
    w_in = kept @ run.w_input[index].reshape(-1, modulus, run.w_input.shape[2])
    logits = activations(w_in.reshape(run.w_input[index].shape), modulus) @ (run.w_output[index] @ kept)
    return _judged(logits, *make_split(run.config).test)[0]


def _energy(w_input: Floats, final: list[int]) -> float:
    """The share of the energy of W_input (P, H) that lies in some frequencies; NaN where there is none."""
    spectrum = Spectrum.of(w_input)
    inside, total = (spectrum.amplitude[np.array(final) - 1] ** 2).sum(), spectrum.energy.sum()
    return float(inside / total) if total > 0 else math.nan


def _averaging(held_out: Booleans, final: list[int]) -> Floats:
    """(P, P²): from logits by pair to their mean over held-out pairs by sum, at the final frequencies of the sum."""
    modulus = math.isqrt(len(held_out))
    chosen = (right_answers(modulus) == np.arange(modulus)[:, None]) & held_out
    by_sum = chosen / np.maximum(chosen.sum(axis=1, keepdims=True), 1)
    columns = fourier_basis(modulus)[:, [c for f in final for c in (2 * f - 1, 2 * f)]]
    waves: Floats = columns @ (columns.T @ by_sum)
    return waves


def _judged(logits: Floats, pairs: Array, targets: Array) -> tuple[float, float]:
    """Accuracy and mean loss of logits (P², P) on some pairs."""
    chosen = logits[pair_rows(pairs, logits.shape[1])]
    chosen = chosen - chosen.max(axis=1, keepdims=True)
    at_target = chosen[np.arange(len(targets)), targets]
    losses = np.log(np.exp(chosen).sum(axis=1)) - at_target
    return float((chosen.argmax(axis=1) == targets).mean()), float(losses.mean() / logits.shape[1])
