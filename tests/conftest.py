"""Where the fixtures are; which tests are slow; which must share a process, so that each starts one browser at most."""

import os

import pytest

os.environ.setdefault(
    "OMP_NUM_THREADS", "1"
)  # before PyTorch: threads that wait for one another burn the cores
pytest_plugins = ["fixtures.projects", "fixtures.browser"]

# What takes seconds to make, or is asked for by tests that start processes; found by `pytest --durations=60`.
COSTLY = {"quick", "browser", "mini_built"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow, and group the tests of a module; those that look at the whole page are one group, the first."""
    for item in items:
        if COSTLY & set(item.fixturenames):
            item.add_marker(pytest.mark.slow)
        item.add_marker(pytest.mark.xdist_group("the page" if on_the_page(item) else item.path.stem))
    items.sort(key=lambda item: not on_the_page(item))


def on_the_page(item: pytest.Item) -> bool:
    return bool({"quick", "browser"} & set(item.fixturenames))
