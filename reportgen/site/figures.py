"""A figure as the pages show it: what is said of its drawing, and where its files lie on the site."""

from dataclasses import dataclass

from reportgen.drawing.record import Input, Table


@dataclass(frozen=True)
class PageFrame:
    """A still picture of a figure, as in `DrawnFrame`; src: its file on the site.

    svg: what is in that file. inline: the same to stand in the page itself; "" where src is loaded.
    """

    label: str
    step: int | None
    width: int
    height: int
    svg: str
    src: str
    inline: str = ""


@dataclass(frozen=True)
class PageRun:
    """A run that can be opened, as in `StandIn`; live: its data file on the site."""

    seed: int
    words: str
    live: str


@dataclass(frozen=True)
class PageOffer:
    """The runs of a sweep of so many models that can be opened."""

    sweep: str
    models: int
    runs: list[PageRun]


@dataclass(frozen=True, kw_only=True)
class PageFigure:
    """A drawn figure, as in `Drawing`; live: its data file on the site, None where nothing moves."""

    id: str
    title: str
    caption: str
    alt: str
    group: str | None
    lead: bool
    card: bool
    runs: list[str]
    columns: int
    stepped: bool
    inputs: list[Input]
    frames: list[PageFrame]
    live: str | None
    offer: PageOffer | None
    exports: dict[str, int]
    table: Table


@dataclass(frozen=True)
class BrokenFigure:
    """A figure that could not be drawn, and what is said in its place."""

    id: str
    broken: str


AnyFigure = PageFigure | BrokenFigure
