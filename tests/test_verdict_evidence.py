"""What verdicts say: on runs made up so that every number in the sentence is known."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from fixtures.good_runs import GOOD, redundant_run, reverse_run
from fixtures.made_up_before import BEFORE
from fixtures.made_up_runs import circle_run, copies_run, modular_run, parity_run, ramp
from fixtures.made_up_sweeps import NEVER, SWEEPS, noise, phase_diagram, seeds, waves

from reportgen.claims import judging
from reportgen.claims.registry import learned, number, percent, step, within
from reportgen.claims.sections import CLAIMS
from reportgen.claims.verdicts import Sample, Verdict, as_json, proportion, scorecard
from reportgen.store.run import Run

P99 = "(100 % end with 99 % test accuracy)"
SAID = {
    "C1": "It memorises at step 50, with 5 % test accuracy, and generalises at 800; test accuracy passes 10 % at 710 and "
    "90 % at 790, the last 10.1 % of the way.",
    "C3": "It memorises at step 50, with 5 % test accuracy, and generalises at 800.",
    "C4": "The largest is 1 while memorising and 0 at the end.",
    "C5": "Train loss rises 2-fold, from 0.1 at step 400 to 0.2 at 600; the model generalises at 800.",
    "C6": "It generalises at step 800, 94.1 % of the way to step 850, from which all distractors are below 0.1; the "
    "largest is 0.143 in between.",
    "C7": "L1 keeps 2 live neurons with 0 near-duplicate pairs, L2 5 with 1.",
    "C8": f"Of 15 models: high train loss 3 {P99}; high test loss 3 {P99}; dropping together 4 {P99}; grokking 5 {P99}.",
    "C9": "By decay: at 0.01, 3 of 3 models are high test loss; at 1, 3 of 3 models are high train loss.",
    "C10": "In 15 models that memorise and generalise: −0.55 with training size, −1 with decay.",
    "C11": "5 neurons with 20 trained numbers end at 100 % train and 100 % test accuracy.",
    "C12": "The ratio is 1 going in and 1 going out.",
    "C15": "It uses 3 frequencies. Of the 4 cells of a neuron, 3.67 hold 95 % of W_input's energy at the start and 1 at the "
    "end; 3.67 and 1 that of W_output.",
    "C17": "In 40 models 135 such groups with a median of 97.8 % (97.6 % with 5, 97.8 % with 6, 99.3 % with 7, 99.7 % with "
    "8), the sum right in 40; in 8 models 27 such groups with a median of 97.8 % (97.6 % with 5, 97.8 % with 6, 99.3 % "
    "with 7, 99.7 % with 8), the sum right in 8.",
    "C18": "Of 40 models 25 use 3, 15 use 4 frequencies (p = 0.635 against the published); groups by neurons: 52 of 5, 34 "
    "of 6, 33 of 7, 16 of 8 (p = 0.466); equally likely frequencies: p = 1.",
    "C19": "0 of 9 generalise; the best ends at 20 %.",
    "C20": "Sooner to later with the input side collapsed: tied, L2, 5 neurons 12 to 0; untied, L2, 5 neurons 0 to 12. It "
    "helps in 1 of 2 set-ups and hurts in 1.",
    "C21": "Above 0.5: decay 0.5, rate 0.001: 9 of 9; decay 3, rate 0.001: 0 of 9; of the main model's seeds 0 of 40.",
    "C23": "Test loss rises 2-fold, from 0.2 at step 200 to 0.4 at 400, and is below the minimum from 510, ending at "
    "5 × 10⁻⁵ of it. Meanwhile test accuracy goes from 90 % to no less than 89 %.",
    "C24": "Of 66 models, 1 generalise with a share below 50 % (though 3 frequencies hold 85.7 % to 85.7 % of W_input's energy), and 20 have a share of at least 90 % and "
    "less than 90 % test accuracy (the least is 0 %).",
    "C25": "5 neurons get 4,489 of 4,489 pairs right. The right answer leads by at least 0.2 % of its score, and the output "
    "is turned by at most 1.52° of the 2.69° allowed. The first odd modulus with a wrong pair is 119.",
    "C28": "Of 40 seeds, by step 2,500 40 in float64 and 40 in plain float32, 0 in one alone (difference −3.9 to +3.9 "
    "points); by step 1,000 40 in float64 and 40 in plain float32, 0 in one alone (difference −3.9 to +3.9 points).",
    "C29": "Train loss rises by 5 % or more, of the models that memorise and then generalise: with β1 of 0.9, 1 of 6; with β1 "
    "of 0.95, 1 of 6; with β1 of 0.99, 5 of 6.",
    "C30": "The median steps: one order, 11 pairs 1,000 (1 of 1 seeds generalise); one order, 19 pairs 200 (1 of 1 seeds "
    "generalise); both orders, 19 pairs 200 (1 of 1 seeds generalise).",
    "C31": "1 of 1 seeds generalise; the 3 strongest frequencies hold 100 % to 100 % of the energy.",
    "C32": "1 of 2 models do. The deepest such fall is from 80 % at step 200 to 70 % at 500, train accuracy going from 100 % to "
    "100 %; test accuracy ends at 90 % (decay 0.5, 5 neurons).",
    "C51": "Plain float32 is later or worse in 24 of 24 at 0, 24 of 24 at 0.01, 24 of 24 at 0.03, 0 of 24 at 0.1.",
    "C52": "1 of 9 seeds generalise, with 5 neurons and 11 sums.",
    "C53": "Of 8 waiting, 8 were followed to 4,000, and 8 generalise; with the others, an estimated 100 % of all seeds "
    "(71.6 % to 100 %) by step 3,000.",
    "C54": "The wait is long in 40 of 40 (95 % interval 91.2 % to 100 %) and the rise sharp in 20 of 40 (95 % interval 35.2 "
    "% to 64.8 %).",
}  # fmt: skip


def said(id: str, runs: dict) -> str:
    """The evidence, with plain spaces."""
    return judging.judge(id, GOOD | SWEEPS | BEFORE | runs).evidence.replace("\u00a0", " ")


@pytest.mark.parametrize("id", list(SAID))
def test_a_verdict_says_what_the_runs_were_made_to_show(id):
    """Each number is one that the run or the sweep was built with, or follows from it by hand."""
    assert said(id, {}) == SAID[id]


def test_angles_are_said_in_degrees_and_the_farthest_counts():
    """One in-angle turned by 0.2 is half of that from even; its out-angle turns with it, twice as far."""
    off = circle_run(shift=np.array([0, 0, 0, 0, 0.2]))
    assert said("C13", {"five-neurons": off}) == "The farthest is off by 5.73° going in and 11.5° going out."
    three = circle_run(turns=3.0)
    assert said("C14", {"five-neurons": three}) == f"The farthest is off by {number(doubling(three))}°."
    run = copies_run()
    run.w_output[-1, 4] = run.w_output[-1, 5]
    assert said("C16", {"modular": run}).startswith("Of 15 neurons, the farthest is off by ")


def doubling(run: Run) -> float:
    """Three times the in-angle instead of twice: off by that angle, in (−180°, 180°]."""
    angles = 0.3 + 2 * np.pi * np.arange(5) / 5
    return float(np.degrees(np.abs(np.angle(np.exp(1j * angles)))).max())


def test_shares_are_those_of_the_start_and_the_end():
    """Half the energy constant and half on a frequency at the end; at the start noise would have more."""
    run = modular_run()
    run.w_input[-1] += np.float32(12 / 7**0.5)
    assert (
        said("C2", {"modular": run})
        == "The median share is 13.3 % at the start, where noise gives 52.4 %, and 50 % at the end."
    )


def test_what_left_the_usual_order_is_said_at_the_minimum_and_at_the_end():
    """Loss, accuracy and norm where test loss is lowest, and where it ends."""
    text = said("C22", {"reverse": reverse_run()})
    assert text.startswith(
        "Test loss rises 7-fold from its minimum at step 400, test accuracy goes from 90 % to 80 % and the norm from 6.6 to 9; "
        "with the norm scaled back, test loss would be "
    )
    assert " instead of 0.7; the median share is 99.99" in text


def test_models_that_do_not_learn_are_counted_and_said():
    """Two classes of the phase diagram without accuracy; two of three seeds that fail."""
    runs = [replace(run, test_accuracy=NEVER) if i % 3 else run for i, run in enumerate(phase_diagram())]
    assert "high train loss 3 (33.3 % end with 99 % test accuracy)" in said("C8", {"parity-sweep": runs})
    assert said("C18", {"modular-seeds": seeds(1, 2, 3, failing=2)}).startswith(
        "Of 1 models 1 use 1 frequencies (p = 1 against the published)"
    )
    assert said("C7", {"parity": redundant_run()}) == (
        "L1 keeps 5 live neurons with 1 near-duplicate pairs, L2 5 with 1."
    )


def test_weights_are_those_of_the_first_number_where_the_second_has_its_own():
    """Noise in b's half of W_input is no cell of a's."""
    run = copies_run()
    own = np.random.default_rng(0).normal(size=run.w_input.shape)
    both = replace(run, w_input=np.concatenate([run.w_input, own], axis=1))
    assert said("C15", {"modular": both}) == SAID["C15"]


def test_how_sparse_a_model_is_does_not_depend_on_its_snapshots():
    """Start and end count, and no state in between: here it stays as it started for a while."""
    run, stays = copies_run(), [0, 0, 1]
    more = replace(
        run, snapshot_steps=run.steps[[0, 50, -1]], w_input=run.w_input[stays], w_output=run.w_output[stays]
    )
    assert said("C15", {"modular": more}) == SAID["C15"]


def test_a_model_is_periodic_and_wrong_as_it_ends():
    """Noise that turned into waves, and a test accuracy that ends at 60 %."""
    run = waves(1, test_accuracy=ramp((0, 0.0), (1000, 0.6)))
    run = replace(run, w_input=np.stack([noise().w_input[0], run.w_input[-1]]))
    none = {name: [] for name in CLAIMS["C24"].runs}
    assert said("C24", none | {"soften": [run]}) == (
        "Of 1 models, 0 generalise with a share below 50 %, and 1 have a share of at least 90 % and less than 90 % test "
        "accuracy (the least is 60 %)."
    )


THRESHOLDS = {  # the numbers in each
    "C1": "10 10 25", "C2": "20 95", "C3": "50 70", "C4": "0.5 0.05", "C5": "5", "C6": "10 0.1",
    "C7": "0.95 2", "C8": "", "C9": "", "C10": "0.2", "C11": "100 20", "C12": "1.25", "C13": "10",
    "C14": "10", "C15": "3 95 50 2", "C16": "10", "C17": "5 2 93 5 8 99 90", "C18": "10 99 0.01 0.01",
    "C19": "99", "C20": "0.05", "C21": "0.5 90", "C22": "5 90", "C23": "1.5 5", "C24": "50 90 90",
    "C25": "4489 67 10", "C26": "5 7 9 11 13 67 10", "C27": "3 5 6 7 8 9 10 11 12 3 5 31 67 119 10 2",
    "C28": "2500 10 90 5", "C29": "5 83.3 0.99 16.7 0.9 0.95", "C30": "2 3", "C31": "3 80",
    "C32": "5 50", "C41": "20 24 0.75 80", "C42": "20 24 3", "C43": "75 10 20",
    "C44": "16 18 0.03 0.1 0.3 0.9 0.5", "C45": "90 2", "C51": "0 0.01 0.03 20 24", "C52": "99",
    "C53": "50 95", "C54": "10 10 90 25 75",
}  # fmt: skip


@pytest.mark.parametrize("id", list(THRESHOLDS))
def test_thresholds_stand(id):
    """Moving one is a change to the article: it is made here too."""
    text = CLAIMS[id].threshold.replace(",", "")
    assert " ".join(re.findall(r"(?<!\w)\d+(?:\.\d+)?", text)) == THRESHOLDS[id]


FACTS = {
    "t_mem": 50,
    "t_gen": 800,
    "test_accuracy_at_mem": 0.05,
    "train_accuracy_end": 0.5,
    "test_accuracy_end": 0.25,
}


@pytest.mark.parametrize(
    ("missing", "text"),
    [
        ("t_mem", "It never memorises; train accuracy ends at 50 %."),
        ("t_gen", "It memorises at step 50, with 5 % test accuracy, and never generalises; test accuracy ends at 25 %."),
    ],
)  # fmt: skip
def test_what_never_came_is_said_with_where_it_ended(missing, text):
    assert learned(FACTS | {missing: None}).replace("\u00a0", " ") == text


def test_what_is_not_known_says_so():
    """And is within no limit; the limit itself is."""
    assert (percent(None), step(None), number(None)) == ("unknown", "never", "unknown")
    assert (number(0.12345), number(0.12345, 2), number(1234)) == ("0.123", "0.12", "1,234")
    assert within((1.0, 2.0), 2.0) and not within((1.0, 2.1), 2.0) and not within((1.0, None), 2.0)


TRIED = proportion(2, 3, "seeds tried")
VERDICTS = [
    Verdict("C1", "A.", True, "Because – so.", "x", ("modular",), "exists", "original", TRIED),
    Verdict("C2", "B.", True, "It is.", "x", ("modular",), "typical", "ours", Sample(1125, "models")),
    Verdict("C10", "C.", False, "It is not.", "x", (), "theorem", "ours", None),
    Verdict("C11", "D.", None, "Not judged.", "x", (), "exists", "ours", None),
]


def test_the_scorecard_has_two_lines_for_each_claim_by_kind_and_their_count():
    lines = [line.replace("\u00a0", " ") for line in scorecard(VERDICTS)]
    assert lines == [
        "What is typical:",
        "C2   holds  B.",
        "            It is. [ours · 1,125 models]",
        "What exists:",
        "C1   holds  A.",
        "            Because – so. [the original’s · 2 of 3 seeds tried (95 % interval 20.8 % to 93.9 %)]",
        "C11  –      D.",
        "            Not judged. [ours]",
        "What can be proved:",
        "C10  FAILS  C.",
        "            It is not. [ours]",
        "2 hold, 1 fail, 1 cannot be judged.",
    ]


def test_the_scorecard_for_programs_is_json():
    """One object per claim, characters as they are, a final newline."""
    text = as_json(VERDICTS).decode()
    assert text.endswith("]\n") and "Because – so." in text and '\n {\n  "id": "C1"' in text
    assert [one["holds"] for one in json.loads(text)] == [True, True, False, None]
    assert set(json.loads(text)[0]) == set(Verdict.__dataclass_fields__)


def test_a_model_with_too_few_snapshots_or_no_memorising_cannot_tell_or_fails():
    """Ten snapshots are enough for the pace of a fall, nine are not."""
    run = parity_run()
    places = np.linspace(0, len(run.snapshot_steps) - 1, 10).round().astype(int)
    for count, judged in ((10, True), (9, False)):
        kept = places[:count] if count < 10 else places
        few = replace(
            run,
            snapshot_steps=run.snapshot_steps[kept],
            w_input=run.w_input[kept],
            w_output=run.w_output[kept],
        )
        assert (judging.judge("C6", {"parity": few}).holds is not None) is judged
    never = parity_run(test_accuracy=ramp((0, 0.1), (1000, 0.5)))
    assert said("C3", {"parity": never}).endswith("and never generalises; test accuracy ends at 50 %.")
