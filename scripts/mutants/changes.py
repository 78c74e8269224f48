"""Small changes to code: one mutant each, as Cosmic Ray makes them of Python and scripts.mjs of the page's scripts."""

import ast
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


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
    types, lines = list(_types(ast.parse(source))), source.splitlines()
    nodes = list(ast_nodes(get_ast(source)))
    for name in operator_names():
        if name.endswith(("VariableReplacer", "VariableInserter")):  # they want to be told which
            continue
        operator = get_operator(name)()
        places = [span for node in nodes for span in operator.mutation_positions(node)]
        for occurrence, (place, until) in enumerate(places):
            if any(start <= place < end for start, end in types):
                continue
            if name.endswith("ExceptionReplacer") and "." in lines[place[0] - 1][place[1] : until[1]]:
                continue  # it stumbles over names with dots

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
    """Every change that scripts.mjs would make of a script of the page."""
    source = (ROOT / path).read_text(encoding="utf-8")
    command = ["node", Path(__file__).parent / "scripts.mjs", ROOT / path]
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
