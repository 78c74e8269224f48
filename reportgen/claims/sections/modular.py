"""The claims of section 1: the main model memorises, then jumps, and its weights turn periodic."""

from reportgen.claims.registry import GENERALISING, Finding, claim, learned, percent, seed_shows, step
from reportgen.facts.describing import describe
from reportgen.store.run import Run

MEMORISES_FIRST = 0.1  # t_mem over t_gen, at most
UNTAUGHT = 0.10  # test accuracy at t_mem, at most
SHARP = 0.25  # (t90 − t10) over t90, at most
NOISY, PERIODIC = 0.20, 0.95  # median energy share at most at the start, at least at the end


@claim(
    "C1",
    "modular",
    kind="exists",
    whose="original",
    text="It memorises first and generalises much later, sharply.",
    threshold=f"t_mem is at most {percent(MEMORISES_FIRST)} of t_gen, test accuracy at t_mem at "
    f"most {percent(UNTAUGHT)}, and t90 − t10 at most {percent(SHARP)} of t90.",
)
def memorises_then_jumps(run: Run) -> Finding:
    f = describe(run, "modular")
    if f["t_mem"] is None or f["t_gen"] is None:
        return Finding(False, learned(f))
    width = f["t90"] - f["t10"]
    holds = (
        f["t_mem"] <= MEMORISES_FIRST * f["t_gen"]
        and f["test_accuracy_at_mem"] <= UNTAUGHT
        and width <= SHARP * f["t90"]
    )
    return Finding(
        holds,
        f"{learned(f)[:-1]}; test accuracy passes 10\u00a0% at {step(f['t10'])} and 90\u00a0% at "
        f"{step(f['t90'])}, the last {percent(width / max(f['t90'], 1))} of the way.",
    )


@claim(
    "C2",
    "modular",
    kind="typical",
    whose="original",
    given=GENERALISING,
    text="Noisy weights become periodic.",
    threshold="The neurons' median energy share in their top frequency is at most "
    f"{percent(NOISY)} at the start and at least {percent(PERIODIC)} at the end.",
)
def becomes_periodic(run: Run) -> Finding:
    f = describe(run, "modular")
    start, end = f["share_start"], f["share_end"]
    if start is None or end is None:
        return Finding(False, "The weights are not finite.")
    return Finding(
        start <= NOISY and end >= PERIODIC,
        f"The median share is {percent(start)} at the start, where noise gives "
        f"{percent(f['share_noise'])}, and {percent(end)} at the end.",
    )


seed_shows("modular", "C1", "C2")
