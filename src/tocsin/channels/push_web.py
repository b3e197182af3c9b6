"""Web push: one message in, one POST to the phone's own push service out, one outcome back.

Theory of operation
-------------------
The service keeps a push for a phone that is off, for as long as it is valid; a newer one about the same alert takes its
place (the topic), on a locked screen too.  Not so what is asked while it goes on (`BESIDE`): one person who proposes to
close it must not wipe who and where off everybody's phone.  That the service took it is *handed over*; that the phone
did, the phone itself says by a receipt.

The address is a stranger's: a browser handed it to us.  So it is one of the push services that the settings list, its
name is resolved once and must lead to the open Internet (`address_guard.py`), only https is spoken, and no redirect is
followed.  Networks of our own that the settings name may be gone to all the same, and in the clear.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial

from yarl import URL

from tocsin.channels.address_guard import Lookup, Network, is_open, lookup, within
from tocsin.channels.push_seal import Seal, sealed
from tocsin.channels.session import attempted, guarded_session
from tocsin.core.access.push_record import Subscription
from tocsin.core.limits import (
    PUSH_BODY_MAX_BYTES,
    PUSH_PAYLOAD_MAX_BYTES,
    PUSH_TITLE_MAX_BYTES,
    PUSH_VALID_MS,
    SECOND_MS,
)
from tocsin.core.mailing import parted
from tocsin.core.push_words import action_words
from tocsin.core.words import Purpose, Reason
from tocsin.ports import Accepted, Message, Refused, Unknown
from tocsin.wire.push import (
    Action,
    Payload,
    Place,
    fitted,
    is_listed,
    payload_bytes,
    place_of,
    reason_of,
    receipt_of,
    topic_of,
)

CONNECTIONS_MAX = 256  # Of its own: a push service that hangs takes no place from a text or a call.
KEEP_ALIVE_S = 30
CONNECT_MAX_S = 4
RETRY_AFTER_DIGITS = 6
BESIDE = frozenset({Purpose.CLOSING})
HOME = "/phone"  # What a push opens that has no page of its own.
Result = Accepted | Refused | Unknown


class WebPushes:
    """A Channel.  `find`: the subscription of an id; made inside the running loop.

    `hosts`: the push services there are; `private`: networks of our own; `key` signs receipts and topics.
    """

    def __init__(
        self,
        seal: Seal,
        key: bytes,
        hosts: Sequence[str],
        private: Sequence[Network],
        find: Callable[[str], Subscription | None],
        lookup: Lookup = lookup,
    ) -> None:
        self._seal, self._key, self._hosts, self._find = seal, key, tuple(hosts), find
        session = partial(
            guarded_session,
            lookup=lookup,
            connections=CONNECTIONS_MAX,
            connect_s=CONNECT_MAX_S,
            keep_alive_s=KEEP_ALIVE_S,
        )
        self._open = session(lambda address: is_open(address) or within(address, private))
        self._own = session(lambda address: within(address, private))  # The only ones spoken to in the clear.

    async def send(self, message: Message) -> Result:
        """Send once.  Ends within SEND_DEADLINE_MS; raises nothing but cancellation."""
        to = self._find(message.to)
        if to is None or not to.open:
            return Refused(Reason.NO_CONTACT, "the subscription has ended")
        place = place_of(to.endpoint)
        if place is None or not is_listed(place, self._hosts):
            return Refused(Reason.DESTINATION_BLOCKED, "its push service is not on the list")
        return await attempted(self._post(place, to, message))

    async def close(self) -> None:
        """Close the connections.  A send under way ends as unknown."""
        await self._open.close()
        await self._own.close()

    async def _post(self, place: Place, to: Subscription, message: Message) -> Result:
        session = self._own if place.scheme == "http" else self._open
        body = sealed(self._content(message), to.p256dh, to.auth)
        headers = {
            **self._seal.headers(place.origin),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(min(message.valid_s, PUSH_VALID_MS // SECOND_MS)),
            "Urgency": "high",
            "Topic": self._topic(message),
        }
        url = URL(to.endpoint, encoded=True)
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as reply:
            return _outcome(reply.status, reply.headers.get("Retry-After", ""), message)

    def _content(self, message: Message) -> bytes:
        alert, _, delivery = message.reference.partition("/")
        title, body = parted(message.text)
        words = action_words(message.language) if message.answerable else {}
        content = payload_bytes(
            Payload(
                id=delivery,
                receipt=receipt_of(self._key, delivery, message.send),
                purpose=message.purpose,
                title=fitted(title, PUSH_TITLE_MAX_BYTES),
                body=fitted(body, PUSH_BODY_MAX_BYTES),
                tag=self._topic(message),
                url=URL(message.link).raw_path_qs
                if message.link
                else HOME,  # Of the server by which the phone knows us.
                actions=tuple(Action(answer, word) for answer, word in words.items()),
                alert=alert if message.answerable else None,
            )
        )
        assert len(content) <= PUSH_PAYLOAD_MAX_BYTES, "what is in it is cut, and its link is ours"
        return content

    def _topic(self, message: Message) -> str:
        alert = message.reference.partition("/")[0]
        return topic_of(self._key, f"{alert}/{message.purpose}" if message.purpose in BESIDE else alert)


def _outcome(status: int, retry_after: str, message: Message) -> Result:
    """The body of the reply is never read: one that drips or has no end costs nothing."""
    reason = reason_of(status)
    if reason is None:
        sent = f"{message.reference}/{message.send}"
        return Accepted(f"push_{hashlib.sha256(sent.encode()).hexdigest()[:32]}")
    short = retry_after.isascii() and retry_after.isdigit() and len(retry_after) <= RETRY_AFTER_DIGITS
    return Refused(Reason(reason), str(status), int(retry_after) * SECOND_MS if short else None)
