"""Laws of `serve`: the page follows its sources, errors reach the reader, the site on disk stays as built."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from fixtures.browser import wait_for_rest

from reportgen.errors import ReportError
from reportgen.files.project import Project
from reportgen.share import preview
from reportgen.share.serve import changes, failure, listed, run_build, watched
from reportgen.site.output_folder import write

REPOSITORY = Path(__file__).parent.parent
HOSTILE = "templates/x.md:3: <img src=x onerror=alert(1)> & </script>\nMend it."


@contextmanager
def served(folder: Path):
    """A preview of a folder, at a port of its own: the server and its address."""
    with preview.listen(0, folder) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def site(tmp_path) -> Path:
    """A site of two files, written as a build writes it."""
    write_site(tmp_path / "site", "first")
    return tmp_path / "site"


def write_site(folder: Path, word: str) -> None:
    files = {"index.html": f"<html><head></head><body>{word}</body></html>", "figures/a.js": "a = 1"}
    write({name: text.encode() for name, text in files.items()}, folder)


def fetch(address: str):
    """Status, headers and body, whatever the status is."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def events(address: str):
    """What an open page is told, one after another."""
    with urllib.request.urlopen(address + preview.EVENTS, timeout=60) as stream:
        for line in stream:
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))


def test_the_client_is_in_the_page_but_not_on_disk(site):
    """Pages get one script of this site, whatever their policy; other files are sent as they are, uncached."""
    with served(site) as (_, address):
        for path in ("/", "/index.html", "/?a#b"):
            status, headers, body = fetch(address + path)
            assert status == 200 and f'src="{preview.CLIENT}"' in body and "first" in body
            assert headers["Cache-Control"] == "no-store"
        assert fetch(f"{address}/figures/a.js")[2] == "a = 1"
        assert "EventSource" in fetch(address + preview.CLIENT)[2]
    assert (site / "index.html").read_text() == "<html><head></head><body>first</body></html>"


def test_nothing_outside_the_site_is_served(site):
    """No dots, no link, no listing leads out; and only this machine can ask."""
    (site.parent / "secret.txt").write_text("secret")
    (site / "link.txt").symlink_to(site.parent / "secret.txt")
    (site / "link.html").symlink_to(site.parent / "secret.txt")
    with served(site) as (server, address):
        assert server.server_address[0] == "127.0.0.1"
        for path in (
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/link.txt",
            "/link.html",
            "/figures/",
            "/no.html",
        ):
            status, _, body = fetch(address + path)
            assert status == 404 and "secret</" not in body, path


def status(server: preview.Preview, request: bytes) -> bytes:
    """The first line of the answer to a request that no browser would send."""
    with socket.create_connection((preview.HOST, server.server_port), timeout=10) as line:
        line.sendall(request + b"\r\n\r\n")
        return line.makefile("rb").readline().strip()


@pytest.mark.parametrize(
    "path",
    ["/%00", "/a%00.html", "/" + "a" * 300, "/" + "a/" * 3000, "/" + "a" * 300 + ".html", "/%ff", "/%ed%a0%80",
     "http://[", "/circle/x", "/?%00", "/%2e%2e%00"],
    ids=lambda path: path[:12],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_impossible_name_is_not_found(method, path, site, capfd):
    """Zero bytes, names without end, half a letter, half an address: 404, and nothing on the terminal."""
    (site / "circle").symlink_to("circle")
    with served(site) as (server, _):
        host = f"Host: localhost:{server.server_port}".encode()
        answer = status(server, f"{method} {path} HTTP/1.1\r\n".encode() + host)
    assert b" 404 " in answer or (path == "/?%00" and b" 200 " in answer)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("hosts", "code"),
    [
        (("localhost:{}",), 200), (("127.0.0.1:{}",), 200), (("[::1]:{}",), 200), (("LOCALHOST:{}",), 200),
        (("evil.example:{}",), 403), (("localhost.evil.example:{}",), 403), (("localhost",), 403),
        (("localhost:1",), 403), (("localhost:{}@evil.example",), 403), ((), 403),
        (("localhost:{}", "evil.example"), 403), (("192.168.0.1:{}",), 403),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", preview.CLIENT, preview.EVENTS])
def test_only_this_machines_names_are_answered(path, hosts, code, site):
    """A page elsewhere whose name leads here reads no draft: pages, script and events alike."""
    with served(site) as (server, _):
        lines = "\r\n".join(f"Host: {host.format(server.server_port)}" for host in hosts)
        answer = status(server, f"GET {path} HTTP/1.1\r\n{lines}".encode())
    assert answer.split()[1] == str(code).encode()


def test_a_page_that_is_not_there_yet_waits_for_it(site):
    """The placeholder listens too, so that the page appears by itself."""
    (site / "index.html").unlink()
    with served(site) as (_, address):
        status, _, body = fetch(address)
        assert status == 200 and "Not built yet" in body and preview.CLIENT in body


def test_pages_are_told_when_the_site_was_written_and_only_then(site):
    """The version is what is written, so a build that wrote nothing reloads nothing."""
    with served(site) as (server, address):
        told = events(address)
        first = next(told)
        assert f'data-version="{first["version"]}"' in fetch(address)[2]
        write_site(site, "first")
        server.status.tell(building=False, error="E")
        assert next(told) == first | {"error": "E"}
        write_site(site, "second")
        server.status.tell(building=False, error=None)
        again = next(told)
        assert again["version"] != first["version"] and again["error"] is None


def test_a_taken_port_is_named_or_passed_over(monkeypatch, site):
    """--port asks for one and no other; without it the next free one is taken."""
    with socket.create_server((preview.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ReportError, match=f"Port {port} cannot be opened"):
            preview.listen(port, site)
        monkeypatch.setattr(preview, "USUAL_PORTS", range(port, port + 9))
        with preview.listen(None, site) as server:
            assert port < server.server_port < port + 9
        monkeypatch.setattr(preview, "USUAL_PORTS", range(port, port + 1))
        with pytest.raises(ReportError, match="Every port"):
            preview.listen(None, site)


def test_what_a_page_shows_of_a_failed_build():
    """The error's two lines without the warnings before it; of a bug, the end of its traceback."""
    assert (
        failure(["Warning: slow\n", "Error: a.md:3: no.\n", "Mend it.\n"]) == "Error: a.md:3: no.\nMend it."
    )
    trace = [f"line {n}\n" for n in range(40)]
    assert failure(trace).splitlines()[0] == "line 28" and failure(trace).endswith("line 39")
    assert "terminal" in failure([])


def test_a_build_is_a_process_whose_words_pass_through(capfd):
    """Both streams reach the terminal as they come; the error comes back."""
    code = "import sys; print('Drew a.'); print('Error: x', file=sys.stderr); sys.exit({})"
    assert run_build([sys.executable, "-c", code.format(1)]) == "Error: x"
    assert run_build([sys.executable, "-c", code.format(0)]) is None
    said = capfd.readouterr()
    assert said.out == "Drew a.\n" * 2 and said.err == "Error: x\n" * 2


def test_changes_come_in_batches_without_what_editors_and_builds_leave(tmp_path):
    """One batch for what is written at once; swap files, caches and unfinished files are no change."""
    batches = changes([tmp_path])
    assert next(batches) == set()
    for name in (".a.md.swp", "b.py~", "c.pyc", ".reportgen-unfinished-1"):
        (tmp_path / name).write_text("x")
    assert next(batches) == set()
    for name in ("a.md", "b.py"):
        (tmp_path / name).write_text("x")
    found = next(batch for batch in batches if batch)
    assert {path.name for path in found} == {"a.md", "b.py"}
    assert listed({*found, Path("/c"), Path("/d")}, tmp_path) == "/c, /d, a.md and 1 more"


def test_a_checkout_watches_what_a_page_is_made_from(tmp_path):
    """Folders that a small project lacks are left out."""
    assert {folder.name for folder in watched(Project(REPOSITORY))} == {
        "figures", "templates", "runs", "reportgen",
    }  # fmt: skip
    assert [folder.name for folder in watched(Project(tmp_path))] == ["reportgen"]


def next_where(told, holds):
    """The first that holds of what a page is told."""
    return next(state for state in told if holds(state))


def test_the_page_follows_its_sources(mini, edit):
    """A change reloads, a mistake shows its two lines and keeps the page, mending it reloads; Ctrl-C ends it."""
    section, built = mini / "templates" / "sections" / "01-tiny.md", mini / "site-quick" / "index.html"
    command = [sys.executable, "-m", "reportgen", "serve", "--project", str(mini), "--quick", "--port", "0"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip
    timer = threading.Timer(90, process.kill)
    timer.start()
    try:
        line = next(line for line in process.stdout if line.startswith("Preview at "))
        address = line.split()[2].rstrip(",")
        told = events(address)
        first = next_where(told, lambda state: not state["building"])
        assert first["error"] is None
        edit(section, "The model has", "This model has")
        second = next_where(told, lambda state: state["version"] != first["version"])
        assert second["error"] is None and "This model has" in fetch(address)[2]
        edit(section, "modular.neurons", "modular.neuron")
        failed = next_where(told, lambda state: state["error"])
        assert failed["version"] == second["version"] and "This model has" in fetch(address)[2]
        assert failed["error"].startswith("Error: templates/sections/01-tiny.md:3: Unknown fact 'neuron'")
        assert len(failed["error"].splitlines()) == 2
        edit(section, "modular.neuron|", "modular.neurons|")
        mended = next_where(told, lambda state: not state["building"] and not state["error"])
        assert mended["version"] == second["version"]
        assert preview.CLIENT not in built.read_text(encoding="utf-8")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    finally:
        timer.cancel()
        process.kill()
        process.wait()
    assert process.returncode == 0 and out.endswith("Preview ended.\n")
    assert err.strip() == failed["error"]


@pytest.mark.browser
def test_a_reload_keeps_place_and_step_and_an_error_is_text(browser, mini):
    """What was read stays where it was, though the page above it grew; the step stays in the address."""
    page = browser.new_page(viewport={"width": 1000, "height": 500})
    figure = "document.getElementById('tiny_curve').getBoundingClientRect().top"
    with served(mini / "site-quick") as (server, address):
        page.goto(f"{address}/#step=modular:200")
        page.evaluate(f"scrollBy({{top: {figure} - 100, behavior: 'instant'}})")
        wait_for_rest(page)
        before = page.evaluate(figure)
        server.status.tell(building=False, error=HOSTILE)
        alert = page.get_by_role("alert")
        alert.wait_for()
        assert HOSTILE in alert.text_content() and page.locator("img[src=x]").count() == 0
        server.status.tell(building=False, error=None)
        alert.wait_for(state="hidden")
        html = (mini / "site-quick" / "index.html").read_text(encoding="utf-8")
        grown = html.replace('<h2 id="tiny"', '<p style="height:300px">New</p><h2 id="tiny"')
        write({"index.html": grown.encode()} | others(mini / "site-quick"), mini / "site-quick")
        with page.expect_navigation():
            server.status.tell(building=False, error=None)
        page.get_by_text("New", exact=True).wait_for()
        wait_for_rest(page)
        assert page.evaluate(figure) == pytest.approx(before, abs=2)
        assert page.evaluate("location.hash") == "#step=modular:200"
        assert page.evaluate("reportgen.groups.get('modular').step") == 200
    page.close()


def others(site: Path) -> dict[str, bytes]:
    """The site's files but for its page."""
    return {
        file.relative_to(site).as_posix(): file.read_bytes()
        for file in site.rglob("*")
        if file.is_file() and file.name not in ("index.html", ".reportgen-site.json")
    }
