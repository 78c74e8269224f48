"""`reportgen publish`: the built site, and nothing else, as a commit on a branch of a remote.

Refused for anything but the site that a build would write now, and for a branch that holds something
other than a site of ours.
"""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.files.text import write_text
from reportgen.pipeline.page import PageTarget
from reportgen.pipeline.state import State
from reportgen.share import git
from reportgen.site.output_folder import MANIFEST, VOLATILE, written_files
from reportgen.store.provenance import commit
from reportgen.wording.numbers import size

OURS = 'name="generator" content="reportgen"'  # in the head of every page we write
KEPT = "CNAME"  # GitHub's file for a domain of one's own; it stays on the branch


@dataclass(frozen=True)
class Plan:
    """What publishing would do. tip: the commit of the branch, or ""; changes: path → what becomes of it."""

    folder: Path
    remote: str
    url: str
    branch: str
    tip: str
    files: dict[str, Path]
    changes: dict[str, str]
    kept: str  # the content of KEPT, or ""


def publish(page: PageTarget, *, remote: str, branch: str, dry_run: bool, say: Callable[[str], None],
            why: Callable[[PageTarget, State], str]) -> None:  # fmt: skip
    """Bring a remote's branch to the site that is there, saying what is done.

    why: words the state of a site that is not current. Raises ReportError.
    """
    with page.site.lock():  # no build writes the site meanwhile
        require_current(page, why)
        plan = make_plan(page.plan.project.root, page.out, remote, branch)
        for line in describe(plan, every_file=dry_run):
            say(line)
        if plan.changes and not dry_run:
            push(plan)
            say(f"Published to {branch} of {remote}.")
    address = page.plan.settings.base_url or pages_address(plan.url)
    if address and not dry_run:
        say(f"The page: {address}")
    if address and not page.plan.settings.base_url:
        say(f'It has no card for those who link to it. In reportgen.toml: base-url = "{address}"')


def require_current(page: PageTarget, why: Callable[[PageTarget, State], str]) -> None:
    """Raises ReportError unless the folder holds the canonical site, as a build would write it now."""
    for figure in page.plan.figures.values():
        figure.require_readable()  # else a page with its error in the figure's place would be current
    state = page.state()
    if state.current:
        return
    out, written, wanted = page.out, page.site.made_from, page.inputs
    hint = "Run: reportgen build"
    if not written:
        message = f"{out} is not built yet."
    elif written.get("settings") != wanted["settings"]:
        message = f"{out} is a quick build or a variant; only the real site is published."
    elif written.get("base-url") != wanted.get("base-url"):
        found, now = (inputs.get("base-url", "no address") for inputs in (written, wanted))
        message = f"{out} was built for {found}; publish was given {now}."
        hint = "Set base-url in reportgen.toml, or give build and publish the same --base-url; then build."
    else:
        message = f"{out} is not what a build would write now: {why(page, state)}."
    raise ReportError(message, hint=hint, exit_code=EXIT_FAILED)


def make_plan(folder: Path, out: Path, remote: str, branch: str) -> Plan:
    """What has to change on the branch. Raises ReportError where it must not be touched."""
    git.require_repository(folder)
    url = git.without_password(git.remote_url(folder, remote))
    tip = git.fetch_tip(folder, remote, branch)
    there = git.tree(folder, tip)
    if there and not ("index.html" in there and OURS in git.show(folder, tip, "index.html")):
        raise ReportError(
            f"The branch {branch} of {remote} holds something else than a site of reportgen.",
            hint="Choose another with --branch: a new name, or one that holds a published site.",
        )
    files = {f.relative_to(out).as_posix(): f.resolve() for f in written_files(out) if f.name != MANIFEST}
    wanted = git.blobs(folder, files)
    kept = git.show(folder, tip, KEPT) if KEPT in there else ""
    changes = {path: "new" if path not in there else "changed"
               for path in wanted if wanted[path] != there.get(path)}  # fmt: skip
    changes |= {path: "removed" for path in there if path not in wanted and path != KEPT}
    if changes.keys() <= set(VOLATILE):  # when the same things were made is no news
        changes = {}
    return Plan(folder, remote, url, branch, tip, files, changes, kept)


def describe(plan: Plan, *, every_file: bool) -> Iterator[str]:
    """The plan in words."""
    about = "new"
    if plan.tip:
        line = ("log", "-1", "--format=%h, %cs, “%s”", plan.tip)
        about = f"on top of {git.git(plan.folder, *line, hint='').strip()}"
    total = sum(file.stat().st_size for file in plan.files.values())
    yield f"Remote {plan.remote}: {plan.url}"
    yield f"Branch {plan.branch}: {about}"
    yield f"Site: {len(plan.files)} files, {size(total)}"
    if not plan.changes:
        yield "Nothing to publish: the branch has this site."
        return
    kinds = list(plan.changes.values())
    counts = {kind: kinds.count(kind) for kind in ("new", "changed", "removed")}
    yield f"Changes: {', '.join(f'{count} {kind}' for kind, count in counts.items() if count)}"
    if every_file:
        yield from (f"  {kind:<8} {path}" for path, kind in sorted(plan.changes.items()))


def push(plan: Plan) -> None:
    """Commit the files on top of the branch, and push."""
    git.require_identity(plan.folder)
    source = commit(plan.folder)
    message = f"Publish the page{f', built from {source}' if source else ''}"
    with tempfile.TemporaryDirectory() as work:
        for path, file in plan.files.items():
            target = Path(work, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        if plan.kept:
            write_text(Path(work, KEPT), plan.kept)
        made = git.commit_folder(plan.folder, Path(work), plan.tip, message)
    git.push(plan.folder, plan.remote, made, plan.branch)


def pages_address(url: str) -> str:
    """Where GitHub Pages shows a repository; "" for a remote that is elsewhere."""
    found = re.fullmatch(
        r"(?:\w+://)?(?:[^/@]+@)?(?:ssh\.)?github\.com(?::\d+)?[:/]+([^/]+)/([^/]+?)(?:\.git)?/?", url
    )
    if not found:
        return ""
    owner, repository = found[1].lower(), found[2]
    host = f"{owner}.github.io"
    return f"https://{host}/" if repository.lower() == host else f"https://{host}/{repository}/"
