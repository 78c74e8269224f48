"""What `clean` takes and what goes by itself: nothing that somebody uses, or will use again soon."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fixtures.projects import contents, forget, must, run

from reportgen.experiments.variants import Settings, read_settings
from reportgen.files.atomic import UNFINISHED
from reportgen.files.project import Project
from reportgen.pipeline import cleaning
from reportgen.pipeline.cleaning import UNUSED_S
from reportgen.pipeline.plan import Plan

HOLDS = """import sys
from pathlib import Path
from reportgen.experiments.variants import Settings
from reportgen.files.project import Project
from reportgen.pipeline.occupancy import at_work
from reportgen.pipeline.plan import Plan

@at_work
def work(plan):
    print("working", flush=True)
    sys.stdin.read()

work(Plan(Project(Path(sys.argv[1])), Settings()))
"""


def stale(project: Path) -> set[str]:
    """What `clean --stale` would take, by path in the state."""
    forget()
    found = cleaning.stale(Plan(Project(project), Settings()))
    return {item.path.relative_to(project).as_posix() for item in found}


def age(path: Path) -> None:
    """Nobody used it for longer than the limit."""
    then = time.time() - UNUSED_S - 60
    os.utime(path, (then, then))


def runs(project: Path) -> set[str]:
    return {path.relative_to(project).as_posix() for path in (project / ".reportgen" / "runs").glob("*.*")}


def drawings(project: Path) -> set[str]:
    return {path.relative_to(project).as_posix() for path in (project / ".reportgen" / "figures").glob("*.*")}


@pytest.mark.parametrize("command", [("clean", "--yes"), ("clean", "--stale", "--yes")], ids=["all", "stale"])
def test_nothing_is_removed_beside_a_command_that_makes_things(command, mini):
    """It says so at once, also after that command was killed it works again; --dry-run only looks."""
    (mini / ".reportgen" / "figures" / f"{UNFINISHED}x").mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(mini)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdin and holder.stdout
    try:
        assert holder.stdout.readline() == b"working\n"
        before = contents(mini).keys()
        result = run(mini, *command)
        assert result.exit_code == 1 and len(result.stderr.splitlines()) == 2
        assert "Something is being trained, drawn or written" in result.stderr
        assert (
            contents(mini).keys() == before and (mini / ".reportgen" / "figures" / f"{UNFINISHED}x").is_dir()
        )
        must(run(mini, "build", "--quick"))  # any number may make things
        must(run(mini, "clean", "--dry-run"))
    finally:
        holder.kill()
        holder.communicate()
    must(run(mini, *command))
    assert not (mini / ".reportgen" / "figures" / f"{UNFINISHED}x").exists()


def test_a_trial_is_not_stale_while_its_site_is_there(mini):
    """Nor are its runs, which today's code made, before nobody has used them for long."""
    assert len(runs(mini)) == 2 and len(drawings(mini)) == 2
    assert stale(mini) == set()
    (mini / "site-quick").rename(mini / "moved away")
    assert stale(mini) == drawings(mini)
    (mini / "moved away").rename(mini / "site-quick")
    for folder in runs(mini):
        age(mini / folder)
    assert stale(mini) == runs(mini)
    must(run(mini, "build", "--quick"))  # uses them
    assert stale(mini) == set()


def test_runs_of_earlier_code_are_stale_at_once(mini, monkeypatch):
    """No build can use them."""
    monkeypatch.setattr(cleaning, "numerics_fingerprint", lambda: {"training.py": "other"})
    assert stale(mini) == runs(mini)


def test_what_killed_builds_left(mini):
    """Unfinished things at once, as nobody works; checkpoints and locks by age. Those of the person stay."""
    state = mini / ".reportgen"
    left = [
        state / "figures" / f"{UNFINISHED}a",
        state / "runs" / f"{UNFINISHED}b",
        state / "cache" / f"{UNFINISHED}c",
    ]
    for folder in left:
        folder.mkdir(parents=True)
    (state / "checkpoints").mkdir(exist_ok=True)
    for name in ("old.npz", "young.npz"):
        (state / "checkpoints" / name).write_bytes(b"x")
    lock = next((state / "locks").glob("*.lock"))
    for path in (state / "checkpoints" / "old.npz", lock):
        age(path)
    found = stale(mini)
    assert found == {
        path.relative_to(mini).as_posix() for path in [*left, state / "checkpoints" / "old.npz", lock]
    }
    must(run(mini, "clean", "--stale", "--yes"))
    assert stale(mini) == set() and (state / "checkpoints" / "young.npz").exists()
    must(run(mini, "build", "--quick"))


@pytest.mark.parametrize("command", [("clean", "--yes"), ("clean", "--stale", "--yes")], ids=["all", "stale"])
def test_a_state_behind_a_link(command, mini, tmp_path):
    """The link stays, and so does the folder that it leads to; what is removed, is removed there."""
    elsewhere = tmp_path / "elsewhere"
    (mini / ".reportgen").rename(elsewhere)
    (mini / ".reportgen").symlink_to(elsewhere)
    (elsewhere / "runs" / f"{UNFINISHED}x").mkdir()
    must(run(mini, *command))
    assert (mini / ".reportgen").is_symlink() and not (elsewhere / "runs" / f"{UNFINISHED}x").exists()
    assert bool(list(elsewhere.glob("runs/*"))) == ("--stale" in command)
    assert "0 places" in must(run(mini, *command)).stdout


def test_what_nobody_uses_goes_by_itself(mini, edit):
    """At the end of a build: drawings by age. What is in use stays however old, and is young again."""
    before = drawings(mini)
    edit(mini / "figures" / "tiny_curve.py", "height=100", "height=120")
    must(run(mini, "build", "--quick"))
    (old,) = before - {f".reportgen/figures/{name}" for name in cleaning.kept_drawings(Project(mini))}
    must(run(mini, "build", "--quick"))
    assert (mini / old).is_dir()
    for folder in drawings(mini) | runs(mini):
        age(mini / folder)
    plan = Plan(Project(mini), read_settings(True, ()))
    assert plan.figures["tiny_curve"].state().current
    must(run(mini, "build", "--quick"))
    assert not (mini / old).exists() and drawings(mini) == {
        f".reportgen/figures/{name}" for name in cleaning.kept_drawings(Project(mini))
    }
    assert not any(cleaning.unused(mini / folder) for folder in drawings(mini) | runs(mini))
