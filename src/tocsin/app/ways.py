"""The ways out: every vendor that is set up, made from the settings.  Each channel has its own function here."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from tocsin import ports
from tocsin.app.besides import besides_names, besides_of
from tocsin.channels.list_twilio import TwilioTexts
from tocsin.channels.session import carrier_session
from tocsin.channels.sms_twilio import TwilioSms
from tocsin.channels.sms_vonage import VonageSms
from tocsin.channels.voice_twilio import TwilioVoice
from tocsin.core.words import Channel
from tocsin.intake.reconciling import Source
from tocsin.runtime.push_proofs import WAY
from tocsin.runtime.replies import Replies
from tocsin.runtime.routes import Routes, Ways
from tocsin.settings import Settings, Twilio, Vonage


def ways_of(settings: Settings) -> Ways:
    """For each channel its vendors by name, in the order in which they are tried.  Called inside the running loop."""
    ways = {
        Channel.SMS: {vendor: _sms(settings, vendor) for vendor in settings.vendors},
        Channel.VOICE: {} if settings.voice is None else {"twilio": _voice(settings.voice, settings.server.public_url)},
        **besides_of(settings),
    }
    return {channel: vendors for channel, vendors in ways.items() if vendors}


def sources_of(settings: Settings) -> tuple[Source, ...]:
    """The vendors whose list of messages can be asked for.  Called inside the running loop."""
    twilio = settings.twilio
    if twilio is None:
        return ()
    token = twilio.auth_token.reveal()
    return (TwilioTexts(twilio.base_url, twilio.account_sid, token, twilio.senders, carrier_session()),)


def names_of(settings: Settings) -> Mapping[Channel, tuple[str, ...]]:
    """The same by name alone: what a command beside a stopped server decides by, though it sends nothing."""
    voice = ("twilio",) if settings.voice else ()
    push = (WAY,) if settings.push else ()
    ours = {Channel.SMS: settings.vendors, Channel.VOICE: voice, Channel.PUSH: push}
    names = {**ours, **besides_names(settings)}
    return {channel: vendors for channel, vendors in names.items() if vendors}


def _sms(settings: Settings, vendor: str) -> ports.Channel:
    if vendor == "vonage":
        assert settings.vonage is not None
        return _vonage(settings.vonage, settings.server.public_url)
    assert vendor == "twilio" and settings.twilio is not None
    return _twilio(settings.twilio, settings.server.public_url)


def replies_of(routes: Routes) -> Replies | None:
    """Answers to texts that came by a vendor which takes none in the reply to its webhook."""
    channel = routes.way(Channel.SMS, "vonage")
    return None if channel is None else Replies(channel)


def _vonage(vonage: Vonage, public_url: str) -> ports.Channel:
    secret, status_url = vonage.api_secret.reveal(), f"{public_url.rstrip('/')}/hooks/vonage/status"
    return VonageSms(vonage.base_url, vonage.api_key, secret, vonage.sender, status_url, carrier_session())


def _twilio(twilio: Twilio, public_url: str) -> ports.Channel:
    def status_url(message: ports.Message) -> str:
        alert, _, delivery = message.reference.partition("/")
        address = f"{public_url.rstrip('/')}/hooks/twilio/status"
        return f"{address}?delivery={quote(delivery)}&alert={quote(alert)}&send={message.send}"

    token = twilio.auth_token.reveal()
    return TwilioSms(twilio.base_url, twilio.account_sid, token, twilio.senders, status_url, carrier_session())


def _voice(twilio: Twilio, public_url: str) -> ports.Channel:
    token = twilio.auth_token.reveal()
    return TwilioVoice(twilio.base_url, twilio.account_sid, token, twilio.senders, public_url, carrier_session())
