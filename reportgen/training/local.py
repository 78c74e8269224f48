"""Trains the groups that are missing, in worker processes: one for each core, or GPU.

Sits between the plan and the store: a job comes in, a stored record comes out. Where fewer groups
train than there are cores, they share the free ones. The main process never imports torch. A worker
saves its state every few seconds and when asked to stop; it stops by itself when its parent is gone.
A lock per key keeps two builds from training the same thing twice.
"""

import math
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import EXIT_FAILED, EXIT_INTERRUPTED, ReportError
from reportgen.experiments.functions import Function
from reportgen.store.records import Store
from reportgen.training import devices
from reportgen.training.jobs import Job, Losses, Message, Progress
from reportgen.training.subprocesses import quiet_start

if TYPE_CHECKING:
    from multiprocessing.queues import Queue
    from multiprocessing.sharedctypes import Synchronized
    from multiprocessing.synchronize import Event

    from reportgen.training.alone import Count, Messages

POLL_EVERY_S = 0.2
GRACE_S = 5.0  # for a function to come to where it yields
MOST_THREADS = 4  # of one group: its products are too small for more


def worker_count(jobs: Sequence[Job]) -> int:
    """One process per core, or per GPU; no more than there are jobs."""
    places = devices.gpu_count() if any(job.device == "cuda" for job in jobs) else core_count()
    return max(1, min(len(jobs), places))


def core_count() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def train_jobs(jobs: Sequence[Job], store: Store, on_progress: Callable[[Progress], None],
               on_alone: Callable[[str], None] = lambda _: None) -> None:  # fmt: skip
    """Train and store every job; the longest first.

    on_alone: told the reason where there can be no worker processes, and this one trains.
    Raises ReportError when a training fails or is interrupted; everything finished is stored and
    everything begun has its checkpoint.
    """
    from reportgen.training import alone

    ordered = sorted(jobs, key=lambda job: job.operations, reverse=True)
    by_key, calling = {job.key: job for job in jobs}, dict[str, str]()

    def forward(message: Message) -> None:
        event = Progress(by_key[message[0]], *message[1:])
        if isinstance(event.job.experiment, Function):
            calling.pop(message[0], None) if event.done else calling.update({message[0]: event.job.label})
        on_progress(event)

    try:
        if problem := alone.problem():
            on_alone(problem)
            alone.train_jobs(ordered, store, forward)
        else:
            _train_in_processes(ordered, store, forward)
    except KeyboardInterrupt:
        raise ReportError(
            "Interrupted; what was trained so far is kept.",
            hint="Run the same command again to continue from there.",
            exit_code=EXIT_INTERRUPTED,
        ) from None
    except BrokenProcessPool:
        missing = {
            key: job
            for key, job in by_key.items()
            if isinstance(job.experiment, Function) and not store.find(key)
        }
        running = [missing[key].label for key in calling if key in missing] or _names(missing.values())
        during = f" while it ran {' or '.join(running)}: os._exit, or" if running else ","
        raise ReportError(
            f"A training process was killed{during} perhaps for lack of memory.",
            hint="Run the same command again to continue from its last checkpoint.",
            exit_code=EXIT_FAILED,
        ) from None


def _names(jobs: Iterable[Job]) -> list[str]:
    return sorted({job.experiment.name for job in jobs})


def _train_in_processes(jobs: Sequence[Job], store: Store, forward: Callable[[Message], None]) -> None:
    context = multiprocessing.get_context("spawn")
    messages, stop = context.Queue(), context.Event()
    # A fixed threshold lets glibc give freed buffers back: 0.26 GB a worker instead of up to 1.1.
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(1 << 24))
    pool = ProcessPoolExecutor(
        worker_count(jobs), mp_context=context, initializer=_start_worker,
        initargs=(messages, stop, os.getpid(), context.Value("i", 0), context.Value("i", 0),
                  any(job.experiment.needs_torch for job in jobs)),
    )  # fmt: skip
    try:
        with quiet_start():
            pending = {pool.submit(train_here, job, store.local, store.shipped) for job in jobs}
        while pending:
            finished, pending = wait(pending, timeout=POLL_EVERY_S, return_when=FIRST_COMPLETED)
            _forward(messages, forward)
            for future in finished:
                future.result()
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
        _forward(messages, forward)


def _forward(messages: "Queue[Message]", forward: Callable[[Message], None]) -> None:
    while not messages.empty():
        forward(messages.get())


# ---- in the worker process ----


@dataclass
class Worker:
    """What a worker process was given, and whether it trains now. training: how many workers do."""

    messages: "Queue[Message] | Messages"
    stop: "Event | threading.Event"
    parent: int
    training: "Synchronized[int] | Count"
    busy: bool = False
    calling: bool = False  # a function, which need not stop when it is asked to


_worker: Worker  # in a worker process


def be_worker(worker: Worker) -> None:
    """From now on this process trains."""
    global _worker
    _worker = worker


def _start_worker(messages: "Queue[Message]", stop: "Event", parent: int, started: "Synchronized[int]",
                  training: "Synchronized[int]", with_torch: bool) -> None:  # fmt: skip
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides, through `stop`
    with started.get_lock():
        number, started.value = started.value, started.value + 1
    if with_torch:
        prepare_torch(number)
    be_worker(Worker(messages, stop, parent, training))
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def prepare_torch(number: int = 0) -> None:
    """One thread, exact products, and the number-th GPU of those there are: the same bits everywhere."""
    import torch

    torch.set_num_threads(1)
    torch.backends.cuda.matmul.allow_tf32 = False
    if torch.cuda.is_available():
        torch.cuda.set_device(number % torch.cuda.device_count())


def _orphaned() -> bool:
    return os.getppid() != _worker.parent


def _leave_with_parent() -> None:
    """End this process once its parent is gone: an idle worker would wait for work for ever.

    Also while it calls a function that does not stop when it is asked to.
    """
    asked: float | None = None
    while not _orphaned() or _worker.busy:
        time.sleep(0.5)
        asked = (asked or time.monotonic()) if _stopping() else None
        if _worker.calling and asked and time.monotonic() - asked > GRACE_S:
            break
    os._exit(0)


def _stopping() -> bool:
    return _worker.stop.is_set() or _orphaned()


@contextmanager
def _counted() -> Iterator[None]:
    """Count this worker among those that train now."""
    training = _worker.training
    with training.get_lock():
        training.value += 1
    try:
        yield
    finally:
        with training.get_lock():
            training.value -= 1


def _cores() -> int:
    """This worker's share of the cores."""
    return min(MOST_THREADS, max(1, core_count() // _worker.training.value))


def train_here(job: Job, local: Path, shipped: Path | None) -> None:
    """Train one job under its lock, from its checkpoint if there is one, and store it."""
    from filelock import FileLock, Timeout

    store, key = Store(local, shipped), job.key
    file = store.local.parent / "locks" / f"{key}.lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file)
    _worker.busy = True
    try:
        while not _stopping():
            with suppress(Timeout), lock.acquire(timeout=1):  # while another build trains the same run, again
                if store.find(key) is None:
                    (_call_locked if isinstance(job.experiment, Function) else _train_locked)(job, store)
                return
    finally:
        _worker.busy = False


def _train_locked(job: Job, store: Store) -> None:
    from reportgen.store.packing import final_losses, pack
    from reportgen.store.provenance import describe_training
    from reportgen.training.worker import TrainingCallbacks, forget_checkpoints, train_group

    key = job.key

    # The key stands for the job: a worker cannot end while a long message waits in the pipe.
    def report(step: int, rate: float, losses: Losses, begun_at: int) -> None:
        _worker.messages.put((key, step, rate, losses, begun_at, False, "", None))

    def refused(why: str) -> None:
        _worker.messages.put((key, 0, 0.0, (math.nan, math.nan), 0, False, why, None))

    file = store.checkpoint(key)
    watch = TrainingCallbacks(report, _stopping, _cores, refused, job.experiment.single)
    with _counted():
        trained = train_group(job.configs, job.device, file, watch)
    if trained is None:
        return
    arrays = pack(trained.trajectory, job.experiment.keep, job.configs[0])
    provenance = describe_training(job.device, trained.seconds, trained.engine, trained.diverged_at)
    store.save(job.experiment, job.configs, arrays, provenance)
    forget_checkpoints(file)
    losses, stopped = final_losses(trained.trajectory), trained.diverged_at
    steps = job.steps if stopped is None else stopped
    _worker.messages.put((key, steps, steps / max(trained.seconds, 1e-9), losses, 0, True, "", stopped))


def _call_locked(job: Job, store: Store) -> None:
    from reportgen.training.calls import call_and_store

    def tell(step: int, rate: float, metrics: Losses, begun_at: int, done: bool) -> None:
        _worker.messages.put((job.key, step, rate, metrics, begun_at, done, "", None))

    _worker.calling = True
    try:
        with _counted():
            call_and_store(job, store, tell, _stopping)
    finally:
        _worker.calling = False
