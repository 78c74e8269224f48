"""From runs to the verdict on a claim, to what it rests on, and to what the searches say of a chosen seed.

The claims themselves are in sections/, one function each.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager

import numpy as np

from reportgen.analysis import grokking_step
from reportgen.claims import sections  # noqa: F401 – it fills the registry
from reportgen.claims.registry import SHOWN, Claim, Finding, known
from reportgen.claims.verdicts import Sample, Verdict, proportion
from reportgen.errors import EXIT_FAILED, ReportError, in_code, unknown
from reportgen.experiments import experiment
from reportgen.facts.registry import Facts
from reportgen.files.guard import guarded
from reportgen.store.run import Found, Run, Runs, trained

MOST = 0.5  # of the seeds tried, above which a typical claim on a chosen one has to lie
HINT = "Mend the judge, then try it: reportgen check"


def judge(id: str, runs: Runs) -> Verdict:
    """The verdict on one claim, with its base rate where the search for the seed is among the runs."""
    with _guarded(known()[id]):  # once for all seeds
        return _judge(known()[id], runs)


def _judge(claim: Claim, runs: Runs) -> Verdict:
    missing = [name for name in claim.runs if name not in runs]
    if missing:
        for name in missing:
            experiment(name)  # an error if there is none of that name
        finding = Finding(None, f"Not judged: {' and '.join(missing)} is not trained.")
    else:
        finding = _finding(claim, *(runs[name] for name in claim.runs))
    base_rate = _base_rate(claim, finding, runs)
    return Verdict(
        id=claim.id,
        text=finding.text or claim.text,
        holds=finding.holds and _typical(claim, base_rate),
        evidence=finding.evidence,
        threshold=claim.threshold,
        runs=claim.runs,
        kind=claim.kind,
        whose=claim.whose,
        sample=finding.sample or base_rate or (None if missing else _looked_at(claim, runs)),
    )


def _finding(claim: Claim, *runs: Found) -> Finding:
    """What the claim's judge finds. Raises ReportError naming its file and line when its code fails."""
    with _guarded(claim):
        found = claim.judge(*runs)
    if not isinstance(found, Finding):
        said = f"its judge returned {type(found).__name__}, not a Finding"
        file = claim.judge.__code__.co_filename
        raise ReportError(f"{file}: {claim.id}: {said}.", hint=HINT, exit_code=EXIT_FAILED)
    return found


def _guarded(claim: Claim) -> AbstractContextManager[None]:
    file = claim.judge.__code__.co_filename
    return guarded(lambda error: in_code(file, error, hint=HINT, about=f"{claim.id}: "))


def _typical(claim: Claim, base_rate: Sample | None) -> bool:
    """Whether what holds of a chosen run holds of most seeds, where the claim says so and they are at hand."""
    interval = base_rate.interval if claim.kind == "typical" and base_rate else None
    return interval is None or interval[0] > MOST


def _looked_at(claim: Claim, runs: Runs) -> Sample | None:
    """How many models a claim was judged on; None if it needs none."""
    found = [runs[name] for name in claim.runs]
    count = sum(len(given) if isinstance(given, list) else 1 for given in found)
    models = all(isinstance(given, Run) or trained(given) for given in found)
    return Sample(count, ("model" if models else "run") + "s" * (count != 1)) if claim.runs else None


def _base_rate(claim: Claim, shown: Finding, runs: Runs) -> Sample | None:
    """On how many seeds the same sentence held, where the search for the seed is at hand.

    A claim on two experiments compares the runs of a seed, which share data and weights.
    """
    searches = [_search(name, runs) for name in claim.runs]
    if not searches or not all(searches):
        return None
    by_seed = [{run.config.seed: run for run in search} for search in searches]
    seeds = sorted(set.intersection(*(set(found) for found in by_seed)))
    pairs = [tuple(found[seed] for found in by_seed) for seed in seeds]
    findings = [_finding(claim, *pair) for pair in pairs if claim.given.test(*pair)]
    judged = [finding for finding in findings if finding.holds is not None]
    if not judged:
        return None
    hits = sum(bool(finding.holds) and finding.text == shown.text for finding in judged)
    return proportion(hits, len(judged), claim.given.of)


def shows(name: str, run: Run) -> bool:
    """Whether a seed of "<name>-search" shows what the page says of `name`.

    All the section's claims that can be judged without snapshots hold, and what the choice of a
    seed adds to them. Raises ReportError for an experiment that has no search.
    """
    if name not in SHOWN:
        raise unknown("searched experiment", name, SHOWN)
    shown = SHOWN[name]
    findings = [_finding(known()[claim], run) for claim in shown.claims]
    also = guarded(
        lambda error: in_code(shown.also.__code__.co_filename, error, hint=HINT, about=f"{name}: ")
    )
    with also:
        return all(finding.holds is not False and not finding.text for finding in findings) and shown.also(
            run
        )


def chosen(name: str, runs: Runs) -> Facts:
    """What the searches among the runs say of a single experiment's seed: how many show the same."""
    (run,), near = _runs_of(name, runs), _runs_of(f"{name}-robustness", runs)
    return _tried(name, _search(name, runs)) | _robust(run, near)


def _search(name: str, runs: Runs) -> list[Run]:
    """The runs tried for an experiment's seed; none when they are not at hand."""
    return _runs_of(f"{name}-search", runs)


def _runs_of(name: str, runs: Runs) -> list[Run]:
    return trained(runs.get(name, []))


def _tried(name: str, search: list[Run]) -> Facts:
    """What the search for this experiment's seed found; all None without one."""
    if not search:
        return dict.fromkeys(("tried", "generalised", "shown", "t_gen_low", "t_gen_high"))
    steps = [step for step in map(grokking_step, search) if step is not None]
    low, high = np.quantile(steps, (0.1, 0.9)).round() if steps else (None, None)
    return {
        "tried": len(search),
        "generalised": len(steps),
        "shown": sum(shows(name, run) for run in search),
        "t_gen_low": None if low is None else int(low),
        "t_gen_high": None if high is None else int(high),
    }


def _robust(run: Run, sweep: Iterable[Run]) -> Facts:
    """The chosen seed under small changes: how often it generalised, first and last step."""
    same = [other for other in sweep if other.config.seed == run.config.seed]
    steps = [step for step in map(grokking_step, same) if step is not None]
    return {
        "robust_tried": len(same) or None,
        "robust_generalised": len(steps) if same else None,
        "robust_low": min(steps, default=None),
        "robust_high": max(steps, default=None),
    }
