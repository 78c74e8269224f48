"""How fast is a build after one figure's code has changed, and after nothing has?

    python benchmarks/building.py                     every figure, a table
    python benchmarks/building.py modular_weights     these figures
    python benchmarks/building.py --json              the same numbers for programs

Works on a copy of the project, which must be up to date (reportgen build): adds a line to a figure's
file and runs `reportgen build` in a new process, as a person would. The floor is what any program
that draws with Altair pays in the same run: starting Python, importing Altair and NumPy, and
vl-convert's first chart. "from nothing" draws all figures and writes the page. Takes two minutes;
close what else uses the processor.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PARTS = (
    "figures",
    "templates",
    "runs",
    "site",
    ".reportgen",
    "CITATION.cff",
    "reportgen.lock",
    "reportgen.toml",
)
FLOOR = "import numpy, altair, vl_convert; vl_convert.vegalite_to_svg({'data': {'values': [{}]}, 'mark': 'point'})"
REPEATS = 3


def copied(root: Path, folder: Path) -> Path:
    """The project with all it has made, in `folder`."""
    for part in filter(Path.exists, (root / name for name in PARTS)):
        place = folder / part.name
        shutil.copytree(part, place) if part.is_dir() else shutil.copy(part, place)
    return folder


def seconds(*command: str) -> float:
    """Wall time of a command that must succeed."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def build(project: Path) -> float:
    """Wall time of bringing the project up to date."""
    return seconds("-m", "reportgen", "build", "--quiet", "--project", str(project))


def changed(project: Path, figure: str) -> float:
    """Wall time of a build after that figure's code has changed: the median of several changes."""
    file = project / "figures" / f"{figure}.py"
    code, times = file.read_text(encoding="utf-8"), []
    for number in range(REPEATS):
        file.write_text(f"{code}\nCHANGE = {time.time_ns() + number}\n", encoding="utf-8")
        times.append(build(project))
    file.write_text(code, encoding="utf-8")
    build(project)
    return statistics.median(times)


def measure(project: Path, figures: list[str]) -> dict[str, float]:
    """What → seconds, the floor first."""
    build(project)  # the page, which stands in another place than it did
    found = {"floor": statistics.median(seconds("-c", FLOOR) for _ in range(REPEATS))}
    found["nothing changed"] = statistics.median(build(project) for _ in range(REPEATS))
    found |= {figure: changed(project, figure) for figure in figures}
    shutil.rmtree(project / ".reportgen" / "figures")
    return found | {"from nothing": build(project)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("figures", nargs="*", help="figures to change (default: all)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    given, root = parser.parse_args(), Path(__file__).parents[1]
    known = sorted(f.stem for f in (root / "figures").glob("*.py") if not f.stem.startswith("_"))
    if unknown := set(given.figures) - set(known):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    frozen = [sys.executable, "-m", "reportgen", "build", "--frozen", "--project", str(root)]
    if subprocess.run(frozen, stdout=subprocess.DEVNULL).returncode:
        sys.exit(1)  # it has said why
    with tempfile.TemporaryDirectory() as folder:
        found = measure(copied(root, Path(folder)), given.figures or known)
    if given.json:
        print(json.dumps(found, indent=1))
        return
    print(f"{'':<26}{'seconds':>9}{'× floor':>9}")
    for name, spent in found.items():
        print(f"{name:<26}{spent:>9.2f}{spent / found['floor']:>9.1f}")


if __name__ == "__main__":
    main()
