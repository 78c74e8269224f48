"""Every number that the page can quote, against `oracle`, which works it out a second time on its own."""

import math
from collections.abc import Iterator, Mapping

import oracle
import pytest
from fixtures.by_the_oracle import stored, swept, tried
from fixtures.edge_runs import (
    DOCTORED,
    diverged,
    edges,
    fading,
    in_full,
    light,
    never,
    silent,
    sparse,
    tiny,
    turning,
)
from fixtures.made_up_decisions import DECISIONS, DOCTORED_DECISIONS

CLOSE = 1e-9  # relative: both sides compute in float64, though in another order
ROUGH = {
    "cosine",
    "sine",
    "vote_cosine_min",
    "vote_cosine_max",
    "vote_sine_max",
    "large_median",
    "small_median",
}
ROUGHLY = 1e-6  # of a vote: the program adds the input weights of a and b in float32, as they are stored


# --- the program's side: the only lines that know where it keeps its facts ---


def program(name: str, found) -> dict:
    """What the page may quote of an experiment's run, or of its runs."""
    from reportgen.facts.describing import facts_of

    return facts_of(name, found)


def program_chosen(name: str, runs: Mapping) -> dict:
    """What the page may quote about the choice of an experiment's seed."""
    from reportgen.claims.judging import chosen

    return chosen(name, runs)


def program_without_runs() -> dict:
    """What it may quote of things that need no training."""
    from reportgen.facts.describing import without_runs

    return without_runs()


# --- both sides side by side ---


def differences(expected, found, where: str = "") -> Iterator[str]:
    """Every place at which facts differ: in names, kinds and whole numbers at all, in others beyond rounding."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in expected.keys() | found.keys():
            pair = (facts.get(name, "no such fact") for facts in (expected, found))
            yield from differences(*pair, where=f"{where}.{name}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for i, pair in enumerate(zip(expected, found, strict=True)):
            yield from differences(*pair, where=f"{where}[{i}]")
    elif isinstance(expected, float) and isinstance(found, float):
        close = ROUGHLY if where.rpartition(".")[2] in ROUGH or ".by_size." in where else CLOSE
        if not math.isclose(expected, found, rel_tol=close, abs_tol=1e-12):
            yield f"{where}: {expected} by the oracle, {found} by the program"
    elif type(expected) is not type(found) or expected != found:
        yield f"{where}: {expected!r} by the oracle, {found!r} by the program"


def agree(expected: dict, found: dict) -> None:
    assert list(differences(expected, found)) == []


@pytest.mark.parametrize("name", oracle.SINGLE)
def test_the_facts_of_every_seed_that_was_tried(name):
    """All numbers of a single experiment, of each run from which its seed was chosen."""
    for run, expected in zip(stored(f"{name}-search"), tried(name), strict=True):
        agree(expected, program(name, run))


@pytest.mark.parametrize("name", oracle.SWEEPS)
def test_the_facts_of_a_sweep(name):
    """Counts, shares, medians and intervals over all of its models."""
    agree(swept(name), program(name, stored(name)))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("parity-sweep", lambda run: run.config.training.weight_decay == 0.1),
        ("parity-sweep", lambda run: run.config.training.weight_decay == 0.01),
        ("modular-seeds", lambda run: run.test_accuracy[-1] < 0.5),
        ("modular-seeds", lambda run: run.config.seed < 100),
        ("modular-seeds", lambda run: run.config.seed < 10),
        ("architecture-sweep", lambda run: run.config.seed == 1),
        ("soften", lambda run: run.test_accuracy.max() < 0.9),
        ("sums", lambda run: run.config.task.symmetric),
        ("sums", lambda run: not run.config.model.tied_in_proj),
        ("parity-momentum", lambda run: run.config.seed % 2),
        ("precision", lambda run: run.config.training.precision == "float64"),
    ],
)
def test_the_facts_of_part_of_a_sweep(name, kept):
    """A class without models, a kind that nobody tried, seeds of which none generalises or that leave the highest
    frequencies out, one diverged model."""
    part = [run for run in stored(name) if kept(run)]
    part[0] = diverged(part[0])
    agree(oracle.SWEEPS[name](part), program(name, part))


MADE_UP = [(name, DECISIONS[name]) for name in oracle.DECISIONS] + [
    (name, doctored[name])
    for _, doctored in DOCTORED_DECISIONS
    for name in doctored
    if name in oracle.DECISIONS
]


@pytest.mark.parametrize(("name", "runs"), MADE_UP, ids=[name for name, _ in MADE_UP])
def test_the_facts_of_sweeps_that_decide_a_claim(name, runs):
    """On runs made up to hold a claim, and to break it."""
    agree(oracle.DECISIONS[name](runs), program(name, runs))


@pytest.mark.parametrize("name", oracle.SINGLE)
def test_how_a_seed_was_chosen(name):
    """How many of the seeds tried show the same, or that none was tried."""
    run, search = stored(f"{name}-search")[7], stored(f"{name}-search")
    agree(
        oracle.chosen(name, run, tried(name), []), program_chosen(name, {name: run, f"{name}-search": search})
    )
    agree(oracle.chosen(name, run, [], []), program_chosen(name, {name: run}))


@pytest.mark.parametrize("seed", [0, 6, 7, 14, 18, 19])
def test_how_robust_a_seed_is(seed):
    """How often it generalises under small changes, and from when to when; of the first, nobody tried."""
    run, robustness = stored("modular-search")[seed], stored("modular-robustness")
    found = program_chosen("modular", {"modular": run, "modular-robustness": robustness})
    agree(oracle.chosen("modular", run, [], robustness), found)


def test_the_facts_that_need_no_run():
    """Appendix A, by cosines where the program multiplies matrices."""
    agree({"construction": oracle.construction()}, program_without_runs())


# --- what stored runs lack: snapshots between start and end, matrices in full, rare cases ---


@pytest.mark.parametrize("name", ["parity", "parity-l2"])
@pytest.mark.parametrize(("sway", "left"), [(0.0, None), (0.4, None), (0.0, 0.05)])
def test_the_facts_of_models_with_snapshots(name, sway, left):
    """When the last distractors go, how large they were meanwhile, how long their norm takes to fall."""
    for run in stored(f"{name}-search")[::4]:
        run = fading(run, sway, left)
        agree(oracle.SINGLE[name](run), program(name, run))


@pytest.mark.parametrize("change", [edges, turning, never, silent, light, diverged])
@pytest.mark.parametrize("name", oracle.SINGLE)
def test_the_facts_of_rare_models(name, change):
    """At the thresholds to the last answer, and where something never happens or cannot be measured."""
    run = change(stored(f"{name}-search")[2])
    agree(oracle.SINGLE[name](run), program(name, run))


@pytest.mark.parametrize("name", ["parity", "parity-l2"])
def test_a_seed_is_chosen_by_how_many_neurons_it_keeps(name):
    """None, one without a copy, two, as many as are still sparse, and one more."""
    run = stored(f"{name}-search")[7]
    search = [sparse(run, live) for live in (0, 1, 2, 7, 8)]
    facts = [oracle.SINGLE[name](one) for one in search]
    assert [one["live_neurons"] for one in facts] == [0, 1, 2, 7, 8]
    agree(oracle.chosen(name, run, facts, []), program_chosen(name, {name: run, f"{name}-search": search}))


@pytest.mark.parametrize("name", oracle.SINGLE)
def test_a_seed_that_misses_a_threshold_does_not_count(name):
    """A seed that shows what its section says, and the same in ways of which each misses one threshold."""
    at = next(i for i, facts in enumerate(tried(name)) if oracle.SHOWS[name](facts))
    run = stored(f"{name}-search")[at]
    for doctored in [change(run) for kind, change in DOCTORED if kind == name]:
        facts = [tried(name)[at], oracle.SINGLE[name](doctored)]
        assert [oracle.SHOWS[name](one) for one in facts] == [True, False]
        runs = {name: run, f"{name}-search": [run, doctored]}
        agree(oracle.chosen(name, run, facts, []), program_chosen(name, runs))


@pytest.mark.parametrize("change", [in_full, tiny])
def test_the_facts_of_other_main_models(change):
    """With its matrices kept, and of another size."""
    run = change(stored("modular-search")[7])
    agree(oracle.SINGLE["modular"](run), program("modular", run))


def test_the_facts_of_sweeps_models_one_by_one():
    """Seeds that keep 51 snapshots, and one of every architecture, some with input weights for b alone."""
    opened = [run for run in stored("modular-seeds") if len(run.w_input) > 1]
    built = {run.config.model: run for run in stored("architecture-sweep")}
    assert (len(opened), len(built)) == (10, 12)
    for run in [*opened[::3], *built.values()]:
        agree(oracle.SINGLE["modular"](run), program("modular", run))
