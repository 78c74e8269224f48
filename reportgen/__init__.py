"""Trains, draws, checks and publishes the article “Do machine learning models memorize or generalize?”."""

from importlib import import_module


def load(name: str, project=None):
    """The stored run of a single experiment, or all runs of a sweep; see reportgen/pipeline/load.py."""
    # Not an import statement: every module imports this package, and would depend on all of it.
    return import_module("reportgen.pipeline.load").load(name, project)
