"""Small sweeps built to show what the page says of them, and each doctored in one way."""

from dataclasses import replace
from itertools import product

import numpy as np
from test_analysis import MODULAR, PARITY, STEPS, H, cosines, parity_run, ramp, run_of

from reportgen.experiments.sweeps import architectures
from reportgen.numerics.config import Config, ModularModel
from reportgen.store.run import Run

NEVER = 0.0 * STEPS
GRADUALLY = ramp((0, 0.0), (1000, 1.0), (1001, 1.0))
LEARNS, FAILS = {}, {"test_accuracy": NEVER}


def losing(decay: float, size: int, least: float = 1e-6, ratio: float = 1.0, low_test: float = 1e-6) -> Run:
    """A 1s and 0s model whose losses end at `least` and `low_test`, test once `ratio` times train."""
    run = parity_run()
    config = replace(
        PARITY,
        task=replace(PARITY.task, train_size=size),
        training=replace(PARITY.training, weight_decay=decay),
    )
    train, test = (ramp((0, 1.0), (300, end), (1000, end)) for end in (least, low_test))
    test[50:60] = np.maximum(ratio * least, low_test)
    return replace(run, name="parity-sweep", config=config, train_loss=train, test_loss=test)


def phase_diagram(by_size: float = -1, by_decay: float = -1) -> list[Run]:
    """Three sizes and five decays; the ratio falls with both unless the exponents say otherwise."""
    middle = [
        losing(decay, size, ratio=5e4 * (size / 40) ** by_size * (decay / 0.1) ** by_decay)
        for size, decay in product((30, 40, 50), (0.03, 0.1, 0.3))
    ]
    weak = [losing(0.01, size, low_test=0.5) for size in (30, 40, 50)]
    strong = [losing(1.0, size, least=1e-3, low_test=1e-3) for size in (30, 40, 50)]
    return [*weak, *middle, *strong]


def waves(frequency: int, count: int = H, config: Config = MODULAR, **curves) -> Run:
    """A model with `count` neurons on one frequency, and the others silent."""
    loud = np.where(np.arange(H) < count, 12.0, 0.0)
    w_in = cosines(np.full(H, frequency), np.arange(H), loud)
    return run_of(config, w_in[None].repeat(2, 0), w_in.T[None].repeat(2, 0), "modular-seeds", **curves)


def noise(**curves) -> Run:
    """A model without any period: equal energy in all frequencies."""
    run = waves(1, **curves)
    weights = np.eye(7)[None, :, :H].repeat(2, 0)
    return replace(run, w_input=weights)


def seeds(*frequencies: int, count: int = H, failing: int = 0) -> list[Run]:
    return [waves(f, count, **(FAILS if i < failing else LEARNS)) for i, f in enumerate(frequencies)]


def built(flags: dict[str, bool], kind: str) -> Config:
    """An architecture of five neurons under one penalty."""
    model = ModularModel(embedding_size=H, neurons=H, **flags)
    return replace(MODULAR, model=model, training=replace(MODULAR.training, decay=kind))


def architecture_sweep(learns) -> list[Run]:
    """Every architecture under both penalties; learns(flags, kind) says which generalise."""
    return [
        waves(1, config=built(flags, kind), **(LEARNS if learns(flags, kind) else FAILS))
        for flags, kind in product(architectures(), ("L1", "L2"))
    ]


def as_the_page_says(flags: dict[str, bool], kind: str) -> bool:
    """Both collapsed never; with L2 collapsing the input helps, with L1 collapsing the output hurts."""
    if flags["collapsed_in"] and flags["collapsed_out"]:
        return False
    return flags["collapsed_in"] if kind == "L2" else not flags["collapsed_out"]


def precisions(exact: int, plain: int, mended: int) -> list[Run]:
    """Four seeds in each precision, of which so many generalise."""
    found = []
    for kind, count in (("float64", exact), ("float32-plain", plain), ("float32", mended)):
        config = replace(MODULAR, training=replace(MODULAR.training, precision=kind))
        found += [waves(1, config=config, **(LEARNS if i < count else FAILS)) for i in range(4)]
    return found


SWEEPS = {
    "parity-sweep": phase_diagram(),
    "modular-seeds": seeds(*[1, 2, 3] * 3),
    "architecture-sweep": architecture_sweep(as_the_page_says),
    "soften": [waves(1, test_accuracy=GRADUALLY), noise()],
    "circularity": [waves(1, test_accuracy=0.5 * GRADUALLY)],
    "precision": precisions(3, 1, 3),
    "modular-search": [],
    "reverse-search": [],
}
DOCTORED_SWEEPS = [
    ("C8", {"parity-sweep": [run for run in phase_diagram() if run.config.training.weight_decay < 1]}),
    ("C9", {"parity-sweep": [run for run in phase_diagram() if run.config.training.weight_decay < 1]}),
    ("C9", {"parity-sweep": phase_diagram()[3:]}),
    ("C10", {"parity-sweep": phase_diagram(by_size=1)}),
    ("C10", {"parity-sweep": phase_diagram(by_decay=1)}),
    ("C10", {"parity-sweep": phase_diagram()[:3]}),
    ("C18", {"modular-seeds": seeds(*[1, 2, 3] * 3, failing=5)}),
    ("C18", {"modular-seeds": seeds(*[1, 2, 3] * 3, count=4)}),
    ("C18", {"modular-seeds": seeds(*[1] * 9)}),
    ("C18", {"modular-seeds": seeds(1, 2, failing=2)}),
    ("C19", {"architecture-sweep": architecture_sweep(lambda flags, kind: True)}),
    ("C20", {"architecture-sweep": architecture_sweep(lambda flags, kind: flags["collapsed_in"])}),
    ("C20", {"architecture-sweep": architecture_sweep(lambda flags, kind: not flags["collapsed_in"])}),
    ("C21", {"soften": [noise()]}),
    ("C21", {"soften": [waves(1, **FAILS)]}),
    ("C21", {"modular": waves(1, test_accuracy=GRADUALLY)}),
    (
        "C24",
        dict.fromkeys(
            ("architecture-sweep", "modular-seeds", "soften", "circularity", "precision"), [waves(1)]
        ),
    ),
    ("C28", {"precision": precisions(3, 3, 3)}),
    ("C28", {"precision": precisions(1, 1, 3)}),
    ("C28", {"precision": precisions(4, 1, 3)}),
]
