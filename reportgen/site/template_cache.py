"""Templates as Jinja compiles them, kept from one build to the next: most of the time of a page."""

import marshal
import sys
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from reportgen.files.atomic import read_sealed, write_sealed
from reportgen.files.code_hash import package_code
from reportgen.files.hashing import key_of


class Compiled(jinja2.BytecodeCache):
    """A sealed file for each template, which begins with what it was compiled from and by what.

    A folder that cannot be written to costs time, nothing else.
    """

    def __init__(self, folder: Path):
        self._folder = folder

    @cached_property
    def _maker(self) -> str:
        """Python, Jinja, and what we add to it."""
        return key_of([sys.version, jinja2.__version__, package_code("site/pages.py")])

    def _head(self, bucket: Bucket) -> bytes:
        return f"{self._maker} {bucket.checksum}\n".encode()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Called by Jinja before it compiles a template."""
        content, head = read_sealed(self._folder / bucket.key), self._head(bucket)
        if content is not None and content.startswith(head):
            bucket.code = marshal.loads(content[len(head) :])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Called by Jinja once it has compiled a template."""
        with suppress(OSError):
            write_sealed(self._folder / bucket.key, self._head(bucket) + marshal.dumps(bucket.code))
