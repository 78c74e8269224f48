"""What a build is asked for: the catalogue of experiments as changed by --quick and --set."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reportgen.errors import ReportError
from reportgen.experiments import EXPERIMENTS, Experiment, change, experiment, shrink


@dataclass(frozen=True)
class Settings:
    """The experiments of a build, and how it differs from the canonical one.

    name: "" for the canonical build; otherwise the suffix of its site folder.
    changed: experiment → its settings as text, shown in the page's banner.
    base_url: the address the page will have, with a slash at its end; "" where none is known.
    quick: whether all experiments are shrunk.
    """

    experiments: Mapping[str, Experiment] = field(default_factory=lambda: EXPERIMENTS)
    name: str = ""
    changed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    base_url: str = ""
    quick: bool = False

    @property
    def options(self) -> str:
        """What to add to a command for the same build; "" for the canonical one."""
        sets = [f"{name}.{value}" for name, values in self.changed.items() for value in values]
        return " --quick" * self.quick + "".join(f" --set {shlex.quote(text)}" for text in sets)

    @property
    def canonical(self) -> bool:
        return not self.name

    @property
    def site_folder(self) -> str:
        return f"site-{self.name}" if self.name else "site"


def read_settings(quick: bool, assignments: Sequence[str]) -> Settings:
    """Apply `experiment.field=value` assignments, and --quick, to the catalogue.

    Raises ReportError for an unknown experiment or field, or an impossible value.
    """
    chosen, changed = dict(EXPERIMENTS), dict[str, list[str]]()
    for text in assignments:
        match = re.fullmatch(r"([\w-]+)\.(\w+)=(.+)", text)
        if not match:
            raise ReportError(
                f"--set {text!r} is not of the form experiment.field=value.",
                hint="For example: --set modular.weight_decay=0.3",
            )
        name, setting, value = match.groups()
        experiment(name)
        if any(before.startswith(f"{setting}=") for before in changed.get(name, ())):
            raise ReportError(
                f"--set gives {name}.{setting} twice.",
                hint="A build has one value for each; build twice to see both.",
            )
        try:
            chosen[name] = change(chosen[name], setting, value)
        except ReportError as error:
            raise ReportError(f"--set {text}: {error.message}", hint=error.hint) from None
        changed.setdefault(name, []).append(f"{setting}={value}")
    if quick:
        chosen = {name: shrink(original) for name, original in chosen.items()}
    parts = ["quick"] if quick else []
    parts += [f"{name}-{'-'.join(values)}" for name, values in changed.items()]
    folder = re.sub(r"[^\w.-]+", "-", "-".join(parts))
    return Settings(chosen, folder, changed, quick=quick)
