"""The wings that are tried, the tests that concern each, and the random sample of their mutants."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from changes import ROOT, Mutant, mutants_of_python, mutants_of_script


@dataclass(frozen=True)
class Wing:
    """Code of one kind, and the tests that concern it, those first that are quick to fail."""

    code: tuple[str, ...]
    tests: tuple[str, ...]
    where: str = "tests/test_{}.py"

    @property
    def test_files(self) -> list[str]:
        """Paths in the repository, in their order."""
        return [self.where.format(name) for name in self.tests]

    def files(self) -> list[str]:
        """Paths in the repository."""
        return sorted(str(file.relative_to(ROOT)) for glob in self.code for file in ROOT.glob(glob))


WINGS = {
    "analysis": Wing(
        ("reportgen/analysis/*.py",), ("analysis", "construction", "oracle", "claims", "sweeps", "compare")
    ),
    "facts": Wing(("reportgen/facts/**/*.py",), ("sweeps", "claims", "quotes", "oracle", "construction")),
    "claims": Wing(("reportgen/claims/**/*.py",), ("verdict_evidence", "claims", "oracle")),
    "files": Wing(
        tuple(f"reportgen/files/{name}.py" for name in ("hashing", "code_hash", "memo", "npz", "atomic")),
        ("files", "npz", "keys", "runs"),
    ),
    "store": Wing(
        ("reportgen/store/*.py",),
        ("records", "packing", "runs", "keys", "auditing"),
    ),
    "scripts": Wing(
        tuple(f"templates/assets/{name}.js" for name in ("steps", "payload", "groups", "controls")),
        ("steps", "payload", "groups", "controls"),
        where="tests/js/{}.test.mjs",
    ),
}


def places(wing: Wing) -> list[list[Mutant]]:
    """The mutants of a wing, gathered by place."""
    found: dict[tuple[str, tuple[int, int]], list[Mutant]] = {}
    for path in wing.files():
        for mutant in mutants_of_script(path) if path.endswith(".js") else mutants_of_python(path):
            found.setdefault((path, mutant.place), []).append(mutant)
    return [found[place] for place in sorted(found)]


def drawn(wing: Wing, seed: int) -> Iterator[Mutant]:
    """One mutant of every place, in random order; the seed decides."""
    chance = random.Random(seed)
    found = places(wing)
    chance.shuffle(found)
    return (chance.choice(at_place) for at_place in found)
