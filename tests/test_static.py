"""`static/`: files go into the site as they are, and are checked like everything that is made."""

import shutil

import pytest
from fixtures.projects import must, run

from reportgen.files.project import Project
from reportgen.scaffold import init
from reportgen.share.serve import watched
from reportgen.site import static_files

FILES = {
    "robots.txt": b"User-agent: *\r\n",
    "CNAME": b"example.org\n",
    ".well-known/security.txt": b"Contact: mailto:a@b.c",
    "google123.html": b"google-site-verification: google123.html",
    "empty.html": b"",
    "latin.html": b"<p>caf\xe9",
    "old/index.html": b'<?xml version="1.0" encoding="utf-8"?><html><body><a href="../">new</a></body></html>',
    "photo.jpg": b"\xff\xd8 a photograph",
    "data/mine.csv": b"a\n1\n",
}


@pytest.fixture
def project(mini):
    """The mini project with files of every kind in static/, and an article that names two of them."""
    for path, content in FILES.items():
        (mini / "static" / path).parent.mkdir(parents=True, exist_ok=True)
        (mini / "static" / path).write_bytes(content)
    for name in (".gitignore", ".DS_Store", "._photo.jpg"):
        (mini / "static" / name).write_bytes(b"x")
    (mini / "static" / ".#robots.txt").symlink_to("nowhere")  # as Emacs does
    section = mini / "templates" / "sections" / "01-tiny.md"
    section.write_text(section.read_text(encoding="utf-8") + "\n[Mine](data/mine.csv)\n", encoding="utf-8")
    return mini


def test_they_are_in_the_site_as_they_are(project, tmp_path):
    """Hidden ones too, listed in the manifest, and gone when they go; what editors and Git leave is left out."""
    must(run(project, "build", "--quick"))
    out = project / "site-quick"
    assert {path: (out / path).read_bytes() for path in FILES} == FILES
    assert not [
        name for name in (".gitignore", ".DS_Store", "._photo.jpg", ".#robots.txt") if (out / name).exists()
    ]
    assert '".well-known/security.txt"' in (out / "manifest.json").read_text(encoding="utf-8")
    must(run(project, "build", "--quick", "--frozen"))
    (project / "static" / "robots.txt").write_bytes(b"other")
    assert "static/robots.txt changed" in run(project, "status", "--quick").stdout
    (project / "static" / "robots.txt").unlink()
    must(run(project, "build", "--quick"))
    assert not (out / "robots.txt").exists()
    must(run(project, "bundle", "--quick", "--format", "html", "--out", str(tmp_path)))


@pytest.mark.parametrize(
    ("path", "content", "says"),
    [
        ("index.html", b"x", "static/index.html has the name of a file that the site has already"),
        ("Methods.HTML", b"x", "static/Methods.HTML has the name"),
        ("manifest.json", b"x", "static/manifest.json has the name"),
        (".reportgen-site.json", b"{}", "static/.reportgen-site.json has the name"),
        ("methods.html/x", b"x", "static/methods.html/x has the name"),
        ("figures", b"x", "static/figures has the name"),
        ("mine.html", b'<a href="no.html">x</a>', "static/mine.html:1: 'no.html' is no file of the site"),
        ("mine.css", b"p { background: url(no.png) }", "'no.png' is no file of the site"),
    ],
)
def test_what_does_not_fit_is_refused(mini, path, content, says):
    """Names that are taken, whatever their case, and links that lead nowhere; the old site stays."""
    before = (mini / "site-quick" / "index.html").read_bytes()
    (mini / "static" / path).parent.mkdir(parents=True, exist_ok=True)
    (mini / "static" / path).write_bytes(content)
    result = run(mini, "build", "--quick")
    assert result.exit_code == 1 and says in result.stderr
    assert (mini / "site-quick" / "index.html").read_bytes() == before


def test_two_names_that_differ_in_case_only(tmp_path):
    """They would be one file on macOS and Windows."""
    for name in ("a.txt", "A.txt"):
        (tmp_path / name).write_text("x")
    with pytest.raises(Exception, match=r"static/a.txt has the name"):
        static_files.read(tmp_path, ())


def test_weight(mini, monkeypatch):
    """A picture that the page shows counts; a file that GitHub would refuse is refused here."""
    (mini / "static").mkdir()
    (mini / "static" / "photo.png").write_bytes(bytes(400_001))
    section = mini / "templates" / "sections" / "01-tiny.md"
    section.write_text(
        section.read_text(encoding="utf-8") + '\n<img src="photo.png" alt="x">\n', encoding="utf-8"
    )
    result = run(mini, "build", "--quick")
    assert (
        result.exit_code == 1
        and "first view weighs" in result.stderr
        and "pictures 400\u00a0kB" in result.stderr
    )
    monkeypatch.setattr(static_files, "LARGEST", 400_000)
    assert "GitHub takes no file over 400\u00a0kB" in run(mini, "build", "--quick").stderr


def test_it_is_watched_and_brought_by_init(project, tmp_path, monkeypatch):
    """serve watches the folder; init copies one that is there, hidden files too."""
    assert project / "static" in watched(Project(project))
    source = tmp_path / "source"
    for name in (*init.BROUGHT, "reportgen"):
        (source / name).mkdir(parents=True)
    shutil.copytree(project / "static", source / "static", symlinks=True)
    monkeypatch.setattr(init, "PACKAGE", source / "reportgen")
    list(init.start_project(tmp_path / "new", init.ARTICLE))
    assert (tmp_path / "new" / "static" / ".well-known" / "security.txt").is_file()
    assert static_files.checksums(tmp_path / "new" / "static") == static_files.checksums(source / "static")
