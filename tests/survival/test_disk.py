"""A disk that is full, and one that may not be written to: one clear error, and nothing is lost."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from survival.projects import (
    SITE,
    assert_finished,
    assert_same,
    contents,
    made,
    must,
    refuses,
    reportgen,
    site_of,
)

FULL = "No space left on device"


def mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot mount ({done.stderr.strip()}); needs root: sudo make test-survival")


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    folder.mkdir()
    mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def read_only(project: Path) -> Iterator[None]:
    """For root by a mount, which root obeys as well; for others by permissions."""
    if os.geteuid():
        folders = [project, *(path for path in project.rglob("*") if path.is_dir())]
        modes = {folder: folder.stat().st_mode for folder in folders}
        for folder in folders:
            folder.chmod(0o555)
        try:
            yield
        finally:
            for folder, mode in modes.items():
                folder.chmod(mode)
        return
    mount("--bind", str(project), str(project))
    try:
        mount("-o", "remount,bind,ro", str(project))
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(project)], check=True)


def fill(disk: Path, left: int) -> Path:
    """Leave so many bytes."""
    ballast, free = disk / "ballast", shutil.disk_usage(disk).free
    with ballast.open("wb") as file:
        for _ in range(max(0, free - left) // 4096):
            file.write(bytes(4096))
    return ballast


STAGES = {  # what is removed beforehand, so that the build has it to do, and how many bytes are left for it
    "training": ("runs", "figures", "pages", "cache", "locks"),
    "drawing": ("figures", "pages"),
    "writing": ("pages",),
}


@pytest.mark.parametrize("stage", STAGES)
def test_disk_full(stage, built, tmp_path, tally):
    """The build stops with the system's reason; what was there stays; with space again it completes."""
    with small_disk(tmp_path / "disk", "24m") as disk:
        for left in (0, 8 << 10, 40 << 10, 120 << 10):
            project = Path(shutil.copytree(built.project, disk / "project"))
            if stage != "writing":
                shutil.rmtree(project / SITE)
            for name in STAGES[stage]:
                shutil.rmtree(project / ".reportgen" / name)
            if stage == "writing":
                for file in (project / SITE).rglob("*.*"):
                    if file.suffix in (".html", ".png", ".pdf") or file.parent.name in ("data", "weights"):
                        file.unlink()
            before = made(project)
            with tally.case(f"{left:,} bytes left"):
                ballast = fill(disk, left)
                refuses(reportgen(project, "build", "--quick"), FULL)
                must(reportgen(project, "status", "--quick"))
                assert before.items() <= made(project).items()
                ballast.unlink()
                must(reportgen(project, "build", "--quick"))
                assert_finished(project, built.site)
                assert_same(made(project), made(built.project))
            shutil.rmtree(project)
            (disk / "ballast").unlink(missing_ok=True)


def test_read_only(built, project, tmp_path, tally):
    """What needs no writing works; what does says what cannot be written; --out elsewhere is elsewhere."""
    must(reportgen(project, "build", "--quick"))
    before = contents(project)
    with read_only(project):
        with tally.case("a build when all is up to date"):
            assert "up to date" in must(reportgen(project, "build", "--quick")).stdout
        for command in ("status", "build --dry-run", "build --frozen"):
            with tally.case(command) if command != "build --frozen" else tally.case("--frozen"):
                must(reportgen(project, *command.split(), "--quick"))
        with tally.case("--out elsewhere"):
            for _ in range(2):
                must(reportgen(project, "build", "--quick", "--out", str(tmp_path / "out")))
                assert_same(site_of(tmp_path, "out"), built.site)
        with tally.case("figures elsewhere"):
            must(reportgen(project, "figures", "--quick", "--out", str(tmp_path / "figures")))
        with tally.case("training another variant"):
            refuses(reportgen(project, "train", "parity", "--quick", "--set", "parity.seed=3"), ".reportgen")
    assert_same(contents(project), before)
    (project / "templates" / "sections" / "01-tiny.md").write_text("## Changed {#changed}\n")
    with read_only(project), tally.case("a page that has to be written"):
        refuses(reportgen(project, "build", "--quick"), "Cannot write to", SITE)
    (project / "figures" / "curve.py").write_text(
        (project / "figures" / "curve.py").read_text().replace("100", "90")
    )
    with read_only(project), tally.case("a figure that has to be drawn"):
        refuses(reportgen(project, "build", "--quick", "--out", str(tmp_path / "out")), ".reportgen")
