"""The claims of section 2: sparse parity, its distractors, and what L1 leaves over."""

from reportgen.claims.registry import Finding, claim, learned, number, percent, seed_shows, step
from reportgen.facts.describing import describe
from reportgen.store.run import Run

MEMORISES_FIRST = 0.5  # t_mem over t_gen, at most
UNTAUGHT = 0.70  # test accuracy at t_mem, at most
DISTRACTED, PRUNED = 0.5, 0.05  # largest distractor weight: at least, while memorising; at most
TURN = 0.05  # relative rise of train loss from its minimum, at least
ENOUGH_SNAPSHOTS = 10  # with fewer nobody can tell how long a fall took
SPARSE = 7  # live neurons that a seed may keep with L1, and still be the sparse solution
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
    "C6",
    "parity",
    kind="exists",
    whose="ours",
    text="The weights move smoothly while test loss drops suddenly.",
    threshold="The distractors' norm takes longer to fall from 90\u00a0% to 10\u00a0% of its peak "
    "than test loss takes from 90\u00a0% to 10\u00a0% of the way between its peak and its end, on "
    "a linear scale, and the drop of test loss lies inside that stretch.",
)
def weights_move_smoothly(run: Run) -> Finding:
    f = describe(run, "parity")
    if len(run.snapshot_steps) < ENOUGH_SNAPSHOTS:
        return Finding(None, "These runs keep too few snapshots to tell.")
    slow, fast = f["distractor_fall"], f["test_loss_fall"]
    if f["t_gen"] is None or slow is None or fast is None:
        return Finding(False, "The distractors' norm or test loss never falls that far.")
    longer = slow[2] - slow[0] > fast[2] - fast[0]
    inside = slow[0] <= fast[0] and fast[2] <= slow[2]
    gone = ", ".join(f"{level} at {step(when)}" for level, when in f["last_distractor"].items())
    return Finding(
        longer and inside,
        f"The distractors' norm falls over steps {step(slow[0])} to {step(slow[2])} and test loss "
        f"over {step(fast[0])} to {step(fast[2])}, half of it by {step(fast[1])}; the last "
        f"distractor passes {gone}.",
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
