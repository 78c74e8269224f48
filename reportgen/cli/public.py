"""What brings a project into the world: init makes one, publish shows it."""

from pathlib import Path

import click

from reportgen.cli.shell import Given, options, sure


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=".", metavar="[FOLDER]")
@click.option(
    "--example",
    metavar="NAME",
    help="What to begin with: double-descent (default), grokking, or another example.",
)
def init(folder: Path, example: str | None) -> None:
    """Make a project: a small article with one experiment, yours to change.

    Into FOLDER, which is made if it is not there, or the folder you are in. Nothing is overwritten.
    `--example grokking` brings this program's own article with its figures and trained sweeps.

    \b
    Example:  reportgen init my-report
              reportgen init my-report --example grokking
    """
    from reportgen.scaffold.init import USUAL, start_project

    for line in start_project(folder, example or USUAL):
        click.echo(line)


@click.command()
@click.option("--remote", default="origin", show_default=True, help="Which of Git's remotes.")
@click.option("--branch", default="gh-pages", show_default=True, help="Which branch there.")
@click.option("--dry-run", is_flag=True, help="Show what would be published, publish nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before the first push to a remote; for workflows.")
@options("base-url", "project", "out", "quiet")
def publish(given: Given, remote: str, branch: str, dry_run: bool, yes: bool) -> None:
    """Push the built site to a branch from which GitHub Pages shows it.

    Only the real site, as a build would write it now; never one of --quick or --set. Files that
    somebody else put on the branch stay. The first push to a remote is asked about.

    \b
    Example:  reportgen publish --dry-run
              reportgen publish --remote upstream --branch pages
    """
    from reportgen.cli.states import reason
    from reportgen.share import publish

    say = click.echo if dry_run else given.console.say  # --quiet must not silence what was asked for
    page = given.plan.page(given.site)
    publish.publish(
        page, remote=remote, branch=branch, dry_run=dry_run, say=say, why=reason,
        may=lambda question: yes or sure(question, "publish", terminal=True),
    )  # fmt: skip
