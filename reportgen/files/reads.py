"""What code of others reads while it runs: written down by name and content, or refused by name.

Python's audit hooks tell of files, folders, connections and processes; `os` is asked for variables and for what
merely exists. Modules are loaded from what their files say now, and looked through for clocks. What a library reads
past Python, in C or Rust, is not seen.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from importlib import import_module
from importlib.util import source_from_cache
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import unquote, urlsplit

from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.files import code_hash
from reportgen.files.hashing import digest
from reportgen.files.listing import counts
from reportgen.files.own_modules import PACKAGE, asks_the_time, imports, load, loaded_anew, owner
from reportgen.files.repeatable import TORCHS, repeatable, swapped
from reportgen.files.text import file_content

KINDS = ("file", "folder", "module", "variable")  # the first word of what was read
NONE = "none"  # the content of what is not there
# Code of ours that follows from runs alone, and is remembered under them.
_SCIENCE = tuple(str(Path(PACKAGE) / name / "sections") for name in ("facts", "claims"))
_REFUSED = {  # the beginning of an event → what the code does, and what to do instead
    "os.exec": (
        "starts a process",
        keep := "Do that before, and read a file with its result: what is read counts.",
    ),
    "os.fork": ("starts a process", keep),
    "os.posix_spawn": ("starts a process", keep),
    "os.spawn": ("starts a process", keep),
    "os.startfile": ("starts a process", keep),
    "os.system": ("starts a process", keep),
    "subprocess.Popen": ("starts a process", keep),
    "socket.bind": ("opens a socket", keep),
    "socket.connect": ("asks the network", keep),
    "socket.get": ("asks the network", keep),
    "socket.sendto": ("asks the network", keep),
    "builtins.input": ("asks at the keyboard", "Write the answer into the code."),
}
_PATHS = {"open", "os.listdir", "os.scandir", "os.stat", "sqlite3.connect"}
_PASSING = ("/proc/", "/sys/", "/dev/random", "/dev/urandom")  # never the same twice
_active: "Reads | None" = None


def content(name: str, root: Path) -> str:
    """What is there now under the name of something that was read: a hash, or a word. root: of the project."""
    kind, _, what = name.partition(" ")
    path = root / what
    with suppress(OSError):
        if kind == "variable":
            return digest(os.environ[what]) if what in os.environ else NONE
        if path.is_dir():
            names = sorted(item.name for item in path.iterdir() if counts(item.name))
            return digest("\n".join(names)) if kind == "folder" else "a folder"
        if path.is_file() and kind == "module" and path.suffix == ".py":
            return code_hash.code_digest(path)
        if path.is_file():
            return digest(file_content(path))
    return NONE


def is_read(name: str) -> bool:
    """Whether an input of that name is one that was read."""
    return name.partition(" ")[0] in KINDS


def refuse_inside(what: str, hint: str) -> None:
    """For functions of ours that are not meant for such code. Raises ReportError where it is running."""
    if _active and _active.root:
        raise ReportError(what, hint=hint, exit_code=EXIT_FAILED)


class Reads:
    """What one run of such code reads. root: the folder it runs in; without one it may read nothing.

    timed: whether its modules may ask for the time, as a training does. found: name → content. refused: the first
    thing that it may not do.
    """

    def __init__(self, root: Path | None = None, seed: str = "", *, timed: bool = False):
        self.root, self.seed, self.timed = root, seed, timed
        self.found: dict[str, str] = {}
        self.refused: ReportError | None = None
        self._written: set[str] = set()
        self._others: set[int | None] = set()
        self._looking = threading.local()
        self._variables: dict[str, str] = {}

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Everything in here is seen. Afterwards all is as before, and what was imported of a project is forgotten."""
        global _active
        _install()
        here = threading.get_ident()
        self._others = {thread.ident for thread in threading.enumerate()} - {here}
        self._variables = dict(os.environ)
        with ExitStack() as stack:
            stack.enter_context(loaded_anew(self._module))
            stack.enter_context(repeatable(self.seed, self._others))
            stack.enter_context(swapped(os, "stat", _looked_at(os.stat)))
            stack.enter_context(swapped(sys, "argv", [""]))  # that of the command is not its own
            stack.enter_context(swapped(os.environ, "__class__", _Variables))
            if self.root:
                os.chdir(self.root)
            _active = self
            try:
                yield
            finally:
                _active = None

    def load(self, name: str, path: Path) -> Any:
        """A file as a module of that name, to call what is in it."""
        return load(name, path, self._module)

    def tell(self, event: str, given: tuple[Any, ...]) -> None:
        """Python tells of an event. Raises ReportError for what is refused."""
        if getattr(self._looking, "now", False) or threading.get_ident() in self._others:
            return
        self._looking.now = True  # looking at a file is such an event too
        try:
            self._told(event, given, _caller())
        finally:
            self._looking.now = False

    def _told(self, event: str, given: tuple[Any, ...], frame: FrameType) -> None:
        if event == "variable":
            if self.root and self._mine(_asker(frame, through_libraries=False)):
                found = self._variables.get(given[0])
                self.found.setdefault(f"variable {given[0]}", NONE if found is None else digest(found))
        elif event not in _PATHS:
            does, hint = next(words for start, words in _REFUSED.items() if event.startswith(start))
            self._refuse(_asker(frame), f"{does} ({event})", hint)
        elif isinstance(given[0], str | bytes | os.PathLike | None):
            name = os.fsdecode(given[0] or ".")
            name = (
                unquote(urlsplit(name).path)
                if event.startswith("sqlite3") and name.startswith("file:")
                else name
            )
            place = os.path.normpath(Path(name).absolute())
            if event == "open" and _writes(given[1], given[2]):
                self._written.add(place)
            elif owner(place) == "own" and place not in self._written:
                self._read(event, place, frame)

    def _read(self, event: str, place: str, frame: FrameType) -> None:
        importing, asker = frame.f_code.co_filename.startswith("<frozen importlib"), _asker(frame)
        if not self._mine(asker) or (importing and event != "open"):
            return
        if self.root is None:
            self._refuse(asker, f"reads {place}", "Facts and claims follow from their runs alone.")
        elif place.startswith(_PASSING):
            direct = _asker(frame, through_libraries=False)
            self._refuse(
                direct, f"reads {place}", "It is never the same twice; write what it should say into a file."
            )
        elif event in ("os.listdir", "os.scandir"):
            self._note("folder", place)
        elif importing:
            self._note("module", source_from_cache(place) if place.endswith(".pyc") else place)
        else:
            self._note("file", place)

    def _module(self, path: Path) -> None:
        if not self.timed and (line := asks_the_time(path)):
            what = f"{path}:{line}: it asks for the time, and would draw something else every day."
            hint = "Write the date into the figure, or into a file that it reads."
            self.refused = ReportError(what, hint=hint, exit_code=EXIT_FAILED)
            raise self.refused
        if "torch" not in sys.modules and imports(
            path, "torch"
        ):  # it begins with a seed of its own each time
            import_module("torch").manual_seed(TORCHS)
        if self.root:
            self._note("module", str(path))

    def _note(self, kind: str, place: str) -> None:
        assert self.root
        path, root = Path(place), self.root
        inside = (path.relative_to(top) for top in (root, root.resolve()) if path.is_relative_to(top))
        shown = next(inside, path).as_posix()
        if counts(shown.partition("/")[0]) and (name := f"{kind} {shown}") not in self.found:
            self.found[name] = content(name, root)

    def _mine(self, asker: FrameType | None) -> bool:
        """Whether it is such code that asks."""
        file = asker.f_code.co_filename if asker else ""
        return bool(file) and (owner(file) == "own" or (self.root is None and file.startswith(_SCIENCE)))

    def _refuse(self, asker: FrameType | None, what: str, hint: str) -> None:
        """Where it is code of others that asks."""
        if asker and self._mine(asker):
            place = f"{asker.f_code.co_filename}:{asker.f_lineno}"
            self.refused = self.refused or ReportError(
                f"{place}: it {what}.", hint=hint, exit_code=EXIT_FAILED
            )
            raise self.refused


@cache
def _install() -> None:
    """Once, since a hook cannot be taken away again; outside of `watched` it does nothing."""
    refused = tuple(_REFUSED)

    def hook(event: str, given: tuple[Any, ...]) -> None:
        if _active and (event in _PATHS or event.startswith(refused)):
            _active.tell(event, given)

    sys.addaudithook(hook)


def _looked_at(look: Any) -> Any:
    """os.stat, which tells whether a thing exists, as an event of its own: Python has none."""

    def stat(path: Any, **options: Any) -> os.stat_result:
        if _active:
            _active.tell("os.stat", (path,))
        found: os.stat_result = look(path, **options)
        return found

    return stat


class _Variables(os._Environ[str]):
    """The environment, which tells of every variable that is asked for."""

    def __getitem__(self, name: str) -> str:
        if _active:
            _active.tell("variable", (name,))
        return super().__getitem__(name)


def _writes(mode: object, flags: object) -> bool:
    """Whether a file is opened only to be written."""
    if isinstance(mode, str):
        return not set(mode) & set("r+")
    return isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR) == os.O_WRONLY


def _caller() -> FrameType:
    """Where the event came from: the first frame outside this module."""
    frame = sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back
    return frame


def _asker(frame: FrameType, *, through_libraries: bool = True) -> FrameType | None:
    """Whose doing an event is: the nearest code that is no library's.

    None where a library only starts up, or Python looks for a line to show.
    """
    passed = ("standard", "installed") if through_libraries else ("standard",)
    step: FrameType | None = frame
    while step:
        file = step.f_code.co_filename
        named = not file.startswith("<")  # not of `exec`, nor within Python
        whose = owner(file) if named else "standard"
        if whose not in passed:
            return step
        if (named and step.f_code.co_name == "<module>") or file.endswith("linecache.py"):
            return None
        step = step.f_back
    return None
