"""Whatever the terminal, the system or the folder lacks, a command says what it has to say."""

import io
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from fixtures.projects import ROOT, must, run
from fixtures.small_configs import MODULAR

from reportgen.cli.terminal import INSTEAD, Terminal, fitting
from reportgen.errors import ReportError
from reportgen.experiments import Experiment
from reportgen.share.git import require_repository
from reportgen.store.records import Store
from reportgen.training import alone
from reportgen.training.jobs import Job
from reportgen.training.local import train_jobs

PAGES = ("cp1252", "latin-1", "cp437", "cp932", "utf-8")
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def looked_at(mini_built, tmp_path_factory) -> Path:
    """A mini project for all commands that only look: the second need not read the code and the runs anew."""
    return Path(shutil.copytree(mini_built, tmp_path_factory.mktemp("looked at") / "mini", symlinks=True))


@pytest.mark.parametrize("encoding", PAGES)
@pytest.mark.parametrize(
    "arguments",
    [("check",), ("status",), ("build", "--quick", "--dry-run"), ("build", "--only", "日本"), ("--help",)],
    ids=lambda arguments: " ".join(arguments),
)
def test_every_command_speaks_every_code_page(encoding, arguments, looked_at):
    """A process of its own, as `PYTHONIOENCODING=… reportgen check > file` starts it: no traceback."""
    where = ["--project", str(looked_at)] * (arguments[0] != "--help")
    command = [sys.executable, "-m", "reportgen", arguments[0], *where, *arguments[1:]]
    environment = ENVIRONMENT | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    assert done.returncode == (2 if "日本" in arguments else 0)
    assert (done.stdout + done.stderr).decode(encoding)


@pytest.mark.parametrize(
    ("encoding", "text", "shown"),
    [
        ("cp1252", "2.2\u00a0×\u00a010⁻⁷", "2.2\u00a0×\u00a010^-7"),
        ("cp437", "2.2\u00a0×\u00a010⁻⁷", "2.2\u00a0x\u00a010^-7"),
        ("cp932", "2.2\u00a0×\u00a010⁻⁷", "2.2 × 10^-7"),
        ("ascii", "2.2\u00a0×\u00a010⁻⁷", "2.2 x 10^-7"),
        ("latin-1", "10⁻¹³, 10¹⁷, 10²", "10^-13, 10^17, 10²"),  # ¹²³ are there, the others not
        ("cp1252", "−0.5 → −1", "-0.5 -> -1"),
        ("cp437", "“a” – ‘b’…", "\"a\" - 'b'..."),
        ("cp1252", "“a” – ‘b’…", "“a” – ‘b’…"),
        ("ascii", "café ﬁn", "cafe fin"),
        ("cp1252", "日本 😀", "?? ?"),
        ("utf-8", "日本 − 10⁻⁷", "日本 − 10⁻⁷"),
        ("utf-8", "caf\udce9", "caf?"),  # a file name in another encoding
    ],
)
def test_what_is_missing_is_written_in_another_way(encoding, text, shown):
    """Only that; and a power is never parted."""
    assert fitting(text, encoding) == shown
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    assert Terminal(stream).write(text) == len(text)


def test_every_replacement_can_be_written_anywhere():
    """They are ASCII."""
    assert "".join(INSTEAD.values()).isascii()


def test_nobody_to_ask_is_two_lines(mini):
    """Closed or empty standard input: `clean` removes nothing and says how to say yes."""
    command = f"'{sys.executable}' -m reportgen clean --project '{mini}'"
    for end in ("<&-", "</dev/null"):
        done = subprocess.run(
            f"{command} {end}", shell=True, env=ENVIRONMENT, capture_output=True, text=True, check=False
        )
        error = done.stderr.strip().splitlines()[-2:]
        assert done.returncode == 2 and error[0].endswith("Remove them? Nobody is there to answer.")
        assert error[1] == "Say yes beforehand: reportgen clean --yes" and "Traceback" not in done.stderr
        assert (mini / "site-quick" / "index.html").is_file()


JOB = Job(Experiment("small", "", (MODULAR,)), (MODULAR,))


def no_semaphores(monkeypatch) -> None:
    """As where /dev/shm is read-only."""

    def refused():
        raise OSError(30, "Read-only file system")

    context = SimpleNamespace(get_context=lambda kind: SimpleNamespace(Event=refused))
    monkeypatch.setattr(alone, "multiprocessing", context)


def test_without_semaphores_this_process_trains(tmp_path, monkeypatch):
    """It says so, shows how far it is, and stores the same bits that a worker does."""
    worker, here = Store(tmp_path / "worker"), Store(tmp_path / "here")
    train_jobs([JOB], worker, lambda _: None)
    no_semaphores(monkeypatch)
    said, events = [], []
    before = signal.getsignal(signal.SIGINT)
    train_jobs([JOB], here, events.append, said.append)
    assert said == ["Read-only file system"] and events[-1].done
    assert signal.getsignal(signal.SIGINT) is before
    first, second = worker.find(JOB.key), here.find(JOB.key)
    assert first and second and first.info.sha256 == second.info.sha256


def test_training_in_this_process_can_be_interrupted(tmp_path, monkeypatch):
    """A checkpoint is kept, and the error is the usual one."""
    no_semaphores(monkeypatch)
    store = Store(tmp_path / "runs")
    with pytest.raises(ReportError, match="Interrupted"):
        train_jobs([JOB], store, lambda event: event.done or signal.raise_signal(signal.SIGINT))
    assert store.checkpoint(JOB.key).is_file() and store.find(JOB.key) is None


def test_another_owners_repository_is_gits_to_explain(tmp_path, monkeypatch):
    """Its own reason and its own remedy; where there is none, ours."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path / "theirs")], check=True)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    with pytest.raises(ReportError, match="dubious ownership") as error:
        require_repository(tmp_path / "theirs")
    assert error.value.hint == f"Run: git config --global --add safe.directory {tmp_path / 'theirs'}"
    monkeypatch.delenv("GIT_TEST_ASSUME_DIFFERENT_OWNER")
    (tmp_path / "none").mkdir()
    with pytest.raises(ReportError, match="is not in a Git repository"):
        require_repository(tmp_path / "none")


@pytest.mark.parametrize("how", ["copied", "moved", "linked"])
def test_a_project_that_was_moved_is_still_up_to_date(how, mini, tmp_path):
    """Nothing of it is written anew, and its site is still known as built."""
    new = tmp_path / "another place" / "project"
    new.parent.mkdir()
    if how == "linked":
        new.symlink_to(mini)
    else:
        (shutil.copytree if how == "copied" else shutil.move)(mini, new)
    assert "Everything is up to date." in must(run(new, "build", "--quick", "--frozen")).stdout
    assert "site-quick is up to date" in must(run(new, "build", "--quick")).stdout
    page = new / "site-quick" / "index.html"
    page.write_text("x", encoding="utf-8")
    assert "files in site-quick/ were changed" in run(new, "build", "--quick", "--frozen").stderr


def test_a_site_outside_the_project_is_known_by_its_place(mini, tmp_path):
    """Two such folders of one name are two."""
    first, second = tmp_path / "a" / "site", tmp_path / "b" / "site"
    must(run(mini, "site", "--quick", "--out", str(first)))
    assert "up to date" in must(run(mini, "site", "--quick", "--out", str(first))).stdout
    assert "Wrote" in must(run(mini, "site", "--quick", "--out", str(second))).stdout


@pytest.mark.parametrize("kind", ["SIGTERM", "SIGHUP"])
def test_a_closed_terminal_is_like_ctrl_c(kind, mini):
    """Two lines, and the exit code of an interrupt; a program started with nohup goes on."""
    code = (
        "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_DFL);"  # if the tests run with nohup
        "from reportgen.cli import main; from reportgen.pipeline import build;"
        f"build.train = lambda *_, **__: os.kill(os.getpid(), signal.{kind}); main()"
    )
    command = [sys.executable, "-c", code, "train", "--quick", "--project", str(mini)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 130 and done.stderr.startswith("Interrupted.")
    ignoring = code.replace("; main()", "; signal.signal(signal.SIGHUP, signal.SIG_IGN); main()")
    if kind == "SIGHUP":
        done = subprocess.run(
            [sys.executable, "-c", ignoring, *command[3:]], env=ENVIRONMENT, capture_output=True, check=False
        )
        assert done.returncode == 0
