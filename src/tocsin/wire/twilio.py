"""Twilio's dialect of SMS: the request that sends, its reply, the webhooks and how they are signed.

Pure translation: bytes and pairs in, small structs out, and whatever is missing or garbled has a value too, so that
nothing a carrier says can stop an SOS.  What its error codes mean is in `twilio_errors.py`.
https://www.twilio.com/docs/messaging/api/message-resource
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Struct

from tocsin.sameness import same_secret
from tocsin.wire.twilio_errors import Fault, fault_of

Pairs = Sequence[tuple[str, str]]

SIGNATURE_HEADER = "X-Twilio-Signature"
VALIDITY_MIN_S, VALIDITY_MAX_S = 1, 36_000  # What the carrier takes.
STANDARD_PORTS = {"https": 443, "http": 80}
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

# How far a message has come.  Callbacks arrive in any order: only a higher number is news.
SEQ = {
    "scheduled": 1,
    "accepted": 1,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "delivered": 4,
    "read": 4,
    "undelivered": 4,
    "failed": 4,
    "canceled": 4,
}
FAILED = frozenset({"undelivered", "failed", "canceled"})
DELIVERED = frozenset({"delivered", "read"})


# Sending ---------------------------------------------------------------------------------------------------------


class Created(Struct, frozen=True):
    """The carrier has the message and calls it `sid`."""

    sid: str
    status: str


class Declined(Struct, frozen=True):
    """The carrier did not take it.  `retry_after_s` where it named one."""

    fault: Fault
    retry_after_s: int | None = None


class Unreadable(Struct, frozen=True):
    """A reply that says neither: nobody knows whether the message was taken."""

    status: int


def messages_path(account_sid: str) -> str:
    """Where a message is created, below the carrier's base URL."""
    return f"/2010-04-01/Accounts/{quote(account_sid, safe='')}/Messages.json"


def account_path(account_sid: str) -> str:
    """Where the account itself is read.  https://www.twilio.com/docs/iam/api/account"""
    return f"/2010-04-01/Accounts/{quote(account_sid, safe='')}.json"


def message_form(to: str, sender: str, body: str, valid_s: int, callback: str | None) -> tuple[tuple[str, str], ...]:
    """The form of a send.  `valid_s`: after so many seconds the carrier drops what it could not hand on."""
    validity = str(min(max(valid_s, VALIDITY_MIN_S), VALIDITY_MAX_S))
    form = (("To", to), ("From", sender), ("Body", body), ("ValidityPeriod", validity))
    return form if callback is None else (*form, ("StatusCallback", callback))


def read_reply(status: int, body: bytes, retry_after: str | None = None) -> Created | Declined | Unreadable:
    """What became of a send, from the HTTP status, the body and the Retry-After header of its reply."""
    said = _object(body)
    if 200 <= status < 300:
        sid = said.get("sid")
        return Created(sid, str(said.get("status"))) if isinstance(sid, str) and sid else Unreadable(status)
    code = said.get("code")
    if status < 400 or (status >= 500 and not isinstance(code, int)):
        return Unreadable(status)  # A gateway's own page says nothing of what lies behind it.
    fault = fault_of(code if isinstance(code, int) else None, status)
    return Declined(fault, number_in(retry_after))


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def number_in(text: str | None) -> int | None:
    """A small number as carriers write it; anything else is none."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


# Webhooks --------------------------------------------------------------------------------------------------------


class Inbound(Struct, frozen=True):
    """A text message came in.  `message` names it for ever; `opt_out`: STOP, START or HELP where the carrier acted."""

    message: str
    sender: str
    to: str
    text: str
    opt_out: str | None = None


class StatusNews(Struct, frozen=True):
    """A status callback.  `seq` orders those of one message; 0: a status nobody knows, which is no news.

    `fault` is set where the message failed, also if the carrier gave no code.
    """

    message: str
    status: str
    seq: int
    fault: Fault | None = None

    @property
    def delivered(self) -> bool:
        return self.status in DELIVERED


def read_inbound(params: Pairs) -> Inbound:
    """An incoming message from its webhook, whatever is missing: an SOS is not refused for want of a field.

    Without a message id the whole request is the id: the same request again is the same message.
    """
    fields = dict(reversed(params))
    ids = (fields.get(name) for name in ("MessageSid", "SmsMessageSid", "SmsSid"))
    message = next(filter(None, ids), "") or id_of(params)
    opt_out = fields.get("OptOutType", "").upper() or None
    return Inbound(message, fields.get("From", ""), fields.get("To", ""), fields.get("Body", ""), opt_out)


def read_status(params: Pairs) -> StatusNews:
    """A status callback from its webhook."""
    fields = dict(reversed(params))
    status = (fields.get("MessageStatus") or fields.get("SmsStatus") or "").lower()
    message = fields.get("MessageSid") or fields.get("SmsSid") or ""
    fault = fault_of(number_in(fields.get("ErrorCode")), None) if status in FAILED else None
    return StatusNews(message, status, SEQ.get(status, 0), fault)


def id_of(params: Pairs) -> str:
    """A name for a request that has none: the same request, the same name."""
    digest = hashlib.sha256()
    for part in (part for pair in sorted(params) for part in pair):
        written = part.encode("utf-8", "surrogatepass")
        digest.update(len(written).to_bytes(8, "big") + written)
    return f"unnamed-{digest.hexdigest()}"


def reply_twiml(text: str | None) -> str:
    """The answer to an incoming message: `text` to its sender, or nothing."""
    if not text:
        return EMPTY_TWIML
    clean = "".join(char for char in text if in_xml(char))
    return EMPTY_TWIML.replace("<Response/>", f"<Response><Message>{escape(clean)}</Message></Response>")


def in_xml(char: str) -> bool:
    """May this sign stand in an XML document?"""
    return char in "\t\n\r" or " " <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd" or char >= "\U00010000"


# Signatures ------------------------------------------------------------------------------------------------------


def signature(auth_token: str, url: str, params: Iterable[tuple[str, str]]) -> str:
    """X-Twilio-Signature of a form posted to `url`: HMAC-SHA1 over the URL and every field, sorted, each pair once."""
    signed = url + "".join(name + value for name, value in sorted(set(params)))
    digest = hmac.new(_bytes(auth_token), _bytes(signed), hashlib.sha1).digest()
    return base64.b64encode(digest).decode("ascii")


def signed_by(auth_token: str, url: str, params: Iterable[tuple[str, str]], claimed: str | None) -> bool:
    """Was this form posted to exactly this public URL by who knows the token?  Compared in constant time.

    The carrier is not of one mind whether a standard port is written out, so both spellings of it are taken.
    """
    if not auth_token or not claimed:
        return False
    pairs = tuple(params)
    verdicts = [same_secret(signature(auth_token, spelled, pairs), claimed) for spelled in _spelled(url)]
    return any(verdicts)


def _spelled(url: str) -> tuple[str, ...]:
    """`url`, and the same with its standard port added or left out."""
    scheme, host = urlsplit(url).scheme, urlsplit(url).netloc
    if scheme not in STANDARD_PORTS:
        return (url,)
    port = f":{STANDARD_PORTS[scheme]}"
    if host.endswith(port):
        return url, url.replace(host, host.removesuffix(port), 1)
    has_port = ":" in host.rpartition("@")[2].rpartition("]")[2]
    return (url,) if has_port else (url, url.replace(host, host + port, 1))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
