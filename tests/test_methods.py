"""The page on methods: true to the runs, the same bytes each time; what is not, kept apart."""

import json
import re
import shutil
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import bibtexparser
import numpy as np
import pytest
from fixtures.projects import contents, must, run

from reportgen.errors import ReportError
from reportgen.experiments import EXPERIMENTS
from reportgen.experiments.variants import read_settings
from reportgen.files.code_hash import numerics_fingerprint
from reportgen.files.hashing import digest
from reportgen.files.project import Project
from reportgen.pipeline.plan import Plan
from reportgen.site import methods, output_folder, provenance_files
from reportgen.site.citations import own_citations, scholarly_article
from reportgen.store.certificates import code_name

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def project(mini_built) -> Path:
    """A mini project with one run of the kind that has many models: only to be looked at."""
    return mini_built


@pytest.fixture(scope="module")
def plan(project) -> Plan:
    return Plan(Project(project), read_settings(True, ()))


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def section(site: Path, name: str) -> str:
    """What the page says of one experiment."""
    html = (site / "methods.html").read_text(encoding="utf-8")
    return text_of(html.partition(f'aria-labelledby="experiment-{name}"')[2].partition("</section>")[0])


@pytest.mark.parametrize("name", ["modular", "parity"])
def test_an_experiment_is_described_as_it_was_trained(plan, project, name):
    """Title, every setting with its value, seed, device, versions, key and status are those of the record."""
    said = section(project / "site-quick", name)
    run = plan.shown[name]
    (record,) = run.records()
    plain = record.info.configs[0]
    assert run.experiment.title in said and record.key in said
    assert f"seed {plain['seed']}" in said and f"Status {run.status}" in said
    for part in methods.PARTS:
        for setting, value in plain[part].items():
            spelled = str(value).lower() if isinstance(value, bool) else (
                f"{value:g}".replace("e-0", "e-") if isinstance(value, float) else str(value))  # fmt: skip
            assert f"{setting} {spelled}" in said
    made = record.provenance
    assert made.device in said and f"PyTorch {made.versions['torch']}" in said
    assert ("compiled kernels" if "compiled" in made.execution else "plain PyTorch") in said


def test_the_command_removes_exactly_what_it_trains(plan, project):
    """Without that there would be nothing to train; and nothing else may go."""
    for name in ("modular", "parity"):
        said = section(project / "site-quick", name)
        pattern = re.search(r"rm -rf (\S+) && reportgen train " + name + " --quick", said)[1]
        found = list(project.glob(pattern))
        assert found == [record.folder for record in plan.shown[name].records()]


def test_a_sweep_is_told_by_what_varies():
    """Each varied setting with its values; and whether all combinations were trained."""
    configs = EXPERIMENTS["parity-sweep"].configs
    varied = methods.varied_settings(configs)
    assert {name: methods.spelled(values) for name, values in varied.items()} == {
        "train_size": "750, 1000, 1250, 1500, 1750",
        "neurons": "16, 32, 64, 128, 258",
        "weight_decay": "0.01, 0.03, 0.1, 0.3, 1",
        "seed": "0 to 8",
    }
    assert "neurons" not in methods.constant_settings(configs, "model", varied)
    assert methods.constant_settings(configs, "training", varied)["precision"] == "float32-plain"
    assert methods.examples(configs) == "750 to 1,750 rows of digits to train on, 5,000 to test on"


def test_a_certified_experiment_shows_its_audit():
    """Of the audits on record, those of these runs for today's code, and no others."""
    now, record = (
        code_name(numerics_fingerprint()),
        SimpleNamespace(info=SimpleNamespace(code={"models.py": "old"})),
    )
    right = {"experiment": "soften", "made_by": code_name(record.info.code), "holds_for": now}
    others = [right | {"experiment": "parity"}, right | {"made_by": "x"}, right | {"holds_for": "x"}]
    assert methods.audits("soften", numerics_fingerprint(), [record], [*others, right]) == [right]


def test_a_figure_names_its_code_and_key(plan, project):
    """Its module, its runs, and the key under which the drawing is stored."""
    html = text_of((project / "site-quick" / "methods.html").read_text(encoding="utf-8"))
    for id, figure in plan.figures.items():
        source, key = figure.require_readable(), figure.drawn().name.partition(".")[2]
        assert f"{id} {source.runs[0]} {source.path.name} {key}" in html


def test_every_download_is_there_with_its_size(project):
    """All figures in all formats, weights, claims where judged; each linked with its size on disk."""
    site = project / "site-quick"
    html = (site / "methods.html").read_text(encoding="utf-8")
    downloads = html.partition('id="downloads"')[2]
    linked = re.findall(r'href="((?:figures|data)/[^"]+)"', downloads)
    on_disk = {p for p in contents(site) if p.startswith("data/weights/")} | {
        p for p in contents(site) if re.fullmatch(r"figures/\w+\.(svg|png|pdf|json|csv|csv\.gz)", p)
    }
    assert set(linked) == on_disk and len(linked) == len(on_disk) >= 12


def test_weights_load_and_are_the_runs(plan, project):
    """`np.load` without pickles gives the stored run to the last bit, and its settings; dates are fixed."""
    run = plan.shown["modular"].loaded
    file = project / "site-quick" / "data" / "weights" / "modular.npz"
    assert file.stat().st_size < 3_000_000
    with np.load(file, allow_pickle=False) as found:
        for name in ("steps", "train_loss", "test_accuracy", "weight_norm", "w_input", "w_output"):
            np.testing.assert_array_equal(found[name], getattr(run, name))
        assert found["w_input"].dtype == np.float32 and found["final_embed"].dtype == np.float64
        assert json.loads(str(found["config"])) == run.config.as_dict()
        assert {info.date_time for info in found.zip.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_shipped_weights_are_small():
    """No single experiment's weights exceed 7 MB when trained in full: they are stored as they are offered."""
    stored = list((ROOT / ".reportgen" / "runs").glob("*/arrays.npz"))
    single = [f for f in stored if EXPERIMENTS.get(f.parent.name.partition(".")[0])]
    assert all(file.stat().st_size < 7_000_000 for file in single)


def test_the_manifest_lists_every_file(project):
    """Sorted, with sizes and hashes that are true; all but itself and what no build repeats."""
    files = {p: body for p, body in contents(project / "site-quick").items() if p != output_folder.MANIFEST}
    listed = json.loads(files["manifest.json"])
    assert [entry["path"] for entry in listed] == sorted(
        files.keys() - {"manifest.json", *output_folder.VOLATILE}
    )
    for entry in listed:
        assert entry["bytes"] == len(files[entry["path"]])
        assert entry["sha256"] == digest(files[entry["path"]])


def test_two_builds_differ_only_in_provenance(mini, tmp_path):
    """Runs that were trained at another time, by another commit, and drawn anew, make the same site."""
    for file in (mini / ".reportgen" / "runs").glob("*/provenance.json"):
        made = json.loads(file.read_text())
        made |= {"training_s": 4321.0, "commit": "c0ffee15bad1", "finished_at": "2031-05-06T07:08:09+00:00"}
        file.write_text(json.dumps(made))
    shutil.rmtree(mini / ".reportgen" / "figures")
    must(run(mini, "build", "--quick", "--out", str(tmp_path / "again")))
    before, after = contents(mini / "site-quick"), contents(tmp_path / "again")
    assert before.keys() == after.keys()
    assert {path for path in before if before[path] != after[path]} == set(output_folder.VOLATILE)
    known = json.loads(after["provenance.json"])
    assert known["experiments"]["modular"]["words"] == "72\u00a0min 1\u00a0s; 6 May 2031; commit c0ffee15bad1"
    assert not any(b"c0ffee15bad1" in after[path] for path in after.keys() - set(output_folder.VOLATILE))


def test_provenance_does_not_make_a_page_stale(mini):
    """Its content may be of another build; but it has to be there."""
    site = mini / "site-quick"
    (site / "provenance.json").write_text("{}")
    assert "is up to date" in must(run(mini, "build", "--quick")).output
    (site / "provenance.json").unlink()
    assert "is up to date" not in must(run(mini, "build", "--quick")).output
    assert json.loads((site / "provenance.json").read_text())["experiments"]


def test_a_drawing_tells_who_drew_it_or_says_that_it_does_not_know(tmp_path):
    """From the record beside the drawing; a damaged or missing one is no error."""
    for name, text in {
        "a": '{"commit": "abc", "seconds": 1.5, "made_at": "2030"}',
        "b": "[",
        "d": "[]",
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "provenance.json").write_text(text)
    (tmp_path / "c").mkdir()
    files = provenance_files.origin_files({}, {name: tmp_path / name for name in "abcd"})
    figures = json.loads(files["provenance.json"])["figures"]
    assert {name: found["words"] for name, found in figures.items()} == {
        "a": "abc", "b": "unknown", "c": "unknown", "d": "unknown",
    }  # fmt: skip
    assert figures["a"]["seconds"] == 1.5
    assert files["provenance.js"].startswith(b"window.provenance = {")


def test_the_project_is_cited_by_its_citation_file():
    """First the original, then this version; the BibTeX parses and says the same."""
    original, own = own_citations(ROOT / "CITATION.cff")
    assert original.title == "Do Machine Learning Models Memorize or Generalize?"
    assert own.rest.startswith("version ") and "reproduction" in own.title
    for citation in (original, own):
        library = bibtexparser.parse_string(citation.bibtex)
        assert not library.failed_blocks
        (entry,) = library.entries
        assert entry["title"] == f"{{{citation.title}}}"
    assert bibtexparser.parse_string(original.bibtex).entries[0]["author"].count(" and ") == 5


def test_search_engines_are_told_what_the_page_is():
    """ScholarlyArticle by this project's authors, based on the original; its address where that is known."""
    said = scholarly_article(own_citations(ROOT / "CITATION.cff"), "https://example.org/a/")
    assert said["@type"] == "ScholarlyArticle" and "reproduction" in said["headline"]
    assert said["author"] == [{"@type": "Organization", "name": "The reportgen authors"}]
    assert said["isBasedOn"] == ["https://pair.withgoogle.com/explorables/grokking/"]
    assert said["url"] == "https://example.org/a/"
    assert "url" not in scholarly_article(own_citations(ROOT / "CITATION.cff"), "")
    assert scholarly_article([], "") is None


def test_a_project_without_a_citation_file_has_none(tmp_path):
    """And a damaged one is named."""
    assert own_citations(tmp_path / "CITATION.cff") == []
    (tmp_path / "CITATION.cff").write_text("title: [")
    with pytest.raises(ReportError, match=r"CITATION\.cff"):
        own_citations(tmp_path / "CITATION.cff")


def test_a_figure_without_a_place_is_listed_but_not_linked(mini):
    """It may be drawn before it stands in the article, and the build still passes."""
    section = mini / "templates" / "sections" / "01-tiny.md"
    section.write_text(section.read_text().replace('{{ figure("tiny_curve") }}', ""))
    must(run(mini, "build", "--quick"))
    text = (mini / "site-quick" / "methods.html").read_text()
    assert 'href="index.html#tiny_weights"' in text and 'href="index.html#tiny_curve"' not in text
    assert "tiny_curve" in text
