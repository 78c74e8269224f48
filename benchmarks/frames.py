"""How smoothly figures follow the step in Chromium: marks drawn by Vega alone, and on a canvas, in one run.

    python benchmarks/frames.py [--site site] [--only modular_waves …]

Each figure that follows the step is brought to the middle of the screen, and its group's step runs once over all its
snapshots, one a frame; then again on a processor slowed down four times, as a phone's. Printed for both ways, Vega's and the
canvas's: the processor time of a frame on the page's main thread, from script to layers, which other programs hardly
disturb; frames a second, the best of some runs; and at a quarter of the speed the longest task while the figure came alive,
and while it moved. The address with `?vega` is the page without canvas.
"""

import argparse
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

WAYS = {"Vega": "?vega", "canvas": ""}
SLOW = 4
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline"]
FIGURES = "[...document.querySelectorAll('figure.stepped[data-live]')].map(figure => figure.id)"
LIVE = """id => {
    const figure = document.getElementById(id);
    figure.scrollIntoView({block: 'center', behavior: 'instant'});
    return figure.querySelector('.is-live .live svg') !== null;
}"""
MEASURE = "id => reportgen.measure(document.getElementById(id).dataset.group)"
SNAPSHOTS = "id => reportgen.groups.get(document.getElementById(id).dataset.group).steps.length"


@dataclass
class Seen:
    """What was measured of one figure in one way; times in ms. Rates: slowdown → frames a second of each run."""

    frame: float = 0
    rates: dict[int, list[float]] = field(default_factory=dict)
    waking: float = 0
    moving: float = 0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--site", type=Path, default=Path("site"))
    parser.add_argument("--only", nargs="*", metavar="FIGURE")
    parser.add_argument("--runs", type=int, default=3, help="of each figure at each speed; the best counts")
    asked = parser.parse_args()
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    address = (asked.site / "index.html").resolve().as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        seen = {
            way: measured(browser, address + query, asked.only, asked.runs) for way, query in WAYS.items()
        }
        browser.close()
    print("\n".join(table(seen)))


def measured(browser: Browser, address: str, only: list[str] | None, runs: int) -> dict[str, Seen]:
    """Every figure of a page, from top to bottom."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    session = page.context.new_cdp_session(page)
    page.goto(address)
    page.wait_for_load_state()
    found = {}
    for id in only or page.evaluate(FIGURES):
        seen = found[id] = Seen()
        with slowed(session), traced(browser, page) as events:
            page.wait_for_function(LIVE, arg=id)
            page.wait_for_timeout(1000)
        seen.waking = longest(events)
        with traced(browser, page) as events:
            page.evaluate(MEASURE, id)
        seen.frame = busy(events) / page.evaluate(SNAPSHOTS, id)
        seen.rates[1] = [page.evaluate(MEASURE, id) for _ in range(runs)]
        with slowed(session), traced(browser, page) as events:
            seen.rates[SLOW] = [page.evaluate(MEASURE, id) for _ in range(runs)]
        seen.moving = longest(events)
    page.close()
    return found


@contextmanager
def slowed(session: CDPSession) -> Iterator[None]:
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
    yield
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})


@contextmanager
def traced(browser: Browser, page: Page) -> Iterator[list[dict]]:
    """Collects the tasks of the page's main thread: Chromium's own events, times in µs."""
    found: list[dict] = []
    browser.start_tracing(page=page, categories=CATEGORIES)
    yield found
    events = [e for e in json.loads(browser.stop_tracing())["traceEvents"] if e["ph"] == "X"]
    frames = Counter(
        (e["pid"], e["tid"]) for e in events if e["name"] in ("FireAnimationFrame", "EvaluateScript")
    )
    ((main, _),) = frames.most_common(1)
    found += [e for e in events if (e["pid"], e["tid"]) == main and e["name"] == "RunTask"]


def longest(tasks: list[dict]) -> float:
    """The processor time of the longest task, ms."""
    return max(task.get("tdur", 0) for task in tasks) / 1000


def busy(tasks: list[dict]) -> float:
    """The processor time of all tasks, ms."""
    return sum(task.get("tdur", 0) for task in tasks) / 1000


def table(seen: dict[str, dict[str, Seen]]) -> list[str]:
    """One row a figure, in Markdown: Vega's number, then the canvas's."""
    columns = {
        "ms a frame": lambda one: f"{one.frame:.1f}",
        "frames/s": lambda one: f"{max(one.rates[1]):.0f}",
        f"frames/s at 1/{SLOW}": lambda one: f"{max(one.rates[SLOW]):.0f}",
        f"longest task, moving at 1/{SLOW}": lambda one: f"{one.moving:.0f} ms",
        f"longest task, waking at 1/{SLOW}": lambda one: f"{one.waking:.0f} ms",
    }
    lines = [f"| {' | '.join(['', *columns])} |", f"|{'---|' * (1 + len(columns))}"]
    for id in next(iter(seen.values())):
        cells = [" → ".join(show(found[id]) for found in seen.values()) for show in columns.values()]
        lines.append(f"| `{id}` | {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    main()
