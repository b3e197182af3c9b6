"""Web push of a node, made from its settings: the way out, and what its phones are told to subscribe with."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from tocsin.app.besides import WallClock
from tocsin.app.keys import derived
from tocsin.channels.push_seal import Seal
from tocsin.channels.push_web import WebPushes
from tocsin.core.access.push_commands import PushGone
from tocsin.core.access.push_record import Subscription
from tocsin.core.words import Channel
from tocsin.intake.pushes import PushService
from tocsin.runtime.push_proofs import WAY, PushProofs
from tocsin.runtime.routes import Ways
from tocsin.runtime.world import World
from tocsin.settings import Settings
from tocsin.wire.push import is_listed, place_of


def pushes_of(settings: Settings, world: World) -> Ways:
    """The way out, under the one name it has; nothing where pushes are off.  Called inside the running loop."""
    push = settings.push
    if push is None:
        return {}

    def find(id: str) -> Subscription | None:
        known = (world.kept(org, Subscription, id) for org in world.directories)
        return next((one for one in known if one is not None), None)

    networks = [ip_network(network) for network in push.private_networks]
    return {
        Channel.PUSH: {WAY: WebPushes(_seal(settings, push.subject), _secret(settings), push.hosts, networks, find)}
    }


def service_of(settings: Settings, proofs: PushProofs) -> PushService | None:
    """What the API of this node has of pushes; None where they are off."""
    push = settings.push
    if push is None:
        return None
    public, clear = _seal(settings, push.subject).public, bool(push.private_networks)
    return PushService(public, _secret(settings), push.hosts, clear, proofs.send)


def delisted(settings: Settings, world: World) -> Iterator[PushGone]:
    """Subscriptions at push services that the settings name no more: nothing of ours goes there any more."""
    push = settings.push
    if push is None:
        return  # Turned off for a while, perhaps: then no way of that kind is there for anybody.
    for org in world.directories:
        for one in world.all_kept(org, Subscription).values():
            place = place_of(one.endpoint)
            if one.open and (place is None or not is_listed(place, push.hosts)):
                yield PushGone(org=org, subscription=one.id)


def _seal(settings: Settings, subject: str) -> Seal:
    return Seal(derived(settings, "push/vapid"), subject, WallClock())


def _secret(settings: Settings) -> bytes:
    return derived(settings, "push/receipts")
