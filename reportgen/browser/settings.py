"""A run's configuration as plain numbers, under the names of `Settings` in examples.hpp: what a browser begins with."""

import re
from dataclasses import asdict

from reportgen.browser.kernels import FOLDER
from reportgen.files.text import read_text
from reportgen.numerics.config import Config, ModularModel, ModularTask


def fields() -> list[str]:
    """The names in the order in which C++ has them."""
    body = re.search(r"struct Settings \{(.*?)\};", read_text(FOLDER / "examples.hpp"), re.DOTALL)
    assert body is not None
    declared: list[str] = re.findall(r"double ([^;]+);", re.sub(r"//.*", "", body[1]))
    return [name.strip() for line in declared for name in line.split(",")]


def settings_of(config: Config) -> dict[str, float]:
    """Name → number; yes is 1, and what its kind of task does not have is left out."""
    training, model = asdict(config.training), asdict(config.model)
    chosen = {
        "modular": isinstance(config.task, ModularTask),
        "seed": config.seed,
        "perturbation": config.perturbation,
        "circle": isinstance(config.model, ModularModel) and config.model.embedding == "circle",
        "float32": config.training.precision != "float64",
        "plain_gradient": config.training.precision == "float32-plain",
        "l1": config.training.decay == "L1",
        **asdict(config.task),
        **{name: value for name, value in model.items() if name != "embedding"},
        **{name: training[name] for name in ("weight_decay", "learning_rate", "beta1", "beta2")},
    }
    return {name: value + 0 for name, value in chosen.items()}
