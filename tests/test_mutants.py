"""What `make test-mutants` relies on: tests and code by name, and reasons that speak of code that is there."""

import pytest
from fixtures.projects import ROOT


@pytest.fixture(autouse=True)
def scripts_are_found(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts" / "mutants"))


def test_every_wing_has_code_and_tests():
    """A file that was renamed would be left out without a word."""
    import wings

    for wing in wings.WINGS.values():
        assert all(list(ROOT.glob(glob)) for glob in wing.code)
        assert all((ROOT / file).is_file() for file in wing.test_files)


def test_survivors_are_of_code_that_is_there():
    """A reason outlives neither its file nor its line, and says which kind it is."""
    from results import reasons

    for (file, before, after), (kind, why) in reasons().items():
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
        whole = " ".join(line.strip() for line in lines)
        assert before in whole and before != after, f"{file}: {before}"
        assert kind in ("equivalent", "accepted") and why.endswith(".")


def test_a_mutant_is_told_by_the_lines_that_differ():
    """Where it is, what stood there, what stands there now; one that leaves out a line too."""
    from changes import Mutant, in_words

    path = "reportgen/files/hashing.py"
    source = (ROOT / path).read_text(encoding="utf-8")
    for old, new in (("KEY_LENGTH = 16", "KEY_LENGTH = 17"), ("import hashlib\n", "")):
        changed = source.replace(old, new)
        found = in_words(Mutant(path, (1, 0), "", "", lambda changed=changed: changed))
        assert found.before.startswith(old.strip()) and found.after.startswith(new)
        assert found.place[0] == source[: source.index(old)].count("\n") + 1


def test_a_share_is_of_the_mutants_that_could_be_noticed(monkeypatch):
    """Of ten, one is equivalent and one is not: eight of nine."""
    import results
    from changes import Mutant

    one, two = (Mutant("a.py", (line, 0), f"x = {line}", "x", str) for line in (1, 2))
    monkeypatch.setattr(results, "reasons", lambda: {("a.py", "x = 1", "x"): ("equivalent", "Same.")})
    result = results.Result("store", 5, 10, [one, two])
    assert result.row() == ["store", "5", "10", "8", "1", "89%"]
    text = results.report([result])
    assert "`a.py`, line 1. Same.\n\n```diff\n- x = 1\n+ x\n```" in text and "nobody has looked at" in text
