"""The commands: parse, call one function, print. Errors become two lines and an exit code."""

import errno
import signal
import sys
from pathlib import Path

import click

from reportgen.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, ReportError


class Commands(click.Group):
    """Shows commands in the order one uses them, and translates errors once."""

    def list_commands(self, context):
        return list(self.commands)

    def invoke(self, context):
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

    def parse_args(self, context, args):
        try:
            return super().parse_args(context, args)
        except click.UsageError as error:
            if not args:  # no command at all: Click shows the help
                raise
            return _stop_usage(error)


def _stop_usage(error: click.UsageError) -> None:
    command = error.ctx.command_path if error.ctx else "reportgen"
    _stop(error.format_message().replace("\n", " "), f"See: {command} --help", EXIT_USAGE)


def _stop(message: str, hint: str, exit_code: int) -> None:
    click.echo(f"Error: {message}\n{hint}", err=True)
    sys.exit(exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96})
@click.version_option(package_name="reportgen")
@click.option("--traceback", is_flag=True, help="Show where an error came from.")
def main(traceback):
    """Train the experiments of a study of grokking, draw its figures, build its page.

    \b
    Example:  reportgen build            everything that is missing or stale
              reportgen build --quick    the whole path in under a minute
              reportgen status           what is fresh, stale or missing, and why
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job started with & would ignore it
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stop as gently as Ctrl-C


def options(*names):
    """The options that several commands share, by name."""

    def decorate(command):
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
        help="Where to train. auto: the CPU, which is faster for these small models."),
    "quick": click.option("--quick", is_flag=True, help="Shrunken runs: the whole path, not the science."),
    "set": click.option(
        "--set", "assignments", multiple=True, metavar="EXPERIMENT.FIELD=VALUE",
        help="Change a setting and build a variant beside the real site; repeatable."),
    "only": click.option("--only", multiple=True, metavar="ID", help="Only this figure; repeatable."),
    "verbose": click.option("--verbose", "-v", is_flag=True, help="Say why each thing is made."),
    "quiet": click.option("--quiet", "-q", is_flag=True, help="Say nothing but warnings and errors."),
}  # fmt: skip


@main.command()
@options("device", "only", "quick", "set", "project", "out", "verbose", "quiet")
def build(device, only, quick, assignments, project, out, verbose, quiet):
    """Train what is missing, draw what is stale, write the page.

    With --only, train and draw just what that figure needs; the page is not written.

    \b
    Example:  reportgen build --only modular_weights
              reportgen build --set modular.weight_decay=0.3
    """
    from reportgen import pipeline

    job, console = _build(project, quick, assignments, only), _console(verbose, quiet)
    out = _out(job, out)
    pipeline.prepare_out(out)
    names = list(job.experiments((job.wanted if only else job.sources).values()))
    pipeline.train(job, names, device, console)
    pipeline.draw(job, console)
    if only:
        console.say(f"Drawn: {', '.join(job.wanted)}. Run reportgen build to write the page.")
    elif not pipeline.write(job, out, console):
        console.say(f"{out} is up to date.")


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@options("device", "quick", "set", "project", "verbose", "quiet")
def train(names, device, quick, assignments, project, verbose, quiet):
    """Train experiments by name; without a name, all single runs.

    \b
    Example:  reportgen train modular parity
              reportgen train modular-search      every seed that was tried for modular
    """
    from reportgen import pipeline
    from reportgen.experiments import experiment

    job, console = _build(project, quick, assignments), _console(verbose, quiet)
    names = names or tuple(e.name for e in job.settings.experiments.values() if e.single)
    for name in names:
        experiment(name)
    if not pipeline.train(job, names, device, console):
        console.say(f"Nothing to train: {', '.join(names)} already stored.")


@main.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--format", "formats", multiple=True, default=("svg",), show_default=True,
              type=click.Choice(["svg", "png", "pdf", "json", "csv"]), help="File format; repeatable.")  # fmt: skip
@click.option("--step", type=int, help="Draw this training step instead of the usual frames.")
@options("quick", "set", "project", "out", "verbose", "quiet")
def figures(ids, formats, step, quick, assignments, project, out, verbose, quiet):
    """Write figures as files, without the site; their runs must be trained.

    Files go to --out, by default figures-out/.

    \b
    Example:  reportgen figures modular_weights --format png --format csv
              reportgen figures modular_weights --step 2000 --format pdf
    """
    from reportgen import pipeline

    job, console = _build(project, quick, assignments, ids), _console(verbose, quiet)
    for path in pipeline.export(job, formats, step, out or Path("figures-out"), console):
        console.say(f"Wrote {path}.")


@main.command()
@options("quick", "set", "project", "out", "verbose", "quiet")
def site(quick, assignments, project, out, verbose, quiet):
    """Draw what is stale and write the page, from runs that are already trained.

    \b
    Example:  reportgen site --out /tmp/preview
    """
    from reportgen import pipeline

    job, console = _build(project, quick, assignments), _console(verbose, quiet)
    out = _out(job, out)
    pipeline.prepare_out(out)
    pipeline.draw(job, console)
    if not pipeline.write(job, out, console):
        console.say(f"{out} is up to date.")


@main.command()
@options("quick", "set", "project", "out")
def status(quick, assignments, project, out):
    """Say for every run, figure and page: fresh, stale, missing or damaged, and why.

    \b
    Example:  reportgen status
              reportgen status --set modular.seed=3     what that variant would train
    """
    from reportgen.report import report

    job = _build(project, quick, assignments)
    for line in report(job, _out(job, out)):
        click.echo(line)


@main.command()
@click.option(
    "--stale", is_flag=True, help="Only runs and drawings of earlier code or settings, variants too."
)
@click.option("--dry-run", is_flag=True, help="Show what would be removed, remove nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options("project")
def clean(stale, dry_run, yes, project):
    """Remove what the program made: local runs, drawings, built sites. Shows how much, then asks.

    Runs under runs/, which travel with the repository, stay.

    \b
    Example:  reportgen clean --stale
              reportgen clean --dry-run
    """
    from reportgen.cleaning import find_removable, remove
    from reportgen.progress import size

    found = find_removable(_build(project, False, ()), stale_only=stale)
    for item in found:
        click.echo(f"{size(item.size):>9}  {item.path}  ({item.what})")
    click.echo(f"{size(sum(item.size for item in found)):>9}  in {len(found)} places")
    if not found or dry_run:
        return
    if yes or click.confirm("Remove them?"):
        remove(found)
        click.echo("Removed.")


def _build(project, quick, assignments, only=()):
    from reportgen.pipeline import Build
    from reportgen.project import find_project
    from reportgen.settings import read_settings

    return Build(find_project(project), read_settings(quick, assignments), tuple(only))


def _out(build, out):
    return out if out is not None else build.project.root / build.settings.site_folder


def _console(verbose, quiet):
    from reportgen.progress import Console

    return Console(quiet=quiet, verbose=verbose)
