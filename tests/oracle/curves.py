"""The facts of every single run, from its curves: when it learned what, where it began and ended."""

import math

LEARNED = 99, 100  # 99 % of the answers right


def sizes(config):
    """How many examples a run is trained on, and tested on."""
    task = config.task
    if not hasattr(task, "modulus"):
        return task.train_size, task.test_size
    pairs = [(a, b) for a in range(task.modulus) for b in range(task.modulus) if a <= b or not task.symmetric]
    train = math.floor(task.train_fraction * len(pairs))
    return train, len(pairs) - train


def reaches(run, part, share):
    """For every metric step, whether at least share = (n, of) of the answers are right."""
    size, accuracy = sizes(run.config)[part == "test"], getattr(run, f"{part}_accuracy")
    return [not math.isnan(a) and share[1] * round(a * size) >= share[0] * size for a in accuracy]


def first_kept(run, part):
    """First metric step with 99 % right, which also holds at 99 % of later steps and at the last."""
    good = reaches(run, part, LEARNED)
    for i, step in enumerate(run.steps):
        later = good[i + 1 :]
        if good[-1] and good[i] and 100 * sum(later) >= 99 * len(later):
            return int(step)
    return None


def first_at(run, share):
    """First metric step with that share of test answers right."""
    return next(
        (int(s) for s, good in zip(run.steps, reaches(run, "test", share), strict=True) if good), None
    )


def until_nan(values):
    """The values before the first that is not finite."""
    values = [float(v) for v in values]
    return values[: next((i for i, v in enumerate(values) if not math.isfinite(v)), len(values))]


def known(value):
    """A finite number, or None."""
    return float(value) if math.isfinite(value) else None


def common(run):
    """What is said of a run of any kind."""
    config, (train, test) = run.config, sizes(run.config)
    t_mem, t_gen = first_kept(run, "train"), first_kept(run, "test")
    at_mem = None if t_mem is None else float(run.test_accuracy[list(run.steps).index(t_mem)])
    ends = {f"{name}_end": known(getattr(run, name)[-1])
            for name in ("train_accuracy", "test_accuracy", "train_loss", "test_loss", "weight_norm")}  # fmt: skip
    return ends | {
        "seed": config.seed, "steps": config.training.steps, "train_size": train, "test_size": test,
        "t_mem": t_mem, "t_gen": t_gen, "t10": first_at(run, (1, 10)), "t90": first_at(run, (9, 10)),
        "test_accuracy_at_mem": at_mem, "weight_norm_start": known(run.weight_norm[0]),
        "moments": {"start": int(run.steps[0]), "memorises": t_mem, "generalises": t_gen, "end": int(run.steps[-1])},
    }  # fmt: skip
