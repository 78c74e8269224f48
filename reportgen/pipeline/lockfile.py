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
VERDICTS = {True: "holds", False: "fails", None: "not-judged"}
Entries = dict[str, str]  # item → value: a line each


def update(plan: Plan) -> bool:
    """Bring the lock file up to date; whether it changed."""
    lock = lock_of(plan)
    file = plan.project.root / FILE
    text = HEADER + "".join(f"{item} {value}\n" for item, value in sorted(lock.merged().items()))
    if file.is_file() and file_content(file) == text.encode():
        return False
    write_atomically(file, text.encode())
    return True


def differences(plan: Plan) -> tuple[Change, ...] | None:
    """The lines that are not as they should be; None when there is no lock file."""
    lock = lock_of(plan)
    return changes(lock.old, lock.merged()) if lock.old else None


@dataclass(frozen=True)
class Lock:
    """The lines of the file, as they are now, and what each claim was judged on."""

    old: Entries
    new: Entries
    judged_on: Mapping[str, Sequence[str]]

    def merged(self) -> Entries:
        """What the file should say: what another machine trained keeps its lines."""
        return {
            item: self.old[item] if item in self.old and self.trained_elsewhere(item) else value
            for item, value in self.new.items()
        }

    def trained_elsewhere(self, item: str) -> bool:
        """Whether a line speaks of the same runs as another machine trained them."""
        kind, _, rest = item.partition(" ")
        names = {"claim": self.judged_on.get(rest, ()), "run": [rest], "number": rest.split(" ")[:1]}.get(
            kind, ()
        )
        pairs = [(self.old.get(f"run {name}", ""), self.new.get(f"run {name}", "")) for name in names]
        same_keys = all(a.split(" ")[0] == b.split(" ")[0] for a, b in pairs)
        return same_keys and any(a != b for a, b in pairs)


def lock_of(plan: Plan) -> Lock:
    judged_on = {id: claim["runs"] for id, claim in plan.findings.claims.items()}
    old = read(plan.project.root)
    return Lock(old, entries(plan, old), judged_on)


def entries(plan: Plan, old: Entries) -> Entries:
    """Item → its value, as it is now. old: says what figures read that were never drawn here, as in a clone."""
    found = {f"run {name}": f"{run.wanted_key} {run.content_key[:8]}" for name, run in plan.quoted.items()}
    for id, figure in plan.figures.items():
        code = {n: value for n, value in figure.declared.items() if not n.startswith(("fact ", "run "))}
        found |= {f"figure {id}": key_of(code)} if code else {}
        found |= {f"read {id} {name}": value[:KEY_LENGTH] for name, value in _reads(figure, old).items()}
    found["page"] = key_of(site_inputs(plan.project))
    for name in plan.quoted:
        for fact, value in _headlines(plan.findings.facts.get(quoted_name(name), {})):
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
