"""Twilio's side of Twilio's wire: replies, errors, callbacks and signatures, as the carrier writes them.

Written from the carrier's documentation and apart from `wire/twilio.py` on purpose: two hands that agree prove
more than one hand that shakes itself.  https://www.twilio.com/docs/messaging/api/message-resource
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
HELP_WORDS = frozenset({"HELP", "INFO"})
TEXT_MAX_CHARS = 1_600

ERRORS: dict[int, tuple[int, str]] = {
    20003: (401, "Authenticate"),
    21220: (400, "Invalid call state"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20503: (503, "Service unavailable"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url or Twiml is missing or not valid"),
    21211: (400, "Invalid 'To' Phone Number"),
    21213: (400, "A 'From' number is required"),
    21408: (400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' phone number is not a valid, SMS-capable phone number for your account."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (429, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "The message cannot be sent with this combination of 'To' and/or 'From' parameters"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
}

Form = dict[str, str]


def form_of(body: bytes) -> Form:
    """A request's form; bytes that are no UTF-8 are replaced, as the carrier does."""
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def error(code: int) -> tuple[int, bytes]:
    """Status and body of a declined request."""
    status, message = ERRORS.get(code, (400, "The message was declined"))
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, msgspec.json.encode({"code": code, "message": message, "more_info": more, "status": status})


def account(sid: str) -> bytes:
    """The account resource.  https://www.twilio.com/docs/iam/api/account"""
    return msgspec.json.encode({"sid": sid, "friendly_name": "Invented", "status": "active", "type": "Full"})


def created(account: str, sid: str, form: Form, now_ms: int) -> bytes:
    """The message resource that a send is answered with (201)."""
    at = format_datetime(datetime.fromtimestamp(now_ms // 1_000, UTC))
    uri = f"/2010-04-01/Accounts/{account}/Messages/{sid}"
    resource: dict[str, Any] = {
        "sid": sid,
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": form["Body"],
        "date_created": at,
        "date_sent": None,
        "date_updated": at,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": form["From"],
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": str(1 + (len(form["Body"]) - 1) // 160),
        "price": None,
        "price_unit": "USD",
        "status": "queued",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": form["To"],
        "uri": f"{uri}.json",
    }
    return msgspec.json.encode(resource)


def status_form(account: str, sid: str, sent: Form, status: str, code: int | None) -> Form:
    """What a status callback carries."""
    form = {
        "AccountSid": account,
        "ApiVersion": "2010-04-01",
        "From": sent["From"],
        "MessageSid": sid,
        "MessageStatus": status,
        "SmsSid": sid,
        "SmsStatus": status,
        "To": sent["To"],
    }
    return form if code is None else form | {"ErrorCode": str(code)}


def inbound_form(account: str, sid: str, sender: str, to: str, text: str) -> Form:
    """What the webhook for an incoming message carries."""
    form = {
        "AccountSid": account,
        "ApiVersion": "2010-04-01",
        "Body": text,
        "From": sender,
        "MessageSid": sid,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "SmsStatus": "received",
        "To": to,
    }
    word = opt_word(text)
    return form if word is None else form | {"OptOutType": word}


def opt_word(text: str) -> str | None:
    """STOP, START or HELP where the whole text is such a word."""
    word = text.strip().upper()
    for kind, words in (("STOP", STOP_WORDS), ("START", START_WORDS), ("HELP", HELP_WORDS)):
        if word in words:
            return kind
    return None


def signature(auth_token: str, url: str, form: Mapping[str, str]) -> str:
    """X-Twilio-Signature: the URL as configured and every field by name, HMAC-SHA1 with the account's token."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def encoded(form: Mapping[str, str]) -> bytes:
    return urlencode(form).encode()


def basic(user: str, password: str) -> bytes:
    return b"Basic " + base64.b64encode(f"{user}:{password}".encode())


def replies_in(twiml: bytes) -> list[str]:
    """The texts of the messages in a webhook's answer."""
    found = re.findall(r"<Message[^>]*>(.*?)</Message>", twiml.decode("utf-8", "replace"), re.DOTALL)
    return [html.unescape(re.sub(r"</?Body>", "", text)) for text in found]


def moment(now_ms: int) -> str:
    """RFC 3339, UTC, with milliseconds."""
    return datetime.fromtimestamp(now_ms / 1_000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def call_created(account: str, sid: str, form: Form, now_ms: int, status: str = "queued") -> bytes:
    """The call resource that a request for a call (201), or for a change of one (200), is answered with."""
    at = format_datetime(datetime.fromtimestamp(now_ms // 1_000, UTC))
    resource: dict[str, Any] = {
        "sid": sid,
        "account_sid": account,
        "answered_by": None,
        "api_version": "2010-04-01",
        "date_created": at,
        "date_updated": at,
        "direction": "outbound-api",
        "from": form["From"],
        "queue_time": "0",
        "status": status,
        "to": form["To"],
        "uri": f"/2010-04-01/Accounts/{account}/Calls/{sid}.json",
    }
    return msgspec.json.encode(resource)


def call_form(account: str, sid: str, caller: str, to: str, status: str, *, inbound: bool) -> Form:
    """What every webhook of a call carries."""
    return {
        "AccountSid": account,
        "ApiVersion": "2010-04-01",
        "CallSid": sid,
        "CallStatus": status,
        "Called": to,
        "Caller": caller,
        "Direction": "inbound" if inbound else "outbound-api",
        "From": caller,
        "To": to,
    }
