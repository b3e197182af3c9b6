"""Chance as a value: one seed from outside, and everything random in a decision follows from it."""

from __future__ import annotations

import hashlib

BLOCK_BYTES = 512  # What an SOS to eight people draws; a longer one draws more blocks.


class Dice:
    """Draws from one 32-byte seed, in order; the same seed gives the same draws.

    The edge brings a fresh seed from the operating system for each command, so the draws are as unguessable as it is.
    """

    __slots__ = ("_block", "_count", "_seed", "_used")

    def __init__(self, seed: bytes) -> None:
        assert len(seed) >= 16
        self._seed, self._count, self._block, self._used = seed, 0, b"", 0

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
        return int.from_bytes(self.bytes(8), "big") % limit

    def uuid7(self, now_ms: int) -> str:
        """An id that grows with time (RFC 9562, version 7), as text."""
        tail = self.bytes(10).hex()
        variant = "89ab"[int(tail[3], 16) & 0b11]
        born = f"{now_ms & 0xFFFFFFFFFFFF:012x}"
        return f"{born[:8]}-{born[8:]}-7{tail[:3]}-{variant}{tail[4:7]}-{tail[7:19]}"
