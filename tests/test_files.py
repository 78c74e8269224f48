"""Files written whole and read without being believed, and the memo of what is slow to work out."""

import errno
import json
import stat
from pathlib import Path

import msgspec
import pytest

from reportgen.files import atomic, memo
from reportgen.files.memo import Memo


class Record(msgspec.Struct):
    """Some record."""

    number: int


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def intact(folder: Path) -> bool:
    """One of ours, whole."""
    return (folder / "a").is_file() and (folder / "a").read_text() == "whole"


# --- files ---


def test_a_file_is_written_whole_for_everybody_to_read(tmp_path):
    """In folders that are made for it; over an older one; nothing is left beside it."""
    path = tmp_path / "new" / "deep" / "file"
    for content in (b"one", b"two"):
        atomic.write_atomically(path, content)
        assert path.read_bytes() == content
    assert mode(path) == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    """And nothing of its own."""
    path = tmp_path / "file"
    atomic.write_atomically(path, b"old")

    def full(handle):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        atomic.write_atomically(path, b"new")
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_what_is_written_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    """Otherwise a crash could leave an empty file under the right name."""
    synced = []
    real = atomic.os.fsync
    monkeypatch.setattr(
        atomic.os, "fsync", lambda handle: (synced.append((tmp_path / "file").exists()), real(handle))
    )
    atomic.write_atomically(tmp_path / "file", b"x")
    assert synced == [False]


def test_json_is_sorted_and_ends_in_a_newline(tmp_path):
    """Indented by one, or all on one line; characters as they are."""
    path = tmp_path / "file.json"
    atomic.write_json(path, {"b": [1], "a": "é"})
    assert path.read_text(encoding="utf-8") == '{\n "a": "é",\n "b": [\n  1\n ]\n}\n'
    atomic.write_json(path, {"b": 1, "a": 2}, indent=None)
    assert path.read_text(encoding="utf-8") == '{"a": 2, "b": 1}\n'


@pytest.mark.parametrize(
    "content",
    [None, b"", b"{", b"\xff", b"[" * 100_000],
    ids=["missing", "empty", "half", "binary", "brackets"],
)
def test_what_is_no_json_is_nothing(tmp_path, content):
    """A missing file, an empty one, half of one, no text, brackets without end."""
    path = tmp_path / "file.json"
    if content is not None:
        path.write_bytes(content)
    assert atomic.read_json(path) is None
    assert atomic.read_record(path, Record) is None


def test_a_record_is_read_as_its_type_or_not_at_all(tmp_path):
    path = tmp_path / "file.json"
    atomic.write_json(path, {"number": 3})
    assert atomic.read_json(path) == {"number": 3}
    assert atomic.read_record(path, Record) == Record(3)
    atomic.write_json(path, {"number": "three"})
    assert atomic.read_record(path, Record) is None


def test_a_sealed_file_is_what_was_written_or_nothing(tmp_path):
    """Every byte counts: of the seal, of the content, and one more."""
    path = tmp_path / "file"
    assert atomic.read_sealed(path) is None
    atomic.write_sealed(path, b"content")
    assert atomic.read_sealed(path) == b"content"
    whole = path.read_bytes()
    assert len(whole) == 64 + len(b"content")
    for damaged in (
        whole[:-1],
        whole + b"x",
        b"0" * 64 + whole[64:],
        whole[:64] + b"cOntent",
        b"",
        whole[1:],
    ):
        path.write_bytes(damaged)
        assert atomic.read_sealed(path) is None
    atomic.write_sealed(path, b"")
    assert atomic.read_sealed(path) == b""


# --- folders ---


def test_a_folder_takes_its_place_when_all_went_well(tmp_path):
    """In folders made for it, for everybody to read; nothing is left beside it."""
    target = tmp_path / "deep" / "folder"
    with atomic.new_folder(target, intact) as work:
        (work / "a").write_text("whole")
        assert not target.exists() and work.name.startswith(atomic.UNFINISHED)
    assert intact(target) and mode(target) == 0o755
    assert list(target.parent.iterdir()) == [target]


def test_a_folder_that_failed_leaves_nothing(tmp_path):
    with pytest.raises(KeyError), atomic.new_folder(tmp_path / "folder", intact) as work:
        (work / "a").write_text("whole")
        raise KeyError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("there", "left"), [("whole", "older"), ("damaged", "newer")])
def test_an_intact_folder_stays_and_a_damaged_one_goes(tmp_path, there, left):
    """What another process put there meanwhile is the same; what is damaged is in the way."""
    target = tmp_path / "folder"
    target.mkdir()
    (target / "a").write_text(there)
    (target / "b").write_text("older")
    with atomic.new_folder(target, intact) as work:
        (work / "a").write_text("whole")
        (work / "b").write_text("newer")
    assert intact(target) and (target / "b").read_text() == left
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_cannot_take_its_place_is_an_error(tmp_path):
    """A file stands there, and is not ours."""
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(OSError), atomic.new_folder(tmp_path / "folder", intact) as work:
        (work / "a").write_text("whole")
    assert (tmp_path / "folder").read_text() == "a file" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_what_is_kept_to_save_time_need_not_be_kept(code):
    """A folder that may not be written to is no error; a full disk is."""
    with atomic.unless_read_only():
        raise OSError(code, "no")
    with pytest.raises(OSError), atomic.unless_read_only():
        raise OSError(errno.ENOSPC, "full")


def test_files_and_folders_are_brought_to_the_disk(tmp_path, monkeypatch):
    """Each by a handle of its own, which is closed again."""
    handles = []
    monkeypatch.setattr(atomic.os, "fsync", handles.append)
    (tmp_path / "file").write_text("x")
    for path in (tmp_path, tmp_path / "file"):
        atomic.sync(path)
    assert len(handles) == 2
    for handle in handles:
        with pytest.raises(OSError):
            atomic.os.fstat(handle)


# --- the memo ---


def never():
    raise AssertionError("it is known")


def test_a_value_is_made_once_and_comes_as_json_gives_it():
    """The first time too: no tuples."""
    found = Memo()
    assert found.empty and not found.knows("a")
    assert found.recall("a", lambda: (1, None)) == [1, None]
    assert found.recall("a", never) == [1, None]
    assert found.knows("a") and not found.knows("b") and not found.empty


def test_no_number_that_json_lacks_is_remembered():
    with pytest.raises(ValueError, match="JSON"):
        Memo().recall("a", lambda: float("nan"))


def test_what_was_saved_is_known_next_time(tmp_path):
    """And nothing is written when nothing is new."""
    file = tmp_path / "memo"
    first = Memo(file)
    first.recall("a", lambda: {"é": 1})
    first.save()
    before = file.stat().st_mtime_ns, file.read_bytes()
    assert "é".encode() in before[1] and b" " not in before[1]
    second = Memo(file)
    assert second.recall("a", never) == {"é": 1} and not second.empty
    for each in (first, second):
        each.save()
    assert (file.stat().st_mtime_ns, file.read_bytes()) == before
    file.write_bytes(before[1][:-1])
    assert Memo(file).empty


def test_without_a_file_nothing_is_saved(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = Memo()
    found.recall("a", lambda: 1)
    found.save()
    assert list(tmp_path.iterdir()) == []


def test_what_was_not_used_for_longest_goes_first(tmp_path, monkeypatch):
    """Of four entries with room for three: b and c were not asked for; a was, though it is the oldest."""
    monkeypatch.setattr(memo, "KEPT", 3)
    file = tmp_path / "memo"
    first = Memo(file)
    for name in "abc":
        first.recall(name, lambda: 1)
    first.save()
    second = Memo(file)
    for name in "da":
        second.recall(name, lambda: 1)
    second.save()
    assert list(json.loads(atomic.read_sealed(file))) == ["c", "d", "a"]


def test_a_folder_that_cannot_be_written_to_costs_time_alone(tmp_path):
    """It stays new: the next save tries again."""
    (tmp_path / "file").write_text("in the way")
    found = Memo(tmp_path / "file" / "memo")
    found.recall("a", lambda: 1)
    found.save()
    (tmp_path / "file").unlink()
    found.save()
    assert Memo(tmp_path / "file" / "memo").knows("a")
