"""The suite itself: what test modules share is in fixtures/, and slow tests are told apart."""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = sorted(HERE.rglob("*.py"))
TESTS = {file.stem for file in MODULES if file.stem.startswith("test_")} | {"conftest"}


def imported(file: Path) -> set[str]:
    """The modules that a file imports, without those below them."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {part for name in names for part in name.split(".")}


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.relative_to(HERE).as_posix())
def test_nothing_is_imported_from_a_test_module(file):
    """Neither from a conftest.py: what two share is a fixture, or stands in fixtures/."""
    assert not imported(file) & TESTS


def test_the_list_of_slow_modules_is_of_modules_that_exist(pytestconfig):
    """A renamed module would otherwise slow down `make test-fast` unnoticed."""
    (plugin,) = [
        p for p in pytestconfig.pluginmanager.get_plugins() if hasattr(p, "SLOW") and hasattr(p, "COSTLY")
    ]
    assert plugin.SLOW <= TESTS
