"""Reading drawings in a process of its own (see `runtime/apart.py`), which can open nothing once it has begun to read.

Whatever it was that stopped it, the answer is that the drawing is too hard to read.  The server itself never unpacks
one: neither its memory nor its libraries meet what somebody made for them.
"""

from __future__ import annotations

import msgspec

from tocsin.core.limits import DRAWING_FILE_MAX_BYTES, DRAWING_READ_MAX_S
from tocsin.runtime import apart
from tocsin.runtime.drawings.shapes import Drawn, No, Outlined, Read, Unreadable

MEMORY_MAX_BYTES = 2 * 2**30  # Forty million pixels, several times over; most of it is never touched.
AT_ONCE_MAX = 1
TOO_LARGE = Unreadable(No.TOO_LARGE, str(DRAWING_FILE_MAX_BYTES // 1_048_576))
TOO_HARD = Unreadable(No.TOO_HARD)
ANSWER: msgspec.msgpack.Decoder[Read] = msgspec.msgpack.Decoder(Drawn | Outlined | Unreadable)


class Drawings:
    """The reader that the server has: one drawing at a time."""

    def __init__(self, spent_max_s: int = DRAWING_READ_MAX_S, waited_max_s: float = apart.WAITED_MAX_S) -> None:
        self._apart = apart.Apart(__name__, spent_max_s, AT_ONCE_MAX, waited_max_s)

    async def __call__(self, content: bytes) -> Read:
        """Never raises for what is in the file.  What kind it is, is told by what is in it, never by its name."""
        if len(content) > DRAWING_FILE_MAX_BYTES:
            return TOO_LARGE
        try:
            return ANSWER.decode(await self._apart(content))
        except (apart.Stopped, msgspec.DecodeError):
            return TOO_HARD


def told(given: bytes) -> bytes:
    """What a drawing shows, as the process answers it."""
    from tocsin.runtime.drawings.reading import read  # The server itself never loads what unpacks pictures.

    apart.seal()
    try:
        answer = read(given)
    except MemoryError:
        answer = TOO_HARD
    return msgspec.msgpack.encode(answer)


if __name__ == "__main__":
    apart.work(told, MEMORY_MAX_BYTES)
