"""Where the fixtures are, and which tests are slow or share something that one process should make."""

pytest_plugins = ["fixtures.projects", "fixtures.browser"]
