"""reportgen.lock: what the canonical page was made from, and its headline numbers, a line each.

It is committed, so a change shows which keys and which numbers it moved; sorted lines merge well. Beside
a run's key stands a hash of its content. Where another machine trained the same run to another content, its
numbers are no news: the lines stay as they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportgen.files.atomic import write_atomically
from reportgen.files.hashing import KEY_LENGTH, key_of
from reportgen.files.reads import content, is_read
from reportgen.files.text import UnreadableText, file_content, read_text
from reportgen.pipeline.figures import FigureTarget
from reportgen.pipeline.findings import quoted_name
from reportgen.pipeline.inputs import site_inputs
from reportgen.pipeline.plan import Plan
from reportgen.pipeline.state import Change, changes

FILE = "reportgen.lock"
HEADER = "# Written by reportgen build: keys of what the page is made from, and numbers with two digits, counts in full.\n"
HEADLINES = {
    "count", "frequency_count", "generalised", "live_neurons", "models", "shown", "t_gen", "t_mem",
    "test_accuracy_end", "test_loss_end",
}  # fmt: skip
BASE_RATES = ("generalised", "shown")  # of a single run: on how many of the seeds tried
VERDICTS = {True: "holds", False: "fails", None: "not-judged"}
Entries = dict[str, str]  # item → value: a line each


def update(plan: Plan) -> tuple[Change, ...] | None:
    """Bring the lock file up to date; the lines that changed, none of a new file. None where it is as it was."""
    lock = lock_of(plan)
    file, merged = plan.project.root / FILE, lock.merged()
    text = HEADER + "".join(f"{item} {value}\n" for item, value in sorted(merged.items()))
    if file.is_file() and file_content(file) == text.encode():
        return None
    write_atomically(file, text.encode())
    return changes(lock.old, merged) if lock.old else ()


def differences(plan: Plan) -> tuple[Change, ...] | None:
    """The lines that are not as they should be; None when there is no lock file."""
    lock = lock_of(plan)
    return changes(lock.old, lock.merged()) if lock.old else None


def causes(plan: Plan) -> tuple[Change, ...] | None:
    """The same without numbers and verdicts of runs that are not those of the file."""
    lock, found = lock_of(plan), differences(plan)
    runs = {change.name.removeprefix("run ") for change in found or () if change.name.startswith("run ")}
    return found and tuple(c for c in found if not runs.intersection(lock.stands_on(c.name)))


@dataclass(frozen=True)
class Lock:
    """The lines of the file, as they are now, what each claim was judged on, and which runs are not stored."""

    old: Entries
    new: Entries
    judged_on: Mapping[str, Sequence[str]]
    untrained: frozenset[str] = frozenset()

    def merged(self) -> Entries:
        """What the file should say: what another machine trained keeps its lines."""
        known = {item: value for item, value in self.old.items() if self._elsewhere_only(item)}
        return known | {
            item: self.old[item] if item in self.old and self.trained_elsewhere(item) else value
            for item, value in self.new.items()
        }

    def stands_on(self, item: str) -> list[str]:
        """The runs that a number or a verdict comes from; a base rate, also from the search for the seed."""
        kind, _, rest = item.partition(" ")
        if kind == "claim":
            return list(self.judged_on.get(rest, ()))
        name, _, fact = rest.partition(" ")
        near = [f"{name}-search"] if fact in BASE_RATES else []
        return [name, *near] if kind == "number" else []

    def _elsewhere_only(self, item: str) -> bool:
        """Whether a line speaks of a run that is as it was, and is not stored here."""
        names = self.untrained.intersection(self.stands_on(item))
        return bool(names) and self.trained_elsewhere(item)

    def trained_elsewhere(self, item: str) -> bool:
        """Whether a line speaks of the same runs as another machine trained them."""
        kind, _, rest = item.partition(" ")
        names = [rest] if kind == "run" else self.stands_on(item)
        pairs = [(self.old.get(f"run {name}", ""), self.new.get(f"run {name}", "")) for name in names]
        same_keys = all(a.split(" ")[0] == b.split(" ")[0] for a, b in pairs)
        return same_keys and any(a != b for a, b in pairs)


def lock_of(plan: Plan) -> Lock:
    judged_on = {id: claim["runs"] for id, claim in plan.findings.claims.items()}
    untrained = frozenset(name for name, run in plan.quoted.items() if run.status is None)
    old = read(plan.project.root)
    return Lock(old, entries(plan, old), judged_on, untrained)


def entries(plan: Plan, old: Entries) -> Entries:
    """Item → its value, as it is now. old: says what figures read that were never drawn here, as in a clone."""
    found = {f"run {name}": f"{run.wanted_key} {run.content_key[:8]}" for name, run in plan.quoted.items()}
    for id, figure in plan.figures.items():
        code = {n: value for n, value in figure.declared.items() if not n.startswith(("fact ", "run "))}
        found |= {f"figure {id}": key_of(code)} if code else {}
        found |= {f"read {id} {name}": value[:KEY_LENGTH] for name, value in _reads(figure, old).items()}
    found["page"] = key_of(site_inputs(plan.project))
    for name in plan.quoted:
        known = plan.findings.facts.get(quoted_name(name), {})
        for fact, value in _numbers(known) if plan.quoted[name].of_function else _headlines(known):
            found[f"number {name} {fact}"] = value
    return found | {f"claim {verdict.id}": VERDICTS[verdict.holds] for verdict in plan.findings.verdicts}


def _reads(figure: FigureTarget, old: Entries) -> dict[str, str]:
    """What a figure's code read, as it is now."""
    if figure.drawn():
        return {name: found for name, found in figure.inputs.items() if is_read(name)}
    names = [item.split(" ", 2)[2] for item in old if item.startswith(f"read {figure.id} ")]
    return {name: content(name, figure.plan.project.root) for name in names if is_read(name)}


def _headlines(facts: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in facts.items():
        if isinstance(value, dict):
            yield from _headlines(value, f"{prefix}{name}.")
        elif name in HEADLINES and isinstance(value, int | float | None):
            yield f"{prefix}{name}", _worded(name, value)


def _numbers(facts: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Of a function every number: which of them matter, only its article knows."""
    return (
        (name, _worded(name, value)) for name, value in facts.items() if isinstance(value, int | float | None)
    )


def _worded(name: str, value: float | None) -> str:
    """Two digits; counts in full."""
    if value is None:
        return "none"
    if isinstance(value, int) and not name.startswith("t_"):
        return str(value)
    return f"{float(f'{value:.2g}'):g}"


def read(folder: Path) -> Entries:
    """Item → value, of the lock file in a folder; nothing when there is none, or it is damaged."""
    try:
        lines = read_text(folder / FILE).splitlines()
    except UnreadableText:
        return {}
    return dict(_split(line) for line in lines if " " in line and not line.startswith("#"))


def _split(line: str) -> tuple[str, str]:
    """A line's item and value; a run's value is two words."""
    head, _, last = line.rpartition(" ")
    if head.startswith("run ") and head.count(" ") == 2:
        head, _, key = head.rpartition(" ")
        return head, f"{key} {last}"
    return head, last
