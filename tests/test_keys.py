"""Content keys: what changes them, and what must not."""

import ast
import shutil

import pytest
from fixtures.projects import ROOT, forget

from reportgen.drawing.discovery import read_source
from reportgen.errors import ReportError
from reportgen.experiments import EXPERIMENTS
from reportgen.files import code_hash, hashing
from reportgen.pipeline.inputs import figure_inputs
from reportgen.store.records import run_key

CODE = '''"""A module."""

LIMIT = 3


class Thing:
    """A thing."""

    def grow(self, by: int = 1) -> int:
        """Grow."""
        return LIMIT + by
'''


@pytest.fixture
def digest(tmp_path):
    """The code hash of a text."""
    numbers = iter(range(1000))

    def of(text: str) -> str:
        file = tmp_path / f"module_{next(numbers)}.py"
        file.write_text(text, encoding="utf-8")
        return code_hash.code_digest(file)

    return of


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "# a reason\n\nLIMIT = 3  # and another"),
        ('"""A module."""', '"""Another text."""'),
        ('"""A thing."""', '"""Anything."""'),
        ('"""Grow."""', '"""Grow.\n\n        At length.\n        """'),
        ("return LIMIT + by", "return (\n            LIMIT\n            + by\n        )"),
        ("LIMIT = 3", "LIMIT = 0x3"),
    ],
)
def test_what_no_number_can_depend_on_changes_no_key(digest, old, new):
    """Comments, docstrings, blank lines, layout and spelling leave a key alone."""
    assert old in CODE
    assert digest(CODE.replace(old, new)) == digest(CODE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("LIMIT = 3", "LIMIT = 3.0"),
        ("LIMIT = 3", "LIMIT = '3'"),
        ("by: int = 1", "by: int = 2"),
        ("LIMIT + by", "by + LIMIT"),
        ("LIMIT + by", "LIMIT - by"),
        ("class Thing", "class Thin"),
        ("return LIMIT", '"not a docstring"\n        return LIMIT'),
    ],
)
def test_what_a_number_can_depend_on_changes_the_key(digest, old, new):
    """A constant, a default, an order, a name: each changes the key."""
    assert old in CODE
    assert digest(CODE.replace(old, new)) != digest(CODE)


def test_falsy_constants_are_told_apart(digest):
    """Nothing, an empty list, zero, false and an empty text are five values, and no value is a sixth."""
    values = ["0", "False", '""', "None", "[]", "0.0", "()", "b''"]
    texts = [f"x = {value}\n" for value in values] + ["x: int\n", ""]
    assert len({digest(text) for text in texts}) == len(texts)
    texts = [f"def f(x={value}):\n    return x\n" for value in values] + ["def f(x):\n    return x\n"]
    assert len({digest(text) for text in texts}) == len(texts)
    assert (
        len({digest(f"def f():\n    return{value}\n") for value in ("", " 0", " False", " ''", " []")}) == 5
    )


def test_docstring_and_code_do_not_trade_places(digest):
    """Moving a statement to another body is a change, however alike the spelling."""
    assert digest("if a:\n    b\nc\n") != digest("if a:\n    b\n    c\n")
    assert digest("f([a], b)") != digest("f([a, b])")


def test_the_spelling_of_code_is_our_own(monkeypatch):
    """Keys do not go through ast.dump, whose output differs between Python versions."""

    def gone(*_, **__):
        raise AssertionError("ast.dump was used")

    monkeypatch.setattr(ast, "dump", gone)
    spelt = "".join(code_hash._spell(ast.parse("x = f(1, 'a')")))
    assert spelt == (
        "Module(body=Assign(targets=Name(id='x'),value=Call(func=Name(id='f')"
        "args=Constant(value=1),Constant(value='a'),)),)"
    )


def test_a_key_is_that_of_its_content():
    """The same value has the same key whatever the order of its names; 16 hexadecimal digits."""
    assert hashing.key_of({"a": 1, "b": [2.5]}) == hashing.key_of({"b": [2.5], "a": 1})
    assert hashing.key_of({"a": 1}) != hashing.key_of({"a": 2})
    assert len(hashing.key_of("")) == 16


def test_a_syntax_error_names_file_and_line(tmp_path):
    """Code that cannot be parsed is an error for people."""
    file = tmp_path / "broken.py"
    file.write_text("x = 1\ny = = 2\n")
    with pytest.raises(ReportError, match=r"broken\.py:2"):
        code_hash.code_digest(file)


@pytest.mark.parametrize("content", [b"x = '\0'", b"x = '\xff'"], ids=["null", "binary"])
def test_a_file_that_is_no_text_is_named(tmp_path, content):
    """It has no line to point at but the first."""
    (tmp_path / "broken.py").write_bytes(content)
    with pytest.raises(ReportError, match=r"broken\.py:1: "):
        code_hash.code_digest(tmp_path / "broken.py")


def test_the_packages_own_imports_count():
    """By their path from the folder above it, however deep."""
    assert set(code_hash.package_code("files/memo.py")) == {
        "reportgen/files/memo.py",
        "reportgen/files/atomic.py",
        "reportgen/files/text.py",
        "reportgen/errors.py",
    }


def test_a_package_that_only_gathers_passes_on_what_is_asked_for(tmp_path):
    """Its other modules do not count; if it does anything else, all it imports does."""
    (tmp_path / "pack").mkdir()
    gathering = (
        '"""Gathers."""\n\nfrom pack.one import a\nfrom pack.two import b as c\n\n__all__ = ["a", "c"]\n'
    )
    for name, code in (("__init__", gathering), ("one", "a = 1"), ("two", "b = 2")):
        (tmp_path / "pack" / f"{name}.py").write_text(code)
    start = tmp_path / "start.py"

    def names(code: str) -> set[str]:
        start.write_text(code)
        forget()
        return set(code_hash.code_key(start, (tmp_path,))) - {"start.py"}

    everything = {"pack/__init__.py", "pack/one.py", "pack/two.py"}
    assert names("from pack import a") == {"pack/one.py"}
    assert names("from pack import c") == {"pack/two.py"}
    assert names("from pack import one") == names("import pack") == everything
    (tmp_path / "pack" / "__init__.py").write_text(gathering + "print()\n")
    assert names("from pack import a") == everything


def test_libraries_beside_an_installed_package_do_not_count(tmp_path, monkeypatch):
    """Their versions are in the key; a figure's own helper and our modules are in it by their code."""
    beside, figures = tmp_path / "site-packages", tmp_path / "figures"
    (beside / "reportgen" / "charts").mkdir(parents=True)
    figures.mkdir()
    for file in (beside / "library.py", beside / "reportgen" / "charts" / "curves.py", figures / "helper.py"):
        file.write_text("x = 1")
    (figures / "one.py").write_text("import library\nimport helper\nimport reportgen.charts.curves\n")
    monkeypatch.setattr(code_hash, "PACKAGE", beside / "reportgen")
    forget()
    names = set(code_hash.code_key(figures / "one.py", (figures, beside)))
    forget()
    assert names == {"one.py", "helper.py", "reportgen/charts/curves.py"}


def test_imports_count_transitively(tmp_path):
    """A module's code is its own and that of all it imports below the roots, in any spelling."""
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("")
    (tmp_path / "pack" / "far.py").write_text("x = 1")
    (tmp_path / "near.py").write_text("def f():\n    from pack import far\n    return far.x\n")
    (tmp_path / "other.py").write_text("")
    start = tmp_path / "start.py"
    start.write_text("import json\nimport near\n")
    names = set(code_hash.code_key(start, (tmp_path,)))
    assert names == {"start.py", "near.py", "pack/__init__.py", "pack/far.py"}


def test_modules_that_import_each_other_are_no_trap(tmp_path):
    """A circle of imports ends."""
    (tmp_path / "a.py").write_text("import b")
    (tmp_path / "b.py").write_text("import a")
    assert set(code_hash.code_key(tmp_path / "a.py", (tmp_path,))) == {"a.py", "b.py"}


def test_a_figure_key_counts_its_helper(tmp_path):
    """A helper module beside a figure is part of its key; another figure is not."""
    shutil.copy(ROOT / "figures" / "parity_accuracy.py", tmp_path / "one.py")
    text = (tmp_path / "one.py").read_text()
    (tmp_path / "one.py").write_text(text.replace("import altair", "import helper\nimport altair"))
    (tmp_path / "helper.py").write_text("SIZE = 1")
    shutil.copy(ROOT / "figures" / "parity_accuracy.py", tmp_path / "two.py")
    runs = {"parity": "0"}

    def key() -> str:
        forget()
        return hashing.key_of(figure_inputs(read_source(tmp_path / "one.py"), runs, {}))

    first = key()
    (tmp_path / "helper.py").write_text("SIZE = 1  # px")
    (tmp_path / "two.py").write_text(text + "\nX = 1\n")
    assert key() == first
    (tmp_path / "helper.py").write_text("SIZE = 2")
    assert key() != first


def test_a_figure_key_does_not_depend_on_where_it_lies(tmp_path):
    """The same project in another folder has the same keys."""
    for name in ("here", "there"):
        shutil.copytree(ROOT / "figures", tmp_path / name / "figures")
    runs = {"modular": "0"}
    here, there = (
        figure_inputs(read_source(tmp_path / name / "figures" / "modular_weights.py"), runs, {})
        for name in ("here", "there")
    )
    assert here == there


def test_the_fingerprint_covers_numerics_and_nothing_else():
    """Every file of numerics/, by name, the C++ too: what can change a trained number."""
    folder = ROOT / "reportgen" / "numerics"
    files = {file.name for file in [*folder.glob("*.py"), *folder.glob("kernels/*")]}
    assert set(code_hash.numerics_fingerprint()) == files


def test_comments_and_layout_of_kernels_do_not_count(tmp_path):
    """As for Python: a comment changes no key, a statement does."""
    texts = ["int a = 1;  // one\n", "// one\nint a\n    = 1;\n", "int a = 2;\n"]
    digests = []
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.cpp").write_text(text, encoding="utf-8")
        digests.append(code_hash._kernel_digest(tmp_path / f"{number}.cpp"))
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(
    ("name", "key"),
    {
        "modular": "73617e2efaa5d2c4",
        "parity": "55b9e6a86cb7e78a",
        "modular-search": "527f698b0937bd96",
        "parity-sweep": "389b8606f861d086",
    }.items(),
)
def test_moving_code_about_keeps_the_keys_of_stored_runs(name, key):
    """Only a change inside numerics/, or of an experiment, may change these; then on purpose, with an audit."""
    chosen = EXPERIMENTS[name]
    assert run_key(chosen.groups()[0], chosen.keep) == key
