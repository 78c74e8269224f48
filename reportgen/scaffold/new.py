"""A working start for a figure, a section, an experiment or a claim: behind `reportgen new`.

The texts are in starting_points/, with $names to fill in. A figure and a section are new files; an
experiment and a claim are put into the program's own modules, found by their syntax.
"""

import ast
import keyword
import re
from dataclasses import dataclass
from pathlib import Path
from string import Template, ascii_lowercase

from reportgen.errors import ReportError, unknown
from reportgen.files.atomic import write_atomically
from reportgen.files.project import Project

TEXTS = Path(__file__).parent / "starting_points"
LONGEST_NAME = 26  # so that a line with it stays below 110 characters
APPENDIX = re.compile(r"\bappendix\b")
LAST = "~"  # sorts behind every name
OPTIONS = {"after": "section", "section": "claim"}  # and the kind it is for


@dataclass(frozen=True)
class Started:
    """What was written, and what to do next."""

    files: tuple[Path, ...]
    next_step: str


@dataclass(frozen=True)
class Judged:
    """What a new claim of a section's module speaks of, and the made-up runs against which it must fail."""

    text: str
    experiment: str
    doctored: str
    tested_in: str = "DOCTORED"


SECTIONS = {
    "modular": Judged("claim", "modular", '{"modular": modular_run(train_accuracy=NEVER)}'),
    "parity": Judged("claim", "parity", '{"parity": parity_run(train_accuracy=NEVER)}'),
    "sweeps": Judged("claim-sweep", "parity-sweep", '{"parity-sweep": [parity_run(train_accuracy=NEVER)]}'),
    "five_neurons": Judged("claim", "five-neurons", '{"five-neurons": circle_run(train_accuracy=NEVER)}'),
    "inside": Judged("claim", "modular", '{"modular": modular_run(train_accuracy=NEVER)}'),
    "open_questions": Judged("claim", "reverse", '{"reverse": reverse_run(train_accuracy=NEVER)}'),
    "appendix": Judged("claim-construction", "", "Construction(neurons=3)", "MISBUILT"),
}


def start(project: Project, kind: str, name: str, **options: str) -> Started:
    """Write the start of a figure, section, experiment or claim. Raises ReportError for a bad request."""
    for option in options:
        if OPTIONS[option] != kind:
            raise ReportError(
                f"--{option} is for a {OPTIONS[option]}, not for {'an' if kind[0] in 'aeiou' else 'a'} {kind}.",
                hint="Leave it out.",
            )
    starts = {
        "figure": start_figure,
        "section": start_section,
        "experiment": start_experiment,
        "claim": start_claim,
    }
    return starts[kind](project, name, **options)


def start_figure(project: Project, name: str) -> Started:
    """A new file in figures/. Raises ReportError for a bad or taken name, as all of them."""
    _check(name, r"[a-z][a-z0-9_]*", "small letters, digits and _, from a letter, such as weight_norm")
    file = _create(project.figures / f"{name}.py", _text("figure.py"))
    return Started((file,), f"Look at it: reportgen figures {name} --format png")


def start_section(project: Project, name: str, *, after: str | None = None) -> Started:
    """A new file in templates/sections/: before the appendix, or after a section named by its file."""
    _check(name, r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "words of small letters joined by -, such as weights-shrink")
    folder = project.templates / "sections"
    stems = sorted(file.stem for file in folder.glob("*.md"))
    for stem in stems:
        if _name_of(stem) == name:
            raise _taken(folder / f"{stem}.md")
    title = name.replace("-", " ").capitalize()
    number = _free_number(stems, after)
    file = _create(folder / f"{number}-{name}.md", _text("section.md", title=title, id=name))
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
    digits = re.match(r"\d*", before)[0] or "00"
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


def start_experiment(project: Project, name: str) -> Started:
    """One config and one entry in the program's catalogue."""
    _check(name, r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "words of small letters joined by -, such as modular-fast")
    file = _source(project, "experiment", "reportgen/experiments/__init__.py")
    tree, constant = _parsed(file), name.upper().replace("-", "_")
    entries = _assigned(tree, "_ALL", file).elts
    singles = [e for e in entries if isinstance(e, ast.Call) and getattr(e.func, "id", "") == "_single"]
    from reportgen.experiments import EXPERIMENTS

    taken = {word for e in singles for word in ast.walk(e) if isinstance(word, ast.Constant)}
    if name in EXPERIMENTS or name in {word.value for word in taken} or constant in _names(tree):
        raise _taken(file, name)
    title = name.replace("-", " ").capitalize()
    config = _text("experiment.py", title=title, constant=constant)
    catalogue = next(node for node in tree.body if _target(node) == "_ALL")
    _insert(
        file,
        {
            catalogue.lineno - 1: config,
            singles[-1].end_lineno: f'    _single("{name}", "{title}", {constant}),\n',
        },
    )
    return Started((file,), f"Try it, then train it: reportgen train {name} --quick; reportgen train {name}")


def start_claim(project: Project, name: str, *, section: str = "modular") -> Started:
    """One judge in its section's module, under the next free number, and a run that contradicts it."""
    _check(name, r"[a-z][a-z0-9_]*", "small letters, digits and _, such as weights_shrink")
    if section not in SECTIONS:
        raise unknown("section of claims", section, SECTIONS)
    file, tests = (
        _source(project, "claim", path)
        for path in (f"reportgen/claims/sections/{section}.py", "tests/test_claims.py")
    )
    judged, tree, constant = SECTIONS[section], _parsed(file), name.upper()
    if {name, constant} & _names(tree):
        raise _taken(file, name)
    number = f"C{max(_claim_numbers(file.parent)) + 1}"
    text = _text(
        f"{judged.text}.py", name=name, constant=constant, number=number, experiment=judged.experiment
    )
    cases = _assigned(_parsed(tests), judged.tested_in, tests).elts
    last = [case for case in cases if isinstance(case, ast.Tuple)][-1]
    _insert(tests, {last.end_lineno: f'    ("{number}", {judged.doctored}),\n'})
    _insert(file, {len(file.read_text(encoding="utf-8").splitlines()): text})
    return Started(
        (file, tests),
        f'Judge it: reportgen check. Then quote it in a section: {{{{ claim("{number}") }}}}',
    )


def _claim_numbers(folder: Path) -> list[int]:
    """The numbers that judges have taken."""
    found = [0]
    for file in folder.glob("*.py"):
        for node in ast.walk(_parsed(file)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "claim" and node.args:
                match = re.fullmatch(r"C(\d+)", str(getattr(node.args[0], "value", "")))
                found += [int(match[1])] if match else []
    return found


def _check(name: str, pattern: str, allowed: str) -> None:
    fits = re.fullmatch(pattern, name) and len(name) <= LONGEST_NAME and not keyword.iskeyword(name)
    if not fits:
        raise ReportError(
            f"{name!r} is no name for this.",
            hint=f"Allowed: {allowed}; at most {LONGEST_NAME} characters, and no word of Python's.",
        )


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
    text = (TEXTS / f"{name}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(words)


def _create(file: Path, text: str) -> Path:
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        raise _taken(file) from None
    return file


def _taken(file: Path, name: str = "") -> ReportError:
    what = f"{name} is in {file} already" if name else f"{file} exists already"
    return ReportError(f"{what}; nothing was written.", hint="Choose another name.")


def _parsed(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise ReportError(f"{file}:{error.lineno}: {error.msg}.", hint="Mend the syntax first.") from error


def _target(node: ast.stmt) -> str:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return getattr(targets[0], "id", "") if targets else ""


def _assigned(tree: ast.Module, name: str, file: Path) -> ast.Tuple | ast.List:
    """The tuple or list that a module assigns to a name."""
    for node in tree.body:
        if _target(node) == name and isinstance(node.value, ast.Tuple | ast.List):
            return node.value
    raise ReportError(f"{file} has no list named {name}.", hint="Restore it, or write the entry by hand.")


def _names(tree: ast.Module) -> set[str]:
    """What a module defines or imports at its top."""
    found = {_target(node) for node in tree.body}
    found |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return found | {alias.asname or alias.name for node in imports for alias in node.names}


def _insert(file: Path, texts: dict[int, str]) -> None:
    """Put texts behind lines, counted from 1 as the file is now."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    for line in sorted(texts, reverse=True):
        lines.insert(line, texts[line])
    write_atomically(file, "".join(lines).encode())
