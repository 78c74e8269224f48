"""The same training in a reader's browser: the kernels of numerics/ and the start of a run, as WebAssembly.

May import: numerics and below, files. Begin with run.cpp, which is a whole run; kernels.py says how it is compiled and
whether what lies here compiled, kernels.wasm.gz, is up to date. Who builds a page needs no compiler.
"""
