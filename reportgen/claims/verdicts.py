"""A judged claim with its labels, and the scorecard in its two forms: lines to read, and JSON for programs."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from reportgen.analysis import wilson_interval
from reportgen.wording import numbers

Kind = Literal["typical", "exists", "theorem"]
Whose = Literal["original", "ours"]

KINDS: dict[Kind, str] = {  # in the order of the scorecard
    "typical": "What is typical",
    "exists": "What exists",
    "theorem": "What can be proved",
}
MEANINGS: dict[Kind, str] = {
    "typical": "These speak of models that nobody picked: of a whole sweep, of the seeds tried, or of those of them that generalise.",
    "exists": "These hold of a model that is shown or was searched for; how often, the sample says.",
    "theorem": "These follow from the weights as written down; the computation checks them.",
}
OWNERS: dict[Whose, str] = {"original": "the original’s", "ours": "ours"}


@dataclass(frozen=True)
class Sample:
    """What a verdict rests on: `count` of these; where it is a share, how many show it, with its 95 % interval."""

    count: int
    of: str  # "seeds tried", "models"
    hits: int | None = None
    interval: tuple[float, float] | None = None

    def __str__(self) -> str:
        """1,125 models; 222 of 450 seeds (95 % interval 44.7 % to 53.9 %)."""
        share = "" if self.hits is None else f"{numbers.number(self.hits)} of "
        text = f"{share}{numbers.number(self.count)} {self.of}"
        if self.interval is None:
            return text
        low, high = map(numbers.percent, self.interval)
        return f"{text} (95\u00a0% interval {low} to {high})"


def proportion(hits: int, count: int, of: str) -> Sample:
    """So many of these, with Wilson's interval."""
    return Sample(count, of, hits, wilson_interval(hits, count) if count else None)


@dataclass(frozen=True)
class Verdict:
    """A judged claim, as the scorecard shows it; holds is None when it cannot be judged."""

    id: str
    text: str
    holds: bool | None
    evidence: str
    threshold: str
    runs: tuple[str, ...]
    kind: Kind
    whose: Whose
    sample: Sample | None

    @property
    def labels(self) -> str:
        """Whose the claim is, and what its verdict rests on."""
        return " · ".join([OWNERS[self.whose], *([str(self.sample)] if self.sample else [])])


def remembered(value: Mapping[str, Any]) -> Verdict:
    """A verdict from `asdict` of it, through JSON."""
    sample = value["sample"] and Sample(
        **value["sample"] | {"interval": value["sample"]["interval"] and tuple(value["sample"]["interval"])}
    )
    return Verdict(**{**value, "runs": tuple(value["runs"]), "sample": sample})


def by_kind(verdicts: Iterable[Verdict]) -> dict[Kind, list[Verdict]]:
    """The groups of the scorecard that have any verdict."""
    judged = list(verdicts)
    found = {kind: [v for v in judged if v.kind == kind] for kind in KINDS}
    return {kind: group for kind, group in found.items() if group}


def as_json(verdicts: Iterable[Verdict]) -> bytes:
    """The scorecard for programs: a list of objects, one per claim."""
    return (json.dumps([asdict(v) for v in verdicts], indent=1, ensure_ascii=False) + "\n").encode()


def scorecard(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """The verdicts as lines, by kind, and their count."""
    words = {True: "holds", False: "FAILS", None: "–"}
    for kind, group in by_kind(verdicts).items():
        yield f"{KINDS[kind]}:"
        for v in group:
            yield f"{v.id:<4} {words[v.holds]:<6} {v.text}"
            yield f"            {v.evidence} [{v.labels}]"
    counts = [sum(v.holds is state for v in verdicts) for state in words]
    yield f"{counts[0]} hold, {counts[1]} fail, {counts[2]} cannot be judged."
