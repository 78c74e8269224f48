"""Trains, draws, checks and publishes the article “Do machine learning models memorize or generalize?”."""

from reportgen.loading import load

__all__ = ["load"]
