"""A figure looked at while it is drawn: before, its rows and fields; then what each frame shows.

What nobody can mean is an error; what somebody may mean is a doubt, which the figure's file can accept.
"""

import io
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any

from PIL import Image

from reportgen.drawing import vega
from reportgen.drawing.checks import drawn, elsewhere, fields, marks, texts, values
from reportgen.drawing.checks.names import ACCEPTABLE, Finding
from reportgen.drawing.checks.transforms import Spec
from reportgen.drawing.checks.views import View, parts_of
from reportgen.drawing.declaration import FigureDeclaration
from reportgen.drawing.record import Doubt
from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.store.run import Runs
from reportgen.wording.numbers import number

EMPTY = ("empty-picture", "no-data")  # errors, unless a run was changed: then it may be so
MOST_BYTES = 25_000_000  # of a figure's files as they lie on disk


class Inspection:
    """What the checks find in one figure. Raises ReportError for a panel that cannot be meant."""

    def __init__(self, source: FigureDeclaration, panels: Mapping[str, Spec], runs: Runs):
        """panels: Vega-Lite with its rows as the figure gave them, NaN among them, of these runs."""
        self._source, self._runs = source, runs
        self._parts = {panel: parts_of(spec) for panel, spec in panels.items()}
        self._params = {panel: list(_params(spec)) for panel, spec in panels.items()}
        self._seen: dict[str, dict[str, int]] = {panel: {} for panel in panels}
        self._findings: dict[tuple[str, str], Finding] = {}
        for panel, parts in self._parts.items():
            for found in _before(panel, parts, self._params[panel]):
                self._note(found)

    def saw(self, panel: str, spec: Spec, svg: str) -> None:
        """A frame of a panel, as drawn from this."""
        seen, shown = self._seen[panel], drawn.read(svg)
        for mark, most in shown.marks.items():
            seen[mark] = max(most, seen.get(mark, drawn.NOTHING))
        for found in _shown(panel, spec, shown):
            self._note(found)

    def weighed(self, files: Mapping[str, int]) -> None:
        """The figure's files in bytes, uncompressed."""
        total = sum(files.values())
        if total > MOST_BYTES:
            largest = max(files, key=lambda name: files[name])
            raise ReportError(
                f"{self._source.path}: its files take {number(round(total / 1e6))} MB on disk, over the budget of "
                f"{number(round(MOST_BYTES / 1e6))} MB; the largest is {largest} with {number(files[largest] / 1e6)} MB.",
                hint="Show fewer rows, or fewer steps; round numbers to four digits.",
                exit_code=EXIT_FAILED,
            )

    def doubts(self) -> list[Doubt]:
        """What is to be said of the figure; called when all is drawn."""
        for panel, parts in self._parts.items():
            if self._source.runs and ("not-finite", panel) in self._findings:
                continue  # a run has diverged: that is the cause, and all is said
            names = {param["name"] for param in self._params[panel]}
            for found in marks.empty(panel, parts, self._seen[panel], names):
                self._note(found)
        accepted = self._source.accept
        known = {found.check for found in self._findings.values()}
        said = [
            Doubt(f.check, f"its panel {f.panel!r} {f.words}. {f.hint}")
            for f in self._findings.values()
            if f.check not in accepted
        ]
        unused = [name for name in accepted if name not in known]
        return said + [
            Doubt("unused-acceptance", f"ACCEPT names {name!r}, of which nothing was found. Remove the name.")
            for name in unused
        ]

    def _note(self, found: Finding) -> None:
        if found.check not in ACCEPTABLE and not (found.check in EMPTY and _varied(self._runs)):
            raise ReportError(
                f"{self._source.path}: its panel {found.panel!r} {found.words}.",
                hint=found.hint,
                exit_code=EXIT_FAILED,
            )
        self._findings.setdefault((found.check, found.panel), found)


def _varied(runs: Runs) -> bool:
    """Whether a run is not as its experiment has it: shorter, or changed. Then there may be nothing to show."""
    # Not an import statement: a new experiment changes no picture.
    experiments = import_module("reportgen.experiments").EXPERIMENTS
    found = (
        (name, run) for name, given in runs.items() for run in (given if isinstance(given, list) else [given])
    )
    return any(_given(run) not in map(_given, experiments[name].configs) for name, run in found)


def _given(run: Any) -> Any:
    """What a run was given: a model's config, a function's settings."""
    return getattr(run, "config", None) or getattr(run, "settings", run)


def _before(panel: str, parts: list[View], params: list[Spec]) -> Iterator[Finding]:
    """What rows and fields say; first what would take long to draw."""
    yield from elsewhere.rows(panel, parts)
    yield from elsewhere.fleeting(panel, parts[0].spec)
    yield from values.too_many(panel, parts)
    yield from values.none(panel, parts)
    yield from values.not_by_step(panel, parts)
    yield from fields.missing(panel, parts)
    yield from values.not_finite(panel, parts)
    yield from values.not_numbers(panel, parts)
    plain = [param for param in params if "select" not in param and "bind" not in param]
    yield from values.below_logs(panel, parts, plain, _count)


def _shown(panel: str, spec: Spec, shown: drawn.Drawn) -> Iterator[Finding]:
    """What one frame says."""
    yield from elsewhere.pictures(panel, shown)
    yield from texts.odd(panel, shown)
    yield from texts.in_other_fonts(panel, shown, _can_draw)
    yield from texts.in_boxes(panel, shown)
    yield from texts.clipped(panel, shown, spec)
    yield from texts.overlapping(panel, shown)


def _params(spec: Any) -> Iterator[Spec]:
    """Every param of a panel, wherever it is declared."""
    for part in spec if isinstance(spec, list) else [spec]:
        if isinstance(part, dict):
            yield from (param for param in part.get("params", ()) if isinstance(param, dict))
            for name in ("layer", "concat", "hconcat", "vconcat", "spec"):
                yield from _params(part.get(name, []))


def _count(spec: Spec) -> int:
    return _counted(json.dumps(spec))


@lru_cache(maxsize=64)
def _counted(spec: str) -> int:
    """The number that a chart of one text says; 0 where Vega cannot work it out alone."""
    try:
        shown = drawn.read(vega.svg(json.loads(spec), "a count"))
    except ReportError:
        return 0
    return int(shown.texts[0].words) if shown.texts and shown.texts[0].words.isdigit() else 0


@lru_cache(maxsize=64)
def _can_draw(family: str) -> bool:
    """Whether vl-convert draws anything at all in a list of font families."""
    quoted = family.replace("&", "&amp;").replace('"', "'").replace("<", "&lt;")
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text y="15" font-family="{quoted}">Hx8</text></svg>'
    with Image.open(io.BytesIO(vega.png(svg, "a text"))) as image:
        return image.getchannel("A").getbbox() is not None
