"""Numbers that Vega itself has to write, on axes and beside sliders: as wording/numbers.py writes them.

What Python knows is worded there; here are expressions for what only the reader's browser knows.
"""

from reportgen.wording.numbers import NBSP

LOCALE = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["$", ""], "percent": f"{NBSP}%"}


def power_label(exponent: str) -> str:
    """The expression for ten to a whole number, itself an expression: −6 → 10⁻⁶; 0 → 10⁰."""
    sign, size = f"({exponent} < 0 ? '⁻' : '')", f"abs({exponent})"
    tens = f"({size} < 10 ? '' : {_raised(f'floor({size} / 10)')})"
    return f"('10' + {sign} + {tens} + {_raised(f'{size} % 10')})"


def tick_label(value: str) -> str:
    """The expression for a number on a logarithmic axis, where 1 is a power of ten as its neighbours are: 10⁰."""
    return f"({value} == 1 ? '10⁰' : {sci_label(value)})"


def sci_label(value: str, digits: int = 2) -> str:
    """The expression for a number as a power of ten: 0.001 → 10⁻³; 0.0025 → 2.5 × 10⁻³; 1 → 1."""
    parts = f"split(format({value}, '.{digits - 1}~e'), 'e')"
    mantissa, exponent = f"{parts}[0]", f"toNumber({parts}[1])"
    factor = f"({mantissa} == '1' ? '' : {mantissa} + '{NBSP}×{NBSP}')"
    return f"({exponent} == 0 ? {mantissa} : {factor} + {power_label(exponent)})"


def _raised(digit: str) -> str:
    return f"substring('⁰¹²³⁴⁵⁶⁷⁸⁹', {digit}, {digit} + 1)"
