"""Nothing changes without being said: at the end of a build, by --frozen, and of what the page no longer speaks of."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from fixtures.projects import ROOT, contents, forget, must, run

from reportgen.cli.news import for_the_reader
from reportgen.cli.states import reason
from reportgen.errors import EXIT_STALE, ReportError
from reportgen.experiments import EXPERIMENTS, variants
from reportgen.experiments.variants import Settings, read_settings
from reportgen.files.project import Project
from reportgen.pipeline import lockfile
from reportgen.pipeline.plan import Plan
from reportgen.pipeline.state import Change

ADDRESS = "https://a.example/b/"
MANY = tuple(Change(f"number soften x{i}", "1", "2") for i in range(10))
NEWS = {  # lines of the lock file that changed, and what a reader is told
    "a verdict": ((Change("claim C25", "holds", "fails"),), ["C25 holds → fails: "]),
    "a claim that is gone": ((Change("claim C99", "holds", None),), ["C99 is gone; it was holds"]),
    "a new one": ((Change("claim C25", None, "holds"),), ["C25 is new: holds: "]),
    "a number": ((Change("number parity-l2 t_gen", "1200", "1300"),), ["parity_l2.t_gen 1200 → 1300"]),
    "one of a part": (
        (Change("number soften high.count", "3", "none"),),
        ["soften.high.count 3 → none"],
    ),
    "base rates": (
        (Change("number modular shown", "4", "none"), Change("number modular generalised", "11", None)),
        ["no base rate any more: modular"],
    ),
    "a base rate that moved": ((Change("number modular shown", "4", "3"),), ["modular.shown 4 → 3"]),
    "code alone": (
        (Change("figure line", "a", "b"), Change("page", "c", "d"), Change("run x", "e", "f")),
        [],
    ),
    "many": (MANY, [*["soften.x"] * 8, "2 more numbers: git diff reportgen.lock"]),
}


@pytest.mark.parametrize("name", NEWS)
def test_what_changed_for_the_reader(name, bare_built):
    """A line each, verdicts by their sentence, numbers as authors quote them; of many, some."""
    changes, expected = NEWS[name]
    said = list(for_the_reader(Plan(Project(bare_built), Settings()), changes))
    assert len(said) == len(expected)
    assert all(line.startswith(start) for line, start in zip(said, expected, strict=True)), said
    assert all(len(line) > len("C25 holds → fails: ") + 10 for line in said if line.startswith("C25"))


def test_a_build_says_so_once(bare, edit):
    """At its end, after the lock file's name; the next build has nothing to say."""
    edit(bare / lockfile.FILE, "claim C25 holds", "claim C25 fails")
    said = must(run(bare, "build")).stdout
    assert "Updated reportgen.lock.\nChanged for the reader:\n  C25 fails → holds: " in said
    assert "Changed for the reader" not in must(run(bare, "build")).stdout


CAUSES = {  # what is edited, and the one line that --frozen has for it: where all was built, and in a clone
    "a figure": ("figures/line.py", '"y": 3', '"y": 4', "line: figures/line.py changed",
                 "the code or texts of line are not those of reportgen.lock"),
    "a template": ("templates/sections/01-bare.md", "Numbers", "All numbers", "site: templates/sections/01-bare.md changed",
                   "templates, the page's code or its libraries are not those of reportgen.lock"),
    "a verdict": (lockfile.FILE, "claim C25 holds", "claim C25 fails",
                  *["claim C25 is holds; reportgen.lock has fails"] * 2),
}  # fmt: skip


@pytest.mark.parametrize("clone", [False, True], ids=["built here", "clone"])
@pytest.mark.parametrize("name", CAUSES)
def test_frozen_prints_causes(name, clone, bare, edit):
    """Not what follows from them, nor what was never made in a clone."""
    file, old, new, *lines = CAUSES[name]
    if clone:
        shutil.rmtree(bare / ".reportgen")
        shutil.rmtree(bare / "site")
        assert "Nothing was made here yet" in must(run(bare, "build", "--frozen")).stdout
    edit(bare / file, old, new)
    result = run(bare, "build", "--frozen")
    assert result.exit_code == EXIT_STALE
    assert [line.strip() for line in result.stderr.splitlines()[1:-1]] == [lines[clone]]
    must(run(bare, "build"))
    must(run(bare, "build", "--frozen"))


def test_a_clone_without_a_lock_is_not_up_to_date(bare):
    """There is nothing to hold it against; so is one of which a part was made."""
    shutil.rmtree(bare / ".reportgen" / "figures")
    assert "line: not drawn yet" in run(bare, "build", "--frozen").stderr
    shutil.rmtree(bare / ".reportgen")
    shutil.rmtree(bare / "site")
    (bare / lockfile.FILE).unlink()
    assert "reportgen.lock is missing" in run(bare, "build", "--frozen").stderr
    assert run(bare, "build", "--frozen", "--quick").exit_code == EXIT_STALE  # a trial has no lock


def test_what_an_untrained_run_says_is_as_the_lock_has_it():
    """Its numbers and verdicts stay, while its key does; a base rate goes with the search for the seed."""
    old = {"run modular": "k c", "run modular-search": "s d", "number modular t_gen": "7",
           "number modular shown": "4", "claim C1": "holds"}  # fmt: skip
    judged_on, untrained = {"C1": ("modular",)}, frozenset(["modular"])
    here = {"run modular": "k 0", "run modular-search": "s d", "claim C1": "not-judged"}
    assert lockfile.Lock(old, here, judged_on, untrained).merged() == old
    other_key = lockfile.Lock(old, here | {"run modular": "j 0"}, judged_on, untrained).merged()
    assert "number modular t_gen" not in other_key and other_key["claim C1"] == "not-judged"
    del here["run modular-search"]
    left = lockfile.Lock(old, here, judged_on, untrained).merged()
    assert "number modular t_gen" in left and "number modular shown" not in left


@pytest.fixture
def searched(bare, monkeypatch) -> Path:
    """A project with the seeds tried for `reverse`, whose settings have been edited in code since it was built."""
    (bare / "runs").mkdir()
    for folder in (ROOT / "runs").glob("reverse-search.*"):
        shutil.copytree(folder, bare / "runs" / folder.name)
    shutil.copy(ROOT / "runs" / "certificates.json", bare / "runs")
    said = must(run(bare, "build"))
    assert not said.stderr
    before = EXPERIMENTS["reverse-search"]
    edited = replace(before, source=tuple(replace(config, perturbation=1) for config in before.configs))
    monkeypatch.setattr(variants, "EXPERIMENTS", EXPERIMENTS | {"reverse-search": edited})
    return bare


def test_a_search_with_other_settings_is_missed_aloud(searched):
    """By build, status and --dry-run, with the command that trains it; --frozen has it as a cause until the page does without."""
    says = (
        "perturbation 0 → 1; the page drops the verdict on C24. To train it: reportgen train reverse-search"
    )
    status = must(run(searched, "status")).stdout
    assert f"reverse-search           stale    {says}" in status
    assert (
        f"Not trained by a build: reverse-search: {says}" in must(run(searched, "build", "--dry-run")).stdout
    )
    frozen = run(searched, "build", "--frozen")
    assert frozen.exit_code == EXIT_STALE
    assert "\n  reverse-search: perturbation 0 → 1; not trained since\n" in frozen.stderr
    listed = {entry["name"]: entry for entry in json.loads(must(run(searched, "status", "--json")).stdout)}
    assert listed["reverse-search"]["reason"] == says and not listed["reverse-search"]["current"]
    for command in ("build", "build", "site"):
        result = must(run(searched, command))
        assert result.stderr == f"Warning: reverse-search: {says}\n"
    must(run(searched, "build", "--frozen"))  # the page and its lock are of one mind: it does without


def test_the_base_rates_are_named(searched, monkeypatch):
    """Where the page speaks of the experiment whose seed was searched for."""
    plan = Plan(Project(searched), read_settings(False, ()))
    monkeypatch.setitem(plan.__dict__, "quoted", {"reverse": plan.experiments["reverse"]})
    forget()
    lapsed = plan.lapsed["reverse-search"]
    says = reason(lapsed, lapsed.state())
    assert "the page drops the base rates of reverse and the verdict on C24." in says


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("modular-search.seed=3", "modular-search is a sweep over 24 values of seed"),
        ("modular-robustness.perturbation=1", "a sweep over 4 values of perturbation"),
        ("soften.neurons=8", "soften is a sweep over 3 values of neurons"),
        ("precision.precision=float64", "a sweep over 3 values of precision"),
        ("modular-search.weight_decay=0.3", ""),
        ("modular.seed=3", ""),
        ("soften.seed=3", ""),
    ],
)
def test_what_a_sweep_varies_cannot_be_set(text, says):
    """Its grid would hold one run many times; what all its runs share can."""
    if not says:
        name = text.partition(".")[0]
        assert len(set(read_settings(False, [text]).experiments[name].configs)) == len(
            EXPERIMENTS[name].configs
        )
        return
    with pytest.raises(ReportError, match=says) as caught:
        read_settings(False, [text])
    assert "such as " in caught.value.hint and "all its runs share" in caught.value.hint


def canonical(project: Path) -> bool:
    """Whether the site names its address and has a list of its pages; both, or neither."""
    found = ADDRESS in (project / "site" / "index.html").read_text(encoding="utf-8")
    assert found == (project / "site" / "sitemap.xml").is_file()
    return found


LATER = {
    "build": ("build",),  # what serve runs
    "site": ("site",),
    "bundle": ("bundle", "--format", "html"),
}


@pytest.mark.parametrize("filed", ["", "https://filed.example/"], ids=["no file", "another in the file"])
def test_an_address_is_kept(bare, filed, tmp_path, monkeypatch):
    """Whatever writes the site later, until another is given or the file changes."""
    monkeypatch.chdir(tmp_path)
    (bare / "reportgen.toml").write_text(f'base-url = "{filed}"\n', encoding="utf-8")
    must(run(bare, "build", "--base-url", ADDRESS))
    assert f"for {ADDRESS}" in must(run(bare, "status")).stdout
    section = bare / "templates" / "sections" / "01-bare.md"
    for number, command in enumerate(LATER.values()):
        must(run(bare, *command))
        section.write_text(section.read_text(encoding="utf-8") + f"\n\nMore {number}.\n", encoding="utf-8")
        must(run(bare, *command))
        assert canonical(bare)
    (bare / "reportgen.toml").write_text('base-url = "https://new.example/"\n', encoding="utf-8")
    must(run(bare, "build"))
    assert "https://new.example/" in (bare / "site" / "index.html").read_text(encoding="utf-8")
    must(run(bare, "build", "--base-url", ""))
    must(run(bare, "build"))
    assert not (bare / "site" / "sitemap.xml").exists()


def test_a_project_that_was_copied_is_up_to_date(bare_built, tmp_path):
    """Nothing is stale there, and a build changes no file."""
    copy = Path(shutil.copytree(bare_built, tmp_path / "elsewhere" / "copy"))
    must(run(copy, "build", "--frozen"))
    assert "not built yet" not in must(run(copy, "status")).stdout
    before = contents(copy)
    assert "is up to date" in must(run(copy, "build")).stdout
    assert contents(copy) == before


WILD = "--quick", "--set=modular.learning_rate=1e200"


def test_a_run_that_was_stopped_is_said_by_every_build(mini):
    """And marked on the page about methods."""
    first = must(run(mini, "build", *WILD)).stderr
    assert "modular diverged: its loss is not finite at step" in first and "was stopped at" not in first
    (site,) = mini.glob("site-*learning_rate*")
    assert re.search(
        r"Status</dt><dd>fresh; stopped at step \d+, where its loss is not finite",
        (site / "methods.html").read_text("utf-8"),
    )
    for command in ("build", "site"):
        again = must(run(mini, command, *WILD)).stderr
        assert re.match(r"Warning: modular was stopped at step \d+: its loss is not finite\.", again)


def test_a_sentence_without_its_number_names_the_run_that_was_stopped(mini, edit):
    """Its caption has no other form; the cause is not the caption."""
    edit(mini / "figures" / "tiny_weights.py", "{{ modular.neurons }}", "{{ modular.share_end|percent }}")
    result = run(mini, "build", *WILD)
    assert result.exit_code != 0
    *_, message, hint = result.stderr.splitlines()
    assert message.endswith("tiny_weights.py: |percent is given a fact that is absent.")
    assert re.match(r"modular was stopped at step \d+, where its loss is not finite", hint)
