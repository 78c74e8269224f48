"""A working start for a figure, a section, an experiment or a claim: behind `reportgen new`.

The texts are in starting_points/, with $names to fill in. A figure and a section are new files; an
fact too. An experiment and a claim are new files in a project of one's own; in a clone of the program they are put into
its own modules, above lines that are there for this.
"""

import keyword
import re
from dataclasses import dataclass
from pathlib import Path
from string import Template, ascii_lowercase

from reportgen.claims import own
from reportgen.claims.registry import known
from reportgen.errors import ReportError, unknown
from reportgen.experiments import EXPERIMENTS, experiment
from reportgen.experiments.functions import Function
from reportgen.facts import own as own_facts
from reportgen.facts.registry import special_of_run, special_of_sweep
from reportgen.files.atomic import write_atomically
from reportgen.files.listing import listed
from reportgen.files.project import Project
from reportgen.files.text import read_text, write_text

TEXTS = Path(__file__).parent / "starting_points"
LONGEST_NAME = 26  # so that a line with it stays below 110 characters
APPENDIX = re.compile(r"\bappendix\b")
LAST = "~"  # sorts behind every name
OPTIONS = {"after": "section", "section": "claim"}  # and the kind it is for

CATALOGUE = "reportgen/experiments/catalogue.py"
JUDGES = "reportgen/claims/sections"
TESTS = "tests/test_claims.py"
# Lines of these files above which entries go.
ENTRY = "    # `reportgen new experiment` adds its entry above this line."
CASE = "    # `reportgen new claim` adds a run that contradicts it above this line."
MISBUILT = "    # `reportgen new claim` adds a construction that contradicts it above this line."


@dataclass(frozen=True)
class Started:
    """What was written, and what to do next."""

    files: tuple[Path, ...]
    next_step: str


def start(project: Project, kind: str, name: str, **options: str) -> Started:
    """Write the start of a figure, section, experiment or claim. Raises ReportError for a bad request."""
    for option in options:
        if OPTIONS[option] != kind:
            raise ReportError(
                f"--{option} is for a {OPTIONS[option]}, not for {'an' if kind[0] in 'aeiou' else 'a'} {kind}.",
                hint="Leave it out.",
            )
    starts = {
        "figure": start_figure, "section": start_section,
        "experiment": start_experiment, "claim": start_claim, "fact": start_own_fact,
    }  # fmt: skip
    in_clone = (project.root / CATALOGUE).is_file()
    if kind in ("experiment", "claim") and not in_clone and not options:
        starts |= {"experiment": start_own_experiment, "claim": start_own_claim}
    return starts[kind](project, name, **options)


def start_figure(project: Project, name: str) -> Started:
    """A new file in figures/. Raises ReportError for a bad or taken name, as all of them."""
    _check(name, r"[a-z][a-z0-9_]*", "small letters, digits and _, from a letter, such as weight_norm")
    start = "own-figure.py" if _first_is_own() else "figure.py"
    file = _create(project.figures / f"{name}.py", _text(start, **_first_experiment()))
    return Started((file,), f"Look at it: reportgen figures {name} --format png")


def start_section(project: Project, name: str, *, after: str | None = None) -> Started:
    """A new file in templates/sections/: before the appendix, or after a section named by its file."""
    _check(name, r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "words of small letters joined by -, such as weights-shrink")
    folder = project.templates / "sections"
    stems = [file.stem for file in listed(folder, "*.md")]
    for stem in stems:
        if _name_of(stem) == name:
            raise _taken(folder / f"{stem}.md")
    title = name.replace("-", " ").capitalize()
    number = _free_number(stems, after)
    start = "own-section.md" if _first_is_own() else "section.md"
    text = _text(start, title=title, id=name, **_first_experiment())
    file = _create(folder / f"{number}-{name}.md", text)
    return Started((file,), "Look at it: reportgen serve --open")


def _free_number(stems: list[str], after: str | None) -> str:
    """A number that sorts right behind a section: the next one, or its own with a letter."""
    if after is None:
        end = next((i for i, stem in enumerate(stems) if APPENDIX.search(stem)), len(stems))
    else:
        known = {key: i for i, stem in enumerate(stems) for key in (stem, _name_of(stem), stem.split("-")[0])}
        if after.removesuffix(".md") not in known:
            raise unknown("section", after, stems)
        end = known[after.removesuffix(".md")] + 1
    before, behind = stems[end - 1] if end else "", stems[end] if end < len(stems) else LAST
    leading = re.match(r"\d+", before)
    digits = leading[0] if leading else "00"
    for number in (f"{int(digits) + 1:02}", *(digits + letter for letter in ascii_lowercase)):
        if before < f"{number}-" and f"{number}-{LAST}" < behind:
            return number
    raise ReportError(
        f"There is no number free between {before or 'the start'} and {behind}.",
        hint="Rename one of them, or name another section with --after.",
    )


def _name_of(stem: str) -> str:
    """03-when-does-it -> when-does-it."""
    return stem.partition("-")[2]


def start_own_experiment(project: Project, name: str) -> Started:
    """A new file in experiments/, with a function of that name."""
    function = name.replace("-", "_")
    _check(function, r"[a-z][a-z0-9_]*", "small letters, digits, - and _, such as weights-fast")
    if name.replace("_", "-") in EXPERIMENTS:
        raise _taken(project.experiments, name)
    file = _create(project.experiments / f"{function}.py", _text("own-experiment.py", name=function))
    shown = function.replace("_", "-")
    return Started((file,), f"Try it, then run it: reportgen train {shown} --quick; reportgen train {shown}")


def start_own_fact(project: Project, name: str) -> Started:
    """A new file in facts/, with the facts of the project's first experiment that has none."""
    _check(name, r"[a-z][a-z0-9_]*", "small letters, digits and _, such as weights_shrink")
    own_facts.enter(project)
    free = [e for e in EXPERIMENTS if not (special_of_run(e) or special_of_sweep(e))]
    if not free:
        raise ReportError("Every experiment has facts.", hint=f"Add a line to those in {project.facts}.")
    words = {"experiment": free[0], "facts": free[0].replace("-", "_")} | _given(free[0])
    file = _create(project.facts / f"{name}.py", _text("own-fact.py", name=name, **words))
    return Started((file,), f"Quote them in a section: {{{{ {words['facts']}.calls }}}}")


def start_own_claim(project: Project, name: str) -> Started:
    """A new file in claims/, with one judge under the next free number."""
    _check(name, r"[a-z][a-z0-9_]*", "small letters, digits and _, such as weights_shrink")
    own.enter(project)
    number = f"C{1 + max((int(id[1:]) for id in known()), default=0)}"
    words = _first_experiment()
    words |= _given(words["experiment"]) | {"number": number, "constant": name.upper()}
    file = _create(project.claims / f"{name}.py", _text("own-claim.py", name=name, **words))
    return Started(
        (file,), f'Judge it: reportgen check. Then quote it in a section: {{{{ claim("{number}") }}}}'
    )


def _given(experiment: str) -> dict[str, str]:
    """How a function of an experiment's runs is written."""
    if EXPERIMENTS[experiment].single:
        return {"decorator": "of_run", "given": "run", "count": "1"}
    return {"decorator": "of_sweep", "given": "runs", "count": "len(runs)"}


def _first_is_own() -> bool:
    """Whether the project's first experiment is a function."""
    return isinstance(next(iter(EXPERIMENTS.values()), None), Function)


def start_experiment(project: Project, name: str) -> Started:
    """One config and one entry in the program's catalogue."""
    _check(name, r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "words of small letters joined by -, such as weights-fast")
    file, constant = _source(project, "experiment", CATALOGUE), name.upper().replace("-", "_")
    text = read_text(file)
    if name in EXPERIMENTS or f'"{name}"' in text or _says(text, constant):
        raise _taken(file, name)
    title, base = name.replace("-", " ").capitalize(), re.search(r"replace\((\w+), seed=", text)
    config = _text("experiment.py", title=title, constant=constant, base=base[1] if base else "Config")
    entry = f'    _single("{name}", "{title}", {constant}),\n'
    _insert(file, {"_ALL: ": f"{config}\n", ENTRY: entry})
    return Started((file,), f"Try it, then train it: reportgen train {name} --quick; reportgen train {name}")


def sections() -> dict[str, tuple[str, ...]]:
    """The modules of claims in the order of their numbers: name → what its first claim speaks of."""
    from reportgen.claims.sections import in_order

    found: dict[str, tuple[str, ...]] = {}
    for claim in in_order():
        found.setdefault(claim.judge.__module__.rpartition(".")[2], claim.runs)
    return found


def start_claim(project: Project, name: str, *, section: str | None = None) -> Started:
    """One judge in its section's module, under the next free number, and a run that contradicts it."""
    _check(name, r"[a-z][a-z0-9_]*", "small letters, digits and _, such as weights_shrink")
    section = section or next(iter(sections()))
    if section not in sections():
        raise unknown("section of claims", section, sections())
    file, tests = (_source(project, "claim", path) for path in (f"{JUDGES}/{section}.py", TESTS))
    judges, constant = read_text(file), name.upper()
    if _says(judges, name) or _says(judges, constant):
        raise _taken(file, name)
    number = f"C{max(_claim_numbers(file.parent)) + 1}"
    kind, about = _speaks_of(sections()[section])
    judge = _text(f"{kind}.py", name=name, constant=constant, number=number, experiment=about)
    case = f'untaught("{about}")' if about else "Construction(neurons=3)"
    _insert(tests, {CASE if about else MISBUILT: f'    ("{number}", {case}),\n'})
    write_atomically(file, (judges + judge).encode())
    next_step = f'Judge it: reportgen check. Then quote it in a section: {{{{ claim("{number}") }}}}'
    return Started((file, tests), next_step)


def _speaks_of(runs: tuple[str, ...]) -> tuple[str, str]:
    """The starting point for a claim like one on these experiments, and the first of them."""
    if not runs:
        return "claim-construction", ""
    first = experiment(runs[0])
    if isinstance(first, Function):
        return "claim-calls", runs[0]
    return "claim" if first.single else "claim-sweep", runs[0]


def _claim_numbers(folder: Path) -> list[int]:
    """The numbers that judges have taken."""
    texts = [read_text(file) for file in listed(folder, "*.py")]
    return [0, *(int(number) for text in texts for number in re.findall(r'@claim\(\s*"C(\d+)"', text))]


def _check(name: str, pattern: str, allowed: str) -> None:
    fits = re.fullmatch(pattern, name) and len(name) <= LONGEST_NAME and not keyword.iskeyword(name)
    if not fits:
        raise ReportError(
            f"{name!r} is no name for this.",
            hint=f"Allowed: {allowed}; at most {LONGEST_NAME} characters, and no word of Python's.",
        )


def _first_experiment() -> dict[str, str]:
    """What a start speaks of until it is changed: by its name, and as its facts are named."""
    name = next(iter(EXPERIMENTS), None)
    if name is None:
        raise ReportError(
            "There is no experiment yet.", hint="Make one: reportgen new experiment my-training"
        )
    return {"experiment": name, "facts": name.replace("-", "_")}


def _source(project: Project, kind: str, path: str) -> Path:
    """A file of the program itself, which only a checkout has."""
    file = project.root / path
    if not file.is_file():
        raise ReportError(
            f"A new {kind} goes into the program's own code, {path}, which is not in {project.root}.",
            hint="Work in a clone of the repository; new figures and sections need none.",
        )
    return file


def _text(name: str, /, **words: str) -> str:
    """A starting point with its $names filled in."""
    text = read_text(TEXTS / f"{name}.txt")
    return Template(text).substitute(words)


def _create(file: Path, text: str) -> Path:
    file.parent.mkdir(exist_ok=True)
    try:
        write_text(file, text, new=True)
    except FileExistsError:
        raise _taken(file) from None
    return file


def _taken(file: Path, name: str = "") -> ReportError:
    what = f"{name} is in {file} already" if name else f"{file} exists already"
    return ReportError(f"{what}; nothing was written.", hint="Choose another name.")


def _says(text: str, word: str) -> bool:
    """Whether a file has this word anywhere: then it is no new name in it."""
    return re.search(rf"\b{word}\b", text) is not None


def _insert(file: Path, texts: dict[str, str]) -> None:
    """Put texts above the lines that begin so. Raises ReportError, and writes nothing, where one is missing."""
    text = read_text(file)
    for line, added in texts.items():
        before, found, after = text.partition(f"\n{line}")
        if not found:
            raise ReportError(
                f"{file} has no line {line.strip()!r}.", hint="Restore it, or write the entry by hand."
            )
        text = f"{before}\n{added}{found[1:]}{after}"
    write_atomically(file, text.encode())
