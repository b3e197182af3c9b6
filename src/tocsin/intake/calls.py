"""How a telephone call goes on: one that we made here, one that came in to the site's number in `call_ins.py`.

Theory of operation
-------------------
Each request of the carrier's is one turn of a call: what was pressed, and what the call says next.  All state of a
call is in the address that the carrier asks (under its signature) and in the record, so a restart in the middle of a
call is not noticed.  What a turn records is durable before it is said to be noted.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from msgspec import Struct

from tocsin.core import commands as c
from tocsin.core.alert import Alert
from tocsin.core.calling import ANSWERS, may_still_hear, over_words
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Directory
from tocsin.core.limits import SENDS_MAX
from tocsin.core.message import text_of
from tocsin.core.scripts import spoken
from tocsin.core.spoken_words import aloud
from tocsin.core.words import Purpose, Reason
from tocsin.intake.call_ins import CallIns
from tocsin.intake.hooks import VENDOR, CarrierCalls
from tocsin.intake.plain import count_in, kept_key
from tocsin.intake.problems import Trouble, accepted
from tocsin.intake.ring import Ring
from tocsin.runtime.in_time import submitted
from tocsin.runtime.loop import Unavailable
from tocsin.wire.twilio_voice import (
    HANG_UP,
    VOICE_PATH,
    CallAddresses,
    CallAsked,
    last_words,
    noted,
    read_asked,
    reading,
    response,
)

STEPS_MAX = 10_000
ASKED_MAX = 20  # Fields of an address of ours.


class About(Struct, frozen=True):
    """The message that a call of ours brings.  `send`: by which physical send of it; None: the address does not say."""

    org: str
    delivery: Delivery
    send: int | None


class PhoneCalls:
    """The turns of every call; `carrier` knows whether it is the carrier who asks."""

    def __init__(self, ring: Ring, carrier: CarrierCalls) -> None:
        self._ring, self._carrier = ring, carrier
        self._call_ins = CallIns(ring, carrier)

    async def voice(self, query: bytes, body: bytes, claimed: str | None) -> str:
        """The TwiML to go on with, once what was pressed is durable.  Raises Trouble or Unavailable."""
        call = read_asked(self._carrier.signed(VOICE_PATH, query, body, claimed, voice=True))
        asked = dict(parse_qsl(query.decode("utf-8", "replace"), max_num_fields=ASKED_MAX))
        if "delivery" in asked:
            return await self._made(call, asked)
        return await self._call_ins.turn(call, asked)

    # Calls that we made ------------------------------------------------------------------------------------------

    async def _made(self, call: CallAsked, asked: Mapping[str, str]) -> str:
        org, alert = self._carrier.outbound(asked["delivery"], asked.get("alert"))
        delivery = self._ring.world.deliveries(org, alert).get(asked["delivery"])
        if delivery is None:
            raise Trouble("no_such_delivery")
        about = About(org, delivery, count_in(asked.get("send"), SENDS_MAX + 1) or None)
        asks = delivery.purpose is not Purpose.WALK  # Such a call reminds somebody, and is about no alert.
        if asks and call.digits is not None:  # First: whoever presses a key is no machine, whatever it was taken for.
            return await self._key(about, call, call.digits[:1], count_in(asked.get("step"), STEPS_MAX))
        if call.machine:
            await self._report(about, call, c.Moved.UNDELIVERED, Reason.VOICEMAIL)
            return response(HANG_UP)
        if "heard" not in asked:
            return response(HANG_UP)
        await self._report(about, call, c.Moved.DELIVERED)
        return self._goodbye(about)

    async def _report(self, about: About, call: CallAsked, moved: c.Moved, reason: Reason | None = None) -> None:
        await self._submit(
            c.Report(
                org=about.org,
                delivery=about.delivery.id,
                alert=about.delivery.alert,
                moved=moved,
                reason=reason,
                provider_ref=call.call,
                route=VENDOR,
                send=about.send,
            )
        )

    async def _submit(self, command: c.Report | c.CallKey) -> str | None:
        """What the core says to it, once it is durable.  Raises Trouble or Unavailable."""
        reply = accepted(await submitted(self._ring, command))
        assert isinstance(reply, c.Done)
        return reply.reply

    def _goodbye(self, about: About) -> str:
        """Whoever listened to a call for help that closed meanwhile hears that it did."""
        if about.delivery.purpose is not Purpose.RING:
            return response(HANG_UP)
        alert, directory, language = self._stands(about)
        if may_still_hear(alert, directory, about.delivery.member):
            return response(HANG_UP)
        return last_words(over_words(alert, language), language)

    async def _key(self, about: About, call: CallAsked, key: str, step: int) -> str:
        """What is said to a key is its receipt: where it could not be stored, that is said, and it is asked again."""
        alert, directory, language = self._stands(about)
        addresses = CallAddresses(self._carrier.public_url, alert.id, about.delivery.id, about.send or 1)
        try:
            said = await self._submit(_call_key(about, call, key, step))
        except Unavailable:
            return noted(aloud(language, "not_noted"), language, addresses, step)
        alert, directory, language = self._stands(about)
        if said is not None and not (key in ANSWERS and may_still_hear(alert, directory, about.delivery.member)):
            return last_words(said, language)
        if said is not None:
            return noted(said, language, addresses, step + 1)
        fixes, now_ms = self._ring.world.fixes_of(alert.id), self._ring.clock.now_ms()
        text = text_of(about.delivery, alert, directory, fixes, now_ms)
        odd = "" if key == "9" else f"{aloud(language, 'other_key')} "
        return reading(odd + text, language, addresses, step + 1)

    def _stands(self, about: About) -> tuple[Alert, Directory, str]:
        """The alert as it is now, and the language of whoever is on the phone."""
        alert = self._ring.world.alert(about.org, about.delivery.alert)
        assert alert is not None, "a call about no alert"
        directory = self._ring.world.directory(about.org)
        member = directory.members.get(about.delivery.member)
        return alert, directory, spoken(member.language if member else "en")


def _call_key(about: About, call: CallAsked, key: str, step: int) -> c.CallKey:
    return c.CallKey(
        org=about.org,
        alert=about.delivery.alert,
        delivery=about.delivery.id,
        vendor=VENDOR,
        call=kept_key(call.call),
        key=key,
        send=about.send,
        step=step,
    )
