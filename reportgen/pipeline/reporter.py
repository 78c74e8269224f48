"""What the pipeline tells while it works: events, not sentences. The command line words them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from reportgen.drawing.record import Doubt
    from reportgen.pipeline.figures import FigureTarget
    from reportgen.pipeline.page import PageTarget
    from reportgen.pipeline.plan import Plan
    from reportgen.pipeline.runs import RunTarget
    from reportgen.pipeline.state import Change, State
    from reportgen.site.size_budget import Part  # at run time it would bring an HTML parser along
    from reportgen.training.jobs import Job, Progress


class Reporter(Protocol):
    """Who is told. states: what a thing was before; `close` ends the display that `training` began."""

    def damaged(self, folder: Path, problem: str) -> None: ...  # a stored run; it is trained again
    def sweeps_on(self, device: str) -> None: ...  # chosen for sweeps
    def slow_kernels(self, problem: str) -> None: ...  # why training runs in plain PyTorch
    def alone(self, problem: str) -> None: ...  # why this process trains, and no other beside it
    def training(self, jobs: Sequence[Job], seconds: float | None) -> None: ...  # what it will cost
    def trained(self, event: Progress) -> None: ...  # how far a job is
    def close(self) -> None: ...
    def certified(self, name: str, file: Path) -> None: ...  # a passed audit is on record
    def drew(self, figure: FigureTarget, state: State, seconds: float) -> None: ...
    def drew_only(self, names: Sequence[str]) -> None: ...  # and left the page alone
    def stopped(self, run: RunTarget) -> None: ...  # by an earlier command; its loss is not finite
    def failed(self, name: str) -> None: ...  # a figure; its error comes at the end, with all others
    def doubted(self, file: Path, doubts: Sequence[Doubt]) -> None: ...  # of its pictures
    def unaudited(self, name: str) -> None: ...  # runs by earlier code are shown
    def unshown(self, names: Sequence[str]) -> None: ...  # figures that no section places
    def weighed(self, parts: Sequence[Part]) -> None: ...  # the page's files, compressed
    def wrote(
        self, page: PageTarget, files: Mapping[str, bytes], changed: Sequence[str], state: State
    ) -> None: ...
    def up_to_date(self, out: Path) -> None: ...
    def lapsed(
        self, run: RunTarget
    ) -> None: ...  # the page is silent about it: it has other settings than stored
    def locked(self, plan: Plan, changes: tuple[Change, ...]) -> None: ...  # the lock file; () for a new one
