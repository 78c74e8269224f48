"""Where the fixtures are; which tests are slow; which must share a process, so that each starts one browser at most."""

import os

import pytest

# Before PyTorch is loaded: where every core has a test, threads that wait for one another only burn it.
os.environ.setdefault("OMP_NUM_THREADS", "1")
pytest_plugins = ["fixtures.projects", "fixtures.browser"]

# What takes seconds to make, and modules that train, build projects of their own or start processes; by
# `pytest --durations=60`. The rest is what `make test-fast` runs.
COSTLY = {"quick", "browser", "mini_built"}
SLOW = {
    "test_auditing",
    "test_cluster",
    "test_installed",
    "test_native",
    "test_oracle",
    "test_publishing",
    "test_quotes",
    "test_scheduling",
    "test_starting",
    "test_training",
    "test_upkeep",
    "test_vega",
    "test_workflows",
}


@pytest.hookimpl(tryfirst=True)  # xdist looks at the groups in its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow, and group the tests of a module; those that look at the whole page are one group, the first."""
    for item in items:
        if item.path.stem in SLOW or COSTLY & set(item.fixturenames):
            item.add_marker(pytest.mark.slow)
        item.add_marker(pytest.mark.xdist_group("the page" if on_the_page(item) else item.path.stem))
    items.sort(key=lambda item: not on_the_page(item))


def on_the_page(item: pytest.Item) -> bool:
    return bool({"quick", "browser"} & set(item.fixturenames))
