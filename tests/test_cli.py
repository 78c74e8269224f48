"""The command line, through whole builds of a mini project."""

import csv
import json
import re
import resource
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from fixtures.projects import ROOT, contents, must, run

from reportgen.cli import main

SHARED = {"--project", "--help"}
PROMISED = {
    "build": {"--device", "--only", "--project", "--out", "--quick", "--set", "--verbose", "--quiet"},
    "train": {"--device", "--project", "--quick", "--set", "--verbose", "--quiet"},
    "figures": {"--format", "--step", "--project", "--out", "--quick"},
    "site": {"--project", "--out", "--quick", "--set"},
    "status": {"--project", "--quick", "--set"},
    "publish": {"--remote", "--branch", "--dry-run", "--yes", "--base-url", "--project", "--out"},
    "init": set(),
    "clean": {"--dry-run", "--yes", "--stale", "--project"},
}


def page(project, folder="site-quick") -> str:
    return (project / folder / "index.html").read_text(encoding="utf-8")


def drawn(output: str) -> set[str]:
    return set(re.findall(r"^Drew (\w+)", output, re.MULTILINE))


def times(folder) -> dict:
    return {file: file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_every_command_has_help_with_an_example(name):
    """And the options that were promised."""
    result = must(CliRunner().invoke(main, [name, "--help"]))
    assert "Example:  reportgen " in result.output
    options = {option for p in main.commands[name].params for option in p.opts}
    assert PROMISED[name] <= options
    assert all(p.help for p in main.commands[name].params if isinstance(p, click.Option))


def test_the_table_of_shared_options_is_true():
    """docs/use.md names every command that has one of them, and no other."""
    text = (ROOT / "docs" / "use.md").read_text(encoding="utf-8")
    said: dict[str, set[str]] = {}
    for row in re.findall(r"^\| (`--.+?) \| .+? \| (.+) \|$", text, re.M):
        for option in re.findall(r"--[\w-]+", row[0]):
            said.setdefault(option, set()).update(re.findall(r"`([a-z]+)`", row[1]))
    said["--project"] = set(main.commands) - {"init"}
    said["--set"].discard("compare")
    assert len(said) == 10
    for option, commands in said.items():
        has = {name for name, command in main.commands.items() for p in command.params if option in p.opts}
        assert has == commands, option


def test_no_command_is_forgotten():
    """The table above names every command."""
    assert set(main.commands) >= set(PROMISED)
    for command in main.commands.values():
        assert "Example:" in command.help, command.name


def test_version_and_help():
    """Both answer; without a command there is help."""
    assert re.search(r"version \d+\.\d+", must(CliRunner().invoke(main, ["--version"])).output)
    assert "Example:" in must(CliRunner().invoke(main, ["-h"])).output
    assert "Example:" in CliRunner().invoke(main, []).output


def test_help_is_fast():
    """--help answers in under 0.3 s of computing; what else the machine does is no matter."""

    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        subprocess.run([sys.executable, "-m", "reportgen", "--help"], check=True, capture_output=True)
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before

    assert min(seconds() for _ in range(3)) < 0.3


def test_a_quick_build_says_what_it_is(quick):
    """It lies beside the real site, carries a banner, and judges no claim."""
    text = page(quick)
    assert not (quick / "site").exists()
    assert "quick" in text.lower()
    assert "not applicable" in text.lower()


def test_a_second_build_does_nothing(mini):
    """It says so, and writes no file: neither in the site nor in the state."""
    before = times(mini / "site-quick") | times(mini / ".reportgen")
    result = must(run(mini, "build", "--quick"))
    assert result.stdout.splitlines() == [f"{mini / 'site-quick'} is up to date."]
    assert times(mini / "site-quick") | times(mini / ".reportgen") == before


def test_touching_a_file_rebuilds_nothing(mini):
    """Contents count, not times."""
    for folder in ("figures", "templates"):
        for file in (mini / folder).rglob("*.*"):
            file.touch()
    assert "is up to date" in must(run(mini, "build", "--quick")).stdout


def test_a_comment_rebuilds_nothing(mini, edit):
    """Neither does a docstring beyond its first line, the title."""
    edit(mini / "figures" / "tiny_curve.py", "RUNS =", "# the smaller model\nRUNS =")
    edit(mini / "figures" / "tiny_curve.py", "Accuracy of the parity model.", "Test accuracy.")
    assert "is up to date" in must(run(mini, "build", "--quick")).stdout


def test_a_changed_figure_redraws_itself_and_the_page(mini, edit):
    """And nothing else; status says so beforehand."""
    edit(mini / "figures" / "tiny_curve.py", "height=100", "height=120")
    before = must(run(mini, "status", "--quick")).stdout
    assert re.search(r"tiny_curve +stale +figures/tiny_curve\.py changed", before)
    assert re.search(r"tiny_weights +fresh", before)
    assert re.search(r"site-quick +stale +figure tiny_curve changed", before)
    result = must(run(mini, "build", "--quick"))
    assert drawn(result.stdout) == {"tiny_curve"}
    assert "Wrote" in result.stdout and "Training" not in result.stdout
    assert "stale" not in must(run(mini, "status", "--quick")).stdout


def test_a_changed_caption_redraws_its_figure(mini, edit):
    """A caption is in the drawing's folder, with its facts filled in."""
    edit(mini / "figures" / "tiny_curve.py", '"Accuracy."', '"Accuracy of {{ parity.neurons }} neurons."')
    assert drawn(must(run(mini, "build", "--quick")).stdout) == {"tiny_curve"}
    assert "Accuracy of 64 neurons." in page(mini)


def test_a_changed_section_draws_nothing(mini, edit):
    """Only the page is written again, and the list of files with its hash."""
    edit(mini / "templates" / "sections" / "01-tiny.md", "The model has", "This model has")
    result = must(run(mini, "build", "--quick"))
    assert drawn(result.stdout) == set()
    assert "2 changed" in result.stdout and "This model has twenty-four" not in page(mini, "site-quick")[:10]
    assert "This model has" in page(mini)


def test_a_damaged_site_is_mended(mini):
    """A file of ours that was changed or removed is written again, and status says why."""
    (mini / "site-quick" / "index.html").write_text("oops")
    (mini / "site-quick" / "figures" / "tiny_curve.svg").unlink()
    assert "changed or removed" in must(run(mini, "status", "--quick")).stdout
    assert "2 changed" in must(run(mini, "build", "--quick")).stdout
    assert "oops" not in page(mini)


def test_two_builds_of_the_same_inputs_are_the_same_bytes(mini, mini_built):
    """In another folder, at another time."""
    assert contents(mini / "site-quick") == contents(mini_built / "site-quick")
    for folder in ("templates", "figures"):
        assert (mini / folder).exists()
    must(run(mini, "build", "--quick", "--out", str(mini / "site-other")))
    assert contents(mini / "site-other") == contents(mini / "site-quick")


def test_only_draws_one_figure_and_no_page(mini, edit):
    """--only leaves the page and the other figures alone."""
    for name in ("tiny_curve", "tiny_weights"):
        edit(mini / "figures" / f"{name}.py", "CAPTION =", "LIMIT = 1\nCAPTION =")
    before = times(mini / "site-quick")
    result = must(run(mini, "build", "--quick", "--only", "tiny_curve"))
    assert drawn(result.stdout) == {"tiny_curve"}
    assert times(mini / "site-quick") == before


def test_quiet_says_nothing_and_verbose_says_why(mini, edit):
    """--quiet is silent when all is well."""
    edit(mini / "figures" / "tiny_curve.py", "height=100", "height=120")
    assert ": figures/tiny_curve.py changed" in must(run(mini, "build", "--quick", "--verbose")).stdout
    edit(mini / "figures" / "tiny_curve.py", "height=120", "height=121")
    result = must(run(mini, "build", "--quick", "--quiet"))
    assert result.output == ""


def test_figures_are_written_in_every_format(mini, tmp_path):
    """Without the site; each is what it says it is."""
    out = tmp_path / "exports"
    formats = ("svg", "png", "pdf", "json", "csv")
    options = [word for name in formats for word in ("--format", name)]
    must(run(mini, "figures", "tiny_curve", "--quick", "--out", str(out), *options))
    files = contents(out)
    assert set(files) == {f"tiny_curve.{name}" for name in formats}
    assert files["tiny_curve.svg"].startswith(b"<svg")
    assert files["tiny_curve.png"].startswith(b"\x89PNG")
    assert files["tiny_curve.pdf"].startswith(b"%PDF")
    assert "vega-lite" in json.loads(files["tiny_curve.json"])["$schema"]
    rows = list(csv.DictReader(files["tiny_curve.csv"].decode().splitlines()))
    assert {row["series"] for row in rows} == {"train", "test"}


def test_figures_do_not_go_into_a_site(mini):
    """What a build would take for somebody else's file is refused, and the site stays as it was."""
    before = contents(mini / "site-quick")
    result = run(mini, "figures", "tiny_curve", "--quick", "--out", str(mini / "site-quick"))
    assert result.exit_code != 0 and "is a site of reportgen" in result.stderr and "--out" in result.stderr
    assert contents(mini / "site-quick") == before


def test_a_figure_at_one_step(mini, tmp_path):
    """--step draws the nearest snapshot, in pictures."""
    out = tmp_path / "exports"
    must(run(mini, "figures", "tiny_weights", "--quick", "--step", "41", "--out", str(out)))
    assert "step 40<" in (out / "tiny_weights-step-40.svg").read_text(encoding="utf-8")


def test_a_variant_lies_beside_the_site(mini, edit):
    """--set builds site-<name> with a banner; the other site and its runs stay as they are."""
    before = times(mini / "site-quick")
    option = ("--set", "modular.steps=20")
    said = must(run(mini, "status", "--quick", *option)).stdout
    assert re.search(r"modular +stale +steps 400 → 20", said)
    result = must(run(mini, "build", "--quick", *option))
    assert "Training 1 run" in result.stdout
    assert drawn(result.stdout) == {"tiny_weights"}
    assert times(mini / "site-quick") == before
    text = page(mini, "site-quick-modular-steps-20")
    assert "steps=20" in text
    assert "the run has 20 steps" in text
    assert "is up to date" in must(run(mini, "build", "--quick")).stdout


def test_a_run_that_never_generalises_has_an_honest_page(quick):
    """The whole real page is built from runs that stop long before they generalise, and says so."""
    facts = json.loads(next(quick.glob(".reportgen/figures/modular_accuracy.*/figure.json")).read_text())
    assert ["generalises", "never"] in facts["table"]["rows"]
    assert "does not generalise" in page(quick)
    assert not re.search(
        r"\b(None(?! of)|nan|inf)\b", re.sub(r"<(script|style).*?</\1>", "", page(quick), flags=re.DOTALL)
    )


def test_status_tells_missing_fresh_and_stale_apart(mini):
    """Each with its reason; a setting with its old and new value."""
    fresh = must(run(mini, "status", "--quick")).stdout
    assert re.search(r"modular +fresh +[\d.]+\u00a0kB, trained in", fresh)
    assert "would train" not in fresh
    real = must(run(mini, "status")).stdout
    assert re.search(r"modular +stale +steps 400 → 50000", real)
    assert re.search(r"site +missing +not built yet", real)
    assert "would train 2 runs" in real
    for folder in (mini / ".reportgen" / "runs").iterdir():
        (folder / "run.json").unlink()
        (folder / "arrays.npz").unlink()
        (folder / "provenance.json").unlink()
        folder.rmdir()
    assert re.search(r"modular +missing +not trained yet", must(run(mini, "status")).stdout)


def test_clean_shows_asks_and_spares(mini):
    """--dry-run removes nothing, no is no, --yes removes what we made and nothing else."""
    (mini / "site-quick" / "thesis.tex").write_text("x")
    before = contents(mini)
    shown = must(run(mini, "clean", "--dry-run")).stdout
    assert str(mini / "site-quick") in shown and str(mini / ".reportgen") in shown
    assert contents(mini) == before
    must(run(mini, "clean", input="n\n"))
    assert contents(mini) == before
    must(run(mini, "clean", "--yes"))
    left = contents(mini)
    assert left["site-quick/thesis.tex"] == b"x"
    assert {name.split("/")[0] for name in left} == {"figures", "templates", "site-quick", "reportgen.toml"}
    assert [name for name in left if name.startswith("site")] == ["site-quick/thesis.tex"]
    assert "0 places" in must(run(mini, "clean")).stdout


def test_clean_stale_keeps_what_is_fresh(mini, edit):
    """Only what no longer matches the code goes; another build of today's inputs stays."""
    edit(mini / "figures" / "tiny_curve.py", "height=100", "height=120")
    must(run(mini, "build", "--quick"))
    shown = must(run(mini, "clean", "--stale", "--yes")).stdout
    assert "drawing of earlier code or runs" in shown
    assert (mini / "site-quick" / "index.html").exists()


def test_a_damaged_run_is_trained_again(mini):
    """With a warning that names it; the result is the same bytes."""
    folder = next((mini / ".reportgen" / "runs").glob("parity.*"))
    before = contents(folder)
    (folder / "arrays.npz").write_bytes(before["arrays.npz"][:-100])
    assert "damaged" in must(run(mini, "status", "--quick")).stdout
    result = must(run(mini, "build", "--quick"))
    assert result.stderr.startswith("Warning: ") and folder.name in result.stderr
    assert "Training 1 run" in result.stdout
    after = contents(folder)
    assert after["arrays.npz"] == before["arrays.npz"] and after["run.json"] == before["run.json"]


def test_an_interrupt_anywhere_is_two_lines(mini, monkeypatch):
    """Ctrl-C while drawing or writing: exit code 130, nothing half done."""

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("reportgen.site.output_folder.write", interrupt)
    (mini / "templates" / "sections" / "01-tiny.md").write_text("## New {#new}\n")
    before = contents(mini / "site-quick")
    result = run(mini, "build", "--quick")
    assert result.exit_code == 130 and len(result.stderr.splitlines()) == 2
    assert contents(mini / "site-quick") == before
