"""What publishing asks of Git: the remote, what its branch holds, a new commit on top, the push.

ghp-import makes the commit, on a local branch of our own that is gone again before the push. So no
branch and no file of yours changes. The push is never forced: nobody's commit can be lost.
"""

import os
import re
import subprocess
from contextlib import chdir
from pathlib import Path

from reportgen.errors import EXIT_FAILED, ReportError, unknown

WORKING = "refs/heads/reportgen-publish"


def git(folder: Path, *arguments: str, hint: str, given: str | None = None) -> str:
    """What a Git command prints. Raises ReportError with its complaint and the hint."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            input=given, capture_output=True, encoding="utf-8", errors="replace", check=False,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise ReportError("Git is not installed.", hint="Install it: https://git-scm.com") from error
    if done.returncode:
        raise ReportError(_complaint(arguments[0], done.stderr), hint=hint, exit_code=EXIT_FAILED)
    return done.stdout


def _complaint(command: str, said: str) -> str:
    lines = [line.strip(" !\t") for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if re.match(r"fatal:|error:|\[.*rejected", line)] or lines
    return f"git {command}: {without_password(telling[0]) if telling else 'failed without a word'}"


def without_password(url: str) -> str:
    """An address without the name and password it may carry."""
    return re.sub(r"://[^/@\s]+@", "://", url)


def require_repository(folder: Path) -> None:
    """Raises ReportError for a folder that is in no Git repository."""
    hint = f"Publishing pushes to a remote of the project's own repository. Make one: git init {folder}"
    try:
        git(folder, "rev-parse", "--show-toplevel", hint=hint)
    except ReportError as error:
        raise ReportError(f"{folder} is not in a Git repository.", hint=error.hint) from error


def remote_url(folder: Path, remote: str) -> str:
    """Where a remote is. Raises ReportError for one that is not there."""
    known = git(folder, "remote", hint="").split()
    if not known:
        raise ReportError(
            f"The repository of {folder} has no remote.",
            hint=f"Name the one to publish to: git remote add {remote} https://github.com/YOU/REPOSITORY.git",
        )
    if remote not in known:
        raise unknown("remote", remote, known)
    return git(folder, "remote", "get-url", "--push", remote, hint="").strip()


def fetch_tip(folder: Path, remote: str, branch: str) -> str:
    """The commit a remote's branch is at, brought here; "" when it has no such branch."""
    ref = f"refs/heads/{branch}"
    try:
        git(folder, "check-ref-format", ref, hint="")
    except ReportError as error:
        raise ReportError(f"{branch!r} is no name for a branch.", hint="For example: gh-pages") from error
    lines = git(folder, "ls-remote", remote, ref, hint=f"Is {remote} reachable? Try: git fetch {remote}")
    found = {name: commit for commit, _, name in (line.partition("\t") for line in lines.splitlines())}
    if ref in found:
        git(folder, "fetch", "--quiet", "--no-tags", remote, ref, hint=f"Try: git fetch {remote}")
    return found.get(ref, "")


def tree(folder: Path, commit: str) -> dict[str, str]:
    """Path → blob of every file of a commit; nothing for no commit."""
    if not commit:
        return {}
    listed = git(folder, "ls-tree", "-r", "-z", "--full-tree", commit, hint="").split("\0")
    return {path: about.split()[2] for about, _, path in (line.partition("\t") for line in listed if line)}


def blobs(folder: Path, files: dict[str, Path]) -> dict[str, str]:
    """Path → the blob that a file would be, byte for byte."""
    given = "".join(f"{file}\n" for file in files.values())
    found = git(folder, "hash-object", "--no-filters", "--stdin-paths", hint="", given=given).split()
    return dict(zip(files, found, strict=True))


def show(folder: Path, commit: str, path: str) -> str:
    """A file's text in a commit."""
    return git(folder, "cat-file", "blob", f"{commit}:{path}", hint="")


def require_identity(folder: Path) -> None:
    """Raises ReportError where a commit would be nobody's."""
    for name in ("name", "email"):
        hint = f'Tell it once: git config --global user.{name} "…"'
        try:
            os.environ.get(f"GIT_COMMITTER_{name.upper()}") or git(folder, "config", f"user.{name}", hint="")
        except ReportError as error:
            raise ReportError(f"Git does not know your {name}, and a commit has one.", hint=hint) from error


def commit_folder(folder: Path, content: Path, tip: str, message: str) -> str:
    """A commit on top of `tip` (on nothing when "") that holds exactly the files of `content`."""
    from ghp_import import GhpError, ghp_import

    remove = ("update-ref", "-d", WORKING)
    git(folder, *(("update-ref", WORKING, tip) if tip else remove), hint="")
    try:
        with chdir(folder):
            ghp_import(str(content), branch=WORKING.removeprefix("refs/heads/"), mesg=message, nojekyll=True)
        return git(folder, "rev-parse", "--verify", WORKING, hint="").strip()
    except (GhpError, TypeError) as error:  # TypeError: how ghp-import 2.1 ends when Git's import fails
        raise ReportError(
            "Git could not store the site's files.", hint="Is there space on the disk?", exit_code=EXIT_FAILED
        ) from error
    finally:
        git(folder, *remove, hint="")


def push(folder: Path, remote: str, commit: str, branch: str) -> None:
    """Move the remote's branch to the commit, if nobody has moved it meanwhile."""
    hint = (
        f"If somebody has published meanwhile, run the same command again. If not: may you write to {remote}?"
    )
    git(folder, "push", "--quiet", remote, f"{commit}:refs/heads/{branch}", hint=hint)
