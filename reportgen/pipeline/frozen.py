"""What keeps a project from being up to date: causes, not all that follows from them. For `build --frozen`.

Where nothing was made yet, as in a fresh clone, what was never made is no cause: the lock file is held against
code, templates and the runs that travel with the project.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reportgen.pipeline import lockfile
from reportgen.pipeline.plan import Plan, Target
from reportgen.pipeline.state import Change, Missing, Stale, State
from reportgen.site import output_folder

Found = tuple[Target, State]
FOLLOWS = ("run", "fact", "facts", "figure", "claim", "data", "methods")  # inputs that others make


@dataclass(frozen=True)
class Examined:
    """What is not current by its own fault, and if there is none, the lines of the lock file that are not right.

    clone: whether nothing was made here yet. locked: None where there is no lock file.
    """

    clone: bool
    targets: tuple[Found, ...]
    locked: tuple[Change, ...] | None


def examine(plan: Plan, out: Path) -> Examined:
    """Look at everything that a build makes; makes nothing but facts and verdicts."""
    clone = plan.settings.canonical and untouched(plan, out)
    found = [(t, s) for t, s in _not_current(plan) if not (clone and isinstance(s, Missing))]
    page = plan.page(out)
    state = page.state()
    if not clone and not state.current:
        found += [(run, run.state()) for run in plan.lapsed.values()]
        if not found or (isinstance(state, Stale) and _own(state)):
            found.append((page, state))
    looked = plan.settings.canonical and not found
    return Examined(clone, tuple(found), lockfile.causes(plan) if looked else ())


def untouched(plan: Plan, out: Path) -> bool:
    """Whether no run was trained here, no figure drawn and no page written."""
    project = plan.project
    made = [*project.drawn.glob("*.*"), *project.local_runs.glob("*.*")]
    return not made and not plan.page(out).site.record.exists() and not output_folder.recorded(out)


def _not_current(plan: Plan) -> Iterator[Found]:
    """Runs, and figures but for those that only wait for a run."""
    lacking = set()
    for run in plan.shown.values():
        if not (state := run.state()).current:
            yield run, state
            lacking.add(run.name)
    for figure in plan.figures.values():
        state = figure.state()
        if not state.current and not (lacking & figure.runs.keys() and _waits(state)):
            yield figure, state


def _waits(state: State) -> bool:
    return isinstance(state, Missing) or (isinstance(state, Stale) and not _own(state))


def _own(state: Stale) -> bool:
    """Whether something changed that no other target makes."""
    return any(change.name.split(" ")[0] not in FOLLOWS for change in state.changes)
