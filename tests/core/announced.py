"""An office in which things are done that are announced, and what became of the messages."""

from __future__ import annotations

from msgspec.structs import replace
from second_person import peopled
from ward import HOUR, ORG, Ward

from tocsin.core import commands as c
from tocsin.core.access import commands as a
from tocsin.core.access.record import OPERATOR
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Contact
from tocsin.core.words import Channel, DeliveryState, Purpose, Reason
from tocsin.runtime import ledger


def office() -> Ward:
    """An office that has been at work: everybody who signs in has signed in, and may vouch."""
    ward = peopled()
    ward.guarded()
    ward.wait(2 * 24 * HOUR)
    for name in ("ada", "teo", "ines", "wale"):
        ward.session(name)
    return ward


def messages(ward: Ward) -> list[Delivery]:
    rows = [row for (org, _), row in sorted(ward.store.content.deliveries.items()) if org == ORG]
    return [d for d in map(ledger.read_delivery, rows) if d.purpose is Purpose.ANNOUNCEMENT]


def told(ward: Ward) -> list[str]:
    """To whom messages were made."""
    return sorted(message.member for message in messages(ward))


def hear(ward: Ward, message: Delivery, moved: c.Moved, reason: Reason | None = None, **more: object) -> c.Reply:
    ref = f"SM{message.id}" if moved in (c.Moved.ACCEPTED, c.Moved.DELIVERED, c.Moved.UNDELIVERED) else None
    news = c.Report(
        org=ORG, delivery=message.id, alert=message.alert, moved=moved, reason=reason, provider_ref=ref, send=1
    )
    return ward.do(replace(news, **more))


def all_taken(ward: Ward) -> None:
    for message in messages(ward):
        if message.state is DeliveryState.QUEUED:
            hear(ward, message, c.Moved.ACCEPTED)


def suspend(ward: Ward, name: str, by: str = "ada") -> None:
    assert ward.do(a.Suspend(org=ORG, by=ward.session(by), member=name)) == c.Done()


def reached_by(ward: Ward, *channels: Channel) -> None:
    """These channels are set up."""
    ward.world.routes, ward.world.channels = {one: ("vendor",) for one in channels}, frozenset(channels)


def mail(name: str) -> Contact:
    return Contact(f"{name}/mail", Channel.EMAIL, f"{name}@alder.example.org", verified=True)


def one(ward: Ward) -> Delivery:
    ward.do(c.Enrol(org=ORG, by=OPERATOR, member="bo", device="new", token_hash="new"))
    (message,) = messages(ward)
    return message
