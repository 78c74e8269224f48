"""A figure's module as its declarations tell it; what draws a figure needs no more than this."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import msgspec

VL_VERSION = "6.4"
FONTS = Path(__file__).parent / "fonts"  # of charts; made by scripts/fonts.py

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Line = Annotated[list[tuple[Share, Share]], msgspec.Meta(min_length=2)]


class Guess(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A curve that the page asks for before it shows it.

    series: the curve. prompt: the question. level: what is compared is when guess and curve first reach this value.
    choices: words -> a line through shares of the plot, (across, up), from its lower left corner.
    """

    series: Literal["train", "test"]
    prompt: str
    level: Annotated[float, msgspec.Meta(gt=0, lt=1e9)]
    choices: Annotated[dict[str, Line], msgspec.Meta(min_length=2, max_length=4)]


@dataclass(frozen=True)
class FigureDeclaration:
    """A figure's module: what it declares, without running it.

    runs: the experiments it needs; without any it depends on code alone.
    group: the experiment whose training step it follows, if any; lead: it drives that step.
    card: it stands on the card that is shown where the page is linked.
    columns: how many panels stand side by side in a static frame.
    accept: what the checks may find in its pictures: name → why that is meant.
    stand_ins: a sweep, among `runs` too, whose runs with snapshots a reader may open in the group's place.
    guess: the curve that a reader is asked for first, if any.
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
    guess: Guess | None = field(default=None, hash=False)
    accept: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def id(self) -> str:
        return self.path.stem
