"""`figure.json`: what is said of a drawn figure beside its files; written by draw.py, read for the pages."""

from pathlib import Path

import msgspec

from reportgen.drawing.declaration import Guess
from reportgen.errors import ReportError
from reportgen.files.atomic import read_record
from reportgen.files.strict_json import dumps

FILE = "figure.json"


class DrawnFrame(msgspec.Struct, frozen=True):
    """A still picture: its file, its size in px; label and training step where the figure follows one."""

    file: str
    label: str
    step: int | None
    width: int
    height: int


class Panel(msgspec.Struct, frozen=True):
    """A chart of the figure by name, with its own title, "" without."""

    name: str
    title: str


class Input(msgspec.Struct, frozen=True):
    """A number that the reader may set, from min to max in steps, and where it starts."""

    name: str
    label: str
    min: int | float
    max: int | float
    step: int | float
    value: int | float


class StandIn(msgspec.Struct, frozen=True):
    """A run that can be opened in the place of the group's own: its seed, what became of it, its data file."""

    seed: int
    words: str
    file: str


class Offer(msgspec.Struct, frozen=True):
    """The runs of a sweep of so many models that can be opened."""

    sweep: str
    models: int
    runs: list[StandIn]


class Table(msgspec.Struct, frozen=True):
    """The small table behind a figure, for reading aloud."""

    columns: list[str]
    rows: list[list[str]]


class Doubt(msgspec.Struct, frozen=True):
    """What a check saw that may be meant: the check's name, and what it saw."""

    check: str
    words: str


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """All that is said of a drawn figure.

    caption, alt: with the facts filled in. group, lead, card, columns, runs, guess: as `FigureDeclaration` has them.
    stepped: whether its frames are one figure at several steps; else they are its panels.
    opens: whether its marks open runs in the place of a group's own. live: the file of its interactive form.
    exports: suffix → bytes. doubts: what the checks saw and its file does not accept.
    """

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
    opens: bool
    inputs: list[Input]
    frames: list[DrawnFrame]
    panels: list[Panel]
    live: str | None
    offer: Offer | None
    exports: dict[str, int]
    table: Table
    guess: Guess | None = None
    doubts: list[Doubt] = []


def as_text(drawing: Drawing) -> str:
    """The content of `figure.json`."""
    return dumps(msgspec.to_builtins(drawing), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def read_drawing(folder: Path) -> Drawing:
    """What is said of the figure in a folder. Raises ReportError when that is not as it was written."""
    found = read_record(folder / FILE, Drawing)
    if found is None:
        raise ReportError(f"{folder / FILE} cannot be read.", hint="Delete the folder; it is drawn again.")
    return found
