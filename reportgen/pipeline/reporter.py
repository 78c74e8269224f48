"""What the pipeline tells while it works: events, not sentences. The command line words them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from reportgen.pipeline.figures import FigureTarget
from reportgen.pipeline.page import PageTarget
from reportgen.pipeline.state import State
from reportgen.site.size_budget import Part
from reportgen.training.local import Job, Progress


class Reporter(Protocol):
    """Who is told. `close` ends the display that `training` began."""

    def damaged(self, folder: Path, problem: str) -> None:
        """A stored run is not as it was written; it is trained again."""

    def training(self, jobs: Sequence[Job], seconds: float | None) -> None:
        """Before the first training: what it will cost, where that can be foretold."""

    def trained(self, event: Progress) -> None:
        """How far a job is."""

    def close(self) -> None:
        """Training is over."""

    def sweeps_on(self, device: str) -> None:
        """Which device was chosen for sweeps."""

    def slow_kernels(self, problem: str) -> None:
        """Training runs in plain PyTorch, and why."""

    def drew(self, figure: FigureTarget, state: State, seconds: float) -> None:
        """A figure is drawn; state: what it was before."""

    def drew_only(self, names: Sequence[str]) -> None:
        """Just the figures that were asked for are up to date; the page was left alone."""

    def failed(self, name: str) -> None:
        """A figure cannot be drawn; its error comes at the end, with all others."""

    def unaudited(self, name: str) -> None:
        """Runs by earlier code are shown, which no audit has certified."""

    def weighed(self, parts: Sequence[Part]) -> None:
        """The page's files with their compressed sizes."""

    def wrote(
        self, page: PageTarget, files: Mapping[str, bytes], changed: Sequence[str], state: State
    ) -> None:
        """The site is written; state: what it was before."""

    def up_to_date(self, out: Path) -> None:
        """The site needed no writing."""

    def certified(self, name: str, file: Path) -> None:
        """A passed audit is on record."""

    def locked(self, file: str) -> None:
        """The lock file has changed."""
