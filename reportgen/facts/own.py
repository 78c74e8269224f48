"""The facts of a project: those of the article, if it uses that, and those in its folder facts/."""

from reportgen.facts.registry import OWN_OF_NO_RUN, OWN_OF_RUN, OWN_OF_SWEEP, shown
from reportgen.files.hashing import key_of
from reportgen.files.own_folders import keys, loading, modules
from reportgen.files.project import Project
from reportgen.files.project_file import ARTICLE, uses

HINT = "Mend the facts, then try them: reportgen check"
_entered = ""  # whose they are now


def enter(project: Project) -> None:
    """From now on facts are this project's. Raises ReportError for a file that fails, naming its line."""
    global _entered
    wanted = key_of([str(project.root), uses(project.root), keys(project.facts)])
    if wanted == _entered:
        return
    leave()
    shown.article = ARTICLE in uses(project.root)
    if files := modules(project.facts):
        shown.own = True
        try:
            with loading(project.root, HINT) as load:
                for file in files:
                    load(file)
        finally:
            shown.own = False
    _entered = wanted


def leave() -> None:
    """They are the article's again."""
    global _entered
    _entered = ""
    shown.article = True
    for registry in (OWN_OF_RUN, OWN_OF_SWEEP, OWN_OF_NO_RUN):
        registry.clear()
