"""The moments of a run in words: on the button that goes there, and above the picture that shows it.

A module of its own, without imports: what draws a figure depends on these words, not on how a moment is
found (moments.py).
"""

# On a button of the player; a moment without words of its own goes by its name.
BUTTONS = {
    "circuit": "three digits right",
    "half": "half right",
    "turns": "train loss turns",
    "pruned": "distractors gone",
}
# Between start and end a static picture shows the first of these that came, or the step half-way. A model
# with a moment "half" has nothing of its own at memorising.
PICTURED = {"half": "Half right", "memorises": "Memorised"}
