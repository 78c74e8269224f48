"""Audits on record: that today's code gives the numbers that were shipped by earlier code.

`runs/certificates.json` is a list, sorted by experiment and date, one entry per audit that passed.
An entry certifies an experiment's runs made by one state of numerics/ for another.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NotRequired, TypedDict

import msgspec

from reportgen.files.atomic import read_json, write_atomically
from reportgen.files.hashing import key_of

FILE = "certificates.json"


class Certificate(TypedDict):
    """That today's code agrees with earlier code on an experiment: on how many of its runs, and how closely.

    made_by, holds_for: names of the earlier and the later state of numerics/. sample: runs trained again, chosen
    with sample_seed; same_class: those that came out alike; agrees_until_median: the step up to which losses agree.
    """

    experiment: str
    made_by: str
    holds_for: str
    audited_at: NotRequired[str]
    sample: NotRequired[int]
    sample_seed: NotRequired[int]
    same_class: NotRequired[int]
    agrees_until_median: NotRequired[int]
    agrees_to_the_end: NotRequired[int]


def code_name(fingerprint: Mapping[str, str]) -> str:
    """A short name for a state of numerics/."""
    return key_of(dict(fingerprint))


def read_certificates(folder: Path) -> list[Certificate]:
    """The entries of a folder of shipped runs; none when the file is missing or unreadable.

    An entry that does not say what a certificate says certifies nothing.
    """
    entries, found = read_json(folder / FILE), []
    for entry in entries if isinstance(entries, list) else ():
        with suppress(msgspec.ValidationError):
            msgspec.convert(entry, Certificate)
            found.append(entry)
    return found


def add_certificate(folder: Path, entry: Certificate) -> None:
    """Put an entry on record, in place of an older one for the same experiment and code."""

    def identity(e: Certificate) -> tuple[str, str, str]:
        return e["experiment"], e["made_by"], e["holds_for"]

    entries = [e for e in read_certificates(folder) if identity(e) != identity(entry)] + [entry]
    entries.sort(key=lambda e: (*identity(e)[:1], str(e.get("audited_at", "")), *identity(e)[1:]))
    text = json.dumps(entries, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    write_atomically(folder / FILE, text.encode())
