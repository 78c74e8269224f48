"""The preview: build, serve the site on localhost, and build again whenever something changes.

Each build is a process of its own, so changed code is really used; this one stays small.
"""

import re
import signal
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from reportgen.files.atomic import UNFINISHED
from reportgen.files.listing import counts
from reportgen.files.project import Project
from reportgen.pipeline.figures import places_read
from reportgen.share.preview import Preview, listen

LAST_LINES = 12  # of a bug's traceback: enough to see where and what
POLL_S = 0.05  # how soon the server notices that it should end
STOP_S = 10.0  # a build that is asked to stop gets this long to keep what it has
QUIET_MS, LONGEST_MS = 100, 1000  # changes that follow each other so closely are one
PACKAGE = Path(__file__).parent.parent  # reportgen/


def serve(project: Project, out: Path, build_options: Sequence[str], *, port: int | None, open_page: bool,
          say: Callable[[str], None]) -> None:  # fmt: skip
    """Serve `out`, which `reportgen build` with these options writes, until Ctrl-C."""
    command = [sys.executable, "-m", "reportgen", "build", "--project", str(project.root), *build_options]
    with listen(port, out) as server:
        threading.Thread(target=server.serve_forever, args=(POLL_S,), daemon=True).start()
        address = f"http://localhost:{server.server_port}"
        try:
            batches = changes(watched(project), lambda: places_read(project))
            next(batches)  # watching has begun: what changes during the first build counts
            rebuild(command, server)
            say(f"Preview at {address}, built again on every change. Ctrl-C ends it.")
            if open_page:
                webbrowser.open(address)
            for batch in batches:
                if batch:
                    say(f"Changed: {listed(batch, project.root)}.")
                    rebuild(command, server)
        except KeyboardInterrupt:
            say("Preview ended.")
        finally:
            server.shutdown()


def rebuild(command: Sequence[str], server: Preview) -> None:
    """Build, and tell the open pages how it went."""
    server.status.tell(building=True, error=None)
    server.status.tell(building=False, error=run_build(command))


def run_build(command: Sequence[str]) -> str | None:
    """Run a build whose output passes through; what it says about its failure, None if it is well."""
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        start_new_session=True,  # Ctrl-C reaches this process alone, which stops the build once
    )  # fmt: skip
    said = process.stderr
    assert said is not None  # a pipe
    lines: list[str] = []
    try:
        for line in said:
            sys.stderr.write(line)
            sys.stderr.flush()
            lines.append(line)
        return failure(lines) if process.wait() else None
    finally:
        stop(process)
        said.close()


def stop(process: subprocess.Popen[str]) -> None:
    """End a build that still runs: gently, as Ctrl-C would, then for good."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def failure(lines: Sequence[str]) -> str:
    """The two lines of an error among what a build said; of a bug, the end of its traceback."""
    starts = [i for i, line in enumerate(lines) if line.startswith("Error: ")]
    shown = lines[starts[-1] :] if starts else lines[-LAST_LINES:]
    return "".join(shown).strip() or "The build ended without a word; look at the terminal."


def watched(project: Project) -> list[Path]:
    """What a page is made from: the project's folders and the program's own code."""
    own = (project.experiments, project.facts, project.claims, project.root / "data")
    folders = (project.figures, project.templates, project.static, project.shipped_runs, *own, PACKAGE)
    return [folder for folder in folders if folder.is_dir()]


def changes(folders: Sequence[Path], read: Callable[[], Iterable[Path]] = tuple) -> Iterator[set[Path]]:
    """The files that changed, in batches, some of them empty; the first comes once watching has begun.

    read: what figures read elsewhere, as the last build left it.
    """
    from watchfiles import Change, DefaultFilter, watch

    usual = DefaultFilter()  # leaves out editors' and Python's own files

    def matters(change: Change, path: str) -> bool:
        return usual(change, path) and counts(Path(path).name) and UNFINISHED not in path

    batches = watch(*folders, watch_filter=matters, step=QUIET_MS, debounce=LONGEST_MS,
                    rust_timeout=2 * QUIET_MS, yield_on_timeout=True)  # fmt: skip
    known: dict[Path, object] = {}
    for number, batch in enumerate(batches):
        now = {path: _look(path) for path in known}
        found = {Path(path) for _, path in batch} | {path for path in now if now[path] != known[path]}
        yield found
        known = now
        if found or number == 0:  # there was a build
            known = {path: now.get(path) or _look(path) for path in read()}


def _look(path: Path) -> object:
    """When something was last written, and its size: enough to see that it changed while one looked."""
    with suppress(OSError):
        found = path.stat()
        return found.st_mtime_ns, found.st_size
    return "not there"


def listed(files: set[Path], root: Path) -> str:
    """A few file names, relative to the project."""
    names = sorted(f.relative_to(root).as_posix() if f.is_relative_to(root) else str(f) for f in files)
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return re.sub(r"\s+", " ", ", ".join(names[:3])) + more
