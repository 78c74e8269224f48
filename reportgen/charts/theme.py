"""Palette and theme: the one place of every colour.

Colours are CSS variables with a concrete fallback: on the page one SVG follows light and dark by
itself; for PNG and PDF `concrete` puts the light values in.
"""

import re
from typing import Any

from reportgen.charts.labels import LOCALE

# name → (light, dark); on the page --name
PALETTE = {
    "paper": ("#fffefb", "#16171a"),
    "ink": ("#23242a", "#e6e4de"),
    "muted": ("#63656e", "#a3a5ad"),
    "faint": ("#e3e1da", "#34363d"),
    "accent": ("#7a3b9a", "#c79be2"),
    "train": ("#8240b8", "#bd8bee"),
    "test": ("#1f8a5b", "#4cc38a"),
    "grokking": ("#c89a00", "#f0c53a"),
    "together": ("#2f6fd0", "#78a8f5"),
    "high-train": ("#8b8d94", "#8b8d94"),
    "high-test": ("#ffffff", "#e9e8e4"),
    "negative": ("#2a66c8", "#6aa0f4"),
    "positive": ("#cf4436", "#f0776a"),
    "wheel-a": ("#bd503d", "#f6927e"),
    "wheel-b": ("#946d00", "#d5aa48"),
    "wheel-c": ("#17895b", "#5fc995"),
    "wheel-d": ("#297ab6", "#67b9fb"),
    "wheel-e": ("#a155a6", "#d995dd"),
}
WHEEL = tuple(name for name in PALETTE if name.startswith("wheel-"))  # one hue after another, in a circle
# The first travels along, in drawing/fonts/, and nobody else has one of that name; the next three have its widths.
FONT = "'Reportgen Sans', Helvetica, Arial, 'Liberation Sans', Arimo, sans-serif"
# What is mixed with the paper: these read well on both.
NEGATIVE_RGB, POSITIVE_RGB = "44,107,207", "211,66,51"
TRAIN_RGB, TEST_RGB = "146,84,204", "38,150,102"


def color(name: str) -> str:
    """A palette colour as a CSS variable with its light value as fallback."""
    return f"var(--{name}, {PALETTE[name][0]})"


def concrete(text: str) -> str:
    """The same text with every CSS variable replaced by its light value."""
    return re.sub(r"var\(--[a-z-]+, (#[0-9a-f]{6})\)", r"\1", text)


def palette_css() -> str:
    """The palette as CSS custom properties, following the reader's colour scheme."""
    light, dark = (";".join(f"--{name}:{pair[i]}" for name, pair in PALETTE.items()) for i in (0, 1))
    return f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def theme() -> dict[str, Any]:
    """The Vega-Lite config of every chart: hairlines, no frame, type at 11 px."""
    ink, muted, faint = color("ink"), color("muted"), color("faint")
    return {
        "background": "transparent",
        "font": FONT,
        "padding": {"left": 2, "right": 8, "top": 4, "bottom": 2},
        "view": {"stroke": None},
        "mark": {"aria": False},  # one description for the figure, not one for each of 3,000 cells
        "axis": {
            "labelColor": muted, "titleColor": muted, "labelFontSize": 11, "titleFontSize": 11,
            "titleFontWeight": "normal", "gridColor": faint, "domainColor": faint, "tickColor": faint,
            "tickSize": 4, "labelPadding": 4, "titlePadding": 6, "domain": False,
        },
        "axisX": {"grid": False, "domain": True},
        "axisY": {"ticks": False},
        "title": {"color": ink, "fontSize": 12, "fontWeight": 600, "anchor": "start", "offset": 8,
                  "subtitleColor": muted, "subtitleFontSize": 11},
        "header": {"labelColor": muted, "labelFontSize": 11, "titleColor": muted, "titleFontSize": 11,
                   "titleFontWeight": "normal", "labelPadding": 4},
        "legend": {"labelColor": muted, "titleColor": muted, "labelFontSize": 11, "titleFontSize": 11,
                   "titleFontWeight": "normal", "gradientStrokeColor": None},
        "text": {"color": ink, "fontSize": 11},
        "line": {"strokeWidth": 2, "strokeJoin": "round", "strokeCap": "round"},
        "rule": {"color": muted},
        "locale": {"number": LOCALE},
    }  # fmt: skip
