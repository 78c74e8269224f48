"""A project's folders are listed in one way: what editors and systems leave there is not the project's."""

from pathlib import Path

import pytest
from fixtures.projects import contents, must, run

from reportgen.files.listing import listed, listed_below

FIGURE, SECTION = "figures/line.py", "templates/sections/01-bare.md"


def link(file: Path) -> None:
    file.symlink_to("me@host.1:2")  # as Emacs does while a file has unsaved edits


def binary(file: Path) -> None:
    file.write_bytes(b"\0\5\26\7\xff")  # as macOS does on a USB stick


def older(file: Path) -> None:
    file.write_text("def old(:\n{{ gone }}\n", encoding="utf-8")


BESIDE = {
    "figures/.#line.py": link,
    "figures/._line.py": binary,
    "templates/sections/.#01-bare.md": link,
    "templates/sections/._01-bare.md": binary,
    "templates/._banner.html": binary,
    "templates/assets/.#page.js": link,
    "templates/assets/._page.js": binary,
    "templates/assets/fonts/._OFL.txt": binary,
}
UNSEEN = {
    "templates/banner.html~": older,
    "templates/#banner.html#": older,
    "templates/sections/01-bare.md~": older,
    "templates/sections/#01-bare.md#": older,
    "templates/.hidden/page.html": older,
}


@pytest.mark.parametrize("name", [*BESIDE, *UNSEEN])
def test_what_an_editor_or_a_system_leaves_changes_nothing(bare, name):
    """Not the keys, not the site."""
    must(run(bare, "build"))
    site = contents(bare / "site")
    (bare / name).parent.mkdir(exist_ok=True)
    (BESIDE | UNSEEN)[name](bare / name)
    must(run(bare, "build", "--frozen"))
    must(run(bare, "build", "--out", str(bare / "again")))
    assert contents(bare / "again").keys() == site.keys()


TWINS = {
    "figures": ("figures/Line.py", FIGURE, "Line.py and line.py"),
    "helpers": ("figures/_Near.py", "figures/_near.py", "_Near.py and _near.py"),
    "sections": ("templates/sections/01-Bare.md", SECTION, "sections/01-Bare.md and sections/01-bare.md"),
    "scripts": ("templates/assets/Page.js", "templates/assets/page.js", "assets/Page.js and assets/page.js"),
    "styles": (
        "templates/assets/Style.css",
        "templates/assets/style.css",
        "assets/Style.css and assets/style.css",
    ),
}


@pytest.mark.parametrize("kind", TWINS)
def test_names_that_only_case_tells_apart_are_one_error(bare, kind):
    """Two lines, with both names, the site as it was; on macOS and Windows there would be one file."""
    other, first, says = TWINS[kind]
    for name in (other, first):
        if not (bare / name).exists():
            (bare / name).write_bytes((bare / first).read_bytes() if (bare / first).exists() else b"")
    before = contents(bare / "site")
    result = run(bare, "build")
    assert result.exit_code != 0
    first_line, hint = result.stderr.splitlines()
    assert f"{says} differ only in case" in first_line and "macOS" in hint
    assert contents(bare / "site") == before


UNREADABLE = {
    "a link to nowhere": lambda file: file.symlink_to("nowhere"),
    "a folder": lambda file: file.mkdir(),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_figure_that_cannot_be_read_is_one_failed_figure(bare, kind):
    """The other is drawn, and status says which it is."""
    UNREADABLE[kind](bare / "figures" / "gone.py")
    (bare / FIGURE).write_text((bare / FIGURE).read_text().replace('"y": 3', '"y": 4'), encoding="utf-8")
    result = run(bare, "build")
    assert result.exit_code != 0 and "Drew line" in result.stdout
    assert str(bare / "figures" / "gone.py") in result.stderr and len(result.stderr.splitlines()) == 2
    assert "gone" in must(run(bare, "status")).stdout


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_section_that_cannot_be_read_is_named(bare, kind):
    """The build fails with its name; other commands go on."""
    file = bare / "templates" / "sections" / "02-gone.md"
    UNREADABLE[kind](file)
    must(run(bare, "status"))
    result = run(bare, "build")
    assert result.exit_code == 2 and f"Error: {file} cannot be read" in result.stderr


def test_the_listing_is_what_people_put_there(tmp_path):
    """Sorted, without what is hidden at any depth, with a link to nowhere."""
    for name in ("b.md", "a.md", ".c.md", "d.md~", "#e.md#", ".f/g.md", "h/i.md", "h/__pycache__/j.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    link(tmp_path / "k.md")
    assert [file.name for file in listed(tmp_path, "*.md")] == ["a.md", "b.md", "k.md"]
    assert [file.name for file in listed_below(tmp_path)] == ["a.md", "b.md", "i.md", "k.md"]
