"""How numbers are written: one rule for each thing, kept for any number."""

import ast
import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

import numpy as np
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from reportgen.charts import power_label, sci_label, theme, tick_label
from reportgen.errors import ReportError
from reportgen.experiments import EXPERIMENTS, variants
from reportgen.experiments.definition import settable
from reportgen.experiments.functions import Function
from reportgen.experiments.variants import read_settings
from reportgen.facts.run_table import settings
from reportgen.numerics.config import Config
from reportgen.site import methods
from reportgen.wording.numbers import (
    duration,
    listing,
    number,
    percent,
    sci,
    setting,
    signed,
    size,
    step,
    unbroken,
    words,
)  # fmt: skip

ROOT = Path(__file__).parents[1]
S = "\u00a0"  # between a number and what belongs to it
MEASURES = st.floats(min_value=-1e15, max_value=1e15)
SHARES = st.floats(0, 1, exclude_min=True, exclude_max=True)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (step(12300), "12,300"),
        (step(0), "0"),
        (step(np.float64(709.6)), "710"),
        (percent(0.98312), f"98.3{S}%"),
        (percent(0.98312, 0), f"98{S}%"),
        (percent(0.5), f"50{S}%"),
        (percent(1.0), f"100{S}%"),
        (percent(0.99996), f"99.996{S}%"),
        (percent(0.9996, 0), f"99.96{S}%"),
        (percent(0.0), f"0{S}%"),
        (percent(0.00003), f"0.003{S}%"),
        (percent(2e-9), f"2{S}×{S}10⁻⁷{S}%"),
        (percent(0.1, 0), f"10{S}%"),
        (percent(-0.25), f"−25{S}%"),
        (percent(-0.0), f"0{S}%"),
        (percent(12.5), f"1,250{S}%"),
        (number(2278), "2,278"),
        (number(-2278), "−2,278"),
        (number(np.int64(1234567)), "1,234,567"),
        (number(0.04137), "0.041"),
        (number(0.04137, 3), "0.0414"),
        (number(1234.5), "1,200"),
        (number(1234.5, 3), "1,230"),
        (number(-0.5), "−0.5"),
        (number(0.0), "0"),
        (number(-0.0), "0"),
        (number(0.0001), "0.0001"),
        (number(0.0000223), f"2.2{S}×{S}10⁻⁵"),
        (number(1e-9, 3), "10⁻⁹"),
        (number(999_999.0), "10⁶"),
        (number(0.0000996, 2), "0.0001"),
        (number(123456.0, 3), "123,000"),
        (number(-2.5e7), f"−2.5{S}×{S}10⁷"),
        (number(math.inf), "∞"),
        (number(-math.inf), "−∞"),
        (sci(2.23e-7), f"2.2{S}×{S}10⁻⁷"),
        (sci(3.0), "3"),
        (sci(0.0), "0"),
        (sci(0.003), f"3{S}×{S}10⁻³"),
        (sci(1e-5, 1), "10⁻⁵"),
        (sci(-1.5e12), f"−1.5{S}×{S}10¹²"),
        (sci(-1e-12), "−10⁻¹²"),
        (signed(1200), "+1,200"),
        (signed(-25.3), "−25"),
        (signed(np.float64(25.3)), "+25"),
        (signed(100.0), "+100"),
        (signed(0), "0"),
        (listing([]), ""),
        (listing([5]), "5"),
        (listing([5, 17]), "5 and 17"),
        (listing(n for n in (5, 17, 23)), "5, 17 and 23"),
        (listing([750, 1000]), "750 and 1000"),
        (words(4), "four"),
        (words(0), "zero"),
        (words(12), "twelve"),
        (words(13), "13"),
        (words(1300), "1,300"),
        (words(-1), "−1"),
        (duration(4.2), f"4{S}s"),
        (duration(-1), f"0{S}s"),
        (duration(95), f"1{S}min 35{S}s"),
        (duration(8000), f"2{S}h 13{S}min"),
        (size(0), f"0{S}B"),
        (size(734), f"734{S}B"),
        (size(53_412), f"53.4{S}kB"),
        (size(400_000), f"400{S}kB"),
        (size(999_600), f"1{S}MB"),
        (size(1_234_567), f"1.23{S}MB"),
        (size(77.9e6), f"77.9{S}MB"),
        (size(1.5e12), f"1,500{S}GB"),
        (setting(True), "true"),
        (setting(1200), "1200"),
        (setting(1.0), "1"),
        (setting(0.3), "0.3"),
        (setting(1e-05), "1e-5"),
        (setting(0.1 + 0.2), "0.30000000000000004"),
        (setting(np.float64(0.3)), "0.3"),
        (setting("L1"), "L1"),
        (unbroken("95 % of 5 kinds"), f"95{S}% of 5 kinds"),
    ],
)
def test_each_thing_has_one_spelling(said, expected):
    """Every function at its edges."""
    assert said == expected


@given(SHARES | st.sampled_from([math.nextafter(0, 1), math.nextafter(1, 0)]), st.integers(0, 3))
def test_only_all_is_100_percent_and_only_none_is_0(share, digits):
    """A share between the two never reads as either, however near it comes."""
    assert percent(share, digits) not in (f"0{S}%", f"100{S}%", f"−0{S}%")


@given(st.floats(-2, 2), st.integers(0, 3))
def test_a_share_reads_back(share, digits):
    """What is written is the share to that many decimals, or nearer."""
    assert abs(_read(percent(share, digits).removesuffix(f"{S}%")) - 100 * share) <= 0.5001 * 10**-digits


@given(MEASURES, st.integers(1, 6))
def test_a_measure_reads_back_and_keeps_its_sign(value, digits):
    """To its digits; a minus is the one for people, and only what is below 0 has it."""
    for said in (number(value, digits), sci(value, digits)):
        assert _read(said) == pytest.approx(float(f"{value:.{digits}g}"), rel=1e-12)
        assert said.startswith("−") == (value < 0) and "-" not in said and "e" not in said
    assert signed(value, digits).startswith("+") == (value > 0)


@given(st.integers(-(10**15), 10**15))
def test_counts_are_in_full_and_grouped_by_three(count):
    """No digit is lost; commas at every third."""
    assert number(count) == number(np.int64(count)) == step(count)
    assert re.fullmatch(r"−?\d{1,3}(,\d{3})*", number(count)) and _read(number(count)) == count


@given(st.integers(0, 10**13))
def test_sizes_and_durations_stay_short(amount):
    """Three digits before a unit, more only before the largest; nothing breaks between the two."""
    assert re.fullmatch(
        rf"(\d{{1,3}}|\d\.\d\d?|\d\d\.\d){S}(B|kB|MB|GB)|\d{{1,2}},\d{{3}}{S}GB", size(amount)
    )
    assert re.fullmatch(rf"\d+{S}s|\d+{S}min \d+{S}s|\d+{S}h \d+{S}min", duration(amount))


def _read(said: str) -> float:
    """What people read, as a number."""
    plain = said.replace(",", "").replace("−", "-")
    power = re.fullmatch(f"(-?)(?:([0-9.]+){S}×{S})?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", plain)
    if not power:
        return float(plain)
    exponent = power[3].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(f"{power[1]}{power[2] or 1}e{exponent}")


FIELDS = [
    (name, field)
    for name, e in EXPERIMENTS.items()
    if not isinstance(e, Function)
    for field in settable(e.configs[0])
]
VALUES = {bool: st.booleans(), int: st.integers(-(10**18), 10**18), float: st.floats(allow_nan=False, allow_infinity=False)}  # fmt: skip


@given(st.data())
def test_any_setting_is_read_back_by_set(data):
    """For every field of every experiment: --set takes what is written and gets that value, or refuses that value."""
    name, field = data.draw(st.sampled_from(FIELDS))
    experiment = replace(EXPERIMENTS[name], source=EXPERIMENTS[name].configs[:1])  # one of a sweep is enough
    value = data.draw(_values(experiment.configs[0], field))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(variants, "EXPERIMENTS", {name: experiment})
        try:
            chosen = read_settings(False, [f"{name}.{field}={setting(value)}"]).experiments[name]
        except ReportError as error:
            assert "is not a value of that setting" not in error.message  # it was understood
            return
    got = settings(chosen.configs[0])[field]
    assert got == value and type(got) is type(value)


def _values(config: Config, field: str):
    """What may be drawn for a field: anything of its type, what the experiment has among it."""
    owner = next(
        part for part in (config, config.task, config.model, config.training) if hasattr(part, field)
    )
    kind = get_type_hints(type(owner))[field]
    drawn = st.sampled_from(get_args(kind)) if get_origin(kind) is Literal else VALUES[kind]
    return drawn | st.just(getattr(owner, field))


@pytest.mark.parametrize(
    "name",
    [name for name, e in EXPERIMENTS.items() if (e.single or e.shipped) and not isinstance(e, Function)],
)
def test_what_the_methods_page_lists_can_be_set(name):
    """Every value there of every experiment is one that --set takes, and takes for the same."""
    configs = EXPERIMENTS[name].configs
    varied = methods.varied_settings(configs)
    shown = {field: methods.spelled(values) for field, values in varied.items()}
    for part in methods.PARTS:
        shown |= methods.constant_settings(configs, part, varied)
    rows = [settings(config) for config in configs]
    for field, text in shown.items():
        known = {row[field] for row in rows}
        first, _, last = text.partition(" to ")
        texts = map(str, range(int(first), int(last) + 1)) if last else text.split(", ")
        kind = type(next(iter(known)))
        assert {text == "true" if kind is bool else kind(text) for text in texts} == known


@pytest.mark.parametrize(
    ("expression", "label"),
    [
        (power_label("-6"), "10⁻⁶"),
        (power_label("0"), "10⁰"),
        (power_label("-12"), "10⁻¹²"),
        (power_label("20"), "10²⁰"),
        (sci_label("0.001"), "10⁻³"),
        (sci_label("0.0025"), f"2.5{S}×{S}10⁻³"),
        (sci_label("pow(10, -5)"), "10⁻⁵"),
        (sci_label("1"), "1"),
        (tick_label("1"), "10⁰"),
        (tick_label("0.01"), "10⁻²"),
        (tick_label("3"), "3"),
        (sci_label("30"), f"3{S}×{S}10¹"),
        ("format(0.25, '.0%')", f"25{S}%"),
        ("format(-2.5, '.1f')", "−2.5"),
    ],
)
def test_vega_writes_numbers_as_python_does(expression, label):
    """Powers of ten, percent and minus of axes and sliders; a 1 before a power goes without saying."""
    chart = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json", "config": theme(),
        "data": {"values": [{}]}, "transform": [{"calculate": expression, "as": "text"}],
        "mark": "text", "encoding": {"text": {"field": "text"}},
    }  # fmt: skip
    svg = vl_convert.vegalite_to_svg(json.dumps(chart))
    assert f">{label}</text>" in svg


# Who formats numbers outside wording/, and why. For people, use wording/numbers.py.
MACHINE = {
    "files/npz.py": "stands below wording",
    "drawing/frames.py": "coordinates inside an SVG",
    "facts/run_table.py": "cells of a CSV",
    "pipeline/lockfile.py": "reportgen.lock is read back and compared",
    "site/size_budget.py": "columns with their points below each other",
    "cli/console.py": "lines of a log, a column each",
    "pipeline/audit.py": "columns of a table",
    "cli/states.py": "estimates in seconds, to one decimal",
    "figures/architecture_sweep.py": "names a run within the figure's data",
    "figures/parity_sweep.py": "thousands as k, as all axes have them",
}
FORMAT = re.compile(r",|\+|%$|\.\d+[efg]$|(^|\d)[efg]$")


def _formats(file: Path):
    """Every format of a number that puts it into a text: its line and the format. float(f"…") only rounds."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    rounding = {
        id(part) for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "float" for part in ast.walk(call)
    }  # fmt: skip
    for node in ast.walk(tree):
        spec = isinstance(node, ast.FormattedValue) and node.format_spec
        texts = [part.value for part in spec.values if isinstance(part, ast.Constant)] if spec else []
        if id(node) not in rounding and any(FORMAT.search(text) for text in texts):
            yield node.lineno, "".join(texts)


def test_only_wording_formats_numbers_for_people():
    """Grouping, percent, decimals and digits are decided in one module; the others are listed with a reason."""
    files = [*(ROOT / "reportgen").rglob("*.py"), *(ROOT / "figures").glob("*.py")]
    places = {file.relative_to(ROOT).as_posix().removeprefix("reportgen/"): file for file in files}
    found = {
        name: formats for name, file in places.items()
        if not name.startswith(("wording/", "numerics/")) and (formats := list(_formats(file)))
    }  # fmt: skip
    assert not {name: formats for name, formats in found.items() if name not in MACHINE}
    assert MACHINE.keys() <= found.keys(), "gone from the code: take it off the list"


def test_there_is_one_space_and_one_minus():
    """No source has the narrow space; none but wording makes its own minus of a hyphen."""
    kinds = ("*.py", "*.md", "*.html", "*.js")
    sources = [
        file
        for top in ("reportgen", "figures", "templates")
        for kind in kinds
        for file in (ROOT / top).rglob(kind)
    ]
    for file in sources:
        text = file.read_text(encoding="utf-8")
        if file.name not in (
            "numbers.py",
            "terminal.py",
        ):  # which words numbers, and which says them otherwise
            assert not re.search(r"\u202f|\\u202f|NARROW NO-BREAK|&#8239;", text), file
            assert not re.search(r"""["']-["'],\s*["'](−|\\u2212)["']""", text), file
