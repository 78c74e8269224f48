"""Values as strict JSON knows them, whatever Python had: no NaN, no infinity, no NumPy, no dates.

JSON has no word for what is not finite; `json.dumps` writes one all the same, and no browser reads it.
"""

import json
import math
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from pathlib import PurePath
from typing import Any


def dumps(value: object, **options: Any) -> str:
    """The value as JSON. Raises ValueError for a number that is not finite: `plain` comes first."""
    return json.dumps(value, allow_nan=False, **options)


def plain(value: Any, *, finite: bool = True) -> Any:
    """The value in JSON's own types; what is not finite is None, unless it is to be kept for counting.

    NumPy's numbers and arrays become Python's, dates ISO 8601, paths text. Raises TypeError for what is none of it,
    UnicodeEncodeError for a text that no file can hold.
    """
    if isinstance(value, str):
        return value if value.isascii() else value.encode().decode()  # half of a letter is an error here
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) or not finite else None
    if isinstance(value, list | tuple):
        if all_finite(value):  # most of what there is: the numbers of a whole training
            return list(value)
        return [plain(part, finite=finite) for part in value]
    if isinstance(value, Mapping):
        return {str(name): plain(part, finite=finite) for name, part in value.items()}
    if isinstance(value, date | time):
        return value.isoformat() if value == value else None  # pandas' date that is none differs from itself
    if isinstance(value, Decimal):
        return plain(float(value), finite=finite)
    if isinstance(value, PurePath):
        return str(value)
    if hasattr(value, "tolist"):  # of NumPy
        return plain(value.tolist(), finite=finite)
    raise TypeError(f"{type(value).__name__} is not JSON: {value!r}"[:200])


def all_finite(values: list[Any] | tuple[Any, ...]) -> bool:
    """Whether these are Python's own numbers, all finite."""
    return set(map(type, values)) <= {int, float} and all(map(math.isfinite, values))
