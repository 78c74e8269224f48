"""plan → train → draw → write: the program on one screen."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from reportgen import cache, cluster, devices, outfolder
from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.figures import Source
from reportgen.files import write_atomically
from reportgen.keys import key_of
from reportgen.numerics import native
from reportgen.plan import Build
from reportgen.runs import Store
from reportgen.scheduling import Job, expected_seconds, train_jobs, worker_count

Say = Callable[[str], None]


def prepare_out(out: Path) -> None:
    """Refuse an unusable output folder before hours of work, not after."""
    outfolder.check(out)


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


def draw(build: Build, progress) -> None:
    """Draw the wanted figures that are missing or stale. All errors are gathered."""
    experiments = build.experiments(build.wanted.values())
    keys = build.run_keys(experiments)
    stale = [s for s in build.wanted.values() if not cache.find_drawing(build.project, s, keys)]
    if not stale:
        return
    from reportgen.claims import facts
    from reportgen.drawing import draw as draw_figure

    runs, failures = build.load(build.experiments(stale)), []
    for source in stale:
        own = {name: runs[name] for name in source.runs}
        reason = cache.why_drawing(build.project, source, keys)
        try:
            with cache.new_drawing(build.project, source, keys) as folder:
                draw_figure(source, own, facts(own), folder)
            progress.drew(source.id, reason)
        except ReportError as error:
            failures.append(error)
    if failures:
        raise _summary(failures)


def export(build: Build, formats: Sequence[str], step: int | None, folder: Path, progress) -> list[Path]:
    """Write the wanted figures into a folder, at one step or in their usual form."""
    import shutil

    if step is None:
        draw(build, progress)
    experiments = build.experiments(build.wanted.values())
    keys, written = build.run_keys(experiments), []
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(
            f"Cannot write to {folder}: {error.strerror}.", hint="Choose another folder with --out."
        ) from error
    for source in build.wanted.values():
        if step is not None:
            written += _export_step(build, source, formats, step, folder)
            continue
        drawn = cache.find_drawing(build.project, source, keys)
        for suffix in formats:
            file = next(drawn.glob(f"{source.id}.{suffix}*"))
            written.append(Path(shutil.copy(file, folder / file.name)))
    return written


def _export_step(build: Build, source: Source, formats, step: int, folder: Path) -> list[Path]:
    from reportgen.claims import facts
    from reportgen.drawing import draw_one_step

    own = build.load(build.experiments([source]))
    at, files = draw_one_step(source, own, facts(own), step)
    for suffix in formats:
        if suffix not in files:
            raise ReportError(
                f"--step draws pictures; {suffix} holds all steps.", hint="Leave out --step for json and csv."
            )
        (folder / f"{source.id}-step-{at}.{suffix}").write_bytes(files[suffix])
    return [folder / f"{source.id}-step-{at}.{suffix}" for suffix in formats]


def _summary(failures: Sequence[ReportError]) -> ReportError:
    if len(failures) == 1:
        return failures[0]
    lines = "".join(f"\n  {error.message}" for error in failures)
    return ReportError(
        f"{len(failures)} figures failed:{lines}", hint=failures[0].hint, exit_code=EXIT_FAILED
    )


def judge(build: Build, out: Path) -> list:
    """The verdict on every claim, from what is stored; also put into a site that is there."""
    from reportgen.claims import as_json, check

    verdicts = check(build.load(build.judged | build.searches))
    if (out / "claims.json").exists():
        write_atomically(out / "claims.json", as_json(verdicts))
    return verdicts


def page_parts(build: Build) -> dict[str, str]:
    """Everything the page depends on: name → key."""
    from reportgen.site import site_key_parts

    experiments = build.experiments(build.sources.values())
    keys = build.run_keys(experiments)
    parts = {f"figure {s.id}": s.key(keys) for s in build.sources.values()}
    others = {n: e for n, e in (build.judged | build.searches).items() if n not in experiments}
    parts |= {f"run {name}": key for name, key in (keys | build.run_keys(others)).items()}
    parts |= site_key_parts(build.project.templates)
    return parts | {"settings": key_of([build.settings.name, dict(build.settings.changed)])}


def write(build: Build, out: Path, progress) -> bool:
    """Write the site if anything it depends on has changed; whether it did."""
    parts = page_parts(build)
    if cache.page_is_fresh(build.project, out, parts):
        return False
    from reportgen import site
    from reportgen.claims import check, facts

    outfolder.check(out)
    experiments = build.experiments(build.sources.values())
    used = experiments | build.judged | build.searches
    keys, runs = build.run_keys(experiments), build.load(used)
    drawings = {s.id: cache.find_drawing(build.project, s, keys) for s in build.sources.values()}
    undrawn = [name for name, folder in drawings.items() if folder is None]
    if undrawn:
        raise ReportError(
            f"Not drawn yet: {', '.join(undrawn)}.", hint="Run: reportgen build", exit_code=EXIT_FAILED
        )
    records = {name: build.records(e) for name, e in used.items()}
    statuses = {name: build.status(e) for name, e in used.items()}
    for name in [name for name, status in statuses.items() if status == "stale"]:
        progress.warn(f"{name} was trained by earlier code; check it: reportgen audit {name} --certify")
    verdicts = check(runs) if build.settings.canonical else []
    files = site.render(build.project, drawings, facts(runs), verdicts, records, statuses, build.settings)
    with FileLock(cache.page_lock(build.project, out)):
        changed = outfolder.write(files, out)
        cache.remember_page(build.project, out, parts)
    progress.wrote(out, files, changed)
    return True
