"""The facts of section 6: how test loss climbs again, and whether it comes back."""

from reportgen import analysis
from reportgen.facts.registry import Facts, of_run
from reportgen.facts.sections.modular import periodic
from reportgen.store.run import Run


@of_run("reverse")
def generalises_then_memorises(run: Run) -> Facts:
    after, facts = analysis.reverse(run), periodic(run)
    names = ("test_loss_min", "test_loss_min_step", "test_loss_rise", "train_loss_at_min",
             "weight_norm_at_min", "test_accuracy_at_min", "test_loss_rescaled")  # fmt: skip
    if after is None:
        return facts | dict.fromkeys(names)
    shrink = after.weight_norm[0] / max(after.weight_norm[1], 1e-300)
    values = (after.minimum, after.minimum_step, after.ratio, after.train_loss[0],
              after.weight_norm[0], after.test_accuracy[0],
              analysis.rescaled_test_loss(run, shrink))  # fmt: skip
    return facts | dict(zip(names, values, strict=True))


@of_run("there-and-back")
def generalises_twice(run: Run) -> Facts:
    found, facts = analysis.there_and_back(run), periodic(run)
    names = ("test_loss_min", "test_loss_min_step", "test_loss_peak", "test_loss_peak_step",
             "test_loss_rise", "below_step", "end_ratio", "test_accuracy_at_min", "test_accuracy_lowest")  # fmt: skip
    if found is None:
        return facts | dict.fromkeys(names)
    rise = found.rise
    values = (rise.minimum, rise.minimum_step, rise.peak, rise.peak_step,
              rise.ratio, found.below_step, found.end_ratio, *found.accuracy)  # fmt: skip
    return facts | dict(zip(names, values, strict=True))
