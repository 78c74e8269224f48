"""The pages: their parts put together."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from markupsafe import Markup

from reportgen.charts import PALETTE, on_grid, row_width
from reportgen.claims.verdicts import KINDS, MEANINGS, Verdict, by_kind
from reportgen.drawing.declaration import FigureDeclaration
from reportgen.drawing.record import Drawing
from reportgen.errors import ReportError
from reportgen.files.listing import listed
from reportgen.files.memo import Memo
from reportgen.files.project import Project
from reportgen.files.text import read_text
from reportgen.site import markup
from reportgen.site.citations import Citations, bibliography, own_citations, scholarly_article
from reportgen.site.csp import seal, template_hashes
from reportgen.site.following import Following, Others, Section
from reportgen.site.helpers import NUMBER, Helpers, Material
from reportgen.site.marks import GLUE, counted, mark_of
from reportgen.site.passages import form
from reportgen.wording.names import AllFacts, Names

_NUMBER = re.compile(NUMBER.format("(.+?)"))


class PageRenderer:
    """The article and the page on methods."""

    def __init__(self, project: Project, files: Mapping[str, bytes], figures: Mapping[str, Drawing],
                 broken: Mapping[str, str], facts: AllFacts, verdicts: Sequence[Verdict],
                 claims: Mapping[str, Mapping[str, object]], shared: Mapping[str, object],
                 others: Others, declared: Mapping[str, FigureDeclaration], put: Callable[[str, bytes], str],
                 memory: Memo):  # fmt: skip
        """others: what the text may quote while another run is open. declared: the figures with their texts unfilled.

        put: adds a file to the site, and gives its address there. For the other arguments see `Material`.
        """
        self._citation = project.citation
        self._templates = templates = project.templates
        self._facts = facts
        self._works = bibliography(templates / "references.bib", memory)
        env = markup.template_environment(templates, project.state / "cache" / "templates")
        env.filters |= {"emphasised": markup.emphasised, "plain": markup.plain}
        env.filters |= {"mark": mark_of, "counted": counted, "row_width": row_width, "on_grid": on_grid}
        by_id = {verdict.id: verdict for verdict in verdicts}
        self._of = Material(env, files, figures, broken, by_id, claims, Citations(self._works), shared)
        self._helpers = Helpers(self._of, facts)
        self._following = Following(self._helpers, self._of, others, declared, self._stands)
        self._put = put

    def article(self) -> str:
        """The article. Raises ReportError with file and line."""
        files = listed(self._templates, "sections/*.md")
        self._check(files)
        given = self._helpers.values
        masthead = self._template("masthead.html", given)  # first, so that its citation is [1]
        if not files:
            raise ReportError(
                f"There are no sections in {self._templates / 'sections'}.",
                hint="Write the first one as 01-name.md.",
            )
        names = {f"{self._templates.name}/sections/{f.name}": read_text(f) for f in files}
        text, sections = self._sections([file.name for file in files])
        article = markup.Article(names)
        page = form(article, article.tokens(text), self._stands)
        texts = self._following.files(article, page, sections)
        html = self._template("article.html", given | {
            "masthead": Markup(masthead), "body": Markup(page.body), "notes": Markup(page.listed),
            "texts": {run: self._put(f"data/{run.replace(':', '-')}-text.js", text) for run, text in texts.items()},
            "contents": self._contents(article), "scorecard": by_kind(self._of.verdicts.values()),
            "kinds": KINDS, "meanings": MEANINGS, "works": self._of.citations.cited, "groups": self._groups(),
            "citations": (own := own_citations(self._citation)),
            "described": scholarly_article(own, given["links"].get("address", "")),
        })  # fmt: skip
        return self._sealed(self._stands(html))

    def _sections(self, names: Sequence[str]) -> tuple[str, list[Section]]:
        """The article's text, and where in it which section lies, without what is folded behind it."""
        texts, sections, line = [], [], 0
        for name in names:
            before = len(self._of.placed)
            text, fold = self._helpers.section(name)
            figures = list(self._of.placed)[before:]
            sections.append(Section(name, figures, line, line + text.count("\n") + 1))
            texts.append(f"{text}\n\n{fold}" if fold else text)
            line += texts[-1].count("\n") + 2
        return "\n\n".join(texts), sections

    def _stands(self, html: str) -> str:
        """Rendered HTML as it stands on the page."""
        return self._numbered(self._finished(html))

    def _check(self, sections: Sequence[Path]) -> None:
        """Raises ReportError for a name in any template, in any branch, that is not there."""
        of, given = self._of, self._helpers.values
        experiments = {name.replace("-", "_") for name in given["settings"].experiments}
        # Facts of what is not trained are no mistake.
        others = {*given, *of.env.globals, *experiments}
        figures = of.figures.keys() | of.broken.keys()
        helpers = {
            "figure": ("figure", figures, 1), "ref": ("figure", figures, 1), "claim": ("claim", of.claims, 1),
            "holds": ("claim", of.claims, 1), "swatch": ("colour", PALETTE, 1), "cite": ("citation", self._works, None),
        }  # fmt: skip
        for file in sections:
            markup.check_names(of.env, f"sections/{file.name}", Names(self._facts, others, helpers))
        for file in listed(self._templates, "*.html"):  # what else these are given is not known here
            markup.check_names(of.env, file.name, Names(self._facts, None, helpers))

    def methods(self) -> str:
        """The page on methods, after the article, with the sizes of what can be taken away."""
        exports = {name: figure.exports for name, figure in self._of.figures.items()}
        exports |= {name: {} for name in self._of.broken}
        sizes = {path: len(content) for path, content in self._of.files.items()}
        values = {"exports": exports, "sizes": sizes, "placed": list(self._of.placed)}
        return self._sealed(self._finished(self._template("methods.html", self._helpers.values | values)))

    def _template(self, name: str, values: Mapping[str, object]) -> str:
        return self._helpers.template(name, values)

    def _finished(self, html: str) -> str:
        """With every piece in its place."""
        return self._of.kept.restore(re.sub(f" *{GLUE}", "", html))

    def _sealed(self, html: str) -> str:
        """Only the templates' own scripts are allowed."""
        return seal(html, template_hashes(self._templates))

    def _contents(self, article: markup.Article) -> list[dict[str, object]]:
        """The lines of the contents: sections, back matter, and the other page; level 2 is the outermost."""
        sections = [line for line in article.contents if line["level"] <= 3]
        back = {"#scorecard": "Scorecard"} if self._of.verdicts else {}
        back |= {"#references": "References"} if self._of.citations.cited else {}
        back |= {"#cite": "Cite this"} if self._citation.is_file() else {}
        back |= {"methods.html": "Methods and data"}
        return [*sections, *({"level": 2, "href": href, "text": text} for href, text in back.items())]

    def _numbered(self, html: str) -> str:
        """The page with the number of each figure that it refers to. Raises ReportError for one that it does not show."""
        numbers = {name: str(number) for number, name in enumerate(self._of.placed, 1)}

        def number(match: re.Match[str]) -> str:
            if match[1] not in numbers:
                raise ReportError(
                    f"ref({match[1]!r}) leads to a figure that no section shows.",
                    hint=f'Show it with {{{{ figure("{match[1]}") }}}}, or take the reference out.',
                )
            return numbers[match[1]]

        return _NUMBER.sub(number, html)

    def _groups(self) -> dict[str, list[int]]:
        """Group → the steps of its moments, for the page's script."""
        placed = [figure for name, figure in self._of.figures.items() if name in self._of.placed]
        groups = sorted({figure.group for figure in placed if figure.group})
        return {group: [moment["step"] for moment in self._helpers.moments(group)] for group in groups}
