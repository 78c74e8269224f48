"""What figures and pages are made from: name → hash or value. Two equal lists mean the same result."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

from reportgen.browser import kernels
from reportgen.drawing.declaration import FONTS, VL_VERSION, FigureDeclaration
from reportgen.files import code_hash
from reportgen.files.code_hash import code_key, package_code
from reportgen.files.hashing import digest
from reportgen.files.listing import listed, listed_below
from reportgen.files.project import Project
from reportgen.files.project_file import ARTICLE, ARTICLE_SAYS, FILE, article
from reportgen.files.text import file_content
from reportgen.site import static_files

DRAWING_LIBRARIES = ("altair", "narwhals", "vl-convert-python", "pillow", "pikepdf")
PAGE_LIBRARIES = (
    "jinja2", "markdown-it-py", "mdit-py-plugins", "math-core", "bibtexparser", "pylatexenc",
    "PyYAML", "vl-convert-python", "pillow",
)  # fmt: skip


def figure_inputs(
    source: FigureDeclaration, run_keys: Mapping[str, str], facts: Mapping[str, Mapping[str, object]]
) -> dict[str, str]:
    """All that a figure depends on: code, runs, libraries, its texts and the facts that these quote."""
    folder = source.path.parent
    own = code_key(source.path, (folder, code_hash.PACKAGE.parent))
    makers = ("drawing/draw.py", "drawing/stand_ins.py") if source.stand_ins else ("drawing/draw.py",)
    code = package_code(*makers) | {_shown(name, folder): found for name, found in own.items()}
    parts = {f"code {name}": found for name, found in code.items()}
    parts |= {f"run {name}": run_keys[name] for name in source.runs}
    parts |= {f"library {name}": _version(name) for name in DRAWING_LIBRARIES}
    parts |= {f"fact {name}": json.dumps(value) for name, value in _quoted(source, facts)}
    parts |= _fonts()
    text = "\n".join((source.title, source.caption, source.alt))
    return parts | {"its texts": digest(text), "vega-lite": VL_VERSION}


@cache
def _fonts() -> dict[str, str]:
    """Of the charts' own font: it does not change while a command runs."""
    return {f"font {file.name}": digest(file.read_bytes()) for file in listed(FONTS, "*.ttf")}


def _shown(name: str, folder: Path) -> str:
    """A module's name in messages: with its folder."""
    return name if "/" in name else f"{folder.name}/{name}"


def _quoted(
    source: FigureDeclaration, facts: Mapping[str, Mapping[str, object]]
) -> Iterator[tuple[str, object]]:
    """Every fact that the figure's texts or its frames use; all of an experiment used in another way."""
    if source.group:
        name = source.group.replace("-", "_")
        yield f"{name}.moments", facts.get(name, {}).get("moments")
    code = " ".join(re.findall(r"\{[{%](.*?)[%}]\}", f"{source.caption} {source.alt}", flags=re.S))
    for experiment, fact in sorted(set(re.findall(r"\b([a-z_]\w*)\b(?:\.(\w+))?", code))):
        known = facts.get(experiment)
        if known is not None:
            yield (f"{experiment}.{fact}", known.get(fact)) if fact else (experiment, known)


def site_inputs(project: Project) -> dict[str, str]:
    """What every page depends on besides figures, facts and settings: templates, code and libraries."""
    templates, citation = project.templates, project.citation
    files = listed_below(templates)
    parts = {f"{templates.name}/{f.relative_to(templates).as_posix()}": _hash(f) for f in files}
    parts["sections"] = digest("\n".join(file.name for file in listed(templates, "sections/*.md")))
    parts |= {citation.name: _hash(citation)} if citation.is_file() else {}
    said = {
        name: value
        for name, value in article(project.root).items()
        if value != ARTICLE_SAYS.get(name.replace("_", "-"), [ARTICLE])
    }
    parts |= {f"{FILE} {name}": digest(json.dumps(value)) for name, value in said.items()}
    parts |= {f"static/{path}": found for path, found in static_files.checksums(project.static).items()}
    parts |= {f"code {name}": found for name, found in package_code("site/assemble.py").items()}
    parts["kernels for browsers"] = _hash(kernels.COMPILED)
    return parts | {f"library {name}": _version(name) for name in PAGE_LIBRARIES}


def _hash(file: Path) -> str:
    """Of a file that cannot be read, why: whoever needs it fails and names it, nobody else does."""
    try:
        return digest(file_content(file))
    except OSError as error:
        return f"cannot be read: {error.strerror}"


@cache
def _version(library: str) -> str:
    return version(library)
