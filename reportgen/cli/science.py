"""What trains, judges, compares and hands out runs: train, check, audit, compare, export."""

from dataclasses import asdict
from pathlib import Path

import click

from reportgen.cli.completion import experiments
from reportgen.cli.shell import Given, OutPath, options
from reportgen.errors import EXIT_FAILED


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=experiments)
@click.option(
    "--scheduler", metavar="ADDRESS", help="Train on the Dask cluster there, such as tcp://host:8786."
)
@options("device", "quick", "set", "project", "verbose", "quiet")
def train(given: Given, names: tuple[str, ...], scheduler: str | None) -> None:
    """Train experiments by name; without a name, all single runs.

    What is stored by today's code, or certified for it by an audit, is not trained again.

    \b
    Example:  reportgen train modular parity
              reportgen train parity-sweep        the 1,125 models of the phase diagram
              reportgen train parity-sweep --scheduler tcp://host:8786
    """
    from reportgen.experiments import experiment
    from reportgen.pipeline import build as pipeline

    plan = given.plan
    names = names or tuple(e.name for e in plan.settings.experiments.values() if e.single)
    for name in names:
        experiment(name)
    if not pipeline.train(plan, names, given.device, given.console, renew=True, scheduler=scheduler):
        given.console.say(f"Nothing to train: {', '.join(names)} already stored.")


@click.command()
@click.option("--strict", is_flag=True, help="Exit with 1 if any claim fails.")
@options("project", "out", "json")
def check(given: Given, strict: bool) -> None:
    """Judge every claim of the article on the stored runs, and print the scorecard.

    The same list is written into the site as claims.json, if there is a site.

    \b
    Example:  reportgen check
              reportgen check --strict        in a workflow that should stop when a claim fails
    """
    from reportgen.claims.verdicts import scorecard
    from reportgen.cli import as_json
    from reportgen.pipeline.build import judge

    given.say_first_look()
    verdicts = judge(given.plan, given.site)
    if given.as_json:
        as_json.echo([asdict(verdict) for verdict in verdicts])
    for line in [] if given.as_json else scorecard(verdicts):
        click.echo(line)
    if strict and any(verdict.holds is False for verdict in verdicts):
        raise click.exceptions.Exit(EXIT_FAILED)


@click.command()
@click.argument("name", shell_complete=experiments)
@click.option("--sample", type=int, default=8, show_default=True, help="How many runs to train again.")
@click.option("--sample-seed", type=int, default=0, show_default=True, help="Which random sample.")
@click.option("--certify", is_flag=True, help="Put a passed audit on record in runs/certificates.json.")
@options("device", "project", "quiet")
def audit(given: Given, name: str, sample: int, sample_seed: int, certify: bool) -> None:
    """Train a random sample of an experiment's stored runs again, here, and compare.

    Passes when the losses agree for the first 100 steps, and the outcome of 95 % of the runs. With
    --certify, shipped runs made by earlier code then count as good for today's.

    \b
    Example:  reportgen audit parity-sweep --sample 20
              reportgen audit modular-search --sample 4 --certify
    """
    from reportgen.pipeline import audit

    found = audit.audit(given.plan, name, sample, sample_seed, given.device, given.console)
    for line in audit.table(found):
        click.echo(line)
    audit.conclude(given.plan, found, certify, given.console)


@click.command()
@click.argument("a", shell_complete=experiments)
@click.argument("b", shell_complete=experiments)
@click.option(
    "--out", type=OutPath(path_type=Path, dir_okay=False),
    help="The chart's file, .svg, .png, .pdf or .json (default: compare-A-B.svg, here).",
)  # fmt: skip
@options("quick", "project", "json")
def compare(given: Given, a: str, b: str) -> None:
    """Compare two stored runs of one task: a table, and a chart of both.

    A run is named by its experiment; of several runs, by a seed or settings after a colon; a
    variant, by what --set changes after an @; or any stored run, by its folder or key, or
    by a file that a page gave.

    \b
    Example:  reportgen compare modular modular@weight_decay=0.3
              reportgen compare modular-search:7 modular-search:14 --out seeds.png
              reportgen compare parity parity-l2
    """
    from reportgen.cli import as_json
    from reportgen.compare import chart, table
    from reportgen.compare.run_names import find_run
    from reportgen.facts.run_table import measures, settings
    from reportgen.files.project import find_project
    from reportgen.store.run import Run

    out = given.out or chart.usual_name((a, b))
    chart.require_format(out)
    first, second = (find_run(find_project(given.project), name, quick=given.quick) for name in (a, b))
    if not isinstance(first, Run) or not isinstance(second, Run):
        for line in table.of_any(first, second, (a, b)):
            click.echo(line)
        return
    lines = list(table.table(first, second, (a, b)))
    chart.write(first, second, (a, b), out)
    if given.as_json:
        sides = {letter: {"name": name, "settings": settings(run.config), "measures": measures(run)}
                 for letter, name, run in (("a", a, first), ("b", b, second))}  # fmt: skip
        as_json.echo(sides | {"chart": out})
        return
    for line in [*lines, "", f"Wrote {out}."]:
        click.echo(line)


@click.command()
@click.argument("name", shell_complete=experiments)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="A file instead of standard output.",
)
@options("project")
def export(given: Given, name: str) -> None:
    """Write the stored runs of an experiment as CSV, one row per model.

    \b
    Example:  reportgen export parity-sweep > parity-sweep.csv
              reportgen export soften --out soften.csv
    """
    from reportgen.experiments import experiment
    from reportgen.facts import run_table as tables

    records = given.plan.experiments[experiment(name).name].records()
    runs = (run for record in records for run in record.contents())
    with click.open_file(str(given.out or "-"), "w", encoding="utf-8") as file:
        tables.write_csv(file, experiment(name), runs)
    if given.out and str(given.out) != "-":
        click.echo(f"Wrote {given.out}.")
