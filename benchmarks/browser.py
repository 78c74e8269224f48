"""How fast does a reader's browser train, beside the native kernels on one core?

    python benchmarks/browser.py            a table
    python benchmarks/browser.py --json     the same numbers for programs

The kernels of reportgen/browser/kernels.wasm.gz in Chromium, and those of reportgen/numerics/kernels/ as they were
compiled for this machine, one thread each, by turns: every model of a single experiment, in both precisions. Needs
Chromium and playwright. Takes two minutes; close what else uses the processor.
"""

import argparse
import base64
import json
import os
import shutil
import time
from dataclasses import asdict, dataclass
from statistics import median

os.environ.setdefault("OMP_NUM_THREADS", "1")

from playwright.sync_api import Page, sync_playwright

from reportgen.browser import kernels
from reportgen.browser.settings import fields, settings_of
from reportgen.experiments.canonical import (
    FIVE_NEURONS,
    MODULAR,
    PARITY,
    REVERSE,
    THERE_AND_BACK,
    with_training,
)
from reportgen.numerics.config import Config
from reportgen.numerics.training import Trainer

MODELS = {
    "modular": MODULAR,
    "parity": PARITY,
    "five-neurons": FIVE_NEURONS,
    "reverse": REVERSE,
    "there-and-back": THERE_AND_BACK,
}
ROUNDS, SECONDS = 5, 1.0
BEGIN = """async ({ wasm, numbers }) => {
    const bytes = Uint8Array.from(atob(wasm), letter => letter.charCodeAt(0));
    const { instance } = await WebAssembly.instantiate(bytes, {}), k = instance.exports;
    k._initialize();
    const place = k.malloc(8 * numbers.length);
    new Float64Array(k.memory.buffer, place, numbers.length).set(numbers);
    window.run = k.run_begin(place);
    k.run_advance(window.run, 20);
    window.k = k;
}"""
STEPS = """seconds => {
    const began = performance.now();
    let made = 0;
    while (performance.now() - began < 1000 * seconds) { k.run_advance(run, 10); made += 10; }
    return 1000 * made / (performance.now() - began);
}"""


@dataclass(frozen=True)
class Row:
    """Steps a second of one model in one precision: the median of some rounds. memory: of the browser's kernels, bytes."""

    model: str
    precision: str
    browser: float
    native: float
    memory: int


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure training in a browser.")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = measured()
    print(json.dumps([asdict(row) for row in rows], indent=1) if asked.json else table(rows))


def measured() -> list[Row]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        rows = [
            row(page, name, with_training(config, precision=precision))
            for name, config in MODELS.items()
            for precision in ("float64", "float32")
        ]
        browser.close()
        return rows


def row(page: Page, name: str, config: Config) -> Row:
    settings = settings_of(config)
    numbers = [settings.get(field, 0) for field in fields()]
    page.evaluate(BEGIN, {"wasm": base64.b64encode(kernels.wasm()).decode(), "numbers": numbers})
    trainer = Trainer([config], engine="native")
    rounds = [(page.evaluate(STEPS, SECONDS), native(trainer)) for _ in range(ROUNDS)]
    memory = page.evaluate("k.memory.buffer.byteLength")
    browser, here = (median(column) for column in zip(*rounds, strict=True))
    return Row(name, config.training.precision, browser, here, memory)


def native(trainer: Trainer) -> float:
    """Steps a second of the kernels on this machine."""
    began, made = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        at = made % 1000
        trainer.engine.advance(trainer.weights, trainer.moments, at, at + 10)
        made += 10
    return made / (time.perf_counter() - began)


def table(rows: list[Row]) -> str:
    lines = [f"{'model':<16} {'precision':<10} {'browser':>8} {'native':>8} {'share':>6} {'memory':>8}"]
    lines += [
        f"{r.model:<16} {r.precision:<10} {r.browser:>8,.0f} {r.native:>8,.0f} {r.browser / r.native:>6.2f} {r.memory / 1e6:>6.1f}MB"
        for r in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
