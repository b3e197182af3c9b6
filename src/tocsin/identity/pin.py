"""PINs: hashed at rest, and compared so that nobody can tell from outside which of the two was typed.

Whoever holds the worker's phone watches the screen and may hold a stop-watch.  So a comparison always computes
two Argon2 hashes of the same cost, whichever PIN was typed and whether or not a PIN was ever set.

Each hash takes about 20 ms of one core: call these from a worker thread, never from the loop.
"""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from tocsin.core.commands import PinMatch

PIN_READ_MAX_CHARS = 64  # More is not a PIN; the hash of the beginning costs the same and matches nothing real.

# OWASP's second choice for Argon2id: 19 MiB, two passes, one lane.  A duress call must not starve the loop of memory.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)
# Stands in where no PIN is set: the same cost, and no text at all is known to lead to it.
_NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCEhIQ$bm8gUElOIHdhcyBldmVyIGhhc2hlZCB0byB0aGlzISE"


def hash_pin(pin: str, salt: bytes | None = None) -> str:
    """What is kept instead of `pin`, with its salt and cost in it.  `salt` (16 bytes) is drawn where none is given."""
    return _HASHER.hash(_read(pin), salt=salt)


def compare_pins(pin: str, pin_hash: str | None, duress_hash: str | None) -> PinMatch:
    """Which of the two was typed?  Any text may be asked about; an unreadable stored hash matches nothing.

    Were both ever the same, it counts as duress: the mistake that keeps help coming.
    """
    typed = _read(pin)
    real, duress = _matches(typed, pin_hash), _matches(typed, duress_hash)
    if duress:
        return PinMatch.DURESS
    return PinMatch.REAL if real else PinMatch.WRONG


def code_matches(code: str, code_hash: str | None) -> bool:
    """Is this the call code that is kept as this hash?  Costs the same where none is set."""
    return _matches(_read(code), code_hash)


def _matches(typed: bytes, stored: str | None) -> bool:
    try:
        return _HASHER.verify(stored or _NOBODYS_HASH, typed) and bool(stored)
    except InvalidHashError:
        return _matches(typed, None)
    except VerificationError:
        return False


def _read(pin: str) -> bytes:
    """The PIN as a shaking hand meant it: blanks and dashes do not count, and a digit of any script is that digit."""
    shown = (
        _digit(character) for character in pin[:PIN_READ_MAX_CHARS] if not character.isspace() and character != "-"
    )
    return "".join(shown).encode("utf-8", "surrogatepass")


def _digit(character: str) -> str:
    return str(unicodedata.digit(character)) if character.isdecimal() else character
