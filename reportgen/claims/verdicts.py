"""A judged claim, and the scorecard in its two forms: lines to read, and JSON for programs."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Verdict:
    """A judged claim, as the scorecard shows it; holds is None when it cannot be judged."""

    id: str
    text: str
    holds: bool | None
    evidence: str
    threshold: str
    runs: tuple[str, ...]
    base_rate: str | None


def as_json(verdicts: Iterable[Verdict]) -> bytes:
    """The scorecard for programs: a list of objects, one per claim."""
    return (json.dumps([asdict(v) for v in verdicts], indent=1, ensure_ascii=False) + "\n").encode()


def scorecard(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """The verdicts as lines, and their count."""
    words = {True: "holds", False: "FAILS", None: "–"}
    for v in verdicts:
        yield f"{v.id:<4} {words[v.holds]:<6} {v.text}"
        yield f"            {v.evidence}{f' {v.base_rate}.' if v.base_rate else ''}"
    counts = [sum(v.holds is state for v in verdicts) for state in words]
    yield f"{counts[0]} hold, {counts[1]} fail, {counts[2]} cannot be judged."
