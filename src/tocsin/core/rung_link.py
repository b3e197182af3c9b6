"""The code of a link to one alert for one person: computed from a key, kept nowhere.

Theory of operation
-------------------
A code says nothing to whoever lacks the key: it is a keyed hash of the alert and of the person whom it is for.  So a
message that is composed needs no row written first, and a stolen store tells no code.  Its first signs are of the alert
alone: whoever holds the key finds the alert by them in one step, and looks at that alert's people only.

`nth` counts the devices that were bound for this person and alert: after each, the code that is given out is another,
and the one before opens nothing new.  `LinkFor.OWN` is for the person in danger, and names the alert by the id under
which their devices know it.

Sixteen signs of Crockford's base 32, which has no letters that look like figures; read back however they are typed.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum

from msgspec import Struct

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALERT_SIGNS, PERSON_SIGNS = 4, 12  # 60 bits are the person's: with ATTEMPTS_TOGETHER_EVERY_MS beyond all guessing.
CODE_SIGNS = ALERT_SIGNS + PERSON_SIGNS
KEY_BYTES = 32
_MEANT = str.maketrans("OIL", "011")
_BITS = 5


class LinkFor(StrEnum):
    """For whom a link is: somebody rung, or the person in danger."""

    RUNG = "rung"
    OWN = "own"


class LinkWanted(Struct, frozen=True):
    """A reply may carry the link to this alert for this member.  `alert`: by the id under which they know it."""

    alert: str
    member: str
    purpose: LinkFor
    language: str


def alert_signs(key: bytes, org: str, alert: str) -> str:
    """The beginning of every code for this alert.  `key`: KEY_BYTES that nobody else has."""
    return _signs(key, ALERT_SIGNS, "alert", org, alert)


def code_of(key: bytes, org: str, alert: str, member: str, purpose: LinkFor, nth: int) -> str:
    """The code of this person's link after `nth` devices were bound."""
    return alert_signs(key, org, alert) + _signs(key, PERSON_SIGNS, purpose, org, alert, member, str(nth))


def read_code(text: str) -> str | None:
    """The code as it was given out, or None for what can be none."""
    told = text.strip().upper().translate(_MEANT)
    return told if len(told) == CODE_SIGNS and set(told) <= set(SIGNS) else None


def _signs(key: bytes, count: int, *parts: str) -> str:
    """Each part with its length, so that no two rows of parts are one text."""
    assert len(key) == KEY_BYTES
    said = "".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "surrogatepass")
    number = int.from_bytes(hmac.digest(key, said, hashlib.sha256)[:8], "big")
    return "".join(SIGNS[number >> 64 - _BITS * (place + 1) & 31] for place in range(count))
