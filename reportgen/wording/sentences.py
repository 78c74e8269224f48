"""Facts into sentences: the templates of one line or many, and what is said where a fact is missing."""

import re
from collections.abc import Mapping
from typing import Any

import jinja2

from reportgen.errors import ReportError, unknown
from reportgen.wording.numbers import listing, number, percent, sci, size, step, unbroken, words

AllFacts = Mapping[str, Mapping[str, Any]]  # of each experiment by name, with underscores: name → value
FILTERS = {f.__name__: f for f in (step, percent, number, sci, listing, words, size)}


def environment(**options: Any) -> jinja2.Environment:
    """The Jinja environment of every template of ours: strict, with the filters above, those of numbers.py."""
    built = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, **options)
    built.filters |= FILTERS
    return built


def render_text(text: str, facts: AllFacts, *, where: str) -> str:
    """One caption or text alternative with facts filled in, as plain text.

    Raises ReportError naming `where` and the nearest known fact.
    """
    try:
        filled = environment(autoescape=False).from_string(text).render(**facts)
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise fact_error(error, facts, where) from error
    return unbroken(re.sub(r"\s+", " ", filled, flags=re.ASCII).strip())


def fact_error(error: Exception, facts: AllFacts, where: str) -> ReportError:
    """What went wrong in a template, with the nearest name where one is missing."""
    text = str(error)
    missing = re.search(r"'dict object' has no attribute '(\w+)'|'(\w+)' is undefined", text)
    if missing:
        name = missing[1] or missing[2]
        known = {*facts, *(key for facts_of in facts.values() for key in facts_of)}
        problem = unknown("fact", name, known)
        return ReportError(f"{where}: {problem.message}", hint=problem.hint)
    return ReportError(
        f"{where}: {text}.",
        hint="If a fact can be absent, write a form of the sentence for that: {% if … is not none %}.",
    )
