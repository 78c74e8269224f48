"""The compiled kernels: where they cannot be had, training says why and goes on without them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.numerics import native

SCRIPT = "from reportgen.numerics import native; print(native.library() is None, native.problem(), sep='|')"
needs_compiler = pytest.mark.skipif(native.library() is None, reason=native.problem())


def ask(**variables: str) -> tuple[bool, str]:
    """Whether a new process has no library, and why."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=os.environ | variables, capture_output=True, text=True, check=True
    )
    missing, _, reason = done.stdout.strip().partition("|")
    return missing == "True", reason


def compiler(folder: Path, script: str) -> str:
    """A made-up compiler."""
    file = folder / "made-up-c++"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return str(file)


def hasty(folder: Path) -> str:
    """The machine's compiler, without the seconds that it takes to optimise."""
    return compiler(folder, f'exec {native._compiler()} "$@" -O0')


def test_without_a_compiler_there_is_no_library(tmp_path):
    """And the reason says so."""
    assert ask(PATH=str(tmp_path), CXX="") == (True, "no C++ compiler was found")


def test_a_failing_compiler_is_quoted(tmp_path):
    """Its first line of complaint is the reason."""
    broken = compiler(tmp_path, 'test "$1" = --version && echo 1 && exit; echo "no such option" >&2; exit 1')
    missing, reason = ask(CXX=broken, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert missing
    assert reason == f"{broken} failed: no such option"


def test_the_person_can_ask_for_plain_pytorch():
    """REPORTGEN_EAGER=1 leaves the kernels aside."""
    assert ask(REPORTGEN_EAGER="1") == (True, "REPORTGEN_EAGER is set")


@needs_compiler
def test_kernels_are_compiled_once(tmp_path):
    """The second process finds the first one's library, even without a way to compile it."""
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "CXX": hasty(tmp_path)}
    assert ask(**cache) == (False, "")
    (built,) = (tmp_path / "cache" / "reportgen").iterdir()
    before = built.stat().st_mtime_ns
    assert ask(**cache) == (False, "")
    assert built.stat().st_mtime_ns == before


@needs_compiler
def test_a_home_that_cannot_be_written_is_no_obstacle(tmp_path):
    """The library is then compiled for this process alone."""
    (tmp_path / "file").write_text("")
    assert ask(XDG_CACHE_HOME=str(tmp_path / "file"), CXX=hasty(tmp_path)) == (False, "")
