"""What a chart would fetch or make up while it is drawn: nobody could say what it was, nor draw it again."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from reportgen.drawing.checks.drawn import Drawn
from reportgen.drawing.checks.names import Finding
from reportgen.drawing.checks.transforms import as_list
from reportgen.drawing.checks.views import View

_EXPRESSIONS = ("calculate", "filter", "and", "or", "not", "test", "expr", "labelExpr", "signal", "update")
_QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""")
_FLEETING = re.compile(r"(?<![.\w])(?:(?:now|random|sample[A-Z]\w*)(?=\s*\()|datetime(?=\s*\(\s*\)))")


def rows(panel: str, parts: Sequence[View]) -> Iterator[Finding]:
    """Rows by an address, of a mark or of a lookup."""
    for view in parts:
        lookups = [transform.get("from", {}) for transform in view.spec.get("transform", ())]
        for block in [part.get("data") for part in (view.spec, *lookups)]:
            if isinstance(block, dict) and "url" in block:
                yield Finding(
                    "rows-elsewhere", panel, f"takes its rows from {block['url']}",
                    "Read the file in chart(runs), and give the chart its rows: what is read counts, and travels along.",
                )  # fmt: skip


def pictures(panel: str, shown: Drawn) -> Iterator[Finding]:
    """Pictures by an address."""
    for address in shown.pictures:
        if not address.startswith("data:"):
            yield Finding(
                "picture-elsewhere", panel, f"shows a picture from {address or 'nowhere'}",
                "Read the file in chart(runs), and show it as data:image/png;base64,…",
            )  # fmt: skip


def fleeting(panel: str, spec: Any) -> Iterator[Finding]:
    """Vega's own clock and random numbers, which have no seed."""
    for asked in dict.fromkeys(_asked(spec)):
        yield Finding(
            "never-the-same", panel, f"asks Vega for {asked}, which answers otherwise each time",
            "Choose, or draw at random, in chart(runs): there random numbers come from a seed. A date is written down.",
        )  # fmt: skip


def _asked(spec: Any) -> Iterator[str]:
    if isinstance(spec, list):
        for part in spec:
            yield from _asked(part)
    elif isinstance(spec, dict):
        if isinstance(spec.get("sample"), int):
            yield "a random sample"
        for name, part in spec.items():
            for item in as_list(part) if name not in ("values", "datasets") else ():
                if not isinstance(item, str):
                    yield from _asked(item)
                elif name in _EXPRESSIONS:
                    yield from (f"{found}()" for found in _FLEETING.findall(_QUOTED.sub("''", item)))
