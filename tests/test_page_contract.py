"""What Python hands to the page is what the page's scripts are checked against.

templates/assets/contract.d.ts says it in words and types. tests/js/examples.js shows one of everything, as
Python writes it: `make test-js` holds the examples to the contract, and this module holds Python to the
examples. After a change on purpose: `python tests/test_page_contract.py` writes them anew.
"""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import lxml.html
import numpy as np
import pytest

from reportgen.drawing import interactive
from reportgen.share import preview
from reportgen.site import provenance_files
from reportgen.site.following import script
from reportgen.site.passages import Passage
from reportgen.store.documents import Provenance
from reportgen.store.run import Run

EXAMPLES = Path(__file__).parent / "js" / "examples.js"
INTRO = """\
// One of everything that Python hands to the page, in the types of templates/assets/contract.d.ts.
// Written by `python tests/test_page_contract.py`, which says why.
"""
STEPS = np.array([0, 100, 250])
WEIGHTS = np.array([[0.0, 1.27, -1.27, 0.5], [0.01, 0.02, 0.03, 0.04], [-0.01, -0.02, -0.03, -1.0]])  # (T, n)
HEIGHTS = np.array([[32.767, 0.001], [1.0, -1.0], [-32.767, 0.0]])  # (T, n)
ATTRIBUTES = {  # the data-* attributes of the templates, by element
    "body": {"vega": "assets/vega-0a1b2c3d.js", "lab": "assets/lab-0a1b2c3d.js", "kernels": "assets/kernels-0a1b2c3d.js"},
    "figure": {
        "figure": "weights", "live": "data/weights-0a1b2c3d.js", "group": "modular", "plays": "", "lead": "", "also": "seeds",
        "guess": "test", "level": "0.5",
    },
    "data": {"live": "data/weights-3-0a1b2c3d.js"},
    ".stage": {"wide": "2", "narrow": "1"},
    ".player": {"group": "modular"},
    ".repeat": {"repeat": "data/runs/modular-0a1b2c3d.js"},
    ".openings": {"sweep": "seeds"},
    ".moment": {"group": "modular", "step": "100"},
    ".mark": {"claim": "C1"},
    ".verdict": {"verdict": "C1"},
    ".copied": {"copy": "the command"},
    ".made": {"made": "figures/weights"},
}  # fmt: skip


def rows(values: np.ndarray, **columns: list) -> list[dict]:
    """Rows of a stepped dataset; values: (T, n)."""
    return [
        {"cell": cell, **{name: column[cell] for name, column in columns.items()}, "by_step": values[:, cell].tolist()}
        for cell in range(values.shape[1])
    ]  # fmt: skip


def leading() -> dict:
    """A lead chart of a group: a heatmap in 8 bits, curves, and a line without neurons in 16."""
    fill = {"field": "value", "type": "quantitative", "scale": {"domain": [-1, 1]}}
    axes = {name: {"field": field, "type": "ordinal"} for name, field in (("x", "neuron"), ("y", "number"))}
    params = [{"name": "step", "value": 0}, {"name": "neuron", "value": -1}]
    weights = rows(WEIGHTS, neuron=[0, 0, 1, 1], number=[0, 1, 0, 1])
    heatmap = {
        "data": {"name": "weights", "values": weights}, "mark": "rect", "encoding": {**axes, "color": fill},
        "params": params, "width": 40, "height": 20, "usermeta": {"snap": [2, 2], "bits": 8},
    }  # fmt: skip
    points = [
        {"series": s, "step": step, "value": v}
        for s, v in (("train", 1.0), ("test", 0.123))
        for step in (0, 250)
    ]
    x, y = ({"field": field, "type": "quantitative"} for field in ("step", "value"))
    curves = {"data": {"name": "accuracy", "values": points}, "mark": "line", "encoding": {"x": x, "y": y}}
    bars = {
        "data": {"name": "heights", "values": rows(HEIGHTS)}, "mark": "bar",
        "encoding": {"x": {"field": "cell", "type": "ordinal"}, "y": y},
    }  # fmt: skip
    votes = {"inputs": {"a": "W_input", "b": "W_input"}, "output": "W_output", "all": 3}
    other = {
        "layer": [curves, bars], "params": params[:1], "width": 100, "height": 50, "usermeta": {"votes": votes},
    }  # fmt: skip
    source = SimpleNamespace(id="weights", group="modular", lead=True, path=Path("weights.py"))
    run = object.__new__(Run)  # of which nothing else is looked at
    object.__setattr__(run, "snapshot_steps", STEPS)
    runs = {"modular": run}
    return interactive.payload({"input": heatmap, "curves": other}, source, runs, {"curves": (140, 90)})


def computing() -> dict:
    """A figure of no group that computes with an input."""
    bound = {"name": "a", "value": 3, "bind": {"input": "range", "min": 0, "max": 9, "step": 1}}
    spec = {
        "data": {"name": "one", "values": [{"x": 1}]}, "mark": "point", "params": [bound], "width": 80, "height": 80,
        "encoding": {"x": {"field": "x", "type": "quantitative"}}, "usermeta": {"responsive": True},
    }  # fmt: skip
    source = SimpleNamespace(id="circle", group=None, lead=False, path=Path("circle.py"))
    return interactive.payload({"chart": spec}, source, {}, {})


def provenance() -> dict:
    """What provenance.js registers of one training and one drawing."""
    trained = Provenance(
        execution="torch 2, cpu, 1 thread, eager", device="a CPU", training_s=65.0, versions={"torch": "2"},
        commit="0a1b2c3d4e5f", finished_at="2026-11-24T12:00:00+00:00",
    )  # fmt: skip
    groups = [SimpleNamespace(key="0a1b", provenance=trained)]
    return registered(
        provenance_files.origin_files({"modular": groups}, {"weights": Path("/nowhere")})[
            "provenance.js"
        ].decode()
    )


def texts() -> bytes:
    """What a run's texts register: something changes, something goes, something comes behind what stays."""
    passages = [
        Passage("passage-1", "<p>Seed 3.</p>"),
        Passage("passage-2", ""),
        Passage("weights", "<p>More.</p>", stays=True),
    ]
    return script("seeds:3", [0, 100, 250], passages)


def registered(script: str) -> dict:
    """The one value that a data file registers."""
    return json.loads(
        re.fullmatch(r"(?:reportgen\.(?:figure|passages)\(|window\.provenance = )(.*?)\)?;\n", script, re.S)[
            1
        ]
    )


def statuses() -> list[dict]:
    """What `serve` tells open pages: nothing built yet, and a build that failed."""
    status = preview.Status(Path("/nowhere"))
    first = status.told(None, 0)
    status.tell(building=False, error="figures/one.py: no title")
    return [first, status.told(first, 0)]


def examples() -> str:
    """The file of examples."""
    typed = {
        "GroupMoments": {"modular": [0, 100, 250], "parity": []},
        "PreviewStatus[]": statuses(),
        "PageData": ATTRIBUTES,
    }
    parts = [
        INTRO,
        interactive.script(leading()),
        interactive.script(computing()),
        texts().decode(),
        f"window.provenance = {text(provenance())};\n",
    ]
    parts += [
        f"/** @type {{{kind}}} */\nconst example{number} = {text(value)};\n"
        for number, (kind, value) in enumerate(typed.items())
    ]
    return "".join(parts)


def text(value: object) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)


def kinds(value: object, place: str = "") -> Iterator[tuple[str, object]]:
    """What stands where: (place, type), of an object its keys; where a figure is free, what the contract names."""
    if isinstance(value, dict) and place.endswith("columns"):
        value = {name: value[name] for name in ("neuron",) if name in value}
    if isinstance(value, dict) and place.endswith("spec"):
        value = {"data": [{"name": dataset["name"]} for dataset in value["data"]]}
    yield place, tuple(sorted(value)) if isinstance(value, dict) else _type(value)
    parts = value.items() if isinstance(value, dict) else []
    parts = [("[]", item) for item in value] if isinstance(value, list) else parts
    for name, part in parts:
        yield from kinds(part, place + (name if name == "[]" else f".{name}"))


def _type(value: object) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


def payloads(site: Path) -> dict[str, dict]:
    """Every data file of a figure of a built site: its name → what it registers."""
    return {name: found for name, found in data_files(site).items() if "panels" in found}


def data_files(site: Path) -> dict[str, dict]:
    return {file.name: registered(file.read_text(encoding="utf-8")) for file in (site / "data").glob("*.js")}


def page(site: Path, name: str) -> lxml.html.HtmlElement:
    return lxml.html.parse(site / name).getroot()


@pytest.fixture(scope="module")
def built(quick) -> Path:
    return quick / "site-quick"


def test_the_examples_are_what_python_writes():
    """The same text, so that what the scripts unpack and what Python packed can be compared in their tests."""
    assert EXAMPLES.read_text(encoding="utf-8") == examples(), (
        f"python {Path(__file__).name} writes them anew"
    )


def test_every_data_file_is_like_the_examples(built):
    """No key more or less, no other type."""
    shown = {
        kind for example in (leading(), computing(), registered(texts().decode())) for kind in kinds(example)
    }
    found = {kind for payload in data_files(built).values() for kind in kinds(payload)}
    assert found - shown == set()


def test_every_data_file_keeps_what_the_contract_says_in_words(built):
    """Numbers for every row and snapshot, in place; names that exist; a step only where there is a group."""
    found = payloads(built)
    assert len(found) > 20
    moments = json.loads(page(built, "index.html").get_element_by_id("groups").text)
    for name, payload in found.items():
        assert name.startswith(payload["id"])
        assert payload["steps"] == sorted(set(payload["steps"]))
        assert bool(payload["steps"]) == (payload["group"] in moments)
        assert payload["group"] or not payload["lead"]
        signals = {
            signal["name"] for panel in payload["panels"] for signal in panel["spec"].get("signals", [])
        }
        assert set(payload["inputs"]) <= signals
        for panel in payload["panels"]:
            datasets = {dataset["name"]: dataset.get("values") for dataset in panel["spec"]["data"]}
            for block in panel["data"]:
                assert datasets[block["name"]] == []
                assert all(len(column) == block["cells"] for column in block["columns"].values())
                assert not {"cell", block["field"], "by_step"} & set(block["columns"])
                packed = np.frombuffer(base64.b64decode(block["base64"]), block["dtype"])
                assert packed.size == len(payload["steps"]) * block["cells"]


def test_texts_are_of_runs_that_can_be_opened_and_change_what_is_there(built):
    """One file for each run that a button opens; ids that the page has; moments ascend."""
    found = {text["id"]: text for text in data_files(built).values() if "passages" in text}
    root = page(built, "index.html")
    offered = {
        f"{row.get('data-sweep')}:{button.get('value')}"
        for row in root.find_class("openings")
        for button in row.iter("button")
    }
    assert found.keys() == offered != set()
    for text in found.values():
        assert text["moments"] == sorted(text["moments"])
        assert all(root.get_element_by_id(passage["id"]) is not None for passage in text["passages"])


def test_moments_and_provenance_are_like_the_examples(built):
    """Steps of moments ascend; whatever was made has words."""
    moments = json.loads(page(built, "index.html").get_element_by_id("groups").text)
    assert moments
    for steps in moments.values():
        assert steps == sorted(steps)
        assert {type(step) for step in steps} == {int}
    real, example = registered((built / "provenance.js").read_text(encoding="utf-8")), provenance()
    assert list(real) == list(example) == ["experiments", "figures", "total"]
    for made in (real["total"], *real["experiments"].values(), *real["figures"].values()):
        assert isinstance(made["words"], str)


def test_the_templates_write_the_attributes_of_the_contract(built):
    """On both pages: no other data-* attribute, none missing, each on its own element."""
    found: dict[str, set[str]] = {}
    for element in (e for name in ("index.html", "methods.html") for e in page(built, name).iter("*")):
        names = {name.removeprefix("data-") for name in element.attrib if name.startswith("data-")}
        if names:
            kinds = [element.tag, *(f".{name}" for name in element.classes)]
            found.setdefault(next(kind for kind in kinds if kind in ATTRIBUTES), set()).update(names)
    assert found == {name: set(attributes) for name, attributes in ATTRIBUTES.items()}


if __name__ == "__main__":
    EXAMPLES.write_text(examples(), encoding="utf-8")
