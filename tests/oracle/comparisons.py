"""The facts of sweeps that compare settings: momentum, training sets, and accuracy that falls and returns."""

from statistics import median

from oracle.curves import first_kept, sizes
from oracle.parity import train_turn
from oracle.sweeps import by_mirror, strongest_share


def parity_momentum(runs):
    """Of the models that memorise and later generalise, those whose train loss turns upward by 5 %, by β1."""
    by = {}
    for beta1 in sorted({run.config.training.beta1 for run in runs}):
        part = [run for run in runs if run.config.training.beta1 == beta1]
        when = [(run, first_kept(run, "train"), first_kept(run, "test")) for run in part]
        learned = [(run, t_gen) for run, t_mem, t_gen in when if None not in (t_mem, t_gen) and t_mem < t_gen]
        rises = [train_turn(run)["train_loss_rise"] for run, _ in learned]
        by[str(beta1)] = {
            "models": len(part), "learned": len(learned),
            "turned": sum(rise is not None and rise >= 1.05 for rise in rises),
            "t_gen_median": float(median(t_gen for _, t_gen in learned)) if learned else None,
        }  # fmt: skip
    return {"models": len(runs), "by": by, "strongest": max(by), "weakest": min(by)}


def sums(runs):
    """What the models of each training set do, and those with projections apart."""
    one = [run for run in runs if run.config.task.symmetric]
    train = sorted({sizes(run.config)[0] for run in one})
    both = [run for run in runs if not run.config.task.symmetric]
    seen = [by_mirror(run)[0] for run in both]
    arms = {
        "few": [run for run in one if sizes(run.config)[0] == train[0]],
        "many": [run for run in one if sizes(run.config)[0] == train[-1]],
        "both": [run for run in both if run.config.model.tied_in_proj],
        "apart": [run for run in runs if not run.config.model.tied_in_proj],
    }
    found = {"models": len(runs), "steps": runs[0].config.training.steps,
             "sums_min": min(seen, default=None), "sums_max": max(seen, default=None)}  # fmt: skip
    for name, part in arms.items():
        when = [first_kept(run, "test") for run in part]
        waits = [
            run.config.training.steps if step is None else step for run, step in zip(part, when, strict=True)
        ]
        held = [strongest_share(run, 3) for run, step in zip(part, when, strict=True) if step is not None]
        found[name] = {
            "models": len(part), "generalised": sum(step is not None for step in when),
            "train_size": sizes(part[0].config)[0] if part else None,
            "wait_median": int(median(waits)) if waits else None,
            "strongest_min": min(held, default=None), "strongest_max": max(held, default=None),
        }  # fmt: skip
    return found


def steadied(values):
    """The median of every nine measurements around one; the ends count again and again."""
    values = [float(v) for v in values]
    longer = [values[0]] * 4 + values + [values[-1]] * 4
    return [median(longer[i : i + 9]) for i in range(len(values))]


def dip(run):
    """(depth, peak, its step, lowest, its step, end, train there minus train at the peak) of the deepest fall."""
    test, train = steadied(run.test_accuracy), steadied(run.train_accuracy)
    depths = [min(max(test[: i + 1]), test[-1]) - test[i] for i in range(len(test))]
    low = depths.index(max(depths))
    high = test.index(max(test[: low + 1]))
    return (depths[low], test[high], int(run.steps[high]), test[low], int(run.steps[low]), test[-1],
            train[low] - train[high])  # fmt: skip


def back_settings(runs):
    """In how many models test accuracy falls by five points, from a half at least, and returns."""
    dips = [found for run in runs if (found := dip(run))[0] > 0]
    good = [d for d in dips if d[0] >= 0.05 and d[1] >= 0.5 and d[6] >= 0]
    deepest = max(good or dips, key=lambda d: d[0], default=None)
    names = ("peak", "peak_step", "lowest", "lowest_step", "end")
    values = deepest[1:6] if deepest else [None] * 5
    return {"models": len(runs), "returned": len(good)} | dict(zip(names, values, strict=True))
