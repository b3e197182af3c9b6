"""Which sends a process had begun when it was killed: a ring of marks that outlives the process, not the machine.

Theory of operation
-------------------
A message is recorded before it is sent, with that send already counted.  Whoever starts after a crash finds it waiting
and cannot know whether the send had begun; counted as begun it costs one of three tries, so a server that is killed
three times in a row behind a long queue would give up messages that nobody ever sent.

So each send leaves a mark first, in a file mapped into memory: it costs no system call, never fails for want of room
once the file is there, and the kernel keeps it when the process dies.  It is not synced.  After a power cut, on another
machine, or with a file that cannot be read, nothing is known, and every waiting message counts as begun, as before.
"""

from __future__ import annotations

import contextlib
import mmap
import os
from pathlib import Path
from uuid import UUID

MARKS = 65_536  # Sends begun within seconds; those from before have long been reported and recorded.
MARK_BYTES = 32  # A message's id, the number of its send, and room so that no mark crosses a page.
HEAD_BYTES = 4_096
BOOT_BYTES = 64
MAGIC = b"tocsin begun 1\0\0"
NEXT = slice(128, 132)  # Where the number of the next mark stands in the head.
NONE = bytes(MARK_BYTES)


class BegunSends:
    """`boot`: the name of this boot of the machine; None where there is none, and then nothing is known after a crash.

    `known` says whether what was found can be relied on.  No method raises.
    """

    def __init__(self, path: Path, boot: str | None, marks: int = MARKS) -> None:
        self._path, self._marks = path, marks
        self._boot = (boot or "").encode("ascii", "replace")[:BOOT_BYTES].ljust(BOOT_BYTES, b"\0")
        self._map: mmap.mmap | None = None
        self._begun: set[bytes] = set()
        self.known = False
        with contextlib.suppress(OSError, ValueError):
            self._open(known=boot is not None)

    def begun(self, id: str, send: int) -> bool:
        """May the `send`th send of this message have begun, in this process or before it?"""
        return not self.known or _mark(id, send) in self._begun

    def mark(self, id: str, send: int) -> None:
        """From now on this send may have begun."""
        if self._map is None:
            return
        number = int.from_bytes(self._map[NEXT], "big") % self._marks
        place, mark = _place(number), _mark(id, send)
        self._begun.discard(self._map[place])
        self._begun.add(mark)
        self._map[place] = mark
        self._map[NEXT] = (number + 1).to_bytes(4, "big")

    def close(self) -> None:
        if self._map is not None:
            self._map.close()
            self._map = None

    def _open(self, *, known: bool) -> None:
        size = HEAD_BYTES + self._marks * MARK_BYTES
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, size)
            mapped = mmap.mmap(descriptor, size)
        finally:
            os.close(descriptor)
        head = MAGIC + self._boot
        if mapped[: len(head)] == head:
            self._read(mapped)
            self.known = known
        else:
            mapped[:] = head.ljust(size, b"\0")
        self._map = mapped

    def _read(self, mapped: mmap.mmap) -> None:
        """What earlier processes left."""
        marks = {mapped[_place(number)] for number in range(self._marks)}
        self._begun = marks - {NONE}


class NothingBegun:
    """The marks of a process that sends nothing: it neither reads nor leaves any."""

    def begun(self, id: str, send: int) -> bool:
        return True

    def mark(self, id: str, send: int) -> None:
        """Nothing begins here."""


def _place(number: int) -> slice:
    at = HEAD_BYTES + number * MARK_BYTES
    return slice(at, at + MARK_BYTES)


def _mark(id: str, send: int) -> bytes:
    return (UUID(id).bytes + min(send, 255).to_bytes(1, "big")).ljust(MARK_BYTES, b"\0")
