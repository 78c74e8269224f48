"""Everything that can change a trained number, and nothing else.

The syntax trees of this package, without docstrings and comments, are part of every run's key:
a real change here makes the stored runs stale. It therefore imports nothing of ours but `errors`.

An annotation is part of the syntax tree too. So what mypy has to know more stands in comments, as a type
where one can be given, else as what it shall overlook:

    union-attr       task and model of a `Config` are of one kind, as its constructor makes sure
    assignment       the same of `Network.model`; and a sum of tensors is none of numbers
    no-any-return    NumPy and PyTorch do not say what these operations give
    arg-type         a tuple made from a pair is a pair
    type-arg, no-untyped-def    no annotation, or none in full, until these runs are trained anew

May import: errors. Begin with config.py (what a run is given) and models.py; the optimiser's step is in engines.py, and in
kernels/ once more in C++.
"""
