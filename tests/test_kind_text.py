"""Text is read in one way: marks, line ends and encodings change nothing, or are named with file, line and byte."""

import re

import pytest
from fixtures.projects import ROOT, contents, must, run

SECTION, FIGURE, TEMPLATE = "templates/sections/01-bare.md", "figures/line.py", "templates/banner.html"
BIBLIOGRAPHY, STYLE, SCRIPT = (
    f"templates/{n}" for n in ("references.bib", "assets/style.css", "assets/page.js")
)
CITATION, SETTINGS, LOCK = "CITATION.cff", "reportgen.toml", "reportgen.lock"
VOLATILE = {"provenance.json", "provenance.js"}
MARKED = (SECTION, FIGURE, TEMPLATE, BIBLIOGRAPHY, STYLE, SCRIPT, CITATION, SETTINGS, LOCK)


def marked(content: bytes) -> bytes:
    """As some editors on Windows save it: with a byte order mark."""
    return b"\xef\xbb\xbf" + content


def windows(content: bytes) -> bytes:
    """As Git checks it out on Windows."""
    return content.replace(b"\n", b"\r\n")


@pytest.fixture
def settled(bare):
    """The bare project, up to date."""
    must(run(bare, "build"))
    return bare


@pytest.mark.parametrize("name", MARKED)
def test_a_byte_order_mark_changes_nothing(settled, name):
    """The project is up to date, and comes out the same when all of it is made again."""
    site, lock = contents(settled / "site"), (settled / LOCK).read_bytes()
    file = settled / name
    file.write_bytes(marked(file.read_bytes()))
    before = file.read_bytes()
    must(run(settled, "build", "--frozen"))
    must(run(settled, "build", "--out", str(settled / "again")))
    again = contents(settled / "again")
    assert {path for path in site.keys() | again.keys() if site.get(path) != again.get(path)} <= VOLATILE
    assert (settled / LOCK).read_bytes() == (before if name == LOCK else lock)


@pytest.mark.parametrize("change", [windows, lambda content: marked(windows(content))], ids=["CRLF", "both"])
def test_another_checkout_has_the_same_keys(settled, change):
    """Every text with other line ends: up to date, the lock stays, all of it made again is the same."""
    site = contents(settled / "site")
    kinds = {".md", ".html", ".py", ".bib", ".css", ".js", ".cff", ".toml", ".lock", ".txt"}
    kept = ("figures", "templates", CITATION, SETTINGS, LOCK)
    files = [f for name in kept for f in [settled / name, *(settled / name).rglob("*")] if f.suffix in kinds]
    for file in files:
        file.write_bytes(change(file.read_bytes()))
    lock = (settled / LOCK).read_bytes()
    must(run(settled, "build", "--frozen"))
    must(run(settled, "build", "--out", str(settled / "again")))
    again = contents(settled / "again")
    assert {path for path in site.keys() | again.keys() if site.get(path) != again.get(path)} <= VOLATILE
    assert (settled / LOCK).read_bytes() == lock


@pytest.mark.parametrize(
    "name", [SECTION, FIGURE, "figures/_near.py", TEMPLATE, BIBLIOGRAPHY, CITATION, SETTINGS]
)
def test_a_byte_that_is_no_utf_8_is_named(bare, name):
    """Two lines: this file, its line, the byte; no other file is blamed, and nothing else is advised."""
    file = bare / name
    if name == "figures/_near.py":
        figure = (bare / FIGURE).read_text(encoding="utf-8")
        (bare / FIGURE).write_text(
            figure.replace("import altair", "import _near\nimport altair"), encoding="utf-8"
        )
    text = file.read_bytes() if file.exists() else b""
    file.write_bytes(text + b"\n# caf\xe9\n")
    result = run(bare, "build")
    line, byte = text.count(b"\n") + 2, len(text) + 7
    assert result.exit_code == 2
    first, second = result.stderr.splitlines()
    assert first == f"Error: {file}:{line}: byte {byte} of the file, 0xE9, is not UTF-8."
    assert "UTF-8" in second


def test_the_section_that_came_with_the_issue_keeps_its_heading(bare):
    """A glossary that begins with a mark."""
    (bare / "templates" / "sections" / "90-glossary.md").write_bytes(
        b"\xef\xbb\xbf## Glossary {#glossary}\n\n- **Accuracy**: the share of right answers.\n"
    )
    must(run(bare, "build"))
    page = (bare / "site" / "index.html").read_text(encoding="utf-8")
    assert re.search(r'<h2 id="glossary">Glossary', page) and "## Glossary" not in page


def test_git_is_told_what_is_text():
    """Here as in every project that init makes."""
    from reportgen.scaffold.init import ATTRIBUTES

    here = (ROOT / ".gitattributes").read_text(encoding="utf-8")
    assert [line for line in here.splitlines() if not line.startswith("#")] == ATTRIBUTES.splitlines()
