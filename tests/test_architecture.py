"""The shape of the program: who may import whom, what starts fast, how long a module may be."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import reportgen

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "reportgen"
TABLE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
WINGS = re.findall(r"^\| `(\w+)` \|", TABLE, flags=re.M)  # from the top floor down
# What starts the program, or is imported from outside, may reach anything. Experiments are declared through the door.
DOORS = {"__init__", "__main__", *reportgen.PUBLIC}
FLOOR = {wing: number for number, wing in enumerate(reversed(WINGS))}
MAY_IMPORT_TORCH = {"numerics", "training", "store", "experiments"}
FILES = sorted(PACKAGE.rglob("*.py"))


def wing_of(file: Path) -> str:
    """The wing a module stands in: the first name below `reportgen`."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.AST):
    """(dotted name, node) of every import, at the top or inside a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module, node
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)


@cache
def read(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_imports_go_down(file):
    """A module imports only from its own wing and from those below it."""
    wing = wing_of(file)
    if wing in DOORS:
        return
    for name, node in imports(read(file)):
        words = name.split(".")
        if words[0] == "reportgen" and len(words) > 1 and words[1] not in DOORS:
            place = f"{file.relative_to(ROOT)}:{node.lineno}"
            assert words[1] in FLOOR, f"{place} imports {name}, which is no wing of docs/architecture.md"
            assert FLOOR[words[1]] <= FLOOR[wing], (
                f"{place}: {wing} stands below {words[1]}, but imports {name}"
            )


def test_the_table_names_the_wings_there_are():
    """A new wing is placed on purpose, and one that is gone leaves the table."""
    assert {wing_of(file) for file in FILES} - DOORS == set(WINGS)
    assert len(WINGS) == len(set(WINGS))


@pytest.mark.parametrize("wing", [wing for wing in WINGS if (PACKAGE / wing).is_dir()])
def test_every_wing_says_what_lives_there(wing):
    """Three lines or a few: what it is, what it may import, where to begin, naming files that exist."""
    text = ast.get_docstring(read(PACKAGE / wing / "__init__.py"))
    assert "May import:" in text and "Begin with" in text
    files = re.findall(r"[\w/]+\.py", text.partition("Begin with")[2])
    assert files and all((PACKAGE / wing / name).is_file() for name in files)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_torch_and_click_stay_where_they_belong(file):
    """Torch only in numerics and, inside functions, in what runs it or is an experiment; Click only in cli."""
    wing, tree = wing_of(file), read(file)
    for name, node in imports(tree):
        library = name.split(".")[0]
        where = f"{file.name}:{node.lineno}"
        if library == "torch":
            assert wing in MAY_IMPORT_TORCH, where
            assert wing == "numerics" or node not in tree.body, f"{where}: inside a function only"
        if library == "click":
            assert wing == "cli", where


def test_numerics_stands_alone():
    """numerics imports nothing of ours but errors: its code is the key of hours of training."""
    for file in sorted((PACKAGE / "numerics").glob("*.py")):
        ours = {n.split(".")[1] for n, _ in imports(read(file)) if n.startswith("reportgen.")}
        assert ours <= {"numerics", "errors"}, file.name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_modules_are_short_and_say_their_duty(file):
    """Under 300 lines, starting with a docstring."""
    assert len(file.read_text(encoding="utf-8").splitlines()) < 300
    assert ast.get_docstring(read(file))


@pytest.mark.parametrize("arguments", [["--help"], ["status", "--quick"], ["build", "--quick"]], ids=" ".join)
def test_what_should_be_instant_loads_no_heavy_library(arguments, mini):
    """--help, status and an up-to-date build answer without torch, Altair or vl-convert."""
    script = (
        "import sys\n"
        "from reportgen.cli import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'torch', 'altair', 'vl_convert', 'jinja2', 'rich', 'PIL', 'lxml'} & set(sys.modules)\n"
        "print('HEAVY', sorted(heavy))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=mini, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "HEAVY []"
    if arguments[0] == "build":
        assert "is up to date" in done.stdout


SCIENCE = {"numerics", "browser", "experiments", "analysis", "facts", "claims"}
ARTICLE = re.compile(r"modular|parity|five.neurons", re.IGNORECASE)
ENGINE = sorted(
    f for f in PACKAGE.rglob("*") if f.suffix in {".py", ".txt", ".js"} and wing_of(f) not in SCIENCE
)


def without_docstrings(tree: ast.Module) -> ast.Module:
    """The tree without what only people read; command lines show examples there."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return tree


@pytest.mark.parametrize("file", ENGINE, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_the_engine_names_no_experiment(file):
    """Outside the wings that hold this article's science, code knows neither its experiments nor its tasks."""
    text = file.read_text(encoding="utf-8")
    code = ast.unparse(without_docstrings(ast.parse(text))) if file.suffix == ".py" else text
    assert [line for line in code.splitlines() if ARTICLE.search(line)] == []
