"""What a claim is, its labels, the registry of all, what a seed has to show, and how sentences word numbers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reportgen.analysis import grokking_step
from reportgen.claims.verdicts import Kind, Sample, Whose
from reportgen.errors import ReportError
from reportgen.store.run import Run
from reportgen.wording import numbers


@dataclass(frozen=True)
class Finding:
    """What a claim comes to on given runs.

    holds is None when these runs cannot tell (say, without snapshots); a run that never
    generalises simply fails. text replaces the claim's when it has to be a weaker one. sample is what
    was counted, where that is not the number of models: for a share, `proportion(hits, count, "seeds")`.
    """

    holds: bool | None
    evidence: str
    text: str | None = None
    sample: Sample | None = None


Judge = Callable[..., Finding]  # of the runs that a claim speaks of


@dataclass(frozen=True)
class Given:
    """Which of the seeds tried a claim on a chosen one speaks of: their name, and the test of a seed's runs."""

    of: str
    test: Callable[..., bool]


EVERY_SEED = Given("seeds tried", lambda *runs: True)
GENERALISING = Given(
    "seeds that generalise", lambda *runs: all(grokking_step(run) is not None for run in runs)
)


@dataclass(frozen=True)
class Claim:
    """A sentence of the page, what kind it is, the experiments it speaks of, and the function that judges it.

    kind: "exists" (some model does it), "typical" (models that nobody picked do), or "theorem" (it
    follows from the construction). A typical claim on one chosen run holds only if it also holds for most
    of the seeds tried. whose: "original", a statement of the article that is reproduced, or "ours".
    """

    id: str
    text: str
    threshold: str
    runs: tuple[str, ...]
    judge: Judge
    kind: Kind
    whose: Whose
    given: Given


CLAIMS: dict[str, Claim] = {}  # of the article that comes with the program
OWN: dict[str, Claim] = {}  # of the project at hand: own.py fills it


@dataclass
class _Judged:
    """Whether the article's claims count, and whether what is registered now is the project's own."""

    article: bool = True
    own: bool = False


judged = _Judged()


def known() -> dict[str, Claim]:
    """Every claim of the project at hand, by number."""
    return {**(CLAIMS if judged.article else {}), **OWN}


def claim(
    number: str,
    *runs: str,
    kind: Kind,
    whose: Whose = "ours",
    text: str,
    threshold: str,
    given: Given = EVERY_SEED,
) -> Callable[[Judge], Judge]:
    """Register the decorated judge: a function of the named experiments' runs, in that order.

    A claim that needs no run names none, and its judge has a default for what it looks at. Labels: see
    `Claim`. Raises ReportError for a number that is none, or taken.
    """

    def register(judge: Judge) -> Judge:
        place = f"{judge.__code__.co_filename}:{judge.__code__.co_firstlineno}"
        others = known() if judged.own else CLAIMS
        if number in others or not re.fullmatch(r"C[1-9]\d*", number):
            taken = number in others and f"{number} is taken by {others[number].judge.__name__}"
            raise ReportError(
                f"{place}: {taken or f'{number!r} is not the number of a claim'}.",
                hint="Numbers are C1, C2 and so on, each used once; the experiments follow, with a comma before each.",
            )
        if not threshold.strip() or not text.strip():
            raise ReportError(
                f"{place}: {number} has no {'text' if threshold.strip() else 'threshold'}.",
                hint="Say in words from which number on it holds; choose it before you look.",
            )
        into = OWN if judged.own else CLAIMS
        into[number] = Claim(number, text, threshold, runs, judge, kind, whose, given)
        return judge

    return register


def in_order() -> list[Claim]:
    """Every claim, in the order of the numbers."""
    return sorted(known().values(), key=lambda claim: int(claim.id[1:]))


@dataclass(frozen=True)
class Shown:
    """What the page says of an experiment: claims that hold, and what choosing its seed adds to them."""

    claims: tuple[str, ...]
    also: Callable[[Run], bool]


SHOWN: dict[str, Shown] = {}


def seed_shows(experiment: str, *claims: str, also: Callable[[Run], bool] = lambda run: True) -> None:
    """Declare what a seed that was searched for this experiment has to show: claims that need no snapshots."""
    SHOWN[experiment] = Shown(claims, also)


def percent(share: float | None) -> str:
    """0.6112 → 61.1 %; what is not known says so."""
    return "unknown" if share is None else numbers.percent(share)


def step(when: int | None) -> str:
    """12345 → 12,345, or that it never came."""
    return "never" if when is None else numbers.step(when)


def number(value: float | None, digits: int = 3) -> str:
    """A count in full, a measure to three digits; the prose has two."""
    return "unknown" if value is None else numbers.number(value, digits)


def learned(facts: Mapping[str, Any]) -> str:
    """When a run memorised and generalised, or that it did not."""
    if facts["t_mem"] is None:
        return f"It never memorises; train accuracy ends at {percent(facts['train_accuracy_end'])}."
    start = (
        f"It memorises at step {step(facts['t_mem'])}, with "
        f"{percent(facts['test_accuracy_at_mem'])} test accuracy"
    )
    if facts["t_gen"] is None:
        end = percent(facts["test_accuracy_end"])
        return f"{start}, and never generalises; test accuracy ends at {end}."
    return f"{start}, and generalises at {step(facts['t_gen'])}."


def within(values: tuple[float | None, ...], limit: float) -> bool:
    """Whether all are known and none is above the limit."""
    return all(value is not None and value <= limit for value in values)
