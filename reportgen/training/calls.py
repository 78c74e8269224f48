"""One call of an experiment that is a function, in this process: its arrays, or nothing where it was stopped.

The function may do what it likes: what it prints, changes or forks is contained; what it raises is one error that
names its file and line. It is asked to stop where it yields.
"""

import io
import os
import shutil
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from reportgen.errors import EXIT_FAILED, ReportError, in_code
from reportgen.experiments.functions import Cell, Function
from reportgen.experiments.tables import Table
from reportgen.files.arrays import Array
from reportgen.files.atomic import read_sealed, write_sealed
from reportgen.files.code_hash import PACKAGE
from reportgen.files.npz import KINDS, MEMBERS, read_arrays, write_arrays
from reportgen.files.own_modules import load, loaded_anew
from reportgen.store.provenance import describe_call
from reportgen.store.records import Store
from reportgen.training.jobs import Job
from reportgen.wording import numbers

LARGEST = 1 << 30  # bytes of what a call returns
SHOWN = 300  # letters of what it printed, in an error
CHECKPOINT_EVERY_S = 10.0
REPORT_EVERY_S = 0.2
HINT = "Mend the experiment, then run the same command again: what was finished is kept."
Metrics = Mapping[str, float]


@dataclass
class Checkpoint:
    """Where a call keeps what it needs to go on from, should it be stopped: arrays by name.

    begun = checkpoint.load()                     a dictionary of arrays, None at first
    if checkpoint.due: checkpoint.save(step=step, weights=w)

    path: for what else it keeps there, a folder of its own; gone when the call has ended.
    """

    file: Path
    stopping: Callable[[], bool] = lambda: False
    saved_at: float = field(default_factory=time.monotonic)
    resumed: bool = False

    @property
    def path(self) -> Path:
        folder = self.file.with_suffix(".d")
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def due(self) -> bool:
        """Whether it is time to save: every ten seconds, and when asked to stop."""
        return self.stopping() or time.monotonic() - self.saved_at > CHECKPOINT_EVERY_S

    def save(self, **arrays: Any) -> None:
        """Keep arrays or numbers by name, all of them or none."""
        buffer = io.BytesIO()
        write_arrays(buffer, {name: np.asarray(value) for name, value in arrays.items()})
        write_sealed(self.file, buffer.getvalue())
        self.saved_at = time.monotonic()

    def load(self) -> dict[str, Array] | None:
        """What was saved; None when there is nothing, or not as it was written."""
        body = read_sealed(self.file)
        try:
            found = None if body is None else read_arrays(io.BytesIO(body), lambda _: "")
        except ValueError:
            return None
        self.resumed = found is not None
        return found

    def forget(self) -> None:
        """The call has ended."""
        self.file.unlink(missing_ok=True)
        shutil.rmtree(self.file.with_suffix(".d"), ignore_errors=True)


def call_and_store(job: Job, store: Store, tell: Callable[..., None],
                   stopping: Callable[[], bool]) -> None:  # fmt: skip
    """Make a job's call and store what it returns, unless it is stopped before. tell: as `call` reports, and whether it is done."""
    function, key, started = job.experiment, job.key, time.monotonic()
    assert isinstance(function, Function)
    if function.changed_since:
        raise _refused(function, "its code was changed meanwhile", "Run the same command again.")
    tell(0, 0.0, {}, 0, False)
    time.sleep(
        0.01
    )  # the message is on its way before a function can end the process: so one knows which it was
    checkpoint = Checkpoint(store.checkpoint(key), stopping)
    said: list[int] = [job.steps]

    def report(step: int, *more: Any) -> None:
        said.append(step)
        tell(step, *more, False)

    arrays = call(function, job.configs[0], job.device, checkpoint, report)
    if arrays is None:
        return
    seconds = time.monotonic() - started
    made = describe_call(function.file, job.device, seconds, function.libraries)
    store.save(function, job.configs, arrays, made)
    checkpoint.forget()
    tell(said[-1], said[-1] / max(seconds, 1e-9), {}, 0, True)


def call(
    function: Function,
    cell: Cell,
    device: str,
    checkpoint: Checkpoint,
    report: Callable[[int, float, Metrics, int], object],
) -> dict[str, Array] | None:
    """The arrays of one call; None when stopped at a step.

    report: told (step, steps per second, metrics, step it resumed at). Raises ReportError for what the function
    raises, and for what it returns that is no arrays.
    """
    handed = {"checkpoint": checkpoint, "device": device}
    with _contained(function), _loaded(function) as called:
        found = called(**cell.settings, **{name: handed[name] for name in function.handed})
        if isinstance(found, Generator):
            found = _followed(found, checkpoint, report)
        return None if found is _STOPPED else _arrays(function, found)


_STOPPED: Any = object()


def _followed(
    steps: Generator[Any, None, Any],
    checkpoint: Checkpoint,
    report: Callable[[int, float, Metrics, int], object],
) -> Any:
    """What a generator returns in the end, told of each step on the way; `_STOPPED` where it was stopped."""
    begun = 0, time.monotonic()
    known, last, waiting = False, 0.0, None
    while True:
        try:
            said = next(steps)
        except StopIteration as end:
            if waiting:  # the last word is not kept back
                report(*waiting)
            return end.value
        now = time.monotonic()
        step, metrics = said if isinstance(said, tuple) else (said, {})
        if not isinstance(metrics, Mapping):
            raise TypeError(f"it yielded {type(metrics).__name__}, not (step, {{metric: number}})")
        step = int(step)
        if checkpoint.resumed and not known:
            begun, known = (step, now), True
        rate = (step - begun[0]) / max(now - begun[1], 1e-9)
        measured = {str(name): float(value) for name, value in metrics.items()}
        waiting = step, rate, measured, begun[0]
        if now - last > REPORT_EVERY_S:
            report(*waiting)
            last, waiting = now, None
        if checkpoint.stopping():
            steps.close()
            return _STOPPED


@contextmanager
def _loaded(function: Function) -> Iterator[Callable[..., Any]]:
    """The function, from what its file says now."""
    if isinstance(function, Table):
        yield function.read
        return
    if function.file.is_relative_to(PACKAGE):
        inside = function.file.relative_to(PACKAGE.parent).with_suffix("")
        module: Any = import_module(".".join(inside.parts))
        yield getattr(module, function.called)
        return
    before = sys.path.copy()
    with loaded_anew(lambda _: None):
        sys.path.append(str(function.folder))  # last: no helper stands in the way of a library
        try:
            yield getattr(
                load(f"_experiment_{function.file.stem}", function.file, lambda _: None), function.called
            )
        finally:
            sys.path[:] = before


class _Beginning(io.TextIOBase):
    """Takes megabytes, and remembers how they begin."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text[: SHOWN - len(self.text)] if len(self.text) < SHOWN else ""
        return len(text)

    def writable(self) -> bool:
        return True


@contextmanager
def _contained(function: Function) -> Iterator[None]:
    """Puts back what the function changes; an error of it is a ReportError that names its line."""
    printed, folder, process = _Beginning(), Path.cwd(), os.getpid()
    environment = os.environ.copy()
    try:
        with redirect_stdout(printed), redirect_stderr(printed):
            yield
    except (ReportError, KeyboardInterrupt):
        raise
    except BaseException as error:  # SystemExit too
        about = f"{function.name}: "
        worded = in_code(
            function.file, error if isinstance(error, Exception) else _as_error(error), hint=HINT, about=about
        )
        said = " ".join(printed.text.split())
        message = f"{worded.message} It printed: {said}" if said else worded.message
        raise ReportError(message, hint=HINT, exit_code=EXIT_FAILED) from error
    finally:
        if os.getpid() != process:  # a fork of it that came back
            os._exit(0)
        os.chdir(folder)
        if os.environ != environment:
            os.environ.clear()
            os.environ.update(environment)


def _as_error(error: BaseException) -> Exception:
    return RuntimeError(f"it ended the program: {type(error).__name__} {error}").with_traceback(
        error.__traceback__
    )


def _arrays(function: Function, found: Any) -> dict[str, Array]:
    """What it returned as arrays. Raises ReportError for anything else."""
    if not isinstance(found, Mapping) or not found:
        what = "nothing" if found is None or found == {} else type(found).__name__
        raise _refused(
            function, f"it returned {what}, not a dictionary of arrays", 'Write: return {"loss": losses}'
        )
    if len(found) > MEMBERS:
        raise _refused(
            function,
            f"it returned {numbers.number(len(found))} arrays",
            f"At most {MEMBERS} are stored; stack some.",
        )
    arrays = {}
    for name, value in found.items():
        if not isinstance(name, str) or not name.isidentifier() or name == "file":
            raise _refused(function, f"{name!r} cannot be the name of an array", "Use letters, digits and _.")
        array = np.asarray(value)
        if array.dtype.kind not in KINDS:
            kind = "objects, or lists of unequal lengths" if array.dtype.kind == "O" else str(array.dtype)
            hint = "Return numbers, truth values or texts; the real and imaginary parts of complex ones."
            raise _refused(function, f"{name!r} holds {kind}", hint)
        arrays[name] = array
    size = sum(array.nbytes for array in arrays.values())
    if size > LARGEST:
        hint = "At most 1 GB is stored: keep fewer snapshots, or fewer digits."
        raise _refused(function, f"it returned {numbers.size(size)}", hint)
    return arrays


def _refused(function: Function, what: str, hint: str) -> ReportError:
    return ReportError(f"{function.file}: {function.name}: {what}.", hint=hint, exit_code=EXIT_FAILED)
