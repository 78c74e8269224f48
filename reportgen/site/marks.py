"""How sure the page is of what it says: the mark of a verdict, and what the fold behind a section gathers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from reportgen.claims.verdicts import Verdict

GLUE = "\ue006"  # before a mark: it stays with the word that it follows


@dataclass(frozen=True)
class Mark:
    """name: in the styles. sign: to be seen. words: to be read and heard, after the claim's number."""

    name: str
    sign: str
    words: str


MARKS = {
    True: Mark("holds", "✓", "holds"),
    False: Mark("fails", "✗", "fails"),
    None: Mark("open", "?", "cannot be judged on these runs"),
}
UNJUDGED = Mark("open", "?", "not applicable in this build")


@dataclass
class Fold:
    """Of one section: the claims that its text cites, in order, each once; and text that its author put here."""

    claims: dict[str, None] = field(default_factory=dict)
    asides: list[str] = field(default_factory=list)


def mark_of(verdict: Verdict | None) -> Mark:
    """None: a build that judges no claims."""
    return MARKS[verdict.holds] if verdict else UNJUDGED


def counted(verdicts: Iterable[Verdict | None]) -> str:
    """5 hold, 1 fails, 2 cannot be judged; "" of none."""
    counts = Counter(verdict.holds if verdict else None for verdict in verdicts)
    forms = {True: ("holds", "hold"), False: ("fails", "fail"), None: ("cannot be judged",) * 2}
    return ", ".join(f"{counts[state]} {one if counts[state] == 1 else many}"
                     for state, (one, many) in forms.items() if counts[state])  # fmt: skip
