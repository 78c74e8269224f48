"""`reportgen init`: a project of one's own, made from what travels with the program.

An installed program has figures, templates and trained runs in its folder `bundled/` (pyproject.toml
puts them there); in a checkout they are the repository's own. The workflows are made for a project: they
install the program instead of testing it, from where `requirements.txt` says.
"""

import json
import shlex
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from reportgen.errors import ReportError
from reportgen.files.address import EXAMPLE, FILE
from reportgen.files.listing import counts
from reportgen.files.text import read_text, write_text

PACKAGE = Path(__file__).parent.parent  # reportgen/
BROUGHT = ("figures", "templates", "runs")
IF_THERE = ("static", "data")  # the article has neither; a project it is made from may
WORKFLOWS = PACKAGE / "scaffold" / "workflows"
NEEDED = """# What the workflows in .github/workflows/ install: where they find reportgen. Such as
#   reportgen @ git+https://github.com/YOU/reportgen@COMMIT
#   wheels/reportgen-0.1.0-py3-none-any.whl      a wheel in this repository
"""
SETTINGS = f"""# Where the page will be. With it, the page has a card for those who link to it, and a sitemap.
# base-url = "{EXAMPLE}"
"""
# What can be made again.
IGNORED = ".reportgen/\nsite/\nsite-*/\nfigures-out/\nbundle-out/\n__pycache__/\n"
# The same line ends on every machine, and none where they are data.
ATTRIBUTES = "* text=auto eol=lf\n" + "".join(
    f"*.{kind} binary\n" for kind in ("npz", "gz", "woff2", "png", "pdf")
)


def start_project(folder: Path) -> Iterator[str]:
    """Make the project, and say what to do next. Raises ReportError where something is in the way."""
    source = _source()
    _refuse(folder, source)
    folder.mkdir(parents=True, exist_ok=True)
    for name in BROUGHT:
        ignored = lambda _, names: [n for n in names if not counts(n)]  # noqa: E731
        shutil.copytree(source / name, folder / name, ignore=ignored)
    for name in IF_THERE:
        if (source / name).is_dir():
            shutil.copytree(source / name, folder / name, symlinks=True)  # hidden files too
    write_text(folder / FILE, SETTINGS)
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
    yield f"Made a project in {folder.absolute()}: figures/, templates/, runs/ and reportgen.toml."
    yield "With workflows for GitHub in .github/; requirements.txt says where they find reportgen."
    yield "Next:"
    yield from (f"  {line}" for line in _next(folder))


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


def _refuse(folder: Path, source: Path) -> None:
    """Raises ReportError before anything is written."""
    missing = [name for name in BROUGHT if not (source / name).is_dir()]
    if missing:
        raise ReportError(
            f"{source} lacks {', '.join(missing)}: this installation is incomplete.",
            hint="Install reportgen again.",
        )
    if folder.exists() and not folder.is_dir():
        raise ReportError(f"{folder} is a file.", hint="Name a new folder: reportgen init my-report")
    there = [
        name
        for name in (*BROUGHT, *IF_THERE, FILE)
        if (folder / name).exists() or (folder / name).is_symlink()
    ]
    if there:
        raise ReportError(
            f"{folder.absolute()} already has {', '.join(there)}; nothing was written.",
            hint="Name a new folder: reportgen init my-report",
        )


def _next(folder: Path) -> Iterator[str]:
    if folder.resolve() != Path.cwd().resolve():
        yield f"cd {shlex.quote(str(folder))}"
    yield "reportgen build       train six small models, draw, write site/index.html: about two minutes"
    yield "reportgen publish     put the page on GitHub Pages, once the folder is a Git repository"
