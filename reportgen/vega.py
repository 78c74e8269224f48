"""vl-convert in a process of its own: charts to SVG, PNG, PDF and Vega, beside whatever Python does.

It takes 0.4 s until its first chart and holds Python's lock all the while it works, so a thread would
not do. The process ends when this one does, however that comes about: its pipe closes.
"""

import atexit
import os
import pickle
import signal
import subprocess
import sys
import threading
from functools import cache

from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.processes import quiet_start
from reportgen.source import VL_VERSION


def wake() -> None:
    """Start the process, if it is not there, and do not wait for it."""
    _converter()


def svg(spec: dict, where: str) -> str:
    """A Vega-Lite chart drawn. Raises ReportError, saying `where`, when Vega-Lite refuses it."""
    return _from_chart("vegalite_to_svg", spec, where)


def compiled(spec: dict, where: str) -> dict:
    """A Vega-Lite chart as Vega. Raises ReportError, saying `where`, when Vega-Lite refuses it."""
    return _from_chart("vegalite_to_vega", spec, where)


def png(drawn: str) -> bytes:
    """An SVG in pixels, two to its unit."""
    return _converter().ask("svg_to_png", drawn, scale=2)


def pdf(drawn: str) -> bytes:
    """An SVG as PDF."""
    return _converter().ask("svg_to_pdf", drawn)


def _from_chart(name: str, spec: dict, where: str):
    try:
        return _converter().ask(name, spec, vl_version=VL_VERSION)
    except ValueError as error:
        said = str(error).strip().splitlines()  # what failed, the error itself, and where in Vega
        reason = next((line.partition("Error: ")[2] for line in said if "Error: " in line), said[0])
        raise ReportError(
            f"{where} cannot be drawn: {reason}",
            hint="Vega-Lite refuses the chart; look at its marks, fields and scales.",
            exit_code=EXIT_FAILED,
        ) from error


@cache
def _converter() -> "_Converter":
    return _Converter()


class _Converter:
    """One question at a time; threads wait for each other."""

    def __init__(self):
        # Not by `multiprocessing`: that would run the program's main file again.
        code = f"import sys; sys.path[:] = {sys.path!r}; from reportgen.vega import answer; answer()"
        with quiet_start():
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        self._lock = threading.Lock()
        atexit.register(self._end)

    def _end(self) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, name: str, *given, **options):
        """What vl-convert's function of that name returns."""
        with self._lock:
            try:
                _send(self._process.stdin, (name, given, options))
                found, problem = pickle.load(self._process.stdout)
            except (EOFError, OSError, pickle.UnpicklingError):
                _converter.cache_clear()
                raise ReportError(
                    "The process that draws was ended, perhaps for lack of memory.",
                    hint="Run the same command again; what is drawn is kept.",
                    exit_code=EXIT_FAILED,
                ) from None
        if problem is not None:
            raise ValueError(problem)
        return found


def _send(pipe, value: object) -> None:
    pickle.dump(value, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def answer() -> None:
    """The process itself: answers until its input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what vl-convert may print is no answer
    import vl_convert

    vl_convert.vegalite_to_svg({"data": {"values": [{}]}, "mark": "point"}, vl_version=VL_VERSION)
    while True:
        try:
            name, given, options = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            found = getattr(vl_convert, name)(*given, **options), None
        except ValueError as error:
            found = None, str(error)
        _send(out, found)
