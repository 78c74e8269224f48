"""How a number is written for people, on the page, in figures and on the terminal: one rule for each thing.

Commas group thousands. A minus is U+2212. A number and its unit are kept on one line by U+00A0: the narrower
U+202F is missing in the page's own font and has no name in HTML, so that what is typed by hand would look
otherwise. Powers of ten are superscript characters, which a caption, a text alternative and a terminal show alike.

Programs read something else: `--set` what `setting` writes; tables and reportgen.lock rounded numbers without
grouping, worded where they are written.
"""

import math
import re
from collections.abc import Iterable
from numbers import Integral

NBSP, MINUS = "\u00a0", "\u2212"
PLAIN = 1e-4, 1e6  # smaller ones, and from the second on, are powers of ten
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip


def number(value: float, digits: int = 2) -> str:
    """A count in full; anything else to significant digits, very large and small as a power of ten.

    2278 → 2,278; 1234.5 → 1,200; 0.04137 → 0.041; −0.5 → −0.5; 0.0000223 → 2.2 × 10⁻⁵
    """
    if isinstance(value, Integral):
        return f"{int(value):,}".replace("-", MINUS)
    rounded = float(f"{value:.{digits}g}")
    if rounded and math.isfinite(rounded) and not PLAIN[0] <= abs(rounded) < PLAIN[1]:
        return sci(value, digits)
    return _plain(rounded)


def sci(value: float, digits: int = 2) -> str:
    """Always as a power of ten: for what is compared over many orders of magnitude, such as losses.

    2.23e-7 → 2.2 × 10⁻⁷; 0.003 → 3 × 10⁻³; 1e-5 → 10⁻⁵; 3.0 → 3
    """
    if not math.isfinite(value):
        return _plain(value)
    text, exponent = f"{value:.{digits - 1}e}".split("e")
    mantissa = _plain(float(text))
    if int(exponent) == 0:
        return mantissa
    factor = mantissa.removesuffix("1") if abs(float(text)) == 1 else f"{mantissa}{NBSP}×{NBSP}"
    return f"{factor}10{str(int(exponent)).translate(_RAISED)}"


def step(value: float) -> str:
    """A training step, or another whole number: 12300 → 12,300; 709.6 → 710."""
    return number(round(value))


def signed(value: float, digits: int = 2) -> str:
    """A difference, with its sign: 1200 → +1,200; −25.3 → −25; 0 → 0."""
    return ("+" if value > 0 else "") + number(value, digits)


def percent(share: float, digits: int = 1) -> str:
    """A share with so many decimals: 0.98312 → 98.3 %; 0.5 → 50 %.

    Only all is 100 % and only none is 0 %: it takes as many decimals as tell them apart, 0.99996 → 99.996 %,
    or one digit, 0.00003 → 0.003 %.
    """
    exact = 100 * share
    rounded = float(f"{exact:.{digits}f}")
    if rounded == 0 != exact:
        return f"{number(float(exact), 1)}{NBSP}%"
    while abs(rounded) == 100 != abs(exact):
        digits += 1
        rounded = float(f"{exact:.{digits}f}")
    return f"{_plain(rounded)}{NBSP}%"


def words(value: int) -> str:
    """Small counts as words: 4 → four; 13 → 13."""
    return _WORDS[value] if 0 <= value < len(_WORDS) else number(value)


def listing(values: Iterable[object]) -> str:
    """[5, 17, 23] → 5, 17 and 23. As they are, not grouped: a comma parts the values."""
    items = [str(value) for value in values]
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def duration(seconds: float) -> str:
    """4.2 → 4 s; 95 → 1 min 35 s; 8000 → 2 h 13 min."""
    whole = max(0, round(seconds))
    if whole < 90:
        return f"{whole}{NBSP}s"
    if whole < 5400:
        return f"{whole // 60}{NBSP}min {whole % 60}{NBSP}s"
    return f"{whole // 3600}{NBSP}h {whole % 3600 // 60}{NBSP}min"


def size(count: float) -> str:
    """Bytes to three digits: 734 → 734 B; 53_412 → 53.4 kB; 8e6 → 8 MB."""
    for unit in ("B", "kB", "MB"):
        if float(f"{count:.3g}") < 1000:
            return f"{number(count, 3)}{NBSP}{unit}"
        count /= 1000
    return f"{number(count, 3)}{NBSP}GB"


def setting(value: bool | float | str) -> str:
    """A setting as `--set` reads it back, to the last bit: True → true; 1200 → 1200; 1.0 → 1; 1e-05 → 1e-5."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(float(value)).removesuffix(".0").replace("e-0", "e-")
    return str(value)


def unbroken(text: str) -> str:
    """A text in which what was typed "95 %" keeps number and sign on one line."""
    return re.sub(r"(?<=\d) (?=%)", NBSP, text)


def _plain(value: float) -> str:
    """All digits that it has, grouped; −0.0 is 0."""
    return f"{value + 0.0:,}".removesuffix(".0").replace("-", MINUS).replace("inf", "∞")
