"""Stored files damaged in every 64-byte window, or cut short: never believed, and mended by a build."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from fixtures.trainings import SLOW, interrupted

from reportgen.experiments.variants import Settings
from reportgen.files import code_hash
from reportgen.files.atomic import read_json, read_sealed
from reportgen.files.memo import Memo
from reportgen.files.project import Project
from reportgen.numerics.training import Trainer
from reportgen.pipeline import lockfile
from reportgen.pipeline.page import BuiltSite
from reportgen.pipeline.plan import Plan
from reportgen.site import output_folder
from reportgen.store.certificates import add_certificate, read_certificates
from reportgen.store.records import Store
from reportgen.training.checkpoints import load_checkpoint
from survival.projects import SITE, assert_finished, figure_of, made, must, reportgen

WINDOW, CUTS = 64, 20


@dataclass(frozen=True)
class Kept:
    """A stored file, and whether the program takes it for what was written, asked anew each time."""

    file: Path
    believed: Callable[[], bool]
    harmless: bool = False  # nothing on the page depends on it: only that nothing crashes is asked


def runs_of(project: Path) -> Iterator[Kept]:
    for folder in sorted((project / ".reportgen" / "runs").iterdir()):
        info = read_json(folder / "run.json")

        def found(folder=folder, info=info) -> bool:
            record = Store(folder.parent).find(info["key"])
            assert record is None or (
                msgspec.to_builtins(record.info) == info and record.provenance.training_s >= 0
            )
            return record is not None

        yield from (Kept(folder / name, found) for name in ("run.json", "arrays.npz"))
        yield Kept(folder / "provenance.json", found, harmless=True)  # says only how long, on what, when


def drawings_of(project: Path) -> Iterator[Kept]:
    home = Project(project)
    for folder in sorted(home.drawn.iterdir()):
        name, inputs = folder.name.split(".")[0], read_json(folder / "key.json")

        def found(name=name, inputs=inputs) -> bool:
            figure_of(home, name, inputs | {"another": "input"}).state()
            figure = figure_of(home, name, inputs)
            figure.seconds()
            return bool(figure.drawn())

        # key.json only gives reasons, provenance.json only informs: the folder's name is the key
        informs = ("key.json", "provenance.json")
        yield from (Kept(file, found, file.name in informs) for file in sorted(folder.iterdir()))


def page_of(project: Path) -> Iterator[Kept]:
    home, out = Project(project), project / SITE
    site = BuiltSite(home, out)
    inputs = read_json(site.record)["inputs"]

    def fresh() -> bool:
        site.seconds()
        assert isinstance(site.files, dict)
        return site.state(inputs).current

    informs = output_folder.VOLATILE  # when and by which commit things were made
    for file in sorted(file for file in out.rglob("*") if file.is_file()):
        yield Kept(file, lambda: output_folder.intact(out), file.name in informs)

    def believed() -> bool:
        known = read_json(site.record)
        same = isinstance(known, dict) and known.get("inputs") == inputs
        assert fresh() == same
        return same

    # beside the inputs it holds seconds and a second list of files, of which nothing is believed unseen
    yield Kept(site.record, believed, harmless=True)


def cached_of(project: Path) -> Iterator[Kept]:
    memory = project / ".reportgen" / "cache" / "memory.json"
    name = next(iter(json.loads(read_sealed(memory))))
    yield Kept(memory, lambda: Memo(memory).recall(name, lambda: "made anew") != "made anew")
    for file in memory.parent.glob("vega-*.js"):
        yield Kept(file, lambda file=file: read_sealed(file) is not None)


KINDS = {"runs": runs_of, "drawings": drawings_of, "page": page_of, "caches": cached_of}


@pytest.mark.parametrize("kind", KINDS)
def test_damaged(kind, project, tally):
    """One byte in every window, and twenty lengths; what only informs may be believed but never trips anything."""
    must(reportgen(project, "build", "--quick"))
    for kept in KINDS[kind](project):
        assert kept.harmless or kept.file.name.endswith(".json") or kept.believed()
        harm(kept, tally)
        assert kept.harmless or kept.file.suffix == ".json" or kept.believed()


def test_damaged_checkpoint(tmp_path, tally):
    """Training starts anew rather than from something else."""
    file = interrupted(tmp_path)
    fresh = Trainer(SLOW.configs)
    kept = Kept(file, lambda: load_checkpoint(file, fresh, "cpu") != 0.0 or fresh.step != 0)
    harm(kept, tally)
    assert kept.believed()


def harm(kept: Kept, tally) -> None:
    """Every window and every length of one file."""
    body = kept.file.read_bytes()
    short = f"{kept.file.parent.name}/{kept.file.name}"
    for start in range(0, len(body), WINDOW):
        place = min(start + start // WINDOW % WINDOW, len(body) - 1)
        with tally.case(f"{short} at byte {place}"), changed(kept.file, place, body[place] ^ 1):
            assert not kept.believed() or kept.harmless
    for number in range(CUTS if body else 0):
        with tally.case(f"{short} cut to {number}/{CUTS}"):
            kept.file.write_bytes(body[: len(body) * number // CUTS])
            assert not kept.believed() or kept.harmless
    kept.file.write_bytes(body)


@contextmanager
def changed(file: Path, place: int, value: int) -> Iterator[None]:
    """One byte of a file changed, in place, for a while."""
    with file.open("r+b", buffering=0) as handle:
        handle.seek(place)
        before = handle.read(1)
        handle.seek(place)
        handle.write(bytes([value]))
        yield
        handle.seek(place)
        handle.write(before)


def test_damaged_lock_file(shipped, tmp_path, tally):
    """Every change is mended by a build, but for a hash of a run's content: it may be another machine's."""
    project = Path(shutil.copytree(shipped, tmp_path / "project"))
    code_hash.use(Memo())
    plan = Plan(Project(project), Settings())
    file = project / lockfile.FILE
    body = file.read_bytes()
    assert lockfile.differences(plan) == ()
    lines = body.decode().splitlines()
    runs = {line.rpartition(" ")[0] for line in lines if line.startswith("run ")}
    for place in [*range(0, len(body), WINDOW // 8)]:  # a short file: every eighth byte
        with tally.case(f"byte {place}"), changed(file, place, body[place] ^ 1):
            noticed = lockfile.differences(plan) != ()
            lockfile.update(plan)
            after = file.read_text().splitlines()
            wrong = [line for line in after if line not in lines]
            assert all(line.rpartition(" ")[0] in runs for line in wrong)
            assert noticed or wrong or lines == after
            assert {line.split()[1] for line in after if line.startswith("run ")} == {
                name.split()[1] for name in runs
            }
            file.write_bytes(body)
    for number in range(CUTS):
        with tally.case(f"cut to {number}/{CUTS}"):
            file.write_bytes(body[: len(body) * number // CUTS])
            assert lockfile.differences(plan) != ()
            lockfile.update(plan)
            assert file.read_bytes() == body


def test_damaged_certificates(tmp_path, tally):
    """Damage can take trust away, never give it: an experiment, or a state of the code, is named in full."""
    entry = {
        "experiment": "tiny",
        "made_by": "0123456789abcdef",
        "holds_for": "fedcba9876543210",
        "passed": 12,
    }
    add_certificate(tmp_path, entry)
    add_certificate(tmp_path, entry | {"experiment": "other"})
    file = tmp_path / "certificates.json"
    body = file.read_bytes()

    def names() -> set[tuple]:
        return {(e["experiment"], e["made_by"], e["holds_for"]) for e in read_certificates(tmp_path)}

    before = names()
    for place in range(len(body)):  # a short file: every byte
        with tally.case(f"byte {place}"), changed(file, place, body[place] ^ 1):
            new = names() - before
            assert all(len(set(a) & set(b)) == 2 for a in new for b in before if len({*a, *b}) == 4)
            assert len(names()) <= 2 and (not new or len(names() & before) == 1)
    for number in range(CUTS):
        with tally.case(f"cut to {number}/{CUTS}"):
            file.write_bytes(body[: len(body) * number // CUTS])
            assert names() <= before


REPAIRED = {
    "a run's settings": ".reportgen/runs/parity.*/run.json",
    "a run's arrays": ".reportgen/runs/modular.*/arrays.npz",
    "a run's provenance": ".reportgen/runs/parity.*/provenance.json",
    "a drawing's list": ".reportgen/figures/curve.*/files.json",
    "a drawing's text": ".reportgen/figures/curve.*/figure.json",
    "a drawing's data": ".reportgen/figures/weights.*/live.js",
    "a frame": ".reportgen/figures/weights.*/frame-1.svg",
    "an export": ".reportgen/figures/weights.*/weights.pdf",
    "the reasons": ".reportgen/figures/weights.*/key.json",
    "the memory": ".reportgen/cache/memory.json",
    "Vega": ".reportgen/cache/vega-*.js",
    "what a page is made from": ".reportgen/pages/*.json",
    "the page": f"{SITE}/index.html",
    "an asset": f"{SITE}/assets/style-*.css",
    "a picture": f"{SITE}/figures/curve.png",
    "the site's list": f"{SITE}/.reportgen-site.json",
}


def test_repaired(built, project, tally):
    """A build mends every kind of file: the site and what is stored are as before."""
    must(reportgen(project, "build", "--quick"))
    before = made(project)
    for name, pattern in REPAIRED.items():
        with tally.case(name):
            file = next(project.glob(pattern))
            body = bytearray(file.read_bytes())
            body[len(body) // 2] ^= 0xFF
            file.write_bytes(body)
            must(reportgen(project, "status", "--quick"))
            must(reportgen(project, "build", "--quick"))
            assert_finished(project, built.site)
            mended = {
                path: content for path, content in made(project).items() if not path.endswith("key.json")
            }
            assert mended.items() <= before.items() and len(before) - len(mended) == 2
            assert "up to date" in must(reportgen(project, "build", "--quick")).stdout


def test_repaired_checkpoint(built, project, tally):
    """A checkpoint of nonsense in the way: training starts anew, to the same numbers."""
    run = next((project / ".reportgen" / "runs").glob("parity.*"))
    with tally.case("a checkpoint"):
        state = project / ".reportgen" / "checkpoints" / f"{run.name.split('.')[1]}.npz"
        state.parent.mkdir()
        state.write_bytes(b"0" * 5000)
        shutil.rmtree(run)
        must(reportgen(project, "build", "--quick"))
        assert_finished(project, built.site)
        assert not state.exists()
