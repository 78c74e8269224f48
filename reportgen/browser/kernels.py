"""kernels.wasm.gz: how it is made of the C++ here and in numerics/kernels/, and of which sources it was made.

The compiled file is committed, because only who changes the C++ should need clang. It ends with the stamp of its
sources, in a section that browsers pass over.
"""

import base64
import gzip
import shutil
import subprocess
import tempfile
from pathlib import Path

from reportgen.errors import ReportError
from reportgen.files.atomic import write_atomically
from reportgen.files.code_hash import numerics_fingerprint
from reportgen.files.hashing import digest, key_of
from reportgen.files.text import read_text

FOLDER = Path(__file__).parent
NUMERICS = FOLDER.parent / "numerics" / "kernels"
COMPILED = FOLDER / "kernels.wasm.gz"
TO_REPEAT = (
    "data/runs/"  # where the scripts with single runs lie on a site, for a browser to train them again
)
CLANG = "Debian clang version 14"  # another one gives other bytes
EXPORTS = ("run_begin", "run_end", "run_advance", "run_measure", "run_effective", "run_numbers", "run_examples", "malloc", "free")  # fmt: skip
TARGET = ("--target=wasm32-wasi", "-mexec-model=reactor")
FLAGS = (
    "-std=c++17", "-msimd128", "-mbulk-memory", "-mnontrapping-fptoint", "-msign-ext", "-fno-unroll-loops",
    "-fignore-exceptions", "-D_LIBCPP_NO_EXCEPTIONS", "-fno-rtti", "-fvisibility=hidden", "-ffp-contract=off",
)  # fmt: skip
LINKED = ("-Wl,--strip-all", "-Wl,--gc-sections", *(f"-Wl,--export={name}" for name in EXPORTS))
OPTIMISED = {NUMERICS: "-O3", FOLDER: "-Oz"}  # folder of sources → how: steps for speed, the rest for size
_SECTION = b"made-from"


def wasm() -> bytes:
    """The compiled kernels."""
    return gzip.decompress(COMPILED.read_bytes())


def as_script() -> bytes:
    """The same for the page: a script that hands them over, compressed; a page on disk may load nothing else."""
    return f'reportgen.kernels = "{base64.b64encode(COMPILED.read_bytes()).decode()}";\n'.encode()


def made_from(compiled: bytes) -> str:
    """The stamp of the sources that a file was compiled from."""
    return compiled[-64:].decode("ascii", "replace")


def stamp() -> str:
    """The hash of all that decides what the compiler gives: code without comments in numerics/, files here, flags."""
    kernels = {name: code for name, code in numerics_fingerprint().items() if name.endswith("pp")}
    own = {file.relative_to(FOLDER).as_posix(): digest(read_text(file)) for file in _own_sources()}
    optimised = {folder.name: how for folder, how in OPTIMISED.items()}
    return digest(key_of([kernels, own, optimised, CLANG, *TARGET, *FLAGS, *LINKED]))


def _own_sources() -> list[Path]:
    return sorted([*FOLDER.glob("*.?pp"), FOLDER / "shim" / "thread"])


def problem() -> str:
    """Why they cannot be compiled here, in a few words; empty where they can."""
    clang = shutil.which("clang++")
    if clang is None or not shutil.which("wasm-ld"):
        return "clang and lld are not installed"
    version = subprocess.run(
        [clang, "--version"], capture_output=True, text=True, check=True
    ).stdout.splitlines()[0]
    if not version.startswith(CLANG):
        return f"{version} is not {CLANG}"
    return "" if Path("/usr/include/wasm32-wasi").is_dir() else "wasi-libc is not installed"


def compiled() -> bytes:
    """The kernels, compiled now: the same bytes for the same sources. Raises ReportError where that fails."""
    if why := problem():
        packages = "clang lld wasi-libc libc++-14-dev-wasm32 libclang-rt-14-dev-wasm32"
        raise ReportError(
            f"The browser's kernels cannot be compiled: {why}.", hint=f"apt-get install {packages}"
        )
    with tempfile.TemporaryDirectory() as work:
        objects = []
        for folder, optimised in OPTIMISED.items():
            for source in sorted(folder.glob("*.cpp")):
                objects.append(f"{work}/{source.stem}.o")
                _clang(
                    *FLAGS, optimised, "-isystem", str(FOLDER / "shim"), "-c", "-o", objects[-1], str(source)
                )
        _clang(*LINKED, "-o", f"{work}/kernels.wasm", *objects)
        return _stamped(Path(work, "kernels.wasm").read_bytes())


def make() -> None:
    """Compile them and put them in their place."""
    write_atomically(COMPILED, gzip.compress(compiled(), 9, mtime=0))


def _stamped(module: bytes) -> bytes:
    named = bytes([len(_SECTION)]) + _SECTION + stamp().encode()
    return (
        module + bytes([0, len(named)]) + named
    )  # section 0 may hold anything; lengths below 128 are one byte


def _clang(*arguments: str) -> None:
    done = subprocess.run(["clang++", *TARGET, *arguments], capture_output=True, text=True)
    if done.returncode:
        raise ReportError(
            f"clang++ failed: {done.stderr.strip()[:2000]}", hint="Mend the source, then try again."
        )
