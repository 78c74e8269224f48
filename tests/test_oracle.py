"""Every number that the page can quote, against `oracle`, which works it out a second time on its own."""

import ast
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import jinja2
import numpy as np
import oracle
import pytest
from fixtures.projects import ROOT
from jinja2 import nodes

from reportgen import load

CLOSE = 1e-9  # relative: both sides compute in float64, though in another order
ROUGH = {"cosine", "sine", "vote_cosine_min", "vote_cosine_max", "vote_sine_max"}
ROUGHLY = 1e-6  # of a vote: the program adds the input weights of a and b in float32, as they are stored
FIGURES = [file for file in sorted((ROOT / "figures").glob("*.py")) if not file.name.startswith("_")]
TEMPLATES = sorted(file for kind in ("md", "html") for file in (ROOT / "templates").rglob(f"*.{kind}"))


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


@cache
def stored(name: str) -> list:
    """The runs of a sweep that travels with the repository."""
    return load(name, ROOT)


@cache
def tried(name: str) -> list[dict]:
    """By the oracle, the facts of every run from which the seed of an experiment was chosen."""
    return [oracle.SINGLE[name](run) for run in stored(f"{name}-search")]


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
        close = ROUGHLY if where.rpartition(".")[2] in ROUGH else CLOSE
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
    agree(oracle.SWEEPS[name](stored(name)), program(name, stored(name)))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("parity-sweep", lambda run: run.config.training.weight_decay == 0.1),
        ("parity-sweep", lambda run: run.config.training.weight_decay == 0.01),
        ("modular-seeds", lambda run: run.test_accuracy[-1] < 0.5),
        ("modular-seeds", lambda run: run.config.seed < 100),
        ("architecture-sweep", lambda run: run.config.seed == 1),
        ("soften", lambda run: run.test_accuracy.max() < 0.9),
        ("circularity", lambda run: run.config.task.symmetric),
        ("precision", lambda run: run.config.training.precision == "float64"),
    ],
)
def test_the_facts_of_part_of_a_sweep(name, kept):
    """A class without models, a kind that nobody tried, seeds of which none generalises, one diverged model."""
    part = [run for run in stored(name) if kept(run)]
    part[0] = diverged(part[0])
    agree(oracle.SWEEPS[name](part), program(name, part))


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


# --- what stored searches lack: snapshots between start and end, matrices in full, and rare cases ---


def fading(run, sway: float = 0.0, left: float | None = None):
    """Snapshots every 20 steps: each weight goes straight from its first to its last value, at its own time.

    sway: by how much distractors are larger or smaller than that in a snapshot. left: how much of them is
    left at the end, instead of what the run has.
    """
    rng, steps = np.random.default_rng(run.config.seed), np.arange(0, run.steps[-1] + 1, 20)
    w_input = run.w_input.copy()
    if left is not None:
        w_input[-1, 3:30] = left * w_input[0, 3:30]

    def path(ends: np.ndarray) -> np.ndarray:
        begin, length = (
            rng.uniform(*span, size=ends[0].shape) * steps[-1] for span in ((0, 0.4), (0.1, 0.5))
        )
        done = ((steps[:, None, None] - begin) / length).clip(0, 1)
        return ((1 - done) * ends[0] + done * ends[-1]).astype(np.float32)

    w_input, w_output = path(w_input), path(run.w_output)
    w_input[:, 3:30] *= rng.uniform(1 - sway, 1 + sway, size=(len(steps), 1, 1))
    return replace(run, snapshot_steps=steps, w_input=w_input, w_output=w_output)


def edges(run):
    """Accuracies just below 10, 90 and 99 %, then at them, then restless, and failing as often as they may."""
    count = len(run.steps)

    def climb(size: int, start: int) -> np.ndarray:
        hits = np.zeros(count)
        for i, share in enumerate((10, 90, 99)):
            least = -(-share * size // 100)
            hits[start + 2 * i :], hits[start + 2 * i + 1 :] = least - 1, least
        hits[start + 6 :] = np.minimum(size, least + np.arange(count - start - 6) % 4)
        later = np.arange(start + 6, count - 1)
        hits[later[: (count - start - 6) // 100]] = 0
        return (hits / size).astype(np.float32).astype(float)

    train, test = oracle.sizes(run.config)
    return replace(run, train_accuracy=climb(train, 3), test_accuracy=climb(test, count // 3))


def turning(run):
    """Train loss is lowest where the model memorises, highest where it generalises; test loss comes in two humps."""
    count = len(run.steps)
    edge = [0, 7, 8, count // 3 + 5, count // 3 + 6, count - 1]  # as `edges` memorises and generalises
    train = 10 ** np.interp(np.arange(count), edge, [0, -7, -4, -1, 1, -6])
    test = np.interp(np.linspace(0, 1, count), [0, 0.2, 0.4, 0.6, 0.7, 1], [1, 0.4, 0.9, 0.2, 0.25, 0.1])
    return replace(edges(run), train_loss=train, test_loss=test)


def never(run):
    """A model that learns nothing."""
    return replace(run, train_accuracy=0 * run.train_accuracy, test_accuracy=0 * run.test_accuracy)


def silent(run):
    """A model whose last weights are all zero."""
    return replace(run, w_input=run.w_input * first(run), w_output=run.w_output * first(run))


def first(run) -> np.ndarray:
    """(S, 1, 1) 1 for the first snapshot, 0 for others."""
    return (np.arange(len(run.w_input)) == 0)[:, None, None].astype(np.float32)


def diverged(run):
    """A model whose numbers are lost half-way."""
    lost = np.where(np.arange(len(run.steps)) < len(run.steps) // 2, 1, np.nan)
    names = ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "weight_norm")
    weights = {name: np.where(first(run), getattr(run, name), np.nan) for name in ("w_input", "w_output")}
    return replace(run, **{name: getattr(run, name) * lost for name in names}, **weights)


def in_full(run):
    """A model with the matrices that are its parameters."""
    size, h = 5, run.config.model.neurons
    return replace(
        run, final={"embed": np.zeros((67, size)), "in": np.zeros((size, h)), "out": np.zeros((h, size))}
    )


def tiny(run):
    """Addition modulo 7, in three snapshots of random weights, some of them large."""
    rng, config = np.random.default_rng(3), replace(run.config, task=replace(run.config.task, modulus=7))
    w_input, w_output = (
        rng.normal(0, 6, size=shape).astype(np.float32) for shape in ((3, 7, 24), (3, 24, 7))
    )
    steps = run.steps[[0, 5, -1]]
    return edges(replace(run, config=config, snapshot_steps=steps, w_input=w_input, w_output=w_output))


@pytest.mark.parametrize("name", ["parity", "parity-l2"])
@pytest.mark.parametrize(("sway", "left"), [(0.0, None), (0.4, None), (0.0, 0.05)])
def test_the_facts_of_models_with_snapshots(name, sway, left):
    """When the last distractors go, how large they were meanwhile, how long their norm takes to fall."""
    for run in stored(f"{name}-search")[::4]:
        run = fading(run, sway, left)
        agree(oracle.SINGLE[name](run), program(name, run))


@pytest.mark.parametrize("change", [edges, turning, never, silent, diverged])
@pytest.mark.parametrize("name", oracle.SINGLE)
def test_the_facts_of_rare_models(name, change):
    """At the thresholds to the last answer, and where something never happens or cannot be measured."""
    run = change(stored(f"{name}-search")[2])
    agree(oracle.SINGLE[name](run), program(name, run))


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


# --- nothing is quoted that has no oracle ---


class Quotes:
    """The facts that a template reads, as paths: (experiment, fact, …), through names that it sets itself."""

    def __init__(self, text: str):
        self.names: dict[str, tuple] = {}
        self.found: set[tuple] = set()
        tree = jinja2.Environment(comment_start_string="{##", comment_end_string="##}").parse(text)
        for node in tree.find_all((nodes.Assign, nodes.For)):
            value = node.iter if isinstance(node, nodes.For) else node.node
            self.name(node.target, value)
        for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
            self.found |= {self.path(node)} - {None}
        for node in tree.find_all(nodes.Call):
            if isinstance(node.node, nodes.Name) and node.node.name == "moment" and constant(node.args[0]):
                self.found.add((node.args[0].value.replace("-", "_"), "moments", node.args[1].value))

    def name(self, target: nodes.Node, value: nodes.Node) -> None:
        """Remember what a name of the template stands for."""
        if isinstance(target, nodes.Tuple) and isinstance(value, nodes.Tuple):
            for pair in zip(target.items, value.items, strict=True):
                self.name(*pair)
        elif isinstance(target, nodes.Name) and (path := self.path(value)):
            self.names[target.name] = path

    def path(self, node: nodes.Node) -> tuple | None:
        """The names that lead to a value, if it is part of an experiment's facts."""
        if isinstance(node, nodes.Name):
            return self.names.get(node.name, (node.name,) if node.name in EXPERIMENTS else None)
        if isinstance(node, nodes.Getattr) or (isinstance(node, nodes.Getitem) and constant(node.arg)):
            step = node.attr if isinstance(node, nodes.Getattr) else node.arg.value
            before = self.path(node.node)
            return before and (*before, step)
        return None


def constant(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const)


EXPERIMENTS = {name.replace("-", "_") for name in [*oracle.SINGLE, *oracle.SWEEPS]} | {"construction"}


def texts() -> Iterator[str]:
    """Every text with facts in it: templates, and what figures declare; a figure's table lists the moments."""
    yield from (file.read_text(encoding="utf-8") for file in TEMPLATES)
    for file in FIGURES:
        found = declared(file)
        yield from (found["CAPTION"], found["ALT"])
        if "GROUP" in found:
            yield f"{{{{ {found['GROUP'].replace('-', '_')}.moments }}}}"


def declared(file: Path) -> dict[str, str]:
    """The names that a figure gives plain texts at its top level."""
    named = [
        (node.targets[0], node.value)
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    ]
    return {
        target.id: value.value
        for target, value in named
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


@cache
def known() -> dict[str, dict]:
    """All facts by the oracle, of one run for every single experiment."""
    single = {name: tried(name)[7] | oracle.chosen(name, stored(f"{name}-search")[7], tried(name), [])
              for name in oracle.SINGLE}  # fmt: skip
    sweeps = {name: work_out(stored(name)) for name, work_out in oracle.SWEEPS.items()}
    return {name.replace("-", "_"): facts for name, facts in (single | sweeps).items()} | {
        "construction": oracle.construction()
    }


def has_oracle(path: tuple) -> bool:
    """Whether the oracle works out what a path leads to; a list's items by the first of them."""
    found = known()
    for name in path:
        if isinstance(found, list):
            found = found[0]
        if isinstance(found, dict):
            if name not in found:
                return False
            found = found[name]
    return True


def test_every_fact_that_is_quoted_has_an_oracle():
    """In templates, captions and alternatives; so nobody can quote a number that is checked nowhere."""
    quoted = set().union(*(Quotes(text).found for text in texts()))
    assert len(quoted) > 150
    assert [path for path in sorted(quoted, key=str) if not has_oracle(path)] == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{{ modular.t10|step }}", ("modular", "t10")),
        ("{% if parity.last_distractor['0.05'] %}", ("parity", "last_distractor", "0.05")),
        ("{% set s = parity_sweep %}{{ s.grokking.count }}", ("parity_sweep", "grokking", "count")),
        ("{% for v in modular.votes %}{{ v.cosine }}{% endfor %}", ("modular", "votes", "cosine")),
        ("{% set a, b = reverse.seed, reverse.t90 %}{{ b }}", ("reverse", "t90")),
        ("{{ moment('five-neurons', 'half', 'x') }}", ("five_neurons", "moments", "half")),
    ],
)
def test_quotes_are_found_however_they_are_written(text, path):
    """Plainly, by a name of the template's own, in a loop, through a helper; and a new one has no oracle."""
    text = text if "{% if" not in text else f"{text}{{% endif %}}"
    assert path in Quotes(text).found
    assert has_oracle(path)
    new = text.replace(str(path[-1]), "invented")
    assert not any(map(has_oracle, Quotes(new).found - Quotes(text).found))
