"""plan → train → draw → write: the program on one screen.

Each step is a loop over a plan's targets that makes those which are not usable as they are.
"""

import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from reportgen.claims.verdicts import Verdict, as_json
from reportgen.drawing import vega
from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.experiments.functions import Function
from reportgen.files.atomic import unless_read_only, write_atomically
from reportgen.numerics import native
from reportgen.pipeline import lockfile
from reportgen.pipeline.cleaning import tidy
from reportgen.pipeline.figures import FigureTarget
from reportgen.pipeline.occupancy import at_work
from reportgen.pipeline.page import PageTarget
from reportgen.pipeline.plan import Plan
from reportgen.pipeline.reporter import Reporter
from reportgen.pipeline.runs import blaming, training_seconds
from reportgen.site import output_folder
from reportgen.site.provenance_files import origin_files
from reportgen.store.records import Store
from reportgen.training import cluster, devices
from reportgen.training.jobs import Job
from reportgen.training.local import train_jobs

Failures = Mapping[str, ReportError]


def build(plan: Plan, out: Path, device: str, reporter: Reporter, *, keep_going: bool = False) -> None:
    """Everything that is missing or stale: runs, figures, and the page unless only figures are wanted.

    keep_going: write the page although figures failed. Raises ReportError with all that failed.
    """
    tidy(_build(plan, out, device, reporter, keep_going))


@at_work
def _build(plan: Plan, out: Path, device: str, reporter: Reporter, keep_going: bool) -> Plan:
    prepare_out(plan, out)
    _say_stopped(plan, reporter)
    if train(plan, list(plan.wanted), device, reporter):
        plan = plan.again()
    _say_lapsed(plan, reporter)
    failures = draw(plan, reporter)
    if plan.only or not keep_going:
        stop_at(failures)
    if plan.only:
        doubt(plan, reporter)
        reporter.drew_only(list(plan.wanted_figures))
        return plan
    if not write(plan.page(out), reporter, failures):
        reporter.up_to_date(out)
    doubt(plan, reporter)
    stop_at(failures)
    if plan.settings.canonical and (changed := lockfile.update(plan)) is not None:
        reporter.locked(plan, changed)
    return plan


def _say_stopped(plan: Plan, reporter: Reporter) -> None:
    """Runs that were stopped before; one that is stopped now says so itself."""
    for run in plan.wanted.values():
        if run.stopped_at is not None:
            reporter.stopped(run)


def _say_lapsed(plan: Plan, reporter: Reporter) -> None:
    for run in () if plan.only else plan.lapsed.values():
        reporter.lapsed(run)


@at_work
def update_site(plan: Plan, out: Path, reporter: Reporter) -> bool:
    """Draw what is stale and write the site, from runs that are already trained; whether it was written."""
    prepare_out(plan, out)
    _say_stopped(plan, reporter)
    _say_lapsed(plan, reporter)
    stop_at(draw(plan, reporter))
    doubt(plan, reporter)
    return write(plan.page(out), reporter)


def prepare_out(plan: Plan, out: Path) -> None:
    """Refuse an unusable output folder before hours of work, not after; a site that is fresh needs no writing."""
    page = plan.page(out)
    try:
        output_folder.check(out, page.site.files)
    except ReportError:
        if not page.state().current:
            raise


@at_work
def train(plan: Plan, names: Sequence[str], device: str, reporter: Reporter, *,
          renew: bool = False, scheduler: str | None = None) -> bool:  # fmt: skip
    """Train what is missing of the named experiments; whether anything was.

    renew: also what is held but stale. scheduler: the address of a Dask cluster to train on.
    """
    jobs = [job for run in plan.runs(names).values() for job in run.jobs(renew=renew)]
    for folder, problem in plan.store.damaged.items():
        reporter.damaged(folder, problem)
    if device not in ("auto", "cpu") and not scheduler:
        devices.resolve(device, sweep=False)  # refused even when there is nothing to train
    if not jobs:
        return False
    if scheduler:
        reporter.training(jobs, None)
        with closing(reporter):
            cluster.train_jobs(jobs, plan.store, reporter.trained, address=scheduler, device=device)
    else:
        train_here(placed(jobs, device, reporter), plan.store, reporter)
    return True


def train_here(jobs: Sequence[Job], store: Store, reporter: Reporter) -> None:
    """Train jobs on this machine, showing how far they are."""
    reporter.training(jobs, training_seconds(jobs, store))
    with closing(reporter):
        train_jobs(jobs, store, reporter.trained, reporter.alone)


def placed(jobs: Sequence[Job], device: str, reporter: Reporter) -> list[Job]:
    """The jobs with the device each will run on; says what was chosen where it matters."""
    asking = [job for job in jobs if job.experiment.takes_device]
    chosen = {
        sweep: devices.resolve(device, sweep=sweep) for sweep in {not j.experiment.single for j in asking}
    }
    if device == "auto" and True in chosen:
        reporter.sweeps_on(devices.describe(chosen[True]))
    models = any(not isinstance(job.experiment, Function) for job in jobs)
    if models and "cpu" in chosen.values() and (problem := native.problem()):
        reporter.slow_kernels(problem)
    return [
        replace(job, device=chosen[not job.experiment.single]) if job.experiment.takes_device else job
        for job in jobs
    ]


def draw(plan: Plan, reporter: Reporter) -> Failures:
    """Draw the wanted figures that are missing or stale; the errors of those that cannot be drawn."""
    failures = {id: figure.error for id, figure in plan.wanted_figures.items() if figure.error}
    for id in failures:
        reporter.failed(id)
    stale = [f for id, f in plan.wanted_figures.items() if id not in failures and not f.drawn()]
    if not stale:
        return failures
    vega.wake()
    for run in plan.runs(name for figure in stale for name in figure.runs).values():
        run.records()  # what is not trained stops everything
    for figure in stale:
        try:
            _draw(figure, reporter)
        except ReportError as error:
            failures[figure.id] = error
            reporter.failed(figure.id)
    return failures


def doubt(plan: Plan, reporter: Reporter) -> None:
    """Say what the checks saw in the pictures, also in those that were drawn by an earlier build."""
    from reportgen.drawing.record import read_drawing

    for figure in plan.wanted_figures.values():
        folder = figure.drawn()
        if folder and figure.declaration and (doubts := read_drawing(folder).doubts):
            reporter.doubted(figure.declaration.path, doubts)


def _draw(figure: FigureTarget, reporter: Reporter) -> None:
    from reportgen.drawing.draw import draw as draw_figure

    state, started = figure.state(), time.monotonic()
    runs = {name: run.loaded for name, run in figure.runs.items()}
    with blaming(figure.runs.values()):
        figure.draw(lambda folder: draw_figure(figure.require_readable(), runs, figure.facts, folder))
    reporter.drew(figure, state, time.monotonic() - started)


@at_work
def export(
    plan: Plan, formats: Sequence[str], step: int | None, folder: Path, reporter: Reporter
) -> list[Path]:
    """Write the wanted figures into a folder, at one step or in their usual form."""
    if output_folder.written_files(folder):
        raise ReportError(f"{folder} is a site of reportgen.", hint="Choose another folder with --out.")
    if step is None:
        stop_at(draw(plan, reporter))
        doubt(plan, reporter)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(
            f"Cannot write to {folder}: {error.strerror}.", hint="Choose another folder with --out."
        ) from error
    written = []
    for id, figure in plan.wanted_figures.items():
        if figure.error:
            continue
        if step is not None:
            written += _export_step(figure, formats, step, folder)
        elif drawn := figure.drawn():
            files = (next(drawn.glob(f"{id}.{suffix}*")) for suffix in formats)
            written += [Path(shutil.copy(file, folder / file.name)) for file in files]
    return written


def _export_step(figure: FigureTarget, formats: Sequence[str], step: int, folder: Path) -> list[Path]:
    from reportgen.drawing.draw import draw_one_step

    runs = {name: run.loaded for name, run in figure.runs.items()}
    at, files = draw_one_step(figure.require_readable(), runs, figure.facts, step)
    for suffix in formats:
        if suffix not in files:
            raise ReportError(
                f"--step draws pictures; {suffix} holds all steps.", hint="Leave out --step for json and csv."
            )
        (folder / f"{figure.id}-step-{at}.{suffix}").write_bytes(files[suffix])
    return [folder / f"{figure.id}-step-{at}.{suffix}" for suffix in formats]


def stop_at(failures: Failures) -> None:
    """Raise all errors as one."""
    found = list(failures.values())
    if len(found) == 1:
        raise found[0]
    if found:
        lines = "".join(f"\n  {error.message}" for error in found)
        raise ReportError(f"{len(found)} figures failed:{lines}", hint=found[0].hint, exit_code=EXIT_FAILED)


def judge(plan: Plan, out: Path) -> list[Verdict]:
    """The verdict on every claim, from what is stored; also put into a site that is there."""
    verdicts, file = plan.findings.verdicts, out / "claims.json"
    with unless_read_only():
        if file.exists() and file.read_bytes() != as_json(verdicts):
            write_atomically(file, as_json(verdicts))
    return verdicts


def write(page: PageTarget, reporter: Reporter, failures: Failures | None = None) -> bool:
    """Write the site if anything it depends on has changed; whether it did.

    failures: figures that could not be drawn; the page shows their errors in their place.
    """
    plan, out, started = page.plan, page.out, time.monotonic()
    broken = {id: error.message for id, error in (failures or {}).items()}
    state = page.state(broken)
    if state.current:
        return False
    from reportgen.site import assemble, links, size_budget

    for name, run in plan.quoted.items():
        if run.status == "stale":
            reporter.unaudited(name)
    files = _render(page, broken)
    links.check(files, (plan.project.templates, plan.project.figures, plan.project.static))
    weights = size_budget.weigh(files, plan.memo)
    reporter.weighed(weights)
    size_budget.check(weights)
    with page.site.lock():
        changed = output_folder.write(files, out, page.site.files, assemble.checksums(files))
        page.site.remember(page.inputs_with(broken), time.monotonic() - started)
    reporter.wrote(page, files, changed, state)
    if unshown := plan.figures.keys() - links.ParsedPage("", files["index.html"]).ids:
        reporter.unshown(sorted(unshown))
    return True


def _render(page: PageTarget, broken: Mapping[str, str]) -> dict[str, bytes]:
    from reportgen.site import assemble

    plan, findings = page.plan, page.plan.findings
    wanted = {id: figure.drawn() for id, figure in plan.figures.items() if id not in broken}
    drawings = {id: folder for id, folder in wanted.items() if folder}
    if undrawn := wanted.keys() - drawings.keys():
        raise ReportError(
            f"Not drawn yet: {', '.join(sorted(undrawn))}.",
            hint=f"Run: reportgen build{plan.settings.options}",
            exit_code=EXIT_FAILED,
        )
    records = {name: run.records() for name, run in plan.quoted.items()}
    with blaming(plan.quoted.values()):
        return assemble.render(
            plan.project, drawings, findings.facts, findings.verdicts,
            page.methods, page.data | origin_files(records, drawings), plan.settings,
            claims=findings.claims, broken=broken, memory=plan.memo, others=findings.others,
            declared={id: figure.declaration for id, figure in plan.figures.items() if figure.declaration},
        )  # fmt: skip
