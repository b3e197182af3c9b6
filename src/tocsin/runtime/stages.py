"""What a message passes on its way out, one class a stage: still wanted? what does it say? send it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from tocsin import ports
from tocsin.core.access.announcement import Announcement
from tocsin.core.access.announcing import still_told
from tocsin.core.commands import Moved, Report
from tocsin.core.delivery import Delivery
from tocsin.core.escalation import barred
from tocsin.core.limits import SECOND_MS
from tocsin.core.message import announcement_of, text_of
from tocsin.core.walk_messages import still_told as told_of_walk
from tocsin.core.walk_messages import text_of_walk
from tocsin.core.words import Channel, DeliveryState, Purpose, Reason
from tocsin.runtime.routes import Result, Routes
from tocsin.runtime.world import World

SAID_AT_CLOSE = frozenset({Purpose.ALL_CLEAR, Purpose.DRILL_OVER, Purpose.REPLY})


class Parcel(Struct, frozen=True):
    """A message on its way; `text` once it is composed.  `remembered`: the vendor that this contact is reached by.

    `link`: to the page on which this person answers.
    """

    org: str
    delivery: Delivery
    text: str = ""
    language: str = "en"
    remembered: str | None = None
    link: str = ""


class Stage(Protocol):
    async def __call__(self, parcel: Parcel) -> Parcel | Report: ...


def _report(parcel: Parcel, moved: Moved, reason: Reason | None = None) -> Report:
    delivery = parcel.delivery
    org, id, alert, send = parcel.org, delivery.id, delivery.alert, delivery.attempts
    return Report(org=org, delivery=id, alert=alert, moved=moved, reason=reason, send=send)


class StillWanted:
    """Recipients are computed when a message is sent: the world may have changed since it was made."""

    def __init__(self, world: World, clock: ports.Clock) -> None:
        self._world, self._clock = world, clock

    async def __call__(self, parcel: Parcel) -> Parcel | Report:
        if parcel.delivery.purpose is Purpose.ANNOUNCEMENT:
            return self._announced(parcel)
        if parcel.delivery.purpose is Purpose.WALK:
            return self._of_walk(parcel)
        delivery, alert = parcel.delivery, self._world.alert(parcel.org, parcel.delivery.alert)
        assert alert is not None, "a message of no alert"
        if self._taken_back(parcel) or self._rung_for_real(parcel):
            return _report(parcel, Moved.WITHDRAWN, Reason.NEWER_MESSAGE)
        if delivery.purpose not in SAID_AT_CLOSE and not alert.open:
            return _report(parcel, Moved.WITHDRAWN, Reason.ALERT_CLOSED)
        if barred(self._world.directory(parcel.org), alert.member, delivery.member):
            return _report(parcel, Moved.WITHDRAWN, Reason.NO_LONGER_A_RECIPIENT)
        if delivery.valid_until_ms <= self._clock.now_ms():
            return _report(parcel, Moved.DUE)
        return self._usable(parcel)

    def _announced(self, parcel: Parcel) -> Parcel | Report:
        announcement = self._world.kept(parcel.org, Announcement, parcel.delivery.alert)
        if announcement is None or self._taken_back(parcel):
            return _report(parcel, Moved.WITHDRAWN, Reason.NEWER_MESSAGE)
        if not still_told(self._world.directory(parcel.org), announcement):
            return _report(parcel, Moved.WITHDRAWN, Reason.NO_LONGER_A_RECIPIENT)
        if parcel.delivery.valid_until_ms <= self._clock.now_ms():
            return _report(parcel, Moved.DUE)
        return self._usable(parcel)

    def _of_walk(self, parcel: Parcel) -> Parcel | Report:
        walk = self._world.walk(parcel.org, parcel.delivery.alert)
        if walk is None or self._taken_back(parcel):
            return _report(parcel, Moved.WITHDRAWN, Reason.NEWER_MESSAGE)
        alert = None if walk.alert is None else self._world.alert(parcel.org, walk.alert)
        if not told_of_walk(self._world.directory(parcel.org), walk, parcel.delivery, alert):
            return _report(parcel, Moved.WITHDRAWN, Reason.NO_LONGER_A_RECIPIENT)
        if parcel.delivery.valid_until_ms <= self._clock.now_ms():
            return _report(parcel, Moved.DUE)
        return self._usable(parcel)

    def _taken_back(self, parcel: Parcel) -> bool:
        """Was it answered, withdrawn or given up between being lined up and now?"""
        now = self._world.deliveries(parcel.org, parcel.delivery.alert).get(parcel.delivery.id)
        return now is None or now.state is not DeliveryState.QUEUED

    def _rung_for_real(self, parcel: Parcel) -> bool:
        """Whoever is in a real alert by now must not read that there is nothing more to do (I24)."""
        if parcel.delivery.purpose is not Purpose.DRILL_OVER:
            return False
        open_now = self._world.open_alerts(parcel.org)
        return any(not alert.drill and parcel.delivery.member in alert.people for alert in open_now)

    def _usable(self, parcel: Parcel) -> Parcel | Report:
        """The carrier's word about a number is kept for ever, so what is said of it here must be just as true."""
        member = self._world.directory(parcel.org).members[parcel.delivery.member]
        contact = next((known for known in member.contacts if known.id == parcel.delivery.contact), None)
        if contact is None or contact.to != parcel.delivery.to:
            return _report(parcel, Moved.REFUSED, Reason.NO_CONTACT)
        if contact.opted_out:
            return _report(parcel, Moved.REFUSED, Reason.OPTED_OUT)
        if contact.dead is not None:
            return _report(parcel, Moved.REFUSED, Reason(contact.dead))
        if not contact.verified:
            return _report(parcel, Moved.REFUSED, Reason.NO_CONTACT)
        return replace(parcel, language=member.language, remembered=contact.route)


LINKED = frozenset({Channel.SMS, Channel.PUSH})  # What somebody reads on the phone on which they then answer.
LinkOf = Callable[[str, str, str], str]  # Organisation, alert, member: the address of their page, or nothing.


def no_link(org: str, alert: str, member: str) -> str:
    """Of a node without pages."""
    return ""


class Compose:
    """The words, from what is known now.  `address`: where people find this Tocsin; `link_of`: where, this alert."""

    def __init__(self, world: World, clock: ports.Clock, address: str = "", link_of: LinkOf = no_link) -> None:
        self._world, self._clock, self._address, self._link_of = world, clock, address, link_of

    async def __call__(self, parcel: Parcel) -> Parcel | Report:
        if parcel.delivery.purpose is Purpose.ANNOUNCEMENT:
            directory = self._world.directory(parcel.org)
            return replace(parcel, text=announcement_of(parcel.delivery, directory, self._address))
        if parcel.delivery.purpose is Purpose.WALK:
            return replace(parcel, text=parcel.delivery.text or self._of_walk(parcel))
        alert = self._world.alert(parcel.org, parcel.delivery.alert)
        assert alert is not None
        directory, fixes = self._world.directory(parcel.org), self._world.fixes_of(alert.id)
        linked = parcel.delivery.channel in LINKED
        link = self._link_of(parcel.org, alert.id, parcel.delivery.member) if linked else ""
        text = parcel.delivery.text or text_of(parcel.delivery, alert, directory, fixes, self._clock.now_ms(), link)
        if not text:  # A link was to be sent, and there is none to this person any more.
            return _report(parcel, Moved.WITHDRAWN, Reason.NO_LONGER_A_RECIPIENT)
        return replace(parcel, text=text, link=link)

    def _of_walk(self, parcel: Parcel) -> str:
        walk, directory = self._world.walk(parcel.org, parcel.delivery.alert), self._world.directory(parcel.org)
        assert walk is not None
        return text_of_walk(parcel.delivery, walk, directory, self._address, self._clock.now_ms())


class Begun(Protocol):
    """Which sends have begun, as far as it outlives this process."""

    def mark(self, id: str, send: int) -> None: ...


class Mark:
    """The send begins: whoever starts after a kill shall know it, and count no send that never was."""

    def __init__(self, begun: Begun) -> None:
        self._begun = begun

    async def __call__(self, parcel: Parcel) -> Parcel | Report:
        self._begun.mark(parcel.delivery.id, parcel.delivery.attempts)
        return parcel


class Send:
    """One physical send by one vendor of this contact's channel.  The last stage: always a report.

    `counted` is told what became of each.
    """

    def __init__(
        self, routes: Routes, clock: ports.Clock, counted: Callable[[Channel, str, Result], None] | None = None
    ) -> None:
        self._routes, self._clock, self._counted = routes, clock, counted

    async def __call__(self, parcel: Parcel) -> Parcel | Report:
        route = self._routes.choose(parcel.delivery, parcel.remembered)
        if route is None:
            return _report(parcel, Moved.REFUSED, Reason.NO_CONTACT)
        result = await self._routes.send(route, self._message(parcel), parcel.delivery.channel)
        if self._counted is not None:
            self._counted(parcel.delivery.channel, route.name, result)
        return replace(_said(parcel, result), route=route.name)

    def _message(self, parcel: Parcel) -> ports.Message:
        delivery = parcel.delivery
        valid_s = max((delivery.valid_until_ms - self._clock.now_ms()) // SECOND_MS, 1)
        reference = f"{delivery.alert}/{delivery.id}"
        answerable, send = delivery.purpose is Purpose.RING, delivery.attempts
        said = ports.Message(reference, delivery.to, parcel.text, valid_s, parcel.language, answerable, send)
        return replace(said, purpose=delivery.purpose, drill=delivery.drill, link=parcel.link)


def _said(parcel: Parcel, result: ports.Accepted | ports.Refused | ports.Unknown) -> Report:
    match result:
        case ports.Accepted(provider_ref):
            return replace(_report(parcel, Moved.ACCEPTED), provider_ref=provider_ref)
        case ports.Refused(reason, _, retry_after_ms):
            return replace(_report(parcel, Moved.REFUSED, reason), retry_after_ms=retry_after_ms)
        case ports.Unknown():
            return _report(parcel, Moved.UNKNOWN)
