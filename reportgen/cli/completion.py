"""What the shell offers when Tab is pressed: figures of the project, experiments, sections, modules of claims.

Offering is a courtesy: where there is no project, or one that cannot be read, nothing is offered.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from reportgen.errors import ReportError

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _offering(names: Callable[[click.Context], Iterable[str]]) -> Complete:
    """A completion that offers those of the names that begin as what was typed."""

    def complete(context: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
        try:
            return [CompletionItem(name) for name in names(context) if name.startswith(typed)]
        except (ReportError, OSError):
            return []

    return complete


def _in_project(folder: str, pattern: str) -> Callable[[click.Context], list[str]]:
    """The stems of files in a folder of the project that is meant."""

    def stems(context: click.Context) -> list[str]:
        from reportgen.files.project import find_project

        given = context.params.get("project")
        files = (find_project(Path(given) if given else None).root / folder).glob(pattern)
        return sorted(file.stem for file in files if not file.name.startswith((".", "_")))

    return stems


def _experiments(context: click.Context) -> Iterable[str]:
    from reportgen.experiments import EXPERIMENTS
    from reportgen.files.project import find_project
    from reportgen.pipeline.plan import opened

    with suppress(ReportError):  # outside of a project, those of the article
        given = context.params.get("project")
        opened(find_project(Path(given) if given else None))
    return EXPERIMENTS


def _claim_modules(_: click.Context) -> list[str]:
    folder = Path(__file__).parent.parent / "claims" / "sections"
    return sorted(file.stem for file in folder.glob("[a-z]*.py"))


figure_ids = _offering(_in_project("figures", "*.py"))
sections = _offering(_in_project("templates/sections", "*.md"))
experiments = _offering(_experiments)
claim_modules = _offering(_claim_modules)
