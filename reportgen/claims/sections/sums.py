"""The claims on what the models of section 6 are shown: which sums, in which order, and treated alike or not."""

from collections.abc import Sequence

import numpy as np

from reportgen import analysis
from reportgen.claims.registry import Finding, claim, number, percent, step
from reportgen.claims.verdicts import proportion
from reportgen.store.run import Run

Arm = tuple[bool, bool, int]  # one order only; a and b share their projection; training pairs
ALIKE, APART = 2.0, 3.0  # times as long, at most and at least
SPARSE = 0.8  # of W_input's energy in its strongest frequencies, at least
STRONGEST = 3  # frequencies, of the 33


def arms(runs: Sequence[Run]) -> dict[Arm, list[Run]]:
    """The runs by what they are trained on."""
    found: dict[Arm, list[Run]] = {}
    for run in runs:
        one_order, shared = analysis.modular_task(run).symmetric, analysis.modular_model(run).tied_in_proj
        found.setdefault((one_order, shared, analysis.train_size(run)), []).append(run)
    return found


def median_step(runs: Sequence[Run]) -> float:
    """The median step at which they generalise; one that does not counts as its last step."""
    return float(np.median([analysis.generalises_by(run) for run in runs]))


@claim(
    "C30",
    "sums",
    kind="typical",
    whose="ours",
    text="Seeing pairs in both orders brings generalising sooner because it shows more sums, not because of the order.",
    threshold="The model treats a and b alike. By the median step at which seeds generalise, the end of training for one "
    f"that does not: as many distinct sums in one order take at most {number(ALIKE)} times as long as pairs in both "
    f"orders, and the main model's fewer sums at least {number(APART)} times as long.",
)
def more_sums_matter(runs: Sequence[Run]) -> Finding:
    found = {(one, size): part for (one, shared, size), part in arms(runs).items() if shared}
    one_order, both = (sorted(size for one, size in found if one is kind) for kind in (True, False))
    if len(one_order) < 2 or not both:
        return Finding(None, "The sweep lacks one of the three kinds of training sets.")
    few, many, ordered = found[True, one_order[0]], found[True, one_order[-1]], found[False, both[0]]
    parts = [
        f"{words} {number(analysis.train_size(part[0]))} pairs {step(round(median_step(part)))} "
        f"({sum(analysis.grokking_step(run) is not None for run in part)} of {len(part)} seeds generalise)"
        for words, part in (("one order,", few), ("one order,", many), ("both orders,", ordered))
    ]
    return Finding(
        median_step(many) <= ALIKE * median_step(ordered) and median_step(few) >= APART * median_step(many),
        f"The median steps: {'; '.join(parts)}.",
    )


@claim(
    "C31",
    "sums",
    kind="typical",
    whose="ours",
    text="A model that treats a and b differently is as sparse in frequencies, once it generalises.",
    threshold=f"With projections of their own for a and b, some seed generalises, and in every one that does the {STRONGEST} "
    f"strongest of all frequencies hold at least {percent(SPARSE)} of W_input's energy.",
)
def circles_without_symmetry(runs: Sequence[Run]) -> Finding:
    own = [run for (_, shared, _), part in arms(runs).items() if not shared for run in part]
    good = [run for run in own if analysis.grokking_step(run) is not None]
    shares = [analysis.strongest_share(run, STRONGEST) for run in good]
    sample = proportion(sum(share >= SPARSE for share in shares), len(good), "seeds that generalise")
    if not good:
        return Finding(False, f"None of {len(own)} seeds generalises.", sample=sample)
    least = min(shares)
    return Finding(
        least >= SPARSE,
        f"{len(good)} of {len(own)} seeds generalise; the {STRONGEST} strongest frequencies hold {percent(least)} to "
        f"{percent(max(shares))} of the energy.",
        sample=sample,
    )
