"""The names in a template, looked at before it is filled: one that is not there is an error in every branch."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from typing import Any

from jinja2 import meta, nodes

from reportgen.errors import ReportError, unknown

AllFacts = Mapping[str, Mapping[str, Any]]  # of each experiment by name, with underscores: name → value
# Helper → what its words name, all of those, and how many words do; None: all.
Vocabulary = Mapping[str, tuple[str, Collection[str], int | None]]


@dataclass(frozen=True)
class Names:
    """What a template may speak of.

    facts: of the experiments at hand. others: names besides those; None where any may be given. helpers: what
    the words in their calls name; `moment` is known by itself.
    """

    facts: AllFacts
    others: Collection[str] | None = ()
    helpers: Vocabulary = field(default_factory=dict)

    def problems(self, tree: nodes.Template) -> Iterator[tuple[int, ReportError]]:
        """Every name that is not there, with its line."""
        yield from self._undeclared(tree)
        yield from self._facts(tree)
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name):
                words = [word.value if isinstance(word, nodes.Const) else None for word in call.args]
                yield from ((call.lineno, error) for error in self._words(call.node.name, words))

    def _undeclared(self, tree: nodes.Template) -> Iterator[tuple[int, ReportError]]:
        if self.others is None:
            return
        known = {*self.facts, *self.others}
        unset = meta.find_undeclared_variables(tree) - known - _own(tree)  # which a branch may set
        called = {call.node for call in tree.find_all(nodes.Call)}
        for node in tree.find_all(nodes.Name):
            if node.name in unset:
                yield node.lineno, unknown("helper" if node in called else "fact", node.name, known)

    def _facts(self, tree: nodes.Template) -> Iterator[tuple[int, ReportError]]:
        meant = self._meant(tree)
        for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
            assert isinstance(node, nodes.Getattr | nodes.Getitem)
            name = node.attr if isinstance(node, nodes.Getattr) else _constant(node.arg)
            experiment = meant.get(node.node.name) if isinstance(node.node, nodes.Name) else None
            if experiment and isinstance(name, str) and name not in self.facts[experiment]:
                yield node.lineno, unknown_fact(name, experiment, self.facts[experiment])

    def _meant(self, tree: nodes.Template) -> dict[str, str]:
        """Name in the template → the experiment it stands for: itself, or one that `set` gives another name."""
        found = {name: {name} for name in self.facts if name not in _own(tree)}
        for node in tree.find_all(nodes.Assign):
            if isinstance(node.target, nodes.Name):
                given = node.node.name if isinstance(node.node, nodes.Name) else ""
                found.setdefault(node.target.name, set()).update(found.get(given, {""}))
        return {name: experiment for name, (experiment, *more) in found.items() if experiment and not more}

    def _words(self, helper: str, words: list[Any]) -> Iterator[ReportError]:
        """What is wrong with the words of a call; None stands for one that is worked out."""
        kind, known, count = self.helpers.get(helper, ("", (), 0))
        yield from (unknown(kind, word, known) for word in words[:count] if word and word not in known)
        if helper == "moment" and len(words) > 1 and None not in words[:2]:
            group = words[0].replace("-", "_")
            moments = self.facts.get(group, {}).get("moments")
            if group not in {*self.facts, *(self.others or ())}:
                yield unknown("experiment", words[0], self.facts)
            elif group in self.facts and words[1] not in (moments or ()):
                yield unknown(f"moment of {words[0]}", words[1], moments or ())


def _own(tree: nodes.Template) -> set[str]:
    """The names that a template sets itself."""
    return {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"}


def _constant(node: nodes.Expr) -> object:
    return node.value if isinstance(node, nodes.Const) else None


def unknown_fact(name: str, experiment: str, known: Iterable[str]) -> ReportError:
    """The error for a name that an experiment's facts lack: all that there are, the nearest first."""
    near = sorted(known, key=lambda other: SequenceMatcher(None, name, other).ratio(), reverse=True)
    guess = f"Did you mean {near[0]!r}? " if get_close_matches(name, near[:1]) else ""
    of = f" of {experiment}" if experiment else ""
    return ReportError(f"Unknown fact {name!r}{of}.", hint=f"{guess}Known{of}: {', '.join(near)}.")
