"""Challenges that wait for a passkey's answer: each for one purpose, once, and for five minutes.

In memory alone: after a restart whoever was just signing in begins again.  Those of strangers are kept apart, so that a
flood of them pushes nobody out who is signed in already.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from enum import StrEnum

from msgspec import Struct

from tocsin.identity.passkeys import ASKED_MS
from tocsin.ports import Clock, Entropy

STRANGERS_MAX = 10_000  # Some 3 MB.  The oldest makes room: with a rate limit in front that is never one in use.
KNOWN_MAX = 2_000


class Purpose(StrEnum):
    SIGN_IN = "sign_in"
    REGISTER = "register"
    PROVE_AGAIN = "prove_again"


class Challenge(Struct, frozen=True):
    """`credential`: the session that asked; empty for a stranger."""

    purpose: Purpose
    credential: str
    ends_ms: int


class Challenges:
    """What was asked and not yet answered."""

    def __init__(
        self, clock: Clock, entropy: Entropy, strangers_max: int = STRANGERS_MAX, known_max: int = KNOWN_MAX
    ) -> None:
        self._clock, self._entropy = clock, entropy
        self._strangers_max, self._known_max = strangers_max, known_max
        self._strangers: OrderedDict[bytes, Challenge] = OrderedDict()
        self._known: OrderedDict[bytes, Challenge] = OrderedDict()

    def __len__(self) -> int:
        return len(self._strangers) + len(self._known)

    def make(self, purpose: Purpose, credential: str = "") -> bytes:
        """32 bytes to be answered within ASKED_MS."""
        challenge = hashlib.sha256(f"challenge {purpose}\x00".encode() + self._entropy.seed()).digest()
        now_ms = self._clock.now_ms()
        waiting, most = (self._known, self._known_max) if credential else (self._strangers, self._strangers_max)
        while waiting and (len(waiting) >= most or next(iter(waiting.values())).ends_ms <= now_ms):
            waiting.popitem(last=False)
        waiting[challenge] = Challenge(purpose, credential, now_ms + ASKED_MS)
        return challenge

    def take(self, challenge: bytes, purpose: Purpose, credential: str = "") -> bool:
        """Was this asked, for this, of this session, and lately?  Whatever the answer, it is not open any more."""
        asked = self._strangers.pop(challenge, None) or self._known.pop(challenge, None)
        if asked is None or self._clock.now_ms() >= asked.ends_ms:
            return False
        return (asked.purpose, asked.credential) == (purpose, credential)
