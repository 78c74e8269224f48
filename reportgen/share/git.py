"""What publishing asks of Git: the remote, what its branch holds, a new commit on top, the push.

The commit is made from an index of its own, and no branch ever leads to it here. So no branch, no index and
no file of yours changes. The push is never forced: nobody's commit can be lost.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from reportgen.errors import EXIT_FAILED, ReportError, unknown


def git(folder: Path, *arguments: str, hint: str, given: str | None = None,
        index: Path | None = None) -> str:  # fmt: skip
    """What a Git command prints. index: instead of the repository's. Raises ReportError with its complaint and the hint."""
    environment = os.environ | {"LC_ALL": "C"} | ({"GIT_INDEX_FILE": str(index)} if index else {})
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            input=given, capture_output=True, encoding="utf-8", errors="replace", check=False,
            env=environment,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise ReportError("Git is not installed.", hint="Install it: https://git-scm.com") from error
    if done.returncode:
        remedy = re.search(r"^\s+(git config .+)$", done.stderr, re.MULTILINE)  # Git's own
        said = _complaint(arguments[0], done.stderr)
        raise ReportError(said, hint=f"Run: {remedy[1]}" if remedy else hint, exit_code=EXIT_FAILED)
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
        if "not a git repository" not in error.message:  # such as: it is somebody else's
            raise
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


def blobs(folder: Path, files: Mapping[str, Path], *, store: bool = False) -> dict[str, str]:
    """Path → the blob that a file would be, byte for byte. store: put them into the repository, where nothing
    leads to them yet."""
    given = "".join(f"{file}\n" for file in files.values())
    hint = "Is there space on the disk, and may you write to .git?"
    found = git(
        folder, "hash-object", *["-w"] * store, "--no-filters", "--stdin-paths", hint=hint, given=given
    ).split()
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


def commit_files(folder: Path, tip: str, put: Mapping[str, str], remove: Iterable[str], message: str) -> str:
    """A commit on top of `tip` (on nothing when "") in which these files differ and all others stay as they are.

    put: path → blob.
    """
    lines = [f"0 {'0' * 40}\t{path}" for path in remove]
    lines += [f"100644 {blob}\t{path}" for path, blob in put.items()]
    hint = "Is there space on the disk? And is no file on the branch a folder of the site, or the other way round?"
    with tempfile.TemporaryDirectory() as work:
        index = Path(work, "index")
        git(folder, "read-tree", *([tip] if tip else ["--empty"]), hint=hint, index=index)
        git(folder, "update-index", "-z", "--index-info", hint=hint, index=index,
            given="".join(f"{line}\0" for line in lines))  # fmt: skip
        made = git(folder, "write-tree", hint=hint, index=index).strip()
    parents = ["-p", tip] if tip else []
    return git(folder, "commit-tree", made, *parents, "-m", message, hint=hint).strip()


def push(folder: Path, remote: str, commit: str, branch: str) -> None:
    """Move the remote's branch to the commit, if nobody has moved it meanwhile."""
    hint = (
        f"If somebody has published meanwhile, run the same command again. If not: may you write to {remote}?"
    )
    git(folder, "push", "--quiet", remote, f"{commit}:refs/heads/{branch}", hint=hint)
