"""Every address and reference in the site leads somewhere: checked in memory, before the site is written.

Works on what `assemble.render` returns. A broken one is reported at the line of the source that holds its
text, where that can be found, else at the page's line.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

from lxml import etree, html

from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.files.listing import listed_below
from reportgen.files.text import file_content

_ADDRESSES = (
    "href",
    "xlink:href",
    "src",
    "srcset",
    "poster",
    "data-live",
    "data-vega",
    "data-lab",
    "data-kernels",
    "data-repeat",
)
_REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "headers")
_CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)""")
_LEFT_ALONE = {"http", "https", "mailto"}  # where a reader may go; nothing is ever loaded from there
_ANYWHERE = "404.html"  # served at any depth, where a relative address would mean another file each time
_SOURCES = (".md", ".html", ".css", ".bib", ".py")
_SHOWN = 10  # broken links in one error


@dataclass(frozen=True)
class Link:
    """An address or reference in a page. follow: a reader goes there; else the page needs it."""

    target: str
    line: int
    follow: bool = False


class ParsedPage:
    """One HTML page: its elements, their ids, and what they point to."""

    def __init__(self, name: str, content: bytes):
        self.name = name
        self.root = _parsed(content.decode(errors="replace"))

    @cached_property
    def ids(self) -> set[str]:
        return set(self.root.xpath("//@id"))

    @property
    def twice(self) -> list[str]:
        """Ids of several elements: a link to one leads to the first."""
        ids: list[str] = self.root.xpath("//@id")
        return [id for id, count in Counter(ids).items() if count > 1]

    @cached_property
    def groups(self) -> set[str]:
        """The groups of figures whose step a link may set."""
        return set(self.root.xpath("//@data-group"))

    def links(self) -> Iterator[Link]:
        """Every address and reference; those inside a style too."""
        for element in self.root.iter(etree.Element):
            line = element.sourceline or 0
            for name, value in element.attrib.items():
                if name in _REFERENCES:
                    yield from (Link(f"#{id}", line) for id in value.split())
                elif name == "srcset":
                    yield from (Link(part.split()[0], line) for part in value.split(",") if part.split())
                elif name in _ADDRESSES:
                    away = element.tag == "a" or element.get("rel") == "canonical"
                    yield Link(value.strip(), line, away)
                else:
                    yield from (Link(url, line) for url in _CSS_URL.findall(value))
            if element.tag == "style":
                yield from (Link(url, line) for url in _CSS_URL.findall(element.text or ""))


def _parsed(text: str) -> html.HtmlElement:
    """The root of a page; of what `static/` may hold too: nothing at all, or an XML declaration first."""
    try:
        return html.document_fromstring(text)
    except (etree.ParserError, ValueError):
        return html.document_fromstring(f"<p>{text}")


def check(files: Mapping[str, bytes], folders: tuple[Path, ...]) -> None:
    """Raises ReportError for links that lead nowhere. folders: where sources are searched for them."""
    pages = {name: ParsedPage(name, content) for name, content in files.items() if name.endswith(".html")}
    broken = []
    for page in pages.values():
        broken += [f"{page.name}: the id {id!r} is given twice." for id in page.twice]
        for link in page.links():
            if problem := _problem(link, page, pages, files):
                where = _written(link.target, folders) or f"{page.name}:{link.line}"
                broken.append(f"{where}: {problem}")
    for name in [name for name in files if name.endswith(".css")]:
        for url in _CSS_URL.findall(files[name].decode(errors="replace")):
            if not url.startswith("data:") and _path(name, url) not in files:
                broken.append(f"{_written(url, folders) or name}: {url!r} is no file of the site.")
    if broken:
        raise _error(list(dict.fromkeys(broken)))


def _problem(
    link: Link, page: ParsedPage, pages: Mapping[str, ParsedPage], files: Mapping[str, bytes]
) -> str:
    """What is wrong with a link; "" if nothing."""
    parts, target = urlsplit(link.target), link.target
    if parts.scheme == "data":
        return ""
    if parts.scheme or parts.netloc:
        if parts.scheme in _LEFT_ALONE and link.follow:
            return ""
        if parts.scheme and parts.scheme not in _LEFT_ALONE:
            return f"{target!r}: a page may not use {parts.scheme}: addresses."
        return f"{target!r} is on another site; the page may link to it but not load it."
    if parts.path.startswith("/"):
        if page.name == _ANYWHERE:
            return ""
        return f"{target!r} is absolute; the site must also work below another path."
    path = _path(page.name, parts.path) if parts.path else page.name
    if path not in files:
        return f"{target!r} is no file of the site.{_nearest(path, files)}"
    fragment = unquote(parts.fragment)
    if not fragment or path not in pages:
        return ""
    if fragment.startswith("step="):
        unknown = ", ".join(sorted(set(re.findall(r"([\w-]+):\d+", fragment)) - pages[path].groups))
        return f"{target!r} sets the step of {unknown}, which no figure follows." if unknown else ""
    if fragment in pages[path].ids:
        return ""
    return f"{target!r} has no element with that id.{_nearest(fragment, pages[path].ids)}"


def _path(page: str, address: str) -> str:
    """The site's file that an address in a page or stylesheet means."""
    path = normpath(join(dirname(page), unquote(urlsplit(address).path)))
    return join(path, "index.html").removeprefix("./") if address.endswith(("/", ".")) else path


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def _written(target: str, folders: tuple[Path, ...]) -> str:
    """`folder/file:line` where a target is written, or ""."""
    wanted = re.compile(rf"""(?<=["'(=]){re.escape(target)}(?![\w-])""")
    for folder in folders:
        for file in (f for f in listed_below(folder) if f.suffix in _SOURCES and f.is_file()):
            text = file_content(file).decode(errors="replace")  # a damaged one has its own error
            if found := wanted.search(text):
                line = text.count("\n", 0, found.start()) + 1
                return f"{folder.name}/{file.relative_to(folder).as_posix()}:{line}"
    return ""


def _error(broken: list[str]) -> ReportError:
    hint = "Mend the address, or what it should lead to. The site was left as it is."
    if len(broken) == 1:
        return ReportError(broken[0], hint=hint, exit_code=EXIT_FAILED)
    more = [f"and {len(broken) - _SHOWN} more"] if len(broken) > _SHOWN else []
    lines = "".join(f"\n  {line}" for line in [*broken[:_SHOWN], *more])
    return ReportError(f"{len(broken)} links are broken:{lines}", hint=hint, exit_code=EXIT_FAILED)
