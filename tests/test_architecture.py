"""The shape of the program: who may import whom, what starts fast, how long a module may be."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "reportgen"
# One way, from what trains to what a person types; a line may import its own and earlier ones.
ORDER = (
    ("errors",),
    ("numerics",),
    ("files", "run", "wording", "archives"),
    ("memory",),
    ("keys",),
    ("experiments", "certificates"),
    ("packing",),
    ("runs",),
    ("provenance", "checkpoints", "devices", "settings", "project", "address"),
    ("starting", "processes"),
    ("worker", "scheduling", "cluster"),
    ("analysis",),
    ("export",),
    ("facts",),
    ("sweep_facts",),
    ("judges", "verdicts"),
    ("claims",),
    ("prose",),
    ("charts",),
    ("source",),
    ("dependencies",),
    ("figures", "compiled", "vega"),
    ("frames", "live", "tables", "openings"),
    ("drawing",),
    ("outfolder",),
    ("cache",),
    ("downloads", "origins"),
    ("citations", "markup"),
    ("csp", "printing"),
    ("page", "card"),
    ("publicity",),
    ("site",),
    ("links",),
    ("weight", "bundling"),
    ("plan",),
    ("methods",),
    ("knowledge",),
    ("lock",),
    ("loading", "naming", "comparison"),
    ("overlay",),
    ("pipeline",),
    ("progress", "cleaning", "report", "auditing"),
    ("preview",),
    ("serve",),
    ("gitremote", "publishing", "founding"),
    ("cli",),
    ("__main__",),
)
RANK = {part: rank for rank, parts in enumerate(ORDER) for part in parts}
MAY_IMPORT_TORCH = {"numerics", "scheduling", "cluster", "provenance", "devices"}
FILES = sorted(PACKAGE.rglob("*.py"))


def part_of(file: Path) -> str:
    """A module's place in ORDER: the first name below `reportgen`."""
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


def read(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_imports_go_one_way(file):
    """A module imports only from its own part and from those before it."""
    part = part_of(file)
    if part == "__init__":  # the package's door: what people import from it
        return
    for name, node in imports(read(file)):
        words = name.split(".")
        if words[0] == "reportgen" and len(words) > 1 and words[1] != "__init__":
            assert words[1] in RANK, f"{name} has no place in ORDER"
            assert RANK[words[1]] <= RANK[part], f"{file.name}:{node.lineno} imports {name}"


def test_every_module_has_its_place():
    """ORDER names exactly the parts there are, so that a new one is placed on purpose."""
    assert {part_of(file) for file in FILES} - {"__init__"} == set(RANK)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_torch_and_click_stay_where_they_belong(file):
    """Torch only in numerics and, inside functions, in what runs it; Click only in cli."""
    part, tree = part_of(file), read(file)
    for name, node in imports(tree):
        library = name.split(".")[0]
        where = f"{file.name}:{node.lineno}"
        if library == "torch":
            assert part in MAY_IMPORT_TORCH, where
            assert part == "numerics" or node not in tree.body, f"{where}: inside a function only"
        if library == "click":
            assert part == "cli", where


def test_numerics_stands_alone():
    """numerics imports nothing of ours but errors: its code is the key of hours of training."""
    for file in sorted((PACKAGE / "numerics").glob("*.py")):
        ours = {n.split(".")[1] for n, _ in imports(read(file)) if n.startswith("reportgen.")}
        assert ours <= {"numerics", "errors"}, file.name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_modules_are_short_and_say_their_duty(file):
    """Under 300 lines, starting with a docstring."""
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 300
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("arguments", [["--help"], ["status", "--quick"], ["build", "--quick"]], ids=" ".join)
def test_what_should_be_instant_loads_no_heavy_library(arguments, mini):
    """--help, status and an up-to-date build answer without torch, Altair or vl-convert."""
    script = (
        "import sys\n"
        "from reportgen.cli import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'torch', 'altair', 'vl_convert', 'jinja2', 'rich', 'PIL'} & set(sys.modules)\n"
        "print('HEAVY', sorted(heavy))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=mini, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "HEAVY []"
    if arguments[0] == "build":
        assert "is up to date" in done.stdout
