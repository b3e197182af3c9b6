"""Presses that a page of ours sends to another address of this same server, because the one it came from is silent.

A browser asks the other address first whether that page may (CORS).  It may for presses, from our own origins, and with
a token that it shows itself: no cookie goes along.  Nobody else's page may, and nothing else of the API is let in.
"""

from __future__ import annotations

from collections.abc import Iterable

Pairs = list[tuple[bytes, bytes]]
ASKED = b"access-control-request-method"
LEAVE: Pairs = [
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"accept, authorization, content-type, idempotency-key"),
    (b"access-control-max-age", b"86400"),
]


class Addresses:
    """`origins`: all of this server, as https://HOST; with fewer than two there is nobody to let in."""

    def __init__(self, origins: Iterable[str] = ()) -> None:
        self._origins = frozenset(origin.encode() for origin in origins)
        self.policy = b" ".join(sorted(self._origins)) if len(self._origins) > 1 else b""

    def let_in(self, headers: Iterable[tuple[bytes, bytes]]) -> Pairs:
        """What is said besides to whoever asks from one of our own origins; nothing to anybody else."""
        origin = next((value for name, value in headers if name == b"origin"), b"")
        if not self.policy or origin not in self._origins:
            return []
        return [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]

    def asks_leave(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Is it a browser's question before a press, from a page of ours?"""
        headers = list(headers)
        return bool(self.let_in(headers)) and any(name == ASKED for name, _ in headers)
