"""The claims of section 2: sparse parity, its distractors, and what L1 leaves over."""

from collections import Counter
from collections.abc import Sequence

from reportgen import analysis
from reportgen.claims.registry import Finding, claim, learned, number, percent, seed_shows, step
from reportgen.facts.describing import describe
from reportgen.store.run import Run

MEMORISES_FIRST = 0.5  # t_mem over t_gen, at most
UNTAUGHT = 0.70  # test accuracy at t_mem, at most
DISTRACTED, PRUNED = 0.5, 0.05  # largest distractor weight: at least, while memorising; at most
TURN = 0.05  # relative rise of train loss from its minimum, at least
ENOUGH_SNAPSHOTS = 10  # with fewer nobody can tell when a weight vanished
TOGETHER, LAST = 0.10, 0.1  # of a step, apart at most; a distractor weight counts as pruned below
SPARSE = 7  # live neurons that a seed may keep with L1, and still be the sparse solution
STEADY, MOMENTUM = (0.9, 0.95), 0.99  # β1
FEW, NEARLY_ALL = 1 / 6, 5 / 6  # of the seeds that memorise and generalise
REDUNDANCY = 2  # live neurons with L2 over those with L1, at least


@claim(
    "C3",
    "parity",
    kind="typical",
    whose="original",
    text="It memorises, then generalises.",
    threshold=f"t_mem is at most {percent(MEMORISES_FIRST)} of t_gen, and test accuracy at t_mem "
    f"at most {percent(UNTAUGHT)}.",
)
def memorises_then_generalises(run: Run) -> Finding:
    f = describe(run, "parity")
    if f["t_mem"] is None or f["t_gen"] is None:
        return Finding(False, learned(f))
    early = f["t_mem"] <= MEMORISES_FIRST * f["t_gen"]
    return Finding(early and f["test_accuracy_at_mem"] <= UNTAUGHT, learned(f))


@claim(
    "C4",
    "parity",
    kind="exists",
    whose="original",
    text="The distractors' weights are large while it memorises, and vanish.",
    threshold=f"The largest is at least {DISTRACTED} at some time between t_mem and t_gen, and at "
    f"most {PRUNED} at the end.",
)
def distractors_vanish(run: Run) -> Finding:
    f = describe(run, "parity")
    if f["t_mem"] is None:
        return Finding(False, learned(f))
    before, end = f["distractor_max_memorising"], f["distractor_max_end"]
    evidence = f"The largest is {number(before)} while memorising and {number(end)} at the end."
    if end is None or end > PRUNED or (before is not None and before < DISTRACTED):
        return Finding(False, evidence)
    return Finding(None if before is None else True, evidence)


@claim(
    "C5",
    "parity",
    kind="typical",
    whose="original",
    text="Train loss turns upward before the model generalises.",
    threshold=f"Between t_mem and t_gen it rises by at least {percent(TURN)} from a minimum.",
)
def train_loss_turns(run: Run) -> Finding:
    f = describe(run, "parity")
    if f["t_mem"] is None or f["t_gen"] is None:
        return Finding(False, learned(f))
    if f["train_loss_rise"] is None:
        return Finding(False, "Train loss only falls between memorising and generalising.")
    return Finding(
        f["train_loss_rise"] >= 1 + TURN,
        f"Train loss rises {number(f['train_loss_rise'])}-fold, from {number(f['train_loss_min'])} at "
        f"step {step(f['train_loss_min_step'])} to {number(f['train_loss_peak'])} at "
        f"{step(f['train_loss_peak_step'])}; the model generalises at {step(f['t_gen'])}.",
    )


@claim(
    "C29",
    "parity-momentum",
    kind="typical",
    whose="ours",
    text="The turn of train loss comes of the optimiser's momentum: with a weaker one the model memorises and "
    "generalises without it.",
    threshold=f"A model counts if it memorises first and then generalises, and most seeds do under each momentum. Train loss "
    f"rises by {percent(TURN)} or more, as in C5, in at least {percent(NEARLY_ALL)} of them with β1 of {MOMENTUM}, and in at "
    f"most {percent(FEW)} with {STEADY[0]} and with {STEADY[1]}.",
)
def momentum_turns_it(runs: Sequence[Run]) -> Finding:
    turned: dict[float, list[bool]] = {}
    tried = Counter(run.config.training.beta1 for run in runs)
    for run in runs:
        if analysis.memorised_first(run):
            turn = analysis.train_turn(run)
            rises = turn is not None and turn.ratio >= 1 + TURN
            turned.setdefault(run.config.training.beta1, []).append(rises)
    if not all(len(turned.get(beta1, ())) > tried[beta1] / 2 for beta1 in (*STEADY, MOMENTUM)):
        return Finding(
            False, "Under some momentum fewer than half of the seeds memorise and then generalise."
        )
    shares = {beta1: sum(found) / len(found) for beta1, found in turned.items()}
    evidence = "; ".join(
        f"with β1 of {beta1}, {sum(found)} of {len(found)}" for beta1, found in sorted(turned.items())
    )
    return Finding(
        shares[MOMENTUM] >= NEARLY_ALL and all(shares[beta1] <= FEW for beta1 in STEADY),
        f"Train loss rises by {percent(TURN)} or more, of the models that memorise and then generalise: {evidence}.",
    )


@claim(
    "C6",
    "parity",
    kind="typical",
    whose="original",
    text="It generalises when the last weights on distractors are pruned.",
    threshold=f"t_gen is within {percent(TOGETHER)} of the step from which every distractor weight is below {LAST}.",
)
def generalises_when_pruned(run: Run) -> Finding:
    f = describe(run, "parity")
    if len(run.snapshot_steps) < ENOUGH_SNAPSHOTS:
        return Finding(None, "These runs keep too few snapshots to tell.")
    pruned = f["last_distractor"][str(LAST)]
    if f["t_gen"] is None or not pruned:
        return Finding(
            False,
            f"It generalises at {step(f['t_gen'])}; the distractors are below {LAST} at {step(pruned)}.",
        )
    largest = analysis.largest_distractor(run, f["t_gen"], pruned)
    return Finding(
        abs(f["t_gen"] / pruned - 1) <= TOGETHER,
        f"It generalises at step {step(f['t_gen'])}, {percent(f['t_gen'] / pruned)} of the way to step {step(pruned)}, from "
        f"which all distractors are below {LAST}; the largest is {number(largest)} in between.",
    )


@claim(
    "C7",
    "parity",
    "parity-l2",
    kind="typical",
    whose="original",
    text="L1 ends sparse, L2 redundant.",
    threshold="Both generalise; pairs of live neurons with cosine above 0.95 and the same sign: "
    f"none with L1, some with L2; at least {REDUNDANCY} times as many live neurons with L2.",
)
def l1_is_sparser(sparse: Run, redundant: Run) -> Finding:
    one, two = describe(sparse, "parity"), describe(redundant, "parity-l2")
    if one["t_gen"] is None or two["t_gen"] is None:
        return Finding(False, "One of the two never generalises.")
    holds = (
        one["near_duplicates"] == 0 < two["near_duplicates"]
        and two["live_neurons"] >= REDUNDANCY * one["live_neurons"]
    )
    return Finding(
        holds,
        f"L1 keeps {one['live_neurons']} live neurons with {one['near_duplicates']} near-duplicate "
        f"pairs, L2 {two['live_neurons']} with {two['near_duplicates']}.",
    )


def _is_sparse(run: Run) -> bool:
    live: int = describe(run, "parity")["live_neurons"]
    return 0 < live <= SPARSE


def _is_redundant(run: Run) -> bool:
    f = describe(run, "parity-l2")
    return f["t_gen"] is not None and f["near_duplicates"] > 0


seed_shows("parity", "C3", "C4", "C5", also=_is_sparse)
seed_shows("parity-l2", also=_is_redundant)
