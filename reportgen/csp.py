"""The Content-Security-Policy of a page: scripts by name of their content, no other host.

'unsafe-eval' stays: Vega compiles the expressions of a chart. Its interpreter does without, but was
measured a third slower at playing a heatmap (14 frames a second against 20), and the version that
comes with vl-convert fails on some of the page's charts. 'unsafe-inline' stays for styles alone:
figures carry their sizes and colours in style attributes.
"""

import base64
import hashlib
import re

INLINE = "'inline-scripts'"  # stands in a template's policy where the hashes go
BUNDLE = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; "
    f"script-src {INLINE} 'unsafe-eval'; form-action 'none'; base-uri 'none'"
)
_POLICY = re.compile(r'(<meta http-equiv="Content-Security-Policy" content=")[^"]*(">)')
_SCRIPT = re.compile(r"<script([^>]*)>(.*?)</script>", re.DOTALL)


def seal(html: str) -> str:
    """The page whose policy allows exactly the scripts that stand in it."""
    found = [content for attributes, content in _SCRIPT.findall(html) if _runs(attributes)]
    return html.replace(INLINE, " ".join(dict.fromkeys(map(_hash, found))) or "'none'", 1)


def with_policy(html: str, policy: str) -> str:
    """The page under another policy."""
    return _POLICY.sub(lambda match: match[1] + policy + match[2], html, count=1)


def _runs(attributes: str) -> bool:
    return " src=" not in attributes and ("type=" not in attributes or "text/plain" in attributes)


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
