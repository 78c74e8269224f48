"""What a person sees while the program works: live lines in a terminal, plain ones elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.cli.states import reason
from reportgen.drawing.checks.names import ACCEPTABLE
from reportgen.files import guard
from reportgen.pipeline.figures import FigureTarget
from reportgen.pipeline.lockfile import FILE
from reportgen.pipeline.page import PageTarget
from reportgen.pipeline.plan import Plan
from reportgen.pipeline.runs import SMALLER, RunTarget
from reportgen.pipeline.state import Change, Missing, State
from reportgen.training.jobs import Job, Progress, count_runs
from reportgen.wording.numbers import duration, size

if TYPE_CHECKING:
    from rich.progress import TaskID

    from reportgen.drawing.record import Doubt
    from reportgen.site.size_budget import Part

PLAIN_EVERY_S = 10.0
SOONEST_S = 1.0  # what was done in less says little about the rest
BAR = 24, 8  # letters: of a bar, and of one in a narrow terminal


class Console:
    """Says what happens. quiet: warnings and errors only; verbose: reasons too."""

    def __init__(self, *, quiet: bool = False, verbose: bool = False):
        self.quiet, self.verbose = quiet, verbose
        guard.listen(self.say if verbose else None)  # what figures and the like print
        self._display: _Lines | _Bars | None = None

    def say(self, text: str) -> None:
        if not self.quiet:
            print(text, flush=True)

    def warn(self, text: str) -> None:
        print(f"Warning: {text}", file=sys.stderr, flush=True)

    def training(self, jobs: Sequence[Job], seconds: float | None) -> None:
        """Before the first training: what it will cost, where that can be foretold."""
        cost = "" if seconds is None else f", about {duration(seconds)}"
        self.say(f"Training {count_runs(jobs)}{cost}. Ctrl-C is safe: nothing is lost.")
        if not self.quiet:
            self._display = _Bars(jobs) if sys.stdout.isatty() else _Lines(jobs)

    def trained(self, event: Progress) -> None:
        if event.refused:
            self.warn(f"The checkpoint of {event.job.label} is not used ({event.refused}); it begins again.")
        elif self._display:
            self._display.show(event)
        if event.diverged_at is not None:
            self.warn(
                f"{event.job.label} diverged: its loss is not finite at step {event.diverged_at:,} of "
                f"{event.job.steps:,}, and it was stopped there. {SMALLER}"
            )

    def close(self) -> None:
        if self._display:
            self._display.close()
            self._display = None

    def sweeps_on(self, device: str) -> None:
        self.say(f"Sweeps are trained on {device}.")

    def slow_kernels(self, problem: str) -> None:
        self.warn(
            f"Training runs in plain PyTorch, several times slower: {problem}. "
            "With a C++ compiler (such as g++) it uses compiled kernels."
        )

    def alone(self, problem: str) -> None:
        self.warn(
            f"There can be no training processes ({problem}: is /dev/shm writable?). This process trains, "
            "one run after another."
        )

    def damaged(self, folder: Path, problem: str) -> None:
        self.warn(f"{folder} is damaged ({problem}); it is trained again.")

    def doubted(self, file: Path, doubts: Sequence[Doubt]) -> None:
        """Each in a line, and once how to accept them."""
        names = dict.fromkeys(doubt.check for doubt in doubts if doubt.check in ACCEPTABLE)
        accepted = ", ".join(f'"{name}": "why"' for name in names)
        meant = [f"  hint: Is it meant? Then say so in that file: ACCEPT = {{{accepted}}}"] if names else []
        self.warn("\n".join([f"{file}: {doubt.words} [{doubt.check}]" for doubt in doubts] + meant))

    def unaudited(self, name: str) -> None:
        self.warn(f"{name} was trained by earlier code; check it: reportgen audit {name} --certify")

    def unshown(self, names: Sequence[str]) -> None:
        """A figure's place is a section; a draft has none yet."""
        for name in names:
            self.warn(f'no section shows {name}; place it: {{{{ figure("{name}") }}}}')

    def drew(self, figure: FigureTarget, state: State, seconds: float) -> None:
        """How long, and why unless it is its first time."""
        why = f": {reason(figure, state)}" if self.verbose or not isinstance(state, Missing) else ""
        self.say(f"Drew {figure.id} in {seconds:.1f} s{why}.")

    def drew_only(self, names: Sequence[str]) -> None:
        self.say(f"Drawn: {', '.join(names)}. Run reportgen build to write the page.")

    def failed(self, name: str) -> None:
        """At once; why comes at the end, with all others."""
        self.say(f"Could not draw {name}.")

    def weighed(self, parts: Sequence[Part]) -> None:
        """What the page weighs: two lines, or the whole table."""
        from reportgen.site import size_budget  # it reads HTML: only when a page is made

        for line in (size_budget.table(parts) if self.verbose else []) + size_budget.summary(parts):
            self.say(line)

    def made(self, path: Path) -> None:
        """A file of its own: where, and how large."""
        self.say(f"Wrote {path}, {size(path.stat().st_size)}.")

    def wrote(
        self, page: PageTarget, files: Mapping[str, bytes], changed: Sequence[str], state: State
    ) -> None:
        """Where, how much, why, how to look at it."""
        total = size(sum(len(content) for content in files.values()))
        self.say(f"Wrote {page.out}: {len(files)} files, {total}; {len(changed)} changed.")
        if self.verbose:
            self.say(f"Because: {reason(page, state)}.")
        self.say(f"Open {page.out / 'index.html'} in a browser.")

    def up_to_date(self, out: Path) -> None:
        self.say(f"{out} is up to date.")

    def certified(self, name: str, file: Path) -> None:
        self.say(f"Certified: {name}, on record in {file}.")

    def stopped(self, run: RunTarget) -> None:
        self.warn(f"{run.name} was stopped at step {run.stopped_at:,}: its loss is not finite. {SMALLER}")

    def lapsed(self, run: RunTarget) -> None:
        self.warn(f"{run.name}: {reason(run, run.state())}")

    def locked(self, plan: Plan, changes: tuple[Change, ...]) -> None:
        """What is different for the reader, in a few lines."""
        from reportgen.cli.news import for_the_reader

        self.say(f"Updated {FILE}.")
        if lines := list(for_the_reader(plan, changes)):
            self.say("\n  ".join(["Changed for the reader:", *lines]))


class _Left:
    """The time that several jobs still take, from the work that is done."""

    def __init__(self, jobs: Sequence[Job]):
        self._work = {job.key: job.operations for job in jobs}
        self._started, self._done, self._finished = time.monotonic(), dict.fromkeys(self._work, 0.0), 0
        self.count = len(jobs)

    def note(self, event: Progress) -> None:
        """Count what a job has done since it was begun here."""
        here = min(1.0, (event.step - event.resumed_at) / event.job.steps)
        self._done[event.job.key] = self._work[event.job.key] * here
        if event.done:
            self._work[event.job.key] = self._done[event.job.key]
            self._finished += 1

    def __str__(self) -> str:
        return ", ".join([self.groups, *([f"{self.time} left in all"] if self.time else [])])

    @property
    def groups(self) -> str:
        """How many have ended."""
        return f"{self._finished} of {self.count} groups"

    @property
    def time(self) -> str:
        """What is left by what is done; "" before anything is."""
        done, elapsed = sum(self._done.values()), time.monotonic() - self._started
        left = sum(self._work.values()) - done
        return duration(left * elapsed / done) if done > 0 and elapsed >= SOONEST_S else ""


def _state(event: Progress) -> str:
    if not isinstance(event.losses, Mapping):
        train, test = event.losses
        return f"{event.rate:,.0f} steps/s, loss {train:.1e} train, {test:.1e} test"
    speed = [f"{event.rate:,.{0 if event.rate >= 10 else 1}f} steps/s"] if event.job.steps > 1 else []
    return ", ".join([*speed, *(f"{name} {value:.3g}" for name, value in event.losses.items())])


def _shorter(event: Progress) -> tuple[str, ...]:
    """A bar's state in words, the longest first."""
    if isinstance(event.losses, Mapping):
        return _state(event), ""
    train, test = event.losses
    return _state(event), f"loss {train:.1e}, {test:.1e}", f"loss {test:.1e}", ""


def _where(event: Progress) -> str:
    """How far a job is, and what time it takes still where that can be told."""
    if event.step > event.job.steps or not event.rate:  # it said too little
        return f"step {event.step:,}, {_state(event)}"
    left = duration((event.job.steps - event.step) / event.rate)
    return f"step {event.step:,} of {event.job.steps:,}, {_state(event)}, {left} left"


class _Lines:
    """One line per experiment every ten seconds, and one when it ends."""

    def __init__(self, jobs: Sequence[Job]):
        self._last = dict.fromkeys((job.key for job in jobs), time.monotonic())
        self._resumed: set[str] = set()
        self._left = _Left(jobs)

    def show(self, event: Progress) -> None:
        job, now = event.job, time.monotonic()
        self._left.note(event)
        if event.done:
            overall = f" {self._left}." if self._left.count > 1 else ""
            said = [f"Trained {job.label}: {event.step:,} steps" if job.steps > 1 else f"Trained {job.label}"]
            if event.diverged_at is not None:
                said = [f"Stopped {job.label} at step {event.diverged_at:,} of {job.steps:,}"]
            print(f"{', '.join([*said, *([_state(event)] if _state(event) else [])])}.{overall}", flush=True)
            return
        if event.step == event.resumed_at:
            return  # no rate to report yet
        if event.resumed_at and job.key not in self._resumed:
            self._resumed.add(job.key)
            print(f"{job.label}: continued from step {event.resumed_at:,}.", flush=True)
        if now - self._last[job.key] > PLAIN_EVERY_S:
            self._last[job.key] = now
            print(f"{job.label}: {_where(event)}", flush=True)

    def close(self) -> None:
        pass


class _Bars:
    """A bar per experiment, in a terminal. In a narrow one the state is shortened first, then the bars."""

    def __init__(self, jobs: Sequence[Job]):
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress
        from rich.table import Column

        self._left = _Left(jobs)
        name = max(len(job.label) for job in jobs)
        count = 2 * len(f"{max(job.steps for job in jobs):,}") + 1
        self._room = (
            RichProgress().console.width - name - count - len("-:--:--") - 4
        )  # of bar and state; gaps
        self._bar = BAR[0] if self._room >= sum(BAR) + len("loss 1.0e-01") else BAR[1]
        self._rich = RichProgress(
            TextColumn("{task.description}", table_column=Column(width=name, no_wrap=True)),
            BarColumn(bar_width=self._bar),
            TextColumn("{task.completed:,.0f}/{task.total:,.0f}",
                       table_column=Column(width=count, no_wrap=True, justify="right")),
            TimeRemainingColumn(table_column=Column(width=len("-:--:--"), no_wrap=True)),
            TextColumn("{task.fields[state]}", table_column=Column(no_wrap=True)),
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}
        self._total = self._rich.add_task("all", total=len(jobs), state="") if len(jobs) > 4 else None
        self._rich.start()

    def show(self, event: Progress) -> None:
        key = event.job.key
        self._left.note(event)
        if key not in self._tasks:
            self._tasks[key] = self._rich.add_task(
                event.job.label, total=event.job.steps, completed=event.resumed_at, state=""
            )
        self._rich.update(self._tasks[key], completed=event.step, state=self._fitting(*_shorter(event)))
        if self._total is not None:  # a sweep: one line for all, and the groups now training
            left = self._fitting(str(self._left), f"{self._left.time} left" if self._left.time else "", "")
            self._rich.update(self._total, advance=int(event.done), state=left)
            self._rich.update(self._tasks[key], visible=not event.done)

    def _fitting(self, *texts: str) -> str:
        """The first of the texts that fits beside the bar."""
        return next((text for text in texts if len(text) <= self._room - self._bar), "")

    def close(self) -> None:
        self._rich.stop()
