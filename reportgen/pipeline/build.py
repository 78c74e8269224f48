"""plan → train → draw → write: the program on one screen."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from reportgen.claims.verdicts import Verdict, as_json
from reportgen.drawing import vega
from reportgen.drawing.declaration import FigureDeclaration
from reportgen.errors import EXIT_FAILED, EXIT_STALE, ReportError
from reportgen.files.atomic import write_atomically
from reportgen.numerics import native
from reportgen.pipeline import cache, lockfile
from reportgen.pipeline.knowledge import Known
from reportgen.pipeline.plan import Build
from reportgen.site import output_folder
from reportgen.site.provenance_files import origin_files
from reportgen.store.records import Store
from reportgen.training import cluster, devices
from reportgen.training.local import Job, expected_seconds, train_jobs, worker_count

Say = Callable[[str], None]


def build(job: Build, out: Path, device: str, progress, *, keep_going: bool = False) -> None:
    """Everything that is missing or stale: runs, figures, and the page unless only figures are wanted.

    keep_going: write the page although figures failed. Raises ReportError with all that failed.
    """
    prepare_out(job, out)
    train(job, list(job.experiments((job.wanted if job.only else job.sources).values())), device, progress)
    known = Known(job)
    failures = draw(known, progress)
    if job.only or not keep_going:
        stop_at(failures)
    if job.only:
        progress.say(f"Drawn: {', '.join(job.wanted)}. Run reportgen build to write the page.")
    elif not write(known, out, progress, failures):
        progress.say(f"{out} is up to date.")
    stop_at(failures)
    if job.settings.canonical and not job.only and lockfile.update(known):
        progress.say(f"Updated {lockfile.FILE}.")


def update_site(build: Build, out: Path, progress) -> bool:
    """Draw what is stale and write the site, from runs that are already trained; whether it was written."""
    prepare_out(build, out)
    known = Known(build)
    stop_at(draw(known, progress))
    return write(known, out, progress)


def prepare_out(build: Build, out: Path) -> None:
    """Refuse an unusable output folder before hours of work, not after; a site that is fresh needs no writing."""
    try:
        output_folder.check(out, cache.page_files(build.project, out))
    except ReportError:
        if not cache.page_is_fresh(build.project, out, Known(build).page):
            raise


def verify(build: Build, out: Path) -> None:
    """Raises ReportError with everything that is not up to date; makes nothing."""
    known = Known(build)
    found = [f"{name} is {build.status(e) or 'not trained'}" for name, e in known.shown.items()
             if build.status(e) in (None, "stale")]  # fmt: skip
    found += [error.message for error in build.unreadable.values()]
    reasons = {id: cache.why_drawing(build.project, id, parts) for id, parts in known.figures.items()}
    reasons[out.name] = cache.why_page(build.project, out, known.page)
    found += [f"{name}: {reason}" for name, reason in reasons.items() if reason]
    if build.settings.canonical:
        found += lockfile.differences(known)
    if found:
        lines = "".join(f"\n  {line}" for line in found)
        hint = f"Run: reportgen build{build.settings.options}"
        raise ReportError(f"Not up to date:{lines}", hint=hint, exit_code=EXIT_STALE)


def train(build: Build, names: Sequence[str], device: str, progress, *, renew=False, scheduler=None) -> bool:
    """Train what is missing of the named experiments; whether anything was.

    renew: also what is held but stale. scheduler: the address of a Dask cluster to train on.
    """
    wanted = [build.settings.experiments[name] for name in names]
    jobs = build.missing(wanted, renew=renew)
    for folder, problem in build.store.damaged.items():
        progress.warn(f"{folder} is damaged ({problem}); it is trained again.")
    if device not in ("auto", "cpu") and not scheduler:
        devices.resolve(device, sweep=False)  # refused even when there is nothing to train
    if not jobs:
        return False
    if scheduler:
        progress.training(jobs, None)
        with closing(progress):
            cluster.train_jobs(jobs, build.store, progress.trained, address=scheduler, device=device)
    else:
        train_here(placed(jobs, device, progress), build.store, progress)
    build.forget()
    return True


def train_here(jobs: Sequence[Job], store: Store, progress) -> None:
    """Train jobs on this machine, showing how far they are."""
    progress.training(jobs, expected_seconds(jobs, store, worker_count(jobs)))
    with closing(progress):
        train_jobs(jobs, store, progress.trained)


def placed(jobs: Sequence[Job], device: str, progress) -> list[Job]:
    """The jobs with the device each will run on; says what was chosen where it matters."""
    chosen = {
        sweep: devices.resolve(device, sweep=sweep) for sweep in {not j.experiment.single for j in jobs}
    }
    if device == "auto" and True in chosen:
        progress.say(f"Sweeps are trained on {devices.describe(chosen[True])}.")
    if "cpu" in chosen.values() and native.problem():
        progress.warn(
            f"Training runs in plain PyTorch, several times slower: {native.problem()}. "
            "With a C++ compiler (such as g++) it uses compiled kernels."
        )
    return [replace(job, device=chosen[not job.experiment.single]) for job in jobs]


def draw(known: Known, progress) -> dict[str, ReportError]:
    """Draw the wanted figures that are missing or stale; the errors of those that cannot be drawn."""
    build, failures = known.build, dict(known.build.unreadable)
    for id in failures:
        progress.failed(id)
    stale = [source for source in build.wanted.values() if not known.drawing(source.id)]
    if not stale:
        return failures
    vega.wake()
    from reportgen.drawing.draw import draw as draw_figure

    build.load(build.experiments(stale))  # what is not trained stops everything
    for source in stale:
        parts, started = known.figures[source.id], time.monotonic()
        experiments = build.experiments([source])
        runs, reason = build.load(experiments), cache.why_drawing(build.project, source.id, parts)
        try:
            with cache.new_drawing(build.project, source.id, parts) as folder:
                draw_figure(source, runs, known.own_facts(experiments), folder)
            progress.drew(source.id, reason, time.monotonic() - started)
        except ReportError as error:
            failures[source.id] = error
            progress.failed(source.id)
    return failures


def export(build: Build, formats: Sequence[str], step: int | None, folder: Path, progress) -> list[Path]:
    """Write the wanted figures into a folder, at one step or in their usual form."""
    import shutil

    known, written = Known(build), []
    if step is None:
        stop_at(draw(known, progress))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(
            f"Cannot write to {folder}: {error.strerror}.", hint="Choose another folder with --out."
        ) from error
    for source in build.wanted.values():
        if step is not None:
            written += _export_step(known, source, formats, step, folder)
            continue
        drawn = known.drawing(source.id)
        for suffix in formats:
            file = next(drawn.glob(f"{source.id}.{suffix}*"))
            written.append(Path(shutil.copy(file, folder / file.name)))
    return written


def _export_step(known: Known, source: FigureDeclaration, formats, step: int, folder: Path) -> list[Path]:
    from reportgen.drawing.draw import draw_one_step

    experiments = known.build.experiments([source])
    at, files = draw_one_step(source, known.build.load(experiments), known.own_facts(experiments), step)
    for suffix in formats:
        if suffix not in files:
            raise ReportError(
                f"--step draws pictures; {suffix} holds all steps.", hint="Leave out --step for json and csv."
            )
        (folder / f"{source.id}-step-{at}.{suffix}").write_bytes(files[suffix])
    return [folder / f"{source.id}-step-{at}.{suffix}" for suffix in formats]


def stop_at(failures: Mapping[str, ReportError]) -> None:
    """Raise all errors as one."""
    found = list(failures.values())
    if len(found) == 1:
        raise found[0]
    if found:
        lines = "".join(f"\n  {error.message}" for error in found)
        raise ReportError(f"{len(found)} figures failed:{lines}", hint=found[0].hint, exit_code=EXIT_FAILED)


def judge(build: Build, out: Path) -> list[Verdict]:
    """The verdict on every claim, from what is stored; also put into a site that is there."""
    verdicts = Known(build).verdicts
    if (out / "claims.json").exists():
        write_atomically(out / "claims.json", as_json(verdicts))
    return verdicts


def write(known: Known, out: Path, progress, broken: Mapping[str, ReportError] | None = None) -> bool:
    """Write the site if anything it depends on has changed; whether it did.

    broken: figures that could not be drawn; the page shows their errors in their place.
    """
    build, broken, started = known.build, broken or {}, time.monotonic()
    parts = known.page | {f"broken {id}": error.message for id, error in broken.items()}
    if cache.page_is_fresh(build.project, out, parts):
        return False
    from reportgen.site import assemble, links, size_budget

    reason = cache.why_page(build.project, out, parts)
    drawings = {id: known.drawing(id) for id in known.figures if id not in broken}
    undrawn = [id for id, folder in drawings.items() if folder is None]
    if undrawn:
        raise ReportError(
            f"Not drawn yet: {', '.join(undrawn)}.",
            hint=f"Run: reportgen build{build.settings.options}",
            exit_code=EXIT_FAILED,
        )
    statuses = {name: build.status(experiment) for name, experiment in known.used.items()}
    for name in [name for name, status in statuses.items() if status == "stale"]:
        progress.warn(f"{name} was trained by earlier code; check it: reportgen audit {name} --certify")
    records = {name: build.records(experiment) for name, experiment in known.used.items()}
    files = assemble.render(
        build.project, drawings, known.facts, known.verdicts,
        known.methods, known.data | origin_files(records, drawings), build.settings,
        claims=known.claims, broken={id: error.message for id, error in broken.items()}, memory=build.memory,
    )  # fmt: skip
    links.check(files, (build.project.templates, build.project.figures))
    weights = size_budget.weigh(files, build.memory)
    progress.weighed(weights)
    size_budget.check(weights)
    with cache.page_lock(build.project, out):
        earlier = cache.page_files(build.project, out)
        changed = output_folder.write(files, out, earlier, assemble.checksums(files))
        cache.remember_page(build.project, out, parts, time.monotonic() - started)
    progress.wrote(out, files, changed, reason)
    return True
