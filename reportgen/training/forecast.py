"""How long training takes: from what is on record of earlier trainings."""

from collections.abc import Sequence
from statistics import median

from reportgen.errors import ReportError
from reportgen.experiments import Experiment
from reportgen.experiments.functions import Function
from reportgen.numerics.config import Config
from reportgen.store.records import Store
from reportgen.training.jobs import Job

TYPICAL_RATE = 50e9  # floating-point operations a second on one core in float64, before anything was measured


def expected_seconds(jobs: Sequence[Job], store: Store, workers: int) -> float:
    """Wall time the jobs will take.

    Of a function, the median of its calls on record, else what it declares. Else from what this machine measured of the same experiment, else what another did, else what this one
    measured of any; a guess where nothing is on record.
    """
    rates: dict[str, float] = {}
    here: list[float] = []
    calls: dict[str, list[float]] = {}
    for record in store.records():  # this machine's own come first
        info, seconds = record.info, record.provenance.training_s
        if record.of_function:
            calls.setdefault(info.name, []).append(seconds)
            continue
        try:
            configs = [Config.from_dict(plain) for plain in info.configs]
        except (KeyError, TypeError, ReportError):
            continue  # settings of an earlier version
        done = Job(Experiment(info.name, "", ()), tuple(configs)).operations
        if seconds > 0:
            rates.setdefault(info.name, done / seconds)
            here += [done / seconds] if record.folder.parent == store.local else []
    usual = median(here) if here else TYPICAL_RATE

    def cost(job: Job) -> float:
        name = job.experiment.name
        if isinstance(job.experiment, Function):
            return median(calls[name]) if name in calls else job.operations
        return job.operations / rates.get(name, usual)

    costs = sorted(map(cost, jobs), reverse=True)
    lanes = [0.0] * max(1, workers)
    for each in costs:
        lanes[lanes.index(min(lanes))] += each
    return max(lanes) + 4 if jobs else 0.0  # 4 s for the processes to start
