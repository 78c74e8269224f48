"""The facts about how a seed was chosen: how many were tried, and what they show."""

from oracle.curves import first_kept


def chosen(name, run, search, robustness):
    """What the seeds tried say of the one shown, and what it did under small changes. search: their facts."""
    steps = [facts["t_gen"] for facts in search if facts["t_gen"] is not None]
    same = [first_kept(other, "test") for other in robustness if other.config.seed == run.config.seed]
    again = [step for step in same if step is not None]
    return {
        "tried": len(search) or None, "generalised": len(steps) if search else None,
        "shown": sum(SHOWS[name](facts) for facts in search) if search else None,
        "t_gen_low": tenths(steps, 1) if steps else None, "t_gen_high": tenths(steps, 9) if steps else None,
        "robust_tried": len(same) or None, "robust_generalised": len(again) if same else None,
        "robust_low": min(again, default=None), "robust_high": max(again, default=None),
    }  # fmt: skip


def tenths(values, count):
    """The quantile of that many tenths, straight in between, to the nearest step."""
    values = sorted(values)
    whole, rest = divmod((len(values) - 1) * count, 10)
    above = values[min(whole + 1, len(values) - 1)]
    return round(values[whole] + rest / 10 * (above - values[whole]))


# Whether a seed meets every threshold of its section that can be checked without snapshots; from its facts.


def jumps(f):
    """C1: memorises by a tenth of the way, with 10 % on the test set, then rises sharply. C2: from noise to waves."""
    if f["t_mem"] is None or f["t_gen"] is None:
        return False
    late = f["t_mem"] <= 0.1 * f["t_gen"] and f["test_accuracy_at_mem"] <= 0.10
    sharp = f["t90"] - f["t10"] <= 0.25 * f["t90"]
    return late and sharp and f["share_start"] <= 0.20 and f["share_end"] >= 0.95


def prunes(f):
    """C3: memorises by half of the way, with 70 %. C4: distractors go. C5: train loss turns. Few neurons live."""
    if f["t_mem"] is None or f["t_gen"] is None:
        return False
    late = f["t_mem"] <= 0.5 * f["t_gen"] and f["test_accuracy_at_mem"] <= 0.70
    seen = f["distractor_max_memorising"]  # None without a snapshot in between
    gone = f["distractor_max_end"] <= 0.05 and (seen is None or seen >= 0.5)
    turns = f["train_loss_rise"] is not None and f["train_loss_rise"] >= 1.05
    return late and gone and turns and 1 <= f["live_neurons"] <= 7


def repeats(f):
    """Generalises, and keeps copies of neurons."""
    return f["t_gen"] is not None and f["near_duplicates"] > 0


def makes_a_star(f):
    """C11: all sums right with 20 numbers. C12: similar lengths. C13: even spacing. C14: doubled angles."""
    right = f["train_accuracy_end"] == f["test_accuracy_end"] == 1 and f["parameters"] == 20
    lengths = f["norm_ratio_in"], f["norm_ratio_out"]
    angles = f["unevenness_in_degrees"], f["unevenness_out_degrees"], f["doubling_error_degrees"]
    if None in (*lengths, *angles):
        return False
    return right and max(lengths) <= 1.25 and max(angles) <= 10


def turns_back(f):
    """C22: test loss ends at five times its minimum, while train loss and test accuracy fell and the norm grew."""
    apart = f["test_loss_rise"] >= 5 and f["share_end"] >= 0.9
    overfits = (
        f["train_loss_end"] < f["train_loss_at_min"] and f["test_accuracy_end"] < f["test_accuracy_at_min"]
    )
    return apart and overfits and f["weight_norm_end"] > f["weight_norm_at_min"]


def returns(f):
    """C23: test loss rises by half from a minimum, and falls below it for good, with 5 % of accuracy lost at no time."""
    if f["test_loss_rise"] is None or f["below_step"] is None:
        return False
    return f["test_loss_rise"] >= 1.5 and f["test_accuracy_at_min"] - f["test_accuracy_lowest"] < 0.05


SHOWS = {
    "modular": jumps,
    "parity": prunes,
    "parity-l2": repeats,
    "five-neurons": makes_a_star,
    "reverse": turns_back,
    "there-and-back": returns,
}
