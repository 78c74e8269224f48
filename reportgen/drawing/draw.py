"""From a figure's module and its runs to a folder of files: frames, live view, exports.

The one place that runs figure code. Nothing here depends on time, place or order, so the same inputs
give the same bytes.
"""

import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from altair.utils.schemapi import debug_mode

from reportgen.analysis.moment_words import PICTURED
from reportgen.analysis.snapshots import by_change
from reportgen.charts import Rows, rows_kept, theme
from reportgen.drawing import frames, interactive, record, tables, utc
from reportgen.drawing.checks.inspection import Inspection
from reportgen.drawing.declaration import FigureDeclaration
from reportgen.drawing.record import Drawing, DrawnFrame, Offer, Panel
from reportgen.drawing.vega import Spec
from reportgen.errors import EXIT_FAILED, ReportError, in_code
from reportgen.files.guard import guarded
from reportgen.files.reads import Reads
from reportgen.files.strict_json import plain
from reportgen.store.run import Runs, run_of
from reportgen.wording import numbers
from reportgen.wording.names import AllFacts
from reportgen.wording.sentences import render_text

LIVE = "live.js"
_DATE, _TIME = ("year", "month", "date"), ("hours", "minutes", "seconds", "milliseconds")


def draw(source: FigureDeclaration, runs: Runs, facts: AllFacts, folder: Path) -> dict[str, str]:
    """Fill `folder` with everything the page and the exports need of one figure; what its code read: name → content.

    Raises ReportError naming the figure's file and line when its code fails.
    """
    if source.group:
        moments = _moments(source.group, facts)
        runs = {**runs, source.group: by_change(run_of(runs, source.group), moments.values())}
    reads = reads_of(source)
    panels, inspection = inspected(source, runs, reads)
    steps = interactive.steps_of(source, runs)
    alt, caption = (_fill(text, source, facts) for text in (source.alt, source.caption))
    shown = static_steps(source, panels, runs, facts)
    labels = [f"{label} · step {numbers.step(steps[i])}" if label else "" for i, label in shown]
    stepped = len(shown) > 1
    with _beside() as beside, _beside() as painting:
        if stepped:  # then the page's data need not wait for the drawing
            beside.submit(interactive.compiled, panels, source, runs)
        parts = beside.submit(
            lambda: [frames.draw_panels(panels, source, i, steps, inspection.saw) for i, _ in shown]
        )
        drawn = beside.submit(lambda: [frames.arranged(part, source.columns) for part in parts.result()])
        picture = beside.submit(lambda: frames.picture(drawn.result(), labels, source, alt))
        png = painting.submit(lambda: frames.png(picture.result(), source))
        pdf = beside.submit(lambda: frames.pdf(picture.result(), source))
        table = painting.submit(tables.packed, tables.tidy_csv(panels, steps))
        standalone = tables.standalone_json(panels, alt, source, steps).encode()
        # Without steps, the page lays out each panel by itself.
        sizes = {} if stepped else {name: (f.width, f.height) for name, f in parts.result()[0].items()}
        figure = interactive.payload(panels, source, runs, sizes)
        files: dict[str, str | bytes] = {}
        if interactive.moves(figure):
            files[LIVE] = interactive.script(figure)
        offer, others = _stand_ins(source, runs, sizes, reads) if source.stand_ins else (None, {})
        pictures = drawn.result() if stepped else [*parts.result()[0].values()]
        pictured = {"svg": picture.result().encode(), "png": png.result(), "pdf": pdf.result()}
        exports = pictured | {"json": standalone} | table.result()
    files |= {f"frame-{n}.svg": frames.for_page(f, source.title, alt) for n, f in enumerate(pictures)}
    files |= {f"{source.id}.{suffix}": content for suffix, content in exports.items()}
    drawing = Drawing(
        id=source.id,
        title=source.title,
        caption=caption,
        alt=alt,
        group=source.group,
        lead=source.lead,
        card=source.card,
        runs=list(source.runs),
        columns=source.columns,
        stepped=stepped,
        opens=interactive.opens(figure),
        inputs=interactive.inputs(panels, source),
        frames=[
            DrawnFrame(f"frame-{n}.svg", label, steps[index] if stepped else None, frame.width, frame.height)
            for n, ((index, label), frame) in enumerate(
                zip(shown if stepped else shown * len(pictures), pictures, strict=True)
            )
        ],
        panels=[Panel(name, title_of(spec)) for name, spec in panels.items()],
        live=LIVE if LIVE in files else None,
        offer=offer,
        exports={suffix: len(content) for suffix, content in exports.items()},
        table=tables.summary(source, facts),
        guess=source.guess,
        doubts=inspection.doubts(),
    )
    files |= others
    files[record.FILE] = record.as_text(drawing)
    contents = {name: c.encode() if isinstance(c, str) else c for name, c in files.items()}
    inspection.weighed({name: len(content) for name, content in contents.items()})
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return reads.found


@contextmanager
def _beside() -> Iterator[ThreadPoolExecutor]:
    """A thread for what Python only waits for: vl-convert, and compression. After an error, it stops."""
    thread = ThreadPoolExecutor(1)
    try:
        yield thread
    finally:
        thread.shutdown(cancel_futures=True)


def _stand_ins(
    source: FigureDeclaration, runs: Runs, sizes: Mapping[str, tuple[int, int]], reads: Reads
) -> tuple[Offer | None, dict[str, str]]:
    """What the page offers to open, and the figure's live data with each in the place of its group's run."""
    # Not an import statement: only such figures depend on it.
    stand_ins = import_module("reportgen.drawing.stand_ins")
    found, files = stand_ins.openable(source, runs), {}
    for run in found:
        replaced = {**runs, str(source.group): run}
        panels = make_panels(
            source, replaced, reads, validate=False
        )  # the same chart as with the group's own run
        figure = interactive.payload(panels, source, replaced, sizes)
        files[stand_ins.file_of(run)] = interactive.script(figure)
    return (stand_ins.offer(source, runs, found) if found else None), files


def draw_one_step(
    source: FigureDeclaration, runs: Runs, facts: AllFacts, step: int
) -> tuple[int, dict[str, bytes]]:
    """The saved step nearest to `step`, and the figure there as svg, png and pdf.

    Raises ReportError for a figure that follows no step, or a step outside its run.
    """
    run = run_of(runs, source.group) if source.group else None
    if run is None or not 0 <= step <= run.snapshot_steps[-1]:
        allowed = f"0 to {run.snapshot_steps[-1]}" if run else "none: it follows no training step"
        raise ReportError(f"{source.id} has no step {step}.", hint=f"Steps of this figure: {allowed}.")
    index = run.nearest_snapshot(step)
    steps = interactive.steps_of(source, runs)
    at = steps[index]
    panels, inspection = inspected(source, runs, reads_of(source))
    frame = frames.arranged(frames.draw_panels(panels, source, index, steps, inspection.saw), source.columns)
    svg = frames.picture([frame], [f"step {numbers.step(at)}"], source, _fill(source.alt, source, facts))
    return at, {"svg": svg.encode(), "png": frames.png(svg, source), "pdf": frames.pdf(svg, source)}


def reads_of(source: FigureDeclaration) -> Reads:
    """Where it is written down what a figure reads. It runs in its project's folder, with random numbers of its own."""
    return Reads(source.path.parent.parent, seed=source.id)


def inspected(source: FigureDeclaration, runs: Runs, reads: Reads) -> tuple[dict[str, Spec], Inspection]:
    """The panels as `make_panels` has them, and who looks at them while they are drawn."""
    given = _panels(source, runs, reads, validate=True)
    return _strict(given), Inspection(source, given, runs)


def make_panels(
    source: FigureDeclaration, runs: Runs, reads: Reads | None = None, *, validate: bool = True
) -> dict[str, Spec]:
    """Run the figure's `chart`; its panels as themed Vega-Lite in strict JSON, by name.

    validate: whether Altair checks it. What is not a finite number is null from here on.
    """
    return _strict(_panels(source, runs, reads, validate=validate))


def _strict(panels: Mapping[str, Spec]) -> dict[str, Spec]:
    return {name: plain(spec) for name, spec in panels.items()}


def _panels(source: FigureDeclaration, runs: Runs, reads: Reads | None, *, validate: bool) -> dict[str, Spec]:
    """The panels with the numbers that the figure gave them, finite or not."""
    panels = {}
    own = {name: runs[name] for name in source.runs if name != source.stand_ins}
    with debug_mode(validate):
        specs = _call(source, own, reads or reads_of(source), validate)
    for name, spec in specs.items():
        sized = spec.get("spec", spec)
        if not all(isinstance(sized.get(side), int | float) for side in ("width", "height")):
            raise ReportError(
                f"{source.path}: its panel {name!r} has no width and height in px.",
                hint="End the chart with .properties(width=…, height=…): the page reserves its space.",
                exit_code=EXIT_FAILED,
            )
        panels[name] = utc.charted(_unpacked(spec)) | {"config": theme(), "description": source.title}
    return panels


def _specs(chart: Any, validate: bool) -> dict[str, Spec]:
    """What `chart` returned as Vega-Lite by panel name."""
    charts = chart if isinstance(chart, dict) and "$schema" not in chart else {"chart": chart}
    for panel in charts.values():
        if not isinstance(panel, dict) and not hasattr(panel, "to_dict"):
            raise TypeError(f"chart(runs) returned {type(panel).__name__}, not an Altair chart or a spec")
    return {
        name: plain(panel if isinstance(panel, dict) else panel.to_dict(validate=validate), finite=False)
        for name, panel in charts.items()
    }  # what is not JSON is an error here


def _unpacked(spec: Any) -> Any:
    """The spec with datasets as lists again."""
    if isinstance(spec, list):
        return [_unpacked(item) for item in spec]
    if not isinstance(spec, dict):
        return spec
    if isinstance(spec.get("values"), Rows):
        name = {"name": spec["name"]} if "name" in spec else {}
        return name | {"values": spec["values"].rows}
    return {key: _undone(value) if key == "values" else _unpacked(value) for key, value in spec.items()}


def _undone(rows: Any) -> Any:
    """Rows with their dates as ISO 8601: Altair makes objects of them, which are right in scales, not in rows."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return rows
    return [
        {name: _iso(value) if isinstance(value, dict) else value for name, value in row.items()}
        for row in rows
    ]


def _iso(value: dict[str, Any]) -> Any:
    if not {"year", "month", "date"} <= value.keys() <= {*_DATE, *_TIME}:
        return value
    day = "-".join(f"{value[part]:02}" for part in _DATE)
    if "hours" not in value:
        return day
    fraction = f".{value['milliseconds']:03}" if value.get("milliseconds") else ""
    return f"{day}T{':'.join(f'{value.get(part, 0):02}' for part in _TIME[:3])}{fraction}"


def _call(source: FigureDeclaration, runs: Runs, reads: Reads, validate: bool) -> dict[str, Spec]:
    hint = f"Mend the figure, then try it alone: reportgen figures {source.id}"
    with guarded(lambda error: in_code(source.path, error, hint=hint), reads), rows_kept():
        sys.path.insert(0, str(source.path.parent))  # so that figures may share helper modules
        return _specs(reads.load(f"_figure_{source.id}", source.path).chart(runs), validate)


def static_steps(
    source: FigureDeclaration, panels: Mapping[str, Spec], runs: Runs, facts: AllFacts
) -> list[tuple[int, str]]:
    """(snapshot index, label) of the static frames: start, a moment in the middle, end; or one, unlabelled."""
    if source.group is None:
        return [(-1, "")]
    run = run_of(runs, source.group)
    last = len(run.snapshot_steps) - 1
    if not any(frames.stepped_data(spec) for spec in panels.values()):
        return [(last, "")]
    moments = _moments(source.group, facts)
    between = next((name for name in PICTURED if moments.get(name) is not None), None)
    step = moments[between] if between else None
    middle = last // 2 if step is None else max(1, run.nearest_snapshot(step))
    shown = {middle: PICTURED[between] if between else "Halfway", 0: "Start", last: "End"}
    return sorted(shown.items())


def _moments(group: str, facts: AllFacts) -> Mapping[str, int | None]:
    """The steps of a group's moments, by name."""
    found: Mapping[str, int | None] = facts[group.replace("-", "_")]["moments"]
    return found


def _fill(text: str, source: FigureDeclaration, facts: AllFacts) -> str:
    """A caption or text alternative with the run's facts put in. Raises ReportError."""
    return render_text(text, facts, where=str(source.path))


def title_of(spec: Spec) -> str:
    title = spec.get("title", "")
    text = title if isinstance(title, str) else title.get("text", "")
    return text if isinstance(text, str) else ""  # a title may be an expression
