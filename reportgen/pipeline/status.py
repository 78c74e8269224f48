"""`reportgen status` and `build --dry-run`: what is up to date, what is not and why, what it will cost."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from reportgen.experiments import Experiment
from reportgen.files.code_hash import numerics_fingerprint
from reportgen.pipeline import cache
from reportgen.pipeline.knowledge import Known
from reportgen.pipeline.plan import Build
from reportgen.store.records import Record, StoredGroup
from reportgen.training.local import count_runs, expected_seconds, worker_count
from reportgen.wording.amounts import duration, size

USUAL_DRAWING_S, USUAL_PAGE_S = 1.5, 3.0  # where nothing is on record


def report(build: Build, out: Path, *, why: bool) -> Iterator[str]:
    """The lines of `status`; why: every change by itself, from what to what."""
    known = Known(build)
    records = list(build.store.records())
    yield "Runs"
    for experiment in _listed(build, known.shown, records):
        yield _line(experiment.name, *_run_state(build, experiment, records))
    for folder, problem in build.store.damaged.items():
        yield _line(folder.name, "damaged", problem)
    yield "Figures"
    for id, parts in known.figures.items():
        yield _line(id, *_state(cache.why_drawing(build.project, id, parts, exact=why), why))
    for id, error in build.unreadable.items():
        yield _line(id, "broken", error.message)
    yield "Page"
    yield _line(out.name, *_state(cache.why_page(build.project, out, known.page, exact=why), why))
    if why:
        yield from _forecast(known, out)
        return
    jobs = build.missing(known.shown.values())
    if jobs:
        seconds = expected_seconds(jobs, build.store, worker_count(jobs))
        yield f"A build would train {count_runs(jobs)}, about {duration(seconds)}."


def forecast(build: Build, out: Path) -> Iterator[str]:
    """What a build would make, why, and how long it takes by what is on record."""
    yield from _forecast(Known(build), out)


def _forecast(known: Known, out: Path) -> Iterator[str]:
    build, project, total = known.build, known.build.project, 0.0
    wanted = build.experiments(build.wanted.values())
    for name, experiment in wanted.items():
        jobs = build.missing([experiment])
        if jobs:
            seconds = expected_seconds(jobs, build.store, worker_count(jobs))
            reason = _run_state(build, experiment, list(build.store.records()))[1]
            total += seconds
            yield f"Train {name}, {count_runs(jobs)}, about {duration(seconds)}: {reason}"
    untrained = {name for name, experiment in wanted.items() if build.missing([experiment])}
    for id, source in build.wanted.items():
        reason = cache.why_drawing(project, id, known.figures[id])
        waits = [name for name in source.runs if name in untrained]
        if reason or waits:
            seconds = cache.drawing_seconds(project, id) or USUAL_DRAWING_S
            total += seconds
            why = f"after {' and '.join(waits)}" if waits else reason
            yield f"Draw {id}, about {seconds:.1f} s: {why}"
    for id, error in build.unreadable.items():
        yield f"Not {id}, which is broken: {error.message}"
    reason = "" if build.only else cache.why_page(project, out, known.page)
    if reason or (total and not build.only):
        seconds = cache.page_seconds(project, out) or USUAL_PAGE_S
        total += seconds
        yield f"Write {out.name}, about {seconds:.1f} s: {reason or 'what it shows is made anew'}"
    yield f"In all about {duration(total)}." if total else "Nothing to do: everything is up to date."


def _line(name: str, state: str, why: str = "") -> str:
    return f"  {name:<24} {state:<8} {why}".rstrip()


def _state(reason: str, why: bool) -> tuple[str, str]:
    if not reason:
        return "fresh", ""
    missing = reason in ("not drawn yet", "not built yet")
    return "missing" if missing else "stale", reason if missing or not why else cache.LINE + reason


def _listed(build: Build, needed: Mapping[str, Experiment], records: Sequence[Record]) -> list[Experiment]:
    """What the figures need first, then every sweep that travels with the repository or was begun."""
    begun = {record.info["name"] for record in records}
    others = [e for e in build.settings.experiments.values() if e.shipped or e.name in begun]
    return [*needed.values(), *(e for e in others if e.name not in needed)]


def _run_state(build: Build, experiment: Experiment, records: Sequence[Record]) -> tuple[str, str]:
    groups = build.groups(experiment)
    held = [group.held for group in groups]
    if all(held):
        seconds = sum(h.record.provenance["training_s"] for h in held)
        total = size(sum(h.record.size for h in held))
        text = f"{total}, trained in {duration(seconds)}"
        status = build.status(experiment)
        return status, text if status != "stale" else _stale(held, experiment)
    done, begun = sum(map(bool, held)), build.store.checkpoint(groups[0].key).exists()
    if done:
        runs = sum(group.size for group in groups if group.held)
        return "partial", f"{runs:,} of {len(experiment.configs):,} runs stored; reportgen train continues"
    if begun:
        return "partial", "interrupted; the next build continues"
    older = [_differences(r, experiment) for r in records if r.info["name"] == experiment.name]
    return ("stale", min(older, key=len)) if older else ("missing", "not trained yet")


def _stale(held: Sequence[StoredGroup], experiment: Experiment) -> str:
    why = _differences(next(h.record for h in held if h.status == "stale"), experiment)
    return f"{why}; reportgen audit {experiment.name} --certify compares, reportgen train renews"


def _differences(record: Record, experiment: Experiment) -> str:
    """What changed between a stored run and what is wanted now: settings, then code."""
    old, new = record.info["configs"][0], experiment.configs[0].as_dict()
    changes = [f"{name} {a!r} → {b!r}" for name, a, b in _changed(old, new)]
    code = numerics_fingerprint()
    before = record.info["code"]
    names = [name for name in code if before.get(name) != code[name]]
    changes += [f"numerics/ changed ({', '.join(names)})"] if names else []
    return ", ".join(changes) or "grouped or kept differently"


def _changed(old: Mapping, new: Mapping) -> Iterator[tuple[str, object, object]]:
    for name in new:
        if isinstance(new[name], dict) and isinstance(old.get(name), dict):
            yield from _changed(old[name], new[name])
        elif old.get(name) != new[name]:
            yield name, old.get(name), new[name]
