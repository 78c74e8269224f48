"""A name that is not there is an error wherever it stands: in tests and filters, in branches that are not taken."""

import re

import pytest
from fixtures.projects import contents, must, run

from reportgen.errors import ReportError
from reportgen.wording.sentences import render_text

FIGURE, SECTION = "figures/line.py", "templates/sections/01-bare.md"
FACTS = {
    "modular": {"t_gen": 12300, "t_mem": 900, "absent": None, "votes": [{"cosine": 0.9}], "size": {"low": 1}},
    "parity": {"live": 4},
}
WORDED = {
    "{% if modular.t_genn is not none %}yes{% endif %}": "t_gen",
    "{% if modular.t_genn is none %}yes{% endif %}": "t_gen",
    "{{ modular.t_genn|step }}": "t_gen",
    "{{ modular.t_genn|sci }}": "t_gen",
    "{{ modular.t_genn|default('x') }}": "t_gen",
    "{{ modular['t_genn']|number }}": "t_gen",
    "{% if modular.t_genn is defined %}yes{% endif %}": "t_gen",
    "{% if false %}{{ modular.t_genn }}{% endif %}": "t_gen",
    "{% if modular.t_gen is not none %}yes{% else %}{{ modular.t_genn }}{% endif %}": "t_gen",
    "{% set m = modular %}{% if false %}{{ m.t_genn|step }}{% endif %}": "t_gen",
    "{% for vote in modular.votes %}{% if vote.cosin is none %}{% endif %}{% endfor %}": "cosine",
    "{% if modular.size.lo is none %}yes{% endif %}": "low",
    "{% for m in modular.vote %}{% endfor %}": "votes",
    "{{ modular.votes|map(attribute='cosin')|list|length }}": "cosine",
}
TOP = {
    "{% if modulr is defined %}{{ modulr.t_gen }}{% endif %}": "modular",
    "{% if modulr is none %}yes{% endif %}": "modular",
    "{{ modulr|step }}": "modular",
    "{% if false %}{{ modulr }}{% endif %}": "modular",
    "{% if false %}{{ partiy.live }}{% endif %}": "parity",
}


@pytest.mark.parametrize("text", WORDED)
def test_a_fact_that_is_not_there_is_an_error_in_a_caption(text):
    """The message names the nearest of that experiment's facts first, then the others, and no other experiment's."""
    with pytest.raises(ReportError) as caught:
        render_text(text, FACTS, where="figures/line.py")
    assert re.match(r"figures/line.py: Unknown fact '(t_genn|cosin|lo|vote)'", caught.value.message)
    near = WORDED[text]
    assert re.search(rf"Known[\w ]*: {near}\b", caught.value.hint), caught.value.hint
    assert "live" not in caught.value.hint


@pytest.mark.parametrize("text", TOP)
def test_an_experiment_that_is_not_there_is_an_error_in_a_caption(text):
    """By itself, too, and where nobody would see it."""
    with pytest.raises(ReportError) as caught:
        render_text(text, FACTS, where="figures/line.py")
    assert "Unknown fact" in caught.value.message and f"Did you mean {TOP[text]!r}?" in caught.value.hint


def test_what_is_there_may_be_absent():
    """None, loops, other names and defaults go on as they did."""
    text = (
        "{% set m = modular %}{% if m.absent is none %}{{ m.t_gen|step }}{% endif %}"
        "{% for vote in m.votes %} {{ vote.cosine }}{{ loop.last }}{% endfor %} {{ m.absent or 'never' }}"
        "{% for name, value in m.size.items() %} {{ name }}{% endfor %}"
        "{% if m.t_gen %}{% set low, high = m.size.low, 2 %}{{ low + high }}{% endif %}"
    )
    assert render_text(text, FACTS, where="x") == "12,300 0.9True never low3"


LATE = "{{% if false %}}{}{{% endif %}}"  # nobody would see it
MISNAMED = {
    "a fact": (
        LATE.format("{{ construction.modulos }}"),
        "Unknown fact 'modulos' of construction",
        "'modulus'",
    ),
    "a fact by another name": (
        "{% set c = construction %}{{ c.modulos }}",
        "'modulos' of construction",
        "'modulus'",
    ),
    "a fact in a test": (
        "{% if construction.modulos is none %}{% endif %}",
        "Unknown fact 'modulos'",
        "'modulus'",
    ),
    "a fact in a filter": ("{{ construction.modulos|step }}", "Unknown fact 'modulos'", "'modulus'"),
    "an experiment": (
        "{% if constructon is defined %}yes{% endif %}",
        "fact 'constructon'",
        "'construction'",
    ),
    "a helper": (LATE.format('{{ figur("line") }}'), "Unknown helper 'figur'", "'figure'"),
    "a figure": (LATE.format('{{ figure("lin") }}'), "Unknown figure 'lin'", "'line'"),
    "a claim": (LATE.format('{{ claim("C99") }}'), "Unknown claim 'C99'", "C1"),
    "a claim that is asked": (LATE.format('{{ holds("C99") }}'), "Unknown claim 'C99'", "C1"),
    "a work": (
        LATE.format('{{ cite("power2022grokking", "pwer2022") }}'),
        "citation 'pwer2022'",
        "power2022",
    ),
    "a colour": (LATE.format('{{ swatch("tran", "x") }}'), "Unknown colour 'tran'", "'train'"),
    "a moment's experiment": (LATE.format('{{ moment("modulr", "end", "x") }}'), "experiment 'modulr'", ""),
    "a moment of what has none": (
        '{{ moment("construction", "end", "x") }}',
        "Unknown moment of construction",
        "",
    ),
    "a note": ("A note.[^nowhere]", "there is no note [^nowhere]", "Write it"),
    "a note twice": ("A note.[^a]\n\n[^a]: One.\n[^a]: Two.", "the note [^a] is given twice", "Change"),
    "an id twice": ("## One {#same}\n\n## Two {#same}", "the id 'same' is given twice", "Change"),
}


@pytest.mark.parametrize("kind", MISNAMED)
def test_a_name_that_is_not_there_is_an_error_in_a_section(bare, kind):
    """Two lines, with the section's file and line; the site stays as it was."""
    text, says, hint = MISNAMED[kind]
    with (bare / SECTION).open("a", encoding="utf-8") as section:
        section.write(f"\n{text}\n")
    before = contents(bare / "site")
    result = run(bare, "build")
    assert result.exit_code == 2, result.output
    first, second = result.stderr.splitlines()
    assert re.match(r"Error: templates/sections/01-bare\.md:\d+: ", first) and says in first, first
    assert hint in second
    assert contents(bare / "site") == before


def test_other_templates_are_looked_at_too(bare):
    """A fact in the footer, in a branch that no build takes."""
    with (bare / "templates" / "footer.html").open("a", encoding="utf-8") as footer:
        footer.write("{% if false %}{{ construction.modulos }}{% endif %}")
    result = run(bare, "build")
    assert (
        result.exit_code == 2 and "templates/footer.html:" in result.stderr and "'modulus'" in result.stderr
    )


def test_a_caption_names_its_figure(bare):
    """One failed figure."""
    file = bare / FIGURE
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("{{ construction.modulus }}", "{% if construction.modulos is none %}x{% endif %}"),
        encoding="utf-8",
    )
    result = run(bare, "build")
    assert result.exit_code != 0 and f"{file}: Unknown fact 'modulos' of construction" in result.stderr


def test_a_figure_that_no_section_shows_is_a_warning(bare):
    """At the end of a build that is well."""
    text = (bare / FIGURE).read_text(encoding="utf-8")
    (bare / "figures" / "draft.py").write_text(text, encoding="utf-8")
    assert "Warning: no section shows draft" in must(run(bare, "build")).stderr
