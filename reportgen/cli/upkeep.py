"""What looks after a project: status, clean."""

import click

from reportgen.cli.shell import open_build, options, out_folder


@click.command()
@click.option(
    "--why", is_flag=True, help="Every change by itself, from what to what, and what a build would cost."
)
@options("quick", "set", "base-url", "project", "out")
def status(why, quick, assignments, base_url, project, out):
    """Say for every run, figure and page: fresh, stale, missing or damaged, and why.

    \b
    Example:  reportgen status
              reportgen status --why
              reportgen status --set modular.seed=3     what that variant would train
    """
    from reportgen.pipeline.status import report

    job = open_build(project, quick, assignments, address=base_url)
    for line in report(job, out_folder(job, out), why=why):
        click.echo(line)


@click.command()
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
    from reportgen.cli.console import size
    from reportgen.pipeline.cleaning import find_removable, remove

    found = find_removable(open_build(project, False, ()), stale_only=stale)
    for item in found:
        click.echo(f"{size(item.size):>9}  {item.path}  ({item.what})")
    click.echo(f"{size(sum(item.size for item in found)):>9}  in {len(found)} places")
    if not found or dry_run:
        return
    if yes or click.confirm("Remove them?"):
        remove(found)
        click.echo("Removed.")
