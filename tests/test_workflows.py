"""The workflows are what GitHub accepts, and run what the project has."""

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from click.testing import CliRunner
from fixtures.projects import ROOT

from reportgen.cli import main
from reportgen.scaffold import init
from reportgen.scaffold.init import start_project

FOLDERS = (ROOT / ".github" / "workflows", ROOT / "reportgen" / "scaffold" / "workflows")
WORKFLOWS = sorted(FOLDERS[0].glob("*.yml"))
EVERY = [*WORKFLOWS, *sorted(FOLDERS[1].glob("*.yml"))]  # this repository's, and those of a project
PINS: dict[str, str] = {}  # action → what is used of it


def named(file: Path) -> str:
    return f"{file.parent.parent.name}/{file.name}"


def validate(*files: Path) -> subprocess.CompletedProcess:
    """check-jsonschema, with the schema for workflows that it brings: it asks nothing of the network."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    return subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)


def test_workflows_match_the_schema():
    """All of them, and there are the two that the README names."""
    assert {"ci.yml", "pages.yml"} == {file.name for file in WORKFLOWS}
    done = validate(*EVERY)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_broken_workflow_would_be_noticed(tmp_path):
    """A misspelt key, a missing runner, a permission that does not exist: each one, in either file."""
    broken = [("timeout-minutes", "timeout-minuets"), ("runs-on: ubuntu-latest", "name: x"),
              ("contents: read", "contents: sometimes")]  # fmt: skip
    files = []
    for number, (right, wrong) in enumerate(broken):
        text = WORKFLOWS[number % 2].read_text(encoding="utf-8")
        assert right in text
        files.append(tmp_path / f"broken-{number}.yml")
        files[-1].write_text(text.replace(right, wrong), encoding="utf-8")
    said = validate(*files)
    assert said.returncode != 0
    assert all(file.name in said.stdout for file in files)


@pytest.mark.parametrize("file", EVERY, ids=named)
def test_actions_are_pinned_by_hash(file):
    """They come from GitHub itself, with the version beside the hash: the same one everywhere; or from this folder."""
    text = file.read_text(encoding="utf-8")
    used = re.findall(r"uses: (?!\./)(.+)", text)
    assert used and len(re.findall(r"uses: \./\.github/workflows/ci\.yml", text)) == (
        file.name == "pages.yml"
    )
    for action in used:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action
        assert action == PINS.setdefault(action.split("@")[0], action)


def audit(*files: Path) -> subprocess.CompletedProcess:
    """zizmor, without the network."""
    command = [Path(sys.executable).parent / "zizmor", "--offline", "--no-progress", "--color=never"]
    return subprocess.run([*command, *files], capture_output=True, text=True, check=False)


def test_zizmor_finds_nothing():
    """Unpinned actions, persisted credentials, injections, caches that can be poisoned: none, in no workflow."""
    done = audit(*EVERY, ROOT / ".github" / "dependabot.yml")
    assert done.returncode == 0 and "No findings to report" in done.stdout + done.stderr, done.stdout


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("persist-credentials: false", "fetch-depth: 1"), (r"@[0-9a-f]{40} #", "@v6 #"),
     (r'build --base-url "\$ADDRESS"', "build --base-url ${{ github.head_ref }}")],
)  # fmt: skip
def test_zizmor_would_notice(right, wrong, tmp_path):
    """Each of what the workflows once did."""
    text, count = re.subn(right, wrong, EVERY[1].read_text(encoding="utf-8"))
    (tmp_path / "pages.yml").write_text(text, encoding="utf-8")
    assert count and audit(tmp_path / "pages.yml").returncode > 10


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_nothing_is_deployed_that_does_not_pass(folder):
    """The deployment waits for the build, that for the tests; and the cache's key has the versions in it."""
    jobs = yaml.safe_load((folder / "pages.yml").read_text(encoding="utf-8"))["jobs"]
    assert jobs["test"]["uses"] == "./.github/workflows/ci.yml"
    assert (jobs["build"]["needs"], jobs["deploy"]["needs"]) == ("test", "build")
    called = yaml.safe_load((folder / "ci.yml").read_text(encoding="utf-8"))
    assert "workflow_call" in called[True]  # YAML reads "on" so
    versions = "constraints.txt" if folder.parent.name == ".github" else "requirements.txt"
    for file in folder.glob("*.yml"):
        for key in re.findall(r"key: (.*hashFiles.*)", file.read_text(encoding="utf-8")):
            assert f"'{versions}'" in key, file


def test_every_promised_python_and_system_is_tried():
    """From the oldest that the metadata allow; macOS once."""
    job = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"][
        "test"
    ]
    matrix = job["strategy"]["matrix"]
    assert matrix["os"] == ["ubuntu-latest"] and matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert matrix["include"] == [{"os": "macos-latest", "python": "3.13"}]
    assert '>=3.11"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_dependabot_looks_after_both():
    """Actions and packages, by the schema that check-jsonschema brings."""
    file = ROOT / ".github" / "dependabot.yml"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.dependabot", str(file)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    kinds = {
        update["package-ecosystem"] for update in yaml.safe_load(file.read_text(encoding="utf-8"))["updates"]
    }
    assert kinds == {"github-actions", "pip"}


def test_init_brings_workflows(tmp_path):
    """Those of a project: they test nothing of the program, and install it from where requirements.txt says."""
    (tmp_path / "mine" / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / "mine" / ".github" / "workflows" / "ci.yml").write_text("mine")
    list(start_project(tmp_path / "mine"))
    list(start_project(tmp_path / "new"))
    for name in ("ci.yml", "pages.yml"):
        text = (tmp_path / "new" / ".github" / "workflows" / name).read_text(encoding="utf-8")
        assert text == (FOLDERS[1] / name).read_text(encoding="utf-8")
        assert "pytest" not in text and "pip install -r requirements.txt" in text
    assert (
        (tmp_path / "new" / "requirements.txt").read_text(encoding="utf-8").startswith("# What the workflows")
    )
    assert (tmp_path / "mine" / ".github" / "workflows" / "ci.yml").read_text() == "mine"


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        ({"url": "https://example.org/r.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
         "reportgen @ git+https://example.org/r.git@abc\n"),
        ({"url": "https://me:secret@example.org/r.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}, ""),
        ({"url": "file:///home/me/reportgen", "dir_info": {"editable": True}}, ""),
        (None, ""),
    ],
)  # fmt: skip
def test_where_the_program_came_from(origin, line, monkeypatch):
    """A repository that others can reach; never a folder of this machine, or a password."""
    found = SimpleNamespace(read_text=lambda _: json.dumps(origin) if origin else None)
    monkeypatch.setattr(init, "distribution", lambda _: found)
    assert init._installed_from() == line


@pytest.mark.parametrize("file", EVERY, ids=named)
def test_commands_of_workflows_exist(file):
    """Every `reportgen …` is one that the program accepts."""
    commands = re.findall(r"^ *(?:- )?(?:run: )?reportgen ([^>\n]+)", file.read_text(encoding="utf-8"), re.M)
    assert commands
    for command in commands:
        assert CliRunner().invoke(main, [*command.replace('"', "").split(), "--help"]).exit_code == 0, command


def test_only_the_deployment_may_write():
    """The job that runs the project's code cannot change the repository or the pages."""
    text = (ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8")
    building, deploying = text.split("  deploy:\n")
    assert not re.findall(r"^ +[\w-]+: write", building, re.M)
    assert re.findall(r"^ +([\w-]+): write", deploying, re.M) == ["pages", "id-token"]
