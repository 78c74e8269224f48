"""Nothing is quoted on the page that has no oracle: a number that is checked nowhere cannot be quoted."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jinja2
import oracle
import pytest
from fixtures.by_the_oracle import stored
from fixtures.made_up_decisions import DECISIONS
from fixtures.projects import ROOT
from jinja2 import nodes

from reportgen.store.result import Result

FIGURES = [file for file in sorted((ROOT / "figures").glob("*.py")) if not file.name.startswith("_")]
TEMPLATES = sorted(file for kind in ("md", "html") for file in (ROOT / "templates").rglob(f"*.{kind}"))
EXPERIMENTS = {name.replace("-", "_") for name in [*oracle.SINGLE, *oracle.DECISIONS, *oracle.SWEEPS]} | {
    "construction"
}


class Quotes:
    """The facts that a template reads, as paths: (experiment, fact, …), through names that it sets itself."""

    def __init__(self, text: str):
        self.names: dict[str, tuple] = {}
        self.found: set[tuple] = set()
        tree = jinja2.Environment(comment_start_string="{##", comment_end_string="##}").parse(text)
        for node in tree.find_all((nodes.Assign, nodes.For)):
            value = node.iter if isinstance(node, nodes.For) else node.node
            self.name(node.target, value)
        for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
            self.found |= {self.path(node)} - {None}
        for node in tree.find_all(nodes.Call):
            if isinstance(node.node, nodes.Name) and node.node.name == "moment" and constant(node.args[0]):
                self.found.add((node.args[0].value.replace("-", "_"), "moments", node.args[1].value))

    def name(self, target: nodes.Node, value: nodes.Node) -> None:
        """Remember what a name of the template stands for."""
        if isinstance(target, nodes.Tuple) and isinstance(value, nodes.Tuple):
            for pair in zip(target.items, value.items, strict=True):
                self.name(*pair)
        elif isinstance(target, nodes.Name) and (path := self.path(value)):
            self.names[target.name] = path

    def path(self, node: nodes.Node) -> tuple | None:
        """The names that lead to a value, if it is part of an experiment's facts."""
        if isinstance(node, nodes.Name):
            return self.names.get(node.name, (node.name,) if node.name in EXPERIMENTS else None)
        if isinstance(node, nodes.Getattr) or (isinstance(node, nodes.Getitem) and constant(node.arg)):
            step = node.attr if isinstance(node, nodes.Getattr) else node.arg.value
            before = self.path(node.node)
            return before and (*before, step)
        return None


def constant(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const)


def texts() -> Iterator[str]:
    """Every text with facts in it: templates, and what figures declare; a figure's table lists the moments."""
    yield from (file.read_text(encoding="utf-8") for file in TEMPLATES)
    for file in FIGURES:
        found = declared(file)
        yield from (found["CAPTION"], found["ALT"])
        if "GROUP" in found:
            yield f"{{{{ {found['GROUP'].replace('-', '_')}.moments }}}}"


def declared(file: Path) -> dict[str, str]:
    """The names that a figure gives plain texts at its top level."""
    named = [
        (node.targets[0], node.value)
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    ]
    return {
        target.id: value.value
        for target, value in named
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


@cache
def known() -> dict[str, dict]:
    """All facts by the oracle, of one run for every single experiment, and of a fifth of every sweep: their names count."""
    single = {}
    for name, facts_of in oracle.SINGLE.items():
        run = stored(f"{name}-search")[7]
        facts = facts_of(run)
        single[name] = facts | oracle.chosen(name, run, [facts], [])
    sweeps = {
        name: oracle.DECISIONS[name](runs) for name, runs in DECISIONS.items() if name in oracle.DECISIONS
    }
    sweeps |= {
        name: facts_of(stored(name)[:: 1 if isinstance(stored(name)[0], Result) else 5])
        for name, facts_of in oracle.SWEEPS.items()
    }
    return {name.replace("-", "_"): facts for name, facts in (single | sweeps).items()} | {
        "construction": oracle.construction()
    }


def has_oracle(path: tuple) -> bool:
    """Whether the oracle works out what a path leads to; a list's items by the first of them."""
    found = known()
    for name in path:
        if isinstance(found, list):
            found = found[0]
        if isinstance(found, dict):
            if name not in found:
                return False
            found = found[name]
    return True


def test_every_fact_that_is_quoted_has_an_oracle():
    """In templates, captions and alternatives; so nobody can quote a number that is checked nowhere."""
    quoted = set().union(*(Quotes(text).found for text in texts()))
    assert len(quoted) > 150
    assert [path for path in sorted(quoted, key=str) if not has_oracle(path)] == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{{ modular.t10|step }}", ("modular", "t10")),
        ("{% if parity.last_distractor['0.05'] %}", ("parity", "last_distractor", "0.05")),
        ("{% set s = parity_sweep %}{{ s.grokking.count }}", ("parity_sweep", "grokking", "count")),
        ("{% for v in modular.votes %}{{ v.cosine }}{% endfor %}", ("modular", "votes", "cosine")),
        ("{% set a, b = reverse.seed, reverse.t90 %}{{ b }}", ("reverse", "t90")),
        ("{{ moment('five-neurons', 'half', 'x') }}", ("five_neurons", "moments", "half")),
    ],
)
def test_quotes_are_found_however_they_are_written(text, path):
    """Plainly, by a name of the template's own, in a loop, through a helper; and a new one has no oracle."""
    text = text if "{% if" not in text else f"{text}{{% endif %}}"
    assert path in Quotes(text).found
    assert has_oracle(path)
    new = text.replace(str(path[-1]), "invented")
    assert not any(map(has_oracle, Quotes(new).found - Quotes(text).found))
