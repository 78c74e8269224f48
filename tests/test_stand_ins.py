"""Runs opened in the place of a group's own: which can be, in what words, and that all figures draw them."""

from dataclasses import replace

import numpy as np
import pytest
from fixtures.article import FIGURES
from fixtures.made_up_runs import STEPS, compact, copies_run
from fixtures.made_up_sweeps import LEARNS, noise, seeds, waves
from fixtures.quoted import quoted

from reportgen.drawing import draw, interactive, stand_ins
from reportgen.drawing.discovery import read_source
from reportgen.errors import ReportError
from reportgen.files.project import Project
from reportgen.site.markup import template_environment

SOURCE = FIGURES["modular_dft"]
SHOW_OTHERS = [name for name, source in FIGURES.items() if source.stand_ins]
ROOT = FIGURES["modular_dft"].path.parent.parent


def seed(run, number: int):
    """The run as one of the sweep's, from that seed."""
    return replace(run, name="modular-seeds", config=replace(run.config, seed=number))


def never(number: int = 1):
    """A model that has not moved from small noise: no neuron uses a frequency."""
    run = copies_run()
    return seed(replace(run, w_input=run.w_input * 0.01, test_accuracy=0.0 * STEPS), number)


def opened(*models) -> dict:
    return {"modular": copies_run(), "modular-seeds": list(models)}


def offered(source, runs) -> tuple[dict | None, list[str]]:
    """What the page offers to open, and the data of each."""
    offer, files = draw._stand_ins(source, runs, {}, draw.reads_of(source))
    return offer, list(files.values())


def test_nothing_to_open_is_nothing_to_offer():
    """A sweep none of whose runs kept snapshots."""
    run = copies_run()
    end = replace(run, snapshot_steps=STEPS[-1:], w_input=run.w_input[-1:], w_output=run.w_output[-1:])
    assert offered(SOURCE, opened(end)) == (None, [])


def test_what_can_be_opened_has_snapshots_of_the_same_model():
    """Not a run with its end alone, of another size or another task, or one that diverged."""
    run = copies_run()
    model = replace(run.config.model, neurons=16)
    task = replace(run.config.task, modulus=11)
    others = [
        replace(run, snapshot_steps=STEPS[-1:], w_input=run.w_input[-1:], w_output=run.w_output[-1:]),
        replace(run, config=replace(run.config, model=model)),
        replace(run, config=replace(run.config, task=task)),
        replace(run, w_input=run.w_input * np.nan),
    ]
    runs = opened(seed(run, 4), *others)
    found = stand_ins.openable(SOURCE, runs)
    assert [run.config.seed for run in found] == [4]
    offer = stand_ins.offer(SOURCE, runs, found)
    assert (offer.sweep, offer.models) == ("modular-seeds", 5)
    assert offer.runs[0].words == "frequencies 1, 2 and 3, generalises by step 800"


def test_the_words_have_forms_for_what_is_missing():
    """One frequency, none, and a model that never generalises."""
    assert stand_ins.words(waves(2)) == "frequency 2, generalises by step 800"
    assert (
        stand_ins.words(replace(never(), test_accuracy=copies_run().test_accuracy))
        == "generalises by step 800"
    )
    assert stand_ins.words(never()) == "does not generalise by step 1,000"


@pytest.mark.parametrize("name", SHOW_OTHERS)
def test_a_seed_that_never_generalises_is_drawn_and_says_so(name):
    """In every figure that shows other runs; without groups the figures of groups say that too."""
    source, runs = FIGURES[name], opened(never())
    assert source.runs == ("modular", "modular-seeds")
    _, (text,) = offered(source, runs)
    assert text.startswith("reportgen.figure({")
    said = {"modular_stars": "no neuron has settled", "modular_logits": "all 15 neurons",
            "modular_loss": "does not generalise"}.get(name, "")  # fmt: skip
    assert said in text
    assert (
        said == ""
        or name == "modular_loss"
        or said
        not in interactive.script(interactive.payload(draw.make_panels(source, runs), source, runs, {}))
    )


def test_a_stand_in_brings_its_own_steps():
    """The page looks for the nearest of them."""
    run = copies_run()
    other = seed(replace(run, snapshot_steps=STEPS[[0, 50]]), 3)
    _, (text,) = offered(SOURCE, opened(other))
    assert '"steps":[0,500]' in text


@pytest.mark.parametrize("models", [[never()], [noise()], seeds(1, 2, 3), [compact(copies_run())]])
def test_the_figure_of_seeds_draws_whatever_they_did(models):
    """None that generalises, none with a frequency, none that can be opened."""
    panels = draw.make_panels(FIGURES["modular_seeds"], {"modular-seeds": models})
    assert list(panels) == ["losses", "sizes", "frequencies"]
    for text in (FIGURES["modular_seeds"].caption, FIGURES["modular_seeds"].alt):
        assert draw._fill(text, FIGURES["modular_seeds"], quoted({"modular-seeds": models}))


@pytest.mark.parametrize("also", ["", '"modular-seedz"', '"modular"', "(1,)"])
def test_a_wrong_sweep_is_refused(tmp_path, also):
    """Unknown, a single run, no name; and a figure that follows no step has nothing to replace."""
    code = SOURCE.path.read_text().replace('GROUP = "modular"\n', "" if not also else 'GROUP = "modular"\n')
    file = tmp_path / "one.py"
    file.write_text(code.replace('STAND_INS = "modular-seeds"', f"STAND_INS = {also}") if also else code)
    with pytest.raises(ReportError, match="STAND_INS"):
        read_source(file)


SILENT = {"test_accuracy": 0.0 * STEPS}
FORMS = {  # sweep and verdict → what section 5 says
    "holds": (
        seeds(1, 2, 3),
        True,
        "nor any frequency that is favoured: which ones a model takes looks like chance",
    ),
    "fails": (seeds(1, 2, 3), False, "Not all of this holds"),
    "unjudged": (seeds(1, 2, 3), None, "neurons to a frequency are commonest"),
    "none generalises": ([waves(1, **SILENT)], False, "None of them generalises."),
    "no frequency": (
        [replace(never(), **LEARNS, test_accuracy=waves(1).test_accuracy)],
        False,
        "has settled on",
    ),
    "no sweep": (None, None, ""),
}


@pytest.mark.parametrize("form", list(FORMS))
def test_section_5_has_a_sentence_for_what_the_seeds_did(form):
    """With the mark of the claim exactly once; without the sweep there is no such part."""
    models, verdict, sentence = FORMS[form]
    known = quoted({"modular": copies_run()} | ({} if models is None else {"modular-seeds": models}))
    helpers = dict.fromkeys(("figure", "ref", "cite", "moment", "swatch"), lambda *words: words[-1])
    environment = template_environment(Project(ROOT).templates)
    text = environment.get_template("sections/05-the-same-algorithm-inside.md").render(
        **known,
        **helpers,
        claim=lambda id: f"[{id}]",
        holds=lambda id: verdict,
        how_sure=lambda caller: caller(),
    )
    assert sentence in text
    assert text.count("[C18]") == (models is not None)
    assert ("modular_seeds" in text) == (models is not None)
