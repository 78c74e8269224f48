"""A figure's module as its declarations tell it; what draws a figure needs no more than this."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

VL_VERSION = "6.4"
FONTS = Path(__file__).parent / "fonts"  # of charts; made by scripts/fonts.py


@dataclass(frozen=True)
class FigureDeclaration:
    """A figure's module: what it declares, without running it.

    runs: the experiments it needs; without any it depends on code alone.
    group: the experiment whose training step it follows, if any; lead: it drives that step.
    card: it stands on the card that is shown where the page is linked.
    columns: how many panels stand side by side in a static frame.
    accept: what the checks may find in its pictures: name → why that is meant.
    stand_ins: a sweep, among `runs` too, whose runs with snapshots a reader may open in the group's place.
    """

    path: Path
    title: str
    runs: tuple[str, ...]
    caption: str
    alt: str
    group: str | None = None
    lead: bool = False
    card: bool = False
    columns: int = 1
    stand_ins: str | None = None
    accept: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def id(self) -> str:
        return self.path.stem
