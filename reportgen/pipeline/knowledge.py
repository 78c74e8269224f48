"""What the stored runs say: facts to quote, verdicts on claims; and so what each thing is made from.

Everything is worked out once and remembered under the hashes of its code and its runs. So facts change
no figure unless their values change, and a claim is judged again only when it, or its runs, changed.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

from reportgen.claims.verdicts import Verdict
from reportgen.experiments import Experiment
from reportgen.files import code_hash
from reportgen.files.atomic import write_atomically
from reportgen.files.code_hash import code_digest, package_code
from reportgen.files.hashing import digest, key_of
from reportgen.pipeline import cache
from reportgen.pipeline.dependencies import figure_parts, site_parts
from reportgen.pipeline.plan import Build
from reportgen.store.certificates import read_certificates

CLAIMS_CODE = ("claims/judging.py", "claims/sections/__init__.py")  # the second brings every judge


@dataclass(frozen=True)
class Known:
    """What can be said of a build's stored runs. Make a new one after training."""

    build: Build
    _drawings: dict[str, Path] = field(default_factory=dict, compare=False)

    @cached_property
    def claims(self) -> dict[str, dict]:
        """Every claim's text, threshold, runs and module by id, without importing what judges it."""
        return self._recall("claims", package_code(*CLAIMS_CODE), _list_claims)

    @cached_property
    def judged(self) -> dict[str, Experiment]:
        """What claims speak of and is stored, whether a figure shows it or not."""
        if not self.build.settings.canonical:
            return {}
        named = {name: None for claim in self.claims.values() for name in claim["runs"]}
        return self.build.stored(name for name in self.build.settings.experiments if name in named)

    @cached_property
    def searches(self) -> dict[str, Experiment]:
        """The stored searches behind the page's seeds: base rates, and how robust the choice is."""
        if not self.build.settings.canonical:
            return {}
        return self.build.stored(
            f"{name}-{kind}" for name in self.shown | self.judged for kind in ("search", "robustness")
        )

    @cached_property
    def shown(self) -> dict[str, Experiment]:
        """What figures show."""
        return self.build.experiments(self.build.sources.values())

    @property
    def used(self) -> dict[str, Experiment]:
        """All that the page speaks of."""
        return self.shown | self.judged | self.searches

    @cached_property
    def keys(self) -> dict[str, str]:
        """Experiment → key of its runs, of everything the page speaks of."""
        return self.build.run_keys(self.used)

    def own_facts(self, experiments: Mapping[str, Experiment]) -> dict[str, dict]:
        """What a figure may quote: the facts of these experiments that are stored, and those without runs."""
        code = package_code("facts/of_sweeps.py")
        found = dict(self._recall("facts without runs", code, _facts_without_runs))
        for name, experiment in experiments.items():
            if self.build.status(experiment):
                facts = self._recall(f"facts {name}", [code, self.keys[name]], self._describe, experiment)
                found |= {name.replace("-", "_"): facts} if facts else {}
        return found

    def _describe(self, experiment: Experiment) -> dict | None:
        from reportgen.facts.of_sweeps import facts_of

        return facts_of(experiment.name, self.build.load({experiment.name: experiment})[experiment.name])

    @cached_property
    def facts(self) -> dict[str, dict]:
        """What the page may quote: also how many of the seeds tried show the same."""
        found = self.own_facts(self.used)
        for name, experiment in self.used.items():
            if experiment.single and self.build.status(experiment):
                near = [name, f"{name}-search", f"{name}-robustness"]
                parts = [package_code(*CLAIMS_CODE), self._keys_of(near)]
                chosen = self._recall(f"seeds of {name}", parts, self._chosen, near)
                own = name.replace("-", "_")
                found[own] = found[own] | chosen  # anew: what is remembered stays as it was
        return found

    def _chosen(self, names: list[str]) -> dict:
        from reportgen.claims.judging import chosen

        return chosen(names[0], self._load(names))

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """Every claim as judged on what is stored, in the order of their numbers; none for a variant."""
        if not self.build.settings.canonical:
            return []
        return [self._verdict(id, claim) for id, claim in self.claims.items()]

    def _verdict(self, id: str, claim: Mapping) -> Verdict:
        needed = [f"{name}{kind}" for name in claim["runs"] for kind in ("", "-search")]
        code = package_code(claim["module"]), code_digest(code_hash.PACKAGE / "claims/judging.py")
        found = self._recall(f"verdict {id}", [code, self._keys_of(needed)], self._judge, id, needed)
        return Verdict(**found | {"runs": tuple(found["runs"])})

    def _judge(self, id: str, names: list[str]) -> dict:
        from reportgen.claims.judging import judge

        return asdict(judge(id, self._load(names)))

    def _load(self, names: Iterable[str]) -> dict:
        return self.build.load({name: self.used[name] for name in names if self._stored(name)})

    def _stored(self, name: str) -> bool:
        return name in self.used and self.build.status(self.used[name]) is not None

    def _keys_of(self, names: Iterable[str]) -> dict[str, str]:
        return {name: self.keys[name] for name in names if self._stored(name)}

    def _recall(self, what: str, parts: object, make, *given):
        return self.build.memory.recall(f"{what} {key_of(parts)}", lambda: make(*given))

    @cached_property
    def figures(self) -> dict[str, dict[str, str]]:
        """Figure → everything it depends on."""
        facts = self.own_facts(self.shown)
        return {s.id: figure_parts(s, self.keys, facts) for s in self.build.sources.values()}

    def drawing(self, id: str) -> Path | None:
        """The intact drawing of a figure, or None; looked for until there is one."""
        if id not in self._drawings:
            found = cache.find_drawing(self.build.project, id, self.figures[id])
            if found is None:
                return None
            self._drawings[id] = found
        return self._drawings[id]

    @property
    def _at_hand(self) -> dict[str, Experiment]:
        """What the page speaks of and is stored."""
        return {name: experiment for name, experiment in self.used.items() if self._stored(name)}

    @cached_property
    def methods(self) -> dict:
        """What the page on methods says."""
        from reportgen.site import methods

        single = [name for name, experiment in self._at_hand.items() if experiment.single]
        return {
            "experiments": self._experiments,
            "figures": methods.figures(self.build.sources.values(), self.figures),
            "seeds": methods.seeds(single, self.facts),
        }

    @cached_property
    def _experiments(self) -> list[dict]:
        """What the page on methods says of every experiment."""
        shipped = read_certificates(self.build.project.shipped_runs)
        parts = package_code("site/methods.py"), self.keys, shipped, self._settings
        return self._recall("experiments", parts, self._describe_all, shipped)

    def _describe_all(self, shipped: list[dict]) -> list[dict]:
        from reportgen.site.methods import Stored, experiments

        build = self.build
        stored = [Stored(e, build.records(e), build.status(e)) for e in self._at_hand.values()]
        return experiments(stored, build.settings, shipped)

    @cached_property
    def data(self) -> dict[str, bytes]:
        """Path on the site → what it offers to take away, besides figures; kept under its hash."""
        folder = self.build.project.state / "cache" / "data"
        found = {path: _kept(folder / name, name) for path, name in self._data_names.items()}
        if None not in found.values():
            return found
        with suppress(OSError):  # a folder that cannot be written to costs time, nothing else
            for path, name in self._data_names.items():
                write_atomically(folder / name, self._data_made[path])
            for file in [file for file in folder.iterdir() if file.name not in self._data_names.values()]:
                file.unlink()
        return self._data_made

    @cached_property
    def _data_made(self) -> dict[str, bytes]:
        from reportgen.site.downloads import data_files

        return data_files(self._at_hand, self.build.load(self._at_hand))

    @cached_property
    def _data_names(self) -> dict[str, str]:
        """Path on the site → hash of what is there."""
        parts = package_code("site/downloads.py"), self.keys
        return self._recall(
            "data", parts, lambda: {path: digest(content) for path, content in self._data_made.items()}
        )

    @property
    def _settings(self) -> list:
        return [self.build.settings.name, dict(self.build.settings.changed)]

    @cached_property
    def page(self) -> dict[str, str]:
        """Everything the pages depend on."""
        parts = {f"figure {id}": key_of(found) for id, found in self.figures.items()}
        parts |= {f"run {name}": key for name, key in self.keys.items()}
        parts |= {f"facts {name}": key_of(found) for name, found in self.facts.items()}
        parts |= {f"claim {v.id}": key_of(asdict(v)) for v in self.verdicts}
        parts |= site_parts(self.build.project)
        address = self.build.settings.base_url
        parts |= {"base-url": address} if address else {}
        parts |= {f"data {path}": found for path, found in self._data_names.items()}
        parts["methods"] = key_of([self._experiments, code_digest(code_hash.PACKAGE / "site/methods.py")])
        return parts | {"settings": key_of(self._settings)}


def _kept(file: Path, name: str) -> bytes | None:
    """A file's content if it is what its name says."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    return content if digest(content) == name else None


def _list_claims() -> dict[str, dict]:
    from reportgen.claims.sections import CLAIMS

    return {
        id: {
            "text": CLAIMS[id].text,
            "threshold": CLAIMS[id].threshold,
            "runs": CLAIMS[id].runs,
            "module": CLAIMS[id].judge.__module__.removeprefix("reportgen.").replace(".", "/") + ".py",
        }
        for id in sorted(CLAIMS, key=lambda id: int(id[1:]))
    }


def _facts_without_runs() -> dict[str, dict]:
    from reportgen.facts.of_runs import without_runs

    return without_runs()
