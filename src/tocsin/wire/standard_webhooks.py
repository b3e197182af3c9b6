"""Standard Webhooks: how a webhook of ours is written and signed, so that its receiver can verify it with any library.

The id is the same for each try of one message: a receiver that keeps the ids it has seen takes none twice.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

PREFIX = "whsec_"
KEY_MIN_BYTES, KEY_MAX_BYTES = 24, 64  # Of the specification.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def signing_key(secret: str) -> bytes | None:
    """The key that `whsec_…` stands for; None where it is no such secret."""
    if not secret.startswith(PREFIX):
        return None
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if KEY_MIN_BYTES <= len(key) <= KEY_MAX_BYTES else None


def webhook_body(type: str, now_ms: int, data: Mapping[str, Any]) -> bytes:
    """The JSON of a webhook; the signature is over these very bytes."""
    moment = EPOCH + timedelta(milliseconds=now_ms)
    said = {"type": type, "timestamp": moment.isoformat(timespec="milliseconds"), "data": data}
    return msgspec.json.encode(said)


def webhook_headers(key: bytes, id: str, now_s: int, body: bytes) -> dict[str, str]:
    """The three headers.  `id`: letters, digits and dashes; the same for each try.  `now_s`: of this try."""
    assert "." not in id, "a point would let one id and time be read as another"
    signed = f"{id}.{now_s}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": id, "webhook-timestamp": str(now_s), "webhook-signature": f"v1,{signature}"}
