"""The claims of a project: those of the article, if it uses that, and those in its folder claims/."""

from reportgen.claims import sections  # noqa: F401 – it fills the registry
from reportgen.claims.registry import OWN, judged
from reportgen.files.hashing import key_of
from reportgen.files.own_folders import keys, loading, modules
from reportgen.files.project import Project
from reportgen.files.project_file import ARTICLE, uses

HINT = "Mend the claim, then try it: reportgen check"
_entered = ""  # whose they are now


def enter(project: Project) -> None:
    """From now on claims are this project's. Raises ReportError for a file that fails, naming its line."""
    global _entered
    wanted = key_of([str(project.root), uses(project.root), keys(project.claims)])
    if wanted == _entered:
        return
    leave()
    judged.article = ARTICLE in uses(project.root)
    if files := modules(project.claims):
        judged.own = True
        try:
            with loading(project.root, HINT) as load:
                for file in files:
                    load(file)
        finally:
            judged.own = False
    _entered = wanted


def leave() -> None:
    """They are the article's again."""
    global _entered
    _entered = ""
    judged.article = True
    OWN.clear()
