"""What --json prints: strict JSON for programs, with null where a number is not finite."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from reportgen.cli.states import reason, word
from reportgen.pipeline.plan import Plan, Target


def echo(value: object) -> None:
    """Print a value, readable by people too; escapes whatever is not ASCII, for every terminal."""
    click.echo(json.dumps(plain(value), indent=1, allow_nan=False))


def plain(value: Any) -> Any:
    """The value as JSON knows it: NumPy's numbers as Python's, paths as text, NaN and infinities as null."""
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):  # of NumPy
        return plain(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def status(plan: Plan, out: Path) -> Iterator[dict[str, object]]:
    """Every run, figure and page: its kind, name, state, whether that is current, and why not."""
    targets: list[Target] = [*(plan.shown | plan.others()).values(), *plan.figures.values(), plan.page(out)]
    for target in targets:
        state = target.state()
        yield {"kind": target.kind, "name": target.name, "state": word(state), "current": state.current,
               "reason": reason(target, state, exact=False)}  # fmt: skip
