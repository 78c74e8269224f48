"""What a stored run says of itself: run.json, the headers of its arrays, provenance.json, certificates.json."""

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest
from fixtures.made_up_runs import modular_run
from fixtures.projects import PROVENANCE
from fixtures.small_configs import MODULAR, PARITY

from reportgen.experiments.problems import problem
from reportgen.files.npz import Header
from reportgen.numerics.config import Config
from reportgen.store import provenance
from reportgen.store.certificates import add_certificate, read_certificates
from reportgen.store.documents import FORMAT, ArrayForm, Provenance, RunInfo, read_info, write_info
from reportgen.store.packing import METRICS, validation_error
from reportgen.store.records import worst
from reportgen.store.run import run_of, runs_of

INFO = RunInfo(
    format=FORMAT, name="tiny", key="k", configs=[{"seed": 1}], keep="full", code={"a.py": "1"},
    arrays={"steps": ArrayForm([4], "int64")}, sha256="2",
)  # fmt: skip

# --- run.json ---


@pytest.mark.parametrize(("keep", "lines"), [("full", 20), ("compact", 20), ("sweep", 1)])
def test_a_runs_description_is_read_as_it_was_written(tmp_path, keep, lines):
    """With its checksum; of a sweep, which has many, on one line."""
    write_info(tmp_path, msgspec.structs.replace(INFO, keep=keep))
    found = read_info(tmp_path)
    assert found.checksum and msgspec.structs.replace(found, checksum="") == msgspec.structs.replace(
        INFO, keep=keep
    )
    text = (tmp_path / "run.json").read_text()
    assert (text.count("\n") == 1) is (lines == 1) and text.endswith("}\n")


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"format": 2},
        {"configs": []},
        {"keep": "half"},
        {"checksum": ""},
        {"checksum": "z"},
        {"arrays": None},
        {"more": 1},
    ],
    ids=str,
)
def test_a_description_that_was_changed_is_none(tmp_path, change):
    write_info(tmp_path, INFO)
    found = json.loads((tmp_path / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps(found | change))
    assert read_info(tmp_path) is None


# --- the arrays beside it ---


def headers(
    config: Config, keep: str, t: int | tuple = 4, s: int | tuple = 2, r: int = 2, final: int = 2
) -> dict[str, Header]:
    """What R models of that config have, saved at T steps and in S snapshots, or at so many in several dimensions."""
    k, h, c = problem(config).sizes
    t, s = ((n,) if isinstance(n, int) else n for n in (t, s))
    shapes = {
        "w_input": ((*s, r, k, h), "f4"),
        "w_output": ((*s, r, h, c), "f4"),
        "snapshot_steps": (s, "i8"),
        "steps": (t, "i8"),
    }
    shapes |= dict.fromkeys(METRICS, ((*t, r), "f8"))
    if keep == "sweep":
        shapes |= {"w_input": (shapes["w_input"][0], "i2"), "w_output": (shapes["w_output"][0], "i2")}
        shapes |= {"train_accuracy": ((*t, r), "u2"), "test_accuracy": ((*t, r), "u2")}
        shapes |= {"w_input_scale": ((*s, r), "f4"), "w_output_scale": ((*s, r), "f4")}
    if keep == "full":
        shapes["final_matrix"] = ((r, final, final), "f4")
    return {name: Header(shape, np.dtype(kind)) for name, (shape, kind) in shapes.items()}


def error(config: Config, keep: str, found: dict[str, Header]) -> str:
    return validation_error(found, (config, config), keep)


KINDS = [(MODULAR, keep) for keep in ("full", "compact", "sweep")] + [
    (PARITY, keep) for keep in ("full", "sweep")
]


@pytest.mark.parametrize(("config", "keep"), KINDS)
def test_arrays_of_another_shape_or_kind_are_refused(config, keep):
    """Any of them, in any dimension; one that is missing, one too many, text and truth values."""
    good = headers(config, keep)
    assert error(config, keep, good) == ""
    for name, header in good.items():
        longer = [
            tuple(n + (i == axis) for i, n in enumerate(header.shape)) for axis in range(len(header.shape))
        ]
        if name == "final_matrix":
            longer = longer[:1]
        for shape in ((), (*header.shape, 1), header.shape[1:], *longer):
            if (len(header.shape), len(shape)) != (1, 1):  # how many were saved is for the next test
                assert error(config, keep, good | {name: Header(shape, header.dtype)}), (name, shape)
        for kind in ("U3", "?", "c16", "f8" if name.endswith("steps") else "u1" if "loss" in name else "U1"):
            assert name in error(config, keep, good | {name: Header(header.shape, np.dtype(kind))})
        rest = {other: good[other] for other in good if other != name}
        assert (name in error(config, keep, rest)) is (name != "final_matrix")
    more = error(config, keep, good | {"more": good["steps"], "another": good["steps"]})
    assert more == f"its arrays are not those of a {keep} record: another, more"


@pytest.mark.parametrize(("config", "keep"), KINDS)
def test_a_training_saves_two_steps_to_all_of_them_and_snapshots_among_these(config, keep):
    """Of 20 steps 2 to 21 rows, the first being step 0; snapshots 1 to as many, but none where a sweep needs none."""
    few = 0 if (config, keep) == (PARITY, "sweep") else 1
    for t, s in ((2, few), (2, 2), (21, few), (21, 21)):
        assert error(config, keep, headers(config, keep, t, s)) == ""
    for t, s in ((1, 1), (22, 1), (2, 3), (21, 22), *([(4, 0)] if few else [])):
        assert error(config, keep, headers(config, keep, t, s)) == (
            f"a training of 20 steps does not save {(t,)} rows and {(s,)} snapshots"
        )


@pytest.mark.parametrize(("t", "s"), [((), 2), ((4, 1), 2), (4, ()), (4, (2, 1))], ids=str)
def test_steps_are_a_plain_list_however_well_the_rest_fits(t, s):
    """A scalar or a table of them is refused, with curves and weights of the same form too."""
    assert error(MODULAR, "full", headers(MODULAR, "full", t, s)).startswith(
        "a training of 20 steps does not save "
    )


def test_final_matrices_are_no_larger_than_the_model():
    """As wide as its widest side, in both dimensions; one for each run."""
    widest = problem(MODULAR).widest
    assert error(MODULAR, "full", headers(MODULAR, "full", final=widest)) == ""
    assert "final_matrix" in error(MODULAR, "full", headers(MODULAR, "full", final=widest + 1))
    for shape in ((2, 1, widest + 1), (2, widest + 1, 1), (1, 2, 2), (2, 2), (2, 2, 2, 2)):
        wrong = headers(MODULAR, "full") | {"final_matrix": Header(shape, np.dtype("f4"))}
        assert "final_matrix" in error(MODULAR, "full", wrong)


# --- certificates.json ---


def entry(experiment: str, made_by: str, holds_for: str = "now", **more) -> dict:
    return {"experiment": experiment, "made_by": made_by, "holds_for": holds_for} | more


def test_certificates_are_sorted_and_a_newer_one_replaces_its_like(tmp_path):
    """By experiment, then by date, then by the code; one for each experiment and pair of codes."""
    entries = [
        entry("b", "1", audited_at="2026-01-03"), entry("b", "0", audited_at="2026-01-04"),
        entry("a", "2"), entry("a", "1", "then"), entry("a", "1"), entry("b", "1", audited_at="2026-01-05", sample=3),
    ]  # fmt: skip
    for one in entries:
        add_certificate(tmp_path, one)
    assert read_certificates(tmp_path) == [entries[i] for i in (4, 3, 2, 1, 5)]
    assert (tmp_path / "certificates.json").read_text().startswith('[\n {\n  "experiment": "a"')


@pytest.mark.parametrize("text", ["", "{}", "3", '[{"experiment": "a"}, 3, null, {"made_by": 1}]'])
def test_what_is_no_certificate_certifies_nothing(tmp_path, text):
    assert read_certificates(tmp_path) == []
    (tmp_path / "certificates.json").write_text(text)
    assert read_certificates(tmp_path) == []


# --- provenance.json ---


def test_a_training_is_described_by_what_can_change_its_last_bits(monkeypatch):
    """Threads in the plural; the compiler only where kernels were compiled; seconds to two places."""
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    found = provenance.describe_training("cpu", 1.23456, "eager")
    assert found.execution == f"torch {torch.__version__}, cpu, 1 thread, eager"
    assert found.training_s == 1.23 and set(found.versions) == {"python", "torch", "numpy"}
    assert provenance.describe_training("cpu", 1, "CUDA graph").versions == found.versions
    assert "cores" in found.device
    assert abs(datetime.now(UTC) - datetime.fromisoformat(found.finished_at)) < timedelta(minutes=5)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    assert provenance.execution("cuda", "graph") == f"torch {torch.__version__}, cuda, 2 threads, graph"
    monkeypatch.setattr("reportgen.numerics.native.compiler_version", lambda: "gcc 13")
    assert provenance.describe_training("cpu", 1, "compiled kernels").versions["compiler"] == "gcc 13"


def test_the_processor_is_named_with_its_cores(tmp_path, monkeypatch):
    """From Linux's own list, or as Python knows it."""
    listed = tmp_path / "cpuinfo"
    listed.write_text("processor : 0\nmodel name\t: Some CPU: 2.10GHz\nmodel name : Other\n")
    monkeypatch.setattr(provenance, "Path", lambda path: listed)
    monkeypatch.setattr(provenance.os, "cpu_count", lambda: 7)
    assert provenance._processor() == "Some CPU: 2.10GHz, 7 cores"
    for processor, expected in (("x86", "x86"), ("", "machine")):
        monkeypatch.setattr(
            provenance,
            "platform",
            SimpleNamespace(processor=lambda p=processor: p, machine=lambda: "machine"),
        )
        for text in ("nothing\n", None):
            listed.unlink() if text is None else listed.write_text(text)
            assert provenance._processor() == f"{expected}, 7 cores"
            listed.write_text("nothing\n")


def test_the_commit_says_whether_files_differ_from_it(tmp_path, monkeypatch):
    """Twelve digits, with a + for files that were changed; None outside Git, or when Git cannot be asked."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert provenance.commit(tmp_path) is None

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *who, *arguments], check=True, capture_output=True)

    (tmp_path / "file").write_text("one")
    git("init")
    git("add", "file")
    git("commit", "-m", "One.")
    clean = provenance.commit(tmp_path)
    assert len(clean) == 12 and int(clean, 16)
    (tmp_path / "file").write_text("two")
    assert provenance.commit(tmp_path) == f"{clean}+"
    made = provenance.describe_making(tmp_path, 1.23456)
    assert (made["commit"], made["seconds"]) == (f"{clean}+", 1.23)
    assert abs(datetime.now(UTC) - datetime.fromisoformat(made["made_at"])) < timedelta(minutes=5)
    monkeypatch.setenv("PATH", "")
    assert provenance.commit(tmp_path) is None


def test_a_provenance_leaves_out_what_is_not_known():
    """It has no line for where a run diverged that did not."""
    known = Provenance(execution="x", device="y", training_s=1, versions={})
    assert set(msgspec.to_builtins(known)) == {"execution", "device", "training_s", "versions"}


def test_a_provenance_with_less_than_no_time_is_none():
    plain = msgspec.to_builtins(PROVENANCE)
    assert msgspec.convert(plain, Provenance) == PROVENANCE
    assert msgspec.convert(plain | {"training_s": 0}, Provenance).training_s == 0
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(plain | {"training_s": -0.1}, Provenance)


# --- runs ---


def test_a_single_run_is_no_sweep():
    run = replace(modular_run(), name="one")
    runs = {"one": run, "many": [run]}
    assert run_of(runs, "one") is run and runs_of(runs, "many") == [run]
    with pytest.raises(AssertionError, match="many is a sweep"):
        run_of(runs, "many")
    with pytest.raises(AssertionError, match="one is a single run"):
        runs_of(runs, "one")


def test_of_several_states_the_worst_can_be_said_of_all():
    assert worst(["fresh", "stale", "certified"]) == "stale"
    assert worst(["fresh", "certified"]) == "certified"
    assert worst(["fresh"]) == "fresh"
