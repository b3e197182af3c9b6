"""The two hashes everything else is made of (RFC 9162, section 2.1.1, with a salt in each leaf)."""

from __future__ import annotations

import hashlib

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(salt: bytes, body: bytes) -> bytes:
    """32 bytes that commit to `body` and, once `salt` is deleted, say nothing about it.

    The salt must be as long for every leaf of a log (16 bytes here): salt and body are joined without a mark.
    """
    return hashlib.sha256(b"\x00" + salt + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """An inner node.  Its first byte differs from a leaf's, so that neither can be passed off as the other."""
    return hashlib.sha256(b"\x01" + left + right).digest()
