"""When, how long and by which commit things were made: what two builds of the same inputs may differ in.

It stands in files of its own, beside the pages: `provenance.json` to read, and the same as a script
that fills the cells of methods.html, also when that is opened from disk. Both say of every experiment,
every figure, and of all trainings together the `words` for it, and what these are made from.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from reportgen.files.atomic import read_record
from reportgen.store.provenance import Making
from reportgen.store.records import Record
from reportgen.wording.numbers import duration

FILE, SCRIPT = "provenance.json", "provenance.js"


def origin_files(records: Mapping[str, Sequence[Record]], drawings: Mapping[str, Path]) -> dict[str, bytes]:
    """Both files. records: experiment → its stored groups; drawings: figure id → its drawn folder."""
    experiments = {name: _experiment(groups) for name, groups in records.items()}
    total = sum(found["training_s"] for found in experiments.values())
    known = {
        "experiments": experiments,
        "figures": {name: _figure(folder) for name, folder in drawings.items()},
        "total": {"training_s": round(total, 2), "words": duration(total)},
    }
    text = json.dumps(known, indent=1, sort_keys=True, ensure_ascii=False)
    safe = text.replace("</", "<\\/")  # no text can end the script early
    return {FILE: f"{text}\n".encode(), SCRIPT: f"window.provenance = {safe};\n".encode()}


def _experiment(groups: Sequence[Record]) -> dict[str, Any]:
    """Its groups as they were recorded, and all of them in a few words."""
    made = {record.key: record.provenance for record in groups}
    seconds = sum(p.training_s for p in made.values())
    days = sorted({day for p in made.values() if (day := _day(p.finished_at))}, key=lambda d: d[0])
    commits = sorted({p.commit for p in made.values() if p.commit})
    parts = [duration(seconds)] + [days[0][1]] * bool(days)
    parts[-1] += f" to {days[-1][1]}" if len(days) > 1 else ""
    parts += [f"commit {', '.join(commits)}" if commits else "commit unknown"]
    plain = {key: msgspec.to_builtins(provenance) for key, provenance in made.items()}
    return {"groups": plain, "training_s": round(seconds, 2), "words": "; ".join(parts)}


def _figure(folder: Path) -> dict[str, Any]:
    """What was recorded when it was drawn; nothing for a drawing without a record."""
    made = read_record(folder / FILE, Making)
    if made is None:
        return {"words": "unknown"}
    return {**made, "words": made["commit"] or "unknown"}


def _day(stamp: str) -> tuple[str, str] | None:
    """An ISO time as a day to sort by and in words: ("2026-11-24", "24 November 2026")."""
    try:
        time = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return time.date().isoformat(), f"{time.day} {time:%B} {time.year}"
