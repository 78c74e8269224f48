"""What a chart would fetch while it is drawn: nobody could say what it was, and a page may not ask for it."""

from collections.abc import Iterator, Sequence

from reportgen.drawing.checks.drawn import Drawn
from reportgen.drawing.checks.names import Finding
from reportgen.drawing.checks.views import View


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
