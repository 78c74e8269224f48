"""Arrays from files that are not to be trusted: each thing a header may lie about is found before it is believed."""

import io
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from numpy.lib import format as npy

from reportgen.files import npz
from reportgen.files.npz import MEMBERS, read_arrays

GOOD = {"steps": np.arange(4), "loss": np.linspace(0, 1, 4, dtype=np.float32), "config": np.array("{}")}


def fine(headers) -> str:
    """Whoever asks has no objection."""
    return ""


def member(array: np.ndarray) -> bytes:
    """An array as NumPy writes it."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def claiming(
    shape: tuple, descr: object = "<f8", content: bytes = b"", write=npy.write_array_header_1_0
) -> bytes:
    """An array's file that says so of itself, whatever follows."""
    file = io.BytesIO()
    write(file, {"descr": descr, "fortran_order": False, "shape": shape})
    return file.getvalue() + content


def archive(members: dict[str, bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as whole:
        for name, content in members.items():
            whole.writestr(name, content)
    file.seek(0)
    return file


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_saved_is_read(save, tmp_path):
    """From a file or from memory, compressed or not; empty arrays, scalars and text too."""
    arrays = GOOD | {"empty": np.zeros((0, 31, 5)), "scalar": np.array(3), "flags": np.array([True, False])}
    save(tmp_path / "arrays.npz", **arrays)
    for source in (tmp_path / "arrays.npz", io.BytesIO((tmp_path / "arrays.npz").read_bytes())):
        found = read_arrays(source, fine)
        assert found.keys() == arrays.keys()
        assert all(np.array_equal(found[name], arrays[name]) for name in arrays)


def test_the_second_version_of_the_format_is_read():
    """As NumPy writes it when a header is long."""
    body = claiming((3,), content=np.arange(3.0).tobytes(), write=npy.write_array_header_2_0)
    assert read_arrays(archive({"loss.npy": body}), fine)["loss"].tolist() == [0, 1, 2]


BIG = 10**12
LIES = {
    "more than the file holds": (claiming((BIG,)), "has the shape"),
    "a little more": (claiming((3,), content=bytes(16)), "has the shape"),
    "less": (claiming((1,), content=bytes(16)), "has the shape"),
    "nothing": (claiming((0,), content=bytes(8)), "has the shape"),
    "a negative size": (claiming((-1,), content=bytes(8)), "has the shape"),
    "two negative sizes": (claiming((-1, -2), content=bytes(16)), "has the shape"),
    "objects": (claiming((1,), "|O", bytes(8)), "not numbers"),
    "records": (claiming((1,), [("a", "<f8")], bytes(8)), "not numbers"),
    "raw bytes": (claiming((1,), "|V8", bytes(8)), "not numbers"),
    "complex numbers": (claiming((1,), "<c8", bytes(8)), "not numbers"),
    "dates": (claiming((1,), "<M8[s]", bytes(8)), "not numbers"),
    "a third version": (b"\x93NUMPY\x03\x00" + member(GOOD["loss"])[8:], "unknown format"),
    "a version from the future": (b"\x93NUMPY\x09\x01" + member(GOOD["loss"])[8:], "unknown format"),
    "another magic": (b"\x93NUMPI" + member(GOOD["loss"])[6:], "magic"),
    "no header": (b"", "magic|EOF"),
    "half a header": (member(GOOD["loss"])[:40], "EOF"),
    "a header that is no header": (b"\x93NUMPY\x01\x00\x04\x00}{}{", "header"),
    "a header longer than any": (claiming((1,) * 4000, content=bytes(8)), "EOF"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_header_is_not_believed(lie, monkeypatch):
    """Beside good arrays; NumPy, which would take memory or run code, is not even asked."""
    content, complaint = LIES[lie]
    monkeypatch.setattr(npz.np, "load", None)
    members = {f"{name}.npy": member(array) for name, array in GOOD.items()}
    with pytest.raises(ValueError, match=complaint):
        read_arrays(archive(members | {"wrong.npy": content}), fine)


@pytest.mark.parametrize(
    "name",
    ["notes.txt", "steps", "../steps.npy", "a/b.npy", "/etc/x.npy", "1st.npy", "a-b.npy", ".npy", "x.NPY"],
)
def test_a_file_of_another_name_is_not_an_array(name, monkeypatch):
    """Its name has to be one of Python's, with .npy."""
    monkeypatch.setattr(npz.np, "load", None)
    with pytest.raises(ValueError, match="it holds a file"):
        read_arrays(archive({"loss.npy": member(GOOD["loss"]), name: member(GOOD["steps"])}), fine)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_no_array_comes_twice():
    """The second would be read under the first one's header."""
    file = archive({"loss.npy": member(GOOD["loss"])})
    with zipfile.ZipFile(file, "a") as whole:
        whole.writestr("loss.npy", member(GOOD["steps"]))
    with pytest.raises(ValueError, match="it holds a file 'loss.npy'"):
        read_arrays(file, fine)


def test_there_are_not_too_many():
    """As many as are allowed, and one more."""
    body = member(GOOD["loss"])
    assert len(read_arrays(archive({f"a{i}.npy": body for i in range(MEMBERS)}), fine)) == MEMBERS
    with pytest.raises(ValueError, match=f"it holds {MEMBERS + 1} files"):
        read_arrays(archive({f"a{i}.npy": body for i in range(MEMBERS + 1)}), fine)


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: whole[:-40],
        lambda whole: b"x" * 100,
        lambda whole: whole[:60] + b"!" + whole[61:],
    ],
)
def test_a_damaged_file_is_a_plain_error(damage: Callable[[bytes], bytes]):
    """Empty, cut off, no archive, or with a byte changed."""
    whole = archive({"loss.npy": member(GOOD["loss"])}).getvalue()
    with pytest.raises(ValueError):
        read_arrays(io.BytesIO(damage(whole)), fine)


def test_whoever_asks_may_refuse(monkeypatch):
    """By names, shapes and types, before anything is unpacked."""
    monkeypatch.setattr(npz.np, "load", None)
    seen = {}

    def refuse(headers) -> str:
        seen.update(headers)
        return "not what we want"

    with pytest.raises(ValueError, match="not what we want"):
        read_arrays(archive({f"{name}.npy": member(array) for name, array in GOOD.items()}), refuse)
    assert {name: (header.shape, header.dtype, header.size) for name, header in seen.items()} == {
        name: (array.shape, array.dtype, array.nbytes) for name, array in GOOD.items()
    }
