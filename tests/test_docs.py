"""The documentation is true: its commands parse, its tree and names exist, its recipes are accepted."""

import ast
import re
import shlex
import subprocess
from pathlib import Path
from types import SimpleNamespace

import click
import numpy as np
import pytest

from reportgen.claims import registry
from reportgen.cli import main
from reportgen.drawing.discovery import find_figures, read_source
from reportgen.errors import ReportError
from reportgen.experiments import EXPERIMENTS
from reportgen.experiments.variants import read_settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, flags=re.M | re.S)
PROSE = re.sub(r"^```\w+\n.*?^```", "", README, flags=re.M | re.S)
LARGEST_PICTURE = 300_000  # bytes


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCKS if kind == language]


def commands() -> list[str]:
    """Every `reportgen …` of the README, in code blocks and in sentences."""
    lines = [line.strip() for text in blocks("sh") for line in text.splitlines()]
    inline = [text for text in re.findall(r"`(reportgen [^`…]+)`", PROSE) if "|" not in text]
    return sorted({line for line in [*lines, *inline] if line.startswith("reportgen ")})


def examples(command: click.Command) -> list[str]:
    """The commands of a help text's examples."""
    lines = re.findall(r"^\s*(?:Example:)?\s*(reportgen [^\n]*)", command.help or "", flags=re.M)
    return [re.split(r"\s{3,}", line)[0] for line in lines]


def parse(line: str) -> tuple[str, dict]:
    """Command name and parameters of a command line, without running it; raises click's errors."""
    program, *words = shlex.split(line.partition(" > ")[0], comments=True)
    assert program == "reportgen"
    with click.Context(main, info_name=program) as context:
        options = {o for p in main.params for o in p.opts} | {"--help", "-h"}
        while words and words[0].startswith("-"):
            assert words.pop(0) in options, line
        if not words:
            return "", {}
        name, *rest = words
        assert name in main.commands, line
        try:
            parsed = main.commands[name].make_context(name, rest, parent=context)
        except click.exceptions.Exit:  # --help
            return name, {}
        return name, parsed.params


def tree() -> tuple[list[str], list[str]]:
    """The README's tree: top-level entries, and those of reportgen/."""
    text = blocks("text")[0]
    top = re.findall(r"^(\S+)", text, flags=re.M)
    return top, re.findall(r"^  (\S+)", text, flags=re.M)


def anchors() -> set[str]:
    """The README's headings as GitHub links to them."""
    titles = re.findall(r"^#+ (.+)$", PROSE, flags=re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("line", commands())
def test_readme_commands_parse(line: str):
    """Every command of the README is one that the program accepts, with names that exist."""
    name, given = parse(line)
    known, _ = find_figures(ROOT / "figures")
    for figure in [*given.get("only", ()), *given.get("ids", ())]:
        assert figure in known, line
    for experiment in given.get("names", ()):
        assert experiment in EXPERIMENTS, line
    read_settings(given.get("quick", False), given.get("assignments", ()))


def test_a_wrong_command_would_be_noticed():
    """The check above refuses unknown options, values, settings and commands."""
    for line in ("reportgen build --nope", "reportgen figures --format gif", "reportgen figures --step x"):
        with pytest.raises(click.UsageError):
            parse(line)
    for line in ("reportgen deploy", "reportgen --nope build"):
        with pytest.raises(AssertionError):
            parse(line)
    with pytest.raises(ReportError):
        read_settings(False, parse("reportgen build --set modular.nope=1")[1]["assignments"])


@pytest.mark.parametrize("name", list(main.commands))
def test_every_command_is_documented(name: str):
    """Every command has help with an example that parses, and is in the README with each option."""
    command = main.commands[name]
    assert command.help, name
    assert examples(command), f"{name} has no example in its help"
    assert {parse(line)[0] for line in examples(command)} == {name}
    assert name in {parse(line)[0] for line in commands()}
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]} has no help"
            assert parameter.opts[0] in README, f"{name} {parameter.opts[0]} is not in the README"


def test_the_programs_own_examples_parse():
    """The examples of `reportgen --help` parse too."""
    assert examples(main)
    for line in examples(main):
        parse(line)


def test_tree_lists_what_git_tracks():
    """The README's tree is exactly the top of the repository."""
    found = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if found.returncode or not found.stdout:
        pytest.skip("not a git checkout")
    tracked = {name.split("/")[0] for name in found.stdout.decode().split("\0") if name}
    top, _ = tree()
    assert {name.rstrip("/") for name in top} == tracked
    assert all((ROOT / name).is_dir() == name.endswith("/") for name in top)


def test_tree_names_modules_that_exist():
    """Every module the tree names is there, and each package of the program is named."""
    _, modules = tree()
    assert modules
    for name in modules:
        assert (ROOT / "reportgen" / name).exists(), name
    packages = {f"{file.parent.name}/" for file in (ROOT / "reportgen").glob("*/__init__.py")}
    assert packages <= set(modules)


def test_links_lead_somewhere():
    """Links to files and headings of the README exist."""
    targets = re.findall(r"\]\(([^)\s]+)\)", PROSE)
    for target in targets:
        if target.startswith("#"):
            assert target[1:] in anchors(), target
        elif not target.startswith("https://"):
            assert (ROOT / target).is_file(), target
    assert "docs/page.png" in targets


def test_paths_in_sentences_exist():
    """A path of the repository that the README mentions is there, built things aside."""
    for path in set(re.findall(r"`((?:reportgen|templates|scripts|docs|figures)/[\w./-]*)`", PROSE)):
        if path != "figures/modular_norm.py":  # the recipe's
            assert (ROOT / path).exists(), path


def test_make_targets_exist():
    """Every `make …` of the README has its rule in the Makefile."""
    rules = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M))
    indented = re.findall(r"^    make ([\w-]+)", README, flags=re.M)
    named = {*indented, *re.findall(r"`make ([\w-]+)[^`]*`", PROSE)}
    assert {"site", "test"} == set(indented)
    assert named <= rules


def test_the_figure_recipe_is_a_figure(tmp_path: Path):
    """The README's example file meets the contract and draws."""
    code = next(text for text in blocks("python") if "def chart" in text)
    file = tmp_path / "modular_norm.py"
    file.write_text(code, encoding="utf-8")
    assert read_source(file).title == "The weights shrink while the model learns"
    names: dict = {}
    exec(compile(code, str(file), "exec"), names)
    run = SimpleNamespace(steps=np.arange(3), weight_norm=np.array([3.0, 2.0, 1.0]))
    assert names["chart"]({"modular": run}).to_dict()["mark"]["type"] == "line"


def test_the_experiment_recipe_fits_the_catalogue():
    """The README's experiment is built with what experiments.py has, under a new name."""
    from reportgen import experiments

    code = next(text for text in blocks("python") if "_single(" in text)
    names = dict(vars(experiments))
    exec(code, names)
    added = names["_ALL"][-1]
    assert added.single
    assert added.name not in EXPERIMENTS


def test_the_claim_recipe_is_a_claim(monkeypatch: pytest.MonkeyPatch):
    """The README's claim registers under a free number, and judges."""
    from reportgen.claims.sections import modular

    taken = set(registry.CLAIMS)
    monkeypatch.setattr(registry, "CLAIMS", {})
    code = next(text for text in blocks("python") if "@claim" in text)
    norms = {"weight_norm_start": 2.0, "weight_norm_end": 1.0}
    words = {"value": registry.value, "describe": lambda run, name: norms}
    exec(code, {**vars(modular), **words})
    (added,) = registry.CLAIMS.values()
    assert added.id not in taken
    finding = added.judge(None)
    assert finding.holds
    assert "2" in finding.evidence


def test_python_blocks_are_python():
    """Every Python block of the README parses."""
    for text in blocks("python"):
        ast.parse(text)


def test_citation_file_has_its_fields():
    """CITATION.cff has the fields the format asks for, this version, and the original article."""
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert "\t" not in text
    for line in text.splitlines():
        if line.strip():
            assert re.match(r" *(- )?([\w-]+:( |$)|\w[\w-]*$)|  +\S", line), line
    fields = dict(re.findall(r"^([\w-]+): *(.*)$", text, flags=re.M))
    assert fields["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "version", "license", "preferred-citation"} <= set(fields)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{fields["version"]}"' in project
    preferred = text.partition("preferred-citation:")[2]
    url = re.search(r"^  url: (\S+)$", preferred, flags=re.M)
    works = (ROOT / "templates" / "references.bib").read_text(encoding="utf-8")
    assert url
    assert f"url={{{url[1]}}}" in works
    assert re.findall(r"family-names: (\w+)", preferred)[0] == "Pearce"


def test_changelog_has_this_version_and_its_changed_numbers():
    """The changelog knows the current version and names changed numbers under their own heading."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"$', project, flags=re.M)
    assert version
    assert f"## [{version[1]}]" in text
    assert "### Changed numbers" in text


def test_the_picture_is_a_small_png():
    """The README's picture is a PNG that does not weigh down every clone."""
    content = (ROOT / "docs" / "page.png").read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) <= LARGEST_PICTURE
