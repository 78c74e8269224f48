"""What looks after a project: status, clean."""

from pathlib import Path

import click

from reportgen.cli.shell import open_plan, options, out_folder, say_first_look

REMOVABLE = {
    "state": "local runs and caches",
    "site": "built site",
    "run": "run of earlier code or settings",
    "drawing": "drawing of earlier code or runs",
}


@click.command()
@click.option(
    "--why", is_flag=True, help="Every change by itself, from what to what, and what a build would cost."
)
@options("quick", "set", "base-url", "project", "out")
def status(
    why: bool,
    quick: bool,
    assignments: tuple[str, ...],
    base_url: str | None,
    project: Path | None,
    out: Path | None,
) -> None:
    """Say for every run, figure and page: fresh, stale, missing or damaged, and why.

    \b
    Example:  reportgen status
              reportgen status --why
              reportgen status --set modular.seed=3     what that variant would train
    """
    from reportgen.cli.states import status as listed

    plan = open_plan(project, quick, assignments, address=base_url)
    say_first_look(plan)
    for line in listed(plan, out_folder(plan, out), why=why):
        click.echo(line)


@click.command()
@click.option(
    "--stale", is_flag=True, help="Only runs and drawings of earlier code or settings, variants too."
)
@click.option("--dry-run", is_flag=True, help="Show what would be removed, remove nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options("project")
def clean(stale: bool, dry_run: bool, yes: bool, project: Path | None) -> None:
    """Remove what the program made: local runs, drawings, built sites. Shows how much, then asks.

    Runs under runs/, which travel with the repository, stay.

    \b
    Example:  reportgen clean --stale
              reportgen clean --dry-run
    """
    from reportgen.pipeline import cleaning
    from reportgen.wording.numbers import size

    plan = open_plan(project, False, ())
    found = list(cleaning.stale(plan) if stale else cleaning.everything(plan))
    for item in found:
        click.echo(f"{size(item.size):>9}  {item.path}  ({REMOVABLE[item.kind.value]})")
    click.echo(f"{size(sum(item.size for item in found)):>9}  in {len(found)} places")
    if not found or dry_run:
        return
    if yes or click.confirm("Remove them?"):
        cleaning.remove(found)
        click.echo("Removed.")
