"""`reportgen publish`: the built site, and nothing else, as a commit on a branch of a remote.

Refused for anything but the site that a build would write now, and for a branch that holds something
other than a site of ours. What somebody put beside the site by hand, such as CNAME, stays on the branch: only
files that the manifest there lists are ever removed.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.files.atomic import read_json, unless_read_only, write_atomically
from reportgen.files.project import Project
from reportgen.pipeline.page import PageTarget
from reportgen.pipeline.state import State
from reportgen.share import git
from reportgen.site.output_folder import MANIFEST, VOLATILE, written_files
from reportgen.store.provenance import commit
from reportgen.wording.numbers import size

OURS = 'name="generator" content="reportgen"'  # in the head of every page we write
ON_THE_BRANCH = "manifest.json"  # lists what an earlier publish brought, but for itself and VOLATILE


@dataclass(frozen=True)
class Plan:
    """What publishing would do. tip: the commit of the branch, or ""; changes: path → what becomes of it.

    kept: files of the branch that are not ours.
    """

    folder: Path
    remote: str
    url: str
    branch: str
    tip: str
    files: dict[str, Path]
    changes: dict[str, str]
    kept: list[str]


def publish(page: PageTarget, *, remote: str, branch: str, dry_run: bool, say: Callable[[str], None],
            why: Callable[[PageTarget, State], str], may: Callable[[str], bool]) -> None:  # fmt: skip
    """Bring a remote's branch to the site that is there, saying what is done.

    why: words the state of a site that is not current. may: asks before the first push to a place; whether to
    go on. Raises ReportError.
    """
    with page.site.lock():  # no build writes the site meanwhile
        require_current(page, why)
        plan = make_plan(page.plan.project.root, page.out, remote, branch)
        for line in describe(plan, every_file=dry_run):
            say(line)
        if plan.changes and not dry_run:
            if not Places(page.plan.project).know(plan) and not may(f"Push to {plan.branch} of {plan.url}?"):
                say("Nothing was published.")
                return
            push(plan)
            Places(page.plan.project).remember(plan)
            say(f"Published to {branch} of {remote}.")
    address = page.plan.settings.base_url or pages_address(plan.url)
    if address and not dry_run:
        say(f"The page: {address}")
    if address and not page.plan.settings.base_url:
        say(f'It has no card for those who link to it. In reportgen.toml: base-url = "{address}"')


@dataclass(frozen=True)
class Places:
    """Where this project was published to from here: addresses with their branches, a list that can be deleted."""

    project: Project

    @property
    def _file(self) -> Path:
        return self.project.state / "published.json"

    @property
    def _known(self) -> list[object]:
        known = read_json(self._file)
        return known if isinstance(known, list) else []

    def know(self, plan: Plan) -> bool:
        return f"{plan.url} {plan.branch}" in self._known

    def remember(self, plan: Plan) -> None:
        known = sorted({*map(str, self._known), f"{plan.url} {plan.branch}"})
        with unless_read_only():
            write_atomically(self._file, f"{json.dumps(known, indent=1)}\n".encode())


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
    listed = _listed(git.show(folder, tip, ON_THE_BRANCH)) if ON_THE_BRANCH in there else set()
    changes = {path: "new" if path not in there else "changed"
               for path in wanted if wanted[path] != there.get(path)}  # fmt: skip
    changes |= {path: "removed" for path in there if path in listed and path not in wanted}
    kept = [path for path in there if path not in wanted and path not in listed]
    if changes.keys() <= set(VOLATILE):  # when the same things were made is no news
        changes = {}
    return Plan(folder, remote, url, branch, tip, files, changes, kept)


def _listed(manifest: str) -> set[str]:
    """The files that a published manifest names: what we brought to the branch, and may remove from it."""
    try:
        return {ON_THE_BRANCH, *VOLATILE, *(entry["path"] for entry in json.loads(manifest))}
    except (ValueError, TypeError, KeyError):
        return set()  # no list of ours: everything stays


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
    if plan.kept:
        yield f"Kept: {len(plan.kept)} on the branch that reportgen did not write"
    if not plan.changes:
        yield "Nothing to publish: the branch has this site."
        return
    kinds = list(plan.changes.values())
    counts = {kind: kinds.count(kind) for kind in ("new", "changed", "removed")}
    yield f"Changes: {', '.join(f'{count} {kind}' for kind, count in counts.items() if count)}"
    if every_file:
        every = plan.changes | dict.fromkeys(plan.kept, "kept")
        yield from (f"  {kind:<8} {path}" for path, kind in sorted(every.items()))


def push(plan: Plan) -> None:
    """Commit the files on top of the branch, and push."""
    git.require_identity(plan.folder)
    source = commit(plan.folder)
    message = f"Publish the page{f', built from {source}' if source else ''}"
    new = {path: file for path, file in plan.files.items() if path in plan.changes}
    put = git.blobs(plan.folder, new, store=True)
    removed = [path for path, kind in plan.changes.items() if kind == "removed"]
    made = git.commit_files(plan.folder, plan.tip, put, removed, message)
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
