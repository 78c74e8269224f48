"""From all runs to verdicts, to base rates, and to the facts that the prose quotes.

The claims themselves are in judges/, one function each; the facts of one run in facts.py.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from reportgen.analysis import grokking_step, wilson_interval
from reportgen.claims.registry import percent
from reportgen.claims.sections import CLAIMS, Claim, Finding
from reportgen.claims.verdicts import Verdict
from reportgen.errors import EXIT_FAILED, ReportError, in_code, unknown
from reportgen.experiments import experiment
from reportgen.facts.describing import describe, facts_of, without_runs
from reportgen.store.run import Run

Runs = Mapping[str, Run | list[Run]]

SPARSE = 7  # live neurons that a seed of parity may keep, and still be the sparse solution
SECTION_CLAIMS = {
    "modular": ("C1", "C2"),
    "parity": ("C3", "C4", "C5"),
    "parity-l2": (),
    "five-neurons": ("C11", "C12", "C13", "C14"),
    "reverse": ("C22",),
    "there-and-back": ("C23",),
}


def check(runs: Runs) -> list[Verdict]:
    """The verdict on every claim, in the order of their numbers."""
    return [judge(id, runs) for id in sorted(CLAIMS, key=lambda id: int(id[1:]))]


def judge(id: str, runs: Runs) -> Verdict:
    """The verdict on one claim, with its base rate where the search for the seed is among the runs."""
    claim = CLAIMS[id]
    missing = [name for name in claim.runs if name not in runs]
    if missing:
        for name in missing:
            experiment(name)  # an error if there is none of that name
        finding = Finding(None, f"Not judged: {' and '.join(missing)} is not trained.")
    else:
        finding = _finding(claim, *(runs[name] for name in claim.runs))
    return Verdict(
        id=claim.id,
        text=finding.text or claim.text,
        holds=finding.holds,
        evidence=finding.evidence,
        threshold=claim.threshold,
        runs=claim.runs,
        base_rate=_base_rate(claim, finding, runs),
    )


def _finding(claim: Claim, *runs: Run | list[Run]) -> Finding:
    """What the claim's judge finds. Raises ReportError naming its file and line when its code fails."""
    file, hint = claim.judge.__code__.co_filename, "Mend the judge, then try it: reportgen check"
    try:
        found = claim.judge(*runs)
    except ReportError:
        raise
    except Exception as error:
        raise in_code(file, error, hint=hint, about=f"{claim.id}: ") from error
    if not isinstance(found, Finding):
        said = f"its judge returned {type(found).__name__}, not a Finding"
        raise ReportError(f"{file}: {claim.id}: {said}.", hint=hint, exit_code=EXIT_FAILED)
    return found


def _base_rate(claim: Claim, shown: Finding, runs: Runs) -> str | None:
    """On how many seeds the same sentence held, where the search for the seed is at hand.

    A claim on two experiments compares the runs of a seed, which share data and weights.
    """
    searches = [_search(name, runs) for name in claim.runs]
    if not searches or not all(searches):
        return None
    by_seed = [{run.config.seed: run for run in search} for search in searches]
    seeds = sorted(set.intersection(*(set(found) for found in by_seed)))
    findings = [_finding(claim, *(found[seed] for found in by_seed)) for seed in seeds]
    judged = [finding for finding in findings if finding.holds is not None]
    if not judged:
        return None
    hits = sum(bool(finding.holds) and finding.text == shown.text for finding in judged)
    low, high = wilson_interval(hits, len(judged))
    interval = f"95\u00a0% interval {percent(low)} to {percent(high)}"
    return f"{hits} of {len(judged)} seeds tried ({interval})"


def shows(name: str, run: Run) -> bool:
    """Whether a seed of "<name>-search" shows what the page says of `name`.

    All the section's claims that can be judged without snapshots hold, and what the choice of a
    seed adds to them. Raises ReportError for an experiment that has no search.
    """
    if name not in SECTION_CLAIMS:
        raise unknown("searched experiment", name, SECTION_CLAIMS)
    findings = [CLAIMS[claim].judge(run) for claim in SECTION_CLAIMS[name]]
    if any(finding.holds is False or finding.text for finding in findings):
        return False
    if name == "parity":
        return 0 < describe(run, name)["live_neurons"] <= SPARSE
    if name == "parity-l2":
        return grokking_step(run) is not None and describe(run, name)["near_duplicates"] > 0
    return True


def facts(runs: Runs) -> dict[str, dict]:
    """Every experiment's facts, under its name with underscores; a single one's with its base rate.

    Beside them stand those that need no run.
    """
    own = {name: facts_of(name, found) for name, found in runs.items()}
    return without_runs() | {
        name.replace("-", "_"): found | (chosen(name, runs) if isinstance(runs[name], Run) else {})
        for name, found in own.items()
        if found is not None
    }


def chosen(name: str, runs: Runs) -> dict:
    """What the searches among the runs say of a single experiment's seed: how many show the same."""
    return _tried(name, _search(name, runs)) | _robust(runs[name], runs.get(f"{name}-robustness"))


def _search(name: str, runs: Runs) -> list[Run]:
    """The runs tried for an experiment's seed; none when they are not at hand."""
    found = runs.get(f"{name}-search", [])
    return [found] if isinstance(found, Run) else found


def _tried(name: str, search: list[Run]) -> dict:
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


def _robust(run: Run, sweep: Iterable[Run] | None) -> dict:
    """The chosen seed under small changes: how often it generalised, first and last step."""
    same = [other for other in sweep or () if other.config.seed == run.config.seed]
    steps = [step for step in map(grokking_step, same) if step is not None]
    return {
        "robust_tried": len(same) or None,
        "robust_generalised": len(steps) if same else None,
        "robust_low": min(steps, default=None),
        "robust_high": max(steps, default=None),
    }
