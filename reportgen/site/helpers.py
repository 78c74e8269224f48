"""What templates may call: figures, references, citations, moments, marks.

A helper checks every name it is given, so a typo ends the build at its file and line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jinja2
from markupsafe import Markup

from reportgen.analysis.moment_words import BUTTONS
from reportgen.charts import PALETTE, palette_css
from reportgen.claims.verdicts import Verdict
from reportgen.drawing.record import Drawing, Offer
from reportgen.errors import ReportError, unknown
from reportgen.site import markup
from reportgen.site.citations import Citations
from reportgen.site.marks import GLUE, Fold, counted
from reportgen.site.markup import element
from reportgen.wording.names import AllFacts

NUMBER = "\ue004{}\ue005"  # stands for a figure's number until all figures are placed
SMALL_SVG = 5_000  # bytes; a smaller frame costs less in the page than as a file of its own


@dataclass(frozen=True)
class Material:
    """What pages are made of, and what was placed so far: figures and citations are numbered as they are met.

    files: the site, as it grows. figures: with the addresses of their files there. broken: figure id → what to say
    in its place. shared: what every template may use: `methods`, `settings`, and `links` to the assets.
    """

    env: jinja2.Environment
    files: Mapping[str, bytes]
    figures: Mapping[str, Drawing]
    broken: Mapping[str, str]
    verdicts: Mapping[str, Verdict]
    claims: Mapping[str, Mapping[str, object]]
    citations: Citations
    shared: Mapping[str, object]
    kept: markup.HtmlPlaceholders = field(default_factory=markup.HtmlPlaceholders)
    placed: dict[str, Markup] = field(default_factory=dict)  # figure id → the token that stands for it


class Helpers:
    """The helpers, with the facts of which they speak."""

    def __init__(self, material: Material, facts: AllFacts):
        self._of = material
        self._facts = facts
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
        self.values: dict[str, Any] = {
            **facts, **{helper.__name__: helper for helper in helpers}, **material.shared,
            "verdicts": list(material.verdicts.values()), "palette": Markup(palette_css()),
        }  # fmt: skip

    def template(self, name: str, values: Mapping[str, object]) -> str:
        """One template with these values alone. Raises ReportError with file and line."""
        return markup.render_template(self._of.env, name, values, self._facts)

    def section(self, name: str) -> tuple[str, str]:
        """A section's text; and what stands behind it, folded: how sure we are of it, or ""."""
        self._fold, before = (fold := Fold()), len(self._of.placed)
        text = self.template(f"sections/{name}", self.values)
        if not fold.claims and not fold.asides:
            return text, ""
        verdicts = {id: self._of.verdicts.get(id) for id in fold.claims}
        entries = [
            self.template(
                "verdict.html", {"id": id, "claim": self._of.claims[id], "verdict": verdict, "row": False}
            )
            for id, verdict in verdicts.items()
        ]
        shown = [self._of.figures.get(figure) for figure in [*self._of.placed][before:]]
        values = {
            "own": any(figure and figure.offer for figure in shown),
            "claims": self._of.kept.keep(element("dl", "".join(entries)), block=True) if entries else "",
            "counts": counted(verdicts.values()) if self._of.verdicts else "",
            "asides": Markup("\n\n".join(fold.asides)),
        }
        return text, self.template("sure.html", values)

    def figure(self, name: str) -> Markup:
        """The figure with all that belongs to it."""
        known = {*self._of.figures, *self._of.broken}
        if name not in known:
            raise unknown("figure", name, known)
        if name in self._of.placed:
            raise ReportError(f"Figure {name!r} is placed twice.", hint="Place each figure once.")
        number = len(self._of.placed) + 1
        if name in self._of.broken:
            values: dict[str, object] = {"id": name, "number": number, "message": self._of.broken[name]}
            html = self.template("broken_figure.html", values)
        else:
            html = self.template("figure.html", self._shown(self._of.figures[name], number))
        self._of.placed[name] = token = self._of.kept.keep(html, block=True)
        return token

    def _shown(self, figure: Drawing, number: int) -> dict[str, object]:
        """What the template of a figure is given."""
        inline, offer = self._inline(figure), self._offer(figure)
        return {**self._said(figure, number), "inline": inline, "offer": offer}

    def part(self, figure: Drawing, number: int, name: str) -> str:
        """One block of a figure's template: what is said of it there."""
        values = self._said(figure, number)
        return markup.render_block(self._of.env, "figure.html", name, values, self._facts)

    def _said(self, figure: Drawing, number: int) -> dict[str, object]:
        moments = self.moments(figure.group) if figure.lead and figure.group else []
        links: Any = self._of.shared["links"]
        repeated = figure.lead and links["repeated"].get(figure.group)
        return {
            "figure": figure,
            "number": number,
            "moments": moments,
            "moment": self.moment,
            "repeated": repeated,
        }

    def ref(self, name: str) -> Markup:
        """A link to a figure by its number, with a small picture on a card; the figure may come later."""
        figure = self._of.figures.get(name)
        if not figure and name not in self._of.broken:
            raise unknown("figure", name, {*self._of.figures, *self._of.broken})
        values = {"id": name, "number": NUMBER.format(name), "figure": figure}
        return self._of.kept.keep(self.template("reference.html", values).strip())

    def _inline(self, figure: Drawing) -> dict[str, Markup]:
        """The frames that stand in the page itself: small ones, and all of the figure that shows at once."""
        svgs = {frame.file: self._of.files[frame.file].decode() for frame in figure.frames}
        return {
            file: markup.inline_svg(svg, f"{figure.id}-{number}")
            for number, (file, svg) in enumerate(svgs.items())
            if not self._of.placed or len(svg) < SMALL_SVG
        }

    def _offer(self, figure: Drawing) -> Offer | None:
        """The runs that can be opened from a figure: its marks do that, and others can show them."""
        offers = [f.offer for f in self._of.figures.values() if f.offer and figure.opens]
        return next((offer for offer in offers if offer.sweep in figure.runs), None)

    def cite(self, *keys: str) -> Markup:
        """Numbers in brackets; each shows its work on a card and leads to the list."""
        parts = []
        for key in keys:
            number, work = self._of.citations.cite(key)
            parts.append(self.template("citation.html", {"number": number, "work": work}).strip())
        return self._of.kept.keep(element("span", f"[{', '.join(parts)}]", class_="citation"))

    def moment(self, group: str, name: str, text: str) -> Markup:
        """A word that moves the group's step to a named moment; plain where there is none."""
        step, content = self._moment_of(group, name), str(Markup.escape(text))
        if step is not None:
            content = element("span", content, class_="moment", data_group=group, data_step=step)
        return self._of.kept.keep(content)

    def _moment_of(self, group: str, name: str) -> int | None:
        moments: Mapping[str, int | None] = self.facts_of(group).get("moments", {})
        if name not in moments:
            raise unknown(f"moment of {group}", name, moments)
        return moments[name]

    def swatch(self, name: str, text: str) -> Markup:
        """A word in ink, underlined in the colour it names."""
        if name not in PALETTE:
            raise unknown("colour", name, PALETTE)
        content = str(Markup.escape(text))
        return self._of.kept.keep(element("span", content, class_="swatch", style=f"--swatch:var(--{name})"))

    def claim(self, name: str) -> Markup:
        """A mark with the claim's verdict; its evidence is on a card, in the section's fold and in the scorecard."""
        if name not in self._of.claims:
            raise unknown("claim", name, self._of.claims)
        self._fold.claims[name] = None
        values = {"id": name, "verdict": self._of.verdicts.get(name)}
        return GLUE + self._of.kept.keep(self.template("claim.html", values).strip())

    def how_sure(self, caller: Callable[[], str]) -> str:
        """`{% call how_sure() %}…{% endcall %}` puts a text on seeds, chances or thresholds into the section's fold."""
        self._fold.asides.append(caller().strip())
        return ""

    def holds(self, name: str) -> bool | None:
        """Whether a claim held: for sentences with a form for a claim that failed; None unjudged."""
        if name not in self._of.claims:
            raise unknown("claim", name, self._of.claims)
        verdict = self._of.verdicts.get(name)
        return verdict.holds if verdict else None

    def facts_of(self, group: str) -> Mapping[str, Any]:
        """What is known of an experiment's run. Raises ReportError for one that is not known."""
        key = group.replace("-", "_")
        if key not in self._facts:
            raise unknown("experiment", group, self._facts)
        return self._facts[key]

    def moments(self, group: str) -> list[dict[str, Any]]:
        """The named moments of a group that happened, in order; those of one step as one.

        Each has a name, its step, and the text of its button.
        """
        found: dict[int, list[str]] = {}
        for name, step in self.facts_of(group)["moments"].items():
            if step is not None:
                found.setdefault(step, []).append(name)
        return [
            {"name": names[0], "step": step, "text": " and ".join(BUTTONS.get(name, name) for name in names)}
            for step, names in sorted(found.items())
        ]
