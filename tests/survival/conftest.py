"""Counts of cases, shown as a table at the end, and the projects that the tests harm."""

import shutil
from pathlib import Path

import pytest

from survival.projects import Built, Tally, build_from_nothing, shipped_project

TALLIES = pytest.StashKey[dict[str, Tally]]()


def pytest_collection_modifyitems(items):
    """Everything in this folder is marked, so that the default suite passes it over."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.survival)


@pytest.fixture
def tally(request) -> Tally:
    """Runs cases and counts them: `with tally.case("…"):`. A failed case does not hide the others."""
    found = Tally()
    request.config.stash.setdefault(TALLIES, {})[request.node.name] = found
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """A test whose cases failed has failed."""
    result = yield
    tally = item.funcargs.get("tally")
    if tally is not None and tally.failures:
        pytest.fail("\n".join(tally.failures[:20]), pytrace=False)
    assert tally is None or tally.passed, "no case was counted"
    return result


def pytest_terminal_summary(terminalreporter, config):
    """The table: test, cases, passed, and what else was counted."""
    tallies = config.stash.get(TALLIES, {})
    if not tallies:
        return
    terminalreporter.section("survived")
    width = max(map(len, tallies))
    terminalreporter.write_line(f"{'test':<{width}}   cases  passed")
    for name, tally in tallies.items():
        total = tally.passed + len(tally.failures)
        terminalreporter.write_line(f"{name:<{width}}  {total:6,}  {tally.passed:6,}  {tally.note}".rstrip())


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Built:
    """Two figures on two tiny runs, built from nothing and not interrupted; only to be looked at."""
    return build_from_nothing(tmp_path_factory.mktemp("built") / "project")


@pytest.fixture
def project(built, tmp_path) -> Path:
    """A copy of it, free to be harmed."""
    return Path(shutil.copytree(built.project, tmp_path / "project"))


@pytest.fixture(scope="session")
def shipped(tmp_path_factory) -> Path:
    """A canonical project, with a lock file, whose one figure shows runs that travel with the repository."""
    return shipped_project(tmp_path_factory.mktemp("shipped") / "project")
