"""How many small bugs would the tests notice? Puts a random sample of them in, one at a time, and runs the tests.

    python scripts/mutants.py                        30 mutants of each wing, of seed 1
    python scripts/mutants.py --seed 2 --each 100    another sample, a larger one
    python scripts/mutants.py --seed 1 2 --write     two samples, and all results into docs/mutants.md
    python scripts/mutants.py store --again          those of one wing that survived last time

A mutant is the code with one change, such as < for <=. Cosmic Ray makes those of Python, scripts/mutants.mjs those of the
page's scripts. A place in the code is drawn first, then a change of it: a plus has eleven, a not has one. Mutants that cannot
be imported are drawn again. Nothing here is touched: each mutant is tried in a copy, in a process forked from one that
has the libraries loaded; the process and all it started are killed when it takes too long. tests/survivors.toml
says why a mutant may survive. Works where processes can fork: not on Windows.
"""

import argparse
import ast
import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "docs" / "mutants.md"
REASONS = ROOT / "tests" / "survivors.toml"
KEPT = ROOT / ".reportgen" / "mutants.json"  # the last result of each wing and seed
LIBRARIES = [  # not those that pytest wants to see imported
    "numpy", "torch", "altair", "msgspec", "jinja2", "click", "rich", "lxml.html", "yaml", "PIL.Image",
]  # fmt: skip
WORKERS = 2
FAILS_TO_LOAD = 99  # an exit status that pytest does not use
PATIENCE, AT_LEAST_S = 4, 20  # a mutant may take so many times as long as the unchanged code
COSTLY = {"quick", "mini_built", "browser"}  # fixtures that build sites: too slow to ask for each mutant


@dataclass(frozen=True)
class Wing:
    """Code of one kind, and the tests that concern it, those first that are quick to fail."""

    code: tuple[str, ...]
    tests: tuple[str, ...]

    def files(self) -> list[str]:
        """Paths in the repository."""
        return sorted(str(file.relative_to(ROOT)) for glob in self.code for file in ROOT.glob(glob))


WINGS = {
    "analysis": Wing(
        ("reportgen/analysis/*.py",), ("analysis", "construction", "oracle", "claims", "sweeps", "compare")
    ),
    "facts": Wing(
        ("reportgen/facts/**/*.py",), ("sweeps", "oracle", "quotes", "claims", "numbers", "construction")
    ),
    "claims": Wing(("reportgen/claims/**/*.py",), ("claims", "sweeps", "oracle", "construction", "methods")),
    "files": Wing(
        tuple(f"reportgen/files/{name}.py" for name in ("hashing", "code_hash", "memo", "npz", "atomic")),
        ("npz", "keys", "outfolder", "runs", "properties"),
    ),
    "store": Wing(
        ("reportgen/store/*.py",),
        ("packing", "runs", "npz", "keys", "methods", "properties", "sweeps", "auditing"),
    ),
    "scripts": Wing(
        tuple(f"templates/assets/{name}.js" for name in ("steps", "payload", "groups", "controls")), ("node",)
    ),
}


@dataclass(frozen=True)
class Mutant:
    """One change: in a file, at a place (line and column, from 1 and 0), to a line that reads otherwise."""

    path: str
    place: tuple[int, int]
    before: str
    after: str
    make: Callable[[], str] = str

    def __str__(self) -> str:
        return f"{self.path}:{self.place[0]}: {self.before} → {self.after}"


def mutants_of_python(path: str) -> Iterator[Mutant]:
    """Every change that Cosmic Ray would make, but for those of types, which nothing runs."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    source = (ROOT / path).read_text(encoding="utf-8")
    types = list(_types(ast.parse(source)))
    nodes = list(ast_nodes(get_ast(source)))
    for name in operator_names():
        if name.endswith(("VariableReplacer", "VariableInserter")):  # they want to be told which
            continue
        operator = get_operator(name)()
        places = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for occurrence, place in enumerate(places):
            if any(start <= place < end for start, end in types):
                continue

            def make(operator=operator, occurrence=occurrence) -> str:
                return str(mutate_code(source, operator, occurrence))

            yield Mutant(path, place, "", "", make)


def _types(tree: ast.AST) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """From where to where annotations go."""
    for node in ast.walk(tree):
        for note in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if note is not None:
                yield (note.lineno, note.col_offset), (note.end_lineno, note.end_col_offset)


def mutants_of_script(path: str) -> Iterator[Mutant]:
    """Every change that mutants.mjs would make of a script of the page."""
    source = (ROOT / path).read_text(encoding="utf-8")
    command = ["node", ROOT / "scripts" / "mutants.mjs", ROOT / path]
    for found in json.loads(subprocess.run(command, check=True, capture_output=True).stdout):
        changed = source[: found["start"]] + found["text"] + source[found["end"] :]
        yield Mutant(path, (found["line"], found["column"]), "", "", lambda changed=changed: changed)


def in_words(mutant: Mutant) -> Mutant:
    """The mutant with the lines that differ, without their indent."""
    old = (ROOT / mutant.path).read_text(encoding="utf-8").splitlines()
    new = mutant.make().splitlines()
    first = next(
        (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    rest = next(
        (i for i, (a, b) in enumerate(zip(old[:first:-1], new[:first:-1], strict=False)) if a != b),
        min(len(old), len(new)) - first - 1,
    )
    before, after = (
        " ".join(line.strip() for line in lines[first : max(len(lines) - rest, first)])
        for lines in (old, new)
    )
    return replace(mutant, place=(first + 1, mutant.place[1]), before=before, after=after)


def places(wing: Wing) -> list[list[Mutant]]:
    """The mutants of a wing, gathered by place."""
    found: dict[tuple[str, tuple[int, int]], list[Mutant]] = {}
    for path in wing.files():
        for mutant in mutants_of_script(path) if path.endswith(".js") else mutants_of_python(path):
            found.setdefault((path, mutant.place), []).append(mutant)
    return [found[place] for place in sorted(found)]


class Slot:
    """A copy of the project, in which one mutant at a time is tried."""

    def __init__(self, folder: Path):
        self.folder = folder
        kept = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                              capture_output=True, text=True).stdout.split("\0")  # fmt: skip
        for name in kept:
            if name and not name.startswith("site/") and (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        self.pid, self.mutant, self.original, self.began, self.limit = 0, None, b"", 0.0, 0.0

    def start(self, wing: Wing, mutant: Mutant | None, limit: float) -> None:
        """Begin the tests, of the mutant or of the code as it is."""
        if mutant:
            self.original = (self.folder / mutant.path).read_bytes()
            (self.folder / mutant.path).write_text(mutant.make(), encoding="utf-8")
        self.mutant, self.began, self.limit = mutant, time.monotonic(), limit
        self.pid = os.fork()
        if not self.pid:
            os.setsid()
            try:
                status = self.test(wing, mutant)
            except BaseException:
                traceback.print_exc()
                status = 1
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def test(self, wing: Wing, mutant: Mutant | None) -> int:
        """In the forked process: the exit status, of which 0 means that nothing was noticed."""
        os.chdir(self.folder)
        log = os.open(self.folder / "mutant.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        if wing.tests == ("node",):
            tests = sorted(str(file) for file in (self.folder / "tests" / "js").glob("*.test.mjs"))
            return subprocess.run(["node", "--test", *tests], check=False).returncode
        os.environ["PYTHONPATH"] = str(self.folder)
        sys.path.insert(0, str(self.folder))
        if mutant:
            try:
                importlib.import_module(
                    mutant.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
                )
            except Exception:
                return FAILS_TO_LOAD
        import pytest

        files = [f"tests/test_{name}.py" for name in wing.tests]
        return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *files], plugins=[WithoutSites()]))

    def finished(self) -> int | None:
        """The exit status, once there is one; the code is then as it was. Too long is 124."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        late = not pid and time.monotonic() - self.began > self.limit
        if not pid and not late:
            return None
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)  # what the tests started and left behind, too
        if late:
            os.waitpid(self.pid, 0)
        if self.mutant:
            (self.folder / self.mutant.path).write_bytes(self.original)
        return 124 if late else os.waitstatus_to_exitcode(status)


class WithoutSites:
    """For pytest: leaves out the tests that need a site."""

    def pytest_collection_modifyitems(self, items: list) -> None:
        items[:] = [item for item in items if not COSTLY & set(item.fixturenames)]


def wait(slots: list[Slot]) -> tuple[Slot, int]:
    """The first of these that is finished, and how it went."""
    while True:
        for slot in slots:
            if (status := slot.finished()) is not None:
                return slot, status
        time.sleep(0.02)


def unchanged(wing: Wing, slot: Slot) -> float:
    """Seconds that the tests take when nothing is wrong, which they have to find."""
    slot.start(wing, None, 600)
    if wait([slot])[1]:
        raise SystemExit((slot.folder / "mutant.log").read_text(encoding="utf-8", errors="replace")[-3000:])
    return time.monotonic() - slot.began


def survivors(
    wing: Wing, drawn: Iterator[Mutant], wanted: int, slots: list[Slot]
) -> tuple[int, list[Mutant]]:
    """How many were tried, and which of them the tests did not notice."""
    limit = max(AT_LEAST_S, PATIENCE * unchanged(wing, slots[0]))
    idle, busy, tried, found = list(slots), [], 0, []
    while True:
        while idle and tried + len(busy) < wanted and (mutant := next(drawn, None)):
            idle[-1].start(wing, mutant, limit)
            busy.append(idle.pop())
        if not busy:
            return tried, sorted(found, key=lambda mutant: (mutant.path, mutant.place))
        slot, status = wait(busy)
        busy.remove(slot)
        idle.append(slot)
        tried += status != FAILS_TO_LOAD
        if not status:
            found.append(in_words(slot.mutant))
            print(f"  survived: {found[-1]}", flush=True)


def drawn(wing: Wing, seed: int) -> Iterator[Mutant]:
    """One mutant of every place, in random order; the seed decides."""
    chance = random.Random(seed)
    found = places(wing)
    chance.shuffle(found)
    return (chance.choice(at_place) for at_place in found)


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
            parts.append(f"- `{m.path}`, line {m.place[0]}: {why}\n\n      {m.before}\n      {m.after}")
    return "\n\n".join(parts) + "\n"


ABOUT = """# Mutants

Would the tests notice a small bug? `make test-mutants` puts some in, one at a time: `<` for `<=`, `and` for `or`, 2 for 1.
It draws the places at random, runs the tests that concern them, and counts the mutants that no test notices. This page is
what `python scripts/mutants.py --seed 1 2 --write` wrote. A mutant that does just what the code does is called equivalent:
no test could tell. The reasons are kept in `tests/survivors.toml`."""
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


def once_more(wing: str, last: Result, slots: list[Slot]) -> Result:
    """A result after the tests have changed: those that survived last time are tried again."""
    names = {str(mutant) for mutant in last.survived}
    again = [mutant for mutant in drawn(WINGS[wing], last.seed) if str(in_words(mutant)) in names]
    tried, left = survivors(WINGS[wing], iter(again), len(again), slots) if again else (0, [])
    return replace(last, tried=last.tried - len(last.survived) + tried, survived=left)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wings", nargs="*", metavar="WING", help=f"of {', '.join(WINGS)}; without any: all")
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--each", type=int, default=30, help="mutants of each wing (30)")
    parser.add_argument("--again", action="store_true", help="only those that survived last time")
    parser.add_argument("--write", action="store_true", help="write all results to docs/mutants.md")
    asked = parser.parse_args()
    if wrong := set(asked.wings) - set(WINGS):
        parser.error(f"there is no wing called {', '.join(wrong)}")
    prepare()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        slots = [Slot(Path(folder) / str(i)) for i in range(WORKERS)]
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


def prepare() -> None:
    """Before processes are forked: libraries, one thread each, and the cores to others first."""
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    os.nice(10)
    for library in LIBRARIES:
        importlib.import_module(library)


if __name__ == "__main__":
    main()
