"""States of targets in words: what `status` and `build --dry-run` say."""

from collections.abc import Iterator
from pathlib import Path

from reportgen.pipeline.figures import FigureTarget
from reportgen.pipeline.page import PageTarget
from reportgen.pipeline.plan import NEAR, Plan, Target
from reportgen.pipeline.runs import RunTarget, training_seconds
from reportgen.pipeline.state import Broken, Change, Damaged, Missing, Partial, Stale, State
from reportgen.training.jobs import count_runs
from reportgen.wording.numbers import duration, size, step

SHOWN = 4  # changes that a short reason names
LONGEST = 40  # letters of a fact's value
LINE = "\n" + " " * 6
NEVER_MADE = {"run": "not trained yet", "figure": "not drawn yet", "page": "not built yet"}


def word(state: State) -> str:
    """ "fresh", "stale" and so on."""
    return type(state).__name__.lower()


def reason(target: Target, state: State, *, exact: bool = False) -> str:
    """Why a target is not current; "" when it is. exact: every change, a line each, with its hashes.

    Of runs that the page would speak of, also what it drops without them, and what brings that back.
    """
    why = _reason(target, state, exact)
    if not isinstance(target, RunTarget) or target.name not in target.plan.lapsed:
        return why
    return f"{why}; the page drops {' and '.join(_lost(target))}. To train it: reportgen train {target.name}"


def _reason(target: Target, state: State, exact: bool) -> str:
    match state:
        case Missing():
            return NEVER_MADE[target.kind]
        case Broken(error):
            return error.message
        case Partial(0, _):
            return "interrupted; the next build continues"
        case Partial(done, of):
            return f"{step(done)} of {step(of)} runs stored; reportgen train continues"
        case Damaged() if target.kind == "page":
            return f"files in {target.name}/ were changed or removed"
        case Damaged():
            return "its files were damaged"
        case Stale(changes) if target.kind == "run":
            return _of_run(target.name, changes, state.usable)
        case Stale(changes):
            return in_words(changes, exact=exact)
    return ""


def in_words(changes: tuple[Change, ...], *, exact: bool = False) -> str:
    """What changed, the most important first."""
    words = [_in_words(change, exact) for change in changes]
    if len(words) > SHOWN and not exact:
        words[SHOWN:] = [f"{len(words) - SHOWN} more"]
    return (LINE if exact else ", ").join(words) or "nothing changed"


def _in_words(change: Change, exact: bool) -> str:
    kind, _, rest = change.name.partition(" ")
    name = rest if kind in ("code", "file", "module", "folder") else change.name
    if change.new and change.new.startswith("broken: "):
        return f"{name} is broken"
    if change.old and change.old.startswith("broken: "):
        return f"{name} is mended"
    if change.old is None:
        return f"{name} is new"
    if change.new is None:
        return f"{name} is gone"
    if kind in ("fact", "library"):
        return f"{rest} {_cut(change.old)} → {_cut(change.new)}"
    return f"{name} changed" + (f" ({change.old[:8]} → {change.new[:8]})" if exact else "")


def _cut(value: str) -> str:
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"


def _of_run(name: str, changes: tuple[Change, ...], usable: bool) -> str:
    remedy = f"; reportgen audit {name} --certify compares, reportgen train renews"
    return run_changes(changes) + (remedy if usable else "")


def run_changes(changes: tuple[Change, ...]) -> str:
    """What runs were made from that is not so today: settings, then code."""
    settings = [c for c in changes if c.name.startswith("setting ")]
    code = [c.name.partition(" ")[2] for c in changes if c.name.startswith("numerics ")]
    others = tuple(c for c in changes if not c.name.startswith(("setting ", "numerics ")))  # of a function
    words = [f"{c.name.partition(' ')[2]} {c.old} → {c.new}" for c in settings]
    words += [f"numerics/ changed ({', '.join(code)})"] if code else []
    words += [in_words(others)] if others else []
    return ", ".join(words) or "grouped or kept differently"


def _lost(run: RunTarget) -> Iterator[str]:
    chosen, _, kind = run.name.rpartition("-")
    if kind in NEAR and chosen in run.plan.quoted:
        yield f"the base rates of {chosen}" if kind == NEAR[0] else f"how robust the seed of {chosen} is"
    if judged := [id for id, claim in run.plan.findings.claims.items() if run.name in claim["runs"]]:
        yield f"the verdict{'s' * (len(judged) > 1)} on {', '.join(judged)}"


# ---- reportgen status ----


def status(plan: Plan, out: Path, *, why: bool) -> Iterator[str]:
    """Every run, figure and page with its state and the reason; why: every change, and what a build would cost."""
    yield "Runs"
    for run in (plan.shown | plan.others()).values():
        yield _line(run.name, *_run(run))
    for folder, problem in plan.store.damaged.items():
        yield _line(folder.name, "damaged", problem)
    yield "Figures"
    for figure in sorted(plan.figures.values(), key=lambda figure: figure.error is not None):
        yield _line(figure.id, *_made(figure, why))
    yield "Page"
    page, address = plan.page(out), plan.settings.base_url
    state, reasons = _made(page, why)
    yield _line(out.name, state, reasons or (f"for {address}" if address else ""))
    if why:
        yield from forecast(plan, out)
    elif jobs := [job for run in plan.shown.values() for job in run.jobs()]:
        seconds = training_seconds(jobs, plan.store)
        yield f"A build would train {count_runs(jobs)}, about {duration(seconds)}."


def _line(name: str, state: str, why: str = "") -> str:
    return f"  {name:<24} {state:<8} {why}".rstrip()


def _run(run: RunTarget) -> tuple[str, str]:
    state = run.state()
    if not state.current:
        return word(state), reason(run, state)
    records = run.records()
    seconds = sum(record.provenance.training_s for record in records)
    total = size(sum(record.size for record in records))
    stopped = run.stopped_at
    mark = "" if stopped is None else f", stopped at step {step(stopped)}: its loss is not finite"
    return word(state), f"{total}, trained in {duration(seconds)}{mark}"


def _made(target: FigureTarget | PageTarget, why: bool) -> tuple[str, str]:
    state = target.state()
    text = reason(target, state, exact=why)
    return word(state), LINE + text if why and isinstance(state, Stale) else text


# ---- reportgen build --dry-run ----


def forecast(plan: Plan, out: Path) -> Iterator[str]:
    """What a build would make, why, and how long it takes by what is on record."""
    untrained = {name: jobs for name, run in plan.wanted.items() if (jobs := run.jobs())}
    for name, jobs in untrained.items():
        run = plan.wanted[name]
        why = reason(run, run.state())
        yield f"Train {name}, {count_runs(jobs)}, about {duration(run.seconds())}: {why}"
    total = training_seconds([job for jobs in untrained.values() for job in jobs], plan.store)
    for figure in plan.wanted_figures.values():
        waits = [name for name in figure.runs if name in untrained]
        why = f"after {' and '.join(waits)}" if waits else reason(figure, figure.state())
        if figure.error:
            yield f"Not {figure.id}, which is broken: {why}"
        elif why:
            total += figure.seconds()
            yield f"Draw {figure.id}, about {figure.seconds():.1f} s: {why}"
    for run in () if plan.only else plan.lapsed.values():
        yield f"Not trained by a build: {run.name}: {reason(run, run.state())}"
    page = plan.page(out)
    why = "" if plan.only else reason(page, page.state())
    if why or (total and not plan.only):
        total += page.seconds()
        yield f"Write {out.name}, about {page.seconds():.1f} s: {why or 'what it shows is made anew'}"
    yield f"In all about {duration(total)}." if total else "Nothing to do: everything is up to date."
