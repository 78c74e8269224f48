"""A mistake in an experiment's code is two lines: where it is, what it is, and what to do."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.projects import ROOT

FOLDER = Path("reportgen") / "experiments"
MISTAKES = {  # file, what is replaced by what, and what is said of that line
    "a name": ("catalogue.py", "replace(REVERSE, ", "replace(REVERS, ", "NameError: name 'REVERS' is not defined"),
    "a field": ("canonical.py", "train_fraction=0.3", "fraction=0.3", "TypeError: .*fraction"),
    "a value": ("canonical.py", "train_fraction=0.3", "train_fraction=3", r"train_fraction = 3 is not possible\."),
    "in a function": ("sweeps.py", "PARITY_SEEDS)", "PARITY_SEDS)", "NameError: name 'PARITY_SEDS'"),
    "syntax": ("sweeps.py", "SEEDS = range(450)", "SEEDS = range(450))", "SyntaxError: unmatched"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(MISTAKES))
def test_a_mistake_names_its_line(name, tmp_path):
    """Whether it shows on import, or only once a sweep's runs are listed."""
    file, right, wrong, says = MISTAKES[name]
    shutil.copytree(ROOT / "reportgen", tmp_path / "reportgen", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("figures", "templates"):
        (tmp_path / folder).mkdir()
    changed = tmp_path / FOLDER / file
    text = changed.read_text(encoding="utf-8")
    assert right in text
    changed.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    line = text[: text.index(right)].count("\n") + 1
    done = subprocess.run(
        [sys.executable, "-m", "reportgen", "train", "parity-sweep"], cwd=tmp_path, capture_output=True, text=True,
        check=False, timeout=120, env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    first, hint = done.stderr.strip().splitlines()
    assert re.match(rf"Error: {re.escape(str(changed))}:{line}: {says}", first)
    assert hint == (
        "Allowed: in (0, 1)."
        if name == "a value"
        else "Mend the experiment, then see what there is: reportgen status"
    )
