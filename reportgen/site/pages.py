"""The pages: the helpers their templates may use, and their parts put together.

A helper checks every name it is given, so a typo ends the build at its file and line.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from reportgen.analysis.moment_words import BUTTONS
from reportgen.charts import PALETTE, on_grid, palette_css, row_width
from reportgen.claims.verdicts import KINDS, MEANINGS, Verdict, by_kind
from reportgen.drawing.record import Drawing, Offer
from reportgen.errors import ReportError, unknown
from reportgen.files.listing import listed
from reportgen.files.memo import Memo
from reportgen.files.project import Project
from reportgen.files.text import read_text
from reportgen.site import markup
from reportgen.site.citations import Citations, bibliography, own_citations, scholarly_article
from reportgen.site.csp import seal, template_hashes
from reportgen.site.marks import GLUE, Fold, counted, mark_of
from reportgen.site.markup import element
from reportgen.wording.names import AllFacts, Names

NUMBER = "\ue004{}\ue005"  # stands for a figure's number until all figures are placed
_NUMBER = re.compile(NUMBER.format("(.+?)"))
SMALL_SVG = 8_000  # bytes; a smaller frame costs less in the page than as a file of its own


class PageRenderer:
    """The article and the page on methods. Figures, citations and notes are numbered as they are met."""

    def __init__(self, project: Project, files: Mapping[str, bytes], figures: Mapping[str, Drawing],
                 broken: Mapping[str, str], facts: AllFacts, verdicts: Sequence[Verdict],
                 claims: Mapping[str, Mapping[str, object]], shared: Mapping[str, object],
                 memory: Memo):  # fmt: skip
        """files: the site, as it grows. figures: with the addresses of their files there.

        broken: figure id → what to say in its place. shared: what every template may use: `methods`,
        `settings`, and `links` to the assets.
        """
        self._citation = project.citation
        self._templates = templates = project.templates
        self._files = files
        self._figures = figures
        self._broken = broken
        self._facts = facts
        self._verdicts = {verdict.id: verdict for verdict in verdicts}
        self._claims = claims
        self._works = bibliography(templates / "references.bib", memory)
        self._citations = Citations(self._works)
        self._env = markup.template_environment(templates, project.state / "cache" / "templates")
        self._env.filters |= {"emphasised": markup.emphasised, "plain": markup.plain}
        self._env.filters |= {
            "mark": mark_of, "counted": counted, "row_width": row_width, "on_grid": on_grid
        }  # fmt: skip
        self._kept = markup.HtmlPlaceholders()
        self._placed: list[str] = []
        self._fold = Fold()
        helpers = (
            self.figure,
            self.ref,
            self.cite,
            self.moment,
            self.swatch,
            self.claim,
            self.holds,
            self.how_sure,
        )
        self._common: dict[str, Any] = {
            **facts, **{helper.__name__: helper for helper in helpers}, **shared,
            "verdicts": list(verdicts), "palette": Markup(palette_css()),
        }  # fmt: skip

    def article(self) -> str:
        """The article. Raises ReportError with file and line."""
        files = listed(self._templates, "sections/*.md")
        self._check(files)
        masthead = self._template("masthead.html", self._common)  # first, so that its citation is [1]
        if not files:
            raise ReportError(
                f"There are no sections in {self._templates / 'sections'}.",
                hint="Write the first one as 01-name.md.",
            )
        names = {f"{self._templates.name}/sections/{f.name}": read_text(f) for f in files}
        text = "\n\n".join(self._section(file.name) for file in files)
        article = markup.Article(names)
        body, notes = article.html(text)
        html = self._template("article.html", self._common | {
            "masthead": Markup(masthead), "body": Markup(body), "notes": Markup(notes),
            "contents": self._contents(article), "scorecard": by_kind(self._verdicts.values()),
            "kinds": KINDS, "meanings": MEANINGS, "works": self._citations.cited, "groups": self._groups(),
            "citations": (own := own_citations(self._citation)),
            "described": scholarly_article(own, self._common["links"].get("address", "")),
        })  # fmt: skip
        return self._numbered(self._finished(html))

    def _section(self, name: str) -> str:
        """A section's text; behind it, folded, how sure we are of it."""
        self._fold = fold = Fold()
        text = self._template(f"sections/{name}", self._common)
        if not fold.claims and not fold.asides:
            return text
        verdicts = {id: self._verdicts.get(id) for id in fold.claims}
        entries = [
            self._template(
                "verdict.html", {"id": id, "claim": self._claims[id], "verdict": verdict, "row": False}
            )
            for id, verdict in verdicts.items()
        ]
        values = {
            "claims": self._kept.keep(element("dl", "".join(entries)), block=True) if entries else "",
            "counts": counted(verdicts.values()) if self._verdicts else "",
            "asides": Markup("\n\n".join(fold.asides)),
        }
        return f"{text}\n\n{self._template('sure.html', values)}"

    def _check(self, sections: Sequence[Path]) -> None:
        """Raises ReportError for a name in any template, in any branch, that is not there."""
        experiments = {name.replace("-", "_") for name in self._common["settings"].experiments}
        # Facts of what is not trained are no mistake.
        others = {*self._common, *self._env.globals, *experiments}
        helpers = {
            "figure": ("figure", self._figures.keys() | self._broken.keys(), 1), "claim": ("claim", self._claims, 1),
            "ref": ("figure", self._figures.keys() | self._broken.keys(), 1),
            "holds": ("claim", self._claims, 1), "swatch": ("colour", PALETTE, 1),
            "cite": ("citation", self._works, None),
        }  # fmt: skip
        for file in sections:
            markup.check_names(self._env, f"sections/{file.name}", Names(self._facts, others, helpers))
        for file in listed(self._templates, "*.html"):  # what else these are given is not known here
            markup.check_names(self._env, file.name, Names(self._facts, None, helpers))

    def methods(self) -> str:
        """The page on methods, after the article, with the sizes of what can be taken away."""
        exports = {name: figure.exports for name, figure in self._figures.items()}
        exports |= {name: {} for name in self._broken}
        sizes = {path: len(content) for path, content in self._files.items()}
        values = {"exports": exports, "sizes": sizes, "placed": self._placed}
        return self._finished(self._template("methods.html", self._common | values))

    def _finished(self, html: str) -> str:
        """With every piece in its place, and only the templates' own scripts allowed."""
        return seal(self._kept.restore(re.sub(f" *{GLUE}", "", html)), template_hashes(self._templates))

    def _contents(self, article: markup.Article) -> list[dict[str, object]]:
        """The lines of the contents: sections, back matter, and the other page; level 2 is the outermost."""
        sections = [line for line in article.contents if line["level"] <= 3]
        back = {"#scorecard": "Scorecard"} if self._verdicts else {}
        back |= {"#references": "References"}
        back |= {"#cite": "Cite this"} if self._citation.is_file() else {}
        back |= {"methods.html": "Methods and data"}
        return [*sections, *({"level": 2, "href": href, "text": text} for href, text in back.items())]

    def _template(self, name: str, values: Mapping[str, object]) -> str:
        return markup.render_template(self._env, name, values, self._facts)

    def figure(self, name: str) -> Markup:
        """The figure with all that belongs to it."""
        known = {*self._figures, *self._broken}
        if name not in known:
            raise unknown("figure", name, known)
        if name in self._placed:
            raise ReportError(f"Figure {name!r} is placed twice.", hint="Place each figure once.")
        number = len(self._placed) + 1
        if name in self._broken:
            self._placed.append(name)
            values: dict[str, object] = {"id": name, "number": number, "message": self._broken[name]}
            return self._kept.keep(self._template("broken_figure.html", values), block=True)
        figure = self._figures[name]
        values = {
            "figure": figure,
            "number": number,
            "inline": self._inline(figure),
            "moments": self._moments(figure.group) if figure.lead and figure.group else [],
            "moment": self.moment,
            "offer": self._offer(figure),
            "repeated": figure.lead and self._common["links"]["repeated"].get(figure.group),
        }
        self._placed.append(name)
        return self._kept.keep(self._template("figure.html", values), block=True)

    def ref(self, name: str) -> Markup:
        """A link to a figure by its number, with a small picture on a card; the figure may come later."""
        figure = self._figures.get(name)
        if not figure and name not in self._broken:
            raise unknown("figure", name, {*self._figures, *self._broken})
        values = {"id": name, "number": NUMBER.format(name), "figure": figure}
        return self._kept.keep(self._template("reference.html", values).strip())

    def _numbered(self, html: str) -> str:
        """The page with the number of each figure that it refers to. Raises ReportError for one that it does not show."""

        def number(match: re.Match[str]) -> str:
            if match[1] not in self._placed:
                raise ReportError(
                    f"ref({match[1]!r}) leads to a figure that no section shows.",
                    hint=f'Show it with {{{{ figure("{match[1]}") }}}}, or take the reference out.',
                )
            return str(self._placed.index(match[1]) + 1)

        return _NUMBER.sub(number, html)

    def _inline(self, figure: Drawing) -> dict[str, Markup]:
        """The frames that stand in the page itself: small ones, and all of the figure that shows at once."""
        svgs = {frame.file: self._files[frame.file].decode() for frame in figure.frames}
        return {
            file: markup.inline_svg(svg, f"{figure.id}-{number}")
            for number, (file, svg) in enumerate(svgs.items())
            if not self._placed or len(svg) < SMALL_SVG
        }

    def _offer(self, figure: Drawing) -> Offer | None:
        """The runs that can be opened from a figure: its marks do that, and others can show them."""
        offers = [f.offer for f in self._figures.values() if f.offer and figure.opens]
        return next((offer for offer in offers if offer.sweep in figure.runs), None)

    def cite(self, *keys: str) -> Markup:
        """Numbers in brackets; each shows its work on a card and leads to the list."""
        parts = []
        for key in keys:
            number, work = self._citations.cite(key)
            parts.append(self._template("citation.html", {"number": number, "work": work}).strip())
        return self._kept.keep(element("span", f"[{', '.join(parts)}]", class_="citation"))

    def moment(self, group: str, name: str, text: str) -> Markup:
        """A word that moves the group's step to a named moment; plain where there is none."""
        moments = self._facts_of(group).get("moments", {})
        if name not in moments:
            raise unknown(f"moment of {group}", name, moments)
        content = str(Markup.escape(text))
        if moments[name] is not None:
            content = element("span", content, class_="moment", data_group=group, data_step=moments[name])
        return self._kept.keep(content)

    def swatch(self, name: str, text: str) -> Markup:
        """A word in ink, underlined in the colour it names."""
        if name not in PALETTE:
            raise unknown("colour", name, PALETTE)
        content = str(Markup.escape(text))
        return self._kept.keep(element("span", content, class_="swatch", style=f"--swatch:var(--{name})"))

    def claim(self, name: str) -> Markup:
        """A mark with the claim's verdict; its evidence is on a card, in the section's fold and in the scorecard."""
        if name not in self._claims:
            raise unknown("claim", name, self._claims)
        self._fold.claims[name] = None
        values = {"id": name, "verdict": self._verdicts.get(name)}
        return GLUE + self._kept.keep(self._template("claim.html", values).strip())

    def how_sure(self, caller: Callable[[], str]) -> str:
        """`{% call how_sure() %}…{% endcall %}` puts a text on seeds, chances or thresholds into the section's fold."""
        self._fold.asides.append(caller().strip())
        return ""

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

    def _moments(self, group: str) -> list[dict[str, Any]]:
        """The named moments of a group that happened, in order; those of one step as one.

        Each has a name, its step, and the text of its button.
        """
        found: dict[int, list[str]] = {}
        for name, step in self._facts_of(group)["moments"].items():
            if step is not None:
                found.setdefault(step, []).append(name)
        return [
            {"name": names[0], "step": step, "text": " and ".join(BUTTONS.get(name, name) for name in names)}
            for step, names in sorted(found.items())
        ]

    def _groups(self) -> dict[str, list[int]]:
        """Group → the steps of its moments, for the page's script."""
        placed = [figure for name, figure in self._figures.items() if name in self._placed]
        groups = sorted({figure.group for figure in placed if figure.group})
        return {group: [moment["step"] for moment in self._moments(group)] for group in groups}
