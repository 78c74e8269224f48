"""Files made to harm: their checksums fit, so only what they say of themselves can give them away.

Refused before memory is taken for them, with one error; nothing is read, written or deleted elsewhere.
"""

import io
import json
import shutil
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from fixtures.trainings import SLOW, interrupted

from reportgen.errors import ReportError
from reportgen.files import code_hash
from reportgen.files.atomic import read_json, read_sealed, write_json, write_sealed
from reportgen.files.hashing import digest, key_of
from reportgen.files.memo import Memo
from reportgen.files.project import Project
from reportgen.numerics.training import Trainer
from reportgen.pipeline.figures import ABOUT
from reportgen.site import output_folder
from reportgen.site.assemble import _figure
from reportgen.store.records import Store
from reportgen.training.checkpoints import load_checkpoint
from survival.projects import (
    SITE,
    assert_finished,
    assert_same,
    contents,
    figure_of,
    must,
    refuses,
    reportgen,
)

ALLOWED = 64 << 20  # bytes that reading may take; what is asked for below is gigabytes
HUGE = 1 << 33


@contextmanager
def little_memory():
    """Fails if more than `ALLOWED` is taken at any moment. NumPy reports to tracemalloc."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < ALLOWED
    finally:
        tracemalloc.stop()


def header(shape, descr="'<f8'", order="False") -> bytes:
    """The beginning of an .npy file that says what it likes."""
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def npy(array: np.ndarray, allow_pickle: bool = False) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, allow_pickle=allow_pickle)
    return buffer.getvalue()


def zipped(members: dict[str, bytes | int]) -> bytes:
    """A zip of these members; a number stands for a header and as many gigabytes of zeros as it needs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            if isinstance(content, int):
                with archive.open(name, "w", force_zip64=True) as member:
                    member.write(header(f"({content // 8},)"))
                    for _ in range(content >> 24):
                        member.write(bytes(1 << 24))
            else:
                archive.writestr(name, content)
    return buffer.getvalue()


def members_of(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


LOSS, WEIGHTS = "test_loss.npy", "w_input.npy"
ARRAYS: dict[str, Callable[[dict], dict]] = {
    "zip bomb": lambda m: m | {LOSS: HUGE // 8},
    "one more array, a bomb": lambda m: m | {"more.npy": HUGE // 8},
    "huge shape": lambda m: m | {LOSS: header(f"({HUGE}, 1)")},
    "huge shape by many sides": lambda m: m | {WEIGHTS: header("(99999, 99999, 99999, 99999)")},
    "zero times huge": lambda m: m | {WEIGHTS: header(f"(0, {HUGE}, 31, 64)")},
    "negative shape": lambda m: m | {LOSS: header("(-1, 1)")},
    "two negative sides": lambda m: m | {LOSS: header("(-26, -1)") + bytes(208)},
    "no shape": lambda m: m | {LOSS: header("()") + bytes(8)},
    "shape of words": lambda m: m | {LOSS: header("('a',)")},
    "code for a shape": lambda m: m | {LOSS: header("__import__('os').system('true')")},
    "objects": lambda m: m | {LOSS: npy(np.array([[{}]], dtype=object), allow_pickle=True)},
    "objects in a structure": lambda m: m | {LOSS: header("(26, 1)", "[('a', '|O')]") + bytes(208)},
    "huge items": lambda m: m | {LOSS: header("(26, 1)", f"'|V{1 << 30}'")},
    "text for numbers": lambda m: m | {LOSS: npy(np.array([["x"]]))},
    "complex numbers": lambda m: m | {LOSS: npy(np.zeros((26, 1), complex))},
    "whole numbers for losses": lambda m: m | {LOSS: npy(np.zeros((26, 1), int))},
    "fractions for steps": lambda m: m | {"steps.npy": npy(np.arange(26.0))},
    "steps that go back": lambda m: m | {"steps.npy": npy(np.arange(26)[::-1].copy())},
    "too many runs": lambda m: m | {LOSS: npy(np.zeros((26, 2)))},
    "too few rows": lambda m: m | {LOSS: npy(np.zeros((25, 1)))},
    "no rows": lambda m: m | {"steps.npy": npy(np.arange(0)), **{
        f"{n}.npy": npy(np.zeros((0, 1)))
        for n in ("test_loss", "train_loss", "test_accuracy", "train_accuracy", "weight_norm")}},
    "other neurons": lambda m: m | {WEIGHTS: npy(np.zeros((21, 1, 31, 65), np.float32))},
    "a huge last matrix": lambda m: m | {"final_input.npy": header("(1, 99999, 99999)")},
    "a header of megabytes": lambda m: m | {LOSS: b"\x93NUMPY\x02\x00" + (1 << 26).to_bytes(4, "little") + b" " * (1 << 26)},
    "an unknown format": lambda m: m | {LOSS: b"\x93NUMPY\x09\x00" + npy(np.zeros((26, 1)))[8:]},
    "no format": lambda m: m | {LOSS: b"hello"},
    "a missing array": lambda m: {n: c for n, c in m.items() if n != LOSS},
    "a name that leads outside": lambda m: m | {"../../outside.npy": m[LOSS]},
    "an absolute name": lambda m: m | {"/tmp/outside.npy": m[LOSS]},
    "a name that is no array": lambda m: m | {"readme": b"hello"},
    "thousands of members": lambda m: m | {f"a{i}.npy": m[LOSS] for i in range(5000)},
}  # fmt: skip


def forge(folder: Path, body: bytes | None = None, **changes) -> None:
    """Put other arrays, and other words, into a run, with every checksum right."""
    info = read_json(folder / "run.json")
    if body is not None:
        (folder / "arrays.npz").write_bytes(body)
        info["sha256"] = digest(body)
    info |= changes
    info["checksum"] = key_of({name: value for name, value in info.items() if name != "checksum"})
    write_json(folder / "run.json", info)


def test_hostile_arrays(project, tmp_path, tally):
    """Refused by their headers."""
    folder = next((project / ".reportgen" / "runs").glob("parity.*"))
    key, members = folder.name.split(".")[1], members_of((folder / "arrays.npz").read_bytes())
    original = contents(folder)
    for name, harm in ARRAYS.items():
        with tally.case(name):
            forge(folder, zipped(harm(dict(members))))
            record = Store(folder.parent).find(key)
            with little_memory(), pytest.raises(ReportError, match=r"arrays\.npz cannot be read"):
                record.runs()
            assert contents(folder).keys() == original.keys()
    with tally.case("as it was"):
        forge(folder, zipped(members))
        assert Store(folder.parent).find(key).runs()
    for name, text in {
        "brackets": "[" * 200_000,
        "a long number": "9" * 10_000,
        "NaN": '{"format": NaN}',
    }.items():
        with tally.case(f"run.json of {name}"):
            (folder / "run.json").write_text(text)
            assert Store(folder.parent).find(key) is None


def test_hostile_arrays_from_the_command_line(built, project, tally):
    """One error that says what to do; doing it mends everything."""
    folder = next((project / ".reportgen" / "runs").glob("parity.*"))
    members = members_of((folder / "arrays.npz").read_bytes())
    for name in ("zip bomb", "objects", "a name that leads outside"):
        with tally.case(name):
            forge(folder, zipped(ARRAYS[name](dict(members))))
            before = contents(project.parent)
            refuses(
                reportgen(project, "build", "--quick"), "arrays.npz cannot be read", "it is trained again"
            )
            refuses(reportgen(project, "status", "--quick"), "arrays.npz cannot be read")
            after = contents(project.parent)
            assert {p for p in {*before, *after} if before.get(p) != after.get(p)} <= {
                "project/.reportgen/cache/memory.json"
            }
    shutil.rmtree(folder)
    must(reportgen(project, "build", "--quick"))
    assert_finished(project, built.site)


RUN = {
    "other configs": lambda info: {"configs": [info["configs"][0] | {"seed": 99}]},
    "huge configs": lambda info: {"configs": [info["configs"][0] | {"model": {"neurons": 10**12}}]},
    "configs of another kind": lambda info: {"configs": [{"kind": "other"}]},
    "no configs": lambda info: {"configs": []},
    "configs as a number": lambda info: {"configs": 7},
    "configs as words": lambda info: {"configs": ["modular"]},
    "another form": lambda info: {"keep": "compact"},
    "an unknown form": lambda info: {"keep": "everything"},
    "a form that is a list": lambda info: {"keep": ["full"]},
    "another code": lambda info: {"code": {}},
    "code as a list": lambda info: {"code": []},
    "another key": lambda info: {"key": "../../../etc"},
    "a key that is a number": lambda info: {"key": 5},
    "a name that is a list": lambda info: {"name": ["modular"]},
    "another format": lambda info: {"format": 99},
    "a checksum that is a number": lambda info: {"sha256": 0},
}  # fmt: skip


def test_hostile_run_json(project, tally):
    """Words of the wrong kind are damage; words that are not what the key says are refused."""
    folder = next((project / ".reportgen" / "runs").glob("parity.*"))
    key, original = folder.name.split(".")[1], (folder / "run.json").read_text()
    for name, harm in RUN.items():
        with tally.case(name):
            (folder / "run.json").write_text(original)
            forge(folder, **harm(json.loads(original)))
            must(reportgen(project, "status", "--quick"))
            record = Store(folder.parent).find(key)
            if record is not None:
                with little_memory(), pytest.raises(ReportError, match="cannot be read"):
                    record.runs()


STATE: dict[str, Callable[[dict], dict]] = {
    "zip bomb": lambda m: m | {"rows.npy": HUGE // 8},
    "huge shape": lambda m: m | {"weights.npy": header(f"({HUGE}, 1)")},
    "too many rows": lambda m: m | {"rows.npy": header("(99999999, 5, 1)")},
    "objects": lambda m: m | {"first.npy": npy(np.array([{}], dtype=object), allow_pickle=True)},
    "a step that is not the rows'": lambda m: m | {"step.npy": npy(np.array(999))},
    "a negative step": lambda m: m | {"step.npy": npy(np.array(-20))},
    "a step of two numbers": lambda m: m | {"step.npy": npy(np.array([1, 2]))},
    "no snapshots": lambda m: m | {"w_input.npy": npy(np.zeros((0, 1, 7, 5), np.float32))},
    "never begun": lambda m: m | {"rows.npy": npy(np.zeros((0, 5, 1)))},
    "endless time": lambda m: m | {"spent_s.npy": npy(np.array(np.inf))},
    "a long word": lambda m: m | {"execution.npy": header("()", "'<U500000000'")},
    "another model": lambda m: (
        m | {n: npy(np.zeros((1, 9))) for n in ("weights.npy", "first.npy", "second.npy")}
    ),
    "text for weights": lambda m: m | {"weights.npy": npy(np.array("x"))},
    "one more": lambda m: m | {"more.npy": m["step.npy"]},
    "a missing one": lambda m: {n: c for n, c in m.items() if n != "second.npy"},
    "a name that leads outside": lambda m: m | {"../x.npy": m["step.npy"]},
}


def test_hostile_checkpoint(tmp_path, tally):
    """Training starts anew, untouched by what was in it."""
    file = interrupted(tmp_path)
    members = members_of(read_sealed(file))
    for name, harm in STATE.items():
        with tally.case(name):
            write_sealed(file, zipped(harm(dict(members))))
            fresh = Trainer(SLOW.configs)
            before = fresh.weights.clone()
            with little_memory():
                assert load_checkpoint(file, fresh, "cpu") == 0.0
            assert fresh.step == 0 and (fresh.weights == before).all()
    with tally.case("as it was"):
        write_sealed(file, zipped(members))
        assert load_checkpoint(file, Trainer(SLOW.configs), "cpu") == 1.5


def test_hostile_drawing(built, project, tmp_path, tally):
    """A drawing that names files elsewhere brings none of them into the site, and writes none."""
    home, secret = Project(project), tmp_path / "secret.txt"
    secret.write_text("secret")
    folder = next(home.drawn.glob("curve.*"))
    parts, original = read_json(folder / "key.json"), contents(folder)

    def restore() -> None:
        shutil.rmtree(folder)
        folder.mkdir()
        for name, content in original.items():
            (folder / name).write_bytes(content)

    def seal() -> None:
        names = [f for f in sorted(folder.iterdir()) if f.is_file() and f.name not in ABOUT]
        write_json(folder / "files.json", {file.name: digest(file.read_bytes()) for file in names})

    def found() -> bool:
        return bool(figure_of(home, "curve", parts).drawn())

    listed = {
        "a list that leads outside": {"../../../../secret.txt": digest(b"secret")},
        "an absolute path in the list": {str(secret): digest(b"secret")},
        "a device in the list": {"/dev/zero": ""},
    }
    for name, more in listed.items():
        with tally.case(name):
            write_json(folder / "files.json", json.loads(original["files.json"]) | more)
            assert not found()
            restore()
    with tally.case("a link for a file"):
        (folder / "live.js").unlink()
        (folder / "live.js").symlink_to(secret)
        seal()
        assert not found()
        restore()
    with tally.case("one file more"):
        (folder / "more.html").write_text("<script>")
        assert not found()
        restore()
    info = json.loads(original["figure.json"])
    shutil.rmtree(project / SITE)  # a site that is up to date reads no drawing
    harm = {
        "a frame from elsewhere": info | {"frames": [info["frames"][0] | {"file": "../../../../secret.txt"}]},
        "an absolute frame": info | {"frames": [info["frames"][0] | {"file": str(secret)}]},
        "data from elsewhere": info | {"live": "../../../../secret.txt"},
        "an export that leads outside": info | {"exports": {"/../../../../secret.txt": 6}},
    }
    for name, changed in harm.items():
        with tally.case(name):
            write_json(folder / "figure.json", changed)
            seal()
            assert found()
            with pytest.raises(ReportError, match="names a file elsewhere"):
                _figure("curve", folder, {})
            refuses(reportgen(project, "build", "--quick"), "names a file elsewhere", "drawn again")
            restore()
    must(reportgen(project, "build", "--quick"))
    assert_finished(project, built.site)


def test_hostile_list_of_a_site(built, project, tmp_path, tally):
    """Whatever a list names: nothing outside the site is read, changed or removed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.txt").write_text("x")
    out = project / SITE
    names = [
        "../../outside/precious.txt", str(outside / "precious.txt"), "../figures/curve.py", "/etc/passwd", "/dev/zero",
        "assets/../../../outside/precious.txt", "a\0b", "x" * 5000, "", ".", "..", "/",
    ]  # fmt: skip
    before = contents(outside) | contents(project / "figures") | {"passwd": Path("/etc/passwd").read_bytes()}
    for name in names:
        with tally.case(f"{name[:40]!r}"):
            known = json.loads((out / output_folder.MANIFEST).read_text())
            (out / output_folder.MANIFEST).write_text(json.dumps({"files": known["files"] | {name: "0"}}))
            must(reportgen(project, "build", "--quick"))
            assert_finished(project, built.site)
            after = (
                contents(outside)
                | contents(project / "figures")
                | {"passwd": Path("/etc/passwd").read_bytes()}
            )
            assert_same(after, before)
    for name in ("figures", "assets"):
        with tally.case(f"{name} is a link that leads outside"):
            (out / name).rename(tmp_path / name)
            (out / name).symlink_to(outside)
            refuses(reportgen(project, "build", "--quick"), "did not write")
            assert_same(contents(outside), {"precious.txt": b"x"})
            (out / name).unlink()
            (tmp_path / name).rename(out / name)
    with tally.case("clean"):
        listed = dict.fromkeys(names, "0")
        (out / output_folder.MANIFEST).write_text(json.dumps({"files": listed}))
        must(reportgen(project, "clean", "--yes"))
        after = (
            contents(outside) | contents(project / "figures") | {"passwd": Path("/etc/passwd").read_bytes()}
        )
        assert_same(after, before)


def test_hostile_notes(project, tally):
    """What only gives reasons or times: of any kind, it never trips a command."""
    must(reportgen(project, "build", "--quick"))
    files = {
        "key.json": next((project / ".reportgen" / "figures").glob("curve.*/key.json")),
        "drawing's provenance": next((project / ".reportgen" / "figures").glob("curve.*/provenance.json")),
        "run's provenance": next((project / ".reportgen" / "runs").glob("parity.*/provenance.json")),
        "page's record": next((project / ".reportgen" / "pages").glob("*.json")),
    }
    (project / "figures" / "curve.py").write_text(
        (project / "figures" / "curve.py").read_text().replace("100", "90")
    )
    original = {file: file.read_bytes() for file in files.values()}
    texts = ("[" * 200_000, "null", "[]", '{"seconds": "long", "training_s": "long", "parts": 3, "files": 3}',
             '{"seconds": NaN, "training_s": Infinity, "parts": {"code x": {}}, "files": {"a": []}, "code x": []}',
             '{"seconds": [], "training_s": 1, "versions": {"a": 1}, "device": 1, "parts": [], "files": []}')  # fmt: skip
    for name, file in files.items():
        for number, text in enumerate(texts):
            with tally.case(f"{name}, {number}"):
                file.write_text(text)
                must(reportgen(project, "status", "--quick", "--why"))
                file.write_bytes(original[file])
    code_hash.use(Memo())
