"""Without an activation, the right answer comes first or last.

Two numbers on the circle, their midpoint, and what a model without an activation makes of it.
"""

import altair as alt
from _construction import (
    SIZE,
    TURN,
    M,
    along,
    answer_ring,
    arc,
    chord_between,
    dot,
    label,
    midpoint,
    numbers,
    one,
    opposite,
    pair,
    ray,
    ring,
)

from reportgen.charts import color

RUNS = ()
COLUMNS = 2
CAPTION = (
    "Choose two numbers. In the first chart, the midpoint lies inside the circle, at half the answer’s angle or exactly opposite; "
    "twice its angle θ is the answer either way. In the second, a linear model scores each answer by how far the midpoint "
    "reaches towards half that answer’s angle. The right answer scores highest or lowest, depending on the side."
)
ALT = (
    "First, the {{ construction.modulus }} numbers on a circle with two of them chosen, their midpoint inside, and a "
    "line through it and the centre. Second, a linear model’s scores for all answers, half a wave. With the numbers "
    "shown first, the right answer is at the bottom. Over all pairs, it scores highest for "
    "{{ construction.linear_right|number }} of {{ construction.pairs|number }} and lowest for the other "
    "{{ construction.linear_lowest|number }}."
)
SCORE = f"reach * cos((a + b - {{}}) * {TURN} / 2)"
FIRST = f"(reach > 0) == (a + b < {M})"  # whether the right answer scores highest
WINNER = f"{FIRST} ? answer : {SCORE.format(0)} > {SCORE.format(M - 1)} ? 0 : {M - 1}"


def chart(runs) -> dict[str, alt.LayerChart]:
    return {"circle": circle(), "scores": scores()}


def circle() -> alt.LayerChart:
    """Going in: the two numbers, their midpoint, and the answer at twice its angle."""
    seen = "abs(angle - PI) > 2.9 ? '' :"  # no room for letters where the rays nearly meet
    return (
        alt.layer(
            *ring(["a", "b", "answer"]),
            ray("1", "angle", "muted", strokeDash=[2, 3]),
            ray("1", opposite("angle"), "muted", strokeDash=[2, 3]),
            ray("1", "2 * angle", "muted", strokeWidth=1),
            arc(0.16, "angle"),
            arc(0.26, "2 * angle"),
            label("0.08", "angle / 2", f"{seen} 'θ'", "muted", fontSize=12),
            label("0.76", "2 * angle + 0.14", f"{seen} '2θ'", "muted", fontSize=12),
            chord_between(f"a * {TURN}", f"b * {TURN}"),
            ray("length", "angle", "accent", strokeWidth=2.5),
            along("angle", "length", "midpoint", "accent"),
            *pair(),
            *answer_ring(),
            dot("length", "angle"),
        )
        .add_params(*numbers(), *midpoint())
        .properties(width=SIZE, height=SIZE, title="Two numbers and their midpoint")
    )


def scores() -> alt.LayerChart:
    """Coming out: every answer's score without an activation."""
    x = alt.X("c:Q", scale=alt.Scale(domain=[0, M - 1], nice=False, padding=12), axis=alt.Axis(
        title="answer", values=list(range(0, M, 10))))  # fmt: skip
    y = alt.Y("score:Q", scale=alt.Scale(domain=[-1.3, 1.3], nice=False),
              axis=alt.Axis(title="score", values=[-1, 0, 1], gridColor=color("faint")))  # fmt: skip
    wave = (
        alt.Chart(alt.sequence(0, M, as_="c"))
        .transform_calculate(score=SCORE.format("datum.c"))
        .mark_line(color=color("muted"))
        .encode(x=x, y=y)
    )
    marked = one().transform_calculate(c="answer", score=SCORE.format("answer")).encode(x=x, y=y)
    chosen = one().transform_calculate(c="winner", score=SCORE.format("winner")).encode(x=x, y=y)
    side = f"datum.c < {M // 3} ? 'left' : datum.c > {2 * M // 3} ? 'right' : 'center'"
    words = {"align": alt.ExprRef(side), "fontSize": 12, "fontWeight": 600}
    return (
        alt.layer(
            wave,
            chosen.mark_point(filled=True, size=90, opacity=1, color=color("accent")),
            marked.mark_point(size=170, opacity=1, strokeWidth=2, color=color("ink")),
            marked.mark_text(text=alt.ExprRef(f"'right answer: ' + answer + ({FIRST} ? ', scores highest' : ', scores lowest')"),
                             dy=alt.ExprRef("datum.score > 0 ? -18 : 20"), color=color("ink"), **words),
            chosen.mark_text(text=alt.ExprRef(f"{FIRST} ? '' : 'model answers ' + winner"),
                             dy=alt.ExprRef("datum.score > 0 ? -18 : 20"), color=color("accent"), **words),
        )
        .add_params(*numbers(), *midpoint(), alt.param(name="winner", expr=WINNER))
        .properties(width=SIZE, height=SIZE - 60, title="A linear model’s scores")
    )  # fmt: skip
