"""Compile the kernels for browsers: `python scripts/kernels_for_browsers.py`, after any change of their C++.

Writes reportgen/browser/kernels.wasm.gz. With --check it compares instead: whether the sources give what is there.
"""

import gzip
import sys

from reportgen.browser import kernels


def main() -> None:
    if "--check" in sys.argv:
        if kernels.compiled() != kernels.wasm():
            sys.exit(f"{kernels.COMPILED} is not what the sources give: run this script without --check.")
        return
    kernels.make()
    size = len(kernels.wasm()), len(gzip.compress(kernels.wasm(), 9))
    print(f"{kernels.COMPILED}: {size[0]:,} bytes, {size[1]:,} compressed")


if __name__ == "__main__":
    main()
