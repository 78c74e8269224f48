"""kill -9 at any moment of a build: the next one completes it, as if nothing had been."""

import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from survival.projects import SITE, assert_finished, build_from_nothing, must, new_project, reportgen, start

KILLS = int(os.environ.get("SURVIVAL_KILLS", "100"))
AT_ONCE = 2


def test_killed(built, tmp_path, tally):
    """Half of the times the command alone is killed, half of the times its worker processes too."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        seconds = sum(b.seconds for b in pool.map(build_from_nothing, [tmp_path / "a", tmp_path / "b"])) / 2
        moments = [(number, (number + 0.5) / KILLS * seconds) for number in range(KILLS)]
        attempts = [(pool.submit(kill_and_build, tmp_path / f"{n}", moment, n % 2 == 0, built.site), n, moment)
                    for n, moment in moments]  # fmt: skip
        stages = Counter()
        for attempt, number, moment in attempts:
            with tally.case(f"kill {number} at {moment:.2f} s"):
                stages[attempt.result()] += 1
    tally.note = f"of {seconds:.1f} s; killed {', '.join(f'{n} {stage}' for stage, n in stages.items())}"


def kill_and_build(folder: Path, moment: float, everything: bool, expected: dict) -> str:
    """Build, kill, look, build again; what the build was at when it was killed."""
    project = new_project(folder)
    process = start(project, "build", "--quick")
    time.sleep(moment)
    if everything:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
    stage = stage_of(project)
    must(reportgen(project, "status", "--quick"))
    must(reportgen(project, "build", "--quick"))
    assert_finished(project, expected)
    assert "up to date" in must(reportgen(project, "build", "--quick")).stdout
    assert workers_left(process.pid) == 0
    shutil.rmtree(folder)
    return stage


def stage_of(project: Path) -> str:
    state = project / ".reportgen"
    if any((state / "pages").glob("*.json")):
        return "at the end"
    if (project / SITE).exists():
        return "while writing"
    runs = len([folder for folder in (state / "runs").glob("*.*") if folder.name[0] != "."])
    if runs == 2:
        return "while drawing"
    return "while training" if (state / "locks").exists() else "before"


def workers_left(group: int, patience: float = 20.0) -> int:
    """Processes of a killed build that are still there after a while."""
    end = time.monotonic() + patience
    while True:
        listed = subprocess.run(
            ["ps", "-o", "stat=", "-g", str(group)], capture_output=True, text=True, check=False
        )
        left = [line for line in listed.stdout.split() if not line.startswith("Z")]
        if not left or time.monotonic() > end:
            return len(left)
        time.sleep(0.2)
