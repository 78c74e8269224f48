"""The claims of section 4: five neurons on a circle are enough, and how they lie."""

from reportgen.claims.registry import GENERALISING, Finding, claim, number, percent, seed_shows, within
from reportgen.facts.describing import describe
from reportgen.store.run import Run

PARAMETERS = 20
NORM_RATIO = 1.25  # largest over smallest norm, at most
ANGLE_DEGREES = 10.0


@claim(
    "C11",
    "five-neurons",
    kind="exists",
    whose="original",
    text="Five neurons and 20 parameters are enough for every sum.",
    threshold=f"{percent(1)} train and test accuracy at the end, with {PARAMETERS} trained numbers.",
)
def five_are_enough(run: Run) -> Finding:
    f = describe(run, "five-neurons")
    train, test = f["train_accuracy_end"], f["test_accuracy_end"]
    return Finding(
        train == 1 and test == 1 and f["parameters"] == PARAMETERS,
        f"{f['neurons']} neurons with {f['parameters']} trained numbers end at {percent(train)} "
        f"train and {percent(test)} test accuracy.",
    )


@claim(
    "C12",
    "five-neurons",
    kind="typical",
    whose="original",
    given=GENERALISING,
    text="The five neurons are nearly equally large.",
    threshold=f"Largest over smallest norm at most {NORM_RATIO} on each side.",
)
def equally_large(run: Run) -> Finding:
    f = describe(run, "five-neurons")
    ratios = f["norm_ratio_in"], f["norm_ratio_out"]
    return Finding(
        within(ratios, NORM_RATIO),
        f"The ratio is {number(ratios[0])} going in and {number(ratios[1])} going out.",
    )


@claim(
    "C13",
    "five-neurons",
    kind="typical",
    whose="original",
    given=GENERALISING,
    text="They are evenly spaced on the circle.",
    threshold=f"Every angle within {number(ANGLE_DEGREES)}° of even spacing after the best rotation, on each side.",
)
def evenly_spaced(run: Run) -> Finding:
    f = describe(run, "five-neurons")
    off = f["unevenness_in_degrees"], f["unevenness_out_degrees"]
    return Finding(
        within(off, ANGLE_DEGREES),
        f"The farthest is off by {number(off[0])}° going in and {number(off[1])}° going out.",
    )


@claim(
    "C14",
    "five-neurons",
    kind="typical",
    whose="original",
    given=GENERALISING,
    text="The way out turns twice as fast as the way in.",
    threshold=f"Each out-angle within {number(ANGLE_DEGREES)}° of twice the in-angle, with no rotation allowed.",
)
def turns_twice(run: Run) -> Finding:
    off = describe(run, "five-neurons")["doubling_error_degrees"]
    return Finding(within((off,), ANGLE_DEGREES), f"The farthest is off by {number(off)}°.")


seed_shows("five-neurons", "C11", "C12", "C13", "C14")
