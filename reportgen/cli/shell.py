"""What the commands share: errors as two lines and an exit code, and the options of several."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from reportgen.cli.completion import figure_ids
from reportgen.cli.terminal import any_text
from reportgen.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, ReportError

if TYPE_CHECKING:
    from reportgen.cli.console import Console
    from reportgen.pipeline.plan import Plan

Command = Callable[..., Any]


class Commands(click.Group):
    """Shows commands in the order one uses them, and translates errors once."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(self.commands)

    def main(self, *args: Any, **options: Any) -> Any:
        with any_text():
            return super().main(*args, **options)

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


def sure(question: str, command: str, *, terminal: bool = False) -> bool:
    """Ask; whether the answer is yes. terminal: only a person may answer, no pipe.

    Raises ReportError where nobody can answer.
    """
    with suppress(click.Abort):  # the input ended
        if sys.stdin is not None and (sys.stdin.isatty() or not terminal):
            return click.confirm(question)
    raise ReportError(
        f"{question} Nobody is there to answer.", hint=f"Say yes beforehand: reportgen {command} --yes"
    )


@dataclass(frozen=True)
class Given:
    """What the shared options say; one that a command does not have is as if it was not given."""

    project: Path | None = None
    out: Path | None = None
    device: str = "auto"
    base_url: str | None = None
    quick: bool = False
    assignments: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    verbose: bool = False
    quiet: bool = False
    as_json: bool = False

    @cached_property
    def plan(self) -> Plan:
        """The project with its settings."""
        from reportgen.files.address import base_url
        from reportgen.files.project import find_project
        from reportgen.pipeline.page import BuiltSite
        from reportgen.pipeline.plan import opened

        project = find_project(self.project)
        found = opened(project, quick=self.quick, assignments=self.assignments, only=self.only)
        settings = found.settings
        if self.base_url is None:
            address = BuiltSite(project, self.out or project.root / settings.site_folder).address
        else:
            address = base_url(project.root, self.base_url)
        plan = replace(found, settings=replace(settings, base_url=address))
        click.get_current_context().call_on_close(plan.memo.save)
        return plan

    @property
    def site(self) -> Path:
        """Where the site goes."""
        return self.out or self.plan.project.root / self.plan.settings.site_folder

    @cached_property
    def console(self) -> Console:
        """Who is told how the work goes on."""
        from reportgen.cli.console import Console

        return Console(quiet=self.quiet, verbose=self.verbose)

    def say_first_look(self) -> None:
        """A word before the silence in which a new project's stored runs are looked at."""
        if not self.quiet and self.plan.memo.empty and any(self.plan.project.shipped_runs.glob("*.*/")):
            click.echo("First look at the stored runs: it takes about ten seconds, once.", err=True)


def options(*names: str) -> Callable[[Command], Command]:
    """Options that several commands share, by name; the command is given what they say as its first argument."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def called(**values: Any) -> None:
            shared = {field.name: values.pop(field.name) for field in fields(Given) if field.name in values}
            command(Given(**shared), **values)

        decorated: Command = called
        for name in reversed(names):
            decorated = _SHARED[name](decorated)
        return decorated

    return decorate


class OutPath(click.Path):
    """A place to write to. "-" would be a file or folder of that name, and nobody means that."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if str(value) == "-":
            self.fail("this is written to files, not to standard output; name one.", param, ctx)
        return super().convert(value, param, ctx)


def _folder(usual: str) -> Callable[[Command], Command]:
    """--out of a command that writes files of its own."""
    return click.option(
        "--out", type=OutPath(path_type=Path), help=f"The folder for the files (default: {usual}/, here)."
    )


_SHARED: dict[str, Callable[[Command], Command]] = {
    "project": click.option(
        "--project", type=click.Path(path_type=Path),
        help="The folder with figures/ and templates/ (default: here or above)."),
    "out": click.option(
        "--out", type=OutPath(path_type=Path),
        help="Where the site is (default: site/, or site-<variant>/)."),
    "figures-out": _folder("figures-out"),
    "bundle-out": _folder("bundle-out"),
    "json": click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of lines to read."),
    "device": click.option(
        "--device", type=str, default="auto", show_default=True, metavar="auto|cpu|cuda|mps",
        help="Where to train. auto: a GPU for sweeps if there is one; else the CPU, faster for one small model."),
    "base-url": click.option(
        "--base-url", metavar="URL",
        help="The page's public address, kept for this site until another is given, \"\" for none "
             "(default: base-url in reportgen.toml, if any)."),
    "quick": click.option("--quick", is_flag=True, help="Shrunken runs: the whole path, not the science."),
    "set": click.option(
        "--set", "assignments", multiple=True, metavar="EXPERIMENT.FIELD=VALUE",
        help="Change a setting and build a variant beside the real site; repeatable."),
    "only": click.option("--only", multiple=True, metavar="ID", shell_complete=figure_ids, help="Only this figure; repeatable."),
    "verbose": click.option("--verbose", "-v", is_flag=True, help="Say why each thing is made."),
    "quiet": click.option("--quiet", "-q", is_flag=True, help="Say nothing but warnings and errors."),
}  # fmt: skip
