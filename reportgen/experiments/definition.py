"""What an experiment is: a name and its runs; shrunken for a trial, changed for a variant."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from typing import Any, Literal, get_args, get_type_hints

from reportgen.errors import ReportError, unknown
from reportgen.experiments.code_mistakes import two_lines
from reportgen.experiments.problems import TellApart, problem
from reportgen.files.code_hash import numerics_fingerprint
from reportgen.numerics.config import Config, shape_of

SHRUNKEN_RUNS = 6  # of a sweep, for --quick
SHRUNKEN_STEPS = 400, 100  # about so many of a single run, and of a sweep's
Keep = Literal["full", "compact", "sweep", "curves", "arrays"]


@dataclass(frozen=True)
class Experiment:
    """A name and the runs behind it.

    source: the runs, or a function that lists them: a sweep's thousands are made only when asked for.
    keep "full" stores every snapshot and the final parameters in training precision; "compact"
    stores metrics in float32 and weights in float16; "sweep" as little as a sweep needs
    (packing.py), and "curves" the same without weights. All three are for runs that travel with the repository.
    "arrays": what a function returned, as it is (functions.py).
    shipped: stored under runs/ rather than in the local store.
    columns: of the table that is exported; by default the settings that vary and all that is measured.
    told_apart_by: what an audit compares, where that is not what it compares of this kind of task.
    """

    name: str
    title: str
    source: tuple[Config, ...] | Callable[[], tuple[Config, ...]]
    keep: Keep = "full"
    shipped: bool = False
    group_size: int = 1
    columns: tuple[str, ...] = ()
    told_apart_by: TellApart | None = None

    @cached_property
    def configs(self) -> tuple[Config, ...]:
        """Every run. Raises ReportError when there is none, or when the function that lists them fails."""
        with two_lines():
            found = self.source() if callable(self.source) else self.source
        if not found:
            raise ReportError(f"{self.name} has no runs.", hint="One of its grid's lists is empty; fill it.")
        return found

    def __getstate__(self) -> dict[str, object]:
        """To another process goes what was given, not the thousands that `configs` remembers."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def single(self) -> bool:
        return not callable(self.source) and len(self.source) == 1

    @property
    def code(self) -> dict[str, str]:
        """File → hash of all code that can change its numbers."""
        return numerics_fingerprint()

    @property
    def needs_torch(self) -> bool:
        """Whether who trains it loads PyTorch."""
        return True

    @property
    def takes_device(self) -> bool:
        """Whether it can be trained elsewhere than on the CPU."""
        return True

    def steps_of(self, configs: Sequence[Config]) -> int:
        """How many steps a group is trained."""
        return configs[0].training.steps

    def work(self, configs: Sequence[Config]) -> float:
        """What training a group costs: floating-point operations of all its steps."""
        return problem(configs[0]).operations * self.steps_of(configs) * len(configs)

    def shrunken(self) -> "Experiment":
        """As `shrink` says."""
        source = _shrunken(self) if self.single else partial(_shrunken, self)
        return replace(self, source=source, shipped=False)

    def changed(self, name: str, text: str) -> "Experiment":
        """As `change` says."""
        if not self.single and (values := _values(self, name)) > 1:
            raise ReportError(
                f"{self.name} is a sweep over {values} values of {name}.",
                hint=f"--set changes what all its runs share, such as {self.name}.steps; its grid is code.",
            )
        configs = tuple(_change(config, self.name, name, text) for config in self.configs)
        return replace(self, source=configs, shipped=False)

    def groups(self) -> list[tuple[Config, ...]]:
        """The runs by shape, in packs of at most `group_size`: the units that are stored."""
        return self._packs

    @cached_property
    def _packs(self) -> list[tuple[Config, ...]]:
        by_shape: dict[str, list[Config]] = {}
        for config in self.configs:
            by_shape.setdefault(shape_of(config), []).append(config)
        size = self.group_size
        return [tuple(runs[i : i + size]) for runs in by_shape.values() for i in range(0, len(runs), size)]


def shrink(original: Experiment) -> Experiment:
    """A few seconds' version of an experiment, for --quick: the whole path, not the science."""
    return original.shrunken()


def _shrunken(original: Experiment) -> tuple[Config, ...]:
    """A few runs from all over the grid."""
    every = -(-len(original.configs) // SHRUNKEN_RUNS)
    most = SHRUNKEN_STEPS[not original.single]
    return tuple(_small(config, most) for config in original.configs[every // 2 :: every])


def _small(config: Config, most: int) -> Config:
    t = config.training
    factor = max(1, t.steps // most)
    steps = t.steps // factor
    every = max(1, steps // 20)
    return replace(config, training=replace(t, steps=every * 20, metrics_every=every, snapshots_every=every))


def change(original: Experiment, field: str, text: str) -> Experiment:
    """The experiment with one setting replaced in all its runs, given as text.

    Raises ReportError naming the field, the value, and what is allowed; also for what a sweep varies: its grid
    would hold one run many times.
    """
    return original.changed(field, text)


def _values(sweep: Experiment, field: str) -> int:
    """How many values of a setting are among its runs; 0 of what is no setting of theirs."""
    parts = ((config, config.task, config.model, config.training) for config in sweep.configs)
    found = (getattr(part, field) for some in parts for part in some if hasattr(part, field))
    return len(set(found)) if field in settable(sweep.configs[0]) else 0


def _change(config: Config, name: str, field: str, text: str) -> Config:
    if field in ("seed", "perturbation"):
        number = _read(int, field, text)
        _require(number >= 0, field, number, "an integer from 0")
        return replace(config, **{field: number})
    for part in ("task", "model", "training"):
        settings = getattr(config, part)
        hints = get_type_hints(type(settings))
        if field in hints:
            value = _read(hints[field], field, text)
            changed = replace(config, **{part: replace(settings, **{field: value})})
            fewest = min(problem(changed).example_counts.values())
            _require(fewest >= 1, field, value, "what leaves examples to train and test on")
            return changed
    raise unknown(f"setting of {name}", field, settable(config))


def _require(holds: bool, field: str, value: object, allowed: str) -> None:
    if not holds:
        raise ReportError(f"{field} = {value!r} is not possible.", hint=f"Allowed: {allowed}.")


def settable(config: Config) -> Iterable[str]:
    """The names `change` accepts for this config."""
    parts = (config.task, config.model, config.training)
    return ["seed", "perturbation", *(f.name for part in parts for f in fields(part))]


def _read(kind: type, field: str, text: str) -> Any:
    if get_args(kind):  # a Literal: the dataclass checks its value
        return text
    try:
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
        value = kind(text)
        if math.isfinite(value):
            return value
    except (ValueError, KeyError):
        pass
    wanted = {bool: "true or false", int: "a whole number"}.get(kind, "a number")
    raise ReportError(f"{field} = {text!r} is not a value of that setting.", hint=f"Give {wanted}.")
