"""The server's line to the process that sends: what is asked, what is told, and what happens when it goes away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from rig import NUMBERS, ORG, SITE, Rig, pressing
from round_rig import DRILL, Bench

from tocsin.core import commands as c
from tocsin.core.limits import ROUND_VALID_MS
from tocsin.core.round_commands import ContactHeard, PracticeAnswer
from tocsin.core.tally import Tally
from tocsin.runtime.practising import Asked
from tocsin.runtime.rounds import frames as f
from tocsin.runtime.rounds.clerk import Clerk
from tocsin.runtime.rounds.front import ANSWER_MAX_S, PERSON_MAX_S, Away, Front, Refused
from tocsin.sim.clock import VirtualTimeLoop


class Wire:
    """Stands where the socket stands: what the server writes is heard by the clerk at once, and the other way about."""

    def __init__(self, front: Front, clerk: Clerk | None) -> None:
        self.front, self.clerk = front, clerk
        self.said: list[f.Order] = []

    def write(self, frame: bytes) -> None:
        order = f.ORDERS.decode(frame[f.LENGTH_BYTES :])
        self.said.append(order)
        if self.clerk is not None:
            self.clerk.hear(order)


class Pair:
    """A server's front and a desk, joined."""

    def __init__(self, rig: Rig, loop: VirtualTimeLoop) -> None:
        self.rig = rig
        self.front = Front(rig.bell)
        self.bench = Bench(loop)
        self.wire = Wire(self.front, None)

    async def join(self, *, deaf: bool = False) -> None:
        """The process comes up and says what it knows."""
        wire: Any = self.wire
        self.wire.clerk = None if deaf else Clerk(self.bench.desk, self.hear)
        self.front._writer = wire
        self.bench.desk._tell = self.hear
        self.bench.desk.resume()

    def hear(self, frame: f.Message) -> None:
        self.bench.told.append(frame)
        self.front._hear(f.MESSAGES.decode(f.framed(frame)[f.LENGTH_BYTES :]))

    async def leave(self) -> None:
        self.front._gone()

    @property
    def record(self) -> Any:
        return self.rig.bell.world.round(ORG, DRILL.id)


@pytest.fixture
def pair(rig: Rig, loop: VirtualTimeLoop) -> Pair:
    made: list[Pair] = []

    async def make() -> None:
        made.append(Pair(rig, loop))
        await made[0].join()

    loop.run_until_complete(make())
    return made[0]


async def test_a_round_is_in_the_record_before_anybody_is_told_and_its_end_after(pair: Pair) -> None:
    assert await pair.front.begin(DRILL) == c.Done()
    assert pair.record.open
    await pair.bench.pass_ms(500)
    for name in ("noor", "teo", "ines", "bo"):
        said = next(iter(pair.rig.bell.world.practice(ORG, NUMBERS[name]).values()))
        await pair.front.answer(said)
    await pair.bench.pass_ms(500)
    assert (pair.record.how, pair.record.answered) == ("ended", 4)
    assert (await pair.front.status(DRILL.id))["answered"] == 4
    pair.front.stop()


async def test_pause_and_news_go_there_and_a_refusal_comes_back(pair: Pair) -> None:
    await pair.front.begin(DRILL)
    await pair.front.hold(DRILL.id, "pause", "ines")
    with pytest.raises(Refused, match="cannot pause"):
        await pair.front.hold(DRILL.id, "pause", "ines")
    await pair.front.hold(DRILL.id, "resume", "ines")
    await pair.bench.pass_ms(500)
    id = pair.bench.phones.sent[0].reference.partition("/")[2]
    news = c.Report(org=ORG, delivery=id, alert=DRILL.id, moved=c.Moved.DELIVERED)
    await pair.front.news(news)
    for missing in (replace(news, delivery="none"), replace(news, alert="round-9")):
        with pytest.raises(Refused, match="no such round"):
            await pair.front.news(missing)
    with pytest.raises(Refused):
        await pair.front.answer(PracticeAnswer(DRILL.id, "teo", "9999"))
    with pytest.raises(Refused):
        await pair.front.status("round-9")
    await pair.front.hold(DRILL.id, "stop", "ines")
    pair.front.stop()


async def test_a_loud_alert_ends_the_drill_of_its_site_and_the_rung_hear_that_it_is_real(pair: Pair) -> None:
    await pair.front.begin(DRILL)
    await pair.bench.pass_ms(200)
    await pair.rig.press()
    await pair.bench.pass_ms(2_000)
    assert pair.record.how == "stopped"
    over = {message.to for message in pair.bench.phones.sent if message.text.startswith("DRILL OVER")}
    assert over == {NUMBERS["noor"]}, "all the others are rung for real"
    rung = [message for message in pair.rig.carrier.sent if message.to == NUMBERS["teo"]]
    assert rung[0].text.startswith("REAL ALERT")
    pair.front.stop()


async def test_whom_the_alert_rings_later_is_told_to_the_process_while_it_may_write_to_them(pair: Pair) -> None:
    await pair.front.begin(DRILL)
    await pair.bench.pass_ms(200)
    climb = c.Climb(org=ORG, alert=await pair.rig.raised(), member="teo")
    await pair.bench.pass_ms(2_000)
    assert pair.record.how == "stopped"

    def told() -> list[tuple[str, ...]]:
        return [order.rung for order in pair.wire.said if isinstance(order, f.RealAlert)]

    before = len(told())
    await pair.rig.bell.submit(climb)
    await pair.bench.pass_ms(100)
    assert len(told()) > before and {"teo", "ines", "wale"} <= set(told()[-1])
    await pair.bench.pass_ms(ROUND_VALID_MS)
    before = len(told())
    await pair.rig.bell.submit(climb)
    await pair.bench.pass_ms(100)
    assert len(told()) == before
    pair.front.stop()


async def test_of_a_silent_alert_the_drill_hears_nothing(pair: Pair) -> None:
    await pair.front.begin(DRILL)
    await pair.bench.pass_ms(200)
    await pair.rig.bell.submit(replace(pressing(), silent=True))
    await pair.bench.pass_ms(2_000)
    assert pair.record.open and not any(isinstance(order, f.RealAlert) for order in pair.wire.said)
    pair.front.stop()


async def test_no_round_is_begun_where_a_real_alert_is_open(pair: Pair) -> None:
    await pair.rig.press()
    assert await pair.front.begin(DRILL) == c.Declined(problem=c.Problem.REAL_ALERT_OPEN)
    assert not any(isinstance(order, f.Begin) for order in pair.wire.said)
    pair.front.stop()


async def test_an_alert_that_came_while_the_process_was_away_ends_the_drill_when_it_is_back(pair: Pair) -> None:
    await pair.front.begin(DRILL)
    await pair.bench.pass_ms(200)
    await pair.leave()
    await pair.rig.press()
    pair.bench.start()
    await pair.join()
    await pair.bench.pass_ms(500)
    assert pair.bench.status()["state"] == "stopped"
    pair.front.stop()


async def test_a_process_that_does_not_answer_is_said_to_be_away(rig: Rig, loop: VirtualTimeLoop) -> None:
    pair = Pair(rig, loop)
    asking = asyncio.ensure_future(pair.front.status("round-1"))
    await pair.bench.pass_ms(round(PERSON_MAX_S * 1_000) + 500)
    assert pair.front.wanted.is_set()
    with pytest.raises(Away):
        await asking
    await pair.join(deaf=True)
    asking = asyncio.ensure_future(pair.front.status("round-1"))
    await pair.bench.pass_ms(round(PERSON_MAX_S * 1_000) + 500)
    with pytest.raises(Away):
        await asking
    pair.front.stop()


async def test_whoever_leads_a_drill_waits_longer_than_a_carrier_and_holds_up_none(
    rig: Rig, loop: VirtualTimeLoop
) -> None:
    pair = Pair(rig, loop)
    await pair.join(deaf=True)
    leading = asyncio.ensure_future(pair.front.status("round-1"))
    await pair.bench.pass_ms(10)
    answering = asyncio.ensure_future(pair.front.answer(PracticeAnswer("round-1", "teo", "9999")))
    await pair.bench.pass_ms(round(ANSWER_MAX_S * 1_000) + 500)
    assert answering.done() and not leading.done()
    with pytest.raises(Away):
        await answering
    await pair.bench.pass_ms(round(PERSON_MAX_S * 1_000) + 500)
    assert leading.done()
    with pytest.raises(Away):
        await leading
    pair.front.stop()


async def test_a_round_that_could_not_be_handed_over_is_ended_in_the_record(rig: Rig, loop: VirtualTimeLoop) -> None:
    pair = Pair(rig, loop)
    await pair.join(deaf=True)
    beginning = asyncio.ensure_future(pair.front.begin(DRILL))
    await pair.bench.pass_ms(round(PERSON_MAX_S * 1_000) + 500)
    with pytest.raises(Away):
        await beginning
    await pair.bench.pass_ms(100)
    assert pair.record.how == "lost"
    pair.front.stop()


async def test_whoever_waits_when_the_process_dies_hears_so_and_nothing_of_it_is_believed(pair: Pair) -> None:
    pair.wire.clerk = None
    asking = asyncio.ensure_future(pair.front.status("round-1"))
    await pair.bench.pass_ms(10)
    pair.rig.bell.world.practising.asking(ORG, SITE, "round-1", [Asked("teo", NUMBERS["teo"], "9123")], drill=True)
    await pair.leave()
    with pytest.raises(Away):
        await asking
    assert not pair.front.there and not pair.rig.bell.world.practised(ORG, SITE)


async def test_a_round_that_nobody_knows_any_more_is_ended_in_the_record(pair: Pair) -> None:
    await pair.front.begin(DRILL)
    await pair.leave()
    pair.bench.paper.kept.clear()
    pair.bench.start()
    await pair.join()
    await pair.bench.pass_ms(100)
    assert pair.record.how == "lost"
    pair.hear(f.Finished(ORG, SITE, DRILL.id, "ended", Tally(recipients=4)))
    assert pair.record.how == "lost"
    pair.front.stop()


async def test_what_is_learned_of_contacts_reaches_the_record(pair: Pair) -> None:
    pair.hear(f.Heard(ORG, (ContactHeard("teo", "teo/sms", 5, 9),)))
    await pair.bench.pass_ms(100)
    contact = pair.rig.bell.world.directory(ORG).members["teo"].contacts[0]
    assert (contact.asked_ms, contact.answered_ms) == (5, 9)
    changed = sum(isinstance(order, f.Changed) for order in pair.wire.said)
    await pair.bench.pass_ms(1_000)
    assert sum(isinstance(order, f.Changed) for order in pair.wire.said) == changed + 1, "said once"
    pair.front.stop()


async def test_frames_are_read_whole_until_the_other_side_has_gone(loop: VirtualTimeLoop) -> None:
    reader, heard = asyncio.StreamReader(loop=loop), list[Any]()
    whole = f.framed(f.Calm()) + f.framed(f.Changed())
    hear: Callable[[Any], None] = heard.append
    reader.feed_data(whole + whole[:3])
    reader.feed_eof()
    await f.each(reader, f.ORDERS, hear)
    assert heard == [f.Calm(), f.Changed()]
