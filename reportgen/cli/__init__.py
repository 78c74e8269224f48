"""The commands: parse, call one function, print. Here they are put in the order in which one uses them.

May import: everything. Begin with shell.py (errors, options), then pages.py (build).
"""

import atexit
import gc
import signal

import click

from reportgen.cli import pages, public, science, upkeep, writing
from reportgen.cli.shell import Commands


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96})
@click.version_option(package_name="reportgen")
@click.option("--traceback", is_flag=True, help="Show where an error came from.")
def main(traceback: bool) -> None:
    """Train the experiments of a study of grokking, draw its figures, build its page.

    \b
    Example:  reportgen build            everything that is missing or stale
              reportgen build --quick    the whole path in under a minute
              reportgen status           what is fresh, stale or missing, and why
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job started with & would ignore it
    for kind in ("SIGTERM", "SIGHUP"):  # asked to end, or the terminal was closed: stop as gently as Ctrl-C
        if (
            hasattr(signal, kind) and signal.getsignal(getattr(signal, kind)) != signal.SIG_IGN
        ):  # nohup ignores it
            signal.signal(getattr(signal, kind), signal.default_int_handler)
    gc.set_threshold(50_000)  # a figure holds 500,000 numbers until it is drawn: looked at less often
    atexit.register(gc.freeze)  # and not once more on leaving, when the system takes back everything


for _command in (
    public.init,
    pages.build,
    writing.serve,
    science.train,
    science.check,
    science.audit,
    science.compare,
    science.export,
    pages.figures,
    pages.site,
    pages.bundle,
    writing.new,
    public.publish,
    upkeep.status,
    upkeep.clean,
):
    main.add_command(_command)
