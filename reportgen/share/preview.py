"""The preview's server: a site on localhost, with a client that reloads pages and shows errors.

The client enters a page as it is served; the files on disk stay as they were built. Python's own
server is enough: a preview has one reader.
"""

import json
import sys
import threading
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from os import PathLike
from pathlib import Path
from socket import socket
from typing import BinaryIO
from urllib.parse import urlsplit

from reportgen.errors import ReportError
from reportgen.files.hashing import digest
from reportgen.site.output_folder import MANIFEST

Request = socket | tuple[bytes, socket]  # as `socketserver` calls it
Address = tuple[str, int]
Told = dict[
    str, str | bool | None
]  # what open pages are told: `PreviewStatus` in templates/assets/contract.d.ts
HOST = "127.0.0.1"
NAMES = (
    "localhost",
    HOST,
    "[::1]",
)  # a page elsewhere can give its own name this address, but not send these
USUAL_PORTS = range(8000, 8020)
CLIENT, EVENTS = "/.reportgen/preview.js", "/.reportgen/events"
BEAT_S = 15.0  # a sign of life this often, so that a closed tab is noticed
WAITING = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>Not built yet</title></head><body><p>There is no page yet. It appears here once it is built.</p></body></html>
"""


class Status:
    """What there is to tell open pages, and who waits for it."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._changed = threading.Condition()
        self._told: Told = {"version": self.version(), "building": False, "error": None}

    def version(self) -> str:
        """What is written in the site, as one hash: it changes when a build wrote something."""
        try:
            return digest((self._folder / MANIFEST).read_bytes())[:16]
        except OSError:
            return "none"

    def tell(self, *, building: bool, error: str | None) -> None:
        """Tell every open page."""
        with self._changed:
            self._told = {"version": self.version(), "building": building, "error": error}
            self._changed.notify_all()

    def told(self, known: Told | None, timeout: float) -> Told:
        """What there is to tell, as soon as it differs from what is known, or when time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self._told != known, timeout)
            return self._told


class Preview(ThreadingHTTPServer):
    """The server of one site's folder; every request has a thread, so that events can wait."""

    daemon_threads = True

    def __init__(self, port: int, folder: Path):
        self.folder = folder.resolve()
        self.status = Status(self.folder)
        super().__init__((HOST, port), Handler)

    def handle_error(self, request: Request, client_address: Address) -> None:
        """A reader who goes away in the middle is nothing to report."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def listen(port: int | None, folder: Path) -> Preview:
    """A server on that port, or on the next free one. Raises ReportError when there is none."""
    for number in USUAL_PORTS if port is None else [port]:
        try:
            return Preview(number, folder)
        except OSError as error:
            reason = error.strerror
    wanted = f"Port {port}" if port is not None else f"Every port from {USUAL_PORTS[0]} to {USUAL_PORTS[-1]}"
    raise ReportError(f"{wanted} cannot be opened: {reason}.", hint="Name a free one, such as --port 8765.")


class Handler(SimpleHTTPRequestHandler):
    """Files of the site and nothing else, never cached; the client, and the events it listens to."""

    server: Preview
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript"}

    def __init__(self, request: Request, address: Address, server: Preview):
        super().__init__(request, address, server, directory=str(server.folder))

    def parse_request(self) -> bool:
        """Refuse a request before it is looked at: one made in another name, or for no address at all."""
        if not super().parse_request():
            return False
        own = {f"{name}:{self.server.server_port}" for name in NAMES}
        asked = {host.strip().lower() for host in self.headers.get_all("Host", [""])}
        if not asked <= own:
            self.send_error(
                HTTPStatus.FORBIDDEN, f"This preview answers at localhost:{self.server.server_port} only"
            )
            return False
        if not self._possible():
            self.send_error(HTTPStatus.NOT_FOUND)
            return False
        return True

    def _possible(self) -> bool:
        """Whether an address can mean a file: none has a zero byte in its name, or a name without end."""
        try:
            urlsplit(self.path)
            Path(self.translate_path(self.path)).resolve().is_file()
        except (OSError, ValueError, RuntimeError):  # the last: links in a circle
            return False
        return True

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == EVENTS:
            self._events()
        elif path == CLIENT:
            self._answer("text/javascript", Path(__file__).with_suffix(".js").read_bytes())
        else:
            super().do_GET()

    def send_head(self) -> BytesIO | BinaryIO | None:
        """A file of the site; a page gets the client, and a page that is not there yet a placeholder."""
        file = Path(self.translate_path(self.path))
        if not file.resolve().is_relative_to(self.server.folder):  # a link that leads out
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        if file.is_dir() and urlsplit(self.path).path.endswith("/"):
            file = file / "index.html"
        if file.suffix != ".html":
            return super().send_head()
        self._send_page(file)
        return None

    def _send_page(self, file: Path) -> None:
        version = self.server.status.version()  # before the page is read: at worst it reloads once too often
        if file.is_file() or file == self.server.folder / "index.html":
            html = file.read_bytes() if file.is_file() else WAITING
            self._answer("text/html; charset=utf-8", with_client(html, version))
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def list_directory(self, path: str | PathLike[str]) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, kind: str, content: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _events(self) -> None:
        """Server-sent events until the page goes away."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        known: Told | None = None
        while True:
            told = self.server.status.told(known, BEAT_S)
            line = ":" if told == known else f"data: {json.dumps(told)}"
            try:
                self.wfile.write(f"{line}\n\n".encode())
            except OSError:  # closed
                return
            known = told


def with_client(html: bytes, version: str) -> bytes:
    """A page that loads the client, after its own scripts; from this site, as its policy demands."""
    tag = f'<script defer src="{CLIENT}" data-version="{version}"></script>'.encode()
    head, end, rest = html.partition(b"</head>")
    return head + tag + end + rest
