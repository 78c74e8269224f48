"""Two builds in one project at the same time: neither harms the other."""

import pytest

from survival.projects import (
    SITE,
    assert_finished,
    assert_same,
    made,
    must,
    new_project,
    reportgen,
    site_of,
    start,
)

CASES = {
    "from nothing": ((), ()),
    "into two folders": (("--out", "one"), ("--out", "two")),
}


def together(project, *commands) -> None:
    """Run commands at the same time; all have to succeed."""
    processes = [start(project, *command) for command in commands]
    outputs = [process.communicate(timeout=300) for process in processes]
    for process, (out, err) in zip(processes, outputs, strict=True):
        assert process.returncode == 0 and "Traceback" not in err, out + err


@pytest.mark.parametrize("case", CASES)
def test_two_builds_at_once(case, built, tmp_path, tally):
    """Both succeed, and the site is as if one had built it."""
    first, second = CASES[case]
    project = new_project(tmp_path / "project")
    with tally.case(case):
        together(project, ("build", "--quick", *first), ("build", "--quick", *second))
        for arguments in {first, second}:
            assert_same(site_of(project, arguments[1] if arguments else SITE), built.site)
        assert_same(made(project), made(built.project))
        assert "up to date" in must(reportgen(project, "build", "--quick", *first)).stdout


def test_a_build_beside_what_only_looks(built, project, tally):
    """status and --dry-run while a damaged figure is drawn again and the page is written."""
    for number in range(3):
        with tally.case(f"time {number}"):
            next((project / ".reportgen" / "figures").glob("curve.*/live.js")).write_text("")
            (project / SITE / "index.html").write_text("")
            together(project, ("build", "--quick"), ("status", "--quick"), ("build", "--quick", "--dry-run"))
            assert_finished(project, built.site)
