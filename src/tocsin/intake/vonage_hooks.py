"""What Vonage calls: a text that came in, and news of one that went out.

Theory of operation
-------------------
As with any carrier (`hooks.py`), but signed over the body alone: so only the body is believed, and a status is bound to
our message by the reference that we gave it.  What the vendor signed and is not about a message of ours (another
program of the same account, a reply of ours) is taken and does nothing, or it would be called out for a day.

A call without any token is answered with 503: the vendor now and then fails to sign, and asks that it be told so and
calls again.  The answer to a text is a text of its own, sent once what it answers is durable; a text that comes again
gets none.
"""

from __future__ import annotations

from collections.abc import Callable

from tocsin.core import commands as c
from tocsin.core.limits import TEXT_MAX_CHARS
from tocsin.core.words import Reason
from tocsin.intake.hooks import CarrierCalls, Hooks, number_of, opt_out_in
from tocsin.intake.lanes import JSON, Headers, header
from tocsin.intake.phones import is_emergency
from tocsin.intake.plain import kept_key, words
from tocsin.intake.problems import Trouble, accepted
from tocsin.intake.ring import Ring
from tocsin.wire.vonage import Inbound, StatusNews, read_inbound, read_status, signed_by

VENDOR = "vonage"
SENDS = frozenset("0123456789")  # More sends of one message are never made.
SMS_PATH, STATUS_PATH = "/hooks/vonage/sms", "/hooks/vonage/status"


class VonageCalls:
    """`carriers` finds whose a number or a message is; `bad_signature` is told of every call that is not Vonage's."""

    def __init__(self, ring: Ring, hooks: Hooks, carriers: CarrierCalls, bad_signature: Callable[[], None]) -> None:
        self._ring, self._hooks, self._carriers, self._bad_signature = ring, hooks, carriers, bad_signature

    async def sms(self, query: bytes, body: bytes, headers: Headers) -> tuple[bytes, str]:
        """Take a text; its reply goes out by itself.  Raises Trouble or Unavailable."""
        self._signed(body, headers)
        inbound = read_inbound(body)
        sender = number_of(inbound.sender)
        org = self._carriers.org_of(sender)
        if org is None:
            raise Trouble("not_served")
        reply = await self._ring.submit(_text_in(org, sender, inbound))
        assert isinstance(reply, c.Done)
        said = None if reply.known else self._carriers.said(org, reply)
        if said and self._hooks.reply is not None and self._may_answer(org, sender):
            self._hooks.reply(sender, said)
        return b"{}", JSON

    def _may_answer(self, org: str, sender: str) -> bool:
        """Not who has sent STOP, whom this vendor may not block of itself; no forged emergency line, no short code."""
        members = self._ring.world.known_by_number(org, sender)
        theirs = (contact for member in members for contact in member.contacts if contact.to == sender)
        stopped = any(contact.opted_out for contact in theirs)
        return sender.startswith("+") and not stopped and not is_emergency(sender)

    async def status(self, query: bytes, body: bytes, headers: Headers) -> tuple[bytes, str]:
        """Take the news of a message, bound to it by our reference.  Raises Trouble or Unavailable."""
        self._signed(body, headers)
        news = read_status(body)
        if not news.message or not news.status:
            raise Trouble("bad_request", "a status callback names its message and its status")
        named = _named(news.client_ref)
        if named is None or news.seq == 0:
            return b"{}", JSON
        org, alert = self._carriers.outbound(named[1], named[0])
        accepted(await self._ring.submit(_report(org, alert, named[1], named[2], news)))
        return b"{}", JSON

    def _signed(self, body: bytes, headers: Headers) -> None:
        secret, key = self._hooks.vonage_signature_secret, self._hooks.vonage_api_key
        if not secret or not key:
            raise Trouble("not_served")
        token = header(headers, b"authorization")
        if not signed_by(secret, key, token, body):
            self._bad_signature()
            raise Trouble("bad_signature" if token else "not_signed")


def _named(client_ref: str | None) -> tuple[str, str, int] | None:
    """Alert, delivery and send of a reference that is ours."""
    parts = (client_ref or "").rsplit("/", 2)
    if len(parts) != 3 or not all(parts) or parts[2] not in SENDS:
        return None
    alert, delivery, send = parts
    return alert, delivery, int(send)


def _text_in(org: str, sender: str, inbound: Inbound) -> c.TextIn:
    text, _ = words(inbound.text, TEXT_MAX_CHARS)
    message, opt_out = kept_key(inbound.message), opt_out_in(inbound.text)
    return c.TextIn(org=org, vendor=VENDOR, message=message, sender=sender, text=text or "", opt_out=opt_out)


def _report(org: str, alert: str, delivery: str, send: int, news: StatusNews) -> c.Report:
    moved = c.Moved.DELIVERED if news.delivered else c.Moved.UNDELIVERED if news.fault else c.Moved.ACCEPTED
    return c.Report(
        org=org,
        delivery=delivery,
        alert=alert,
        moved=moved,
        reason=Reason(news.fault.reason) if news.fault else None,
        provider_ref=news.message,
        seq=news.seq,
        route=VENDOR,
        send=send,
    )
