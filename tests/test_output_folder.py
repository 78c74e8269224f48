"""The site's folder: exactly our files, and never anyone else's."""

import json

import pytest
from fixtures.projects import contents

from reportgen.errors import ReportError
from reportgen.files.atomic import UNFINISHED
from reportgen.site import output_folder

SITE = {"index.html": b"page", "assets/style-1.css": b"css", "figures/a.svg": b"<svg/>"}


def without_manifest(folder) -> dict[str, bytes]:
    return {name: body for name, body in contents(folder).items() if name != output_folder.MANIFEST}


def test_writing_twice_writes_once(tmp_path):
    """The second time nothing changes, and no file is touched."""
    out = tmp_path / "site"
    assert sorted(output_folder.write(SITE, out)) == sorted(SITE)
    before = {
        file: file.stat().st_mtime_ns for file in out.rglob("*.*") if file.name in ("index.html", "a.svg")
    }
    assert output_folder.write(SITE, out) == []
    assert {file: file.stat().st_mtime_ns for file in before} == before
    assert without_manifest(out) == SITE


def test_a_file_that_is_no_longer_part_of_the_site_goes(tmp_path):
    """With the folder that it leaves empty."""
    output_folder.write(SITE, tmp_path / "site")
    changed = output_folder.write({"index.html": b"new"}, tmp_path / "site")
    assert changed == ["index.html"]
    assert without_manifest(tmp_path / "site") == {"index.html": b"new"}
    assert not (tmp_path / "site" / "figures").exists()


def test_pages_come_after_what_they_show(tmp_path, monkeypatch):
    """A write that is cut off never leaves a page that names a missing file."""
    order = []
    real = output_folder.write_atomically
    monkeypatch.setattr(
        output_folder, "write_atomically", lambda path, body: (order.append(path.name), real(path, body))
    )
    output_folder.write(SITE, tmp_path / "site")
    written = [name for name in order if name != output_folder.MANIFEST]
    assert written[-1] == "index.html"


def test_a_write_that_was_killed_is_mended(tmp_path, monkeypatch):
    """Half a site is still ours, its unfinished files too; the next write completes it."""
    out = tmp_path / "site"
    real = output_folder.write_atomically

    def killed(path, body):
        if path.name == "index.html":
            (out / f"{UNFINISHED}abc").write_bytes(b"half")
            raise KeyboardInterrupt
        real(path, body)

    monkeypatch.setattr(output_folder, "write_atomically", killed)
    with pytest.raises(KeyboardInterrupt):
        output_folder.write(SITE, out)
    monkeypatch.undo()
    output_folder.check(out)
    assert output_folder.write(SITE, out) == ["index.html"]
    assert without_manifest(out) == SITE


@pytest.mark.parametrize(
    "before", [{}, {"index.html": b"old", "assets/style-0.css": b"old css", "gone/b.svg": b"x"}]
)
@pytest.mark.parametrize("count", range(6))
def test_a_folder_is_ours_wherever_a_write_was_cut_off(tmp_path, monkeypatch, before, count):
    """The first write or a later one, before its manifest or after any file: the next finds no foreign file."""
    out, real, written = tmp_path / "site", output_folder.write_atomically, []
    if before:
        output_folder.write(before, out)

    def killed(path, body):
        if len(written) == count:
            raise KeyboardInterrupt
        written.append(path)
        real(path, body)

    monkeypatch.setattr(output_folder, "write_atomically", killed)
    if count < len(SITE) + 2:  # a manifest, the files, and the manifest again
        with pytest.raises(KeyboardInterrupt):
            output_folder.write(SITE, out)
    monkeypatch.undo()
    output_folder.check(out)
    output_folder.write(SITE, out)
    assert without_manifest(out) == SITE


def test_a_write_says_first_what_it_will_write(tmp_path, monkeypatch):
    """The files it is about to make, and those that it has not removed yet."""
    out, real, listed = tmp_path / "site", output_folder.write_atomically, []
    output_folder.write({"index.html": b"old", "gone/b.svg": b"x"}, out)

    def watched(path, body):
        real(path, body)
        listed.append((path.name, set(output_folder.recorded(out))))

    monkeypatch.setattr(output_folder, "write_atomically", watched)
    output_folder.write(SITE, out)
    assert listed[0] == (output_folder.MANIFEST, {*SITE, "gone/b.svg"})
    assert listed[-1] == (output_folder.MANIFEST, {*SITE})


def test_foreign_files_are_refused_and_kept(tmp_path):
    """One file that is not ours is enough; a .gitignore is fine."""
    out = tmp_path / "site"
    output_folder.write(SITE, out)
    (out / ".gitignore").write_text("*")
    assert output_folder.write(SITE, out) == []
    (out / "thesis.tex").write_text("x")
    with pytest.raises(ReportError, match=r"thesis\.tex"):
        output_folder.write({"index.html": b"new"}, out)
    assert (out / "index.html").read_bytes() == b"page"


def test_removing_a_site_keeps_foreign_files(tmp_path):
    """Everything of ours goes; what is not ours stays where it is."""
    out = tmp_path / "site"
    output_folder.write(SITE, out)
    (out / "figures" / "mine.txt").write_text("x")
    output_folder.remove_written(out)
    assert contents(out) == {"figures/mine.txt": b"x"}


def test_removing_a_site_removes_its_folder(tmp_path):
    """With nothing foreign inside, nothing is left."""
    output_folder.write(SITE, tmp_path / "site")
    output_folder.remove_written(tmp_path / "site")
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    "path", ["../precious.txt", "a/../../precious.txt", "{absolute}", "link/precious.txt"]
)
def test_a_manifest_cannot_lead_out_of_the_folder(tmp_path, path):
    """A manifest from somewhere else does not make us delete what lies outside."""
    precious = tmp_path / "precious.txt"
    precious.write_text("x")
    out = tmp_path / "site"
    output_folder.write(SITE, out)
    if path.startswith("link"):
        (out / "link").symlink_to(tmp_path)
    listed = {path.format(absolute=precious): "0", **dict.fromkeys(SITE, "0")}
    (out / output_folder.MANIFEST).write_text(json.dumps({"files": listed}))
    output_folder.remove_written(out)
    assert precious.read_text() == "x"


@pytest.mark.parametrize("path", ["", ".", "figures", "gone/away.txt"])
def test_a_manifest_that_names_no_file_is_harmless(tmp_path, path):
    """A folder, or a file that is not there, is passed over."""
    out = tmp_path / "site"
    output_folder.write(SITE, out)
    (out / output_folder.MANIFEST).write_text(json.dumps({"files": {path: "0", **dict.fromkeys(SITE, "0")}}))
    assert output_folder.write(SITE, out) == []
    assert without_manifest(out) == SITE
