"""Outgoing webhooks, signed after Standard Webhooks: one message in, one POST out, one outcome back.

Theory of operation
-------------------
The status of the reply is the outcome; its body is never read, so one that drips or has no end costs nothing.  No
redirect is followed: where it leads nobody has looked at.  Only https, but for networks of our own.  What matters after
a failure is the same as for a carrier: no connection is *refused*; a request that may have left is *unknown*.

A webhook tells a machine what the member it belongs to may know, the answer numbers left out; `drill` says what must
never be taken for real.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial

import aiohttp
from yarl import URL

from tocsin.channels.address_guard import Lookup, Network, is_open, lookup, within
from tocsin.channels.session import attempted, guarded_session
from tocsin.core.limits import SECOND_MS
from tocsin.core.mailing import parted
from tocsin.core.words import Reason
from tocsin.ports import Accepted, Clock, Message, Refused, Unknown
from tocsin.wire.standard_webhooks import webhook_body, webhook_headers

CONNECTIONS_MAX = 64  # A webhook tells besides: no more of them at once, and never a place of an SMS.
CONNECT_MAX_S = 6  # The look-up of the name included; unconnected for so long is *down*, which is known.
PASSING = {429: Reason.RATE_LIMITED, 502: Reason.VENDOR_DOWN, 503: Reason.VENDOR_DOWN, 504: Reason.VENDOR_DOWN}
GONE = 410
RETRY_AFTER_DIGITS = 6


class Webhooks:
    """A Channel.  `key` signs; `private` are the networks of our own; made inside the running loop."""

    def __init__(self, key: bytes, private: Sequence[Network], clock: Clock, lookup: Lookup = lookup) -> None:
        self._key, self._clock = key, clock
        session = partial(guarded_session, lookup=lookup, connections=CONNECTIONS_MAX, connect_s=CONNECT_MAX_S)
        self._open = session(lambda address: is_open(address) or within(address, private))
        self._own = session(lambda address: within(address, private))  # The only ones spoken to in the clear.

    async def send(self, message: Message) -> Accepted | Refused | Unknown:
        """Send once.  Ends within SEND_DEADLINE_MS; raises nothing but cancellation."""
        url = _address(message.to)
        if url is None:
            return Refused(Reason.NO_CONTACT, "no https address")
        return await attempted(self._post(self._own if url.scheme == "http" else self._open, url, message))

    async def close(self) -> None:
        """Close the connections.  A send under way ends as unknown."""
        await self._open.close()
        await self._own.close()

    async def _post(self, session: aiohttp.ClientSession, url: URL, message: Message) -> Accepted | Refused | Unknown:
        now_ms = self._clock.now_ms()
        id = webhook_id(message.reference)
        body = _body(message, now_ms)
        headers = {**webhook_headers(self._key, id, now_ms // SECOND_MS, body), "Content-Type": "application/json"}
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as reply:
            return _outcome(reply.status, reply.headers, id)


def webhook_id(reference: str) -> str:
    """What the receiver knows a message by: the same for each physical send of it."""
    return f"msg_{hashlib.sha256(reference.encode()).hexdigest()[:32]}"


def _address(text: str) -> URL | None:
    """The address, where it is one that could be posted to at all."""
    try:
        url = URL(text)
        good = url.scheme in ("https", "http") and url.host and url.user is None and url.password is None
        return url.with_fragment(None) if good else None
    except ValueError:
        return None


def _body(message: Message, now_ms: int) -> bytes:
    alert, _, delivery = message.reference.partition("/")
    heading, text = parted(message.text)
    data = {
        "alert": alert,
        "delivery": delivery,
        "drill": message.drill,
        "heading": heading,
        "text": text,
        "language": message.language,
        "valid_s": message.valid_s,
    }
    return webhook_body(f"alert.{message.purpose}", now_ms, data)


def _outcome(status: int, headers: Mapping[str, str], id: str) -> Accepted | Refused | Unknown:
    if 200 <= status < 300:
        return Accepted(id)
    if status == GONE:
        return Refused(Reason.ADDRESS_DEAD, "410")
    if status in PASSING:
        return Refused(PASSING[status], str(status), _wait_ms(headers.get("Retry-After", "")))
    if status == 500:
        return Unknown("500: the receiver failed, perhaps after it took the message")
    if 300 <= status < 400:
        return Refused(Reason.VENDOR_REFUSED, f"{status}: it redirects, which is not followed; set its last address")
    return Refused(Reason.VENDOR_REFUSED, str(status))


def _wait_ms(retry_after: str) -> int | None:
    short = retry_after.isascii() and retry_after.isdigit() and len(retry_after) <= RETRY_AFTER_DIGITS
    return int(retry_after) * SECOND_MS if short else None
