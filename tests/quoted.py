"""The facts of made-up runs under the names by which a page quotes them."""

from reportgen.claims.judging import chosen
from reportgen.facts.describing import facts_of, without_runs
from reportgen.store.run import Run


def quoted(runs: dict[str, Run | list[Run]]) -> dict[str, dict]:
    """What any page may quote of these runs, and of nothing trained; a single run's with its searches."""
    known = dict(without_runs())
    for name, found in runs.items():
        facts = facts_of(name, found)
        if facts is not None:
            known[name.replace("-", "_")] = facts | (chosen(name, runs) if isinstance(found, Run) else {})
    return known
