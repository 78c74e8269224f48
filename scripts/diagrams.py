"""Draws the diagrams of docs/architecture.md: docs/flow.svg and docs/wings.svg.

    python scripts/diagrams.py        writes both

The wings and who imports whom are read: the table in docs/architecture.md, and the code. A test compares, so
run this after a change of either. The way of the data is said here, in FLOW. Needs nothing but Python.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from html import escape
from itertools import pairwise
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "reportgen"
STYLE = """
svg { background: #fff; font: 15px system-ui, sans-serif; }
text { text-anchor: middle; fill: #1d2733; }
.small { font-size: 12px; fill: #52606d; }
rect { fill: #eef3f8; stroke: #7b8fa3; rx: 6px; }
.folder { fill: #fff7e0; stroke: #b89540; }
.plan { fill: #f3edf7; stroke: #8d6fa3; }
path { fill: none; stroke: #7b8fa3; stroke-width: 1.5; marker-end: url(#arrow); }
.steer { stroke: #8d6fa3; stroke-dasharray: 4 4; }
marker path { fill: #7b8fa3; stroke: none; marker-end: none; }
@media (prefers-color-scheme: dark) {
svg { background: #15191e; } text { fill: #e4e9ee; } .small { fill: #a9b4bf; }
rect { fill: #222b34; } .folder { fill: #38301a; } .plan { fill: #302838; }
}
"""
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">\n'
    "<style>{style}</style>\n"
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 8 4 0 8z"/></marker></defs>\n'
)

# Where each thing stands: (column, row), columns wide, rows high, class, a line below the name.
FLOW = {
    "experiments": (1, 0, 1, 1, "", "what is trained"),
    "figures/": (2, 0, 1, 1, "folder", "one file each"),
    "templates/": (3, 0, 1, 1, "folder", "sections, styles"),
    "pipeline": (0, 1, 1, 6, "plan", "fresh, stale, missing?"),
    "training": (1, 1, 1, 1, "", "runs numerics"),
    "store": (1, 2, 1, 1, "", "runs, by content"),
    "analysis": (1, 3, 1, 1, "", "runs → arrays"),
    "facts": (1, 4, 1, 1, "", "numbers to quote"),
    "charts": (2, 4, 1, 1, "", "marks and colours"),
    "claims": (1, 5, 1, 1, "", "do they hold?"),
    "drawing": (2, 5, 1, 1, "", "pictures, data"),
    "site": (1, 6, 3, 1, "", "checked in memory, then written to the folder site/"),
    "share": (1, 7, 3, 1, "", "preview, one file, PDF, GitHub Pages"),
}  # fmt: skip
ARROWS = (
    ("experiments", "training"), ("training", "store"), ("store", "analysis"), ("analysis", "facts"),
    ("analysis", "charts"), ("facts", "claims"), ("facts", "drawing"), ("charts", "drawing"),
    ("figures/", "charts"), ("claims", "site"), ("drawing", "site"), ("templates/", "site"), ("site", "share"),
)  # fmt: skip
STEERED = ("training", "facts", "claims", "site")  # what the pipeline makes when it is not fresh; and drawing
CELL, GAP, LEFT = (150, 56), (44, 32), 12  # px
WING, FLOOR = (116, 36), 68  # of the house: a wing's size, and from one row to the next
Spot = tuple[str, str | None]
STEP = (CELL[0] + GAP[0], CELL[1] + GAP[1])


def wings() -> list[str]:
    """The wings of the table, from the top floor down."""
    table = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `(\w+)` \|", table, flags=re.M)


def imported(file: Path) -> Iterator[str]:
    """The dotted names a module imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports(names: list[str]) -> dict[str, set[str]]:
    """Wing → the other wings that its modules import."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for file in PACKAGE.rglob("*.py"):
        wing = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
        words = [name.split(".") for name in imported(file)]
        to = {w[1] for w in words if w[0] == "reportgen" and len(w) > 1}
        if wing in found:
            found[wing] |= to & found.keys() - {wing}
    return found


def essential(arrows: dict[str, set[str]]) -> dict[str, set[str]]:
    """Without the arrows that a longer way says already: a third of them, and one can see something."""

    def below(wing: str) -> set[str]:
        return arrows[wing].union(*(below(other) for other in arrows[wing]))

    return {wing: to - set().union(*(below(other) for other in to)) for wing, to in arrows.items()}


def floors(arrows: dict[str, set[str]]) -> list[list[Spot]]:
    """The wings in rows, each as high as those that import it allow, beside each other as those above stand.

    A spot is (wing, None), or (wing, other): where the arrow between the two passes a row.
    """
    above = {wing: [other for other, to in arrows.items() if wing in to] for wing in arrows}

    def depth(wing: str) -> int:
        return 1 + max((depth(other) for other in above[wing]), default=-1)

    rows: list[list[Spot]] = [[] for _ in range(1 + max(map(depth, arrows)))]
    for wing, to in arrows.items():
        rows[depth(wing)].append((wing, None))
        for other in sorted(to):
            for row in range(depth(wing) + 1, depth(other)):
                rows[row].append((wing, other))
    middle: dict[Spot, float] = {}
    for row in rows:
        row.sort(key=lambda spot: mean([middle[p] for p in parents(spot, above, middle)] or [0]))
        middle |= middles(row)
    return rows


def parents(spot: Spot, above: dict[str, list[str]], known: Iterable[Spot]) -> list[Spot]:
    """The spots in the rows above that a spot hangs from."""
    wing, other = spot
    if other is not None:
        return [spot if spot in known else (wing, None)]
    return [(p, wing) if (p, wing) in known else (p, None) for p in above[wing]]


def middles(row: list[Spot]) -> dict[Spot, float]:
    """How far right of the picture's middle each spot of a row stands, in px: a passing arrow needs little room."""
    widths = [WING[0] + 30 if other is None else 36 for _, other in row]
    return {spot: sum(widths[:i]) + widths[i] / 2 - sum(widths) / 2 for i, spot in enumerate(row)}


def box(x: float, y: float, width: float, height: float, name: str, kind: str, note: str) -> str:
    """A rectangle with a name and a smaller line below it; x, y of its upper left corner."""
    middle, line = x + width / 2, y + height / 2
    text = f'<text x="{middle:g}" y="{line - 2:g}">{escape(name)}</text>'
    words = note.split(", ") if height > CELL[1] else [note]  # the tall one is narrow
    for number, word in enumerate(words):
        comma = "," if number < len(words) - 1 else ""
        text += (
            f'<text class="small" x="{middle:g}" y="{line + 16 + 16 * number:g}">{escape(word)}{comma}</text>'
        )
    return f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>{text}\n'


def arrow(start: tuple[float, float], end: tuple[float, float], kind: str = "") -> str:
    """A line that leaves and arrives upright, or, if its ends are level, a straight one."""
    (x, y), (to_x, to_y) = start, end
    bend = (to_y - y) / 2
    way = f"M{x:g} {y:g}C{x:g} {y + bend:g} {to_x:g} {to_y - bend:g} {to_x:g} {to_y:g}"
    return f'<path class="{kind}" d="{way}"/>\n'


def drawn(width: float, height: float, label: str, parts: list[str]) -> str:
    """A whole SVG."""
    head = HEAD.format(width=f"{width:g}", height=f"{height:g}", label=escape(label), style=STYLE)
    return head + "".join(parts) + "</svg>\n"


def flow() -> str:
    """How the data goes: from what people write to the page, with the pipeline beside it."""
    frame = {
        name: (LEFT + column * STEP[0], LEFT + row * STEP[1],
               wide * STEP[0] - GAP[0], high * STEP[1] - GAP[1])
        for name, (column, row, wide, high, _, _) in FLOW.items()
    }  # fmt: skip
    parts = [box(*frame[name], name, kind, note) for name, (*_, kind, note) in FLOW.items()]
    for start, end in ARROWS:
        (x, y, width, height), (to_x, to_y, to_width, _) = frame[start], frame[end]
        middle, to_middle = x + width / 2, to_x + to_width / 2
        inside = to_x < middle < to_x + to_width  # a wide box is met from straight above
        parts.append(arrow((middle, y + height), (middle if inside else to_middle, to_y)))
    (x, _, width, _) = frame["pipeline"]
    for name in STEERED:
        to_x, to_y, _, height = frame[name]
        level = to_y + height / 2
        parts.append(f'<path class="steer" d="M{x + width:g} {level:g}H{to_x:g}"/>\n')
    parts += [around(frame, "pipeline", "drawing"), around(frame, "facts", "site")]
    return drawn(
        LEFT * 2 + 4 * STEP[0] - GAP[0], LEFT * 2 + 8 * STEP[1] - GAP[1], "The way of the data", parts
    )


def around(frame: dict[str, tuple[float, float, float, float]], start: str, end: str) -> str:
    """The two arrows that lead around a box: to the drawing from below, and to the site beside it."""
    (x, y, width, height), (to_x, to_y, _, to_height) = frame[start], frame[end]
    if start == "pipeline":
        below, level = to_y + to_height + GAP[1] / 3, to_y + to_height / 2
        way = f"M{x + width:g} {below:g}H{to_x - GAP[0] / 3:g}V{level:g}H{to_x:g}"
        return f'<path class="steer" d="{way}"/>\n'
    return f'<path d="M{x + width:g} {y + height * 0.75:g}h{GAP[0] / 3:g}V{to_y:g}"/>\n'


def house() -> str:
    """Who imports whom: the wings in rows, an arrow from each to those it builds on."""
    arrows = essential(imports(wings()))
    rows = floors(arrows)
    at = {(number, spot): x for number, row in enumerate(rows) for spot, x in middles(row).items()}
    width = 2 * (max(map(abs, at.values())) + WING[0] / 2 + LEFT)
    place = {wing: (number, x) for (number, (wing, other)), x in at.items() if other is None}
    parts = []
    for wing, (number, x) in place.items():
        for other in sorted(arrows[wing]):
            end, end_x = place[other]
            way = [x, *(at[row, (wing, other)] for row in range(number + 1, end)), end_x]
            parts.append(strand([width / 2 + step for step in way], number))
    for wing, (number, x) in place.items():
        left, top = width / 2 + x - WING[0] / 2, LEFT + number * FLOOR
        text = f'<text x="{width / 2 + x:g}" y="{top + 23:g}">{wing}</text>'
        parts.append(f'<rect x="{left:g}" y="{top:g}" width="{WING[0]}" height="{WING[1]}"/>{text}\n')
    return drawn(width, LEFT * 2 + (len(rows) - 1) * FLOOR + WING[1], "Which wing builds on which", parts)


def strand(way: list[float], row: int) -> str:
    """An arrow from a wing down through rows, at one x in each."""
    top = LEFT + row * FLOOR + WING[1]
    drop = FLOOR - WING[1]
    path = f"M{way[0]:g} {top:g}"
    for number, (x, to_x) in enumerate(pairwise(way)):
        y = top + number * FLOOR
        path += f"C{x:g} {y + drop / 2:g} {to_x:g} {y + drop / 2:g} {to_x:g} {y + drop:g}"
        if number < len(way) - 2:
            path += f"V{y + FLOOR:g}"
    return f'<path d="{path}"/>\n'


DIAGRAMS = {"flow.svg": flow, "wings.svg": house}


if __name__ == "__main__":
    for name, draw in DIAGRAMS.items():
        (ROOT / "docs" / name).write_text(draw(), encoding="utf-8")
