"""The named numbers that prose, captions and tables quote: of a run, of a sweep, or of what needs no run.

What is special about an experiment is in sections/, one module for each section of the page.
"""

from collections.abc import Callable, Sequence
from functools import cache

from reportgen import analysis
from reportgen.errors import in_code
from reportgen.experiments.problems import problem
from reportgen.facts import sections  # noqa: F401 – it fills the registry
from reportgen.facts.registry import Facts, plain, special_of_no_run, special_of_run, special_of_sweep
from reportgen.files.guard import guarded
from reportgen.store.result import Result
from reportgen.store.run import Found, Run, trained


def facts_of(name: str, found: Found) -> Facts | None:
    """All facts of an experiment's stored runs, of one or of many."""
    if isinstance(found, Run):
        return describe(found, name)
    if isinstance(found, Result) or (found and isinstance(found[0], Result)):
        return describe_results(name, found)
    return describe_sweep(name, trained(found))


def describe_results(name: str, found: Found) -> Facts:
    """All facts of a function's calls: of one its settings and numbers, of many how many; and what a section adds."""
    if isinstance(found, Result):
        special, given = special_of_run(name), {**found.settings, **found.numbers}
    else:
        special, given = special_of_sweep(name), {"runs": len(found) if isinstance(found, list) else 1}
    return plain(given | (_called(special, found) if special else {}))


def describe(run: Run, name: str | None = None) -> Facts:
    """All facts of a run, by the kind of experiment (its own name unless another is given)."""
    special = special_of_run(name or run.name.removesuffix("-search"))
    return plain(_of_every_run(run) | (_called(special, run) if special else {}))


def describe_sweep(name: str, runs: Sequence[Run]) -> Facts | None:
    """All facts of a sweep by its name; None for a search, which has no sentences of its own."""
    special = special_of_sweep(name)
    return None if special is None else plain({"models": len(runs)} | _called(special, runs))


def without_runs() -> dict[str, Facts]:
    """Facts that need no training, by the name under which they are quoted."""
    return {name: _once(special) for name, special in special_of_no_run().items()}


@cache
def _once(special: Callable[[], Facts]) -> Facts:
    return _called(special)


def _called(function: Callable[..., Facts], *runs: object) -> Facts:
    """What a section's function says. Raises ReportError naming its file and line when its code fails."""
    file, hint = function.__code__.co_filename, "Mend the facts, then try them: reportgen check"
    with guarded(lambda error: in_code(file, error, hint=hint, about=f"{function.__name__}: ")):
        return plain(function(*runs))


def _of_every_run(run: Run) -> Facts:
    moments, sizes = analysis.moments(run), problem(run.config).example_counts
    return {
        "seed": run.config.seed,
        "steps": run.config.training.steps,
        "train_size": sizes["train"],
        "test_size": sizes["test"],
        "t_mem": moments["memorises"],
        "t_gen": moments["generalises"],
        "t10": analysis.crossing_step(run, 0.1),
        "t90": analysis.crossing_step(run, 0.9),
        "test_accuracy_at_mem": analysis.metric_at(run, "test_accuracy", moments["memorises"]),
        "train_accuracy_end": run.train_accuracy[-1],
        "test_accuracy_end": run.test_accuracy[-1],
        "train_loss_end": run.train_loss[-1],
        "test_loss_end": run.test_loss[-1],
        "weight_norm_start": run.weight_norm[0],
        "weight_norm_end": run.weight_norm[-1],
        "moments": moments,
    }
