"""The Content-Security-Policy of a page: scripts by name of their content, no other host.

'unsafe-eval' stays: Vega compiles the expressions of a chart. Its interpreter does without, but was
measured a third slower at playing a heatmap (14 frames a second against 20), and the version that
comes with vl-convert fails on some of the page's charts. It also lets WebAssembly be compiled. A Worker, which
trains when a reader asks for it, may come from text of the page alone: from disk there is no other way. 'unsafe-inline' stays for styles alone:
figures carry their sizes and colours in style attributes.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from reportgen.files.listing import listed
from reportgen.files.text import read_text

INLINE = "'inline-scripts'"  # stands in a template's policy where the hashes go
BUNDLE = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; "
    f"script-src {INLINE} 'unsafe-eval'; worker-src blob:; form-action 'none'; base-uri 'none'"
)
_POLICY = re.compile(r'(<meta http-equiv="Content-Security-Policy" content=")[^"]*(">)')
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_HASHES = re.compile(r"'sha256-[^']+'")


def seal(html: str, hashes: Iterable[str]) -> str:
    """The page whose policy allows the scripts with these hashes and no other that stands in it."""
    return html.replace(INLINE, " ".join(dict.fromkeys(hashes)) or "'none'", 1)


def hashes_of(scripts: Iterable[str]) -> list[str]:
    """Scripts as a policy names them."""
    digests = [hashlib.sha256(script.encode()).digest() for script in scripts]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def template_hashes(templates: Path) -> list[str]:
    """The scripts written in templates. One that came in with a text has no place in the policy."""
    return hashes_of(
        text for file in listed(templates, "*.html") for text in _SCRIPT.findall(read_text(file))
    )


def allowed(html: str) -> list[str]:
    """The hashes that a page's policy names."""
    policy = _POLICY.search(html)
    return _HASHES.findall(policy[0]) if policy else []


def with_policy(html: str, policy: str) -> str:
    """The page under another policy."""
    return _POLICY.sub(lambda match: match[1] + policy + match[2], html, count=1)
