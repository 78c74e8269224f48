"""reportgen.lock: what the canonical page was made from, and its headline numbers, a line each.

It is committed, so a change shows which keys and which numbers it moved; sorted lines merge well. Beside
a run's key stands a hash of its content. Where another machine trained the same run to another content, its
numbers are no news: the lines stay as they are.
"""

from collections.abc import Iterator, Mapping, Sequence

from reportgen.files.atomic import write_atomically
from reportgen.files.hashing import key_of
from reportgen.files.project import Project
from reportgen.pipeline.dependencies import site_parts
from reportgen.pipeline.knowledge import Known

FILE = "reportgen.lock"
HEADER = "# Written by reportgen build: keys of what the page is made from, and numbers with two digits, counts in full.\n"
HEADLINES = {
    "count", "frequency_count", "generalised", "live_neurons", "models", "shown", "t_gen", "t_mem",
    "test_accuracy_end", "test_loss_end",
}  # fmt: skip


def update(known: Known) -> bool:
    """Bring the lock file up to date; whether it changed."""
    old = read(known.build.project)
    new = _entries(known)
    kept = {item for item in new if item in old and _elsewhere(item, old, new, known)}
    merged = {item: old[item] if item in kept else value for item, value in new.items()}
    file = known.build.project.root / FILE
    text = HEADER + "".join(f"{item} {value}\n" for item, value in sorted(merged.items()))
    if file.is_file() and file.read_bytes() == text.encode():
        return False
    write_atomically(file, text.encode())
    return True


def differences(known: Known) -> Iterator[str]:
    """What the lock file says otherwise than it is now, in words."""
    old, new = read(known.build.project), _entries(known)
    if not old:
        yield f"{FILE} is missing"
        return
    yield from (f"{item} is not in {FILE}" for item in new if item not in old)
    yield from (f"{item} is only in {FILE}" for item in old if item not in new)
    for item, value in new.items():
        if item in old and old[item] != value and not _elsewhere(item, old, new, known):
            yield f"{item} is {value}; {FILE} has {old[item]}"


def _entries(known: Known) -> dict[str, str]:
    """Item → its value, as it is now."""
    found = {f"run {name}": _named(known, name) for name in known.keys}
    for id, parts in known.figures.items():
        code = {name: value for name, value in parts.items() if not name.startswith(("fact ", "run "))}
        found[f"figure {id}"] = key_of(code)
    found["page"] = key_of(site_parts(known.build.project))
    for name in known.keys:
        for fact, value in _headlines(known.facts.get(name.replace("-", "_"), {})):
            found[f"number {name} {fact}"] = value
    words = {True: "holds", False: "fails", None: "not-judged"}
    return found | {f"claim {verdict.id}": words[verdict.holds] for verdict in known.verdicts}


def _named(known: Known, name: str) -> str:
    """An experiment's key, the same everywhere, and a short hash of what is stored of it here."""
    groups = known.build.groups(known.used[name])
    content = [group.held and group.held.record.info["sha256"] for group in groups]
    return f"{key_of([group.key for group in groups])} {key_of(content)[:8]}"


def _headlines(facts: Mapping, prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in facts.items():
        if isinstance(value, dict):
            yield from _headlines(value, f"{prefix}{name}.")
        elif name in HEADLINES and isinstance(value, int | float | None):
            yield f"{prefix}{name}", _worded(name, value)


def _worded(name: str, value: float | None) -> str:
    """Two digits; counts in full."""
    if value is None:
        return "none"
    return (
        str(value) if isinstance(value, int) and not name.startswith("t_") else f"{float(f'{value:.2g}'):g}"
    )


def _elsewhere(item: str, old: Mapping, new: Mapping, known: Known) -> bool:
    """Whether the locked line speaks of the same runs as another machine trained them."""
    kind, _, rest = item.partition(" ")
    if kind == "claim":
        names = _judged_on(known, rest)
    elif kind in ("run", "number"):
        names = [rest.split(" ")[0]]
    else:
        return False
    pairs = [(old.get(f"run {name}", ""), new.get(f"run {name}", "")) for name in names]
    same_keys = all(a.split(" ")[0] == b.split(" ")[0] for a, b in pairs)
    return same_keys and any(a != b for a, b in pairs)


def _judged_on(known: Known, claim: str) -> Sequence[str]:
    return known.claims[claim]["runs"] if claim in known.claims else ()


def read(project: Project) -> dict[str, str]:
    """Item → value; nothing when there is no file."""
    try:
        lines = (project.root / FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    return dict(_split(line) for line in lines if " " in line and not line.startswith("#"))


def _split(line: str) -> tuple[str, str]:
    """A line's item and value; a run's value is two words."""
    head, _, last = line.rpartition(" ")
    if head.startswith("run ") and head.count(" ") == 2:
        head, _, key = head.rpartition(" ")
        return head, f"{key} {last}"
    return head, last
