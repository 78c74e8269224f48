"""The documentation is true: its commands parse, its tree and names exist, its recipes are accepted."""

import ast
import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import click
import numpy as np
import pytest
import yaml
from lxml import html

from reportgen.claims import registry
from reportgen.cli import main
from reportgen.drawing.discovery import find_figures, read_source
from reportgen.errors import ReportError
from reportgen.experiments import EXPERIMENTS
from reportgen.experiments.variants import read_settings

ROOT = Path(__file__).parent.parent
FILES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES = {file: file.read_text(encoding="utf-8") for file in FILES}  # all that is documented
README = PAGES[ROOT / "README.md"]
DOCUMENTED = "\n".join(PAGES.values())
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", flags=re.M | re.S)
PROSE = {file: FENCE.sub("", text) for file, text in PAGES.items()}
LARGEST_PICTURE = 300_000  # bytes
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
LONGEST_README = 250  # lines: it is meant to be read whole
BLOCKS = FENCE.findall(DOCUMENTED)
SENTENCES = "\n".join(PROSE.values())


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCKS if kind == language]


def lines_to_type() -> list[str]:
    """Every line of the blocks that one types into a shell."""
    return [line.strip() for text in blocks("sh") for line in text.splitlines()]


def commands() -> list[str]:
    """Every `reportgen …` of the documents, in code blocks and in sentences."""
    inline = [text for text in re.findall(r"`(reportgen [^`…]+)`", SENTENCES) if "|" not in text]
    return sorted({line for line in [*lines_to_type(), *inline] if line.startswith("reportgen ")})


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


def tree() -> list[str]:
    """The README's tree: the entries of the top level."""
    (text,) = [text for kind, text in FENCE.findall(README) if kind == "text"]
    return re.findall(r"^(\S+)", text, flags=re.M)


def wings() -> list[str]:
    """What the table of docs/architecture.md says is in reportgen/."""
    return re.findall(r"^\| `(\w+)` \|", PAGES[ROOT / "docs" / "architecture.md"], flags=re.M)


def anchors(file: Path) -> set[str]:
    """A document's headings as GitHub and MkDocs link to them."""
    titles = re.findall(r"^#+ (.+)$", PROSE[file], flags=re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def links() -> list[tuple[Path, str]]:
    """(document, target) of every link and picture."""
    return [(file, to) for file, text in PROSE.items() for to in re.findall(r"\]\(([^)\s]+)\)", text)]


@pytest.mark.parametrize("line", commands())
def test_documented_commands_parse(line: str):
    """Every command of the documents is one that the program accepts, with names that exist."""
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
    """Every command has help with an example that parses, and is in the documents with each option."""
    command = main.commands[name]
    assert command.help, name
    assert examples(command), f"{name} has no example in its help"
    assert {parse(line)[0] for line in examples(command)} == {name}
    assert name in {parse(line)[0] for line in commands()}
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]} has no help"
            assert parameter.opts[0] in DOCUMENTED, f"{name} {parameter.opts[0]} is not in README or docs/"


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
    top = tree()
    assert {name.rstrip("/") for name in top} == tracked
    assert all((ROOT / name).is_dir() == name.endswith("/") for name in top)


def test_the_table_names_modules_that_exist():
    """Every module the table names is there, and each package of the program is named."""
    assert wings()
    for name in wings():
        package, module = ROOT / "reportgen" / name, ROOT / "reportgen" / f"{name}.py"
        assert package.is_dir() or module.is_file(), name
    packages = {file.parent.name for file in (ROOT / "reportgen").glob("*/__init__.py")}
    assert packages <= set(wings())


def test_links_lead_somewhere():
    """Links to files of the repository, and to headings of a document, exist."""
    for file, target in links():
        path, _, anchor = target.partition("#")
        if path.startswith("https://"):
            continue
        to = (file.parent / path).resolve() if path else file
        assert to.is_file(), f"{file.name}: {target}"
        if anchor:
            assert anchor in anchors(to), f"{file.name}: {target}"
    assert (ROOT / "README.md", "docs/page.png") in links()


def test_every_page_can_be_found():
    """The README leads to each page of docs/, and so does its index."""
    for start in (ROOT / "README.md", ROOT / "docs" / "index.md"):
        reached = {(file.parent / to.partition("#")[0]).resolve() for file, to in links() if file == start}
        others = set(FILES) - {ROOT / "README.md", ROOT / "docs" / "index.md"}
        assert others <= reached, start.name


def test_the_readme_can_be_read_whole():
    """A newcomer's quarter of an hour; the rest is in docs/."""
    assert len(README.splitlines()) < LONGEST_README


def test_paths_in_sentences_exist():
    """A path of the repository that the documents mention is there, built things aside."""
    folders = r"reportgen|templates|scripts|docs|figures|tests|benchmarks|\.github"
    for path in set(re.findall(rf"`((?:{folders})/[\w./-]*)`", SENTENCES)):
        if path != "figures/modular_norm.py":  # the recipe's
            assert (ROOT / path).exists(), path


def test_make_targets_exist():
    """Every `make …` of the documents has its rule in the Makefile."""
    rules = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M))
    indented = re.findall(r"^    make ([\w-]+)", README, flags=re.M)
    typed = re.findall(r"^(?:\w+=\S+ )?make ([\w-]+)", "\n".join(lines_to_type()), flags=re.M)
    named = {*indented, *typed, *re.findall(r"`make ([\w-]+)[^`]*`", SENTENCES)}
    assert {"site", "test"} == set(indented)
    assert named <= rules


def test_scripts_that_are_run_exist():
    """Every `python x.py` of the documents names a file that is there."""
    named = re.findall(r"python (?:-m pytest )?([\w/]+\.py)", DOCUMENTED)
    assert "scripts/choose_seeds.py" in named
    assert all((ROOT / name).is_file() for name in named)


@pytest.fixture(scope="module")
def diagrams():
    """scripts/diagrams.py as a module."""
    spec = importlib.util.spec_from_file_location("diagrams", ROOT / "scripts" / "diagrams.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """The documents as a site. With --strict, MkDocs fails on a link, an anchor or a page that is lost."""
    folder = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_documents_build_and_load_nothing_from_elsewhere(built: Path):
    """A page for each document; styles, scripts, fonts and pictures are beside it."""
    for file in FILES:
        if file.name != "README.md":
            assert (built / file.name.lower()).with_suffix(".html").is_file()
    for page in built.glob("*.html"):
        root = html.parse(str(page)).getroot()
        loaded = [*root.xpath("//@src"), *root.xpath("//link/@href"), *root.xpath("//object/@data")]
        assert loaded
        for address in loaded:
            assert not urlsplit(address).netloc, f"{page.name}: {address}"
            if page.name != "404.html":  # shown at any depth, so its addresses begin at the top
                assert (built / address).is_file(), f"{page.name}: {address}"
    for sheet in built.rglob("*.css"):
        for address in re.findall(r"url\(['\"]?([^)'\"]+)|@import", sheet.read_text(encoding="utf-8")):
            assert address and not urlsplit(address).netloc, f"{sheet.name}: {address}"


def test_a_lost_link_would_be_noticed(tmp_path: Path):
    """MkDocs is as strict as its settings say: a file, an anchor, a page that the menu lacks."""
    for name in ("mkdocs.yml", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    with (tmp_path / "docs" / "use.md").open("a", encoding="utf-8") as page:
        page.write("\n[one](nowhere.md) [two](data.md#nowhere)\n")
    (tmp_path / "docs" / "lost.md").write_text("# Lost\n", encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    for lost in ("'nowhere.md'", "'data.md#nowhere'", "lost.md"):
        assert lost in done.stderr


@pytest.mark.parametrize("name", ["flow.svg", "wings.svg"])
def test_the_diagrams_are_up_to_date(name: str, diagrams):
    """As scripts/diagrams.py draws them from the table and the imports there are."""
    drawn = diagrams.DIAGRAMS[name]()
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == drawn, "run: python scripts/diagrams.py"


def test_the_flow_shows_wings(diagrams):
    """Its boxes are wings or folders, its arrows lead from box to box."""
    assert {name for name in diagrams.FLOW if not name.endswith("/")} <= set(wings())
    assert all((ROOT / name).is_dir() for name in diagrams.FLOW if name.endswith("/"))
    assert {end for arrow in diagrams.ARROWS for end in arrow} | {*diagrams.STEERED, "pipeline"} == set(
        diagrams.FLOW
    )


def test_examples_of_style_are_quoted_as_they_are():
    """A block of CONTRIBUTING.md that shows code of ours is in the file named before it."""
    text = PAGES[ROOT / "CONTRIBUTING.md"]
    shown = re.findall(r"From `([\w/.]+)`,(?:(?!^From ).)*?^```python\n(.*?)^```", text, flags=re.M | re.S)
    assert len(shown) == text.count("```python") == 2
    for file, code in shown:
        assert code in (ROOT / file).read_text(encoding="utf-8"), file


def test_forms_for_issues_match_the_schema():
    """GitHub's own, as check-jsonschema brings them."""
    folder = ROOT / ".github" / "ISSUE_TEMPLATE"
    forms = [file for file in folder.glob("*.yml") if file.name != "config.yml"]
    assert len(forms) == 2
    for schema, files in (("issue-forms", forms), ("issue-config", [folder / "config.yml"])):
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.github-{schema}"]
        done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_hooks_before_a_commit_fetch_nothing():
    """Each is a tool of the environment, and one that the project has."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [repo["repo"] for repo in hooks] == ["local"]
    for hook in hooks[0]["hooks"]:
        assert hook["language"] == "system"
        assert re.search(rf"^{hook['entry'].split()[0]}==", CONSTRAINTS, flags=re.M), hook["id"]


def test_the_figure_recipe_is_a_figure(tmp_path: Path):
    """The example file of docs/changing-things.md meets the contract and draws."""
    code = next(text for text in blocks("python") if "def chart" in text)
    file = tmp_path / "modular_norm.py"
    file.write_text(code, encoding="utf-8")
    assert read_source(file).title == "The weights shrink while the model learns"
    names: dict = {}
    exec(compile(code, str(file), "exec"), names)
    run = SimpleNamespace(steps=np.arange(3), weight_norm=np.array([3.0, 2.0, 1.0]))
    assert names["chart"]({"modular": run}).to_dict()["mark"]["type"] == "line"


def test_the_experiment_recipe_fits_the_catalogue():
    """The experiment of docs/changing-things.md is built with what catalogue.py has, under a new name."""
    from reportgen.experiments import catalogue

    code = next(text for text in blocks("python") if "_single(" in text)
    names = dict(vars(catalogue))
    exec(code, names)
    added = names["_ALL"][-1]
    assert added.single
    assert added.name not in EXPERIMENTS


def test_the_claim_recipe_is_a_claim(monkeypatch: pytest.MonkeyPatch):
    """The claim of docs/changing-things.md registers under a free number, and judges."""
    from reportgen.claims.sections import modular

    taken = set(registry.CLAIMS)
    monkeypatch.setattr(registry, "CLAIMS", {})
    code = next(text for text in blocks("python") if "@claim" in text)
    norms = {"weight_norm_start": 2.0, "weight_norm_end": 1.0}
    words = {"number": registry.number, "describe": lambda run, name: norms}
    exec(code, {**vars(modular), **words})
    (added,) = registry.CLAIMS.values()
    assert added.id not in taken
    finding = added.judge(None)
    assert finding.holds
    assert "2" in finding.evidence


def test_python_blocks_are_python():
    """Every Python block of the documents parses."""
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
