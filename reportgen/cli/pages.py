"""What makes figures and pages: build, figures, site, bundle."""

from dataclasses import replace
from pathlib import Path

import click

from reportgen.cli.completion import figure_ids
from reportgen.cli.shell import Given, options
from reportgen.errors import EXIT_STALE, ReportError


@click.command()
@click.option(
    "--dry-run", is_flag=True, help="Say what would be made, why, and how long it takes; make nothing."
)
@click.option(
    "--frozen", is_flag=True, help="Make nothing; exit with 3 and a list if anything is not up to date."
)
@click.option(
    "--keep-going", is_flag=True, help="Write the page although a figure fails, with its error in its place."
)
@options("device", "only", "quick", "set", "base-url", "project", "out", "verbose", "quiet")
def build(given: Given, dry_run: bool, frozen: bool, keep_going: bool) -> None:
    """Train what is missing, draw what is stale, write the page.

    With --only, train and draw just what that figure needs; the page is not written.

    \b
    Example:  reportgen build --only modular_weights
              reportgen build --set modular.weight_decay=0.3
              reportgen build --frozen        in a workflow: is everything up to date?
    """
    from reportgen.cli import news, states
    from reportgen.pipeline import build as pipeline

    plan, out = given.plan, given.site
    if dry_run or frozen:
        given.say_first_look()
    if dry_run:
        for line in states.forecast(plan, out):
            click.echo(line)
    elif frozen:
        lines, fine = news.not_current(plan, out)
        if lines:
            listed = "".join(f"\n  {line}" for line in lines)
            hint = f"Run: reportgen build{plan.settings.options}"
            raise ReportError(f"Not up to date:{listed}", hint=hint, exit_code=EXIT_STALE)
        given.console.say(fine)
    else:
        pipeline.build(plan, out, given.device, given.console, keep_going=keep_going)


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=figure_ids)
@click.option("--format", "formats", multiple=True, default=("svg",), show_default=True,
              type=click.Choice(["svg", "png", "pdf", "json", "csv"]), help="File format; repeatable.")  # fmt: skip
@click.option("--step", type=int, help="Draw this training step instead of the usual frames.")
@options("quick", "set", "project", "figures-out", "verbose", "quiet")
def figures(given: Given, ids: tuple[str, ...], formats: tuple[str, ...], step: int | None) -> None:
    """Write figures as files, without the site; their runs must be trained.

    \b
    Example:  reportgen figures modular_weights --format png --format csv
              reportgen figures modular_weights --step 2000 --format pdf
    """
    from reportgen.pipeline import build as pipeline

    plan, folder = replace(given, only=ids, out=None).plan, given.out or Path("figures-out")
    for path in pipeline.export(plan, formats, step, folder, given.console):
        given.console.say(f"Wrote {path}.")


@click.command()
@options("quick", "set", "base-url", "project", "out", "verbose", "quiet")
def site(given: Given) -> None:
    """Draw what is stale and write the page, from runs that are already trained.

    \b
    Example:  reportgen site --out /tmp/preview
    """
    from reportgen.pipeline import build as pipeline

    if not pipeline.update_site(given.plan, given.site, given.console):
        given.console.up_to_date(given.site)


@click.command()
@click.option("--format", "formats", multiple=True, default=("html", "pdf"), show_default=True,
              type=click.Choice(["html", "pdf"]), help="File format; repeatable.")  # fmt: skip
@click.option("--chromium", type=click.Path(path_type=Path), metavar="PATH",
              help="The Chromium or Chrome that prints the PDF (default: one that is installed).")  # fmt: skip
@options("quick", "set", "base-url", "project", "bundle-out", "verbose", "quiet")
def bundle(given: Given, formats: tuple[str, ...], chromium: Path | None) -> None:
    """Write the whole page as one HTML file, and as a PDF to print.

    Brings the site up to date first.

    \b
    Example:  reportgen bundle
              reportgen bundle --format html --out ../share
    """
    from reportgen.pipeline import build as pipeline
    from reportgen.share import bundle

    usual, out = replace(given, out=None), given.out or Path("bundle-out")
    plan, site = usual.plan, usual.site
    pipeline.update_site(plan, site, given.console)
    name = plan.settings.site_folder.replace("site", "article", 1)
    for path in bundle.bundle(site, out, name, formats, chromium):
        given.console.made(path)
