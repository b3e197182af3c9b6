"""An alert that rings telephones, and the carrier's side of each call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from msgspec.structs import replace

from outside import NUMBERS, ORG, PUBLIC_URL, SECRET, Answer, Centre, centre
from tocsin.core import commands as c
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Contact
from tocsin.core.words import Answer as Said
from tocsin.core.words import Came, Channel, Purpose
from tocsin.wire.twilio_voice import CallAddresses

STATUS = "/hooks/twilio/status"


class Story:
    """An alert of Noor's that has rung Teo's and Rafi's telephones; nobody has picked up yet."""

    def __init__(self, *, drill: bool = False, language: str = "en") -> None:
        people = centre()
        by_phone = {
            id: replace(m, language=language, contacts=(Contact(f"{id}/voice", Channel.VOICE, NUMBERS[id], True),))
            for id, m in people.members.items()
        }
        self.centre = Centre(replace(people, members=by_phone))
        self.ring = self.centre.ring
        self.ring.world.routes = {Channel.VOICE: ("twilio",)}
        self.ring.world.channels = frozenset({Channel.VOICE})
        press = c.Press(
            org=ORG, credential="noor", key="1", member="noor", device="noor-phone", came=Came.DEVICE, drill=drill
        )
        taken = self.ring.decide(press)
        assert isinstance(taken, c.PressTaken)
        self.alert = taken.alert
        self.stored = len(self.ring.commands)

    def delivery(self, who: str = "teo", purpose: Purpose = Purpose.RING) -> Delivery:
        return [d for d in self.deliveries() if d.member == who and d.purpose is purpose][-1]

    def deliveries(self) -> list[Delivery]:
        return [d for _, d in sorted(self.ring.world.deliveries(ORG, self.alert).items())]

    def accepted(self, who: str = "teo", call: str = "CA1") -> Delivery:
        """The carrier took the request and calls it so."""
        delivery = self.delivery(who)
        self.ring.decide(
            c.Report(
                org=ORG,
                delivery=delivery.id,
                alert=self.alert,
                moved=c.Moved.ACCEPTED,
                provider_ref=call,
                route="twilio",
            )
        )
        return self.delivery(who)

    def addresses(self, delivery: Delivery, send: int | None = None) -> CallAddresses:
        """Those of the newest send, or of this one."""
        return CallAddresses(PUBLIC_URL, self.alert, delivery.id, send or delivery.attempts)

    async def post(self, url: str, form: Mapping[str, str], secret: str = SECRET) -> Answer:
        return await self.centre.hook(url.removeprefix(PUBLIC_URL), form, secret)

    async def key(self, digits: str, *, who: str = "teo", call: str = "CA1", step: int = 0, send: int = 1) -> str:
        answer = await self.post(
            self.addresses(self.delivery(who), send).key(step), {"CallSid": call, "Digits": digits}
        )
        assert answer.status == 200, answer.body
        return answer.body.decode()

    async def heard(self, *, who: str = "teo", call: str = "CA1", **more: str) -> str:
        answer = await self.post(self.addresses(self.delivery(who)).heard, {"CallSid": call, **more})
        assert answer.status == 200, answer.body
        return answer.body.decode()

    async def status(
        self, status: str, *, who: str = "teo", call: str = "CA1", send: int | None = None, **more: str
    ) -> Answer:
        form = {"CallSid": call, "CallStatus": status, **more}
        return await self.post(self.addresses(self.delivery(who), send).status, form)

    def answer(self, who: str = "teo") -> tuple[Said | None, bool]:
        person = self.centre.alert(self.alert).people[who]
        return person.answer, person.counts

    def close(self) -> None:
        safe = c.Safe(org=ORG, alert=self.alert, member="noor", device="noor-phone", match=c.PinMatch.REAL)
        assert isinstance(self.ring.decide(safe), c.Done)


def told(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]
