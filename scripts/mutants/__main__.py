"""How many small bugs would the tests notice? Puts a random sample of them in, one at a time, and runs the tests.

    python scripts/mutants                        30 mutants of each wing, of seed 1
    python scripts/mutants --seed 2 --each 100    another sample, a larger one
    python scripts/mutants --seed 1 2 --write     two samples, and all results into docs/mutants.md
    python scripts/mutants store --again          those of one wing that survived last time

A mutant is the code with one change, such as < for <=. Cosmic Ray makes those of Python, scripts.mjs those of the
page's scripts. A place in the code is drawn first, then a change of it: a plus has eleven, a not has one. Mutants that cannot
be imported are drawn again. Nothing here is touched: each mutant is tried in a copy, in a process forked from one that
has the libraries loaded; the process and all it started are killed when it takes too long. tests/survivors.toml
says why a mutant may survive. Works where processes can fork: not on Windows.
"""

import argparse
import tempfile
from dataclasses import replace
from itertools import product
from pathlib import Path

from changes import in_words
from results import REPORT, Result, keep, kept, report, table
from trials import Slot, prepare, survivors
from wings import WINGS, drawn


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wings", nargs="*", metavar="WING", help=f"of {', '.join(WINGS)}; without any: all")
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--each", type=int, default=30, help="mutants of each wing (30)")
    parser.add_argument("--at-once", type=int, default=2, help="how many are tried side by side (2)")
    parser.add_argument("--again", action="store_true", help="only those that survived last time")
    parser.add_argument("--write", action="store_true", help="write all results to docs/mutants.md")
    asked = parser.parse_args()
    if wrong := set(asked.wings) - set(WINGS):
        parser.error(f"there is no wing called {', '.join(wrong)}")
    prepare()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        slots = [Slot(Path(folder) / str(i)) for i in range(asked.at_once)]
        for seed, wing in product(asked.seed, asked.wings or WINGS):
            print(f"{wing}, seed {seed}", flush=True)
            last = kept().get((wing, seed))
            if not asked.again:
                result = Result(
                    wing, seed, *survivors(WINGS[wing], drawn(WINGS[wing], seed), asked.each, slots)
                )
            elif last:
                result = once_more(wing, last, slots)
            else:
                continue
            keep(kept() | {(wing, seed): result})
    print(table(list(kept().values())))
    if asked.write:
        REPORT.write_text(report(list(kept().values())), encoding="utf-8")


def once_more(wing: str, last: Result, slots: list[Slot]) -> Result:
    """A result after the tests have changed: those that survived last time are tried again."""
    names = {str(mutant) for mutant in last.survived}
    again = [mutant for mutant in drawn(WINGS[wing], last.seed) if str(in_words(mutant)) in names]
    tried, left = survivors(WINGS[wing], iter(again), len(again), slots) if again else (0, [])
    return replace(last, tried=last.tried - len(last.survived) + tried, survived=left)


if __name__ == "__main__":
    main()
