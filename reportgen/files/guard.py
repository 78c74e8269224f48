"""Code that others write for a project (figures, facts, claims, experiments, templates) runs in here.

Whatever it raises, prints, changes or starts is contained: it becomes one error that names its place, and the
process is as it was.
"""

import io
import locale
import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, redirect_stderr, redirect_stdout, suppress
from typing import Any, cast

from reportgen.errors import ReportError
from reportgen.files.reads import Reads

SHOWN = 300  # letters of what was printed, in an error
WAIT_S = 2.0  # for threads that were started and not waited for
_printed: io.BytesIO | None = None  # of the outermost guard, while there is one
_listener: Callable[[str], object] | None = None


def listen(listener: Callable[[str], object] | None) -> None:
    """Who is told what such code prints when all is well; nobody, unless a person wants every word."""
    global _listener
    _listener = listener


@contextmanager
def guarded(worded: Callable[[Exception], ReportError], reads: Reads | None = None) -> Iterator[None]:
    """Run code of others in here. worded: the error that a person reads for whatever it raises.

    reads: where it is written down what such code reads; without it, that may read nothing. An error that is
    worded already passes, as does Ctrl-C. A guard within a guard only words errors.
    """
    outermost, printed, reads = _printed is None, _printed or io.BytesIO(), reads or Reads()
    try:
        with _contained(printed, reads) if outermost else nullcontext():
            yield
        if reads.refused:  # and the code went on
            raise reads.refused
    except (ReportError, KeyboardInterrupt):
        raise
    except BaseException as error:  # SystemExit too: a figure does not end the program
        if reads.refused:
            raise reads.refused from error
        problem = worded(cast(Exception, error))
        said = _text(printed)[:SHOWN]
        message = f"{problem.message} It printed: {said}" if said else problem.message
        raise ReportError(message, hint=problem.hint, exit_code=problem.exit_code) from error
    if outermost and _listener and (said := _text(printed)):
        _listener(said)


def _text(printed: io.BytesIO) -> str:
    """On one line; nothing where the code has closed what it was given."""
    with suppress(ValueError):
        return " ".join(printed.getvalue().decode(errors="replace").split())
    return ""


@contextmanager
def _contained(printed: io.BytesIO, reads: Reads) -> Iterator[None]:
    """Catches what is printed, and puts back what was changed."""
    global _printed
    _printed, threads = printed, set(threading.enumerate())
    stream = io.TextIOWrapper(printed, encoding="utf-8", errors="replace", write_through=True)
    try:
        with ExitStack() as stack:
            stack.enter_context(warnings.catch_warnings())
            for get, put in _changeable():
                stack.callback(put, get())
            for registry in _altair():  # what is enabled now, enabled again in the end
                stack.enter_context(registry.enable(registry.active, **registry.options))
            stack.enter_context(redirect_stdout(stream))
            stack.enter_context(redirect_stderr(stream))
            stack.enter_context(reads.watched())
            yield
        _wait_for({thread for thread in threading.enumerate() if not thread.daemon} - threads)
    finally:
        _printed = None
        with suppress(ValueError):
            stream.detach()  # or it would close `printed`


def _changeable() -> Iterator[tuple[Callable[[], Any], Callable[[Any], object]]]:
    """What such code can change for all that comes after it: how to look at it, and how to put it back."""
    yield os.getcwd, os.chdir
    yield os.environ.copy, _put_environment
    yield sys.path.copy, lambda path: sys.path.__setitem__(slice(None), path)
    yield random.getstate, random.setstate
    yield lambda: locale.setlocale(locale.LC_ALL), lambda found: locale.setlocale(locale.LC_ALL, found)
    if threading.current_thread() is threading.main_thread():
        yield _handlers, _put_handlers
    if numpy := sys.modules.get("numpy"):
        yield numpy.random.get_state, numpy.random.set_state
    if torch := sys.modules.get("torch"):
        yield torch.get_rng_state, torch.set_rng_state


def _altair() -> tuple[Any, ...]:
    altair = sys.modules.get("altair")
    return (altair.theme, altair.renderers, altair.data_transformers) if altair else ()


def _put_environment(found: dict[str, str]) -> None:
    if os.environ != found:
        os.environ.clear()
        os.environ.update(found)


def _handlers() -> dict[int, Any]:
    return {number: signal.getsignal(number) for number in signal.valid_signals()}


def _put_handlers(found: dict[int, Any]) -> None:
    for number, handler in found.items():
        if handler is not None and signal.getsignal(number) is not handler:
            signal.signal(number, handler)


def _wait_for(threads: set[threading.Thread]) -> None:
    """Raises RuntimeError for a thread that does not end: the program could not end either."""
    for thread in threads:
        thread.join(WAIT_S)
        if thread.is_alive():
            raise RuntimeError(f"it started the thread {thread.name!r}, which still runs")
