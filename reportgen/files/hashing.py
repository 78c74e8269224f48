"""Content hashes: the full one of bytes, and the short key of what a thing was made from."""

import hashlib

from reportgen.numerics.config import canonical_json

KEY_LENGTH = 16  # hexadecimal digits: 64 bits, ample for thousands of things


def digest(content: bytes | str) -> str:
    """SHA-256, hexadecimal, in full."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def key_of(parts: object) -> str:
    """The short key of any JSON value."""
    return digest(canonical_json(parts))[:KEY_LENGTH]
