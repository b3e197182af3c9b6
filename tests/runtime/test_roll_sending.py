"""The messages of a roll call on the real bell, with the process that sends beside it, which may die at any moment."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from rig import NUMBERS, ORG, SITE, Rig, pressing
from test_rounds_line import Pair

from tocsin import ports
from tocsin.core import commands as c
from tocsin.core.access.record import SYSTEM
from tocsin.core.access.roll_commands import CallRoll, CloseRoll
from tocsin.core.access.roll_record import RollCall, RollSaid, RollUnreached
from tocsin.core.commands import Moved
from tocsin.core.limits import ROLL_CALL_REMIND_MS, ROLL_CALL_REMINDERS
from tocsin.core.words import Reason
from tocsin.intake.roll_sending import RollSending
from tocsin.runtime.rounds import frames as f
from tocsin.runtime.rounds.front import PERSON_MAX_S
from tocsin.sim.clock import VirtualTimeLoop

LOOK_MS = 3_000


class Called(Pair):
    """A pair with a roll call of the site, and what sends its waves."""

    def __init__(self, rig: Rig, loop: VirtualTimeLoop) -> None:
        super().__init__(rig, loop)
        self.sends = RollSending(self.front, rig.bell.world, rig.bell.clock, rig.chance)

    async def call(self) -> None:
        assert await self.rig.bell.submit(CallRoll(org=ORG, by=SYSTEM, site=SITE)) == c.Done()
        self.sends.start()

    @property
    def roll(self) -> RollCall:
        (known,) = self.rig.bell.world.all_kept(ORG, RollCall).values()
        return known

    def told(self) -> list[str]:
        """To whom texts went, once for each."""
        names = {number: name for name, number in NUMBERS.items()}
        return sorted(names[message.to] for message in self.bench.phones.sent)

    def unreached(self) -> dict[str, Reason]:
        """Whom the record has as not reached by what was sent, and why."""
        lines = self.rig.bell.world.all_kept(ORG, RollUnreached).values()
        return {line.member: line.reason for line in sorted(lines, key=lambda line: line.member)}

    def mute(self) -> None:
        """The server hears no more of what becomes of messages."""
        self.bench.desk._tell = lambda frame: None if isinstance(frame, f.HeardRoll) else self.hear(frame)

    async def text(self, name: str) -> None:
        """Their newest number comes back."""
        numbers = list(self.rig.bell.world.practice(ORG, NUMBERS[name]))
        text = c.TextIn(org=ORG, vendor="twilio", message=f"SM-{name}", sender=NUMBERS[name], text=numbers[-1])
        done = await self.rig.bell.submit(text)
        assert isinstance(done, c.Done) and done.practice is not None
        await self.front.answer(done.practice)

    async def over(self) -> None:
        self.sends.stop()
        self.front.stop()


@pytest.fixture
def called(rig: Rig, loop: VirtualTimeLoop) -> Called:
    made: list[Called] = []

    async def make() -> None:
        made.append(Called(rig, loop))

    loop.run_until_complete(make())
    return made[0]


async def test_everybody_is_asked_and_whoever_has_not_answered_again_until_it_is_closed(called: Called) -> None:
    await called.join()
    await called.call()
    await called.bench.pass_ms(LOOK_MS)
    asked = called.told()
    assert asked == sorted(called.roll.asked)
    assert all(message.text.startswith("Roll call") for message in called.bench.phones.sent)
    assert not any(message.drill for message in called.bench.phones.sent)
    await called.text("teo")
    assert [line.word.member for line in called.rig.bell.world.all_kept(ORG, RollSaid).values()] == ["teo"]
    called.bench.phones.sent.clear()
    await called.bench.pass_ms(ROLL_CALL_REMIND_MS)
    assert called.told() == [name for name in asked if name != "teo"], "and nobody a second time in one wave"
    called.bench.phones.sent.clear()
    await called.rig.bell.submit(CloseRoll(org=ORG, by=SYSTEM, roll=called.roll.id))
    await called.bench.pass_ms(ROLL_CALL_REMINDERS * ROLL_CALL_REMIND_MS)
    assert called.told() == []
    assert not any(known.open for known in called.rig.bell.world.rounds.values()), "what waits for answers is ended"
    await called.over()


async def test_a_real_alert_meanwhile_neither_ends_it_nor_is_held_by_it(called: Called) -> None:
    await called.join()
    await called.call()
    await called.bench.pass_ms(LOOK_MS)
    first = called.told()
    await called.rig.bell.submit(replace(pressing(), silent=False))
    await called.bench.pass_ms(ROLL_CALL_REMIND_MS)
    assert called.roll.running and called.roll.waves == 2
    again = [name for name in called.told() if called.told().count(name) == 2]
    assert set(again) == {*first} - {pressing().member}, "whoever called for help is asked no more"
    await called.over()


async def test_a_process_that_dies_before_it_has_the_wave_loses_nothing(called: Called) -> None:
    await called.join(deaf=True)
    await called.call()
    await called.bench.pass_ms(LOOK_MS)
    assert called.roll.sent == 1 and called.told() == []
    await called.leave()
    await called.bench.pass_ms(LOOK_MS)
    called.bench.start()
    await called.join()
    await called.bench.pass_ms(round(PERSON_MAX_S * 1_000) + LOOK_MS)
    assert called.roll.sent == 1 and called.told() == sorted(called.roll.asked)
    await called.over()


async def test_where_everybody_has_answered_nothing_is_sent(called: Called) -> None:
    await called.join()
    await called.call()
    await called.bench.pass_ms(LOOK_MS)
    for name in called.roll.asked:
        await called.text(name)
    called.bench.phones.sent.clear()
    await called.bench.pass_ms(ROLL_CALL_REMIND_MS + LOOK_MS)
    assert called.told() == [] and called.roll.waves == 2
    await called.over()


async def test_a_text_that_no_vendor_brings_makes_somebody_unreached_until_the_next_one_arrives(called: Called) -> None:
    await called.join()
    called.bench.phones.results[NUMBERS["teo"]] = ports.Refused(Reason.PHONE_OFF)
    await called.call()
    await called.bench.pass_ms(LOOK_MS)
    assert called.unreached() == {"teo": Reason.PHONE_OFF}
    (noor,) = called.bench.phones.to("noor")
    assert called.bench.news(noor, Moved.UNDELIVERED, Reason.FILTERED)
    await called.bench.pass_ms(LOOK_MS)
    assert called.unreached() == {"noor": Reason.FILTERED, "teo": Reason.PHONE_OFF}
    called.bench.phones.results.clear()
    await called.bench.pass_ms(ROLL_CALL_REMIND_MS)
    assert called.unreached() == {}, "a carrier took the next one"
    await called.over()


async def test_a_process_that_dies_tells_again_what_became_of_its_messages(called: Called) -> None:
    await called.join()
    called.bench.phones.results[NUMBERS["teo"]] = ports.Refused(Reason.PHONE_OFF)
    called.mute()
    await called.call()
    await called.bench.pass_ms(LOOK_MS)
    assert called.unreached() == {}, "it knew, and nobody heard it"
    await called.leave()
    called.bench.start()
    await called.join()
    await called.bench.pass_ms(LOOK_MS)
    assert called.unreached() == {"teo": Reason.PHONE_OFF}
    await called.over()
