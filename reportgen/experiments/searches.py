"""The seeds that were tried for each single experiment, and the best ones under small changes."""

from dataclasses import replace

from reportgen.experiments.canonical import last_only, with_training
from reportgen.experiments.definition import Experiment
from reportgen.numerics.config import Config

SEEDS_TRIED = 24


def search(name: str, base: Config) -> Experiment:
    """Seeds 0 to 23 of one config: what was tried before a seed was chosen, and its base rate."""
    tried = tuple(replace(last_only(base), seed=seed) for seed in range(SEEDS_TRIED))
    title = f"Seeds tried for {name}"
    return Experiment(f"{name}-search", title, tried, keep="compact", shipped=True, group_size=4)


def robustness(name: str, base: Config, seeds: tuple[int, ...]) -> Experiment:
    """The best seeds again, in both exact precisions, from slightly different initial weights.

    A long training is chaotic: only a seed that groks in all of these will do so elsewhere too.
    """
    plain, tried = last_only(base), []
    for precision in ("float64", "float32"):
        for seed in seeds:
            config = replace(with_training(plain, precision=precision), seed=seed)
            tried += [replace(config, perturbation=k) for k in range(4)]
    title = f"Seeds of {name} under small changes"
    return Experiment(f"{name}-robustness", title, tuple(tried), keep="compact", shipped=True, group_size=4)
