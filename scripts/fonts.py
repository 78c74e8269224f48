"""Makes the font of charts from Arimo: reportgen/drawing/fonts/*.ttf, to measure and draw with.

    npm pack @expo-google-fonts/arimo@0.4.3 && tar xzf expo-google-fonts-arimo-0.4.3.tgz
    python scripts/fonts.py package

It has a family name that no other font has: whatever is installed on a machine, text is measured in this one.
Its widths are those of Helvetica, Arial and Liberation Sans, which stand in for it on the page and in SVG files.
Needs fonttools, which nothing else does.
"""

import shutil
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).parent.parent
DRAWN = ROOT / "reportgen" / "drawing" / "fonts"
FAMILY = "Reportgen Sans"
WEIGHTS = {400: "Regular", 600: "SemiBold"}
# What the italics have, as figures need it: Latin, Greek, punctuation, raised and lowered digits, arrows, signs.
ITALICS = [*range(0x20, 0x100), *range(0x391, 0x3CA), *range(0x2070, 0x208F)]
ITALICS += map(ord, "‐‑‒–—‘’‚“”„†•…‰′″‹›€ℓ™←↑→↓↔∂∆∏∑−√∞∫≈≠≤≥▲▼●○■□")


def main() -> None:
    source = Path(sys.argv[1])
    shutil.copy(source / "LICENSE_FONT", DRAWN / "OFL.txt")
    for weight, name in WEIGHTS.items():
        full = _arimo(source, f"{weight}{name}")
        _make(full, name, sorted(full.getBestCmap()), DRAWN / f"reportgen-sans-{weight}.ttf")
        italic = _arimo(source, f"{weight}{name}_Italic")
        _make(italic, f"{name} Italic", ITALICS, DRAWN / f"reportgen-sans-{weight}-italic.ttf")


def _arimo(source: Path, style: str) -> TTFont:
    return TTFont(source / style / f"Arimo_{style}.ttf")


def _make(font: TTFont, style: str, characters: list[int], target: Path) -> None:
    """Without hints for coarse screens, under the name of its own. style: as "SemiBold Italic"."""
    subsetter = Subsetter(Options(hinting=False, layout_features=["kern", "mark", "mkmk", "ccmp"]))
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    names = font["name"]
    for record in list(names.names):
        if record.nameID in (1, 2, 3, 4, 6, 16, 17, 25):
            names.removeNames(record.nameID)
    said = {
        1: f"{FAMILY} {style}".removesuffix(" Italic"),
        2: "Italic" if "Italic" in style else "Regular",
        3: f"{FAMILY} {style}",
        4: f"{FAMILY} {style}",
    }
    said |= {6: f"{FAMILY}-{style}".replace(" ", ""), 16: FAMILY, 17: style}
    for id, text in said.items():
        names.setName(text, id, 3, 1, 0x409)
    font["head"].modified = font["head"].created  # the same bytes every time
    font.recalcTimestamp = False
    font.save(target)


if __name__ == "__main__":
    main()
