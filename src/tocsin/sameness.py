"""The one way in which secrets are compared, below every layer, so that nobody needs another.

An answer that comes sooner the sooner two texts differ tells a patient asker the secret, sign by sign.  A rule of the
house (`tools/tidy.py`) finds any other comparison of tokens, hashes and signatures.
"""

from __future__ import annotations

import hmac


def same_secret(one: str, other: str) -> bool:
    """Are these two the same, told in a time that does not depend on where they differ?"""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
