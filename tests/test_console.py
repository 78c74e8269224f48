"""How far a training is, in a terminal of any width; and what programs and shells are told."""

import json
import math
import re
import time
from types import SimpleNamespace

import numpy as np
import pytest
import rich
from click.shell_completion import ShellComplete
from fixtures.projects import must, run
from rich.console import Console as Rich

from reportgen.cli import as_json, console, main
from reportgen.experiments import EXPERIMENTS
from reportgen.pipeline import build
from reportgen.training.jobs import Job, Progress

SWEEP = EXPERIMENTS["architecture-sweep"]


def jobs(experiment=SWEEP, count: int = 12) -> list[Job]:
    """Groups of an experiment with a long name."""
    return [
        Job(experiment, group, part=i, parts=count) for i, group in enumerate(experiment.groups()[:count], 1)
    ]


def event(job: Job, step: int, **more) -> Progress:
    return Progress(job, step, 12_345.6, (0.123, 0.0456), **more)


@pytest.mark.parametrize("width", [60, 72, 80, 100, 120, 200])
def test_names_and_bars_are_whole_at_any_width(width, monkeypatch):
    """The state's words are shortened first, to nothing where need be; every bar keeps its line."""
    monkeypatch.setattr(rich, "_console", Rich(width=width))
    bars = console._Bars(chosen := jobs())
    bars._left._started -= 100
    for job in chosen[:3]:
        bars.show(event(job, job.steps // 2))
    screen = Rich(width=width, record=True, force_terminal=True, legacy_windows=False)
    with screen.capture() as capture:
        screen.print(bars._rich.get_renderable())
    bars.close()
    lines = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", capture.get()).splitlines()
    assert len(lines) == 4 and all(len(line.rstrip()) <= width for line in lines)
    for job, line in zip(chosen, lines[1:], strict=False):
        assert line.startswith(f"architecture-sweep {job.part}/12 ") and "━" * 3 in line and "…" not in line
        assert f"{job.steps // 2:,}/{job.steps:,}" in line
    assert ("steps/s" in lines[1]) == (width >= 120) and ("loss" in lines[1]) == (width >= 72)
    assert ("left" in lines[0]) == (width >= 72)


def test_no_time_is_foretold_before_something_is_done():
    """Nothing done, or only for a moment: the groups alone; later a time that a person can believe."""
    left = console._Left(chosen := jobs())
    left.note(event(chosen[0], 0))
    assert str(left) == "0 of 12 groups"
    left.note(event(chosen[0], 1))
    assert str(left) == "0 of 12 groups"
    left._started = time.monotonic() - 60
    left.note(event(chosen[0], chosen[0].steps // 2))
    assert re.fullmatch(r"0 of 12 groups, \d+\xa0min \d+\xa0s left in all", str(left))


def test_a_checkpoint_that_is_not_used_and_a_diverged_run_are_said(capsys):
    """Also with --quiet."""
    quiet, job = console.Console(quiet=True), Job(EXPERIMENTS["modular"], EXPERIMENTS["modular"].configs)
    quiet.trained(Progress(job, 0, 0.0, (math.nan, math.nan), refused="it is not as it was written"))
    quiet.trained(event(job, 120, done=True, diverged_at=120))
    first, second = capsys.readouterr().err.splitlines()
    assert (
        first
        == "Warning: The checkpoint of modular is not used (it is not as it was written); it begins again."
    )
    assert "modular diverged: its loss is not finite at step 120 of" in second


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"a": np.float32(0.5), "b": np.int64(3), "c": np.bool_(True)}, {"a": 0.5, "b": 3, "c": True}),
        ([math.nan, math.inf, -math.inf, np.float64("nan")], [None] * 4),
        (np.array([1.0, np.nan]), [1.0, None]),
        ({"x": (1, [np.int32(2)])}, {"x": [1, [2]]}),
    ],
)
def test_json_is_strict(value, shown):
    """NumPy's numbers are numbers, and what is none is null."""
    assert as_json.plain(value) == shown
    assert json.loads(json.dumps(as_json.plain(value), allow_nan=False)) == shown


def test_status_check_and_compare_speak_to_programs(mini, tmp_path):
    """One JSON value on standard output, ASCII, and the same exit codes."""
    found = json.loads(must(run(mini, "status", "--quick", "--json")).stdout)
    states = {(item["kind"], item["name"]): item for item in found}
    assert states[("page", "site-quick")]["state"] == "fresh" and states[("figure", "tiny_curve")]["current"]
    (mini / "figures" / "tiny_curve.py").write_text("1 +")
    found = json.loads(must(run(mini, "status", "--quick", "--json")).stdout)
    broken = next(item for item in found if item["name"] == "tiny_curve")
    assert broken["state"] == "broken" and "tiny_curve.py" in broken["reason"] and not broken["current"]
    verdicts = run(mini, "check", "--json").stdout
    assert {"id", "text", "holds", "evidence"} <= json.loads(verdicts)[0].keys() and verdicts.isascii()
    out = tmp_path / "c.json"
    must(run(mini, "train", "parity-l2", "--quick"))
    told = json.loads(
        must(run(mini, "compare", "parity", "parity-l2", "--quick", "--json", "--out", str(out))).stdout
    )
    assert told["a"]["name"] == "parity" and told["b"]["settings"]["decay"] == "L2" and out.is_file()
    assert isinstance(told["a"]["measures"]["final_test_loss"], float) and told["chart"] == str(out)


def test_a_scorecard_is_printed_where_nothing_can_be_written(mini, monkeypatch):
    """A read-only project has no new claims.json, and that is all; a full disk is an error still."""
    (mini / "site-quick" / "claims.json").write_text("[]")

    def refused(number: int):
        def write(path, content):
            raise OSError(number, "no")

        return write

    monkeypatch.setattr(build, "write_atomically", refused(30))
    out = ("--out", str(mini / "site-quick"))
    assert "cannot be judged." in must(run(mini, "check", *out)).stdout
    monkeypatch.setattr(build, "write_atomically", refused(28))
    assert run(mini, "check", *out).exit_code == 1


def offered(project, words: list[str], typed: str) -> list[str]:
    """What the shell offers after these words."""
    complete = ShellComplete(main, {}, "reportgen", "_REPORTGEN_COMPLETE")
    at = ["--project", str(project)] if project else []
    return [item.value for item in complete.get_completions([words[0], *at, *words[1:]], typed)]


@pytest.mark.parametrize(
    ("words", "typed", "found"),
    [
        (["figures"], "tiny", ["tiny_curve", "tiny_weights"]),
        (["figures", "tiny_curve"], "tiny_w", ["tiny_weights"]),
        (["build", "--only"], "tiny_c", ["tiny_curve"]),
        (["new", "section", "x", "--after"], "0", ["01-tiny"]),
        (["train"], "there", ["there-and-back", "there-and-back-search"]),
        (["export"], "soft", ["soften", "softer"]),
        (["audit"], "parity-sw", ["parity-sweep"]),
        (["compare", "parity"], "precis", ["precision"]),
        (["new", "claim", "x", "--section"], "in", ["inside"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_names_are_completed(words, typed, found, mini):
    """Figures of the project, experiments, sections, modules of claims."""
    assert offered(mini, words, typed) == found


def test_no_project_completes_nothing(tmp_path, monkeypatch):
    """And raises nothing into the shell."""
    monkeypatch.chdir(tmp_path)
    assert offered(None, ["figures"], "") == []


@pytest.mark.parametrize(
    "command",
    [
        ("figures",),
        ("build", "--quick"),
        ("site", "--quick"),
        ("bundle", "--quick"),
        ("compare", "parity", "parity-l2"),
    ],
    ids=lambda command: command[0],
)
def test_out_is_no_standard_output(command, mini, tmp_path, monkeypatch):
    """No file or folder called "-"."""
    monkeypatch.chdir(tmp_path)
    result = run(mini, *command, "--out", "-")
    assert result.exit_code == 2 and "not to standard output" in result.stderr
    assert not (tmp_path / "-").exists()


def test_export_to_standard_output_is_the_table_alone(mini, monkeypatch):
    """`--out -` says what no `--out` says."""
    tables = SimpleNamespace(records=list)
    monkeypatch.setattr("reportgen.pipeline.plan.Plan.experiments", {"soften": tables})
    assert (
        must(run(mini, "export", "soften", "--out", "-")).stdout == must(run(mini, "export", "soften")).stdout
    )


@pytest.mark.parametrize(("name", "usual"), [("figures", "figures-out/"), ("bundle", "bundle-out/")])
def test_help_says_what_out_is(name, usual):
    """A folder for the files, not where a site goes."""
    text = next(p.help for p in main.commands[name].params if p.name == "out")
    assert usual in text and "site" not in text
