"""Writes `.npz` files, and reads them without believing them: names, shapes and types are checked before anything
is unpacked.

NumPy allocates what a header asks for, and a zip of a few kilobytes can hold gigabytes. So first only
the headers are read, of bounded size, and the caller says whether they are what it expects.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from reportgen.files.arrays import Array

LONGEST = 10_000  # bytes of a header; ours have 128
MEMBERS = 64  # more arrays than any file of ours holds
KINDS = "biufU"  # plain numbers and text; never objects, which would be pickles


@dataclass(frozen=True)
class Header:
    """What a stored array says of itself."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return prod(self.shape) * self.dtype.itemsize


Problem = Callable[[Mapping[str, Header]], str]  # what is wrong with the arrays of a file, "" if nothing


def read_arrays(source: Path | IO[bytes], problem: Problem) -> dict[str, Array]:
    """The arrays of a file by name. Raises ValueError, before memory is taken, when something is wrong."""
    try:
        wrong = problem(_headers(source))
        if wrong:
            raise ValueError(wrong)
        with np.load(source, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
        raise ValueError(str(error) or type(error).__name__) from error


def write_arrays(file: IO[bytes], arrays: Mapping[str, Array]) -> None:
    """Arrays by name, compressed; equal arrays give equal bytes."""
    named: dict[str, Any] = dict(arrays)  # as keywords, one of which NumPy keeps for itself
    np.savez_compressed(file, **named)


def _headers(source: Path | IO[bytes]) -> dict[str, Header]:
    with zipfile.ZipFile(source) as archive:
        members = archive.infolist()
        if len(members) > MEMBERS:
            raise ValueError(f"it holds {len(members):,} files")
        found = {}
        for member in members:
            name = member.filename.removesuffix(".npy")
            if not name.isidentifier() or name in found or not member.filename.endswith(".npy"):
                raise ValueError(f"it holds a file {member.filename!r}")
            with archive.open(member) as file:
                found[name] = _header(name, io.BytesIO(file.read(LONGEST)), member.file_size)
    if hasattr(source, "seek"):
        source.seek(0)
    return found


def _header(name: str, start: IO[bytes], stored: int) -> Header:
    """The header that an array's file starts with. What the zip says it unpacks to must be just what the header asks for."""
    version = npy.read_magic(start)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"{name} has the unknown format {version}")
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read(start)
    header = Header(shape, dtype)
    if dtype.kind not in KINDS:
        raise ValueError(f"{name} holds {dtype}, not numbers")
    if min(shape, default=0) < 0 or header.size != stored - start.tell():
        raise ValueError(f"{name} has the shape {shape}, which is not what the file holds")
    return header
