"""The moments of a run in words: on the button that goes there, and above the picture that shows it.

A module of its own, without imports: what draws a figure depends on these words, not on how a moment is
found (moments.py).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """go_to: on a button of the player. picture: above a static picture."""

    go_to: str
    picture: str


MOMENTS = {
    "start": Words("start", "Start"),
    "half": Words("half right", "Half right"),
    "memorises": Words("memorises", "Memorised"),
    "turns": Words("train loss turns", "Train loss turns"),
    "generalises": Words("generalises", "Generalised"),
    "pruned": Words("distractors gone", "Distractors gone"),
    "end": Words("end", "End"),
}
# Between start and end a static picture shows the first of these that came, or the step half-way. A model
# with a moment "half" has nothing of its own at memorising.
PICTURED = ("half", "memorises")


def words(moment: str) -> Words:
    """The words for a moment; one without any goes by its name."""
    return MOMENTS.get(moment, Words(moment, moment.capitalize()))
