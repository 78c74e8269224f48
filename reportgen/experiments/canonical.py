"""The configurations of the single experiments, without their seeds.

Values are those of the article's published configuration unless a comment gives another reason.
"""

from dataclasses import replace
from typing import Any

from reportgen.numerics.config import Config, ModularModel, ModularTask, ParityModel, ParityTask, Training


def with_training(base: Config, **settings: Any) -> Config:
    """The same run with other settings of its training."""
    return replace(base, training=replace(base.training, **settings))


def last_only(base: Config) -> Config:
    """The same run without snapshots between start and end."""
    return with_training(base, snapshots_every=base.training.steps)


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
PARITY_L2 = with_training(PARITY, decay="L2", weight_decay=0.3)
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
