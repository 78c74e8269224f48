"""In Chromium: what every live figure draws, at three steps, is what its own CSV says.

Each panel is drawn a second time by Vega from the CSV's numbers, and the two drawings are compared mark by
mark: positions to a tenth of a pixel, colours to two levels of 255. That this would notice the snapshot
before, or every value its neighbour's, is tested along with it.
"""

import csv
import gzip
import json
from functools import cached_property
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pytest
from fixtures.browser import LIVE, show

pytestmark = pytest.mark.browser
HOOK = Path(__file__).parent / "fixtures" / "redrawn.js"


def payload(site: Path, address: str) -> dict:
    """What a figure's data file registers: reportgen.figure({…});"""
    text = (site / address).read_text(encoding="utf-8")
    found = json.loads(text.strip().removeprefix("reportgen.figure(").removesuffix(");"))
    for block in (block for panel in found["panels"] for block in panel["data"]):
        columns = block["columns"] | {"cell": range(block["cells"])}
        block["rows"] = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return found


def table(site: Path, id: str) -> tuple[list[str], list[list[str]]]:
    """A figure's CSV: the names of its columns, and its lines."""
    file = site / "figures" / f"{id}.csv"
    packed = file.with_suffix(".csv.gz")
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else file.read_bytes()
    names, *rows = csv.reader(text.decode().splitlines())
    return names, rows


def cell(value: object) -> str:
    """A number or text as both the CSV and the page have it: 1.0 is 1."""
    try:
        return f"{float(value) + 0:.12g}"
    except ValueError:
        return str(value)


def as_cells(row: dict) -> frozenset:
    """A row in the form in which it is looked up; `cell` is the page's own number of a mark."""
    return frozenset((n, cell(v)) for n, v in row.items() if n != "cell" and v is not None and v != "")


def lines(row: dict) -> list[dict]:
    """One row per element of its lists, as in the CSV."""
    moving = {name: values for name, values in row.items() if isinstance(values, list)}
    if not moving:
        return [row]
    return [row | dict(zip(moving, element, strict=True)) for element in zip(*moving.values(), strict=True)]


def is_named(dataset: dict) -> bool:
    """Whether a dataset of a compiled chart is one that the CSV holds, with rows of its own."""
    return bool(dataset.get("values")) and not dataset["name"].startswith("source_")


class Numbers:
    """A figure's CSV, asked for by panel: the rows that do not move, and the values of marks at every step."""

    def __init__(self, names: list[str], rows: list[list[str]], several: bool):
        self.names, self.rows, self.several = names, rows, several

    def where(self, panel: str) -> dict[str, str]:
        return {"panel": panel} if self.several else {}

    @cached_property
    def still(self) -> set[frozenset]:
        return {as_cells(dict(zip(self.names, row, strict=True))) for row in self.rows}

    @cached_property
    def moving(self) -> dict[frozenset, dict[str, str]]:
        """What a mark is → its value at each step. The many lines of a mark differ in these two alone."""
        step, value = self.names.index("step"), self.names.index("value")
        found: dict[tuple, dict[str, str]] = {}
        for row in self.rows:
            at, what = row[step], row[value]
            row[step] = row[value] = ""
            found.setdefault(tuple(row), {})[at] = what
        return {as_cells(dict(zip(self.names, mark, strict=True))): by for mark, by in found.items()}

    def holds(self, panel: str, row: dict) -> bool:
        return all(as_cells(line | self.where(panel)) in self.still for line in lines(row))

    def values(self, panel: str, rows: list[dict], steps: list[int]) -> np.ndarray:
        """(S, marks): the marks' values at these steps."""
        marks = [self.moving[as_cells(row | self.where(panel))] for row in rows]
        return np.array([[float(mark[str(step)]) for mark in marks] for step in steps])


def snapshots(values: list[np.ndarray], count: int) -> list[int]:
    """The first, the last, and the one between them that differs most from the one before."""
    change = sum((np.abs(np.diff(v, axis=0)).sum(axis=1) for v in values), np.zeros(count - 1))
    return [0, 1 + int(change[:-1].argmax()), count - 1]


def redrawn(figure: dict, numbers: Numbers) -> list[dict]:
    """What the second drawing of each panel needs: the chart, what it takes from the page, its rows, their values.

    Those at three snapshots, and for each of these wrong ones: the snapshot before, and every value its left
    neighbour's.
    """
    steps, panels = figure["steps"], []
    values = {
        (panel["name"], block["name"]): numbers.values(panel["name"], block["rows"], steps)
        for panel in figure["panels"] for block in panel["data"]
    }  # fmt: skip
    chosen = snapshots(list(values.values()), len(steps)) if steps else [0]
    for panel in figure["panels"]:
        signals = {signal["name"] for signal in panel["spec"].get("signals", []) if "update" not in signal}
        blocks = [{name: block[name] for name in ("name", "field", "rows")} for block in panel["data"]]

        def at(index: int, shift: int = 0, panel=panel, signals=signals) -> dict:
            rolled = [np.roll(values[panel["name"], b["name"]][index], shift).tolist() for b in panel["data"]]
            return {"values": rolled} | ({"step": steps[index]} if "step" in signals else {})

        panels.append({
            "spec": panel["spec"],
            "settings": sorted({"width", "height"} | signals - {"step"}),
            "blocks": blocks,
            "moments": [
                {"index": i, "right": at(i), "wrong": [at(i - 1 if i else 1), *([at(i, 1)] if blocks else [])]}
                if steps else {"index": 0, "right": {"values": []}, "wrong": []}
                for i in chosen
            ],
        })  # fmt: skip
    return panels


def test_every_live_figure_draws_the_numbers_of_its_csv(visit, quick_site):
    """One visit; each figure in the middle of the screen while it is looked at."""
    page = visit((quick_site / "index.html").as_uri(), script=HOOK)
    figures = page.evaluate(LIVE)
    addresses = page.evaluate("[...document.querySelectorAll('figure[data-live]')].map(f => f.dataset.live)")
    assert len(figures) > 20
    wrong, unnoticed = [], []
    for id, address in zip(figures, addresses, strict=True):
        figure = payload(quick_site, address)
        numbers = Numbers(*table(quick_site, id), several=len(figure["panels"]) > 1)
        for panel in figure["panels"]:
            for dataset in filter(is_named, panel["spec"]["data"]):
                assert all(numbers.holds(panel["name"], row) for row in dataset["values"]), (
                    id,
                    dataset["name"],
                )
        show(page, id)
        given = json.dumps([id, figure["group"], redrawn(figure, numbers)])
        answers = page.evaluate("given => compare(...JSON.parse(given))", given)
        assert len(answers) == len(figure["panels"]) * (3 if figure["steps"] else 1)
        wrong += [
            f"{id}, {a['panel']}, snapshot {a['index']}: {a['right'][1]}" for a in answers if a["right"][0]
        ]
        for mistake in zip_longest(*(a["wrong"] for a in answers), fillvalue=(0, "")):
            if not any(count for count, _ in mistake):
                unnoticed.append(id)
    assert not wrong, "\n".join(wrong[:20])
    assert not unnoticed, unnoticed
    assert page.said == []
