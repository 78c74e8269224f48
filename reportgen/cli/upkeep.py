"""What looks after a project: status, clean."""

import click

from reportgen.cli.shell import Given, options, sure

REMOVABLE = {
    "state": "local runs and caches",
    "site": "built site",
    "run": "run of earlier code, or not used for a month",
    "drawing": "drawing of earlier code or runs",
    "leftover": "left by a build that was interrupted",
}


@click.command()
@click.option(
    "--why", is_flag=True, help="Every change by itself, from what to what, and what a build would cost."
)
@options("quick", "set", "base-url", "project", "out", "json")
def status(given: Given, why: bool) -> None:
    """Say for every run, figure and page: fresh, stale, missing or damaged, and why.

    \b
    Example:  reportgen status
              reportgen status --why
              reportgen status --set modular.seed=3     what that variant would train
    """
    from reportgen.cli import as_json
    from reportgen.cli.states import status as listed

    given.say_first_look()
    if given.as_json:
        as_json.echo(list(as_json.status(given.plan, given.site)))
        return
    for line in listed(given.plan, given.site, why=why):
        click.echo(line)


@click.command()
@click.option(
    "--stale", is_flag=True, help="Only what no build can use any more, or none has used for a month."
)
@click.option("--dry-run", is_flag=True, help="Show what would be removed, remove nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options("project")
def clean(given: Given, stale: bool, dry_run: bool, yes: bool) -> None:
    """Remove what the program made: local runs, drawings, built sites. Shows how much, then asks.

    Runs under runs/, which travel with the repository, stay. It waits for no build: while one runs,
    nothing is removed.

    \b
    Example:  reportgen clean --stale
              reportgen clean --dry-run
    """
    from reportgen.pipeline import cleaning, occupancy
    from reportgen.wording.numbers import size

    find = cleaning.stale if stale else cleaning.everything
    found = list(find(given.plan))
    for item in found:
        click.echo(f"{size(item.size):>9}  {item.path}  ({REMOVABLE[item.kind.value]})")
    click.echo(f"{size(sum(item.size for item in found)):>9}  in {len(found)} places")
    if not found or dry_run:
        return
    if yes or sure("Remove them?", f"clean{' --stale' * stale}"):
        with occupancy.alone(given.plan.project):
            still = {item.path for item in find(given.plan.again())}  # a build may have used some meanwhile
            for item in found:
                if item.path in still:
                    item.remove()
        click.echo("Removed.")
