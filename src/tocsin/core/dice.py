"""Chance as a value: one seed from outside, and everything random in a decision follows from it."""

from __future__ import annotations

import hashlib

VARIANT = "8"
BLOCK_BYTES = 512  # What an SOS to eight people draws; a longer one draws more blocks.


class Dice:
    """Draws from one 32-byte seed, in order; the same seed gives the same draws.

    The edge brings a fresh seed from the operating system for each command, so the draws are as unguessable as it is.
    """

    __slots__ = ("_block", "_born", "_count", "_made", "_now_ms", "_seed", "_used")

    def __init__(self, seed: bytes) -> None:
        assert len(seed) >= 16
        self._seed, self._count, self._block, self._used = seed, 0, b"", 0
        self._made, self._now_ms, self._born = 0, -1, ""

    def bytes(self, count: int) -> bytes:
        """`count` random bytes (32 at the most)."""
        assert 0 < count <= 32
        if self._used + count > len(self._block):
            self._block = hashlib.shake_256(self._seed + self._count.to_bytes(8, "big")).digest(BLOCK_BYTES)
            self._count, self._used = self._count + 1, 0
        self._used += count
        return self._block[self._used - count : self._used]

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1; its bias is under 2**-40 for the limits used here."""
        used = self._used + 8  # As in `bytes`, but without its call: a press draws two dozen of these.
        if used > len(self._block):
            return int.from_bytes(self.bytes(8), "big") % limit
        self._used = used
        return int.from_bytes(self._block[used - 8 : used], "big") % limit

    def uuid7(self, now_ms: int) -> str:
        """An id that grows with time (RFC 9562, version 7), as text.

        Those of one decision grow too: which of its messages is sent first, and fails first, is no matter of chance.
        """
        tail = self.bytes(10)[4:].hex()
        if now_ms != self._now_ms:
            self._now_ms, self._born = now_ms, _born(now_ms)
        made = f"{self._made & 0xFFFFFF:06x}"
        self._made += 1
        return f"{self._born}{made[:3]}-{VARIANT}{made[3:]}-{tail}"


def _born(now_ms: int) -> str:
    """How every id of this instant begins."""
    born = f"{now_ms & 0xFFFFFFFFFFFF:012x}"
    return f"{born[:8]}-{born[8:]}-7"
