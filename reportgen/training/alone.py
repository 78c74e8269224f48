"""Trains in this process, one group after another: where the system gives processes nothing to talk through.

Some containers have a read-only /dev/shm, and no semaphores then.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from reportgen.store.records import Store
from reportgen.training import local
from reportgen.training.jobs import Job, Message


def problem() -> str:
    """Why there can be no training processes; "" where there can."""
    try:
        multiprocessing.get_context("spawn").Event()
    except (OSError, ImportError) as error:
        return getattr(error, "strerror", None) or str(error)
    return ""


class Messages:
    """Passes on at once what a worker process would send."""

    def __init__(self, take: Callable[[Message], None]):
        self.put = take


class Count:
    """A number that no other process sees."""

    def __init__(self) -> None:
        self.value, self._lock = 0, threading.Lock()

    def get_lock(self) -> threading.Lock:
        return self._lock


def train_jobs(jobs: Sequence[Job], store: Store, take: Callable[[Message], None]) -> None:
    """Train and store every job. take: called with each message of the training.

    Raises KeyboardInterrupt when interrupted, once the training has its checkpoint.
    """
    if any(job.experiment.needs_torch for job in jobs):
        local.prepare_torch()  # as a worker does: the same bits
    stop = threading.Event()
    local.be_worker(local.Worker(Messages(take), stop, os.getppid(), Count()))
    with _gently(stop):
        for job in jobs:
            local.train_here(job, store.local, store.shipped)
            if stop.is_set():
                raise KeyboardInterrupt


@contextmanager
def _gently(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C and its like ask the training to stop, instead of tearing it off."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kinds = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {kind: signal.signal(kind, lambda *_: stop.set()) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
