"""What a build changed for the reader, and why a project is not up to date: the lock file's lines in words."""

from collections.abc import Iterator
from pathlib import Path

from reportgen.cli.states import in_words, reason, run_changes
from reportgen.pipeline.findings import quoted_name
from reportgen.pipeline.frozen import Found, examine
from reportgen.pipeline.lockfile import BASE_RATES, FILE
from reportgen.pipeline.plan import Plan
from reportgen.pipeline.runs import RunTarget
from reportgen.pipeline.state import Broken, Change, Missing, Stale

SHOWN = 8  # lines of one kind
NAMED = 3  # names before "and 5 more"
UNLOCKED = {
    "figure": "the code or texts of {} are not those of " + FILE,
    "run": "the settings or numerics of {} are not those of " + FILE,
    "page": "templates, the page's code or its libraries are not those of " + FILE,
}


# ---- reportgen build ----


def for_the_reader(plan: Plan, changes: tuple[Change, ...]) -> Iterator[str]:
    """Verdicts, base rates and numbers that are not what they were, a line each; the most important first."""
    claims = plan.findings.claims
    verdicts = [change for change in changes if change.name.startswith("claim ")]
    numbers = [change for change in changes if change.name.startswith("number ")]
    lost = [change for change in numbers if _is_base_rate(change) and change.new in (None, "none")]
    yield from _few([_verdict(change, claims) for change in verdicts], "verdicts")
    if lost:
        names = dict.fromkeys(change.name.split(" ")[1] for change in lost)
        yield f"no base rate any more: {_named(list(names))}"
    yield from _few([_number(change) for change in numbers if change not in lost], "numbers")


def _verdict(change: Change, claims: dict[str, dict[str, str]]) -> str:
    id = change.name.partition(" ")[2]
    text = f": {claims[id]['text']}" if id in claims else ""
    return f"{id} {_from_to(change)}{text}"


def _number(change: Change) -> str:
    _, run, fact = change.name.split(" ", 2)
    return f"{quoted_name(run)}.{fact} {_from_to(change)}"


def _from_to(change: Change) -> str:
    if change.old is None:
        return f"is new: {change.new}"
    return f"{change.old} → {change.new}" if change.new is not None else f"is gone; it was {change.old}"


def _is_base_rate(change: Change) -> bool:
    return change.name.split(" ", 2)[2] in BASE_RATES


def _few(lines: list[str], what: str) -> Iterator[str]:
    yield from lines[:SHOWN]
    if (more := len(lines) - SHOWN) > 0:
        yield f"{more} more {what}: git diff {FILE}"


def _named(names: list[str]) -> str:
    more = [f"{len(names) - NAMED} more"] if len(names) > NAMED + 1 else []
    shown = [*names[:NAMED], *more] if more else names
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


# ---- reportgen build --frozen ----


def not_current(plan: Plan, out: Path) -> tuple[list[str], str]:
    """Why a project is not up to date, a line for each cause; and what to say if there is none."""
    found = examine(plan, out)
    lines = [*_by_reason(found.targets), *_not_locked(found.locked)]
    here = f"Nothing was made here yet. Code, templates and shipped runs are those of {FILE}."
    return lines, here if found.clone else "Everything is up to date."


def _by_reason(found: tuple[Found, ...]) -> Iterator[str]:
    """What has the same reason shares a line."""
    names: dict[str, list[str]] = {}
    for target, state in found:
        match state:
            case Broken(error):
                words = error.message
            case Stale(changes) if isinstance(target, RunTarget):
                words = f"{run_changes(changes)}{'' if state.usable else '; not trained since'}"
            case Stale(changes):
                words = in_words(changes)
            case Missing() if isinstance(target, RunTarget):
                words = "not trained"
            case _:
                words = reason(target, state)
        names.setdefault(words, []).append("" if isinstance(state, Broken) else target.name)
    for words, who in names.items():
        yield f"{_named(who)}: {words}" if any(who) else words


def _not_locked(changes: tuple[Change, ...] | None) -> Iterator[str]:
    if changes is None:
        yield f"{FILE} is missing"
        return
    for kind, words in UNLOCKED.items():
        if names := [c.name.partition(" ")[2] for c in changes if c.name.split(" ")[0] == kind]:
            yield words.format(_named(names))
    lines = [_line(change) for change in changes if change.name.split(" ")[0] not in UNLOCKED]
    yield from _few(lines, "lines")


def _line(change: Change) -> str:
    if change.old is None:
        return f"{change.name} is not in {FILE}"
    if change.new is None:
        return f"{change.name} is only in {FILE}"
    return f"{change.name} is {change.new}; {FILE} has {change.old}"
