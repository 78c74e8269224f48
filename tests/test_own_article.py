"""An article of one's own: made by `init`, with experiments, facts and claims in folders of its own, and data from elsewhere."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from fixtures.projects import contents, made_once, must, run

from reportgen.compare.notebook import load
from reportgen.errors import ReportError
from reportgen.experiments.own import leave
from reportgen.scaffold.init import USUAL, examples, start_project

DATA = 'from reportgen import data\n\n\nmeasured = data("data/measured.csv")\n'
CSV = "Batch size,Test loss,by\n32,0.5,Ada\n64,,Ada\n128,0.25,Grace\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """What `init` makes, with fewer draws, built; only to be looked at."""
    with made_once(tmp_path_factory, "own-built") as project:
        if (project / "site").exists():
            return project
        list(start_project(project))
        file = project / "experiments" / "fits.py"
        file.write_text(file.read_text(encoding="utf-8").replace("draws=60", "draws=9"), encoding="utf-8")
        must(run(project, "build"))
        return project


@pytest.fixture
def own(built, tmp_path) -> Path:
    """A copy, free to be changed; its site lies elsewhere than it was written, and is as it was."""
    return Path(shutil.copytree(built, tmp_path / "own"))


def added(project: Path, path: str, text: str) -> Path:
    file = project / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def refused(project: Path, *command: str) -> str:
    """The message of a command that has to fail, in two lines."""
    before = contents(project / "site")
    result = run(project, *(command or ("build",)))
    assert result.exit_code != 0 and result.stderr.count("\n") == 2, result.stderr
    assert contents(project / "site") == before, "the old site is untouched"
    return result.stderr


# ---- made by init ----


def test_init_makes_an_article_that_is_not_this_one(built):
    """One experiment, two figures, one claim, two sections; nothing of the article's own is on its page."""
    page = (built / "site" / "index.html").read_text(encoding="utf-8")
    assert "<title>When more parameters help again</title>" in page and page.count("<figure") == 2
    assert [v["id"] for v in json.loads((built / "site" / "claims.json").read_text())] == ["C1"]
    methods = (built / "site" / "methods.html").read_text(encoding="utf-8")
    assert 'href="data/results/fits.npz"' in methods and "CC BY 4.0" in methods
    for text in (page, methods):
        assert not re.search(
            "grokking|memori[sz]|parity|AdamW|make site",
            re.sub(r"<style.*?</style>|--\w+", "", text, flags=re.S),
        )
    assert re.search("^  fits +fresh", said := must(run(built, "status")).output, flags=re.M)
    assert "parity" not in said
    with np.load(built / "site" / "data" / "results" / "fits.npz", allow_pickle=False) as stored:
        assert stored["test_error"].shape == (9, 12) and json.loads(str(stored["settings"]))["draws"] == 9


def test_init_knows_its_examples(tmp_path):
    """The small one first; an unknown one is named, and nothing is written."""
    assert examples()[0] == USUAL and "grokking" in examples()
    with pytest.raises(ReportError, match="Unknown example 'groking'") as error:
        list(start_project(tmp_path / "new", "groking"))
    assert "grokking" in error.value.hint and not list(tmp_path.iterdir())
    for example in examples():
        if example != "grokking":
            list(start_project(tmp_path / example, example))
            assert (tmp_path / example / "CITATION.cff").is_file()
            assert (tmp_path / example / ".github" / "workflows" / "pages.yml").is_file()


def test_an_edit_rebuilds_what_it_should_and_says_why(own, edit):
    """An experiment's code, a claim's, a fact's: each makes stale what stands on it, and nothing else."""
    edit(own / "claims" / "fits.py", "NEAR = 0.25", "NEAR = 0.5")
    assert "fits                     fresh" in (said := must(run(own, "status")).output)
    assert "stale" not in said, "the verdict is the same"
    edit(own / "claims" / "fits.py", "highest where", "highest just where")
    said = must(run(own, "build", "-v")).output
    assert "claim C1 changed" in said and "Drew" not in said
    edit(own / "facts" / "fits.py", "float(error[peak])", "float(2 * error[peak])")
    said = must(run(own, "build", "-v")).output
    assert "Drew error_by_width" in said and "fits.peak_error" in said and "Drew weights" not in said
    edit(own / "experiments" / "fits.py", "noise=0.3", "noise=0.2")
    said = must(run(own, "status", "--why")).output
    assert "noise 0.3 → 0.2" in said and "Train fits, 1 run" in said
    said = must(run(own, "build")).output
    assert "Trained fits" in said and "Drew weights_by_width" in said


def test_new_writes_starts_that_work(own):
    """An experiment, its facts, a claim, a figure and a section, made and built as they are."""
    for kind, name in (
        ("experiment", "slow-walk"),
        ("fact", "walking"),
        ("claim", "walks"),
        ("figure", "walk"),
        ("section", "walks"),
    ):
        said = must(run(own, "new", kind, name)).output
        assert "Wrote " in said
    text = (own / "facts" / "walking.py").read_text()
    assert '@of_sweep("slow-walk")' in text and '"C2"' in (own / "claims" / "walks.py").read_text()
    section = next((own / "templates" / "sections").glob("*-walks.md"))
    section.write_text(
        section.read_text() + '\n{{ slow_walk.calls }} calls. {{ figure("walk") }} {{ claim("C2") }}\n'
    )
    must(run(own, "train", "slow-walk"))
    said = must(run(own, "build")).output
    assert "Drew walk " in said and "Trained slow-walk" not in said, "its figure shows the first experiment"
    assert "C2   holds" in must(run(own, "check")).output
    assert "slow_walk is in" in refused(own, "new", "experiment", "slow_walk")


# ---- data from elsewhere ----


def test_a_table_is_an_experiment(own, edit):
    """Its columns are arrays, quoted and judged; another content is another run, and status says which file changed."""
    added(own, "experiments/measured.py", DATA)
    file = added(own, "data/measured.csv", CSV)
    added(
        own,
        "facts/measured.py",
        'from reportgen import of_run\n\n\n@of_run("measured")\ndef f(run):\n    return {"least": run["test_loss"][-1], "rows": len(run["by"])}\n',
    )
    edit(own / "figures" / "error_by_width.py", 'RUNS = ("fits",)', 'RUNS = ("fits", "measured")')
    edit(
        own / "figures" / "error_by_width.py",
        'CAPTION = "',
        'CAPTION = "{{ measured.rows|words }} rows, {{ measured.least|number }} at least. ',
    )
    said = must(run(own, "build")).output
    assert "Trained measured" in said and "Trained fits" not in said
    assert "three rows, 0.25 at least." in (own / "site" / "index.html").read_text(encoding="utf-8").lower()
    table = load("measured", own)
    leave()
    assert table["batch_size"].tolist() == [32, 64, 128] and table["by"].tolist() == ["Ada", "Ada", "Grace"]
    assert np.isnan(table["test_loss"][1]) and table["batch_size"].dtype == np.int64
    file.write_text(CSV.replace("0.25", "0.75"), encoding="utf-8")
    assert "measured                 stale    data/measured.csv changed" in must(run(own, "status")).output
    must(run(own, "build"))
    assert "0.75 at least" in (own / "site" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "measured.csv: No such file or directory"),
        ("", "measured.csv: it has no rows below its header"),
        ("a,b\n1,2\n3\n", "measured.csv: row 3 has 1 cells, the header 2"),
        ("a,A\n1,2\n", "measured.csv: two of its columns have one name"),
        ("a,2nd\n1,2\n", "measured.csv: a column is named '2nd'"),
        ('a\n"1\n', "measured.csv: unexpected end of data"),
    ],
)
def test_a_table_that_is_none_is_named(own, content, said):
    """By its file, and what is wrong with it."""
    added(own, "experiments/measured.py", DATA)
    if content is not None:
        added(own, "data/measured.csv", content)
    assert said in refused(own, "train", "measured")


def test_arrays_from_elsewhere(own, tmp_path):
    """An .npz comes in as it is; one of objects does not; a path out of the project is refused."""
    added(own, "experiments/measured.py", DATA.replace(".csv", ".npz"))
    (own / "data").mkdir()
    np.savez(own / "data" / "measured.npz", matrix=np.eye(3))
    must(run(own, "train", "measured"))
    assert load("measured", own)["matrix"].shape == (3, 3)
    leave()
    np.savez(own / "data" / "measured.npz", matrix=np.array([{}]))
    assert "measured.npz: matrix holds object, not numbers" in refused(own, "train", "measured")
    added(own, "experiments/measured.py", DATA.replace("data/measured.csv", "../measured.csv"))
    assert "experiments/measured.py:4: '../measured.csv' is no file with results" in refused(own, "status")


# ---- whose it uses, and mistakes ----


def test_a_project_says_whose_experiments_it_uses(own, edit):
    """The article's come in by name; of an unknown package the nearest known is said."""
    edit(own / "reportgen.toml", "uses = []", 'uses = ["grokking"]')
    assert "C1 is taken by" in refused(own, "check"), "two articles number their claims alike"
    edit(own / "claims" / "fits.py", '"C1"', '"C100"')
    assert "parity-sweep" in must(run(own, "status")).output
    edit(own / "reportgen.toml", '["grokking"]', '["groking"]')
    assert "uses names an unknown package 'groking'" in refused(own, "status")
    edit(own / "reportgen.toml", '["groking"]', '"grokking"')
    assert "uses is 'grokking'" in refused(own, "status")


EXPERIMENT = "from reportgen import experiment\n\n\n@experiment\ndef more(*, a=1):\n    return {'a': a}\n"
FACTS = "from reportgen import of_run\n\n\n@of_run('fits')\ndef more(run):\n    return {'a': VALUE}\n"
CLAIM = (
    "from reportgen import Finding, claim\n\n\n"
    "@claim('C2', 'fits', kind='exists', text='It is.', threshold='Any.')\ndef more(run):\n    return Finding(True, 'So.')\n"
)


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (
            "experiments/more.py",
            EXPERIMENT.replace("def more", "def fits"),
            "Two experiments are named 'fits'",
        ),
        ("experiments/more.py", EXPERIMENT.replace("@experiment\n", ""), "more.py declares no experiment"),
        (
            "experiments/more.py",
            "import nonesuch\n" + EXPERIMENT,
            "more.py:1: ModuleNotFoundError: No module named 'nonesuch'",
        ),
        ("experiments/more.py", EXPERIMENT + "1 / 0\n", "more.py:7: ZeroDivisionError"),
        ("experiments/more.py", EXPERIMENT + "def (\n", "more.py:7: invalid syntax"),
        ("experiments/more.py", EXPERIMENT.replace("a=1", "a=open"), "more.py:4: the setting 'a' is"),
        ("experiments/random.py", EXPERIMENT, "random.py: random is the name of a module of Python's"),
        ("experiments/more-of-it.py", EXPERIMENT, "more-of-it.py cannot be a module"),
        ("facts/more.py", FACTS, "more.py:4: fits has facts already"),
        (
            "claims/more.py",
            CLAIM.replace("'C2'", "'C1'"),
            "more.py:4: C1 is taken by peaks_where_it_can_just_fit",
        ),
        ("claims/more.py", CLAIM.replace("'Any.'", "''"), "more.py:4: C2 has no threshold"),
        ("claims/more.py", CLAIM.replace(", threshold='Any.'", ""), "more.py:4: TypeError: claim() missing"),
        ("claims/more.py", CLAIM.replace("'fits'", "'fats'"), "Unknown experiment 'fats'"),
        ("claims/more.py", CLAIM.replace("return F", "open(__file__); return F"), "it reads"),
    ],
)
def test_a_mistake_is_named_by_file_and_line(own, path, text, said):
    """In two lines; the old site stays as it was."""
    added(own, path, text)
    assert said in refused(own, "build").replace(str(own), "")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("np.float64(2.5)", "2.5"),
        ("np.int8(3)", "3"),
        ("np.array(4)", "4"),
        ("float('nan')", "None"),
        ("{1, 2}", None),
    ],
)
def test_facts_are_plain(own, value, shown):
    """NumPy's numbers are Python's; what is not a number never happened; a set is refused, by name."""
    file = own / "facts" / "fits.py"
    file.write_text("import numpy as np\n" + FACTS.replace("VALUE", value), encoding="utf-8")
    for section in (own / "templates" / "sections").glob("*.md"):
        section.write_text(
            "## One {#"
            + section.stem[3:]
            + "}\n\n"
            + f'{{{{ figure("{"error" if "peak" in section.stem else "weights"}_by_width") }}}}\n'
        )
    for figure in (own / "figures").glob("*.py"):
        figure.write_text(
            re.sub(r"ALT = \(.*?\n\)", 'ALT = "A."', figure.read_text(), flags=re.S), encoding="utf-8"
        )
    added(own, "templates/sections/03-a.md", "## A {#a}\n\nIt is ‹{{ fits.a }}›.\n")
    if shown is None:
        assert "facts/fits.py: more: TypeError: a is a set" in refused(own, "build")
        return
    if shown == "None":
        assert "a fact printed here is absent" in refused(own, "build")
        return
    must(run(own, "build"))
    assert f"‹{shown}›" in (own / "site" / "index.html").read_text(encoding="utf-8")


def test_files_that_import_each_other(own):
    """Each sees the other's names once both are there; who asks too early is told."""
    added(own, "experiments/_one.py", "import _two\n\nHALF = 2\n")
    added(own, "experiments/_two.py", "import _one\n\n\ndef half():\n    return _one.HALF\n")
    added(
        own,
        "experiments/more.py",
        EXPERIMENT.replace("from", "import _one, _two\nfrom").replace("'a': a", "'a': _two.half()"),
    )
    must(run(own, "train", "more"))
    added(own, "experiments/_two.py", "from _one import HALF\n")
    assert "ImportError: cannot import name 'HALF'" in refused(own, "train", "more")
