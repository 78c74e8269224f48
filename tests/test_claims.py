"""Laws of `claims`: each holds on a run built to show it and fails on one doctored in one way."""

import json
from dataclasses import asdict, replace
from functools import cache

import numpy as np
import pytest
from fixtures.good_runs import GOOD, back_run, redundant_run, reverse_run
from fixtures.made_up_before import BEFORE, DOCTORED_BEFORE
from fixtures.made_up_results import DOCTORED_RESULTS, RESULTS
from fixtures.made_up_runs import (
    SNAPSHOTS,
    STEPS,
    H,
    circle_run,
    compact,
    copies_run,
    diverged,
    modular_run,
    parity_run,
    parity_weights,
    ramp,
)
from fixtures.made_up_sweeps import DOCTORED_SWEEPS, SWEEPS, noise, seeds, waves
from fixtures.quoted import quoted

from reportgen.analysis import Construction
from reportgen.claims import judging
from reportgen.claims.judging import shows
from reportgen.claims.registry import claim, in_order
from reportgen.claims.sections import CLAIMS, appendix
from reportgen.claims.verdicts import KINDS, OWNERS, Sample, proportion, remembered
from reportgen.errors import ReportError
from reportgen.experiments import experiment, shrink
from reportgen.facts.describing import describe
from reportgen.store.run import Run

NEVER = 0.0 * STEPS
ALL = GOOD | SWEEPS | BEFORE | RESULTS


def words(*lines: str) -> list[str]:
    """The words of some lines."""
    return " ".join(lines).split()


EVERY = words(
    "seed steps train_size test_size t_mem t_gen t10 t90 test_accuracy_at_mem train_accuracy_end",
    "test_accuracy_end train_loss_end test_loss_end weight_norm_start weight_norm_end moments",
    "tried generalised shown t_gen_low t_gen_high",
)
PARITY_FACTS = words(
    "neurons digits deciding distractors live_neurons near_duplicates distractor_max_memorising",
    "distractor_max_end train_loss_min train_loss_min_step train_loss_peak train_loss_peak_step",
    "train_loss_rise last_distractor",
)
CONTRACTED = {
    "modular": words(
        "neurons embedding_size modulus pairs frequencies frequency_count",
        "neurons_per_frequency share_start share_end share_noise neurons_used cells",
        "cells_start_in cells_end_in cells_start_out cells_end_out phase_error_degrees",
        "ordered_pairs votes votes_right vote_cosine_min vote_cosine_max vote_sine_max",
    ),
    "parity": PARITY_FACTS,
    "parity-l2": PARITY_FACTS,
    "five-neurons": words(
        "neurons modulus parameters accuracy_gap norm_ratio_in norm_ratio_out",
        "unevenness_in_degrees unevenness_out_degrees doubling_error_degrees",
    ),
    "reverse": ["test_loss_min", "test_loss_rise", "test_loss_rescaled"],
    "there-and-back": ["test_loss_min", "test_loss_rise", "below_step"],
}


def weights(run: Run, change) -> Run:
    """The run with `change(w_input, w_output)` made to copies of its weights."""
    copies = run.w_input.copy(), run.w_output.copy()
    change(*copies)
    return replace(run, w_input=copies[0], w_output=copies[1])


def keep_a_distractor(w_in, w_out):
    w_in[-1, 5, 0] = 0.06


def keep_a_large_one(w_in, w_out):
    w_in[-1, 5, 0] = 0.11


def noise_at_the_end(w_in, w_out):
    w_in[-1] = np.random.default_rng(0).normal(size=w_in[-1].shape)


def copy_a_neuron(w_in, w_out):
    w_in[:, :, 2], w_out[:, 2] = w_in[:, :, 0], w_out[:, 0]


def make_both_alike(w_in, w_out):
    w_in[:, :, 1], w_out[:, 1] = w_in[:, :, 0], w_out[:, 0]


def wake_a_neuron(w_in, w_out):
    w_in[:, :3, 2], w_out[:, 2] = [[1, 1, -1]], 1


def turn_one_out(w_in, w_out):
    w_out[-1, 0] = np.roll(w_out[-1, 0], 1)


def lengthen_one(w_in, w_out):
    w_in[-1, :, 3] *= 1.3


def turn_a_group_over(w_in, w_out):
    w_out[-1, 5:10] *= -1


def shift_a_group(w_in, w_out):
    w_out[-1, 5:10] = np.roll(w_out[-1, 5:10], 1, axis=1)


def falling_alike() -> Run:
    """Test loss falls over steps 250 to 850, as the distractors' norm does: neither is the slower one."""
    levels = ramp((0, 1), (200, 1), (250, 0.9), (850, 0.1), (1000, 0), steps=SNAPSHOTS)
    w_in, w_out = parity_weights(levels)
    test_loss = ramp((0, 1), (200, 1), (250, 0.89), (850, 0.09), (1000, 0))
    return replace(parity_run(test_loss=test_loss), w_input=w_in, w_output=w_out)


def untaught(name: str) -> dict:
    """The experiment's good runs as if they had never learned what they train on; of a function, none at all."""
    good = ALL.get(name, [])
    if isinstance(good, Run):
        return {name: replace(good, train_accuracy=NEVER)}
    return {name: [replace(run, train_accuracy=NEVER) for run in good if isinstance(run, Run)]}


LATE = ramp((0, 0.1), (100, 1.0))  # memorises at step 100, a tenth of 1,000
DOCTORED = [
    ("C1", {"modular": modular_run(test_accuracy=NEVER)}),
    ("C1", {"modular": modular_run(train_accuracy=LATE)}),
    ("C1", {"modular": modular_run(test_accuracy=ramp((0, 0.15), (700, 0.15), (800, 1.0)))}),
    ("C1", {"modular": modular_run(test_accuracy=ramp((0, 0.0), (400, 0.0), (800, 1.0)))}),
    ("C1", {"modular": diverged(modular_run())}),
    ("C2", {"modular": weights(modular_run(), noise_at_the_end)}),
    ("C2", {"modular": replace(modular_run(), w_input=modular_run().w_input[[1, 1]])}),
    ("C2", {"modular": diverged(modular_run())}),
    ("C3", {"parity": parity_run(test_accuracy=NEVER)}),
    ("C3", {"parity": parity_run(train_accuracy=ramp((0, 0.5), (450, 1.0)))}),
    ("C3", {"parity": parity_run(test_accuracy=ramp((0, 0.75), (700, 0.75), (800, 1.0)))}),
    ("C4", {"parity": weights(parity_run(), keep_a_distractor)}),
    ("C4", {"parity": replace(parity_run(), w_input=parity_run().w_input * 0.4)}),
    ("C5", {"parity": parity_run(train_loss=ramp((0, 1.0), (1000, 0.01)))}),
    ("C5", {"parity": parity_run(train_loss=ramp((0, 1.0), (400, 0.1), (600, 0.104), (900, 0)))}),
    ("C6", {"parity": parity_run(test_accuracy=ramp((0, 0.05), (690, 0.05), (700, 1.0)))}),
    ("C6", {"parity": parity_run(test_accuracy=ramp((0, 0.05), (990, 0.05), (1000, 1.0)))}),
    ("C6", {"parity": parity_run(test_accuracy=NEVER)}),
    ("C6", {"parity": weights(parity_run(), keep_a_large_one)}),
    ("C7", {"parity": redundant_run()}),
    ("C7", {"parity": weights(parity_run(), make_both_alike)}),
    ("C7", {"parity": weights(parity_run(), wake_a_neuron)}),  # three live neurons, and five with L2
    ("C7", {"parity": weights(parity_run(), copy_a_neuron)}),
    ("C7", {"parity-l2": parity_run()}),
    ("C11", {"five-neurons": circle_run(test_accuracy=ramp((0, 0.0), (50, 0.999)))}),
    ("C12", {"five-neurons": weights(circle_run(), lengthen_one)}),
    ("C12", {"five-neurons": circle_run(lengths=np.array([1, 1, 1, 1, 0]))}),
    ("C13", {"five-neurons": circle_run(shift=np.array([0, 0, 0, 0, np.radians(21)]))}),
    ("C14", {"five-neurons": weights(circle_run(), turn_one_out)}),
    ("C14", {"five-neurons": diverged(circle_run())}),
    ("C15", {"modular": modular_run()}),
    ("C15", {"modular": weights(copies_run(), noise_at_the_end)}),
    ("C15", {"modular": replace(copies_run(), w_input=copies_run().w_input[[1, 1]])}),
    ("C15", {"modular": replace(copies_run(), w_output=copies_run().w_output[[1, 1]])}),
    ("C15", {"modular": diverged(copies_run())}),
    ("C16", {"modular": weights(copies_run(), turn_one_out)}),
    ("C16", {"modular": diverged(copies_run())}),
    ("C22", {"reverse": reverse_run(test_loss=ramp((0, 1.0), (400, 0.1), (1000, 0.4)))}),
    ("C22", {"reverse": reverse_run(train_loss=ramp((0, 0.1), (1000, 0.2)))}),
    ("C22", {"reverse": reverse_run(weight_norm=ramp((0, 9.0), (1000, 5.0)))}),
    ("C22", {"reverse": weights(reverse_run(), noise_at_the_end)}),
    ("C22", {"reverse": diverged(reverse_run())}),
    ("C23", {"there-and-back": back_run(peak=0.28)}),
    ("C23", {"there-and-back": back_run(end=0.21)}),
    ("C23", {"there-and-back": back_run(lost=0.06)}),
    ("C23", {"there-and-back": diverged(back_run())}),
    *DOCTORED_SWEEPS,
    *DOCTORED_BEFORE,
    *DOCTORED_RESULTS,
    # `reportgen new claim` adds a run that contradicts it above this line.
]
# What needs no run is judged on a construction; each of these is wrong in one way.
MISBUILT = [
    ("C25", Construction(neurons=6)),
    ("C25", Construction(neurons=3)),
    ("C25", Construction(modulus=119)),
    ("C25", Construction(modulus=65)),
    ("C25", Construction(turns=1)),
    ("C26", Construction(activation="square")),
    ("C26", Construction(turns=3)),
    ("C27", Construction(activation="relu")),
    ("C27", Construction(activation="square", turns=1)),
    # `reportgen new claim` adds a construction that contradicts it above this line.
]


def judged(id: str, runs: dict):
    """The verdict on one claim alone: judging all of them takes a second."""
    return judging.judge(id, runs)


@pytest.mark.parametrize("id", list(CLAIMS))
def test_every_claim_holds_where_it_was_built_to(id):
    """And says so in one sentence with a number in it."""
    verdict = judged(id, ALL)
    assert verdict.holds is True, verdict.evidence
    assert verdict.evidence.endswith(".") and any(sign.isdigit() for sign in verdict.evidence)


@pytest.mark.parametrize(("id", "change"), DOCTORED)
def test_every_claim_fails_on_a_run_doctored_against_it(id, change):
    """False, not None: the run is there and contradicts the claim."""
    verdict = judged(id, ALL | change)
    assert verdict.holds is False, verdict.evidence


def test_the_doctored_runs_cover_every_claim():
    """Adding a claim means adding a run that makes it fail."""
    assert {id for id, _ in DOCTORED + MISBUILT} == set(CLAIMS)


@pytest.mark.parametrize(("id", "circle"), MISBUILT)
def test_claims_without_runs_fail_on_a_construction_misbuilt_against_them(id, circle):
    """The judge is given another construction than its own."""
    finding = CLAIMS[id].judge(circle)
    assert finding.holds is False, finding.evidence


@pytest.mark.parametrize(
    ("id", "criterion", "result"),
    [
        ("C26", "largest_error", 1.0),
        ("C26", "doubling_changes", [0.0, 2e-9]),
        ("C27", "formula_error", 2e-9),
        ("C27", "only_opposites_fail", False),
    ],
)
def test_each_criterion_of_a_construction_is_needed(monkeypatch, id, criterion, result):
    """With one that fails and the others as they are, the claim fails."""
    monkeypatch.setattr(appendix, criterion, lambda *_: result)
    assert CLAIMS[id].judge().holds is False


def test_claims_without_their_runs_are_not_judged():
    """None, and the evidence names what is missing, unless they need none; in the order of the numbers."""
    assert [claim.id for claim in in_order()] == sorted(CLAIMS, key=lambda id: int(id[1:]))
    found = [judged(id, {}) for id in CLAIMS]
    assert all(verdict.holds is (None if verdict.runs else True) for verdict in found)
    assert all((verdict.sample is None) is bool(verdict.runs) for verdict in found)
    assert "parity-l2" in judged("C7", {"parity": parity_run()}).evidence


def test_reverse_weakens_its_sentence_when_accuracy_does_not_fall():
    """The claim becomes overconfidence, still judged, and no seed to show."""
    run = reverse_run(test_accuracy=ramp((0, 0.1), (400, 0.8), (1000, 0.9)))
    verdict = judged("C22", {"reverse": run})
    assert verdict.holds and "overconfident" in verdict.text
    assert shows("reverse", GOOD["reverse"]) and not shows("reverse", run)


def test_half_of_a_claim_is_reported_alone():
    """Where only one half is found, the sentence says which, and that the other was not."""
    none = {name: [] for name in CLAIMS["C24"].runs}
    found = judged("C24", none | {"soften": [noise()]})
    assert found.holds and found.text.startswith("One frequency to a neuron is not necessary")
    found = judged("C24", none | {"soften": [waves(1, test_accuracy=NEVER)]})
    assert found.holds and found.text.startswith("Clean waves are not sufficient")


def test_a_sweep_of_diverged_models_is_judged():
    """They count as failures, without a warning."""
    broken = {"modular-seeds": [diverged(run) for run in seeds(1, 2, 3)]}
    assert judged("C18", broken).holds is False
    broken |= dict.fromkeys(CLAIMS["C24"].runs, broken["modular-seeds"])
    assert judged("C24", broken).holds is False


@pytest.mark.parametrize("name", list(GOOD))
def test_a_good_run_shows_its_page_even_when_compact(name):
    """What needs snapshots is left out of the search's predicate, the rest is not."""
    assert shows(name, compact(GOOD[name]))
    assert not shows(name, diverged(compact(GOOD[name])))


def test_what_a_seed_must_show_beyond_the_claims():
    """Sparse with L1; copies with L2; an unknown name is told apart."""
    w_in = np.random.default_rng(0).normal(size=(2, 10, 8)) * 1e-2
    crowded = replace(compact(parity_run()), w_input=w_in, w_output=np.ones((2, 8, 1)))
    assert describe(crowded, "parity")["live_neurons"] == 8
    assert not shows("parity", crowded)
    assert not shows("parity-l2", compact(parity_run()))
    with pytest.raises(ReportError, match="modlar"):
        shows("modlar", modular_run())


def seeded(run: Run, seed: int) -> Run:
    return replace(compact(run), config=replace(run.config, seed=seed))


def test_base_rates_count_the_search():
    """k of n with its interval; pairs of experiments are compared seed by seed."""
    bad = modular_run(test_accuracy=NEVER)
    search = [seeded(run, seed) for seed, run in enumerate([modular_run(), bad, modular_run()])]
    found = {"modular": modular_run(), "modular-search": search}
    assert str(judged("C1", found).sample).startswith("2 of 3 seeds tried (95")
    assert str(judged("C2", found).sample).startswith("2 of 2 seeds that generalise")
    pairs = {
        "parity-search": [seeded(parity_run(), 0), seeded(redundant_run(), 1)],
        "parity-l2-search": [seeded(redundant_run(), seed) for seed in (1, 0, 2)],
    }
    assert judged("C7", GOOD | pairs).sample == proportion(1, 2, "seeds tried")
    assert judged("C6", GOOD | pairs).sample == Sample(1, "model")  # compact runs cannot tell
    tried = quoted({"modular": modular_run(), "modular-search": search})["modular"]
    assert (tried["tried"], tried["generalised"], tried["shown"]) == (3, 2, 2)
    assert (tried["t_gen_low"], tried["t_gen_high"]) == (800, 800)


def test_what_is_typical_holds_of_most_seeds():
    """The run shown is not enough: the lower end of the interval has to lie above one half."""
    bad = parity_run(test_accuracy=NEVER)

    def found(good: int, failed: int):
        search = [seeded(run, seed) for seed, run in enumerate([parity_run()] * good + [bad] * failed)]
        return judged("C3", {"parity": parity_run(), "parity-search": search})

    assert [found(*counts).holds for counts in ((20, 4), (13, 11), (0, 3))] == [True, False, False]
    assert found(13, 11).sample == proportion(13, 24, "seeds tried")
    assert judged("C3", {"parity": parity_run()}).holds


@pytest.mark.parametrize("id", list(CLAIMS))
def test_every_claim_carries_labels_that_fit(id):
    """Known words; a theorem needs no run and the others do; and a sample, where it was judged."""
    found, verdict = CLAIMS[id], judged(id, ALL)
    assert found.kind in KINDS and found.whose in OWNERS
    assert (found.kind == "theorem") is not bool(found.runs)
    assert verdict.sample is not None and verdict.labels.startswith(OWNERS[found.whose])
    assert verdict == remembered(json.loads(json.dumps(asdict(verdict))))


@cache
def trained(name: str) -> Run:
    """The experiment shrunk to 20 steps and really trained."""
    from reportgen.numerics.training import METRICS, Trainer

    config = shrink(experiment(name)).configs[0]
    short = replace(config.training, steps=20, metrics_every=4, snapshots_every=4)
    trainer = Trainer([replace(config, training=short)])
    list(trainer.run())
    left = trainer.trajectory()
    return Run(
        name=name, key="0", config=trainer.config, steps=left.steps,
        **{metric: left.metrics[metric][:, 0] for metric in METRICS},
        snapshot_steps=left.snapshot_steps, w_input=left.w_input[:, 0],
        w_output=left.w_output[:, 0], final={},
    )  # fmt: skip


VARIANTS = {
    "good": lambda name: GOOD[name],
    "compact": lambda name: compact(GOOD[name]),
    "never": lambda name: replace(GOOD[name], train_accuracy=NEVER, test_accuracy=NEVER),
    "diverged": lambda name: diverged(GOOD[name]),
    "all NaN": lambda name: replace(GOOD[name], test_loss=NEVER * np.nan, train_loss=NEVER * np.nan),
    "zero": lambda name: replace(GOOD[name], w_input=0 * GOOD[name].w_input),
    "shrunken": trained,
}


EVERY_CLAIM = set(CLAIMS)
FAILING = {  # variant → the claims on one experiment that contradict it; the others hold
    "never": {"C1", "C3", "C4", "C5", "C6", "C11"},
    "diverged": EVERY_CLAIM,
    "all NaN": {"C5", "C22", "C23"},
    "zero": {"C2", "C4", "C6", "C12", "C13", "C14", "C15", "C16", "C17", "C22"},
    "shrunken": EVERY_CLAIM - {"C6"},
}
UNDECIDED = {"compact": {"C4", "C6"}, "shrunken": {"C6"}}  # for want of snapshots, or of a fall
SHOWING = {  # variant → the experiments whose page it could show
    "good": set(GOOD),
    "compact": set(GOOD),
    "never": {"there-and-back"},
    "all NaN": {"modular", "parity-l2", "five-neurons"},
    "zero": {"there-and-back"},
}


@pytest.mark.parametrize("variant", list(VARIANTS))
@pytest.mark.parametrize("name", list(CONTRACTED))
def test_every_contracted_fact_exists_for_any_run(name, variant):
    """Plain values that JSON can hold; and every claim comes to a verdict without a warning."""
    run = VARIANTS[variant](name)
    found = quoted({name: run, "modular-search": [run]})
    namespace = found[name.replace("-", "_")]
    assert set(EVERY + CONTRACTED[name]) <= set(namespace)
    assert {"start", "memorises", "generalises", "end"} <= set(namespace["moments"])
    if name.startswith("parity"):
        assert {"turns", "pruned"} <= set(namespace["moments"])
        assert list(namespace["last_distractor"]) == ["0.1", "0.05", "0.03"]
    json.dumps(found, allow_nan=False)
    assert all(isinstance(item, int | float | str | list | dict | None) for item in namespace.values())
    own = [id for id, claim in CLAIMS.items() if claim.runs == (name,)]
    expected = {id: id not in FAILING.get(variant, ()) for id in own}
    expected |= dict.fromkeys(UNDECIDED.get(variant, set()) & set(own))
    assert {id: judged(id, {name: run}).holds for id in own} == expected
    assert shows(name, run) is (name in SHOWING.get(variant, ()))


def test_facts_count_what_the_task_has():
    """The page's own sizes: 911 of 2,278 pairs, 1,200 of the pool."""
    found = quoted({name: trained(name) for name in ("modular", "parity")})
    modular, parity = found["modular"], found["parity"]
    assert (modular["train_size"], modular["test_size"], modular["pairs"]) == (911, 1367, 2278)
    assert (parity["train_size"], parity["test_size"], parity["distractors"]) == (1200, 5000, 27)
    assert modular["weight_norm_start"] == pytest.approx(37.5, abs=0.5)
    assert modular["share_noise"] == pytest.approx(0.12, abs=0.005)
    assert quoted({"modular": modular_run()})["modular"]["frequencies"] == [1, 3]
    five = quoted({"five-neurons": circle_run(train_accuracy=NEVER + 0.75, test_accuracy=NEVER + 0.5)})
    assert five["five_neurons"]["parameters"] == 4 * H
    assert five["five_neurons"]["accuracy_gap"] == 0.25
    matrices = {"embed": np.ones((67, 500)), "in_proj": np.ones((500, 24))}
    whole = quoted({"modular": replace(modular_run(), final=matrices)})["modular"]
    assert whole["parameters"] == 67 * 500 + 500 * 24
    assert quoted({"modular": modular_run()})["modular"]["parameters"] is None


@pytest.mark.parametrize(
    ("judge", "says"),
    [
        (lambda run: run.no_such_thing, "C1: AttributeError"),
        (lambda run: True, "C1: its judge returned bool, not a Finding"),
    ],
)
def test_a_judges_mistake_names_its_file(monkeypatch, judge, says):
    """Somebody who writes a claim reads where it went wrong, not a traceback."""
    monkeypatch.setitem(CLAIMS, "C1", replace(CLAIMS["C1"], judge=judge))
    with pytest.raises(ReportError, match=rf"{__file__}.*{says}"):
        judging.judge("C1", {"modular": object()})


def test_a_claim_on_an_unknown_experiment_is_refused(monkeypatch):
    """A misspelt name is no experiment that is still to be trained."""
    monkeypatch.setitem(CLAIMS, "C1", replace(CLAIMS["C1"], runs=("modlar",)))
    with pytest.raises(ReportError, match="modlar"):
        judging.judge("C1", {})


@pytest.mark.parametrize(("number", "says"), [("C1", "C1 is taken by"), ("99modular", "is not the number")])
def test_a_claims_number_is_its_own(number, says):
    """A second C1 would hide the first; a forgotten comma joins a number and a name."""
    with pytest.raises(ReportError, match=says):
        claim(number, "modular", kind="exists", whose="ours", text="", threshold="")(lambda run: None)
