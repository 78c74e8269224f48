"""The pages: the helpers their templates may use, and their parts put together.

A helper checks every name it is given, so a typo ends the build at its file and line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypedDict

from markupsafe import Markup

from reportgen.analysis.moment_words import words
from reportgen.charts import PALETTE, palette_css
from reportgen.claims.verdicts import Verdict
from reportgen.errors import ReportError, unknown
from reportgen.files.memo import Memo
from reportgen.files.project import Project
from reportgen.site.citations import Citations, bibliography, own_citations
from reportgen.site.csp import seal, template_hashes
from reportgen.site.figures import AnyFigure, BrokenFigure, PageFigure, PageFrame, PageOffer
from reportgen.site.markup import (
    Article,
    HtmlPlaceholders,
    element,
    emphasised,
    inline_svg,
    plain,
    render_template,
    template_environment,
)
from reportgen.wording.sentences import AllFacts

SMALL_SVG = 12_000  # bytes; a smaller frame costs less in the page than as a file of its own


class ContentsLine(TypedDict):
    """A line of the contents: how deep it stands, from 1, where it leads, what it says."""

    level: int
    href: str
    text: str


class Moment(TypedDict):
    """A step of a group's training that has a name, and the text of its button."""

    name: str
    step: int
    text: str


class PageRenderer:
    """The article and the page on methods. Figures, citations and notes are numbered as they are met."""

    def __init__(self, project: Project, figures: Mapping[str, AnyFigure], facts: AllFacts, verdicts: Sequence[Verdict],
                 claims: Mapping[str, Mapping[str, object]], shared: Mapping[str, object],
                 memory: Memo):  # fmt: skip
        """shared: what every template may use: `methods`, `settings`, and `links` to the assets."""
        self._citation = project.citation
        self._templates = templates = project.templates
        self._figures = figures
        self._facts = facts
        self._verdicts = {verdict.id: verdict for verdict in verdicts}
        self._claims = claims
        self._citations = Citations(bibliography(templates / "references.bib", memory))
        self._env = template_environment(templates, project.state / "cache" / "templates")
        self._env.filters |= {"emphasised": emphasised, "plain": plain}
        self._kept = HtmlPlaceholders()
        self._placed: list[str] = []
        helpers = (self.figure, self.cite, self.moment, self.swatch, self.claim, self.holds)
        self._common: dict[str, Any] = {
            **facts, **{helper.__name__: helper for helper in helpers}, **shared,
            "verdicts": list(verdicts), "palette": Markup(palette_css()),
        }  # fmt: skip

    def article(self) -> str:
        """The article. Raises ReportError with file and line."""
        common = self._common
        masthead = self._template("masthead.html", common)  # first, so that its citation is [1]
        files = sorted(self._templates.glob("sections/*.md"))
        if not files:
            raise ReportError(
                f"There are no sections in {self._templates / 'sections'}.",
                hint="Write the first one as 01-name.md.",
            )
        names = {f"{self._templates.name}/sections/{f.name}": f.read_text(encoding="utf-8") for f in files}
        text = "\n\n".join(self._template(f"sections/{file.name}", common) for file in files)
        article = Article(names)
        body, notes = article.html(text)
        html = self._template("article.html", common | {
            "masthead": Markup(masthead), "body": Markup(body), "notes": Markup(notes),
            "contents": self._contents(article), "works": self._citations.cited, "groups": self._groups(),
            "citations": own_citations(self._citation),
        })  # fmt: skip
        return self._finished(html)

    def methods(self, sizes: Mapping[str, int]) -> str:
        """The page on methods, after the article. sizes: path on the site → bytes, of what can be taken away."""
        exports = {n: f.exports if isinstance(f, PageFigure) else {} for n, f in self._figures.items()}
        values = {"exports": exports, "sizes": sizes, "placed": self._placed}
        return self._finished(self._template("methods.html", self._common | values))

    def _finished(self, html: str) -> str:
        """With every piece in its place, and only the templates' own scripts allowed."""
        return seal(self._kept.restore(html), template_hashes(self._templates))

    def _contents(self, article: Article) -> list[ContentsLine]:
        """The lines of the contents: sections, back matter, and the other page."""
        sections: list[ContentsLine] = [
            {"level": h["level"], "href": f"#{h['id']}", "text": h["text"]}
            for h in article.contents
            if h["level"] <= 3
        ]
        back = {"#scorecard": "Scorecard"} if self._verdicts else {}
        back |= {"#references": "References"}
        back |= {"#cite": "Cite this"} if self._citation.is_file() else {}
        back |= {"methods.html": "Methods and data"}
        return sections + [{"level": 2, "href": href, "text": text} for href, text in back.items()]

    def _template(self, name: str, values: Mapping[str, object]) -> str:
        return render_template(self._env, name, values, self._facts)

    def figure(self, name: str) -> Markup:
        """The figure with all that belongs to it."""
        if name not in self._figures:
            raise unknown("figure", name, self._figures)
        if name in self._placed:
            raise ReportError(f"Figure {name!r} is placed twice.", hint="Place each figure once.")
        figure = self._figures[name]
        if isinstance(figure, BrokenFigure):
            self._placed.append(name)
            return self._kept.keep(self._template("broken.html", {"figure": figure}), block=True)
        frames = [self._frame(frame, f"{name}-{number}") for number, frame in enumerate(figure.frames)]
        self._placed.append(name)
        values = {
            "figure": replace(figure, frames=frames),
            "moments": self._moments(figure.group) if figure.lead and figure.group else [],
            "moment": self.moment,
            "offer": self._offer(figure),
        }
        return self._kept.keep(self._template("figure.html", values), block=True)

    def _frame(self, frame: PageFrame, prefix: str) -> PageFrame:
        """The frame, to stand in the page itself where it is small; of the first figure, which shows at once, always."""
        small = not self._placed or len(frame.svg) < SMALL_SVG
        return replace(frame, inline=inline_svg(frame.svg, prefix)) if small else frame

    def _offer(self, figure: PageFigure) -> PageOffer | None:
        """The runs that can be opened from a figure: it shows a sweep whose runs others can show."""
        drawn = [f for f in self._figures.values() if isinstance(f, PageFigure)]
        offers = [f.offer for f in drawn if f.offer and not figure.offer]
        return next((offer for offer in offers if offer.sweep in figure.runs), None)

    def cite(self, *keys: str) -> Markup:
        """Numbers in brackets; each shows its work on a card and leads to the list."""
        parts = []
        for key in keys:
            number, work = self._citations.number(key), self._citations.work(key)
            parts.append(self._template("citation.html", {"number": number, "work": work}).strip())
        return self._kept.keep(element("span", f"[{', '.join(parts)}]", class_="citation"))

    def moment(self, group: str, name: str, text: str) -> Markup:
        """A word that moves the group's step to a named moment; plain where there is none."""
        moments = self._facts_of(group)["moments"]
        if name not in moments:
            raise unknown(f"moment of {group}", name, moments)
        if moments[name] is None:
            return self._kept.keep(str(Markup.escape(text)))
        content = str(Markup.escape(text))
        return self._kept.keep(
            element("span", content, class_="moment", data_group=group, data_step=moments[name])
        )

    def swatch(self, name: str, text: str) -> Markup:
        """A word in ink, underlined in the colour it names."""
        if name not in PALETTE:
            raise unknown("colour", name, PALETTE)
        content = str(Markup.escape(text))
        return self._kept.keep(element("span", content, class_="swatch", style=f"--swatch:var(--{name})"))

    def claim(self, name: str) -> Markup:
        """A mark with the claim's verdict; its evidence is on a card and in the scorecard."""
        if name not in self._claims:
            raise unknown("claim", name, self._claims)
        values = {"id": name, "claim": self._claims[name], "verdict": self._verdicts.get(name, False)}
        return self._kept.keep(self._template("claim.html", values).strip())

    def holds(self, name: str) -> bool | None:
        """Whether a claim held: for sentences with a form for a claim that failed; None unjudged."""
        if name not in self._claims:
            raise unknown("claim", name, self._claims)
        verdict = self._verdicts.get(name)
        return verdict.holds if verdict else None

    def _facts_of(self, group: str) -> Mapping[str, Any]:
        key = group.replace("-", "_")
        if key not in self._facts:
            raise unknown("experiment", group, self._facts)
        return self._facts[key]

    def _moments(self, group: str) -> list[Moment]:
        """The named moments of a group that happened, in order; those of one step as one."""
        found: dict[int, list[str]] = {}
        for name, step in self._facts_of(group)["moments"].items():
            if step is not None:
                found.setdefault(step, []).append(name)
        return [
            {"name": names[0], "step": step, "text": " and ".join(words(name).go_to for name in names)}
            for step, names in sorted(found.items())
        ]

    def _groups(self) -> dict[str, list[int]]:
        """Group → the steps of its moments, for the page's script."""
        placed = [figure for name in self._placed if isinstance(figure := self._figures[name], PageFigure)]
        groups = sorted({figure.group for figure in placed if figure.group})
        return {group: [moment["step"] for moment in self._moments(group)] for group in groups}
