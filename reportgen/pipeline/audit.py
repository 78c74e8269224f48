"""Trust, but verify: retrains a random sample of stored runs here and compares.

A long training is chaotic: on another machine, or after a change that moves the last bits, two
trajectories part at some step. Up to there the losses must agree; after it, what the model became.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from reportgen import analysis
from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.experiments import Experiment, experiment
from reportgen.experiments.functions import Function
from reportgen.experiments.problems import TellApart, problem
from reportgen.facts.run_table import settings
from reportgen.files.code_hash import numerics_fingerprint
from reportgen.files.hashing import key_of
from reportgen.pipeline import audit_calls
from reportgen.pipeline.build import placed, train_here
from reportgen.pipeline.occupancy import at_work
from reportgen.pipeline.plan import Plan
from reportgen.pipeline.reporter import Reporter
from reportgen.store.certificates import FILE, Certificate, add_certificate, code_name
from reportgen.store.records import Record, Store
from reportgen.store.result import Result
from reportgen.store.run import Run
from reportgen.training.jobs import Job

TOLERANCE = 0.1  # of log10 loss
FOLLOWS = 100  # steps for which every trajectory must agree, or to the end
CLASSES_AGREE = 0.95


@dataclass(frozen=True)
class Comparison:
    """One stored run beside the same run trained here.

    agrees_until: the last metric step up to which both log10 losses differ by at most 0.1.
    """

    shipped: Run
    made_by: str
    agrees_until: int
    classes: tuple[str, str]

    @property
    def follows(self) -> bool:
        return self.agrees_until >= min(FOLLOWS, int(self.shipped.steps[-1]))

    @property
    def same_class(self) -> bool:
        return self.classes[0] == self.classes[1]


@dataclass(frozen=True)
class Audit:
    """The comparisons of one experiment, and whether they pass."""

    experiment: Experiment
    seed: int
    comparisons: tuple[Comparison, ...]

    @property
    def agreeing(self) -> int:
        return sum(c.same_class for c in self.comparisons)

    @property
    def passed(self) -> bool:
        enough = self.agreeing >= CLASSES_AGREE * len(self.comparisons)
        return enough and all(c.follows for c in self.comparisons)


@at_work
def audit(
    plan: Plan, name: str, size: int, seed: int, device: str, reporter: Reporter
) -> Audit | audit_calls.CallAudit:
    """Train a sample of an experiment's runs again and compare; what was trained is kept for the next."""
    chosen, again = experiment(name), Store(plan.project.audited_runs)
    if isinstance(chosen, Function):
        records = [r for r, _ in draw_sample(plan, chosen, size, seed)]
        jobs = placed(audit_calls.jobs_for(chosen, records), device, reporter)
        _train(jobs, again, reporter)
        return audit_calls.compare(chosen, records, again, jobs, seed)
    sample = [(record, run) for record, run in draw_sample(plan, chosen, size, seed) if isinstance(run, Run)]
    jobs = placed(jobs_for(chosen, sample), device, reporter)
    _train(jobs, again, reporter)
    return compare(chosen, sample, again, jobs, seed)


def _train(jobs: Sequence[Job], again: Store, reporter: Reporter) -> None:
    missing = [job for job in jobs if again.find(job.key) is None]
    if missing:
        train_here(missing, again, reporter)


def conclude(plan: Plan, found: Audit | audit_calls.CallAudit, certifying: bool, reporter: Reporter) -> None:
    """Record a passed audit when asked to. Raises ReportError when it has failed."""
    if not found.passed:
        raise ReportError(
            f"The audit of {found.experiment.name} failed: see the disagreements above.",
            hint=f"Train it here: reportgen train {found.experiment.name}"
            if not certifying else "Nothing was certified. A larger --sample tells more.",
            exit_code=EXIT_FAILED,
        )  # fmt: skip
    if certifying:
        certify(plan, found)
        reporter.certified(found.experiment.name, plan.project.shipped_runs / FILE)


def draw_sample(plan: Plan, chosen: Experiment, size: int, seed: int) -> list[tuple[Record, Run | Result]]:
    """A random sample of an experiment's stored runs, without replacement.

    Raises ReportError when nothing is stored, or more is asked for than there is.
    """
    if size < 1:
        raise ReportError(f"--sample {size} is not possible.", hint="Give a whole number from 1.")
    stored = [
        (record, run) for record in plan.experiments[chosen.name].records() for run in record.contents()
    ]
    if size > len(stored):
        raise ReportError(
            f"--sample {size} is more than the {len(stored)} runs of {chosen.name}.",
            hint=f"Give at most {len(stored)}.",
        )
    picked = np.random.default_rng(seed).choice(len(stored), size, replace=False)
    return [stored[i] for i in sorted(picked)]


def jobs_for(chosen: Experiment, sample: Sequence[tuple[Record, Run]]) -> list[Job]:
    """The sampled runs as groups to train, apart from the stored ones."""
    configs = tuple(run.config for _, run in sample)
    again = replace(chosen, source=configs, shipped=False, group_size=_spread(len(configs)))
    groups = again.groups()
    return [Job(again, group, part=i, parts=len(groups)) for i, group in enumerate(groups, start=1)]


def _spread(count: int) -> int:
    """Small groups, so that every core has one."""
    return max(1, count // 8)


def compare(chosen: Experiment, sample: Sequence[tuple[Record, Run]], retrained: Store,
            jobs: Sequence[Job], seed: int) -> Audit:  # fmt: skip
    """The sample beside what was trained here."""
    again = {_identity(run): run for job in jobs for run in _stored(retrained, job).runs()}
    comparisons = []
    for record, run in sample:
        other = again[_identity(run)]
        by = chosen.told_apart_by or problem(run.config).told_apart_by
        classes = class_of(run, by), class_of(other, by)
        made_by = code_name(record.info.code)
        comparisons.append(Comparison(run, made_by, agrees_until(run, other), classes))
    return Audit(chosen, seed, tuple(comparisons))


def _stored(store: Store, job: Job) -> Record:
    record = store.find(job.key)
    assert record, "it was trained a moment ago"
    return record


def _identity(run: Run) -> str:
    return key_of(run.config.as_dict())


def agrees_until(one: Run, other: Run) -> int:
    """The last metric step up to which both log10 losses differ by at most 0.1; −1 if never."""
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.zeros(len(one.steps), bool)
        for name in ("train_loss", "test_loss"):
            a, b = np.log10(getattr(one, name)), np.log10(getattr(other, name))
            apart |= ~((np.abs(a - b) <= TOLERANCE) | (a == b) | (np.isnan(a) & np.isnan(b)))
    if not apart.any():
        return int(one.steps[-1])
    first = int(apart.argmax())
    return int(one.steps[first - 1]) if first else -1


def class_of(run: Run, by: TellApart) -> str:
    """What a model became: the outcome of its losses, or whether it generalised."""
    if by == "losses":
        return analysis.outcome(run)
    return "generalises" if analysis.grokking_step(run) is not None else "does not"


def certify(plan: Plan, audit: Audit | audit_calls.CallAudit) -> None:
    """Put a passed audit on record beside the shipped runs."""
    if isinstance(audit, audit_calls.CallAudit):
        for found in audit.certificates():
            add_certificate(plan.project.shipped_runs, found)
        return
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for made_by in sorted({c.made_by for c in audit.comparisons}):
        part = [c for c in audit.comparisons if c.made_by == made_by]
        entry: Certificate = {
            "experiment": audit.experiment.name,
            "made_by": made_by,
            "holds_for": code_name(numerics_fingerprint()),
            "sample": len(part),
            "sample_seed": audit.seed,
            "same_class": sum(c.same_class for c in part),
            "agrees_until_median": int(np.median([c.agrees_until for c in part])),
            "agrees_to_the_end": sum(c.agrees_until == int(c.shipped.steps[-1]) for c in part),
            "audited_at": now,
        }
        add_certificate(plan.project.shipped_runs, entry)


def table(audit: Audit | audit_calls.CallAudit) -> list[str]:
    """The comparisons as lines, disagreements last and in full."""
    if isinstance(audit, audit_calls.CallAudit):
        return audit.table()
    configs = [c.shipped.config for c in audit.comparisons]
    flat = [settings(config) for config in configs]
    fields = [f for f in flat[0] if f != "seed" and len({str(row[f]) for row in flat}) > 1]
    head = [*fields, "seed", "agrees until", "shipped", "retrained here"]
    rows = [
        [
            *(str(row[f]) for f in fields),
            str(row["seed"]),
            f"{c.agrees_until:,} of {c.shipped.steps[-1]:,}",
            *c.classes,
        ]
        for row, c in zip(flat, audit.comparisons, strict=True)
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in [head, *rows]
    ]
    wrong = [
        line for line, c in zip(lines[1:], audit.comparisons, strict=True) if not (c.same_class and c.follows)
    ]
    lines += ["", f"Same class: {audit.agreeing} of {len(audit.comparisons)}; needed: {CLASSES_AGREE:.0%}."]
    parted = sum(not c.follows for c in audit.comparisons)
    lines.append(f"Losses within {TOLERANCE} in log10 for the first {FOLLOWS} steps: all but {parted}."
                 if parted else f"Losses within {TOLERANCE} in log10 for at least the first {FOLLOWS} steps: all.")  # fmt: skip
    return [*lines, *(["Disagreements:", *wrong] if wrong else [])]
