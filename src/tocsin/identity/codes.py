"""Recovery codes: made, hashed, and found again by what somebody typed.

A code has fifty random bits, in letters and digits that nobody takes for others.  The codes of a set share their salt,
so that a try costs one Argon2 hash and not ten, the same whether there is a set or none.  Ten hashes take 0.2 s of one
core: call these from a worker thread, never from the loop.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Iterable

from argon2 import PasswordHasher, Type

from tocsin.core.limits import RECOVERY_CODES
from tocsin.identity.token import same_secret

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O or U.
CODE_CHARS = 10
TYPED_MAX_CHARS = 64  # More is no code.
SALT_BYTES = 16
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=SALT_BYTES, type=Type.ID)
_NOBODYS_SALT = b"nobody has codes"
_MEANT = str.maketrans("OIL", "011")


def new_codes(seed: bytes) -> tuple[str, ...]:
    """A set, as it is shown once: `7K2QD-9XWM3`.  All from one 32-byte seed of the Entropy seam."""
    assert len(seed) >= 32
    drawn = hashlib.shake_256(b"recovery codes\x00" + seed).digest(RECOVERY_CODES * CODE_CHARS)
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in drawn)  # 256 is eight times 32: no letter is likelier.
    codes = (letters[at : at + CODE_CHARS] for at in range(0, len(letters), CODE_CHARS))
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)


def hash_codes(codes: Iterable[str], seed: bytes) -> tuple[str, ...]:
    """What is kept instead of them."""
    salt = hashlib.sha256(b"recovery codes' salt\x00" + seed).digest()[:SALT_BYTES]
    return tuple(_HASHER.hash(_read(code), salt=salt) for code in codes)


def matching(typed: str, hashes: Iterable[str]) -> str:
    """The kept hash that this code leads to, or the empty string.  Takes as long where there are none."""
    kept = tuple(hashes)
    found = _HASHER.hash(_read(typed), salt=_salt(kept[0]) if kept else _NOBODYS_SALT)
    return next((known for known in kept if same_secret(known, found)), "")


def _salt(encoded: str) -> bytes:
    text = encoded.split("$")[4]
    return b64decode(text + "=" * (-len(text) % 4))


def _read(typed: str) -> bytes:
    """As a tired hand meant it: no blanks and dashes, either case, O for 0, I and L for 1."""
    shown = "".join(c for c in typed[:TYPED_MAX_CHARS].upper() if not c.isspace() and c != "-")
    return shown.translate(_MEANT).encode("utf-8", "surrogatepass")
