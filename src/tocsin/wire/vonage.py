"""Vonage's dialect of SMS, Messages API v1: the request that sends, its reply, the webhooks and how they are signed.

Pure translation: bytes in, small structs out, and whatever is missing or garbled has a value too, so that nothing a
carrier says can stop an SOS.  What its error codes mean is in `vonage_errors.py`.
https://developer.vonage.com/en/api/messages and https://developer.vonage.com/en/messages/concepts/signed-webhooks

Theory of operation
-------------------
A webhook is signed by a token that names our account and the digest of the body; not the address.  So nothing in the
address is believed: a status is bound to our message by the `client_ref` that we gave it, inside the signed body.

A token's age refuses nothing.  The vendor sends a webhook again for a day and longer, a clock may be wrong on either
side, and an SOS is not refused for an odd time; whoever replays an old call can only repeat a message whose id is
remembered for ever, or news that is known.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import jwt
import msgspec
from msgspec import Struct

from tocsin.sameness import same_secret
from tocsin.wire.vonage_errors import Fault, fault_of, fault_of_reply

MESSAGES_PATH = "/v1/messages"
TTL_MIN_S, TTL_MAX_S = 20, 604_800  # What the vendor takes.
BEARER = "bearer "
# How far a message has come.  Callbacks arrive in any order: only a higher number is news.
SEQ = {"submitted": 1, "delivered": 4, "read": 4, "rejected": 4, "undeliverable": 4}
DELIVERED = frozenset({"delivered", "read"})
WORDED = frozenset({"text", "caption", "body"})  # Under these names stands what a person wrote.
DEPTH_MAX = 8  # No version of the API puts it deeper.
FAILED = {"rejected": "vendor_refused", "undeliverable": "vendor_down"}  # And the reason of one without a code.


# Sending ---------------------------------------------------------------------------------------------------------


class Created(Struct, frozen=True):
    """The vendor has the message and calls it `message`."""

    message: str


class Declined(Struct, frozen=True):
    """The vendor did not take it.  `retry_after_s` where it named one."""

    fault: Fault
    retry_after_s: int | None = None


class Unreadable(Struct, frozen=True):
    """A reply that says neither: nobody knows whether the message was taken."""

    status: int


def account_path(api_key: str) -> str:
    """What only the account's owner may read: the names of its secrets.  https://developer.vonage.com/en/api/account"""
    return f"/accounts/{quote(api_key, safe='')}/secrets"


def message_body(to: str, sender: str, text: str, valid_s: int, client_ref: str | None, callback: str | None) -> bytes:
    """The JSON of a send.  `valid_s`: for so long the vendor tries.  Numbers go without their plus."""
    body: dict[str, Any] = {
        "message_type": "text",
        "channel": "sms",
        "to": to.removeprefix("+"),
        "from": sender.removeprefix("+"),
        "text": text.encode("utf-8", "replace").decode(),
        "ttl": min(max(valid_s, TTL_MIN_S), TTL_MAX_S),
    }
    if client_ref is not None:
        body |= {"client_ref": client_ref, "webhook_url": callback, "webhook_version": "v1"}
    return msgspec.json.encode(body)


def read_reply(status: int, body: bytes, retry_after: str | None = None) -> Created | Declined | Unreadable:
    """What became of a send, from the HTTP status, the body and the Retry-After header of its reply."""
    said = _object(body)
    if 200 <= status < 300:
        message = said.get("message_uuid")
        return Created(message) if isinstance(message, str) and message else Unreadable(status)
    code = _code(said)
    if status < 400 or (status >= 500 and code is None):
        return Unreadable(status)  # A gateway's own page says nothing of what lies behind it.
    return Declined(fault_of_reply(code, status), _seconds(retry_after))


def _object(body: bytes) -> dict[str, Any]:
    """The JSON of a body as far as it can be read: broken signs are replaced or let be, never a reason to lose it."""
    try:
        said = json.loads(body.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _code(problem: dict[str, Any]) -> str | None:
    """The code of a problem document: what follows the # of its type, else a title that is a number."""
    kind, title = problem.get("type"), problem.get("title")
    _, mark, code = kind.rpartition("#") if isinstance(kind, str) else ("", "", "")
    if mark and code:
        return code[:40]
    return title if isinstance(title, str) and title.isascii() and title.isdigit() else None


def _seconds(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


# Webhooks --------------------------------------------------------------------------------------------------------


class Inbound(Struct, frozen=True):
    """A text message came in.  `message` names it for ever."""

    message: str
    sender: str
    to: str
    text: str


class StatusNews(Struct, frozen=True):
    """A status callback.  `client_ref`: what we named the send.  `seq` 0: a status nobody knows, which is no news."""

    message: str
    status: str
    client_ref: str | None
    seq: int
    fault: Fault | None = None

    @property
    def delivered(self) -> bool:
        return self.status in DELIVERED


def read_inbound(body: bytes) -> Inbound:
    """An incoming message, whatever is missing: an SOS is not refused for want of a field.

    Without a message id the whole body is the id: the same body again is the same message.  Bytes that are no JSON are
    a text from nobody, as they stand.
    """
    said = _object(body)
    message = _text(said.get("message_uuid")) or f"unnamed-{hashlib.sha256(body).hexdigest()}"
    words = " ".join(_words(said, DEPTH_MAX)) if said else body.decode("utf-8", "replace")
    return Inbound(message, _number(said.get("from")), _number(said.get("to")), words)


def _words(said: object, depth: int, *, worded: bool = False) -> Iterator[str]:
    """What somebody wrote, wherever a version of the API or a kind of message puts it: beside a picture, too."""
    if isinstance(said, dict) and depth:
        for name, value in said.items():
            yield from _words(value, depth - 1, worded=name in WORDED)
    elif isinstance(said, list) and depth:
        for value in said:
            yield from _words(value, depth - 1, worded=worded)
    elif worded and (text := _text(said)):
        yield text


def _number(value: object) -> str:
    """A number with its plus; a name or a short code as it came."""
    number = _text(value.get("number") if isinstance(value, dict) else value)
    return f"+{number}" if len(number) > 6 and number.isascii() and number.isdigit() else number


def _text(value: object) -> str:
    """A text, also where a number was written as one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def read_status(body: bytes) -> StatusNews:
    """A status callback from its webhook."""
    said = _object(body)
    status = _text(said.get("status")).lower()
    error = said.get("error")
    code = _code(error) if isinstance(error, dict) else None
    fault = fault_of(code, FAILED[status]) if status in FAILED else None
    ref = _text(said.get("client_ref")) or None
    return StatusNews(_text(said.get("message_uuid")), status, ref, SEQ.get(status, 0), fault)


# Signatures ------------------------------------------------------------------------------------------------------


def signed_by(secret: str, api_key: str, authorization: str | None, body: bytes) -> bool:
    """Was exactly this body sent by who knows the secret, and for our account?"""
    if authorization is None or not authorization.lower().startswith(BEARER):
        return False
    claims = _claims(secret, authorization[len(BEARER) :].strip())
    digest = hashlib.sha256(body).hexdigest()
    ours = _same(claims.get("api_key"), api_key)
    whole = _same(claims.get("payload_hash"), digest)
    return ours and whole


def _claims(secret: str, token: str) -> dict[str, Any]:
    """Of a token that is signed with this secret by this one method; of any other, nothing."""
    unlooked = ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")  # Its age refuses nothing: see above.
    options: Any = {f"verify_{claim}": False for claim in unlooked}
    try:
        return jwt.decode(token, secret, algorithms=["HS256"], options=options)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        return {}


def _same(claimed: object, wanted: str) -> bool:
    return same_secret(claimed if isinstance(claimed, str) else "", wanted)
