"""Sections into HTML: Markdown with Jinja, math as MathML, footnotes, citations, heading anchors.

The helpers of a section return finished HTML. It passes through Markdown as a token of private-use
characters and is put back afterwards, so Markdown cannot touch it.
"""

import re
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape, unescape
from pathlib import Path
from typing import Any

import jinja2
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from math_core import LatexError, LatexToMathML
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from reportgen.errors import ReportError
from reportgen.files.guard import guarded
from reportgen.files.text import UnreadableText, read_text
from reportgen.site.template_cache import Compiled
from reportgen.wording.names import AllFacts, Names
from reportgen.wording.numbers import unbroken
from reportgen.wording.sentences import environment, fact_error

INLINE, BLOCK = "\ue000{}\ue001", "\ue002{}\ue003"
_KEPT = re.compile("[\ue000\ue002](\\d+)[\ue001\ue003]")
_KEPT_BLOCKS = re.compile("<p>((?:\ue002\\d+\ue003\\s*)+)</p>")
_CAPTION = MarkdownIt("zero").enable(["emphasis", "backticks"])


class HtmlPlaceholders:
    """Finished HTML, each piece under a token."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def keep(self, html: str, *, block: bool = False) -> Markup:
        """The token that stands for `html`."""
        self._pieces.append(html)
        return Markup((BLOCK if block else INLINE).format(len(self._pieces) - 1))

    def restore(self, html: str) -> str:
        """Every token replaced by its piece; a paragraph of blocks alone is no paragraph."""
        html = _KEPT_BLOCKS.sub(r"\1", html)
        return _KEPT.sub(lambda match: self.restore(self._pieces[int(match[1])]), html)


def emphasised(text: str) -> Markup:
    """A caption's *em* and `code` as HTML; all else is escaped."""
    return Markup(_CAPTION.renderInline(text))


def plain(text: str) -> str:
    """The same without its marks, for an attribute."""
    return unescape(re.sub(r"<[^>]+>", "", _CAPTION.renderInline(text)))


class _Templates(jinja2.BaseLoader):
    """The templates folder, read as every text is."""

    def __init__(self, folder: Path):
        self.folder = folder

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, None]:
        """Called by Jinja."""
        file = self.folder.joinpath(*jinja2.loaders.split_template_path(template))
        if not file.exists():
            raise jinja2.TemplateNotFound(template)
        return read_text(file), str(file), None


def template_environment(templates: Path, cache: Path | None = None) -> jinja2.Environment:
    """Jinja over the templates folder, where printing an absent fact is an error. cache: for compiled ones."""
    return environment(
        bytecode_cache=cache and Compiled(cache),
        autoescape=True,
        loader=_Templates(templates),
        finalize=_present,
        comment_start_string="{##",  # "{#name}" gives a heading its id
        comment_end_string="##}",
    )


def _present(value: object) -> object:
    if value is None:
        raise TypeError("a fact printed here is absent")
    return value


def check_names(env: jinja2.Environment, name: str, names: Names) -> None:
    """Look at all names in a template, in every branch. Raises ReportError as `render_template` does."""
    with _placed(env, name, names.facts) as folder:
        for line, problem in names.problems(env.parse(read_text(folder / name), name, str(folder / name))):
            raise Misnamed(f"{folder.name}/{name}:{line}: {problem.message}", hint=problem.hint)


class Misnamed(ReportError):
    """A name that is not there, with the place in the template where it stands."""


def render_template(env: jinja2.Environment, name: str, values: Mapping[str, object], facts: AllFacts) -> str:
    """One template. Raises ReportError with the file, the line and the nearest known name."""
    with _placed(env, name, facts):
        return env.get_template(name).render(**values)


def render_block(
    env: jinja2.Environment, name: str, block: str, values: Mapping[str, object], facts: AllFacts
) -> str:
    """One `{% block %}` of a template by itself. Raises ReportError as `render_template` does."""
    with _placed(env, name, facts):
        template = env.get_template(name)
        return "".join(template.blocks[block](template.new_context({**values})))


@contextmanager
def _placed(env: jinja2.Environment, name: str, facts: AllFacts) -> Iterator[Path]:
    """Whatever goes wrong with a template is said with its file and line; gives the templates' folder."""
    assert isinstance(env.loader, _Templates)
    folder = env.loader.folder
    file = f"{folder.name}/{name}"
    with guarded(lambda error: _worded(error, folder, file, facts)):
        try:
            yield folder
        except (UnreadableText, Misnamed):
            raise
        except ReportError as error:
            raise ReportError(f"{_where(error, folder, file)}: {error.message}", hint=error.hint) from error


def _worded(error: Exception, folder: Path, file: str, facts: AllFacts) -> ReportError:
    """What went wrong in a template, with its place."""
    if isinstance(error, jinja2.TemplateNotFound):
        return ReportError(f"{folder / str(error)} is missing.", hint="Restore it.")
    if isinstance(error, jinja2.TemplateSyntaxError):
        path = Path(error.filename or folder.parent / file)
        inside = path.relative_to(folder.parent) if path.is_relative_to(folder.parent) else Path(file)
        return ReportError(f"{inside.as_posix()}:{error.lineno}: {error.message}.", hint="Mend the template.")
    return fact_error(error, facts, _where(error, folder, file))


def _where(error: Exception, folder: Path, file: str) -> str:
    """The template's line that was being rendered; Jinja puts it in the traceback."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith(str(folder)):
            return f"{folder.name}/{Path(frame.filename).relative_to(folder)}:{frame.lineno}"
    return file


class Article:
    """Markdown of several files as one text: notes and headings are numbered across them.

    contents: every heading, h1 to h6 as its level, where a link to it leads, and what it says.
    """

    def __init__(self, sources: Mapping[str, str]):
        """sources: file name → its text before Jinja, in which an error's line is looked up."""
        self._sources = sources
        self._math = LatexToMathML(annotation=True, fancy_error=False)
        self._markdown = MarkdownIt("commonmark", {"html": True, "typographer": True}).enable(
            ["table", "replacements", "smartquotes"]
        )
        self._markdown.use(dollarmath_plugin, renderer=self._formula, allow_space=False,
                           allow_digits=False, allow_labels=False)  # fmt: skip
        self._markdown.use(footnote_plugin)
        self._markdown.add_render_rule("footnote_caption", _note_number)
        self._markdown.add_render_rule(
            "footnote_block_open", lambda *_: f'{NOTES}<ol class="footnotes-list">'
        )
        self._markdown.add_render_rule("footnote_block_close", lambda *_: "</ol>")
        self.contents: list[dict[str, Any]] = []

    def html(self, text: str) -> tuple[str, str]:
        """The body and its footnotes (an ordered list, or "")."""
        body, _, notes = self.render(self.tokens(text)).partition(NOTES)
        return body, notes

    def tokens(self, text: str, *, again: bool = False) -> list[Token]:
        """The text as Markdown understands it. again: it is another form of what was read before; no contents are made."""
        tokens = self._markdown.parse(text)
        self._check_notes(text, tokens)
        if not again:
            self._anchor(tokens)
        for child in (child for token in tokens for child in token.children or () if child.type == "text"):
            child.content = unbroken(child.content)
        return tokens

    def render(self, tokens: Sequence[Token]) -> str:
        """Some of the tokens as HTML."""
        html: str = self._markdown.renderer.render(tokens, self._markdown.options, {})
        return html

    def _anchor(self, tokens: list[Token]) -> None:
        """Give every heading an id, a link to itself and a line in the contents."""
        taken: set[str] = set()
        for opening, inline in zip(tokens, tokens[1:], strict=False):
            if opening.type != "heading_open":
                continue
            parts = inline.children
            assert parts is not None  # what follows a heading's opening is its text
            given = _take_id(parts[-1]) if parts else None
            text = "".join(t.content for t in parts if t.type in ("text", "code_inline"))
            if not any(part.content.strip() for part in parts):
                raise ReportError(
                    f"{self._empty_heading()}: a heading has no words.", hint="Write some, or remove it."
                )
            slug = stem = given or re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"
            if given and given in taken:
                raise self._error(f"{{#{given}}}", f"the id {given!r} is given twice.", "Change one of them.")
            number = 2
            while slug in taken:
                slug, number = f"{stem}-{number}", number + 1
            taken.add(slug)
            opening.attrSet("id", slug)
            link = f'<a class="anchor" href="#{slug}" aria-label="Link to this section">#</a>'
            parts.append(Token("html_inline", "", 0, content=link))
            self.contents.append({"level": int(opening.tag[1]), "href": f"#{slug}", "text": text})

    def _formula(self, tex: str, options: dict[str, Any]) -> str:
        try:
            return self._math.convert_with_local_state(tex, displaystyle=options["display_mode"])
        except LatexError as error:
            raise self._error(tex, f"math: {error}", f"Mend the formula: {tex}") from error

    def _check_notes(self, text: str, tokens: list[Token]) -> None:
        """Raises ReportError for a note that is quoted and not there, or there twice."""
        plain = [part.content for token in tokens for part in token.children or () if part.type == "text"]
        for mark in re.findall(r"\[\^[^\]\s]+\]", " ".join(plain)):
            raise self._error(mark, f"there is no note {mark}.", f"Write it: {mark}: The note.")
        for mark, count in Counter(re.findall(r"^ {0,3}(\[\^[^\]\s]+\]:)", text, flags=re.M)).items():
            if count > 1:
                raise self._error(mark, f"the note {mark[:-1]} is given twice.", "Change one of them.")

    def _error(self, written: str, problem: str, hint: str) -> ReportError:
        return ReportError(f"{self._line_of(written)}: {problem}", hint=hint)

    def _empty_heading(self) -> str:
        """Where the first one is written."""
        for name, text in self._sources.items():
            if found := _NO_WORDS.search(text):
                return f"{name}:{text[: found.start()].count(chr(10)) + 1}"
        return next(iter(self._sources), "text")

    def _line_of(self, written: str) -> str:
        """Where something is written; by its first line, since facts may stand in the others."""
        start = written.split("\n")[0]
        for name, text in self._sources.items():
            if start in text:
                return f"{name}:{text[: text.index(start)].count(chr(10)) + 1}"
        return next(iter(self._sources), "text")


NOTES = "<!-- notes -->"
_NO_WORDS = re.compile(r"^ {0,3}#{1,6}[ \t#]*(?:\{#[\w-]+\})?[ \t]*$", re.M)


def _take_id(last: Token) -> str | None:
    """Cut "{#name}" off the end of a heading; the name."""
    match = re.search(r"\s*\{#([\w-]+)\}\s*$", last.content)
    if match:
        last.content = last.content[: match.start()]
    return match and match[1]


def _note_number(_: object, tokens: list[Token], index: int, *__: object) -> str:
    return str(tokens[index].meta["id"] + 1)  # no brackets: those mark citations


def element(tag: str, content: str, **attributes: object) -> str:
    """An HTML element; content is HTML, attributes are escaped, underscores become hyphens."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for name, value in attributes.items()
    )
    return f"<{tag}{written}>{content}</{tag}>"


def inline_svg(svg: str, prefix: str) -> Markup:
    """An SVG file for the page itself: ids unique, hidden from readers, the page's own palette."""
    svg = re.sub(
        r"<\?xml[^>]*\?>|<style>.*?</style>|<title>.*?</title>|<desc>.*?</desc>", "", svg, flags=re.S
    )
    for name in re.findall(r'\bid="([^"]+)"', svg):
        for before, after in (('id="', '"'), ("url(#", ")"), ('href="#', '"')):
            svg = svg.replace(f"{before}{name}{after}", f"{before}{prefix}-{name}{after}")
    return Markup(svg.replace('role="img"', 'aria-hidden="true"', 1))
