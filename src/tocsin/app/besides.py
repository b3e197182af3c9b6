"""The ways that tell besides and never count as reach, made from the settings: mail, other services, webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network

from tocsin.channels.email_smtp import SmtpMail
from tocsin.channels.other_apprise import AppriseOther
from tocsin.channels.webhook import Webhooks
from tocsin.core.words import Channel
from tocsin.ports import Clock
from tocsin.runtime.routes import Ways
from tocsin.runtime.system import SystemClocks
from tocsin.settings import Settings
from tocsin.wire.apprise_urls import targets
from tocsin.wire.smtp import mail_server, sender_of
from tocsin.wire.standard_webhooks import signing_key


class WallClock:
    """The time that others read: of a mail's date and of a webhook's signature."""

    def now_ms(self) -> int:
        return SystemClocks().wall_ns() // 1_000_000


def besides_of(settings: Settings) -> Ways:
    """By channel, each under the one name it has.  Called inside the running loop."""
    clock = WallClock()
    return {
        Channel.EMAIL: {} if settings.email is None else {"smtp": _email(settings, clock)},
        Channel.OTHER: {} if settings.other is None else {"apprise": _other(settings)},
        Channel.WEBHOOK: {} if settings.webhook is None else {"webhook": _webhook(settings, clock)},
    }


def besides_names(settings: Settings) -> Mapping[Channel, tuple[str, ...]]:
    return {
        Channel.EMAIL: () if settings.email is None else ("smtp",),
        Channel.OTHER: () if settings.other is None else ("apprise",),
        Channel.WEBHOOK: () if settings.webhook is None else ("webhook",),
    }


def _email(settings: Settings, clock: Clock) -> SmtpMail:
    assert settings.email is not None
    sender = sender_of(settings.email.sender)
    assert sender is not None, "settings are checked when they are loaded"
    return SmtpMail(mail_server(settings.email.url.reveal()), sender, clock)


def _other(settings: Settings) -> AppriseOther:
    assert settings.other is not None
    return AppriseOther(targets(settings.other.targets.reveal()))


def _webhook(settings: Settings, clock: Clock) -> Webhooks:
    assert settings.webhook is not None
    key = signing_key(settings.webhook.secret.reveal())
    assert key is not None, "settings are checked when they are loaded"
    return Webhooks(key, [ip_network(network) for network in settings.webhook.private_networks], clock)
