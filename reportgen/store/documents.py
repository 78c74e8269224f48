"""What the JSON files of the store say, as records that are checked when they are read.

`run.json` names a group of runs and what it was made by; `provenance.json` tells when, where and how long.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from reportgen.experiments import Keep
from reportgen.files.atomic import read_json, write_json
from reportgen.files.hashing import key_of

FORMAT: Literal[1] = 1
Code = dict[str, str]  # file of numerics/ → hash of its code


class ArrayForm(msgspec.Struct, frozen=True):
    """Shape and type of a stored array."""

    shape: list[int]
    dtype: str


class RunInfo(msgspec.Struct, frozen=True, kw_only=True):
    """`run.json`: which runs a group is, how they are kept, the code that trained them, and hashes of it all.

    configs: as `Config.as_dict` gives them. sha256: of arrays.npz. checksum: of all the rest of this file.
    """

    format: Literal[1]
    name: str
    key: str
    configs: Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1)]
    keep: Keep
    code: Code
    arrays: dict[str, ArrayForm]
    sha256: str
    checksum: str = ""


class Provenance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`provenance.json` of a training: on what, how, in how many seconds, from which commit, until when.

    diverged_at: the step at which a single run was stopped, because its loss was not finite.
    """

    execution: str
    device: str
    training_s: Annotated[float, msgspec.Meta(ge=0)]
    versions: dict[str, str]
    commit: str | None = None
    finished_at: str = ""
    diverged_at: int | None = None


def write_info(folder: Path, info: RunInfo) -> None:
    """`run.json` with its checksum; of a sweep on one line, for there are many."""
    body = _body(msgspec.to_builtins(info))
    indent = None if info.keep in ("sweep", "curves") else 1
    write_json(folder / "run.json", body | {"checksum": key_of(body)}, indent=indent)


def read_info(folder: Path) -> RunInfo | None:
    """`run.json` as it was written; None when it is missing, was changed or belongs to another version."""
    found = read_json(folder / "run.json")
    try:
        info = msgspec.convert(found, RunInfo)
        return info if isinstance(found, dict) and info.checksum == key_of(_body(found)) else None
    except (ValueError, msgspec.MsgspecError, RecursionError):  # ValueError: NaN and infinities are no JSON
        return None


def _body(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if name != "checksum"}
