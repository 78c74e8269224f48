"""No address of the site leads nowhere; what a reader may follow elsewhere is left alone."""

import pytest
from fixtures.projects import contents, must, run

from reportgen.errors import ReportError
from reportgen.site.links import check

PAGE = '<!doctype html><html><head>{head}</head><body><main id="top">\n{body}\n</main></body></html>'


def site(body: str = "", head: str = "", **more: bytes) -> dict[str, bytes]:
    files = {
        "index.html": PAGE.format(body=body, head=head).encode(),
        "methods.html": b'<p id="runs">Runs</p>',
    }
    return files | {"a.svg": b"<svg/>", "assets/style.css": b"", "assets/f.woff2": b""} | more


GOOD = (
    '<a href="#top">up</a> <a href="">here</a> <a href="a.svg">file</a> <a href="./">home</a>',
    '<a href="methods.html#runs">there</a> <a href="index.html#top">here</a>',
    '<a href="https://example.org/nowhere#x">away</a> <a href="mailto:a@b.c">write</a>',
    '<img src="data:image/png;base64,AA=="> <img src="a.svg" srcset="a.svg 1x, a.svg 2x">',
    '<figure data-group="modular"></figure><a href="#step=modular:300">then</a>',
    '<label for="i">x</label><input id="i"><svg><g id="g" clip-path="url(#g)"/></svg>',
)
BROKEN = {
    '<a href="#tob">x</a>': "Did you mean 'top'?",
    '<a href="methods.html#run">x</a>': "Did you mean 'runs'?",
    '<a href="method.html">x</a>': "Did you mean 'methods.html'?",
    '<img src="b.svg">': "'b.svg' is no file",
    '<img src="a.svg" srcset="a.svg 1x, a2.svg 2x">': "'a2.svg' is no file",
    '<script src="assets/x.js"></script>': "'assets/x.js' is no file",
    '<figure data-live="data/x.js"></figure>': "'data/x.js' is no file",
    '<a href="../a.svg">x</a>': "'../a.svg' is no file",
    '<a href="/a.svg">x</a>': "is absolute",
    '<img src="https://example.org/a.png">': "not load it",
    '<img src="//example.org/a.png">': "not load it",
    '<a href="javascript:alert(1)">x</a>': "may not use javascript:",
    '<a href="#step=modular:300">x</a>': "modular, which no figure follows",
    '<label for="none">x</label>': "'#none' has no element",
    '<p aria-describedby="top none">x</p>': "'#none' has no element",
    '<svg><g clip-path="url(#none)"/></svg>': "'#none' has no element",
    '<p style="background: url(b.png)">x</p>': "'b.png' is no file",
}


@pytest.mark.parametrize("body", GOOD)
def test_what_leads_somewhere_passes(body):
    """Anchors, files, other pages, and links to other sites."""
    check(site(body), ())


@pytest.mark.parametrize("body", BROKEN)
def test_what_leads_nowhere_is_named(body):
    """With the page's line, what is wrong, and the nearest right name."""
    with pytest.raises(ReportError) as error:
        check(site(body), ())
    assert BROKEN[body] in error.value.message
    assert error.value.message.startswith("index.html:2: ")
    assert error.value.exit_code == 1


def test_the_page_for_wrong_addresses_may_name_the_root():
    """It is shown at any depth, so it alone cannot be relative."""
    check(site(**{"404.html": b'<a href="/">Home</a>'}), ())


def test_stylesheets_are_read_too():
    """An address in CSS counts from the stylesheet's folder."""
    good = b'@font-face { src: url("f.woff2") } p { background: url(data:image/png;base64,AA==) }'
    check(site(**{"assets/style.css": good}), ())
    with pytest.raises(ReportError, match="assets/style.css: 'assets/f.woff2' is no file"):
        check(site(**{"assets/style.css": b'p { background: url("assets/f.woff2") }'}), ())


def test_an_id_is_given_once():
    """Two elements of one id, such as a heading and a figure, are an error."""
    with pytest.raises(ReportError, match="index.html: the id 'one' is given twice"):
        check(site('<p id="one"></p><p id="one"></p>'), ())


def test_several_are_listed_once_each():
    """One error for all of them."""
    with pytest.raises(ReportError) as error:
        check(site('<a href="#one">x</a><a href="#one">x</a><a href="#two">x</a>'), ())
    assert error.value.message.splitlines()[0] == "2 links are broken:"
    assert len(error.value.message.splitlines()) == 3


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("See [below](#tinny).", "01-tiny.md:13: '#tinny' has no element with that id. Did you mean 'tiny'?"),
        ("![A picture](figures/none.png)", "01-tiny.md:13: 'figures/none.png' is no file"),
        ("See [the weights](#tiny_weight).", "Did you mean 'tiny_weights'?"),
        ("[Home](/index.html)", "01-tiny.md:13: '/index.html' is absolute"),
    ],
)
def test_a_broken_link_fails_the_build_at_its_source(mini, line, says):
    """Section and line are named, and the old site stays as it was."""
    section = mini / "templates" / "sections" / "01-tiny.md"
    section.write_text(section.read_text(encoding="utf-8") + f"\n\n{line}\n", encoding="utf-8")
    line_number = section.read_text(encoding="utf-8").splitlines().index(line) + 1
    before = contents(mini / "site-quick")
    result = run(mini, "build", "--quick")
    assert result.exit_code == 1
    assert says.replace(":13:", f":{line_number}:") in result.stderr
    assert contents(mini / "site-quick") == before


def test_links_elsewhere_do_not_stop_a_build(mini):
    """Nobody asks whether another site has the page."""
    section = mini / "templates" / "sections" / "01-tiny.md"
    text = section.read_text(encoding="utf-8") + "\n[Away](https://example.org/nowhere), [here](#tiny).\n"
    section.write_text(text, encoding="utf-8")
    must(run(mini, "build", "--quick"))
