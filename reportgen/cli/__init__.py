"""The commands: parse, call one function, print."""

import signal
from pathlib import Path

import click

from reportgen.cli.shell import Commands, console_for, open_build, options, out_folder
from reportgen.errors import EXIT_FAILED


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

    job, console = open_build(project, quick, assignments, only), console_for(verbose, quiet)
    out = out_folder(job, out)
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
@click.option(
    "--scheduler", metavar="ADDRESS", help="Train on the Dask cluster there, such as tcp://host:8786."
)
@options("device", "quick", "set", "project", "verbose", "quiet")
def train(names, scheduler, device, quick, assignments, project, verbose, quiet):
    """Train experiments by name; without a name, all single runs.

    What is stored by today's code, or certified for it by an audit, is not trained again.

    \b
    Example:  reportgen train modular parity
              reportgen train parity-sweep        the 1,125 models of the phase diagram
              reportgen train parity-sweep --scheduler tcp://host:8786
    """
    from reportgen import pipeline
    from reportgen.experiments import experiment

    job, console = open_build(project, quick, assignments), console_for(verbose, quiet)
    names = names or tuple(e.name for e in job.settings.experiments.values() if e.single)
    for name in names:
        experiment(name)
    if not pipeline.train(job, names, device, console, renew=True, scheduler=scheduler):
        console.say(f"Nothing to train: {', '.join(names)} already stored.")


@main.command()
@click.option("--strict", is_flag=True, help="Exit with 1 if any claim fails.")
@options("project", "out")
def check(strict, project, out):
    """Judge every claim of the article on the stored runs, and print the scorecard.

    The same list is written into the site as claims.json, if there is a site.

    \b
    Example:  reportgen check
              reportgen check --strict        in a workflow that should stop when a claim fails
    """
    from reportgen.claims import scorecard
    from reportgen.pipeline import judge

    job = open_build(project, False, ())
    verdicts = judge(job, out_folder(job, out))
    for line in scorecard(verdicts):
        click.echo(line)
    if strict and any(verdict.holds is False for verdict in verdicts):
        raise click.exceptions.Exit(EXIT_FAILED)


@main.command()
@click.argument("name")
@click.option("--sample", type=int, default=8, show_default=True, help="How many runs to train again.")
@click.option("--sample-seed", type=int, default=0, show_default=True, help="Which random sample.")
@click.option("--certify", is_flag=True, help="Put a passed audit on record in runs/certificates.json.")
@options("device", "project", "quiet")
def audit(name, sample, sample_seed, certify, device, project, quiet):
    """Train a random sample of an experiment's stored runs again, here, and compare.

    Passes when the losses agree for the first 100 steps, and the outcome of 95 % of the runs. With
    --certify, shipped runs made by earlier code then count as good for today's.

    \b
    Example:  reportgen audit parity-sweep --sample 20
              reportgen audit modular-search --sample 4 --certify
    """
    from reportgen import auditing

    job, console = open_build(project, False, ()), console_for(False, quiet)
    found = auditing.audit(job, name, sample, sample_seed, device, console)
    for line in auditing.table(found):
        click.echo(line)
    auditing.conclude(job, found, certify, console)


@main.command()
@click.argument("name")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of standard output."
)
@options("project")
def export(name, out, project):
    """Write the stored runs of an experiment as CSV, one row per model.

    \b
    Example:  reportgen export parity-sweep > parity-sweep.csv
              reportgen export soften --out soften.csv
    """
    from reportgen import export as tables
    from reportgen.experiments import experiment

    records = open_build(project, False, ()).records(experiment(name))
    runs = (run for record in records for run in record.runs())
    with click.open_file(str(out or "-"), "w", encoding="utf-8") as file:
        tables.write_csv(file, name, experiment(name).configs, runs)
    if out:
        click.echo(f"Wrote {out}.")


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

    job, console = open_build(project, quick, assignments, ids), console_for(verbose, quiet)
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

    job, console = open_build(project, quick, assignments), console_for(verbose, quiet)
    out = out_folder(job, out)
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

    job = open_build(project, quick, assignments)
    for line in report(job, out_folder(job, out)):
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

    found = find_removable(open_build(project, False, ()), stale_only=stale)
    for item in found:
        click.echo(f"{size(item.size):>9}  {item.path}  ({item.what})")
    click.echo(f"{size(sum(item.size for item in found)):>9}  in {len(found)} places")
    if not found or dry_run:
        return
    if yes or click.confirm("Remove them?"):
        remove(found)
        click.echo("Removed.")
