"""The public address of a project's page: set once in reportgen.toml, or given with --base-url.

Given once, it holds for that site until another is given or the file changes: pipeline/page.py remembers it.
Nobody has to have one. Where it is known, the page names itself to search engines and to those
who link to it.
"""

from pathlib import Path
from urllib.parse import urlsplit

from reportgen.errors import ReportError
from reportgen.files.project_file import EXAMPLE, FILE, said


def base_url(root: Path, given: str | None = None) -> str:
    """The address of the page, ending in a slash; "" where none is known.

    root: the project's folder. given: what --base-url says; it goes before the file, and "" means none.
    Raises ReportError for what is no address, and for a file that is not as it should be.
    """
    if given is not None:
        return _checked(given, "--base-url")
    return _checked(said(root).get("base-url", ""), f"{root / FILE}: base-url")


def _checked(address: object, where: str) -> str:
    if address == "":
        return ""
    if not isinstance(address, str) or not _is_address(address):
        raise ReportError(
            f"{where} is {address!r}, which is not the address of a site.",
            hint=f"Give it in full, without ? and #, such as: {EXAMPLE}",
        )
    return address.rstrip("/") + "/"


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises for one that is no number
    except ValueError:
        return False
    clean = text.isascii() and text.isprintable() and not set(text) & set(" ?#\"'<>\\")
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and clean
