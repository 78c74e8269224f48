"""Every experiment of the article, in the order in which lists show them.

A single experiment is one run; a sweep is many, trained in groups of one shape. Add one by adding
an entry to `_ALL`, a configuration or a function that was declared with `@experiment`; nothing is trained until a
figure's RUNS, or a person, asks for it.
"""

from collections.abc import Iterable
from dataclasses import replace

from reportgen.errors import ReportError
from reportgen.experiments.canonical import (
    FIVE_NEURONS,
    MODULAR,
    PARITY,
    PARITY_L2,
    REVERSE,
    THERE_AND_BACK,
    with_training,
)
from reportgen.experiments.decisions import DECISIONS
from reportgen.experiments.definition import Experiment
from reportgen.experiments.followed import FOLLOWED
from reportgen.experiments.own_loops import nuclear_decay, where_luck_sits
from reportgen.experiments.searches import robustness, search
from reportgen.experiments.sweeps import SWEEPS
from reportgen.files.project_file import ARTICLE
from reportgen.numerics.config import Config


def _single(name: str, title: str, config: Config) -> Experiment:
    return Experiment(name, title, (config,))


_ALL: tuple[Experiment, ...] = (
    _single(
        "modular",
        "Modular addition, the main model",
        replace(with_training(MODULAR, snapshots_every=100), seed=7),
    ),
    _single("parity", "1s and 0s, with L1", replace(PARITY, seed=14)),
    _single("parity-l2", "1s and 0s, with L2", replace(PARITY_L2, seed=14)),
    _single("five-neurons", "Modular addition with five neurons", replace(FIVE_NEURONS, seed=16)),
    _single("reverse", "Generalises, then memorises", replace(REVERSE, seed=6)),
    _single("there-and-back", "Overconfident for a time", replace(THERE_AND_BACK, seed=1)),
    # `reportgen new experiment` adds its entry above this line.
    search("modular", MODULAR),
    robustness("modular", MODULAR, seeds=(6, 7, 14, 18, 19)),
    search("parity", PARITY),
    search("parity-l2", PARITY_L2),
    search("five-neurons", FIVE_NEURONS),
    search("reverse", REVERSE),
    search("there-and-back", THERE_AND_BACK),
    *SWEEPS,
    *FOLLOWED,
    *DECISIONS,
    where_luck_sits,
    nuclear_decay,
)


def by_name(experiments: Iterable[Experiment]) -> dict[str, Experiment]:
    """Experiments by name, in their order. Raises ReportError for two of one name."""
    found: dict[str, Experiment] = {}
    for experiment in experiments:
        if experiment.name in found:
            raise ReportError(
                f"Two experiments are named {experiment.name!r}.", hint="Give one of them another name."
            )
        found[experiment.name] = experiment
    return found


ARTICLES = {ARTICLE: by_name(_ALL)}  # what a project may use by name
EXPERIMENTS = dict(ARTICLES[ARTICLE])  # of the project at hand: own.py puts in what that has
