"""Facts into sentences: the number formats of the page, and templates of one line or many."""

import re
from collections.abc import Mapping, Sequence

import jinja2

from reportgen.errors import ReportError, unknown

WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


def step(value: float) -> str:
    """12300 → 12,300."""
    return f"{round(value):,}"


def percent(value: float, digits: int = 1) -> str:
    """0.98312 → 98.3 %; a whole number loses its decimals, and only 1 itself reads 100 %."""
    text = f"{100 * value:.{digits}f}"
    while float(text) == 100 and value < 1 and digits < 15:
        digits += 1
        text = f"{100 * value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}\N{NARROW NO-BREAK SPACE}%"


def number(value: float, digits: int = 2) -> str:
    """A count in full, 2278 → 2,278; anything else to significant digits, 0.04137 → 0.041."""
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if value == 0:
        return "0"
    text = f"{float(f'{value:.{digits}g}'):,.12f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def sci(value: float, digits: int = 2) -> str:
    """2.23e-7 → 2.2 × 10⁻⁷, with superscript characters, so that it reads well anywhere."""
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    mantissa = mantissa.replace("-", "−")
    if exponent in ("+00", "-00"):
        return mantissa
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa} × 10{raised}"


def listing(values: Sequence) -> str:
    """[5, 17, 23] → 5, 17 and 23."""
    items = [str(value) for value in values]
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def words(value: int) -> str:
    """Small counts as words: 4 → four."""
    return WORDS[value] if 0 <= value < len(WORDS) else number(value)


FILTERS = {f.__name__: f for f in (step, percent, number, sci, listing, words)}


def environment(**options) -> jinja2.Environment:
    """The Jinja environment of every template of ours: strict, with the filters above."""
    built = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, **options)
    built.filters |= FILTERS
    return built


def render_text(text: str, facts: Mapping, *, where: str) -> str:
    """One caption or text alternative with facts filled in, as plain text.

    Raises ReportError naming `where` and the nearest known fact.
    """
    try:
        filled = environment(autoescape=False).from_string(text).render(**facts)
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise fact_error(error, facts, where) from error
    return re.sub(r"\s+", " ", filled).strip()


def fact_error(error: Exception, facts: Mapping, where: str) -> ReportError:
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
