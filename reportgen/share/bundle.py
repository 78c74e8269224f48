"""The written site as one file: HTML with everything inside, and the same page on paper.

Styles, fonts and drawings stand in the page; data and Vega wait as text blocks that page.js runs when
a figure comes near the screen, so the file opens at once. It needs no other file and no network.
"""

import base64
import mimetypes
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from reportgen.errors import ReportError
from reportgen.files.atomic import write_atomically
from reportgen.share import printing
from reportgen.site import output_folder
from reportgen.site.csp import BUNDLE, allowed, hashes_of, seal, with_policy

_KINDS = {".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2"}
_SHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)">')
_SCRIPT = re.compile(r'<script defer src="([^"]+)"></script>\n?')
_IMAGE = re.compile(r'(<img src=")([^"]+)(")')
_LATER = re.compile(r'data-(?:vega|live|lab|kernels|repeat)="([^"]+)"')
_LINK = re.compile(r'<a\b([^>]*?) href="([^"#][^"]*)"')
_DOWNLOADS = re.compile(r'<p class="downloads">.*?</p>\n?', re.DOTALL)
_CANONICAL = re.compile(r'<link rel="canonical" href="([^"]+)">')
_ANY_SCRIPT = re.compile(r"<script\b.*?</script>\n?", re.DOTALL)


def bundle(site: Path, folder: Path, name: str, formats: Sequence[str], chromium: Path | None) -> list[Path]:
    """Write the site in `site` as `folder`/`name`.html and .pdf; the files written.

    Raises ReportError when there is no Chromium to print with; the HTML is written before.
    """
    written = output_folder.written_files(site)
    files = {file.relative_to(site).as_posix(): file.read_bytes() for file in written}
    made = []
    try:
        if "html" in formats:
            made.append(folder / f"{name}.html")
            write_atomically(made[-1], one_file(files).encode())
        if "pdf" in formats:
            made.append(folder / f"{name}.pdf")
            write_atomically(made[-1], printing.pdf(for_paper(files), printing.find_chromium(chromium)))
    except OSError as error:
        raise ReportError(
            f"Cannot write to {folder}: {error.strerror}.", hint="Choose another folder with --out."
        ) from error
    return made


def one_file(files: Mapping[str, bytes]) -> str:
    """The site's page with all it needs inside, interactive; the same bytes for the same site."""
    html = _still(files)
    kept = {path: _text(files[path]) for path in _LATER.findall(html)}
    scripts = [_text(files[path]) for path in _SCRIPT.findall(html)]
    blocks = [f'<script type="text/plain" data-src="{path}">{text}</script>\n' for path, text in kept.items()]
    blocks += [f"<script>{text}</script>\n" for text in scripts]  # last, when there is a page
    head, end, tail = _SCRIPT.sub("", html).rpartition("</body>")
    hashes = allowed(html) + hashes_of([*kept.values(), *scripts])
    return seal(with_policy(head + "".join(blocks) + end + tail, BUNDLE), hashes)


def for_paper(files: Mapping[str, bytes]) -> str:
    """The page in its still form, without scripts, every drawing there at once."""
    html = _ANY_SCRIPT.sub("", _still(files)).replace(' loading="lazy" decoding="async"', "")
    return seal(with_policy(html, BUNDLE), ())


def _still(files: Mapping[str, bytes]) -> str:
    """The page with its styles, fonts and drawings inside, and without links to files left behind."""
    html = files["index.html"].decode()
    html = _SHEET.sub(lambda sheet: f"<style>\n{_styles(sheet[1], files)}</style>", html)
    html = _IMAGE.sub(lambda image: image[1] + _data(image[2], files) + image[3], html)
    return _LINK.sub(lambda link: _link(link, _CANONICAL.search(html)), _DOWNLOADS.sub("", html))


def _styles(path: str, files: Mapping[str, bytes]) -> str:
    folder = path.rpartition("/")[0]
    return re.sub(
        r'url\("(?!data:)([^"]+)"\)',
        lambda url: f'url("{_data(f"{folder}/{url[1]}", files)}")',
        files[path].decode(),
    )


def _data(path: str, files: Mapping[str, bytes]) -> str:
    """A file as an address that contains it."""
    path = unquote(path)
    if path not in files:  # already data
        return path
    kind = _KINDS.get(Path(path).suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(files[path]).decode()}"


def _link(link: re.Match[str], canonical: re.Match[str] | None) -> str:
    """A link to another page of the site leads to where it is published; without that, nowhere."""
    attributes, target = link[1], link[2]
    if urlsplit(target).scheme:
        return str(link[0])
    return f'<a{attributes} href="{canonical[1]}{target}"' if canonical else f"<a{attributes}"


def _text(content: bytes) -> str:
    """A script's text in the page: nothing in its strings can end it early."""
    return re.sub(r"<(?=/?script|!--)", r"\\x3c", content.decode(), flags=re.IGNORECASE)
