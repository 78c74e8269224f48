"""Facts into sentences: the templates of one line or many, and what is said where a fact is missing."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, NoReturn

import jinja2
from jinja2.utils import missing

from reportgen.errors import ReportError, unknown
from reportgen.files.guard import guarded
from reportgen.wording.names import AllFacts, Names, unknown_fact
from reportgen.wording.numbers import listing, number, percent, sci, size, step, unbroken, words

FILTERS = {f.__name__: f for f in (step, percent, number, sci, listing, words, size)}


def environment(**options: Any) -> jinja2.Environment:
    """The Jinja environment of every template of ours: strict, with the filters above, those of numbers.py.

    `opened` is the seed of the run that is open in the place of a group's own, None on the page as it is.
    """
    built = jinja2.Environment(undefined=Missing, keep_trailing_newline=True, **options)
    built.filters |= FILTERS
    built.globals["opened"] = None
    lenient = ("default", "d"), ("defined", "undefined")
    for functions, ask in zip((built.filters, built.tests), lenient, strict=True):
        functions |= {
            name: _strict(name, function) for name, function in functions.items() if name not in ask
        }
    return built


class Missing(jinja2.StrictUndefined):
    """A name that is not there: a part of something is an error where it stands, a name by itself once it is used."""

    def __init__(self, hint: str | None = None, obj: Any = missing, name: str | None = None,
                 exc: type[jinja2.TemplateRuntimeError] = jinja2.UndefinedError):  # fmt: skip
        super().__init__(hint, obj, name, exc)
        if isinstance(obj, Mapping):
            raise NoSuchPart(str(name), map(str, obj))
        if obj is not missing:
            self.fail()

    def fail(self) -> NoReturn:
        self._fail_with_undefined_error()

    def __format__(self, spec: str) -> str:
        self.fail()


class NoSuchPart(jinja2.UndefinedError):
    """A name that is not among those of facts, or of another mapping."""

    def __init__(self, name: str, known: Iterable[str]):
        super().__init__(f"there is no {name!r}")
        self.name, self.known = name, list(known)


def _strict(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter or test that takes no missing value: `is not none` is no question to ask of one.

    A filter of ours takes no absent one either.
    """

    @wraps(function)
    def called(*values: Any, **options: Any) -> Any:
        for value in values:
            if isinstance(value, Missing):
                value.fail()
        if FILTERS.get(name) is function and values[0] is None:
            raise TypeError(f"|{name} is given a fact that is absent")
        return function(*values, **options)

    return called


def render_text(text: str, facts: AllFacts, *, where: str, opened: int | None = None) -> str:
    """One caption or text alternative with facts filled in, as plain text.

    opened: see `environment`; with a run open, names are known from when the text was filled for the page.

    Raises ReportError naming `where` and the nearest known fact.
    """
    env = environment(autoescape=False)
    with guarded(lambda error: fact_error(error, facts, where)):
        for _, problem in Names(facts, env.globals).problems(env.parse(text)) if opened is None else ():
            raise ReportError(f"{where}: {problem.message}", hint=problem.hint)
        filled = env.from_string(text).render(**facts, opened=opened)
    return unbroken(re.sub(r"\s+", " ", filled, flags=re.ASCII).strip())


def fact_error(error: Exception, facts: AllFacts, where: str) -> ReportError:
    """What went wrong in a template, with the nearest name where one is missing."""
    text = (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
    undefined = re.fullmatch(r"'(\w+)' is undefined", text)
    problem = unknown("fact", undefined[1], facts) if undefined else None
    if isinstance(error, NoSuchPart):
        problem = unknown_fact(error.name, "", error.known)
    if problem:
        return ReportError(f"{where}: {problem.message}", hint=problem.hint)
    return ReportError(
        f"{where}: {text}.",
        hint="If a fact can be absent, write a form of the sentence for that: {% if … is not none %}.",
    )
