"""What came of the samples: kept from one run to the next, counted, and written down with why mutants survive."""

import json
import tomllib
from dataclasses import asdict, dataclass, replace

from changes import ROOT, Mutant
from wings import WINGS

REPORT = ROOT / "docs" / "mutants.md"
REASONS = ROOT / "tests" / "survivors.toml"
KEPT = ROOT / ".reportgen" / "mutants.json"  # the last result of each wing and seed


def reasons() -> dict[tuple[str, str, str], tuple[str, str]]:
    """(file, before, after) → kind and why, of mutants that may survive.

    What is `equivalent` does just what the code does; what is `accepted` does not, and no test is worth it.
    """
    found = tomllib.loads(REASONS.read_text(encoding="utf-8"))["survivor"]
    return {(one["file"], one["before"], one["after"]): (one["kind"], one["why"]) for one in found}


@dataclass(frozen=True)
class Result:
    """What one sample of one wing came to."""

    wing: str
    seed: int
    tried: int
    survived: list[Mutant]

    def of_kind(self, kind: str) -> list[Mutant]:
        """The survivors that are called so in survivors.toml, or not at all."""
        known = reasons()
        return [
            m for m in self.survived if known.get((m.path, m.before, m.after), ("unexplained",))[0] == kind
        ]

    def row(self) -> list[str]:
        """Cells of a table: counts, and the share of mutants that could be noticed and were."""
        equivalent = len(self.of_kind("equivalent"))
        killed, could_be = self.tried - len(self.survived), self.tried - equivalent
        share = f"{killed / could_be:.0%}" if could_be else "–"
        return [self.wing, str(self.seed), str(self.tried), str(killed), str(equivalent), share]


def table(results: list[Result]) -> str:
    """The counts in Markdown."""
    head = ["wing", "seed", "mutants", "killed", "equivalent", "killed of the others"]
    rows = [head, ["---"] * len(head), *(result.row() for result in results)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def report(results: list[Result]) -> str:
    """docs/mutants.md: the counts, and every survivor with why it is left."""
    known, parts = reasons(), [ABOUT, table(results)]
    for kind in ("accepted", "equivalent", "unexplained"):
        found = sorted({str(m): m for result in results for m in result.of_kind(kind)}.items())
        if found:
            parts.append(HEADS[kind])
        for _, m in found:
            why = known.get((m.path, m.before, m.after), ("", ""))[1]
            parts.append(f"`{m.path}`, line {m.place[0]}. {why}".rstrip())
            parts.append(f"```diff\n- {m.before}\n+ {m.after}\n```")
    return "\n\n".join(parts) + "\n"


ABOUT = """# Mutants

Would the tests notice a small bug? `make test-mutants` puts some in, one at a time: `<` for `<=`, `and` for `or`, 2 for 1.
It draws places in the code at random, runs the tests that concern them, and counts what no test notices. The sample
and why survivors are left are in this page, which it writes; the reasons come from `tests/survivors.toml`.

Changes of Python are those of [Cosmic Ray](https://cosmic-ray.readthedocs.io/) without those of annotations; changes of the
page's scripts are those of `scripts/mutants/scripts.mjs`. A mutant that cannot be imported is drawn again, and so counts on
neither side. One that does just what the code does is called equivalent: no test could tell.

What draws the page (`views.js`, `page.js`, `opening.js`, `reading.js`, `common.js`, `methods.js`) is not in the sample: its
tests look at it in Chromium (`tests/test_browser.py` and its neighbours), which takes a minute for each mutant.
No mutant is tried against tests that build a whole site, either."""
HEADS = {
    "accepted": "## Survivors that are accepted",
    "equivalent": "## Survivors that do what the code does",
    "unexplained": "## Survivors that nobody has looked at",
}


def kept() -> dict[tuple[str, int], Result]:
    """The last result of each wing and seed that was tried here."""
    if not KEPT.is_file():
        return {}
    found = [Result(**one) for one in json.loads(KEPT.read_text(encoding="utf-8"))]
    mutants = [
        [Mutant(*fields[:1], tuple(fields[1]), *fields[2:]) for fields in one.survived] for one in found
    ]
    return {(r.wing, r.seed): replace(r, survived=m) for r, m in zip(found, mutants, strict=True)}


def keep(results: dict[tuple[str, int], Result]) -> None:
    """For `--again` and `--write`."""
    plain = [
        asdict(r) | {"survived": [(m.path, m.place, m.before, m.after) for m in r.survived]}
        for r in sorted(results.values(), key=lambda r: (list(WINGS).index(r.wing), r.seed))
    ]
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(plain, indent=1, ensure_ascii=False), encoding="utf-8")
