"""Trains groups on a Dask cluster that is already running; results are stored here, by the caller.

The scheduler retries a group elsewhere when its worker dies. Every worker must have the same code
for its numbers: one that has not is refused before anything starts.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import EXIT_FAILED, EXIT_INTERRUPTED, ReportError
from reportgen.experiments import Keep
from reportgen.experiments.functions import Cell, Function
from reportgen.files.arrays import Array
from reportgen.files.code_hash import numerics_fingerprint
from reportgen.numerics.config import Config
from reportgen.store.documents import Provenance
from reportgen.store.records import Store
from reportgen.training.jobs import Job, Losses, Progress

if TYPE_CHECKING:
    from dask.distributed import Client, Future

CONNECT_LIMIT_S = 10
RETRIES = 3
Result = tuple[dict[str, Array], Provenance, Losses]  # of a group: as `train_remotely` says


def train_jobs(jobs: Sequence[Job], store: Store, on_progress: Callable[[Progress], None], *, address: str,
               device: str) -> None:  # fmt: skip
    """Train every job on the cluster and store it; the longest first.

    Raises ReportError when the scheduler does not answer, its workers differ in code, a training
    fails for good, or the caller interrupts; finished groups are stored by then.
    """
    with _connect(address) as client:
        _check_workers(client, address)
        from dask.distributed import as_completed

        submit = partial(client.submit, retries=RETRIES, pure=False)
        ordered = sorted(jobs, key=lambda job: job.operations, reverse=True)
        futures = {_submitted(submit, job, device): job for job in ordered}
        try:
            for future in as_completed(futures, loop=client.loop):
                _store(store, futures[future], future, on_progress)
        except KeyboardInterrupt:
            raise ReportError(
                "Interrupted; the groups finished so far are kept.",
                hint="Run the same command again to train the others.",
                exit_code=EXIT_INTERRUPTED,
            ) from None
        finally:
            client.cancel(list(futures))


def _submitted(submit: Callable[..., "Future[Result]"], job: Job, device: str) -> "Future[Result]":
    if isinstance(job.experiment, Function):
        return submit(call_remotely, job.experiment, job.configs[0], device)
    return submit(train_remotely, job.configs, job.experiment.keep, device)


@contextmanager
def _connect(address: str) -> Iterator["Client"]:
    try:
        from dask.distributed import Client
    except ImportError:
        raise ReportError(
            "--scheduler needs the package dask.distributed.",
            hint='Install it with: python -m pip install "reportgen[cluster]"',
        ) from None
    try:
        client = Client(address, timeout=CONNECT_LIMIT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ReportError(
            f"No Dask scheduler answers at {address}: {error}.",
            hint="Start one (dask scheduler), or check the address; it looks like tcp://host:8786.",
            exit_code=EXIT_FAILED,
        ) from None
    with client:
        yield client


def _check_workers(client: "Client", address: str) -> None:
    """Refuse workers that would give other numbers, or none at all."""
    answers = client.run(_fingerprint, on_error="return")
    if not answers:
        raise ReportError(
            f"The scheduler at {address} has no workers.",
            hint=f"Start one where reportgen is installed: dask worker {address} --nthreads 1",
            exit_code=EXIT_FAILED,
        )
    ours = numerics_fingerprint()
    for worker, answer in answers.items():
        if answer == ours:
            continue
        problem = f"cannot train: {answer!r}"
        if isinstance(answer, dict):
            differ = sorted(name for name in ours if answer.get(name) != ours[name])
            problem = f"has another version of reportgen: numerics/ differs in {', '.join(differ)}"
        raise ReportError(
            f"The worker {worker} {problem}.",
            hint="Install this version of the package on every worker, then start the worker again.",
        )


def _fingerprint() -> dict[str, str]:
    from reportgen.files.code_hash import numerics_fingerprint as theirs

    return theirs()


def _store(store: Store, job: Job, future: "Future[Result]", on_progress: Callable[[Progress], None]) -> None:
    try:
        arrays, provenance, losses = future.result()
    except ReportError:
        raise
    except Exception as error:
        raise ReportError(
            f"Group {job.part} of {job.parts} of {job.experiment.name} failed on the cluster: {error}.",
            hint="Mend it, then run the same command again: finished groups are kept.",
            exit_code=EXIT_FAILED,
        ) from error
    store.save(job.experiment, job.configs, arrays, provenance)
    rate = job.steps / max(provenance.training_s, 1e-9)
    on_progress(Progress(job, job.steps, rate, losses, done=True))


def train_remotely(configs: Sequence[Config], keep: Keep, device: str) -> Result:
    """One group, on a worker: its packed arrays, its provenance, and its mean losses at the end."""
    import torch

    from reportgen.store.packing import final_losses, pack
    from reportgen.store.provenance import describe_training
    from reportgen.training import devices
    from reportgen.training.worker import TrainingCallbacks, train_group

    torch.set_num_threads(1)
    place = devices.resolve(device, sweep=True)
    trained = train_group(configs, place, None, TrainingCallbacks())
    assert trained is not None  # nobody stops it
    provenance = describe_training(place, trained.seconds, trained.engine)
    return pack(trained.trajectory, keep, configs[0]), provenance, final_losses(trained.trajectory)


def call_remotely(function: Function, cell: Cell, device: str) -> Result:
    """One call of a function, on a worker that has its file: its arrays and its provenance."""
    import time
    from tempfile import TemporaryDirectory

    from reportgen.store.provenance import describe_call
    from reportgen.training import devices
    from reportgen.training.calls import Checkpoint, call

    if not function.file.is_file() or function.changed_since:
        raise ReportError(
            f"{function.file} is not on the worker as it is here.",
            hint="Let the workers see the project's folder, under the same path.",
        )
    place, started = devices.resolve(device, sweep=True), time.monotonic()
    with TemporaryDirectory() as folder:
        arrays = call(function, cell, place, Checkpoint(Path(folder) / "checkpoint.npz"), lambda *_: None)
    assert arrays is not None  # nobody stops it
    made = describe_call(function.file, place, time.monotonic() - started, function.libraries)
    return arrays, made, {}
