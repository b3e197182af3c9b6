"""What carriers call: a text that came in, and news of one that went out.

Theory of operation
-------------------
The signature is checked over the public URL as it was configured, whatever a proxy made of it; a wrong one changes
nothing and is counted.  Behind a right signature an SOS is an SOS, however broken the rest: bytes that are no UTF-8
are replaced, a missing id is made from the request.  The 200 is given when the text is durable, not before; where it
could not be stored the carrier hears 503 and calls again.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl

from msgspec import Struct

from tocsin.core import commands as c
from tocsin.core.limits import HOOK_FIELDS_MAX, NAME_MAX_CHARS, SENDS_MAX, TEXT_MAX_CHARS
from tocsin.core.round import is_round
from tocsin.core.sos_words import STARTS, STOPS
from tocsin.core.words import Reason
from tocsin.intake.phones import e164
from tocsin.intake.plain import count_in, kept_key, words
from tocsin.intake.problems import Trouble, accepted
from tocsin.intake.ring import Ring
from tocsin.wire.twilio import Inbound, StatusNews, read_inbound, read_status, reply_twiml, signed_by
from tocsin.wire.twilio_voice import CallNews, is_call, read_call_status

VENDOR = "twilio"
SMS_PATH, STATUS_PATH = "/hooks/twilio/sms", "/hooks/twilio/status"


Behind = Callable[[str, str, c.LinkWanted | None], str]


def no_link_behind(org: str, reply: str, wanted: c.LinkWanted | None) -> str:
    """Of a node without pages."""
    return reply


class Hooks(Struct, frozen=True):
    """Over which address carriers sign, and with what; without a token their calls are not served.

    `reply` sends a text to a number, for a vendor that takes no answer in the reply to its webhook.  `behind` puts the
    link that a reply may carry behind it.
    """

    public_url: str
    twilio_auth_token: str | None = None
    twilio_voice_token: str | None = None
    vonage_api_key: str | None = None
    vonage_signature_secret: str | None = None
    reply: Callable[[str, str], None] | None = None
    behind: Behind = no_link_behind


class CarrierCalls:
    """`bad_signature` is told of every request that is not the carrier's."""

    def __init__(self, ring: Ring, hooks: Hooks, bad_signature: Callable[[], None]) -> None:
        self._ring, self._hooks, self._bad_signature = ring, hooks, bad_signature

    async def sms(self, query: bytes, body: bytes, claimed: str | None) -> str:
        """The TwiML to answer with, once the text is durable.  Raises Trouble or Unavailable."""
        inbound = read_inbound(self.signed(SMS_PATH, query, body, claimed))
        org = self.org_of(number_of(inbound.sender))
        if org is None:
            raise Trouble("not_served")
        reply = await self._ring.submit(_text_in(org, inbound))
        assert isinstance(reply, c.Done)
        return reply_twiml(None if reply.known else self.said(org, reply))

    def said(self, org: str, done: c.Done) -> str | None:
        """What is answered to a text: in words, with the link that it may carry."""
        return None if done.reply is None else self._hooks.behind(org, done.reply, done.link)

    async def status(self, query: bytes, body: bytes, claimed: str | None) -> None:
        """Take the news of a delivery, bound to it by its id in the address.  Raises Trouble or Unavailable."""
        form = self.signed(STATUS_PATH, query, body, claimed)
        asked = dict(parse_qsl(query.decode("utf-8", "replace")))
        if is_call(form):
            return await self._call_status(form, asked)
        news = read_status(form)
        if not news.message or not news.status or "delivery" not in asked:
            raise Trouble("bad_request", "a status callback names its message, its status and our delivery")
        org, alert = self.outbound(asked["delivery"], asked.get("alert"))
        if news.seq == 0:
            return  # A status that nobody knows says nothing.
        accepted(await self._ring.submit(_report(org, alert, asked["delivery"], _send(asked), news)))

    async def _call_status(self, form: list[tuple[str, str]], asked: dict[str, str]) -> None:
        news = read_call_status(form)
        if "delivery" not in asked:
            raise Trouble("bad_request", "a status callback of a call names our delivery")
        org, alert = self.outbound(asked["delivery"], asked.get("alert"))
        if not news.known:
            return  # A status that nobody knows says nothing.
        accepted(await self._ring.submit(_call_report(org, alert, asked, news)))

    @property
    def public_url(self) -> str:
        return self._hooks.public_url

    def signed(
        self, path: str, query: bytes, body: bytes, claimed: str | None, *, voice: bool = False
    ) -> list[tuple[str, str]]:
        """The fields of the form, if the carrier signed them.  `voice`: with the token of the account that calls."""
        form = _form(body)
        token = self._hooks.twilio_voice_token if voice or is_call(form) else self._hooks.twilio_auth_token
        if not token:
            raise Trouble("not_served")
        url = self._hooks.public_url.rstrip("/") + path
        if query:
            url += "?" + query.decode("latin-1")
        if not signed_by(token, url, form, claimed):
            self._bad_signature()
            raise Trouble("bad_signature")
        return form

    def org_of(self, sender: str) -> str | None:
        """The organisation that knows this number, else the first there is."""
        orgs = self._ring.world.directories
        known = (org for org in orgs if self._ring.world.known_by_number(org, sender))
        return next(known, next(iter(orgs), None))

    def outbound(self, delivery: str, alert: str | None) -> tuple[str, str]:
        """Whose message it is, and of which alert; whether that alert sent it is for the core to say."""
        if alert is not None and is_round(alert):
            return next(iter(self._ring.world.directories), ""), alert
        for org in self._ring.world.directories:
            if alert is not None and self._ring.world.alert(org, alert) is not None:
                return org, alert
            row = self._ring.store.delivery(org, delivery)
            if row is not None:
                return org, row.alert
        raise Trouble("no_such_delivery")


def _form(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=HOOK_FIELDS_MAX
        )
    except ValueError:
        raise Trouble("bad_request", "the form has too many fields") from None


def number_of(sender: str) -> str:
    """E.164 where it can be read; a short code or a name stays as it came, and is a stranger."""
    return e164(sender) or words(sender, NAME_MAX_CHARS)[0] or "unknown"


def _text_in(org: str, inbound: Inbound) -> c.TextIn:
    text, _ = words(inbound.text, TEXT_MAX_CHARS)
    return c.TextIn(
        org=org,
        vendor=VENDOR,
        message=kept_key(inbound.message),
        sender=number_of(inbound.sender),
        text=text or "",
        opt_out=inbound.opt_out or opt_out_in(inbound.text),
    )


def opt_out_in(text: str) -> str | None:
    """Carriers act on these words of their own accord, also where they do not say so."""
    word = text.strip().upper()
    return "STOP" if word in STOPS else "START" if word in STARTS else None


def _send(asked: dict[str, str]) -> int | None:
    """Of which physical send this is, as we wrote it into the signed address."""
    send = asked.get("send", "")
    return int(send) if len(send) == 1 and send in "0123456789" else None


def _report(org: str, alert: str, delivery: str, send: int | None, news: StatusNews) -> c.Report:
    moved = c.Moved.ACCEPTED
    if news.delivered:
        moved = c.Moved.DELIVERED
    elif news.fault is not None:
        moved = c.Moved.UNDELIVERED
    reason = None if news.fault is None else Reason(news.fault.reason)
    return c.Report(
        org=org,
        delivery=delivery,
        alert=alert,
        moved=moved,
        reason=reason,
        provider_ref=news.message,
        seq=news.seq,
        route=VENDOR,
        send=send,
    )


def _call_report(org: str, alert: str, asked: dict[str, str], news: CallNews) -> c.Report:
    fault, moved = news.unheard or news.ended, c.Moved.ACCEPTED
    if fault is not None:
        moved = c.Moved.UNDELIVERED if news.unheard else c.Moved.ENDED
    return c.Report(
        org=org,
        delivery=asked["delivery"],
        alert=alert,
        moved=moved,
        reason=None if fault is None else Reason(fault.reason),
        provider_ref=news.call,
        route=VENDOR,
        send=count_in(asked.get("send"), SENDS_MAX + 1) or None,
    )
