"""Copies of the circular algorithm inside a model: neurons grouped by frequency, and their votes.

A group is the neurons that use one frequency f at the end of training. What it adds to the logit
of answer c should follow cos(2πf(a + b − c)/P) (Nanda et al. 2023; Gromov 2023).
Dimensions as in numerics/models.py, with G groups and F frequencies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from reportgen.analysis import construction
from reportgen.analysis.curves import LEARNED
from reportgen.analysis.modular import Spectrum, modular_task, neurons, phase_errors
from reportgen.files.arrays import Array, Booleans, Floats, Integers
from reportgen.numerics.config import ModularTask
from reportgen.store.run import Run

MOST = 0.95  # of a transform's energy, when asking how many cells hold it


def frequency_groups(run: Run, *, used: bool = True) -> dict[int, Integers]:
    """Frequency → the neurons that use it at the end, in the order of their input phase.

    With used=False every neuron belongs to its frequency, however small its amplitude.
    """
    found = neurons(run)
    shown = found.order[found.used[found.order] | (not used)]
    frequencies = found.frequency[shown]
    return {int(f): shown[frequencies == f] for f in np.unique(frequencies)}


def commonest(groups: dict[int, Integers], at_most: int) -> dict[int, Integers]:
    """The largest groups by ascending frequency; a tie goes to the lower one."""
    kept = sorted(groups, key=lambda f: (-len(groups[f]), f))[:at_most]
    return {f: groups[f] for f in sorted(kept)}


def cells_needed(matrix: Floats) -> float:
    """How many cells per neuron hold 95 % of the energy of the transform of a matrix (P, H).

    A cell is a neuron at one frequency, cosine and sine together, or at the constant. NaN where
    there is no energy to share out.
    """
    spectrum = Spectrum.of(matrix)
    cells = np.append(spectrum.constant**2, spectrum.amplitude**2)
    if not cells.sum() > 0:
        return float("nan")
    held = np.cumsum(np.sort(cells)[::-1]) / cells.sum()
    return float((held < MOST).sum() + 1) / int(matrix.shape[-1])


def group_phase_error(run: Run) -> float | None:
    """The largest |out-phase − 2·in-phase| among neurons in groups; None without any."""
    used = neurons(run).used
    return float(np.abs(phase_errors(run)[used]).max()) if used.any() else None


def activations(w_input: Floats, modulus: int) -> Floats:
    """(P², H) after ReLU for every ordered pair; row a·P + b. w_input is (P, H) or (2P, H)."""
    first, second = w_input[:modulus], w_input[-modulus:]  # b's own half, if it has one
    sums: Floats = first[:, None] + second[None]
    active: Floats = np.maximum(sums.reshape(modulus**2, -1).astype(float), 0)
    return active


def answers(w_input: Floats, w_output: Floats) -> Integers:
    """(P²,) the answer with the largest logit for every ordered pair, from (…, H) and (H, P)."""
    logits: Floats = activations(w_input, w_output.shape[1]) @ w_output.astype(float)
    largest: Integers = logits.argmax(axis=1)
    return largest


def right_answers(modulus: int) -> Integers:
    """(P²,) a + b mod P for every ordered pair."""
    numbers = np.arange(modulus)
    return ((numbers[:, None] + numbers) % modulus).ravel()


def pair_rows(pairs: Integers, modulus: int) -> Integers:
    """The place of each pair (n, 2) among all ordered ones: a·P + b."""
    return pairs[:, 0] * modulus + pairs[:, 1]


def pairs_among_all(pairs: Integers, task: ModularTask) -> Booleans:
    """(P²,) whether an ordered pair is one of these, or where order does not matter the mirror of one."""
    found = np.zeros(task.modulus**2, bool)
    for way in (pairs, pairs[:, ::-1]) if task.symmetric else (pairs,):
        found[pair_rows(way, task.modulus)] = True
    return found


@dataclass(frozen=True)
class Vote:
    """How closely one group's logits, centred over c, follow its cosine.

    cosine, sine: shares of their energy over all P² pairs, with an amplitude for each pair. leads: whether
    no other component, the cosine or sine of another frequency, has as much.
    """

    cosine: float
    sine: float
    leads: bool


@dataclass(frozen=True)
class Votes:
    """Every group's vote by frequency; for how many of the P² pairs their sum peaks at a + b."""

    groups: dict[int, Vote]
    right: int


def votes(run: Run) -> Votes:
    """The groups' votes at the end of training."""
    modulus = modular_task(run).modulus
    hidden, w_output = activations(run.w_input[-1], modulus), run.w_output[-1].astype(float)
    total, found = np.zeros((modulus**2, modulus)), {}
    for frequency, members in frequency_groups(run).items():
        total += hidden[:, members] @ w_output[members]
        found[frequency] = vote(hidden[:, members], w_output[members], frequency)
    return Votes(found, int((total.argmax(axis=1) == right_answers(modulus)).sum()) if found else 0)


@cache
def _turns(modulus: int) -> tuple[Array, Array]:
    """exp(iωs) of the right answers (P², F) and of the numbers (P, F), for every frequency of an odd modulus."""
    turn = 2j * np.pi * np.arange(1, (modulus - 1) // 2 + 1) / modulus
    return np.exp(np.outer(right_answers(modulus), turn)), np.exp(np.outer(np.arange(modulus), turn))


def vote(active: Floats, weights: Floats, frequency: int) -> Vote:
    """The fit of logits, active (P², N) times weights (N, P), to cos(2πf(a + b − c)/P), and to all other components."""
    modulus = weights.shape[1]
    centred = weights - weights.mean(axis=1, keepdims=True)
    energy = ((active.T @ active) * (centred @ centred.T)).sum()
    if not energy > 0:
        return Vote(0.0, 0.0, False)
    at_answers, at_numbers = _turns(modulus)
    # Projection on exp(iω(s − c)): its real part is that on the cosine, the imaginary on the sine.
    waves = at_answers * (active @ (centred @ at_numbers.conj()))
    cosines, sines = ((part**2).sum(axis=0) * 2 / modulus / energy for part in (waves.real, waves.imag))
    own = frequency - 1
    others = np.append(np.delete(cosines, own), sines)
    return Vote(float(cosines[own]), float(sines[own]), bool(cosines[own] > others.max()))


def votes_by_size(runs: Sequence[Run]) -> tuple[dict[int, tuple[list[float], bool]], int]:
    """Neurons of a group → the cosine's share in each vote, and whether it leads in all; models whose sum is right.

    The sum is right where it is largest at the answer for 99 % of the ordered pairs.
    """
    by_size: dict[int, tuple[list[float], bool]] = {}
    right = 0
    for run in runs:
        found, members = votes(run), frequency_groups(run)
        right += found.right >= LEARNED * modular_task(run).modulus ** 2
        for frequency, vote in found.groups.items():
            shares, leads = by_size.get(len(members[frequency]), ([], True))
            by_size[len(members[frequency])] = [*shares, vote.cosine], leads and vote.leads
    return dict(sorted(by_size.items())), right


def constructed_share(neurons: int, modulus: int) -> float:
    """The cosine's share in the vote of the appendix's construction with so many neurons, ReLU."""
    made = construction.outputs(construction.Construction(modulus=modulus, neurons=neurons))
    return vote(made.reshape(modulus**2, 2), construction.embedding(modulus).T, 1).cosine
