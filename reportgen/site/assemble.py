"""The site in memory: pages, styles, scripts, Vega, figures and their data; nothing else is needed.

Comes after the figures are drawn and the claims judged; output_folder.py puts the result in place. Nothing
here carries a date or a path of this machine, so the same inputs give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from rjsmin import jsmin  # type: ignore[import-untyped]

from reportgen.browser import kernels
from reportgen.browser.kernels import TO_REPEAT
from reportgen.claims.verdicts import Verdict, as_json
from reportgen.drawing.declaration import VL_VERSION, FigureDeclaration
from reportgen.drawing.record import FILE, Drawing, read_drawing
from reportgen.errors import ReportError
from reportgen.files.atomic import read_sealed, unless_read_only, write_sealed
from reportgen.files.hashing import digest
from reportgen.files.listing import listed, listed_below, refuse_twins
from reportgen.files.memo import Memo
from reportgen.files.project import Project
from reportgen.files.project_file import article
from reportgen.files.text import file_content, read_text
from reportgen.site.output_folder import VOLATILE
from reportgen.wording.names import AllFacts

if TYPE_CHECKING:  # or the page would depend on every experiment's settings
    from reportgen.experiments.variants import Settings
    from reportgen.site.following import Others

MANIFEST = "manifest.json"
_EXPORTS = "svg png pdf json csv csv.gz"  # in the order in which they are offered
ARTICLE = (
    "steps", "payload", "controls", "canvas", "cells", "lines", "votes", "pointing", "views", "groups", "pinned",
    "words", "first_play", "following", "opening", "sheet", "guess", "reading", "page", "train",
)  # fmt: skip
LAB = (
    "worker",
    "analysis",
    "figures",
    "compare",
    "training",
    "change",
    "rows",
    "following",
    "npz",
    "look",
    "bar",
    "panel",
)  # loaded as one, when asked for, in this order
VEGA = "import * as v from '{url}'; window.vega = {{View: v.View, parse: v.parse, changeset: v.changeset}};"


def render(project: Project, drawings: Mapping[str, Path], facts: AllFacts, verdicts: Sequence[Verdict],
           methods: Mapping[str, object], data: Mapping[str, bytes], settings: Settings, *,
           claims: Mapping[str, Mapping[str, object]], broken: Mapping[str, str], memory: Memo,
           others: Others | None = None, declared: Mapping[str, FigureDeclaration] | None = None) -> dict[str, bytes]:  # fmt: skip
    """The whole site: relative path → content.

    drawings: figure id → its drawn folder. verdicts: the claims as judged, or none.
    methods: what the page on methods says (methods.py). data: files to take away, and when things were made.
    claims: what each claim says. broken: figure id → what to say in its place. others: sweep → seed → what the text
    may quote while that run is open. declared: the figures' own declarations, by id.
    Raises ReportError with the template's file and line.
    """
    from reportgen.site import extras, static_files
    from reportgen.site.pages import PageRenderer  # Jinja, Markdown and math: only when a page is made

    templates = listed_below(project.templates)
    refuse_twins((file.relative_to(project.templates).as_posix() for file in templates), "templates")
    files = {".nojekyll": b""}
    links: dict[str, object] = {**_assets(project.templates / "assets", files)}
    links["vega"] = _hashed(files, "assets/vega.js", vega_bundle(project.state / "cache"))
    drawn = {name: _figure(name, folder, files) for name, folder in drawings.items()}
    files |= {path: content for path, content in data.items() if not path.startswith(TO_REPEAT)}
    links["repeated"] = _repeated(data, drawn.values(), files)
    links |= extras.head(settings.base_url, drawn.values())
    if verdicts:
        files["claims.json"] = as_json(verdicts)
    shared = {"methods": methods, "settings": settings, "links": links, "article": article(project.root)}
    put = partial(_hashed, files)
    page = PageRenderer(
        project,
        files,
        drawn,
        broken,
        facts,
        verdicts,
        claims,
        shared,
        others or {},
        declared or {},
        put,
        memory,
    )
    files["index.html"] = page.article().encode()
    files["methods.html"] = page.methods().encode()
    files |= extras.extra_files(project.templates, settings.base_url, files, drawn.values())
    files |= static_files.read(project.static, [*files, MANIFEST])
    # Whatever else a site needs is added above this line: the manifest lists it.
    refuse_twins(files, "The site")
    files[MANIFEST] = manifest(files)
    return files


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Path, size and SHA-256 of every file, one a line; not of itself, nor of what no build repeats."""
    entries = [
        {"path": path, "bytes": len(files[path]), "sha256": digest(files[path])}
        for path in sorted(files.keys() - {MANIFEST, *VOLATILE})
    ]
    return ("[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n]\n").encode()


def checksums(files: Mapping[str, bytes]) -> dict[str, str]:
    """Path → SHA-256, as the manifest lists them."""
    return {entry["path"]: entry["sha256"] for entry in json.loads(files[MANIFEST])}


def _hashed(files: dict[str, bytes], path: str, content: bytes) -> str:
    """Add a file under a name that changes with its content; that name."""
    stem, dot, suffix = path.rpartition(".")
    name = f"{stem}-{digest(content)[:8]}{dot}{suffix}"
    files[name] = content
    return name


def _script(file: Path) -> bytes:
    lean: str = jsmin(read_text(file))
    return lean.encode()


def _assets(folder: Path, files: dict[str, bytes]) -> dict[str, str]:
    """Add styles, scripts and the fonts that the styles name; asset name → its path on the site."""
    css = read_text(folder / "style.css")

    def font(match: re.Match[str]) -> str:
        name = _hashed(files, f"assets/{match[1]}", file_content(folder / match[1]))
        return f'url("{name.removeprefix("assets/")}")'

    css = re.sub(r'url\("(fonts/[^"]+)"\)', font, css)
    for licence in listed(folder / "fonts", "*.txt"):
        files[f"assets/fonts/{licence.name}"] = file_content(licence)
    links = {"style": _hashed(files, "assets/style.css", css.encode())}
    for script in listed(folder, "*.js"):  # without comments: half of a script is for those who read it
        if script.stem not in ARTICLE:
            links[script.stem] = _hashed(files, f"assets/{script.name}", _script(script))
    # One file packs a quarter better than twenty.
    for name, parts in (("article", ARTICLE), ("lab", [f"lab/{part}" for part in LAB])):
        there = [file for part in parts if (file := folder / f"{part}.js").is_file()]
        links[name] = _hashed(files, f"assets/{name}.js", b"\n".join(map(_script, there)))
    links["kernels"] = _hashed(files, "assets/kernels.js", kernels.as_script())
    return links


def _repeated(
    data: Mapping[str, bytes], figures: Iterable[Drawing], files: dict[str, bytes]
) -> dict[str, str]:
    """Add what a browser needs to train a run again, of groups with a lead chart; group → its path on the site."""
    led = sorted({figure.group for figure in figures if figure.lead and figure.group})
    named = {group: f"{TO_REPEAT}{group}.js" for group in led}
    return {group: _hashed(files, path, data[path]) for group, path in named.items() if path in data}


def vega_bundle(cache: Path) -> bytes:
    """Vega's runtime alone, without Vega-Lite and embedding: 200 kB compressed instead of 305."""
    import vl_convert

    url = f"https://cdn.jsdelivr.net/npm/vega@{vl_convert.get_vega_version()}/+esm"
    snippet = VEGA.format(url=url)  # an address inside vl-convert's own store; nothing is fetched
    file = cache / f"vega-{version('vl-convert-python')}-{digest(snippet)[:8]}.js"
    content = read_sealed(file)
    if content is None:
        bundle = vl_convert.javascript_bundle(snippet=snippet, vl_version=VL_VERSION)
        # In a function of its own: the bundle's hundreds of short names stay out of the page.
        content = f"(()=>{{{bundle}\n}})();\n".encode()
        with unless_read_only():
            write_sealed(file, content)
    return content


def _figure(name: str, folder: Path, files: dict[str, bytes]) -> Drawing:
    """Add a drawn figure's files; its record, with their addresses on the site in place of their names."""
    drawing = read_drawing(folder)

    def put(file: str, path: str) -> str:
        return _hashed(files, path, _drawn(folder, file))

    exports = {suffix: drawing.exports[suffix] for suffix in sorted(drawing.exports, key=_EXPORTS.find)}
    for suffix in exports:
        files[f"figures/{name}.{suffix}"] = _drawn(folder, f"{name}.{suffix}")
    frames = [
        replace(frame, file=put(frame.file, f"figures/{name}-frame-{number}.svg"))
        for number, frame in enumerate(drawing.frames)
    ]
    live = drawing.live and put(drawing.live, f"data/{name}.js")
    offer = drawing.offer and replace(
        drawing.offer,
        runs=[replace(run, file=put(run.file, f"data/{name}-{run.seed}.js")) for run in drawing.offer.runs],
    )
    return replace(drawing, frames=frames, live=live, offer=offer, exports=exports)


def _drawn(folder: Path, name: str) -> bytes:
    """A file of a drawing. Raises ReportError for a name that leads out of its folder."""
    if Path(name).name != name:
        raise ReportError(
            f"{folder / FILE} names a file elsewhere: {name!r}.", hint="Delete the folder; it is drawn again."
        )
    return (folder / name).read_bytes()
