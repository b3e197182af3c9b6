"""What was read of a file, carried by the page that shows it until somebody confirms it.

The server keeps nothing of a file that nobody has confirmed.  The page carries what was read, packed, and sealed for
its session: nobody can change it on the way, and nobody else can send it.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode

import msgspec
from msgspec import Struct

from tocsin.core.roster_span import Span
from tocsin.identity.token import same_secret
from tocsin.runtime.rosters.shapes import Read
from tocsin.web.reader import seal
from tocsin.web.refusals import PageRefusal

OLD = PageRefusal("old_form")


class Carried(Struct, frozen=True):
    """`name`: of the file, as they chose it."""

    name: str
    span: Span
    read: Read


def packed(carried: Carried, session_token: str) -> str:
    text = b64encode(zlib.compress(msgspec.msgpack.encode(carried), 6)).decode("ascii")
    return f"{seal(text, session_token)}.{text}"


def unpacked(given: str, session_token: str) -> Carried:
    """Raises PageRefusal: it is not what a page of this session carried."""
    sealed, _, text = given.partition(".")
    if not same_secret(sealed, seal(text, session_token)):
        raise OLD
    return msgspec.msgpack.decode(zlib.decompress(b64decode(text)), type=Carried)
