"""Where the fixtures are, which tests are slow, and in what order they run."""

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
    "test_frozen",
    "test_functions",
    "test_fuzz_charts",
    "test_installed",
    "test_kind_code",
    "test_kind_folders",
    "test_kind_inputs",
    "test_kind_pictures",
    "test_kind_said",
    "test_kind_text",
    "test_lab",
    "test_native",
    "test_new",
    "test_oracle",
    "test_publishing",
    "test_quotes",
    "test_scheduling",
    "test_training",
    "test_vega",
    "test_workflows",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow. First comes the module that has the whole page built, then those that take long.

    Of several processes each takes a module at a time, so what is short goes last, and fills the gaps.
    """
    for item in items:
        if item.path.stem in SLOW or COSTLY & set(item.fixturenames):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: (item.path.stem != "test_browser", item.path.stem not in SLOW))
