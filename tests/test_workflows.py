"""The workflows are what GitHub accepts, and run what the project has."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from fixtures.projects import ROOT

from reportgen.cli import main

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def validate(*files: Path) -> subprocess.CompletedProcess:
    """check-jsonschema, with the schema for workflows that it brings: it asks nothing of the network."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    return subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)


def test_workflows_match_the_schema():
    """All of them, and there are the two that the README names."""
    assert {"ci.yml", "pages.yml"} == {file.name for file in WORKFLOWS}
    done = validate(*WORKFLOWS)
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


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_actions_are_pinned_by_major_version(file):
    """And come from GitHub itself."""
    used = re.findall(r"uses: (\S+)", file.read_text(encoding="utf-8"))
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[\w-]+@v\d+", action), action


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
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
