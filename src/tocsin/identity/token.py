"""Device tokens: shown once, kept as a hash.  256 random bits need no slow hash and no salt."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode

from tocsin.sameness import same_secret

__all__ = ["PREFIX", "new_token", "same_secret", "token_hash"]

PREFIX = "tocsin_"  # Lets secret scanners, and people, recognise one that was pasted where it should not be.


def new_token(seed: bytes, use: str = "device token") -> tuple[str, str]:
    """A token and its hash, both from one 32-byte seed of the Entropy seam.  Only the hash may be kept.

    `use`: what it is good for; from the same seed each use has a token of its own.
    """
    assert len(seed) >= 32
    random = hashlib.sha256(use.encode() + b"\x00" + seed).digest()
    token = PREFIX + urlsafe_b64encode(random).rstrip(b"=").decode("ascii")
    return token, token_hash(token)


def token_hash(token: str) -> str:
    """What a token is found by: 64 hexadecimal digits, for any text at all."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
