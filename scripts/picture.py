"""Takes docs/page.png, the picture at the top of the README, from the built site.

    make site
    .venv/bin/python scripts/picture.py                  writes docs/page.png
    .venv/bin/python scripts/picture.py --step 15000     at another training step

Needs Chromium: the system's, or the one of `playwright install chromium`. Shows section 1 in the
light scheme, two places of the same page side by side, with the figures live at one training step.
Look at the picture before committing it.
"""

import argparse
import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
SIZE = {"width": 720, "height": 940}  # of each half
HALVES = ("modular_accuracy", "modular_weights")  # the figure at the top of each
ABOVE = 36  # px of page left above it
RULE = "#e3e1da"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
WAIT_MS = 60_000
LARGEST = 300_000  # bytes: the picture is in every clone


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--site", type=Path, default=ROOT / "site", help="the built site")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "page.png", help="the picture")
    parser.add_argument("--step", type=int, default=20_000, help="training step of section 1")
    arguments = parser.parse_args()
    content = small(joined(*screenshots(arguments.site / "index.html", arguments.step)))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_bytes(content)
    print(f"Wrote {arguments.out}: {len(content) / 1000:.0f} kB.")
    if len(content) > LARGEST:
        raise SystemExit(f"That is more than {LARGEST / 1000:.0f} kB.")


def screenshots(file: Path, step: int) -> list[Image.Image]:
    """The page at one step of section 1, once scrolled to each of the figures."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        page = browser.new_page(viewport=SIZE, device_scale_factor=1, color_scheme="light")
        page.goto(f"{file.resolve().as_uri()}#step=modular:{step}")
        pictures = [at_figure(page, name) for name in HALVES]
        browser.close()
    return pictures


def at_figure(page: Page, name: str) -> Image.Image:
    """What one sees with that figure, live, at the top of the window."""
    scroll = (
        "([id, above]) => scrollTo({top: document.getElementById(id).offsetTop - above, behavior: 'instant'})"
    )
    page.evaluate(scroll, [name, ABOVE])
    page.wait_for_selector(f"#{name} .stage.is-live", timeout=WAIT_MS)
    page.evaluate(scroll, [name, ABOVE])  # figures that went live above it may have moved it
    page.wait_for_timeout(1500)  # those that came on screen draw their step
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def joined(left: Image.Image, right: Image.Image) -> Image.Image:
    """Both halves with a hairline between them."""
    both = Image.new("RGB", (left.width + 1 + right.width, left.height), RULE)
    both.paste(left, (0, 0))
    both.paste(right, (left.width + 1, 0))
    return both


def small(picture: Image.Image) -> bytes:
    """PNG in 256 colours: a third of the bytes, and no visible difference."""
    out = io.BytesIO()
    picture.quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main()
