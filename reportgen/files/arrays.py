"""Types of arrays, and the letters in which docstrings give their shapes.

    R runs trained together    N examples    K input columns     H hidden neurons    C outputs
    P modulus                  F frequencies D embedding size    T saved steps       S snapshots

A type says what the elements are, a docstring what the axes are: `w_input: Floats` with "(S, K, H)".
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]
Booleans = npt.NDArray[np.bool_]
