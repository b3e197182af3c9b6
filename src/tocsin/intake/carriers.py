"""Every address that a carrier calls, with what takes the call there: one line for each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from tocsin.intake.calls import PhoneCalls
from tocsin.intake.hooks import SMS_PATH, STATUS_PATH, CarrierCalls, Hooks
from tocsin.intake.lanes import JSON, XML, Headers, Hook, header
from tocsin.intake.ring import Ring
from tocsin.intake.vonage_hooks import SMS_PATH as VONAGE_SMS_PATH
from tocsin.intake.vonage_hooks import STATUS_PATH as VONAGE_STATUS_PATH
from tocsin.intake.vonage_hooks import VonageCalls
from tocsin.wire.twilio_voice import VOICE_PATH

TwilioCall = Callable[[bytes, bytes, str | None], Awaitable[str | None]]


def carrier_hooks(ring: Ring, hooks: Hooks, bad_signature: Callable[[], None]) -> Mapping[str, Hook]:
    """By path.  `bad_signature` is told of every request that is not the carrier's."""
    twilio = CarrierCalls(ring, hooks, bad_signature)
    vonage = VonageCalls(ring, hooks, twilio, bad_signature)
    return {
        SMS_PATH: _twilio(twilio.sms),
        STATUS_PATH: _twilio(twilio.status),
        VOICE_PATH: _twilio(PhoneCalls(ring, twilio).voice),
        VONAGE_SMS_PATH: vonage.sms,
        VONAGE_STATUS_PATH: vonage.status,
    }


def _twilio(take: TwilioCall) -> Hook:
    async def hook(query: bytes, body: bytes, headers: Headers) -> tuple[bytes, str]:
        twiml = await take(query, body, header(headers, b"x-twilio-signature"))
        return (b"{}", JSON) if twiml is None else (twiml.encode(), XML)

    return hook
