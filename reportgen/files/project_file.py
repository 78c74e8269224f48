"""reportgen.toml: what a project says of itself. Nobody has to have one; every line has a usual value.

base-url: where the page will be. title, subtitle, authors: above the text. description: for search engines. licence,
credit: at its foot. language: of the text, as "en". about-claims: how thresholds were chosen, in a sentence. uses: whose
experiments, facts and claims the project shows besides its own: "grokking" is the article that comes with this program,
others come from installed packages.
"""

import tomllib
from pathlib import Path

from reportgen.errors import ReportError, unknown
from reportgen.files.text import UnreadableText, read_text

FILE = "reportgen.toml"
EXAMPLE = "https://you.github.io/repository/"
ARTICLE = "grokking"
LISTS = ("authors", "uses")
ARTICLE_SAYS = {  # what a page shows of it, and the usual
    "title": "An article without a title", "subtitle": "", "description": "", "authors": [], "licence": "", "credit": "",
    "language": "en", "about-claims": "",
}  # fmt: skip
KNOWN = ("base-url", *ARTICLE_SAYS, "uses")


def said(root: Path) -> dict[str, object]:
    """What the file of a project says, by name. Raises ReportError for a file that is not as it should be."""
    file = root / FILE
    if not file.exists():
        return {}
    try:
        found = tomllib.loads(read_text(file))
    except (tomllib.TOMLDecodeError, UnreadableText) as error:
        what = str(error) if isinstance(error, UnreadableText) else f"{file}: {error}."
        hint = f'It holds lines in UTF-8, such as: base-url = "{EXAMPLE}"'
        raise ReportError(what, hint=hint) from error
    for name, value in found.items():
        if name not in KNOWN:
            problem = unknown("setting", name, KNOWN)
            raise ReportError(f"{file}: {problem.message}", hint=problem.hint)
        _check(file, name, value)
    return found


def _check(file: Path, name: str, value: object) -> None:
    """base-url is looked at by who uses it."""
    many = name in LISTS
    fits = (
        isinstance(value, list) and all(isinstance(item, str) for item in value)
        if many
        else isinstance(value, str)
    )
    if not fits and name != "base-url":
        example = '["Ada Lovelace"]' if many else '"…"'
        raise ReportError(f"{file}: {name} is {value!r}.", hint=f"Write {name} = {example}.")


def uses(root: Path) -> tuple[str, ...]:
    """Whose experiments, facts and claims a project shows besides its own.

    A project whose file does not say so is one of the article's, as all were before there was a choice.
    """
    found = said(root).get("uses", [ARTICLE])
    assert isinstance(found, list)  # checked
    return tuple(found)


def article(root: Path) -> dict[str, object]:
    """What a project's page says of itself, under names for templates: hyphens are underscores."""
    found = said(root)
    shown = {name.replace("-", "_"): found.get(name, usual) for name, usual in ARTICLE_SAYS.items()}
    return shown | {"uses": list(uses(root))}
