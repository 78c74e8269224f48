"""Where things are: figures, templates, runs, state and output of one project."""

from dataclasses import dataclass
from pathlib import Path

from reportgen.errors import ReportError


@dataclass(frozen=True)
class Project:
    """A folder with figures/ and templates/; everything else hangs off it."""

    root: Path

    @property
    def figures(self) -> Path:
        return self.root / "figures"

    @property
    def templates(self) -> Path:
        return self.root / "templates"

    @property
    def experiments(self) -> Path:
        """Its own experiments; a project may have none."""
        return self.root / "experiments"

    @property
    def facts(self) -> Path:
        """Its own facts; a project may have none."""
        return self.root / "facts"

    @property
    def claims(self) -> Path:
        """Its own claims; a project may have none."""
        return self.root / "claims"

    @property
    def static(self) -> Path:
        """Files that go into the site as they are; a project may have none."""
        return self.root / "static"

    @property
    def shipped_runs(self) -> Path:
        """Trained sweeps that travel with the repository; a build only reads them."""
        return self.root / "runs"

    @property
    def citation(self) -> Path:
        """How to cite the project, in the Citation File Format; a project may have none."""
        return self.root / "CITATION.cff"

    @property
    def state(self) -> Path:
        """Local runs and caches: safe to delete."""
        return self.root / ".reportgen"

    @property
    def local_runs(self) -> Path:
        return self.state / "runs"

    @property
    def audited_runs(self) -> Path:
        """Runs that were trained again, to be compared."""
        return self.state / "audits" / "runs"

    @property
    def drawn(self) -> Path:
        return self.state / "figures"

    @property
    def pages(self) -> Path:
        """What each output folder was built from."""
        return self.state / "pages"


def find_project(given: Path | None) -> Project:
    """The project in `given`, or in the nearest folder upwards from here.

    Raises ReportError when there is none.
    """
    if given is not None:
        if _is_project(given):
            return Project(given.resolve())
        raise ReportError(
            f"{given} is not a reportgen project: it lacks figures/ or templates/.",
            hint="Give --project the folder that holds both, such as a clone of the repository.",
        )
    here = Path.cwd()
    for folder in (here, *here.parents):
        if _is_project(folder):
            return Project(folder)
    raise ReportError(
        f"There is no reportgen project in {here} or above it.",
        hint="Change into one, name it with --project FOLDER, or make one: reportgen init FOLDER",
    )


def _is_project(folder: Path) -> bool:
    return (folder / "figures").is_dir() and (folder / "templates").is_dir()
