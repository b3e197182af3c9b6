"""The encryption and the signature of a push, by the library that is kept for it.

RFC 8291 for the content, which only the phone can open; RFC 8292 (VAPID) for the word that it is we who send it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPusher

from tocsin.core.limits import SECOND_MS
from tocsin.ports import Clock
from tocsin.wire.push import encoded

SIGNED_S = 12 * 3_600  # RFC 8292 allows a day; a clock may be wrong.
RENEWED_S = 6 * 3_600  # A signature costs as much as ten encryptions: one for each push service serves for hours.
ORIGINS_MAX = 64  # Of those that are kept; the hosts are on a list of a few.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # Of the curve P-256.


class Seal:
    """`key`: 32 bytes nobody else has; `subject`: whom a push service writes to about us."""

    def __init__(self, key: bytes, subject: str, clock: Clock) -> None:
        private = ec.derive_private_key(int.from_bytes(key, "big") % (ORDER - 1) + 1, ec.SECP256R1())
        self._vapid = Vapid02(private, {"no-strict": True})
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public, self._subject, self._clock = encoded(point), subject, clock
        self._made: dict[str, tuple[int, Mapping[str, str]]] = {}

    def headers(self, origin: str) -> Mapping[str, str]:
        """The header that says who sends, for the push service at `origin`."""
        now_s = self._clock.now_ms() // SECOND_MS
        made_s, headers = self._made.get(origin, (0, {}))
        if not 0 <= now_s - made_s < RENEWED_S:
            claims = {"aud": origin, "sub": self._subject, "exp": now_s + SIGNED_S}
            headers = cast("dict[str, str]", self._vapid.sign(claims))
            if len(self._made) >= ORIGINS_MAX:
                self._made.clear()
            self._made[origin] = now_s, headers
        return headers


def sealed(content: bytes, p256dh: str, auth: str) -> bytes:
    """The content as only that phone can read it.  Raises ValueError for keys that are none."""
    phone: dict[str, Any] = {"endpoint": "", "keys": {"p256dh": p256dh, "auth": auth}}
    return cast("bytes", WebPusher(phone).encode(content)["body"])
