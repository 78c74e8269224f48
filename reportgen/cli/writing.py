"""What helps while writing figures, sections and code: serve, new."""

import click

from reportgen.cli.completion import claim_modules, sections
from reportgen.cli.shell import Given, options


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The port; by default the first free one from 8000."
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@options("device", "quick", "set", "base-url", "project", "quiet")
def serve(given: Given, port: int | None, open_page: bool) -> None:
    """Show the page at http://localhost:8000, built again on every change.

    Builds first, then watches figures/, templates/, runs/ and the program's code. Open pages load
    themselves again, where they were scrolled to; an error is shown in the page and here.

    \b
    Example:  reportgen serve --open
              reportgen serve --quick --port 8765
    """
    from reportgen.share.serve import serve as show

    sets = [f"--set={text}" for text in given.assignments]
    sets += [
        f"--device={given.device}",
        *([] if given.base_url is None else [f"--base-url={given.base_url}"]),
    ]
    again = [*["--quick"] * given.quick, *["--quiet"] * given.quiet, *sets]
    show(given.plan.project, given.site, again, port=port, open_page=open_page, say=given.console.say)


@click.command()
@click.argument("kind", type=click.Choice(["figure", "section", "experiment", "fact", "claim"]))
@click.argument("name")
@click.option(
    "--after",
    metavar="SECTION",
    shell_complete=sections,
    help="A section: put it behind this one, instead of before the appendix.",
)
@click.option(
    "--section",
    metavar="MODULE",
    shell_complete=claim_modules,
    help="A claim: its module in reportgen/claims/sections/ (default: the first).",
)
@options("project")
def new(given: Given, kind: str, name: str, after: str | None, section: str | None) -> None:
    """Write a working, commented start for a figure, a section, an experiment, a fact or a claim.

    Each is a new file in the project's folder for it. In a clone of this program's repository,
    experiments and claims go into its own code. Nothing is ever overwritten.

    \b
    Example:  reportgen new figure weight_norm
              reportgen new section weights-shrink --after 02
              reportgen new experiment modular-fast
              reportgen new claim weights_shrink --section inside
    """
    from reportgen.scaffold.new import start

    wishes = {"after": after, "section": section}
    wished = {option: value for option, value in wishes.items() if value is not None}
    started = start(given.plan.project, kind, name, **wished)
    for file in started.files:
        click.echo(f"Wrote {file}.")
    click.echo(started.next_step)
