"""Everything that can change a trained number, and nothing else.

The syntax trees of this package, without docstrings and comments, are part of every run's key:
a real change here makes the stored runs stale. It therefore imports nothing of ours but `errors`.

May import: errors. Begin with config.py (what a run is given), then models.py and training.py.
"""
