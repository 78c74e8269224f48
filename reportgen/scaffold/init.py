"""`reportgen init`: a project of one's own, made from what travels with the program.

By default a small article with one experiment; or, by name, another of examples/, or the article of this program. An
installed program has all that in its folder `bundled/` (pyproject.toml puts it there); in a checkout it is the
repository's own. The workflows are made for a project: they install the program instead of testing it, from where
`requirements.txt` says.
"""

import json
import shlex
import shutil
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from reportgen.errors import ReportError, unknown
from reportgen.files.listing import counts
from reportgen.files.project_file import ARTICLE, FILE
from reportgen.files.text import read_text, write_text

PACKAGE = Path(__file__).parent.parent  # reportgen/
CITATION = "CITATION.cff"
USUAL = "double-descent"
BROUGHT = ("figures", "templates", "runs", FILE, CITATION)  # of the article
IF_THERE = ("static", "data")  # the article has neither; a project it is made from may
OTHERS = (
    "sections",
    "masthead.html",
    "references.bib",
)  # of the article's templates: each article has its own
MADE = ("experiments", "facts", "claims", "figures", "templates", "runs", *IF_THERE, FILE, CITATION)
WORKFLOWS = PACKAGE / "scaffold" / "workflows"
NEEDED = """# What the workflows in .github/workflows/ install: where they find reportgen. Such as
#   reportgen @ git+https://github.com/YOU/reportgen@COMMIT
#   wheels/reportgen-0.1.0-py3-none-any.whl      a wheel in this repository
"""
# What can be made again.
IGNORED = ".reportgen/\nsite/\nsite-*/\nfigures-out/\nbundle-out/\n__pycache__/\n"
# The same line ends on every machine, and none where they are data.
ATTRIBUTES = "* text=auto eol=lf\n" + "".join(
    f"*.{kind} binary\n" for kind in ("npz", "gz", "woff2", "png", "pdf")
)


def start_project(folder: Path, example: str = USUAL) -> Iterator[str]:
    """Make the project, and say what to do next. Raises ReportError where something is in the way."""
    source = _source()
    _refuse(folder, source, example)
    folder.mkdir(parents=True, exist_ok=True)
    if example == ARTICLE:
        _bring(source, folder, [*BROUGHT, *(name for name in IF_THERE if (source / name).is_dir())])
    else:
        _bring(source, folder, ["templates"], without=OTHERS)
        _bring(source / "examples" / example, folder, listed_names(source / "examples" / example))
    written = {
        ".gitignore": IGNORED,
        ".gitattributes": ATTRIBUTES,
        "requirements.txt": NEEDED + _installed_from(),
    }
    written |= {f".github/workflows/{file.name}": read_text(file) for file in WORKFLOWS.glob("*.yml")}
    for name, text in written.items():
        if not (folder / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            write_text(folder / name, text)
    made = [f"{name}/" if (folder / name).is_dir() else name for name in MADE if (folder / name).exists()]
    yield f"Made a project in {folder.absolute()}: {', '.join(made[:-1])} and {made[-1]}."
    yield "With workflows for GitHub in .github/; requirements.txt says where they find reportgen."
    yield "Next:"
    yield from (f"  {line}" for line in _next(folder, example))


def examples(source: Path | None = None) -> list[str]:
    """What a project can be made from, the usual first."""
    there = listed_names((source or _source()) / "examples")
    return sorted({*there, USUAL, ARTICLE}, key=lambda name: (name != USUAL, name))


def listed_names(folder: Path) -> list[str]:
    """What people put into a folder; nothing of one that is not there."""
    return sorted(path.name for path in folder.iterdir() if counts(path.name)) if folder.is_dir() else []


def _bring(source: Path, folder: Path, names: Iterable[str], without: Iterable[str] = ()) -> None:
    """Copy files and folders, on top of what is there; `static` and `data` with hidden files too."""
    for name in names:
        hidden = name in IF_THERE
        ignored = lambda _, found: [n for n in found if n in without or not (hidden or counts(n))]  # noqa: B023, E731
        if (source / name).is_dir():
            shutil.copytree(source / name, folder / name, ignore=ignored, symlinks=hidden, dirs_exist_ok=True)
        else:
            shutil.copy(source / name, folder / name)


def _source() -> Path:
    bundled = PACKAGE / "bundled"
    return bundled if bundled.is_dir() else PACKAGE.parent


def _installed_from() -> str:
    """The line that installs this program once more, where it came from a repository; else ""."""
    try:
        origin = json.loads(distribution("reportgen").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return ""
    vcs, url = origin.get("vcs_info"), origin.get("url", "")
    if not vcs or not url.startswith("https://") or "@" in url:  # a name and password are nobody's business
        return ""
    return f"reportgen @ {vcs['vcs']}+{url}@{vcs['commit_id']}\n"


def _refuse(folder: Path, source: Path, example: str) -> None:
    """Raises ReportError before anything is written."""
    if example not in (known := examples(source)):
        raise unknown("example", example, known)
    needed = BROUGHT if example == ARTICLE else ("templates", f"examples/{example}")
    missing = [name for name in needed if not (source / name).exists()]
    if missing:
        raise ReportError(
            f"{source} lacks {', '.join(missing)}: this installation is incomplete.",
            hint="Install reportgen again.",
        )
    if folder.exists() and not folder.is_dir():
        raise ReportError(f"{folder} is a file.", hint="Name a new folder: reportgen init my-report")
    there = [name for name in MADE if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        raise ReportError(
            f"{folder.absolute()} already has {', '.join(there)}; nothing was written.",
            hint="Name a new folder: reportgen init my-report",
        )


def _next(folder: Path, example: str) -> Iterator[str]:
    if folder.resolve() != Path.cwd().resolve():
        yield f"cd {shlex.quote(str(folder))}"
    cost = "train six small models, draw, write site/index.html: about two minutes"
    yield f"reportgen build       {cost if example == ARTICLE else 'run what is missing, draw, write site/index.html'}"
    yield "reportgen publish     put the page on GitHub Pages, once the folder is a Git repository"
