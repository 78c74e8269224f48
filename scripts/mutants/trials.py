"""Each mutant is tried in a copy of the project, in a process forked from one that has the libraries loaded."""

import importlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from changes import ROOT, Mutant, in_words
from wings import Wing

LIBRARIES = [  # not those that pytest wants to see imported
    "numpy", "torch", "altair", "msgspec", "jinja2", "click", "rich", "lxml.html", "yaml", "PIL.Image",
]  # fmt: skip
FAILS_TO_LOAD = 99  # an exit status that pytest does not use
TOO_LONG = (124, -signal.SIGKILL, -signal.SIGXCPU)
PATIENCE, AT_LEAST_S = 4, 20  # a mutant may work so many times as long as the unchanged code
IDLE_S = 600  # and wait so long beside that, be it for the processor
COSTLY = {"quick", "mini_built", "browser"}  # fixtures that build sites: too slow to ask for each mutant


class Slot:
    """A copy of the project, in which one mutant at a time is tried."""

    def __init__(self, folder: Path):
        self.folder = folder
        kept = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                              capture_output=True, text=True).stdout.split("\0")  # fmt: skip
        for name in kept:
            if name and not name.startswith("site/") and (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        self.pid, self.mutant, self.original, self.began, self.limit = 0, None, b"", 0.0, 0
        self.worked_s = 0.0

    def start(self, wing: Wing, mutant: Mutant | None, limit: int) -> None:
        """Begin the tests, of the mutant or of the code as it is; they may use `limit` seconds of a core."""
        if mutant:
            self.original = (self.folder / mutant.path).read_bytes()
            (self.folder / mutant.path).write_text(mutant.make(), encoding="utf-8")
        self.mutant, self.began, self.limit = mutant, time.monotonic(), limit
        self.pid = os.fork()
        if not self.pid:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
            try:
                status = self.test(wing, mutant)
            except BaseException:
                traceback.print_exc()
                status = 1
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def test(self, wing: Wing, mutant: Mutant | None) -> int:
        """In the forked process: the exit status, of which 0 means that nothing was noticed."""
        os.chdir(self.folder)
        log = os.open(self.folder / "mutant.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        if wing.where.endswith(".mjs"):
            return subprocess.run(["node", "--test", *wing.test_files], check=False).returncode
        os.environ["PYTHONPATH"] = str(self.folder)
        sys.path.insert(0, str(self.folder))
        if mutant:
            try:
                importlib.import_module(
                    mutant.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
                )
            except Exception:
                return FAILS_TO_LOAD
        import pytest

        for file in wing.test_files:  # one after the other: most mutants never get to the second
            if status := int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", file], plugins=[Cheap()])):
                return status
        return 0

    def finished(self) -> int | None:
        """The exit status, once there is one; the code is then as it was. Too long is 124."""
        pid, status, used = os.wait4(self.pid, os.WNOHANG)
        late = not pid and time.monotonic() - self.began > self.limit + IDLE_S
        self.worked_s = used.ru_utime + used.ru_stime
        if not pid and not late:
            return None
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)  # what the tests started and left behind, too
        if late:
            os.waitpid(self.pid, 0)
        if self.mutant:
            (self.folder / self.mutant.path).write_bytes(self.original)
        return 124 if late else os.waitstatus_to_exitcode(status)


class Cheap:
    """For pytest: leaves out the tests that need a site."""

    def pytest_collection_finish(self, session) -> None:
        """After all others have had their say in what is run."""
        session.items[:] = [item for item in session.items if not COSTLY & set(item.fixturenames)]


def wait(slots: list[Slot]) -> tuple[Slot, int]:
    """The first of these that is finished, and how it went."""
    while True:
        for slot in slots:
            if (status := slot.finished()) is not None:
                return slot, status
        time.sleep(0.02)


def unchanged(wing: Wing, slot: Slot) -> float:
    """Seconds of a core that the tests take when nothing is wrong, which they have to find."""
    slot.start(wing, None, 600)
    if wait([slot])[1]:
        raise SystemExit((slot.folder / "mutant.log").read_text(encoding="utf-8", errors="replace")[-3000:])
    return slot.worked_s


def survivors(
    wing: Wing, drawn: Iterator[Mutant], wanted: int, slots: list[Slot]
) -> tuple[int, list[Mutant]]:
    """How many were tried, and which of them the tests did not notice."""
    limit = max(AT_LEAST_S, PATIENCE * round(unchanged(wing, slots[0])))
    idle, busy, tried, found = list(slots), [], 0, []
    while True:
        while idle and tried + len(busy) < wanted and (mutant := next(drawn, None)):
            idle[-1].start(wing, mutant, limit)
            busy.append(idle.pop())
        if not busy:
            return tried, sorted(found, key=lambda mutant: (mutant.path, mutant.place))
        slot, status = wait(busy)
        busy.remove(slot)
        idle.append(slot)
        tried += status != FAILS_TO_LOAD
        if not status:
            found.append(in_words(slot.mutant))
            print(f"  survived: {found[-1]}", flush=True)
        if status in TOO_LONG:
            print(f"  stopped:  {in_words(slot.mutant)}", flush=True)


def prepare() -> None:
    """Before processes are forked: libraries, one thread each, and the cores to others first."""
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    os.nice(10)
    for library in LIBRARIES:
        importlib.import_module(library)
