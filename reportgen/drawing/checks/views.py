"""The parts of a chart, each with what it is handed by those around it: rows, transforms, channels.

Vega-Lite is asked nothing here: a chart is read as it is written. A layer has the data of what it stands in
unless it brings its own; transforms go with the data.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reportgen.drawing.checks.transforms import Fields, Spec, after, as_list

_JOINED = ("layer", "concat", "hconcat", "vconcat")


@dataclass(frozen=True)
class View:
    """A part of a chart: one mark, or several parts together.

    place: as the names of Vega's marks begin, "layer_0_layer_1_". rows: before any transform; None where the
    chart does not have them. dataset: their name, "" without. before, known: its fields before and after its
    own transforms; None where nobody can say. transforms, encoding: its own and those it is handed.
    """

    place: str
    spec: Spec
    rows: Sequence[Any] | None = None
    dataset: str = ""
    before: Fields = None
    known: Fields = None
    transforms: tuple[Spec, ...] = ()
    encoding: Spec = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """What it draws: "line"; "" for parts together."""
        mark = self.spec.get("mark", "")
        return str(mark["type"] if isinstance(mark, dict) else mark)

    @property
    def data(self) -> Spec:
        """Its rows as a chart names them."""
        return {"values": list(self.rows or ())}


def parts_of(spec: Spec) -> list[View]:
    """Every part of a panel, the whole first."""
    return list(_parts(View("", spec), datasets(spec)))


def _parts(given: View, named: Mapping[str, Sequence[Any]]) -> Iterator[View]:
    spec, view = given.spec, given
    if "name" in spec:  # Altair names a part that has a selection
        view = replace(view, place=f"{spec['name']}_")
    if isinstance(data := spec.get("data"), dict):
        rows = rows_of(data, named)
        name, known = str(data.get("name", "")), fields_of(rows)
        view = replace(view, rows=rows, dataset=name, known=known, transforms=())
    own, known = tuple(spec.get("transform", ())), view.known
    for transform in own:
        known = after(transform, known, view.rows)
    view = replace(
        view, before=view.known, known=known, transforms=view.transforms + own,
        encoding=view.encoding | spec.get("encoding", {}),
    )  # fmt: skip
    yield view
    for kind in _JOINED:
        for number, part in enumerate(spec.get(kind, ())):
            place = f"{view.place}{kind.lstrip('hv')}_{number}_"
            yield from _parts(replace(view, place=place, spec=part), named)
    if isinstance(spec.get("spec"), dict):
        yield from _parts(replace(view, place=f"{view.place}child_", spec=spec["spec"]), named)


def channels(view: View) -> list[Spec]:
    """What its channels are bound to; some, such as tooltips, to several things."""
    bound = [part for value in view.encoding.values() for part in as_list(value)]
    return [part for part in bound if isinstance(part, dict)]


def datasets(spec: object) -> dict[str, Sequence[Any]]:
    """The rows of every dataset that has a name, by that."""
    if isinstance(spec, list):
        return {name: rows for part in spec for name, rows in datasets(part).items()}
    found: dict[str, Sequence[Any]] = {}
    if isinstance(spec, dict):
        found |= {name: rows for name, rows in spec.get("datasets", {}).items() if isinstance(rows, list)}
        data = spec.get("data")
        if isinstance(data, dict) and "name" in data and isinstance(data.get("values"), list):
            found[data["name"]] = data["values"]
        for name in (*_JOINED, "spec"):
            found |= datasets(spec.get(name))
    return found


def rows_of(data: Spec, named: Mapping[str, Sequence[Any]]) -> Sequence[Any] | None:
    """The rows of a data block: its own, or those of its name."""
    values = data.get("values", named.get(str(data.get("name"))))
    return values if isinstance(values, list) else None


def fields_of(rows: Sequence[Any] | None) -> Fields:
    """The columns that any row has; a row that is no object has one, data."""
    if rows is None:
        return None
    simple = any(not isinstance(row, dict) for row in rows)
    return frozenset(["data"] * simple).union(*(row for row in rows if isinstance(row, dict)))
