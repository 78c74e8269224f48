"""A page on paper: HTML to PDF through the Chromium that is installed."""

import io
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from reportgen.errors import EXIT_FAILED, ReportError
from reportgen.files.text import write_text

NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)  # fmt: skip
LONGEST_S = 180
_ARGUMENTS = (
    "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)  # fmt: skip


def find_chromium(given: Path | None) -> str:
    """The browser to print with. Raises ReportError when there is none."""
    found = next(filter(None, map(shutil.which, [given] if given else NAMES)), None)
    if found:
        return found
    if given:
        raise ReportError(f"--chromium {given} is no program.", hint="Give the path of a Chromium or Chrome.")
    raise ReportError(
        "A PDF is printed with Chromium or Chrome, and neither was found.",
        hint="Install one, name it with --chromium PATH, or leave the PDF out with --format html.",
        exit_code=EXIT_FAILED,
    )


def pdf(html: str, chromium: str) -> bytes:
    """The page as a PDF with bookmarks and without a date. Raises ReportError when printing fails."""
    with tempfile.TemporaryDirectory(prefix="reportgen-print-") as name:
        folder = Path(name)
        page, printed = folder / "page.html", folder / "page.pdf"
        write_text(page, html)
        places = f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={printed}"
        command = [chromium, *_ARGUMENTS, *places]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium refuses to sandbox for root; the page has no scripts
        try:
            done = subprocess.run(
                [*command, page.as_uri()], capture_output=True, text=True, timeout=LONGEST_S, check=False
            )
            said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        except subprocess.TimeoutExpired:
            said = f"it took longer than {LONGEST_S} s"
        if not printed.is_file():
            raise ReportError(
                f"{chromium} printed no PDF: {said}.",
                hint="Try another browser with --chromium PATH, or --format html.",
                exit_code=EXIT_FAILED,
            )
        return _undated(printed.read_bytes())


def _undated(content: bytes) -> bytes:
    """The same document without the time and the browser's name: equal pages give equal bytes."""
    import pikepdf

    result = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        for key in ("/CreationDate", "/ModDate", "/Creator", "/Producer"):
            if key in document.docinfo:
                del document.docinfo[key]
        document.save(result, deterministic_id=True)
    return result.getvalue()
