"""Audits on record: that today's code gives the numbers that were shipped by earlier code.

`runs/certificates.json` is a list, sorted by experiment and date, one entry per audit that passed.
An entry certifies an experiment's runs made by one state of numerics/ for another.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from reportgen.files.atomic import read_json, write_atomically
from reportgen.files.hashing import key_of

FILE = "certificates.json"


def code_name(fingerprint: Mapping[str, str]) -> str:
    """A short name for a state of numerics/."""
    return key_of(dict(fingerprint))


def read_certificates(folder: Path) -> list[dict]:
    """The entries of a folder of shipped runs; none when the file is missing or unreadable."""
    entries = read_json(folder / FILE)
    return [entry for entry in entries if _is_entry(entry)] if isinstance(entries, list) else []


def _is_entry(entry: object) -> bool:
    """Whether it names an experiment and two states of the code; anything else certifies nothing."""
    names = ("experiment", "made_by", "holds_for")
    return isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in names)


def add_certificate(folder: Path, entry: Mapping) -> None:
    """Put an entry on record, in place of an older one for the same experiment and code."""

    def identity(e: Mapping) -> tuple:
        return e["experiment"], e["made_by"], e["holds_for"]

    entries = [e for e in read_certificates(folder) if identity(e) != identity(entry)] + [dict(entry)]
    entries.sort(key=lambda e: (*identity(e)[:1], str(e.get("audited_at", "")), *identity(e)[1:]))
    text = json.dumps(entries, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    write_atomically(folder / FILE, text.encode())
