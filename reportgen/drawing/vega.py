"""vl-convert in processes of its own: charts to SVG, PNG, PDF and Vega, beside whatever Python does.

It takes 0.4 s until its first chart and holds Python's lock all the while it works, so a thread would
not do. PNGs, which take longest, have a process to themselves. Both end when this one does, however
that comes about: their pipes close.
"""

import atexit
import os
import pickle
import signal
import subprocess
import sys
import threading
from typing import IO, Any

from reportgen.drawing.declaration import FONTS, VL_VERSION
from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.training.subprocesses import quiet_start

Spec = dict[str, Any]  # a chart as JSON, in the terms of Vega-Lite or of Vega


def wake() -> None:
    """Start the processes, if they are not there, and do not wait for them."""
    _charts.start()
    _pixels.start()


def svg(spec: Spec, where: str) -> str:
    """A Vega-Lite chart drawn. All of these raise ReportError, saying `where`, when vl-convert refuses."""
    drawn: str = _charts.ask(where, "vegalite_to_svg", spec, vl_version=VL_VERSION)
    return drawn


def compiled(spec: Spec, where: str) -> Spec:
    """A Vega-Lite chart as Vega."""
    found: Spec = _charts.ask(where, "vegalite_to_vega", spec, vl_version=VL_VERSION)
    return found


def png(drawn: str, where: str) -> bytes:
    """An SVG in pixels, two to its unit."""
    content: bytes = _pixels.ask(where, "svg_to_png", drawn, scale=2)
    return content


def pdf(drawn: str, where: str) -> bytes:
    """An SVG as PDF."""
    content: bytes = _charts.ask(where, "svg_to_pdf", drawn)
    return content


class _Converter:
    """One question at a time; threads wait for each other. first: a chart to begin with, unasked."""

    def __init__(self, first: Spec | None = None):
        self._first = first
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.end)

    def start(self) -> subprocess.Popen[bytes]:
        """The process; not by `multiprocessing`, which would run the program's main file again."""
        with self._lock:
            if self._process is None:
                code = f"import sys; sys.path[:] = {sys.path!r}; "
                code += f"from reportgen.drawing.vega import answer; answer({self._first!r})"
                with quiet_start():
                    self._process = subprocess.Popen(
                        [sys.executable, "-P", "-c", code],
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        env={**os.environ, "TZ": "UTC"},
                    )
            return self._process

    def end(self) -> None:
        """End the process; the next question starts another."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.communicate()
                self._process = None

    def ask(self, where: str, name: str, *given: object, **options: object) -> Any:
        """What vl-convert's function of that name returns."""
        with self._lock:
            process = self.start()
            assert process.stdin and process.stdout
            try:
                _send(process.stdin, (name, given, options))
                found, problem = pickle.load(process.stdout)
            except BaseException as error:
                self.end()  # in its pipes may be half a question, or an answer that nobody waits for
                if not isinstance(error, EOFError | OSError | pickle.UnpicklingError):
                    raise
                raise ReportError(
                    "The process that draws was ended, perhaps for lack of memory.",
                    hint="Run the same command again; what is drawn is kept.",
                    exit_code=EXIT_FAILED,
                ) from None
        if problem is None:
            return found
        said = problem.strip().splitlines() or ["no reason given"]  # what failed, the error, where in Vega
        reason = next((line.partition("Error: ")[2] for line in said if "Error: " in line), said[0])
        raise ReportError(
            f"{where} cannot be drawn: {reason}",
            hint="vl-convert refuses the chart; look at its marks, fields, scales and texts.",
            exit_code=EXIT_FAILED,
        )


_charts = _Converter({"data": {"values": [{}]}, "mark": "point"})
_pixels = _Converter()


def _send(pipe: IO[bytes], value: object) -> None:
    pipe.write(pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL))
    pipe.flush()


def answer(first: Spec | None) -> None:
    """The process itself: answers until its input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what vl-convert may print is no answer
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    if first:
        vl_convert.vegalite_to_svg(first, vl_version=VL_VERSION)
    while True:
        try:
            name, given, options = pickle.load(sys.stdin.buffer)
        except (EOFError, pickle.UnpicklingError):  # the parent is gone, perhaps in the middle of a question
            return
        found = problem = None
        try:
            found = getattr(vl_convert, name)(*given, **options)
        except Exception as error:
            problem = str(error)
        try:
            _send(out, (found, problem))
        except BrokenPipeError:
            os._exit(0)  # nobody is left to answer
