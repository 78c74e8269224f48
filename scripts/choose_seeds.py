"""Which seed should an experiment use? Reads the stored searches and ranks their seeds.

    python scripts/choose_seeds.py                    every search
    python scripts/choose_seeds.py parity reverse     these two

Prints each seed's key quantities, whether it shows what the page says, the base rate with its
95 % interval (Wilson), and the seed to take with the reason. Trains nothing.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportgen.analysis import wilson_interval
from reportgen.claims.judging import shows
from reportgen.claims.registry import SHOWN, number, percent, step
from reportgen.experiments import experiment
from reportgen.facts.describing import describe
from reportgen.store.records import Store, keys_of
from reportgen.store.run import Run

ROOT = Path(__file__).parent.parent
COMMON = {
    "t_mem": step,
    "t_gen": step,
    "t10": step,
    "t90": step,
    "test_accuracy_at_mem": percent,
    "test_accuracy_end": percent,
    "test_loss_end": number,
}
PARITY = {"live_neurons": step, "near_duplicates": step, "distractor_max_end": number}
PERIODIC = {"share_end": percent, "frequencies": lambda found: " ".join(map(str, found))}


@dataclass(frozen=True)
class Choice:
    """How an experiment's seeds are shown and ranked.

    columns: facts and how they are worded; score: the lower the better, compared from its first
    number on; reason: what the score looks at.
    """

    columns: dict[str, Callable]
    score: Callable[[dict], tuple]
    reason: str


def _modular(f: dict) -> tuple:
    return (
        not 12_000 <= f["t_gen"] <= 42_000,
        not 3 <= f["frequency_count"] <= 5,
        f["neurons"] - f["neurons_used"],
        f["frequency_count"] != 4,
        -f["share_end"],
    )


def _parity(f: dict) -> tuple:
    early = f["t_mem"] / f["t_gen"]
    return f["live_neurons"], round(abs(f["test_accuracy_at_mem"] - 0.6), 2), early


def _five_neurons(f: dict) -> tuple:
    angles = "unevenness_in_degrees", "unevenness_out_degrees", "doubling_error_degrees"
    ratio = max(f["norm_ratio_in"], f["norm_ratio_out"])
    return (max(f[name] for name in angles) / 10 + (ratio - 1) / 0.25,)


CHOICES = {
    "modular": Choice(
        PERIODIC | {"neurons_used": step},
        _modular,
        "generalises between 12,000 and 42,000, uses 3 to 5 frequencies with the most "
        "neurons on them, 4 preferred, then the highest median share",
    ),
    "parity": Choice(
        PARITY | {"train_loss_rise": number},
        _parity,
        "fewest live neurons, then test accuracy nearest 60 % when it memorises, then the "
        "smallest t_mem / t_gen",
    ),
    "parity-l2": Choice(PARITY, lambda f: (-f["near_duplicates"],), "most near-duplicate pairs"),
    "five-neurons": Choice(
        {
            "norm_ratio_in": number,
            "norm_ratio_out": number,
            "unevenness_in_degrees": number,
            "unevenness_out_degrees": number,
            "doubling_error_degrees": number,
        },
        _five_neurons,
        "smallest sum of the worst angle and the worst norm ratio, each over its threshold",
    ),
    "reverse": Choice(
        PERIODIC | {"test_loss_min_step": step, "test_loss_rise": number, "test_accuracy_at_min": percent},
        lambda f: (-f["test_loss_rise"],),
        "largest rise of test loss, among those with periodic weights and falling accuracy",
    ),
    "there-and-back": Choice(
        PERIODIC
        | {
            "test_loss_min_step": step,
            "test_loss_peak_step": step,
            "test_loss_rise": number,
            "below_step": step,
            "end_ratio": number,
        },
        lambda f: (-round(f["test_loss_rise"], 1), f["test_loss_end"]),
        "plainest rise of test loss (to one decimal), then the lowest end",
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SHOWN))
    parser.add_argument("--root", type=Path, default=ROOT, help="the project's folder")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in CHOICES:
            parser.error(f"no search for {name!r}; choose from {', '.join(CHOICES)}")
    store = Store(arguments.root / ".reportgen" / "runs", arguments.root / "runs")
    for name in arguments.names or CHOICES:
        report(name, store)


def report(name: str, store: Store) -> None:
    """Print what one search found."""
    runs, wanted = stored(name, store)
    print(f"\n{name}-search: {len(runs)} of {wanted} seeds stored")
    if not runs:
        print(f"  Nothing to choose from yet. Train it: reportgen train {name}-search")
        return
    found = [(describe(run, name), shows(name, run)) for run in runs]
    print_table(name, found)
    shown = [facts for facts, good in found if good]
    low, high = wilson_interval(len(shown), len(found))
    generalised = sum(facts["t_gen"] is not None for facts, _ in found)
    print(f"  generalised: {generalised} of {len(found)}")
    print(
        f"  shows what the page says: {len(shown)} of {len(found)} "
        f"(95 % interval {percent(low)} to {percent(high)})"
    )
    if not shown:
        print("  No seed to recommend among these.")
        return
    ranked = sorted(shown, key=CHOICES[name].score)
    rest = ", ".join(str(facts["seed"]) for facts in ranked[1:5])
    print(f"  take seed {ranked[0]['seed']}: {CHOICES[name].reason}")
    if rest:
        print(f"  next best: {rest}")


def stored(name: str, store: Store) -> tuple[list[Run], int]:
    """The runs of a search that are in the store, by seed, and how many there should be."""
    search, runs = experiment(f"{name}-search"), []
    for group in search.groups():
        held = store.held(*keys_of(group, search.keep))
        runs += held.record.runs() if held else []
    for folder, problem in store.damaged.items():
        print(f"damaged, ignored: {folder} ({problem})", file=sys.stderr)
    return sorted(runs, key=lambda run: run.config.seed), len(search.configs)


def print_table(name: str, found: Sequence[tuple[dict, bool]]) -> None:
    """One line per seed, those that show it marked with a star."""
    columns = COMMON | CHOICES[name].columns
    rows = [["", "seed", *(label.replace("_", " ") for label in columns)]]
    for facts, good in found:
        cells = (word(facts[column]) for column, word in columns.items())
        rows.append(["*" if good else "", str(facts["seed"]), *cells])
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        print("  " + "  ".join(cells).rstrip())


if __name__ == "__main__":
    main()
