"""The text follows the run that is open: what a section, its notes and captions say of that in place of the page's own.

A run of a sweep can be opened in the place of a group's own, see drawing/stand_ins.py. The sections with figures
that show it are filled once more with its facts, and so are those figures' captions. What comes out differently is
kept in a file for each run, which the page loads when the run is opened.
"""

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from markupsafe import Markup
from msgspec.structs import replace

from reportgen.drawing.declaration import FigureDeclaration
from reportgen.errors import ReportError
from reportgen.files.strict_json import dumps
from reportgen.site.helpers import Helpers, Material
from reportgen.site.marks import GLUE
from reportgen.site.markup import Article, element
from reportgen.site.passages import Block, Form, Passage, differences, other_form, with_id
from reportgen.wording.names import AllFacts
from reportgen.wording.sentences import render_text

Others = Mapping[str, Mapping[str, AllFacts]]  # sweep → seed → what the text may quote while that run is open
NEVER = "never in this run"
_PICTURE = re.compile(r'<img src="figures/[^>]*>')


class HelpersWhileOpen(Helpers):
    """The helpers while another run is open; verdicts on the group's own run alone say nothing of it."""

    def __init__(self, material: Material, facts: AllFacts, group: str, seed: int, page: Helpers):
        """page: the helpers with which the page was filled."""
        super().__init__(material, facts)
        self.values["opened"] = seed
        self.facts = facts
        self.group = group
        self.seed = seed
        self._page = page

    def figure(self, name: str) -> Markup:
        """The place of the figure, if the page shows it."""
        return self._of.placed.get(name, Markup())

    def claim(self, name: str) -> Markup:
        """A mark of what was judged on other runs too."""
        return Markup(GLUE) if self._on_group(name) else super().claim(name)

    def holds(self, name: str) -> bool | None:
        """Unjudged where only the group's own run was."""
        return None if self._on_group(name) else super().holds(name)

    def _on_group(self, claim: str) -> bool:
        runs = self._of.claims.get(claim, {}).get("runs")
        return isinstance(runs, list | tuple) and [*runs] == [self.group]

    def moment(self, group: str, name: str, text: str) -> Markup:
        """A word that says so where the moment never came."""
        if group != self.group or self._moment_of(group, name) is not None:
            return super().moment(group, name, text)
        never = element("span", f"({NEVER})", class_="never")
        content = f"{Markup.escape(text)} {never}"
        return self._of.kept.keep(element("span", content, class_="moment", data_group=group))

    def moments(self, group: str) -> list[dict[str, Any]]:
        """Behind those that happened, what happened only in the group's own run, without a step."""
        found = super().moments(group)
        never = [
            moment for moment in self._page.moments(group) if self._moment_of(group, moment["name"]) is None
        ]
        return [*found, *(moment | {"step": None} for moment in never)]


@dataclass(frozen=True)
class Section:
    """A file of the article: its name, its figures, and its lines in the article's text, without the last."""

    name: str
    figures: Sequence[str]
    first: int
    end: int


def script(run: str, moments: Sequence[int], passages: Sequence[Passage]) -> bytes:
    """The file of a run's texts: one call that registers them, as templates/assets/contract.d.ts has it."""
    said = {"id": run, "moments": moments, "passages": [asdict(passage) for passage in passages]}
    text = dumps(said, separators=(",", ":"), ensure_ascii=False).replace(
        "</", "<\\/"
    )  # as in interactive.py
    return f"reportgen.passages({text});\n".encode()


class Following:
    """Finds what changes on the page while each run is open; where that has no id, it is given one."""

    def __init__(self, page: Helpers, material: Material, others: Others, declared: Mapping[str, FigureDeclaration],
                 finished: Callable[[str], str]):  # fmt: skip
        """page: the helpers with which the page was filled. declared: the figures by id, with their texts unfilled.

        finished: makes of rendered HTML what stands on the page.
        """
        self._page = page
        self._of = material
        self._others = others
        self._declared = declared
        self._finished = finished
        self._named = 0  # blocks
        self._parts: dict[tuple[str, str], str] = {}  # what the page says of figures

    def files(self, article: Article, page: Form, sections: Sequence[Section]) -> dict[str, bytes]:
        """SWEEP:SEED → the script with what changes while that run is open."""
        found = {}
        for sweep, group in self._sweeps(list(self._of.placed)).items():
            follow = [section for section in sections if sweep in self._sweeps(section.figures)]
            for seed, facts in self._others[sweep].items():
                helpers = HelpersWhileOpen(self._of, facts, group, int(seed), self._page)
                try:
                    passages = [*self._of_figures(sweep, helpers)]
                    for section in follow:
                        passages += self._of_section(section, helpers, article, page)
                except ReportError as error:
                    raise ReportError(
                        f"{error.message} So with seed {seed} of {sweep} open.", hint=error.hint
                    ) from error
                found[f"{sweep}:{seed}"] = self._script(f"{sweep}:{seed}", helpers, passages)
        return found

    def _sweeps(self, figures: Sequence[str]) -> dict[str, str]:
        """Sweep → group, of those whose runs can be opened in some of these figures."""
        drawings = [self._of.figures[name] for name in figures if name in self._of.figures]
        return {
            d.offer.sweep: d.group for d in drawings if d.offer and d.group and d.offer.sweep in self._others
        }

    def _script(self, run: str, helpers: HelpersWhileOpen, passages: Sequence[Passage]) -> bytes:
        steps = [moment["step"] for moment in helpers.moments(helpers.group) if moment["step"] is not None]
        shipped = [dataclasses.replace(passage, html=self._shipped(passage.html)) for passage in passages]
        return script(run, steps, shipped)

    def _shipped(self, html: str) -> str:
        """Without the pictures on cards: a bundle has them in the page alone, and the page's script puts them there."""
        return _PICTURE.sub("", self._finished(html)).strip()

    def _of_section(
        self, section: Section, helpers: HelpersWhileOpen, article: Article, page: Form
    ) -> Iterator[Passage]:
        """Of its text and its notes."""
        text, _ = helpers.section(section.name)
        other = other_form(article, text, page, self._finished)
        yield from differences(page.between(section.first, section.end), other.blocks, self._name)
        for label, note in other.notes.items():
            if note != page.notes[label]:
                yield Passage(f"fn{page.numbers[label] + 1}", note)

    def _of_figures(self, sweep: str, helpers: HelpersWhileOpen) -> Iterator[Passage]:
        """Captions, text alternatives and the player's moments of the figures that show such runs."""
        for number, name in enumerate(self._of.placed, 1):
            drawing, source = self._of.figures.get(name), self._declared.get(name)
            if not source or not drawing or not drawing.offer or drawing.offer.sweep != sweep:
                continue
            caption, alt = (
                render_text(text, helpers.facts, where=str(source.path), opened=helpers.seed)
                for text in (source.caption, source.alt)
            )
            for block in ("caption", "alt", *(["jumps"] if drawing.lead else [])):
                html = self._finished(helpers.part(replace(drawing, caption=caption, alt=alt), number, block))
                if html != self._own(name, number, block):
                    yield Passage(f"{name}-{block}", html)

    def _own(self, name: str, number: int, block: str) -> str:
        """What the page says there."""
        if (name, block) not in self._parts:
            self._parts[name, block] = self._finished(self._page.part(self._of.figures[name], number, block))
        return self._parts[name, block]

    def _name(self, block: Block) -> str:
        """The id of a block's element."""
        if block.id is None and block.fixed:
            figures = [name for name, token in self._of.placed.items() if token in block.html]
            if not figures:
                raise ReportError(
                    "A paragraph that the page does not have would follow raw HTML.",
                    hint="Begin it with a sentence that the page has too.",
                )
            block.id = figures[-1]
        elif block.id is None:
            self._named += 1
            block.id = f"passage-{self._named}"
            block.html = with_id(block.html, block.id)
        return block.id
