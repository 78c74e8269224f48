"""A text as blocks of HTML (paragraphs, lists, headings), and the passages in which another form of it differs."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html import escape
from itertools import chain

from markdown_it.token import Token

from reportgen.site.markup import NOTES, Article

_FIGURES = "\ue002"  # begins the token of finished HTML that is a block, see markup.py
_DEFINED = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:", re.M)
_NOTES = "footnote_block_open"


@dataclass(frozen=True)
class Passage:
    """What another form of the text has in the place of the element of an id; behind that where the element stays."""

    id: str
    html: str
    stays: bool = False


@dataclass
class Block:
    """line: of the text, at which it begins. key: equal where two forms say the same, also in the notes referred to.

    fixed: a heading, figures or raw HTML; such a block stays as it is. id: of its element, where that has one.
    """

    html: str
    line: int
    key: str
    fixed: bool
    id: str | None = None


@dataclass
class Form:
    """One form of a text: blocks; its notes, as a list; label of a note → its number, from 0, and its element."""

    blocks: list[Block]
    listed: str = ""
    numbers: dict[str, int] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """All but the notes."""
        return "".join(block.html for block in self.blocks)

    def between(self, first: int, end: int) -> list[Block]:
        """The blocks that begin at these lines."""
        return [block for block in self.blocks if first <= block.line < end]


def form(article: Article, tokens: Sequence[Token], finished: Callable[[str], str]) -> Form:
    """Of what Markdown made of a text. finished: makes of rendered HTML what stands on the page."""
    parts = list(_split(tokens))
    notes = [note for part in parts if part[0].type == _NOTES for note in _split(part[1:-1])]
    labelled = {str(note[0].meta["label"]): note for note in notes}
    found = Form(
        blocks=[],
        listed="".join(article.render(part) for part in parts if part[0].type == _NOTES).removeprefix(NOTES),
        numbers={label: note[0].meta["id"] for label, note in labelled.items()},
        notes={label: finished(article.render(note)).strip() for label, note in labelled.items()},
    )
    for part in parts:
        if part[0].type != _NOTES:
            found.blocks.append(_block(part, article.render(part), found, finished))
    return found


def _block(part: Sequence[Token], html: str, of: Form, finished: Callable[[str], str]) -> Block:
    first, line = part[0], (part[0].map or [0])[0]
    if first.type == "heading_open":
        return Block(html, line, first.tag, True, str(first.attrGet("id")))
    if first.type == "html_block" or _FIGURES in html:
        return Block(html, line, html.strip(), True)
    notes = [of.notes.get(token.meta["label"], "") for token in _inside(part) if token.type == "footnote_ref"]
    return Block(html, line, finished("".join([html, *notes])), False)


def other_form(article: Article, text: str, page: Form, finished: Callable[[str], str]) -> Form:
    """A part of the page's text in another form. Its notes have the numbers that they have on the page.

    A reference to a note that the page does not have is left out.
    """
    own = _DEFINED.findall(text)
    others = "".join(f"\n\n[^{label}]: –" for label in page.numbers if label not in own)
    idle = [label for label in own if not re.search(rf"\[\^{re.escape(label)}\](?!:)", text)]
    every = "\n\n" + "".join(
        f"[^{label}]" for label in idle
    )  # a note is one of this form, referred to or not
    parts = list(_split(article.tokens(text + others + every, again=True)))
    if idle:
        del parts[max(number for number, part in enumerate(parts) if part[0].type != _NOTES)]
    tokens = [
        token for token in chain(*parts) if token.type != "footnote_anchor" or token.meta["label"] not in idle
    ]
    for line in (token for token in tokens if token.children):
        line.children = [
            part for part in line.children or () if part.meta.get("label") in {None, *page.numbers}
        ]
    for token in _inside(tokens):
        if token.meta.get("label") in page.numbers:
            token.meta["id"] = page.numbers[token.meta["label"]]
    found = form(article, tokens, finished)
    found.notes = {label: note for label, note in found.notes.items() if label in own and label in page.notes}
    return found


def differences(
    page: Sequence[Block], other: Sequence[Block], name: Callable[[Block], str]
) -> Iterator[Passage]:
    """What has to change on the page. name: gives a block of the page an id, if it has none, and returns it."""
    matcher = SequenceMatcher(
        None, [block.key for block in page], [block.key for block in other], autojunk=False
    )
    for kind, first, end, start, stop in matcher.get_opcodes():
        if kind == "equal":
            continue
        old = [block for block in page[first:end] if not block.fixed]
        new = [block.html for block in other[start:stop] if not block.fixed]
        if len(old) != len(new):
            new = ["".join(new), *[""] * (len(old) - 1)]
        if old:
            yield from (Passage(name(block), html) for block, html in zip(old, new, strict=True))
        elif new[0]:
            yield Passage(name(page[max(0, end - 1)]), new[0], stays=True)


def with_id(html: str, id: str) -> str:
    """An element of HTML, its first tag with an id."""
    return re.sub(r"^\s*<\w+", lambda tag: f'{tag[0]} id="{escape(id)}"', html, count=1)


def _split(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Blocks, each from the token that opens it to the one that closes it."""
    first = depth = 0
    for end, token in enumerate(tokens, 1):
        depth += token.nesting
        if depth == 0:
            yield tokens[first:end]
            first = end


def _inside(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens, and the parts of their lines."""
    return chain.from_iterable([token, *(token.children or ())] for token in tokens)
