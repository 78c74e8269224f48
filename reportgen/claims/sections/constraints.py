"""The claims on constraints: which sides of a model may be one matrix, and what softens the change.

The models of a pair have the same data, and start alike where they have the same matrices.
"""

from collections import defaultdict
from collections.abc import Sequence

from reportgen import analysis
from reportgen.analysis import SetUp
from reportgen.claims.registry import Finding, claim, number, percent
from reportgen.claims.verdicts import Sample, proportion
from reportgen.experiments.problems import problem
from reportgen.store.run import Run

BY_CHANCE = 0.05  # after correction for the number of set-ups
SOFT = 0.5  # (t90 − t10) / t90


def learned(runs: Sequence[Run]) -> int:
    """How many generalise."""
    return sum(analysis.grokking_step(run) is not None for run in runs)


@claim(
    "C19",
    "collapsed-both",
    kind="typical",
    whose="original",
    text="In the main model's set-up, a model with both sides collapsed does not generalise, whatever the decay.",
    threshold="Under every strength of L2 and L1, no seed reaches and keeps 99\u00a0% test accuracy. (This says nothing "
    "of other activations: with squares, collapsed models are known to generalise.)",
)
def both_collapsed(runs: Sequence[Run]) -> Finding:
    count, best = learned(runs), max(float(run.test_accuracy[-1]) for run in runs)
    evidence = f"{count} of {len(runs)} generalise; the best ends at {percent(best)}."
    return Finding(count == 0, evidence, sample=proportion(count, len(runs), "models"))


@claim(
    "C52",
    "collapsed-sums",
    kind="exists",
    whose="ours",
    text="With more sums to learn from, twice the neurons and L1, a model with both sides collapsed can generalise.",
    threshold="At least one seed reaches and keeps 99\u00a0% test accuracy.",
)
def more_sums(runs: Sequence[Run]) -> Finding:
    count, first = learned(runs), runs[0].config
    return Finding(
        count > 0,
        f"{count} of {len(runs)} seeds generalise, with {first.model.neurons} neurons and "
        f"{number(problem(first).example_counts['train'])} sums.",
        sample=proportion(count, len(runs), "seeds"),
    )


@claim(
    "C20",
    "collapsed-side",
    kind="exists",
    whose="original",
    text="Collapsing the input side instead of the output side helps in some set-ups and hurts in others.",
    threshold="A set-up is an architecture, a penalty and a width; its pairs share decay and seed. In some set-up the "
    "model with the input side collapsed generalises sooner, in another later, by a sign test on the pairs with p below "
    f"{BY_CHANCE} after Holm's correction for all set-ups. No test pair's mirror was trained on.",
)
def one_side_or_the_other(runs: Sequence[Run]) -> Finding:
    found = analysis.collapsed_sides(runs)
    if not found:
        return Finding(None, "The sweep has no pair to compare.")
    chances = analysis.holm([analysis.sign_test(*counts) for counts in found.values()])
    sure = {setup: p for setup, p in zip(found, chances, strict=True) if p < BY_CHANCE}
    helps = [setup for setup in sure if found[setup][0] > found[setup][1]]
    hurts = [setup for setup in sure if found[setup][0] < found[setup][1]]

    def word(setup: SetUp) -> str:
        tied, kind, neurons = setup
        first, last = found[setup]
        return f"{'tied' if tied else 'untied'}, {kind}, {neurons} neurons {first} to {last}"

    evidence = (
        f"Sooner to later with the input side collapsed: {'; '.join(map(word, found))}. "
        f"It helps in {len(helps)} of {len(found)} set-ups and hurts in {len(hurts)}."
    )
    return Finding(bool(helps and hurts), evidence, sample=Sample(len(runs) // 2, "pairs"))


@claim(
    "C21",
    "softer",
    "modular-seeds",
    kind="typical",
    whose="original",
    text="Other settings soften the change: accuracy then rises gradually.",
    threshold=f"(t90 − t10) / t90 is above {SOFT} in most seeds of some setting, and in fewer than half of the main "
    "model's seeds that get to 90\u00a0% test accuracy.",
)
def settings_soften(runs: Sequence[Run], main: Sequence[Run]) -> Finding:
    by_setting: dict[tuple[float, float], list[Run]] = defaultdict(list)
    for run in runs:
        by_setting[run.config.training.weight_decay, run.config.training.learning_rate].append(run)
    counts = {key: (soft(found), len(found)) for key, found in by_setting.items()}
    own, reached = soft(main), sum(analysis.softness(run) is not None for run in main)
    words = "; ".join(
        f"decay {number(decay)}, rate {number(rate)}: {count} of {tried}"
        for (decay, rate), (count, tried) in counts.items()
    )
    holds = any(count > tried / 2 for count, tried in counts.values()) and reached > 0 and own < reached / 2
    return Finding(holds, f"Above {SOFT}: {words}; of the main model's seeds {own} of {reached}.")


def soft(runs: Sequence[Run]) -> int:
    """How many rise gradually."""
    return sum((s := analysis.softness(run)) is not None and s > SOFT for run in runs)
