"""The bibliography: BibTeX in, numbered citations with cards and a list of the cited works out.

And the other way round: how to cite the project, from its CITATION.cff.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from reportgen.errors import ReportError, unknown
from reportgen.files.code_hash import package_code
from reportgen.files.hashing import digest, key_of
from reportgen.files.memo import Memo
from reportgen.files.text import file_content, read_text

if TYPE_CHECKING:
    from bibtexparser.model import Entry


@dataclass(frozen=True)
class Work:
    """One entry of the bibliography, ready to print."""

    key: str
    authors: tuple[str, ...]  # full names; the last may be "others"
    title: str
    venue: str
    year: str
    url: str

    @property
    def byline(self) -> str:
        """All authors: A, B and C."""
        return _joined(self.authors)

    @property
    def short(self) -> str:
        """The authors as a card names them: at most three."""
        return _joined(self.authors if len(self.authors) <= 3 else (self.authors[0], "others"))


def _joined(names: tuple[str, ...]) -> str:
    if names and names[-1] == "others":
        return ", ".join(names[:-1]) + " et al."
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def bibliography(file: Path, memory: Memo) -> dict[str, Work]:
    """`read_bibliography`, remembered."""
    content = file_content(file) if file.is_file() else b""
    libraries = version("bibtexparser"), version("pylatexenc")
    made_of = package_code("site/citations.py"), digest(content), *libraries
    name = f"bibliography {key_of(made_of)}"
    works = memory.recall(name, lambda: [asdict(work) for work in read_bibliography(file).values()])
    return {work.key: work for work in msgspec.convert(works, list[Work])}


def read_bibliography(file: Path) -> dict[str, Work]:
    """Every work by key, LaTeX accents decoded. Raises ReportError naming the damaged line."""
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors, SplitNameParts

    library = parse_string(read_text(file))
    for block in library.failed_blocks:
        raise ReportError(f"{file}:{(block.start_line or 0) + 1}: {block.error}.", hint="Mend the entry.")
    urls = {entry.key: _field(entry, "url") for entry in library.entries}
    for layer in (LatexDecodingMiddleware(), SeparateCoAuthors(), SplitNameParts()):
        library = layer.transform(library)
    return {entry.key: _work(entry, urls[entry.key]) for entry in library.entries}


def _work(entry: "Entry", url: str) -> Work:
    names = entry.fields_dict["author"].value if "author" in entry.fields_dict else []
    venue = next(filter(None, (_field(entry, n) for n in ("journal", "booktitle", "publisher"))), "")
    volume, issue = _field(entry, "volume"), _field(entry, "number")
    if volume:
        venue += f" {volume}" + (f"({issue})" if issue else "")
    # A year repeated in the venue's name ("ICLR 2023") is the one of publication.
    year = "" if re.search(r"\b(19|20)\d\d$", venue) else _field(entry, "year")
    authors = tuple(" ".join((*n.first, *n.von, *n.last, *n.jr)) for n in names)
    return Work(entry.key, authors, _field(entry, "title"), venue, year, url)


def _field(entry: "Entry", name: str) -> str:
    field = entry.fields_dict.get(name)
    return re.sub(r"\s+", " ", str(field.value).replace("{", "").replace("}", "")).strip() if field else ""


class Citations:
    """Numbers works in the order in which they are first cited."""

    def __init__(self, works: dict[str, Work]):
        self._works = works
        self.cited: list[Work] = []

    def cite(self, key: str) -> tuple[int, Work]:
        """A work and its number in the list. Raises ReportError for one that is not there."""
        if key not in self._works:
            raise unknown("citation", key, self._works)
        work = self._works[key]
        if work not in self.cited:
            self.cited.append(work)
        return self.cited.index(work) + 1, work


@dataclass(frozen=True)
class Citation:
    """How to cite one thing: who, its title, what else is printed, and the same as BibTeX.

    authors: what each is in schema.org's words, Person or Organization, and the name.
    """

    authors: tuple[tuple[str, str], ...]
    byline: str
    title: str
    rest: str
    url: str
    bibtex: str


def own_citations(file: Path) -> list[Citation]:
    """How to cite the original article and this project, from a CITATION.cff; [] without the file.

    Raises ReportError for one that cannot be read.
    """
    import yaml

    if not file.is_file():
        return []
    try:
        own = yaml.safe_load(read_text(file))
        entries = [own["preferred-citation"]] if "preferred-citation" in own else []
        return [_citation(entry) for entry in (*entries, own)]
    except (ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        problem = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise ReportError(
            f"{file} cannot be read: {problem}.", hint="Mend it; see https://citation-file-format.github.io."
        ) from error


def scholarly_article(own: list[Citation], address: str) -> dict[str, object] | None:
    """The page in schema.org's words (ScholarlyArticle), for search engines; None without a CITATION.cff.

    own: as `own_citations` gives them, this project last. address: of the site, "" where it is not known.
    """
    if not own:
        return None
    *original, project = own
    found: dict[str, object] = {
        "@context": "https://schema.org", "@type": "ScholarlyArticle", "headline": project.title,
        "author": [{"@type": kind, "name": name} for kind, name in project.authors],
    }  # fmt: skip
    found |= {"url": address} if address else {}
    return found | ({"isBasedOn": [work.url for work in original if work.url]} if original else {})


def _citation(entry: Mapping[str, Any]) -> Citation:
    """One entry of a CITATION.cff. Raises KeyError where a field is missing."""
    released = str(entry.get("date-released", entry.get("year", "")))[:4]
    version = f"version {entry['version']}" if "version" in entry else ""
    authors = tuple(
        ("Organization", a["name"]) if "name" in a else ("Person", f"{a['given-names']} {a['family-names']}")
        for a in entry["authors"]
    )
    url = str(entry.get("url", entry.get("repository-code", "")))
    rest = ", ".join(filter(None, (entry.get("journal"), version, released)))
    return Citation(
        authors,
        _joined(tuple(name for _, name in authors)),
        entry["title"],
        rest,
        url,
        _bibtex(entry, released, url),
    )


def _bibtex(entry: Mapping[str, Any], year: str, url: str) -> str:
    authors = [
        f"{{{a['name']}}}" if "name" in a else f"{a['family-names']}, {a['given-names']}"
        for a in entry["authors"]
    ]
    fields = {
        "title": f"{{{entry['title']}}}", "author": " and ".join(authors), "journal": entry.get("journal"),
        "year": year, "month": entry.get("month"), "version": entry.get("version"), "url": url,
    }  # fmt: skip
    first = entry["authors"][0].get("family-names") or entry["title"]
    key = re.split(r"[^a-z]", first.lower())[0] + year
    lines = [f"  {name:<7} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{entry['type']}{{{key},", *lines, "}"])
