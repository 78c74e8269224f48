"""Every experiment by name: what is trained, never how it came out.

A single experiment is one run; a sweep is many, trained in groups of one shape. Add one by adding
an entry to `EXPERIMENTS`; nothing is trained until a figure's RUNS, or a person, asks for it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Literal, get_args, get_type_hints

from reportgen.errors import ReportError, unknown
from reportgen.numerics.config import (
    Config,
    ModularModel,
    ModularTask,
    ParityModel,
    ParityTask,
    Training,
    shape_of,
)

Keep = Literal["full", "compact"]


@dataclass(frozen=True)
class Experiment:
    """A name and the runs behind it.

    keep "full" stores every snapshot and the final parameters in training precision; "compact"
    stores metrics in float32 and weights in float16: for runs that travel with the repository.
    shipped: stored under runs/ rather than in the local store.
    """

    name: str
    title: str
    configs: tuple[Config, ...]
    keep: Keep = "full"
    shipped: bool = False
    group_size: int = 1

    @property
    def single(self) -> bool:
        return len(self.configs) == 1

    def groups(self) -> list[tuple[Config, ...]]:
        """The runs by shape, in packs of at most `group_size`: the units that are stored."""
        by_shape: dict[str, list[Config]] = {}
        for config in self.configs:
            by_shape.setdefault(shape_of(config), []).append(config)
        size = self.group_size
        return [
            tuple(runs[start : start + size])
            for runs in by_shape.values()
            for start in range(0, len(runs), size)
        ]


MODULAR = Config(
    task=ModularTask(train_fraction=0.4),
    model=ModularModel(embedding_size=500, neurons=24),
    training=Training(
        steps=50_000, learning_rate=1e-3, beta1=0.9, beta2=0.98, decay="L2", weight_decay=1.0,
        metrics_every=100, snapshots_every=500,
    ),
)  # fmt: skip
PARITY = Config(
    task=ParityTask(train_size=1200),
    model=ParityModel(neurons=64),
    training=Training(
        steps=5_000, learning_rate=3e-3, beta1=0.99, beta2=0.98,  # 0.99 makes train loss overshoot
        decay="L1", weight_decay=1e-5, metrics_every=10, snapshots_every=20,
    ),
)  # fmt: skip
PARITY_L2 = replace(PARITY, training=replace(PARITY.training, decay="L2", weight_decay=0.3))
FIVE_NEURONS = Config(
    task=ModularTask(train_fraction=0.3),
    model=ModularModel(embedding_size=2, neurons=5, embedding="circle"),
    training=Training(
        steps=15_000, learning_rate=1e-2, beta1=0.9, beta2=0.98, decay="L2", weight_decay=1e-3,
        metrics_every=30, snapshots_every=30,
    ),
)  # fmt: skip
REVERSE = Config(
    task=ModularTask(train_fraction=0.4),
    model=ModularModel(embedding_size=5, neurons=10),
    training=Training(
        steps=20_000, learning_rate=1e-3, beta1=0.9, beta2=0.98, decay="L2", weight_decay=0.0,
        metrics_every=40, snapshots_every=200,
    ),
)  # fmt: skip
THERE_AND_BACK = Config(
    task=ModularTask(train_fraction=0.7),
    model=ModularModel(embedding_size=8, neurons=16),
    training=Training(
        steps=80_000, learning_rate=1e-3, beta1=0.9, beta2=0.98, decay="L2", weight_decay=0.05,
        metrics_every=160, snapshots_every=800,
    ),
)  # fmt: skip


def _single(name: str, title: str, config: Config) -> Experiment:
    return Experiment(name, title, (config,))


SEEDS_TRIED = 24


def _search(name: str, base: Config) -> Experiment:
    """Seeds 0 to 23 of one config: what was tried before a seed was chosen, and its base rate."""
    tried = tuple(replace(_last_only(base), seed=seed) for seed in range(SEEDS_TRIED))
    title = f"Seeds tried for {name}"
    return Experiment(f"{name}-search", title, tried, keep="compact", shipped=True, group_size=4)


def _last_only(base: Config) -> Config:
    return replace(base, training=replace(base.training, snapshots_every=base.training.steps))


def _robustness(name: str, base: Config, seeds: tuple[int, ...]) -> Experiment:
    """The best seeds again, in both exact precisions, from slightly different initial weights.

    A long training is chaotic: only a seed that groks in all of these will do so elsewhere too.
    """
    plain, tried = _last_only(base), []
    for precision in ("float64", "float32"):
        for seed in seeds:
            config = replace(plain, seed=seed, training=replace(plain.training, precision=precision))
            tried += [replace(config, perturbation=k) for k in range(4)]
    title = f"Seeds of {name} under small changes"
    return Experiment(f"{name}-robustness", title, tuple(tried), keep="compact", shipped=True, group_size=4)


_ALL = (
    _single("modular", "Modular addition, the main model", replace(MODULAR, seed=7)),
    _single("parity", "1s and 0s, with L1", replace(PARITY, seed=14)),
    _single("parity-l2", "1s and 0s, with L2", replace(PARITY_L2, seed=14)),
    _single("five-neurons", "Modular addition with five neurons", replace(FIVE_NEURONS, seed=16)),
    _single("reverse", "Generalises, then memorises", replace(REVERSE, seed=6)),
    _single("there-and-back", "Generalises twice", replace(THERE_AND_BACK, seed=1)),
    _search("modular", MODULAR),
    _robustness("modular", MODULAR, seeds=(6, 7, 14, 18, 19)),
    _search("parity", PARITY),
    _search("parity-l2", PARITY_L2),
    _search("five-neurons", FIVE_NEURONS),
    _search("reverse", REVERSE),
    _search("there-and-back", THERE_AND_BACK),
)
EXPERIMENTS: dict[str, Experiment] = {experiment.name: experiment for experiment in _ALL}


def experiment(name: str) -> Experiment:
    """The experiment of that name. Raises ReportError with the nearest name."""
    if name not in EXPERIMENTS:
        raise unknown("experiment", name, EXPERIMENTS)
    return EXPERIMENTS[name]


def shrink(original: Experiment) -> Experiment:
    """A few seconds' version of an experiment, for --quick: the whole path, not the science."""

    def small(config: Config) -> Config:
        t = config.training
        factor = max(1, t.steps // 400)
        steps = t.steps // factor
        every = max(1, steps // 20)
        training = replace(t, steps=every * 20, metrics_every=every, snapshots_every=every)
        return replace(config, training=training)

    configs = tuple(small(config) for config in original.configs[:2])
    return replace(original, configs=configs, shipped=False)


def change(original: Experiment, field: str, text: str) -> Experiment:
    """The experiment with one setting replaced in all its runs, given as text.

    Raises ReportError naming the field, the value, and what is allowed.
    """
    configs = tuple(_change(config, original.name, field, text) for config in original.configs)
    return replace(original, configs=configs, shipped=False)


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
            _require(_trains_on_something(changed), field, value, "what leaves examples to train and test on")
            return changed
    raise unknown(f"setting of {name}", field, settable(config))


def _require(holds: bool, field: str, value: object, allowed: str) -> None:
    if not holds:
        raise ReportError(f"{field} = {value!r} is not possible.", hint=f"Allowed: {allowed}.")


def _trains_on_something(config: Config) -> bool:
    if not isinstance(config.task, ModularTask):
        return True
    p = config.task.modulus
    pairs = p * (p + 1) // 2 if config.task.symmetric else p * p
    return 1 <= int(config.task.train_fraction * pairs) < pairs


def settable(config: Config) -> Iterable[str]:
    """The names `change` accepts for this config."""
    parts = (config.task, config.model, config.training)
    return ["seed", "perturbation", *(f.name for part in parts for f in fields(part))]


def _read(kind: type, field: str, text: str) -> object:
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
