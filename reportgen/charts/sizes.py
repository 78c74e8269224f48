"""How wide figures are: one grid of three widths for all, so that their edges line up down the page.

TEXT is the column of text, FULL all that the page has (--text and --wide in style.css), WIDE between them.
"""

from collections.abc import Sequence

TEXT, WIDE, FULL = 656, 828, 1000  # px
GAP = 28  # px between panels side by side
MOST = 0.1  # of its width: how far a drawing is stretched, and its type with it


def plot_width(total: int, columns: int = 1, *, beside: int = 0) -> int:
    """Of each of so many plots in a row of that width, in px; `beside` is what one takes for its labels."""
    return (total - GAP * (columns - 1)) // columns - beside


def row_width(panels: Sequence[float]) -> float:
    """What panels of these widths take side by side."""
    return sum(panels) + GAP * (len(panels) - 1)


def on_grid(drawn: float) -> float:
    """The width of the grid for a drawing of that width; one that would have to change much keeps its own."""
    nearest = min((TEXT, WIDE, FULL), key=lambda width: abs(width - drawn))
    return nearest if abs(nearest - drawn) <= MOST * nearest or drawn > FULL else drawn
