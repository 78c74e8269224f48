"""`reportgen status`: every run, figure and page, whether it is up to date, and why not."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from reportgen import cache
from reportgen.experiments import Experiment
from reportgen.keys import numerics_fingerprint
from reportgen.pipeline import Build, page_parts
from reportgen.progress import count_runs, duration, size
from reportgen.runs import Record, run_key
from reportgen.scheduling import expected_seconds, worker_count


def report(build: Build, out: Path) -> Iterator[str]:
    """The lines of `status`."""
    experiments = build.experiments(build.sources.values())
    yield "Runs"
    for experiment in [*experiments.values(), *build.searches.values()]:
        yield _line(experiment.name, *_run_state(build, experiment))
    for folder, problem in build.store.damaged.items():
        yield _line(folder.name, "damaged", problem)
    yield "Figures"
    keys = build.run_keys(experiments)
    for source in build.sources.values():
        yield _line(source.id, *_figure_state(build, source, keys))
    yield "Page"
    reason = cache.why_page(build.project, out, page_parts(build))
    state = "fresh" if not reason else "missing" if reason == "not built yet" else "stale"
    yield _line(out.name, state, reason)
    jobs = build.missing(experiments.values())
    if jobs:
        seconds = expected_seconds(jobs, build.store, worker_count(jobs))
        yield f"A build would train {count_runs(jobs)}, about {duration(seconds)}."


def _line(name: str, state: str, why: str = "") -> str:
    return f"  {name:<24} {state:<8} {why}".rstrip()


def _run_state(build: Build, experiment: Experiment) -> tuple[str, str]:
    groups = experiment.groups()
    found = [build.store.find(run_key(group, experiment.keep)) for group in groups]
    if all(found):
        seconds = sum(record.provenance["training_s"] for record in found)
        total = size(sum(record.size for record in found))
        return "fresh", f"{total}, trained in {duration(seconds)}"
    if any(found):
        return "partial", f"{sum(map(bool, found))} of {len(groups)} groups stored"
    older = [r for r in build.store.records() if r.info["name"] == experiment.name]
    if build.store.checkpoint(run_key(groups[0], experiment.keep)).exists():
        return "partial", "interrupted; the next build continues"
    if not older:
        return "missing", "not trained yet"
    reasons = [_differences(record, experiment) for record in older]
    return "stale", min(reasons, key=len)


def _differences(record: Record, experiment: Experiment) -> str:
    """What changed between a stored run and what is wanted now: settings, then code."""
    old, new = record.info["configs"][0], experiment.configs[0].as_dict()
    changes = [f"{name} {a!r} → {b!r}" for name, a, b in _changed(old, new)]
    code = numerics_fingerprint()
    before = record.info["code"]
    changes += [f"numerics/{name} changed" for name in code if before.get(name) != code[name]]
    return ", ".join(changes) or "grouped or kept differently"


def _changed(old: Mapping, new: Mapping) -> Iterator[tuple[str, object, object]]:
    for name in new:
        if isinstance(new[name], dict) and isinstance(old.get(name), dict):
            yield from _changed(old[name], new[name])
        elif old.get(name) != new[name]:
            yield name, old.get(name), new[name]


def _figure_state(build: Build, source, keys: Mapping[str, str]) -> tuple[str, str]:
    if cache.find_drawing(build.project, source, keys):
        return "fresh", ""
    reason = cache.why_drawing(build.project, source, keys)
    return ("missing" if reason == "not drawn yet" else "stale"), reason
