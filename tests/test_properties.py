"""What packs, quantises and parses, on whatever Hypothesis thinks of: it comes back, or is refused in two lines."""

import io
import json
from dataclasses import replace
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from urllib.parse import quote

import fixtures.properties  # noqa: F401 - the profile
import numpy as np
import pytest
from fixtures.made_up_runs import MODULAR, PARITY
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from reportgen.charts import quantised, simplified
from reportgen.drawing.discovery import read_source
from reportgen.errors import ReportError
from reportgen.experiments import EXPERIMENTS
from reportgen.files.address import base_url
from reportgen.files.npz import read_arrays
from reportgen.site.links import ParsedPage, check
from reportgen.store.packing import pack, unpack

SIZES = {"train": PARITY.task.train_size, "test": PARITY.task.test_size}
LOSSES = st.floats(1e-30, 1e30) | st.sampled_from([0.0, np.inf, -np.inf, np.nan])
WEIGHTS = st.floats(-1024, 1024, width=32).map(lambda weight: weight if abs(weight) > 1e-30 else 0.0)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=40)


def trajectories(k: int = 3, h: int = 2, c: int = 2) -> st.SearchStrategy:
    """What a trainer leaves of R runs: T saved steps, each with weights of K inputs, H neurons and C outputs."""

    @st.composite
    def made(draw):
        t, r = draw(st.integers(2, 4)), draw(st.integers(1, 2))
        steps = np.arange(t) * 10
        metrics = {f"{part}_loss": draw(some.arrays(float, (t, r), elements=LOSSES)) for part in SIZES}
        metrics |= {
            f"{part}_accuracy": draw(some.arrays(int, (t, r), elements=st.integers(0, size))) / size
            for part, size in SIZES.items()
        }
        metrics["weight_norm"] = draw(some.arrays(float, (t, r), elements=st.floats(1e-3, 6e4)))
        return SimpleNamespace(
            steps=steps, snapshot_steps=steps, metrics=metrics, final={},
            w_input=draw(some.arrays(np.float32, (t, r, k, h), elements=WEIGHTS)),
            w_output=draw(some.arrays(np.float32, (t, r, h, c), elements=WEIGHTS)),
        )  # fmt: skip

    return made()


def found(trajectory, keep: str, config) -> list[dict[str, np.ndarray]]:
    """Every run of it, packed and unpacked."""
    count = trajectory.metrics["train_loss"].shape[1]
    configs = tuple(replace(config, seed=seed) for seed in range(count))
    arrays = pack(trajectory, keep, config)
    return [unpack(arrays, configs, i) for i in range(count)]


@given(trajectories())
def test_a_full_record_is_what_was_trained(trajectory):
    """Every bit of it."""
    for i, run in enumerate(found(trajectory, "full", PARITY)):
        for name, values in trajectory.metrics.items():
            assert np.array_equal(run[name], values[:, i], equal_nan=True)
        for name in ("w_input", "w_output"):
            assert np.array_equal(run[name], getattr(trajectory, name)[:, i])


@given(trajectories())
def test_a_compact_record_is_close(trajectory):
    """Metrics to float32, weights to float16."""
    for i, run in enumerate(found(trajectory, "compact", PARITY)):
        for name, values in trajectory.metrics.items():
            np.testing.assert_allclose(run[name], values[:, i], rtol=2**-24)
        for name in ("w_input", "w_output"):
            np.testing.assert_allclose(run[name], getattr(trajectory, name)[:, i], rtol=2**-11, atol=1e-7)


@given(trajectories())
def test_a_sweeps_record_counts_exactly_and_is_close_otherwise(trajectory):
    """Accuracies are the same counts of the same examples, losses are off by 1.2e-4 at most, norms by 5e-4."""
    for i, run in enumerate(found(trajectory, "sweep", PARITY)):
        for part, size in SIZES.items():
            hits = np.rint(trajectory.metrics[f"{part}_accuracy"][:, i] * size)
            assert np.array_equal(run[f"{part}_accuracy"], hits / size)
            loss = trajectory.metrics[f"{part}_loss"][:, i]
            np.testing.assert_allclose(run[f"{part}_loss"], loss, rtol=1.3e-4)
        np.testing.assert_allclose(run["weight_norm"], trajectory.metrics["weight_norm"][:, i], rtol=5e-4)


@given(trajectories())
def test_a_sweeps_weights_are_off_by_half_a_unit(trajectory):
    """A unit is 1/32,767 of the largest weight of that matrix at that step: its neighbours' sizes do not matter."""
    for i, run in enumerate(found(trajectory, "sweep", MODULAR)):
        for name in ("w_input", "w_output"):
            exact = getattr(trajectory, name)[:, i].astype(float)
            kept = exact[-len(run["snapshot_steps"]) :]
            unit = np.abs(kept).max(axis=(1, 2), keepdims=True) / 32767
            assert (np.abs(run[name] - kept) <= 0.51 * unit).all()


@given(
    some.arrays(float, some.array_shapes(max_dims=2, max_side=8), elements=st.floats(-1e12, 1e12)),
    st.sampled_from([8, 16]),
)
def test_quantising_is_off_by_half_a_unit_and_keeps_the_order(values, bits):
    """Whole numbers of so many bits; a larger value never gets a smaller one."""
    assume(np.abs(values).max() == 0 or np.abs(values).max() > 1e-290)
    whole, unit = quantised(values, bits)
    assert whole.shape == values.shape and whole.dtype == np.dtype(f"<i{bits // 8}")
    assert np.abs(whole.astype(int)).max() <= 2 ** (bits - 1) - 1
    assert (np.abs(whole * unit - values) <= 0.5001 * unit).all()
    order = np.argsort(values, axis=None)
    assert (np.diff(whole.ravel()[order].astype(int)) >= 0).all()


@given(
    some.arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 30)),
                elements=st.floats(-1e3, 1e3) | st.sampled_from([np.nan, np.inf, -np.inf])),
    st.floats(0, 100),
    st.data(),
)  # fmt: skip
def test_a_simplified_line_stays_within_what_is_allowed(lines, allowed, data):
    """Between the points that are kept it is straight; ends are kept, points that are not finite are not."""
    gaps = data.draw(st.lists(st.integers(1, 9), min_size=lines.shape[1], max_size=lines.shape[1]))
    x = np.cumsum(gaps)
    kept = simplified(x, lines, allowed)
    assert len(kept) == len(lines)
    for line, indices in zip(lines, kept, strict=True):
        finite = np.flatnonzero(np.isfinite(line))
        assert set(indices) <= set(finite) and (np.diff(indices) > 0).all()
        if len(finite):
            assert (indices[0], indices[-1]) == (finite[0], finite[-1])
            straight = np.interp(x[finite], x[indices], line[indices])
            assert np.abs(straight - line[finite]).max() <= allowed + 1e-9


@st.composite
def archives(draw) -> tuple[bytes, dict[str, np.ndarray]]:
    """An .npz file and the arrays in it."""
    kinds = some.boolean_dtypes() | some.integer_dtypes() | some.floating_dtypes()
    shapes = some.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
    names = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
    arrays = draw(st.dictionaries(names, some.arrays(kinds, shapes), min_size=1, max_size=4))
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue(), arrays


@given(archives())
def test_arrays_come_back_from_a_file_and_its_headers_say_what_they_are(archive):
    """Names, shapes and types are known before anything is unpacked."""
    content, arrays = archive
    told = {}
    read = read_arrays(io.BytesIO(content), lambda headers: told.update(headers) or "")
    assert {n: (h.shape, h.dtype) for n, h in told.items()} == {
        n: (a.shape, a.dtype) for n, a in arrays.items()
    }
    assert all(
        np.array_equal(read[name], arrays[name], equal_nan=arrays[name].dtype.kind == "f") for name in arrays
    )


@given(archives(), st.data())
def test_a_damaged_file_of_arrays_is_refused_or_read(archive, data):
    """One byte is another, or the end is missing: a ValueError at most, whatever was hit."""
    content = bytearray(archive[0])
    place = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content = content[:place]
    else:
        content[place] ^= data.draw(st.integers(1, 255))
    try:
        read = read_arrays(io.BytesIO(bytes(content)), lambda headers: "")
    except ValueError:
        return
    assert all(array.dtype.kind in "biuf" for array in read.values())


PATHS = st.from_regex(r"[a-z][a-z0-9-]{0,8}(/[a-z][a-z0-9 é-]{0,8})?\.(svg|csv)", fullmatch=True)


def page(*addresses: str) -> bytes:
    links = "".join(f'<a href="{escape(address)}">x</a>' for address in addresses)
    return f'<!doctype html><meta charset="utf-8"><p id="here">{links}</p>'.encode()


@given(st.lists(WORDS.filter(str.isprintable), max_size=5))
def test_every_address_of_a_page_is_found_as_it_is_written(addresses):
    """Without the space around it, in the page's order."""
    found = [link.target for link in ParsedPage("index.html", page(*addresses)).links()]
    assert found == [address.strip() for address in addresses]


@given(st.sets(PATHS, min_size=1, max_size=4), st.data())
def test_links_to_files_of_the_site_are_good_and_others_are_named(names, data):
    """Also percent-encoded; another name leads nowhere."""
    files = dict.fromkeys(names, b"")
    check(files | {"index.html": page(*names, *map(quote, names), "#here")}, ())
    missing = "lost-" + data.draw(st.sampled_from(sorted(names)))
    assume(missing not in files)
    with pytest.raises(ReportError) as caught:
        check(files | {"index.html": page(*names, missing)}, ())
    assert repr(missing) in caught.value.message and "is no file of the site" in caught.value.message


HOSTS = st.from_regex(r"[a-z][a-z0-9]{0,9}(\.[a-z][a-z0-9]{0,9}){0,2}(:[1-9][0-9]{0,3})?", fullmatch=True)
PLACES = st.from_regex(r"(/[A-Za-z0-9_.~-]{1,9}){0,3}/{0,3}", fullmatch=True)


@given(st.sampled_from(["http", "https"]), HOSTS, PLACES)
def test_an_address_ends_in_one_slash_and_stays(scheme, host, place):
    """Given once more it is the same."""
    address = base_url(Path(), f"{scheme}://{host}{place}")
    assert address == f"{scheme}://{host}{place}".rstrip("/") + "/"
    assert base_url(Path(), address) == address


@given(
    st.text() | st.tuples(st.sampled_from(["http://", "https://", "https://a.b/"]), st.text()).map("".join)
)
def test_whatever_is_given_as_an_address_is_one_or_is_refused(text):
    """What is taken can stand in an attribute, and leads to another site over http."""
    try:
        address = base_url(Path(), text)
    except ReportError as error:
        assert "address of a site" in error.message and error.hint
        return
    assert address == "" or (address.startswith(("http://", "https://")) and address.endswith("/"))
    assert address.isascii() and not set(address) & set(" \"'<>\\\n\t#?")


SENTENCES = WORDS.filter(str.strip)


@given(
    title=st.from_regex(r"[A-Z][a-z]{0,9}( [a-z]{1,9}){0,3}", fullmatch=True),
    caption=SENTENCES, alt=SENTENCES, columns=st.integers(1, 9), lead=st.booleans(),
    runs=st.lists(st.sampled_from(sorted(EXPERIMENTS)), unique=True, max_size=3).map(tuple), data=st.data(),
)  # fmt: skip
def test_a_figure_is_read_as_it_was_declared(title, caption, alt, columns, lead, runs, data):
    """Whatever its texts hold."""
    single = [name for name in runs if EXPERIMENTS[name].single]
    group = data.draw(st.none() | st.sampled_from(single)) if single else None
    declared = {
        "RUNS": runs,
        "CAPTION": caption,
        "ALT": alt,
        "COLUMNS": columns,
        "LEAD": lead,
        "GROUP": group,
    }
    lines = [f'"""{title}.\n\nMore.\n"""', *(f"{name} = {value!r}" for name, value in declared.items())]
    source = read("\n".join([*lines, "", "", "def chart(runs):", "    return None", ""]))
    assert (source.title, source.runs, source.caption, source.alt) == (title, runs, caption, alt)
    assert (source.columns, source.lead, source.group, source.stand_ins) == (columns, lead, group, None)


NAMES = ["RUNS", "CAPTION", "ALT", "GROUP", "LEAD", "COLUMNS", "STAND_INS", "GUESS"]
LITERALS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(["modular", "parity"]),
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), LITERALS))
def test_a_wrong_declaration_is_refused_in_words(declared):
    """Values of any kind in the place of any name: a figure, or an error that names the file."""
    lines = [
        '"""Title."""',
        *(f"{name} = {value!r}" for name, value in declared.items()),
        "def chart(runs): pass",
    ]
    try:
        source = read("\n".join(lines))
    except ReportError as error:
        assert "one.py" in error.message and error.hint
        return
    assert set(source.runs) <= set(EXPERIMENTS) and json.dumps(source.caption) and source.columns >= 1


def read(code: str):
    """The declaration in a file of this code."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "one.py"
        file.write_text(code, encoding="utf-8")
        return read_source(file)
