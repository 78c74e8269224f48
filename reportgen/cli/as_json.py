"""What --json prints: strict JSON for programs, with null where a number is not finite."""

from collections.abc import Iterator
from pathlib import Path

import click

from reportgen.cli.states import reason, word
from reportgen.files.strict_json import dumps, plain
from reportgen.pipeline.plan import Plan, Target


def echo(value: object) -> None:
    """Print a value, readable by people too; escapes whatever is not ASCII, for every terminal."""
    click.echo(dumps(plain(value), indent=1))


def status(plan: Plan, out: Path) -> Iterator[dict[str, object]]:
    """Every run, figure and page: its kind, name, state, whether that is current, and why not."""
    targets: list[Target] = [*(plan.shown | plan.others()).values(), *plan.figures.values(), plan.page(out)]
    for target in targets:
        state = target.state()
        yield {"kind": target.kind, "name": target.name, "state": word(state), "current": state.current,
               "reason": reason(target, state, exact=False)}  # fmt: skip
