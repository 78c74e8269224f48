"""Who may touch a project's state: any number of commands that make things, or one that removes them.

The lock ends with its process, however that ends. A project that may not be written to has none.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from filelock import ReadWriteLock, Timeout

from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.files.project import Project
from reportgen.pipeline.plan import Plan

P = ParamSpec("P")
T = TypeVar("T")
FILE = "lock.db"


def at_work(function: Callable[Concatenate[Plan, P], T]) -> Callable[Concatenate[Plan, P], T]:
    """A function of a plan that makes things: while it runs, nobody removes any."""

    @wraps(function)
    def working(plan: Plan, /, *args: P.args, **options: P.kwargs) -> T:
        lock = _shared(plan.project)
        try:
            return function(plan, *args, **options)
        finally:
            if lock:
                lock.release()

    return working


@contextmanager
def alone(project: Project) -> Iterator[None]:
    """While nobody makes anything. Raises ReportError, at once, where somebody does."""
    lock = _lock(project, making=False)
    if lock is None:
        yield
        return
    try:
        lock.acquire_write(blocking=False)
    except (Timeout, RuntimeError):  # the second: a thread of this process
        raise ReportError(
            f"Something is being trained, drawn or written in {project.root}.",
            hint="Wait for it to end, then run the same command again; nothing was removed.",
            exit_code=EXIT_FAILED,
        ) from None
    try:
        yield
    finally:
        lock.release()


def _shared(project: Project) -> ReadWriteLock | None:
    """The lock, taken together with others; a second time where `clean` took it away with all the rest."""
    for _ in range(2):
        with suppress(OSError, sqlite3.Error):
            if lock := _lock(project, making=True):
                lock.acquire_read()
                return lock
    return None


def _lock(project: Project, *, making: bool) -> ReadWriteLock | None:
    with suppress(OSError, sqlite3.Error):  # whoever cannot write to the state says so by himself
        if making:
            project.state.mkdir(exist_ok=True)
        return ReadWriteLock(project.state / FILE) if project.state.is_dir() else None
    return None
