"""The kernels in C++: compiled once for this processor, loaded with ctypes.

Optional: without a compiler, `library()` is None and training runs eagerly in PyTorch. Nothing
here imports torch, so the main process can compile before it starts its workers.
"""

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

SOURCES = Path(__file__).parent / "kernels"
FLAGS = ("-O3", "-march=native", "-std=c++17", "-shared", "-fPIC", "-pthread")
COMPILE_LIMIT_S = 120


@cache
def library() -> ctypes.CDLL | None:
    """The compiled kernels, or None where they cannot be had; `problem()` says why."""
    return _load()[0]


def problem() -> str:
    """Why there is no library, in a few words; empty when there is one."""
    return _load()[1]


@cache
def _load() -> tuple[ctypes.CDLL | None, str]:
    if os.environ.get("REPORTGEN_EAGER"):
        return None, "REPORTGEN_EAGER is set"
    compiler = _compiler()
    if compiler is None:
        return None, "no C++ compiler was found"
    try:
        return ctypes.CDLL(str(_compiled(compiler))), ""
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or ["no message"]
        return None, f"{compiler} failed: {lines[0]}"
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, f"{compiler}: {error}"


def _compiler() -> str | None:
    wanted = (os.environ.get("CXX", "c++"), "g++", "clang++")
    return next(filter(None, map(shutil.which, wanted)), None)


def compiler_version() -> str:
    """The compiler's first line, for the record of a run."""
    return _version(_compiler() or "c++").splitlines()[0]


def _version(compiler: str) -> str:
    return subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout


def _compiled(compiler: str) -> Path:
    """The shared library, from the cache or built now; other processes may do the same."""
    name = f"kernels-{_identity(compiler)}.so"
    folder = _cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / name).exists():
            _compile(compiler, folder / name)
    except OSError:  # a home that cannot be written: compile for this process alone
        folder = Path(tempfile.mkdtemp(prefix="reportgen-"))
        _compile(compiler, folder / name)
    return folder / name


def _compile(compiler: str, target: Path) -> None:
    files = [str(file) for file in sorted(SOURCES.glob("*.cpp"))]
    with tempfile.TemporaryDirectory(dir=target.parent) as work:
        built = Path(work) / target.name
        command = [compiler, *FLAGS, "-o", str(built), *files]
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=COMPILE_LIMIT_S)
        built.replace(target)


def _identity(compiler: str) -> str:
    """What decides the machine code: sources, flags, compiler, processor."""
    parts = [_version(compiler), *FLAGS, platform.machine(), _processor_flags()]
    parts += [file.read_text(encoding="utf-8") for file in sorted(SOURCES.iterdir())]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _processor_flags() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next((line for line in lines if line.startswith(("flags", "Features"))), "")
    except OSError:
        return platform.processor()


def _cache_folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "reportgen"
