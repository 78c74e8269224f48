"""plan → train → draw → write: the program on one screen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from filelock import FileLock

from reportgen import cache, cluster, devices, outfolder
from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.experiments import Experiment
from reportgen.figures import Source, choose, find_figures
from reportgen.keys import key_of
from reportgen.numerics import native
from reportgen.numerics.config import Config
from reportgen.project import Project
from reportgen.runs import Record, Run, Status, Store, run_key
from reportgen.scheduling import Job, expected_seconds, train_jobs, worker_count
from reportgen.settings import Settings

Say = Callable[[str], None]


@dataclass(frozen=True)
class Build:
    """One project with one set of settings: what it needs and what it already has."""

    project: Project
    settings: Settings
    only: tuple[str, ...] = ()

    @cached_property
    def store(self) -> Store:
        return Store(self.project.local_runs, self.project.shipped_runs)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """All figures of the project."""
        return find_figures(self.project.figures)

    @cached_property
    def wanted(self) -> dict[str, Source]:
        """The figures to bring up to date."""
        return choose(self.sources, self.only)

    def experiments(self, sources: Iterable[Source]) -> dict[str, Experiment]:
        """The experiments that some figures need, in the catalogue's order."""
        needed = {name for source in sources for name in source.runs}
        return {n: e for n, e in self.settings.experiments.items() if n in needed}

    def run_keys(self, experiments: Mapping[str, Experiment]) -> dict[str, str]:
        """Experiment → key of all its groups together, and of the run a variant is compared with."""
        return {
            name: key_of([*(self._group_key(e, group) for group in e.groups()), self._canonical_key(name)])
            for name, e in experiments.items()
        }

    def _group_key(self, experiment: Experiment, group: Sequence[Config]) -> str:
        """The key of what is held, with its status unless it is fresh; else of what is wanted."""
        held = self.store.held(group, experiment.keep)
        if held is None or held.status == "fresh":
            return run_key(group, experiment.keep)
        return f"{held.record.key} {held.status}"

    def missing(self, experiments: Iterable[Experiment], device: str = "cpu", *, renew=False) -> list[Job]:
        """The groups that have to be trained; with `renew`, also those held but stale."""
        good = ("fresh", "certified") if renew else ("fresh", "certified", "stale")
        jobs = []
        for e in experiments:
            groups = e.groups()
            for number, group in enumerate(groups, start=1):
                held = self.store.held(group, e.keep)
                if held is None or held.status not in good:
                    jobs.append(Job(e, group, device, number, len(groups)))
        return jobs

    def status(self, experiment: Experiment) -> Status | None:
        """The worst status among an experiment's groups; None while one is missing."""
        held = [self.store.held(group, experiment.keep) for group in experiment.groups()]
        if None in held:
            return None
        return max((h.status for h in held), key=("fresh", "certified", "stale").index)

    def load(self, experiments: Mapping[str, Experiment]) -> dict[str, Run | list[Run]]:
        """The stored runs by name. Raises ReportError for one that is not trained."""
        return {name: self._load(e) for name, e in experiments.items()}

    def _load(self, experiment: Experiment) -> Run | list[Run]:
        runs = [run for record in self.records(experiment) for run in record.runs()]
        if not experiment.single:
            return runs
        original = self._canonical(experiment.name)
        return replace(runs[0], canonical=original) if original else runs[0]

    def _canonical(self, name: str) -> Run | None:
        """The unchanged run beside a variant's, for comparison, if it is stored."""
        key = self._canonical_key(name)
        return self.store.find(key).runs()[0] if key else None

    def _canonical_key(self, name: str) -> str | None:
        if name not in self.settings.changed:
            return None
        plain = Settings().experiments[name]
        key = run_key(plain.configs, plain.keep)
        return key if plain.single and self.store.find(key) else None

    def records(self, experiment: Experiment) -> list[Record]:
        """Every stored group of an experiment. Raises ReportError when one is missing."""
        found = [self.store.held(group, experiment.keep) for group in experiment.groups()]
        if None in found:
            raise ReportError(
                f"{experiment.name} is not trained yet.",
                hint=f"Run: reportgen train {experiment.name}",
                exit_code=EXIT_FAILED,
            )
        return [held.record for held in found]

    @cached_property
    def searches(self) -> dict[str, Experiment]:
        """The stored searches behind the page's seeds: base rates, and how robust the choice is."""
        if not self.settings.canonical:
            return {}
        shown = self.experiments(self.sources.values())
        names = [f"{name}-{kind}" for name in shown for kind in ("search", "robustness")]
        catalogue = self.settings.experiments
        return {n: catalogue[n] for n in names if n in catalogue and not self.missing([catalogue[n]])}


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
    if not jobs:
        return False
    if scheduler:
        progress.training(jobs, None)
        with closing(progress):
            cluster.train_jobs(jobs, build.store, progress.trained, address=scheduler, device=device)
    else:
        train_here(placed(jobs, device, progress), build.store, progress)
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


def page_parts(build: Build) -> dict[str, str]:
    """Everything the page depends on: name → key."""
    from reportgen.site import site_key_parts

    experiments = build.experiments(build.sources.values())
    keys = build.run_keys(experiments)
    parts = {f"figure {s.id}": s.key(keys) for s in build.sources.values()}
    parts |= {f"run {name}": key for name, key in keys.items()}
    parts |= {f"run {name}": key for name, key in build.run_keys(build.searches).items()}
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
    keys, runs = build.run_keys(experiments), build.load(experiments | build.searches)
    drawings = {s.id: cache.find_drawing(build.project, s, keys) for s in build.sources.values()}
    undrawn = [name for name, folder in drawings.items() if folder is None]
    if undrawn:
        raise ReportError(
            f"Not drawn yet: {', '.join(undrawn)}.", hint="Run: reportgen build", exit_code=EXIT_FAILED
        )
    used = experiments | build.searches
    records = {name: build.records(e) for name, e in used.items()}
    statuses = {name: build.status(e) for name, e in used.items()}
    for name in [name for name, status in statuses.items() if status == "stale"]:
        progress.warn(f"{name} was trained by earlier code; check it: reportgen audit {name} --certify")
    verdicts = check(runs) if build.settings.canonical else []
    verdicts = [verdict for verdict in verdicts if set(verdict.runs) <= set(runs)]
    files = site.render(build.project, drawings, facts(runs), verdicts, records, statuses, build.settings)
    with FileLock(cache.page_lock(build.project, out)):
        changed = outfolder.write(files, out)
        cache.remember_page(build.project, out, parts)
    progress.wrote(out, files, changed)
    return True
