"""What the commands share: errors as two lines and an exit code, and the options of several."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from reportgen.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, ReportError

if TYPE_CHECKING:
    from reportgen.cli.console import Console
    from reportgen.pipeline.plan import Plan

Command = Callable[..., Any]


class Commands(click.Group):
    """Shows commands in the order one uses them, and translates errors once."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except ReportError as error:
            if context.params.get("traceback"):
                raise
            _stop(error.message, error.hint, error.exit_code)
        except click.UsageError as error:
            _stop_usage(error)
        except OSError as error:
            if context.params.get("traceback") or error.errno == errno.EPIPE:  # a closed pipe is Click's
                raise
            where = f"{error.filename}: " if error.filename else ""
            _stop(
                f"{where}{error.strerror or error}.",
                "Check the path, its permissions and free space.",
                EXIT_FAILED,
            )
        except KeyboardInterrupt:
            click.echo("Interrupted.\nRun the same command again to continue.", err=True)
            sys.exit(EXIT_INTERRUPTED)

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(context, args)
        except click.UsageError as error:
            if not args:  # no command at all: Click shows the help
                raise
            _stop_usage(error)


def _stop_usage(error: click.UsageError) -> NoReturn:
    command = error.ctx.command_path if error.ctx else "reportgen"
    _stop(error.format_message().replace("\n", " "), f"See: {command} --help", EXIT_USAGE)


def _stop(message: str, hint: str, exit_code: int) -> NoReturn:
    click.echo(f"Error: {message}\n{hint}", err=True)
    sys.exit(exit_code)


def options(*names: str) -> Callable[[Command], Command]:
    """The options that several commands share, by name."""

    def decorate(command: Command) -> Command:
        for name in reversed(names):
            command = _SHARED[name](command)
        return command

    return decorate


_SHARED = {
    "project": click.option(
        "--project", type=click.Path(path_type=Path),
        help="The folder with figures/ and templates/ (default: here or above)."),
    "out": click.option(
        "--out", type=click.Path(path_type=Path),
        help="Where the site is written (default: site/, or site-<variant>/)."),
    "device": click.option(
        "--device", type=str, default="auto", show_default=True, metavar="auto|cpu|cuda|mps",
        help="Where to train. auto: a GPU for sweeps if there is one; else the CPU, faster for one small model."),
    "base-url": click.option(
        "--base-url", metavar="URL",
        help="The page's public address (default: base-url in reportgen.toml, if any)."),
    "quick": click.option("--quick", is_flag=True, help="Shrunken runs: the whole path, not the science."),
    "set": click.option(
        "--set", "assignments", multiple=True, metavar="EXPERIMENT.FIELD=VALUE",
        help="Change a setting and build a variant beside the real site; repeatable."),
    "only": click.option("--only", multiple=True, metavar="ID", help="Only this figure; repeatable."),
    "verbose": click.option("--verbose", "-v", is_flag=True, help="Say why each thing is made."),
    "quiet": click.option("--quiet", "-q", is_flag=True, help="Say nothing but warnings and errors."),
}  # fmt: skip


def open_plan(
    project: Path | None,
    quick: bool,
    assignments: tuple[str, ...],
    only: tuple[str, ...] = (),
    *,
    address: str | None = None,
) -> Plan:
    """The project with its settings, as the options give them. address: what --base-url says."""
    from reportgen.experiments.variants import read_settings
    from reportgen.files.address import base_url
    from reportgen.files.project import find_project
    from reportgen.pipeline.plan import Plan

    found = find_project(project)
    settings = replace(read_settings(quick, assignments), base_url=base_url(found.root, address))
    plan = Plan(found, settings, tuple(only))
    click.get_current_context().call_on_close(plan.memo.save)
    return plan


def say_first_look(plan: Plan) -> None:
    """A word before the silence in which a new project's stored runs are looked at."""
    if plan.memo.empty and plan.project.shipped_runs.is_dir():
        click.echo(
            "First look at the stored runs: facts and verdicts are worked out once, in about ten seconds.",
            err=True,
        )


def out_folder(plan: Plan, out: Path | None) -> Path:
    """Where the site goes."""
    return out if out is not None else plan.project.root / plan.settings.site_folder


def console_for(verbose: bool, quiet: bool) -> Console:
    """Who speaks to the person."""
    from reportgen.cli.console import Console

    return Console(quiet=quiet, verbose=verbose)
