"""A call that reminds somebody of their walk: it is about no alert, asks for no key, and ends like any other."""

from __future__ import annotations

import pytest
from called import told
from msgspec.structs import replace

from outside import NUMBERS, ORG, PUBLIC_URL, Answer, Centre, centre
from tocsin.core import commands as c
from tocsin.core.access.record import SYSTEM
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Contact
from tocsin.core.limits import MINUTE_MS
from tocsin.core.walk_commands import LookWalk, StartWalk, WalkTaken
from tocsin.core.words import Channel, DeliveryState, Destination, Reason
from tocsin.wire.twilio_voice import CallAddresses

NOTHING_MORE = "<Response><Hangup/></Response>"


class Reminded:
    """Teo, who has a telephone and nothing else, is on a walk whose time is over; the carrier has taken the call."""

    def __init__(self) -> None:
        people = centre()
        teo = replace(people.members["teo"], contacts=(Contact("teo/voice", Channel.VOICE, NUMBERS["teo"], True),))
        self.centre = Centre(replace(people, members={**people.members, "teo": teo}))
        self.ring = self.centre.ring
        self.ring.world.routes = {Channel.VOICE: ("twilio",)}
        self.ring.world.channels = frozenset({Channel.VOICE})
        by = replace(SYSTEM, member="teo")
        start = StartWalk(
            org=ORG, credential="teo", key="1", member="teo", by=by, destination=Destination.CAR, minutes=10
        )
        taken = self.ring.decide(start)
        assert isinstance(taken, WalkTaken)
        self.walk = taken.walk
        self.ring.clock.ms += 10 * MINUTE_MS
        self.ring.decide(LookWalk(org=ORG, walk=self.walk))
        self.ring.decide(self._news(c.Moved.ACCEPTED))

    @property
    def delivery(self) -> Delivery:
        (delivery,) = self.ring.world.deliveries(ORG, self.walk).values()
        return delivery

    def _news(self, moved: c.Moved) -> c.Report:
        known = self.delivery
        return c.Report(
            org=ORG, delivery=known.id, alert=self.walk, moved=moved, provider_ref="CA1", route="twilio", send=1
        )

    async def asked(self, url: str, **form: str) -> Answer:
        return await self.centre.hook(url.removeprefix(PUBLIC_URL), {"CallSid": "CA1", **form})

    @property
    def addresses(self) -> CallAddresses:
        return CallAddresses(PUBLIC_URL, self.walk, self.delivery.id, 1)


def test_a_reminder_that_was_heard_to_its_end_was_delivered() -> None:
    story = Reminded()

    async def happens() -> None:
        answer = await story.asked(story.addresses.heard)
        assert answer.status == 200 and answer.body.decode().endswith(NOTHING_MORE)
        assert story.delivery.state is DeliveryState.DELIVERED

    told(happens)


@pytest.mark.parametrize("digits", ["1", "2", "3", "9"])
def test_a_key_on_a_reminder_answers_nothing(digits: str) -> None:
    story = Reminded()

    async def happens() -> None:
        answer = await story.asked(story.addresses.key(0), Digits=digits)
        assert answer.status == 200 and answer.body.decode().endswith(NOTHING_MORE)
        assert story.delivery.state is DeliveryState.HANDED_OVER

    told(happens)


def test_a_machine_that_picks_up_is_no_reminder() -> None:
    story = Reminded()

    async def happens() -> None:
        answer = await story.asked(story.addresses.heard, AnsweredBy="machine_start")
        assert answer.status == 200 and answer.body.decode().endswith(NOTHING_MORE)
        assert (story.delivery.state, story.delivery.reason) == (DeliveryState.FAILED, Reason.VOICEMAIL)

    told(happens)
