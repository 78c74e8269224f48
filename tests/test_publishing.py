"""`reportgen publish`, against a bare repository on this machine: exactly the site, and no one else's work."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fixtures.projects import contents, copy_templates, forget, knowing, must, run

from reportgen.cli import main
from reportgen.files.hashing import digest
from reportgen.share.git import without_password
from reportgen.share.publish import make_plan, pages_address, push
from reportgen.site import output_folder
from reportgen.site.output_folder import MANIFEST

FIGURE = '''"""A parabola.

It needs no run.
"""

import altair as alt

from reportgen.charts import named

RUNS = ()
CAPTION = "A curve."
ALT = "A parabola."


def chart(runs):
    rows = [{"x": x, "y": x * x} for x in range(9)]
    return alt.Chart(named("rows", rows)).mark_line().encode(x="x:Q", y="y:Q").properties(width=300, height=150)
'''
SECTION = '## A curve {#curve}\n\n{{ figure("parabola") }}\n'
BRANCH = "refs/heads/gh-pages"


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def call(project: Path, command: str, *arguments: str) -> Result:
    """A command after which and before which no code changes: what is known of the code is kept.

    publish is told --yes; `asked` is the one that asks.
    """
    arguments += ("--yes",) * (command == "publish")
    return CliRunner().invoke(main, [command, "--project", str(project), *arguments], catch_exceptions=False)


def asked(project: Path, answer: str, monkeypatch) -> Result:
    """A publish in a terminal, and what is answered there."""
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda self: True, raising=False)
    arguments = ["publish", "--project", str(project)]
    return CliRunner().invoke(main, arguments, input=answer, catch_exceptions=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory, bare_built) -> Path:
    """A project whose figure needs no run, built for real; only to be copied."""
    project = tmp_path_factory.mktemp("built") / "project"
    copy_templates(project)
    (project / "templates" / "sections" / "01-curve.md").write_text(SECTION, encoding="utf-8")
    (project / "figures").mkdir()
    (project / "figures" / "parabola.py").write_text(FIGURE, encoding="utf-8")
    knowing(project, bare_built)
    must(run(project, "build"))
    return project


@pytest.fixture
def project(built, tmp_path, monkeypatch) -> Path:
    """The project in a repository of its own, with a bare one as its origin."""
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ada@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    project = tmp_path / "my project"
    shutil.copytree(built, project)
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git")
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "remote", "add", "origin", str(tmp_path / "origin.git"))
    (project / ".gitignore").write_text(".reportgen/\nsite/\n")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "-m", "Start")
    git(project, "push", "--quiet", "origin", "main")
    return project


def origin(project: Path) -> Path:
    return project.parent / "origin.git"


def published(project: Path, tmp_path: Path, branch: str = "gh-pages") -> dict[str, bytes]:
    """What a visitor gets: the files of the branch, checked out."""
    shutil.rmtree(tmp_path / "seen", ignore_errors=True)
    git(tmp_path, "clone", "--quiet", "--branch", branch, str(origin(project)), "seen")
    shutil.rmtree(tmp_path / "seen" / ".git")
    return contents(tmp_path / "seen")


def site(project: Path) -> dict[str, bytes]:
    return {path: body for path, body in contents(project / "site").items() if path != MANIFEST}


def refused(project: Path, *arguments: str) -> str:
    """The one error of a publish that is refused; it touches no branch."""
    before = git(origin(project), "for-each-ref")
    result = call(project, "publish", *arguments)
    assert result.exit_code != 0
    assert git(origin(project), "for-each-ref") == before
    message, hint = result.stderr.splitlines()
    assert message.startswith("Error: ")
    assert hint
    return result.stderr


def test_published_is_what_was_built(project, tmp_path, edit):
    """Publish, again, change, publish: the branch has the site's bytes, and a commit for each change only."""
    first = must(call(project, "publish")).stdout
    assert f"Site: {len(site(project))} files" in first and "Published to gh-pages of origin." in first
    assert published(project, tmp_path) == site(project)
    assert ".nojekyll" in published(project, tmp_path)
    assert "Nothing to publish" in must(call(project, "publish")).stdout
    assert git(origin(project), "rev-list", "--count", BRANCH) == "1"
    edit(project / "figures" / "parabola.py", "A curve.", "Another curve.")
    must(run(project, "build"))
    shown = must(call(project, "publish")).stdout
    assert re.search(r"^Changes: \d+ changed$", shown, re.MULTILINE)
    assert published(project, tmp_path) == site(project)
    assert git(origin(project), "rev-list", "--count", BRANCH) == "2"
    assert "built from" in git(origin(project), "log", "-1", "--format=%s", BRANCH)


def test_every_kind_of_file_is_published(project, tmp_path):
    """Byte for byte what the list of the site names: pages, weights, pictures, tables, whatever its ending."""
    kinds = (
        "html",
        "css",
        "js",
        "json",
        "svg",
        "png",
        "pdf",
        "csv",
        "txt",
        "npz",
        "npy",
        "woff2",
        "gz",
        "zip",
    )
    files = {f"data/deep/file.{kind}": f"{kind}\r\n\0\xff".encode("latin-1") for kind in kinds}
    files |= {
        "index.html": b"<p>",
        ".nojekyll": b"",
        ".well-known/x": b"x",
        "name with spaces & ü.npz": b"PK",
    }
    out = project / "other site"
    output_folder.write(files, out)
    plan = make_plan(project, out, "origin", "gh-pages")
    assert plan.changes == dict.fromkeys(files, "new")
    push(plan)
    assert published(project, tmp_path) == files
    listed = output_folder.recorded(out)
    assert {path: digest(body) for path, body in published(project, tmp_path).items()} == listed


def test_the_same_page_built_again_is_no_news(project):
    """Times of making alone are not worth a commit."""
    must(call(project, "publish"))
    (project / "site" / "provenance.json").write_text("{}\n")
    assert "Nothing to publish" in must(call(project, "publish")).stdout


def test_private_files_stay_at_home(project, tmp_path):
    """Neither what lies beside our files in the site's folder nor our own notes are published."""
    (project / "site" / ".gitignore").write_text("*\n")
    must(call(project, "publish"))
    assert not {".gitignore", MANIFEST} & set(published(project, tmp_path))


def test_your_own_repository_stays_as_it_is(project):
    """No branch of yours moves or appears, even one of that name, and no file changes."""
    git(project, "branch", "gh-pages")
    before = git(project, "for-each-ref", "refs/heads"), git(project, "status", "--porcelain"), site(project)
    must(call(project, "publish"))
    assert before == (
        git(project, "for-each-ref", "refs/heads"), git(project, "status", "--porcelain"), site(project),
    )  # fmt: skip


def test_a_dry_run_shows_and_does_nothing(project):
    """Remote, branch, what it would stand on, and each file."""
    shown = must(call(project, "publish", "--dry-run")).stdout
    assert f"Remote origin: {origin(project)}" in shown and "Branch gh-pages: new" in shown
    assert "  new      index.html" in shown.splitlines()
    assert BRANCH not in git(origin(project), "for-each-ref")
    must(call(project, "publish"))
    again = must(call(project, "publish", "--dry-run")).stdout
    assert "on top of" in again and "Nothing to publish" in again


def test_another_remote_and_branch(project, tmp_path):
    """Both can be named."""
    git(project, "remote", "rename", "origin", "up")
    must(call(project, "publish", "--remote", "up", "--branch", "docs/page"))
    assert published(project, tmp_path, "docs/page") == site(project)


def test_the_domain_on_the_branch_stays(project, tmp_path):
    """GitHub keeps a domain of one's own in the file CNAME."""
    must(call(project, "publish"))
    git(tmp_path, "clone", "--quiet", "--branch", "gh-pages", str(origin(project)), "other")
    (tmp_path / "other" / "CNAME").write_text("example.org\n")
    git(tmp_path / "other", "add", ".")
    git(tmp_path / "other", "commit", "--quiet", "-m", "Domain")
    git(tmp_path / "other", "push", "--quiet")
    assert "Nothing to publish" in must(call(project, "publish")).stdout
    must(call(project, "build", "--base-url", "https://example.org"))
    must(call(project, "publish", "--base-url", "https://example.org"))
    assert published(project, tmp_path) == site(project) | {"CNAME": b"example.org\n"}


BY_HAND = ("robots.txt", ".well-known/security.txt", "google123.html", "old/index.html", "data/mine.csv")


def add_by_hand(project: Path, tmp_path: Path, *paths: str) -> None:
    """Somebody commits files to the published branch, one of them executable and one a link."""
    shutil.rmtree(tmp_path / "by-hand", ignore_errors=True)
    git(tmp_path, "clone", "--quiet", "--branch", "gh-pages", str(origin(project)), "by-hand")
    clone = tmp_path / "by-hand"
    for path in paths:
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        (clone / path).write_bytes(b"by hand\r\n\xff")
    (clone / paths[0]).chmod(0o755)
    (clone / "link").symlink_to(paths[0])
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "-m", "By hand")
    git(clone, "push", "--quiet")


def modes(project: Path) -> dict[str, str]:
    """Path → mode and content of what the branch holds."""
    listed = git(origin(project), "ls-tree", "-r", BRANCH).splitlines()
    return {path: about for about, _, path in (line.partition("\t") for line in listed)}


def test_what_others_put_on_the_branch_stays(project, tmp_path, edit):
    """Whatever its name: bytes, modes and links, while the site's own files change and go beside it."""
    must(call(project, "publish"))
    add_by_hand(project, tmp_path, *BY_HAND)
    theirs = {path: about for path, about in modes(project).items() if path in (*BY_HAND, "link")}
    assert len(theirs) == len(BY_HAND) + 1
    shown = must(call(project, "publish", "--dry-run")).stdout
    assert (
        f"Kept: {len(theirs)} on the branch that reportgen did not write" in shown
        and "Nothing to publish" in shown
    )
    edit(project / "figures" / "parabola.py", "x * x", "x * x * x")
    must(run(project, "build"))
    shown = must(call(project, "publish", "--dry-run")).stdout
    assert {f"  kept     {path}" for path in BY_HAND} <= set(shown.splitlines())
    must(call(project, "publish"))
    assert theirs.items() <= modes(project).items()
    seen = published(project, tmp_path)
    assert {path: body for path, body in seen.items() if path not in theirs} == site(project)
    assert not [path for path in git(origin(project), "diff", "--name-only", "--diff-filter=D", f"{BRANCH}~2", BRANCH)
                .splitlines() if path in BY_HAND]  # fmt: skip


def test_only_what_an_earlier_publish_brought_is_removed(project, tmp_path, edit):
    """A file of the site that is no longer made goes; where the branch has lost its list, nothing goes."""
    (project / "static").mkdir()
    for name in ("one.txt", "two.txt"):
        (project / "static" / name).write_text(name)
    must(run(project, "build"))
    must(call(project, "publish"))
    (project / "static" / "one.txt").unlink()
    must(run(project, "build"))
    assert "  removed  one.txt" in must(call(project, "publish", "--dry-run")).stdout.splitlines()
    must(call(project, "publish"))
    assert "one.txt" not in published(project, tmp_path) and "two.txt" in published(project, tmp_path)
    (project / "static" / "two.txt").unlink()
    must(run(project, "build"))
    add_by_hand(project, tmp_path, "manifest.json")
    must(call(project, "publish"))
    assert "two.txt" in published(project, tmp_path)


def test_a_file_in_static_takes_over_one_that_was_added_by_hand(project, tmp_path):
    """From then on it is the site's own."""
    must(call(project, "publish"))
    add_by_hand(project, tmp_path, "robots.txt")
    (project / "static").mkdir()
    (project / "static" / "robots.txt").write_text("User-agent: *\n")
    must(run(project, "build"))
    assert "  changed  robots.txt" in must(call(project, "publish", "--dry-run")).stdout.splitlines()
    must(call(project, "publish"))
    assert published(project, tmp_path)["robots.txt"] == b"User-agent: *\n"


def test_the_first_publish_to_a_place_asks(project, monkeypatch):
    """No leaves everything; yes is remembered, for that remote and branch; without a terminal it is refused."""
    bare = ["publish", "--project", str(project)]
    unheard = CliRunner().invoke(main, bare, input="y\n", catch_exceptions=False)
    assert unheard.exit_code == 2 and f"Push to gh-pages of {origin(project)}?" in unheard.stderr
    assert unheard.stderr.splitlines()[1] == "Say yes beforehand: reportgen publish --yes"
    with monkeypatch.context() as patch:
        shown = must(asked(project, "n\n", patch)).stdout
        assert f"Push to gh-pages of {origin(project)}? [y/N]" in shown and "Nothing was published." in shown
        assert BRANCH not in git(origin(project), "for-each-ref")
        assert "Published" in must(asked(project, "y\n", patch)).stdout
    (project / "static").mkdir()
    (project / "static" / "x.txt").write_text("x")
    must(run(project, "build"))
    assert "Published" in must(CliRunner().invoke(main, bare)).stdout
    other = CliRunner().invoke(main, [*bare, "--branch", "other"])
    assert other.exit_code == 2 and "Push to other of" in other.stderr


def test_somebody_elses_branch_is_refused(project):
    """A branch that holds anything but a site of ours is not replaced: main, for example."""
    assert "holds something else" in refused(project, "--branch", "main")


def test_a_push_that_lost_the_race_is_refused(project, monkeypatch):
    """The push is not forced: what came in between stays, and the next try is on top of it."""
    from reportgen.share import git as share_git

    must(call(project, "publish"))
    first = git(origin(project), "rev-parse", BRANCH)
    real = share_git.commit_files

    def overtaken(*arguments):
        made = real(*arguments)
        other = git(project, "commit-tree", f"{first}^{{tree}}", "-p", first, "-m", "Meanwhile")
        git(project, "push", "--quiet", "origin", f"{other}:{BRANCH}")
        return made

    monkeypatch.setattr(share_git, "commit_files", overtaken)
    must(call(project, "build", "--base-url", "https://a.example"))
    result = call(project, "publish", "--base-url", "https://a.example")
    assert result.exit_code == 1 and "rejected" in result.stderr and "again" in result.stderr
    assert git(origin(project), "log", "-1", "--format=%s", BRANCH) == "Meanwhile"
    monkeypatch.undo()


def test_only_the_real_and_current_site_is_published(project, edit):
    """Stale, altered, for another address, a variant, or not there: refused, each with its reason."""
    must(call(project, "build", "--quick"))
    assert "quick build or a variant" in refused(project, "--out", str(project / "site-quick"))
    assert "built for no address" in refused(project, "--base-url", "https://a.example")
    page = project / "site" / "index.html"
    page.write_text(page.read_text(encoding="utf-8") + "<!-- mine -->", encoding="utf-8")
    assert "changed or removed" in refused(project)
    must(call(project, "build"))
    edit(project / "figures" / "parabola.py", "A curve.", "Another curve.")
    forget()
    assert "parabola" in refused(project)
    assert "not built yet" in refused(project, "--out", str(project / "elsewhere"))


def test_what_git_lacks_is_said(project, monkeypatch):
    """No repository, no remote, a wrong remote, an unreachable one, a bad branch, no name: one error each."""
    assert "Did you mean 'origin'" in refused(project, "--remote", "orign")
    assert "no name for a branch" in refused(project, "--branch", "a..b")
    monkeypatch.delenv("GIT_COMMITTER_EMAIL")
    assert "does not know your email" in refused(project)
    git(project, "remote", "set-url", "origin", str(project.parent / "nowhere.git"))
    assert "nowhere.git" in refused(project)
    git(project, "remote", "remove", "origin")
    assert "has no remote" in refused(project)
    shutil.rmtree(project / ".git")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent))
    assert "not in a Git repository" in refused(project)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://github.com/Ada/report.git", "https://ada.github.io/report/"),
        ("https://github.com/ada/report", "https://ada.github.io/report/"),
        ("git@github.com:ada/my.report.git", "https://ada.github.io/my.report/"),
        ("ssh://git@github.com/ada/report.git", "https://ada.github.io/report/"),
        ("ssh://git@ssh.github.com:443/ada/report.git", "https://ada.github.io/report/"),
        ("https://token@github.com/ada/Ada.github.io.git", "https://ada.github.io/"),
        ("https://gitlab.com/ada/report.git", ""),
        ("https://notgithub.com/ada/report.git", ""),
        ("/srv/github.com/ada/report.git", ""),
    ],
)
def test_the_address_of_the_page(url, address):
    """GitHub's own for a repository of GitHub; none where it cannot be told."""
    assert pages_address(url) == address


def test_a_password_is_not_shown():
    """An address with a token in it is shown without."""
    assert without_password("https://me:secret@github.com/a/b") == "https://github.com/a/b"


def test_a_page_with_an_error_in_a_figures_place_is_not_published(project, edit):
    """Also where the page is just what --keep-going wrote."""
    edit(project / "figures" / "parabola.py", "def chart(runs):", "def chart(runs)")
    assert call(project, "build", "--keep-going").exit_code != 0
    assert "expected ':'" in refused(project)
