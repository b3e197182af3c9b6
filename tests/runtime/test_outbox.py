"""What was recorded goes out: in which order, through which stages, and what a restart makes of the rest."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace
from rig import NUMBERS, ORG, Rig

from tocsin.core import commands as c
from tocsin.core.delivery import Delivery
from tocsin.core.limits import SMS_VALID_MS
from tocsin.core.words import Answer, Channel, DeliveryState, Purpose, Reason
from tocsin.ports import Message, Unknown
from tocsin.runtime.outbox import BEGUN_AT_ONCE, DRILLS_IN_FLIGHT_MAX, IN_FLIGHT_MAX, STUCK_MAX, STUCK_MS, Outbox
from tocsin.runtime.routes import Routes
from tocsin.runtime.stages import Parcel, Stage, StillWanted
from tocsin.sim.clock import VirtualTimeLoop

S = DeliveryState


class Notes:
    """A last stage that writes down what comes, and lets it go when told."""

    def __init__(self) -> None:
        self.came: list[Delivery] = []
        self.gate = asyncio.Event()
        self.gates: list[asyncio.Event] = []

    async def __call__(self, parcel: Parcel) -> Parcel | c.Report:
        self.came.append(parcel.delivery)
        if not self.gate.is_set():
            self.gates.append(asyncio.Event())
            await self.gates[-1].wait()
        delivery = parcel.delivery
        return c.Report(org=ORG, delivery=delivery.id, alert=delivery.alert, moved=c.Moved.ACCEPTED)

    def open(self) -> None:
        self.gate.set()
        for gate in self.gates:
            gate.set()


def alert_id(at_ms: int) -> str:
    text = f"{at_ms:012x}"
    return f"{text[:8]}-{text[8:]}-7000-8000-000000000000"


def message(id: str, alert_ms: int, at_ms: int, purpose: Purpose = Purpose.RING, *, drill: bool = False) -> Delivery:
    return Delivery(
        id=id,
        alert=alert_id(alert_ms),
        member="teo",
        channel=Channel.SMS,
        contact="teo/sms",
        to=NUMBERS["teo"],
        purpose=purpose,
        ringing=1,
        drill=drill,
        created_at_ms=at_ms,
        valid_until_ms=at_ms + SMS_VALID_MS,
        due_at_ms=at_ms,
    )


def outbox(loop: VirtualTimeLoop, *stages: Stage) -> tuple[Outbox, list[c.Report]]:
    told: list[c.Report] = []
    box = Outbox(Rig(loop).clock, stages)
    box.connect(told.append, lambda alert: ORG)
    return box, told


async def crowded(loop: VirtualTimeLoop, notes: Notes) -> tuple[Outbox, list[c.Report]]:
    """Every place in the air is taken."""
    box, told = outbox(loop, notes)
    for number in range(IN_FLIGHT_MAX):
        box.take(message(f"first-{number}", 1, loop.now_ms))
    await loop.pause(0.001)
    notes.came.clear()
    return box, told


async def test_the_first_messages_of_many_do_not_wait_for_the_last(loop: VirtualTimeLoop) -> None:
    notes, came_in_first_turn = Notes(), list[int]()
    box, _ = outbox(loop, notes)
    for number in range(5 * BEGUN_AT_ONCE):
        box.take(message(f"one-{number}", 1, loop.now_ms))
    loop.call_soon(lambda: loop.call_soon(lambda: came_in_first_turn.append(len(notes.came))))
    await loop.pause(0.001)
    assert 0 < came_in_first_turn[0] <= 2 * BEGUN_AT_ONCE
    assert len(notes.came) == 5 * BEGUN_AT_ONCE
    notes.open()
    await box.stop()


async def test_the_newest_live_alert_goes_first_and_drills_last(loop: VirtualTimeLoop) -> None:
    notes, now_ms = Notes(), loop.now_ms
    box, _ = await crowded(loop, notes)
    box.take(message("drill", 9, now_ms, drill=True))
    box.take(message("drill-over", 9, now_ms, Purpose.DRILL_OVER))
    box.take(message("all-clear", 9, now_ms, Purpose.ALL_CLEAR))
    box.take(message("old", 2, now_ms))
    box.take(message("closing", 9, now_ms, Purpose.CLOSING))
    box.take(message("new", 3, now_ms))
    box.take(message("real-alert", 3, now_ms + 0, Purpose.REAL_ALERT))
    await loop.pause(0)
    assert notes.came == [] and box.oldest_ms == now_ms and len(box) == IN_FLIGHT_MAX + 7
    for gate in notes.gates[:7]:  # One place after the other becomes free.
        gate.set()
        await loop.pause(0.001)
    went = [delivery.id for delivery in notes.came]
    assert set(went[:2]) == {"new", "real-alert"}
    assert went[2:] == ["old", "closing", "all-clear", "drill-over", "drill"]
    notes.open()
    await box.stop()


async def test_a_drill_never_takes_the_places_of_a_live_alert(loop: VirtualTimeLoop) -> None:
    notes = Notes()
    box, _ = outbox(loop, notes)
    for number in range(DRILLS_IN_FLIGHT_MAX + 30):
        box.take(message(f"drill-{number}", 1, loop.now_ms, drill=True))
    await loop.pause(0.001)
    assert len(notes.came) == DRILLS_IN_FLIGHT_MAX
    box.take(message("live", 2, loop.now_ms))
    await loop.pause(0.001)
    assert notes.came[-1].id == "live"
    notes.open()
    await loop.pause(0.1)
    assert len(notes.came) == DRILLS_IN_FLIGHT_MAX + 31
    await box.stop()


async def test_what_is_taken_back_while_it_waits_does_not_go(loop: VirtualTimeLoop) -> None:
    notes = Notes()
    box, _ = await crowded(loop, notes)
    waiting = message("waiting", 1, loop.now_ms)
    box.take(waiting)
    box.take(replace(waiting, state=S.SUPERSEDED, due_at_ms=None))
    assert box.oldest_ms is None
    notes.open()
    await loop.pause(0.1)
    assert notes.came == []
    await box.stop()


async def test_a_message_waits_until_it_is_due(loop: VirtualTimeLoop) -> None:
    notes = Notes()
    box, _ = outbox(loop, notes)
    box.take(message("later", 1, loop.now_ms + 5_000))
    await loop.pause(4.999)
    assert notes.came == [] and box.oldest_ms is None
    await loop.pause(0.002)
    assert len(notes.came) == 1
    notes.open()
    await box.stop()


async def test_nothing_new_begins_after_a_stop_and_what_flies_ends(loop: VirtualTimeLoop) -> None:
    notes = Notes()
    box, told = outbox(loop, notes)
    box.take(message("one", 1, loop.now_ms))
    await loop.pause(0)
    stopping = asyncio.ensure_future(box.stop())
    await loop.pause(0)
    box.take(message("two", 1, loop.now_ms))
    await loop.pause(1)
    assert not stopping.done()
    notes.open()
    await stopping
    assert [report.delivery for report in told] == ["one"]


async def test_an_outbox_that_nobody_connected_says_so(loop: VirtualTimeLoop) -> None:
    box = Outbox(Rig(loop).clock, [])
    report = c.Report(org=ORG, delivery="d", alert="a", moved=c.Moved.DUE)
    for part in (box._tell, box._org_of):
        with pytest.raises(AssertionError, match="not connected"):
            part(report)  # type: ignore[arg-type]  # neither looks at it


async def test_stages_of_which_none_is_the_last_leave_nobody_knowing(loop: VirtualTimeLoop) -> None:
    async def passes(parcel: Parcel) -> Parcel | c.Report:
        return parcel

    box, told = outbox(loop, passes)
    box.take(message("one", 1, loop.now_ms))
    await loop.pause(0)
    assert [report.moved for report in told] == [c.Moved.UNKNOWN]
    await box.stop()


async def test_a_report_of_an_alert_that_nobody_knows_is_dropped(loop: VirtualTimeLoop) -> None:
    notes = Notes()
    notes.open()
    box, told = outbox(loop, notes)
    box.connect(told.append, lambda alert: None)
    box.take(message("one", 1, loop.now_ms))
    await loop.pause(0)
    assert told == [] and notes.came
    await box.stop()


# Stages ----------------------------------------------------------------------------------------------------------


async def at_the_last_moment(rig: Rig, *commands: c.Command) -> dict[str, Delivery]:
    """What becomes of the messages of a press when these commands are stored in the same batch as it."""
    alert = await rig.raised()
    rig.carrier.took()
    asked = [rig.press("2"), *(rig.bell.submit(replace(each, alert=alert)) for each in commands)]
    await asyncio.gather(*asked)
    await rig.settle()
    return rig.deliveries(alert)


async def test_who_answered_meanwhile_is_not_rung(rig: Rig) -> None:
    await at_the_last_moment(rig, c.Say(org=ORG, alert="", member="teo", answer=Answer.COMING))
    assert "teo" not in rig.carrier.took()


async def test_nobody_is_rung_for_an_alert_that_was_closed_meanwhile(rig: Rig) -> None:
    safe = c.Safe(org=ORG, alert="", member="noor", device="noor-phone", match=c.PinMatch.REAL)
    await at_the_last_moment(rig, safe)
    assert not [sent for sent in rig.carrier.sent if "SOS" in sent.text]


class World:
    """The rig's world, and one message just before it goes."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.stage = rig, StillWanted(rig.world, rig.clock)
        self.alert = ""

    async def begin(self) -> None:
        self.rig.carrier.hold = True
        self.alert = await self.rig.raised()

    async def verdict(self, **changes: object) -> c.Report | None:
        """Of the message to Teo; None: it may go."""
        delivery = next(d for d in self.rig.world.deliveries(ORG, self.alert).values() if d.member == "teo")
        passed = await self.stage(Parcel(ORG, replace(delivery, **changes)))
        return passed if isinstance(passed, c.Report) else None

    def contact(self, **changes: object) -> None:
        now = self.rig.world.directory(ORG)
        teo = now.members["teo"]
        contacts = tuple(replace(contact, **changes) for contact in teo.contacts)
        self.rig.world.directories[ORG] = replace(now, members={**now.members, "teo": replace(teo, contacts=contacts)})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"opted_out": True}, Reason.OPTED_OUT),
        ({"dead": "number_dead"}, Reason.NUMBER_DEAD),
        ({"verified": False}, Reason.NO_CONTACT),
        ({"to": "+12025550199"}, Reason.NO_CONTACT),
        ({"id": "another"}, Reason.NO_CONTACT),
    ],
)
async def test_a_contact_that_changed_meanwhile_is_refused_for_what_it_is(
    rig: Rig, changes: dict[str, object], reason: Reason
) -> None:
    world = World(rig)
    await world.begin()
    assert await world.verdict() is None
    world.contact(**changes)
    report = await world.verdict()
    assert report is not None and (report.moved, report.reason) == (c.Moved.REFUSED, reason)
    rig.carrier.release()


async def test_a_message_whose_validity_has_ended_is_due_and_not_sent(rig: Rig) -> None:
    world = World(rig)
    await world.begin()
    report = await world.verdict(valid_until_ms=rig.clock.now_ms())
    assert report is not None and report.moved is c.Moved.DUE
    rig.carrier.release()


@pytest.mark.parametrize("purpose", [Purpose.RING, Purpose.CLOSING])
async def test_after_the_close_only_what_is_said_at_the_close_goes(rig: Rig, purpose: Purpose) -> None:
    world = World(rig)
    await world.begin()
    closed = replace(rig.alert(world.alert), closed_ms=rig.clock.now_ms())
    rig.world.alerts[world.alert] = closed
    report = await world.verdict(purpose=purpose)
    assert report is not None and (report.moved, report.reason) == (c.Moved.WITHDRAWN, Reason.ALERT_CLOSED)
    assert await world.verdict(purpose=Purpose.ALL_CLEAR) is None
    rig.carrier.release()


async def test_who_is_rung_for_real_meanwhile_does_not_read_that_there_is_nothing_more_to_do(rig: Rig) -> None:
    """I24: *DRILL OVER* goes behind all else; a call for help may overtake it."""
    world = World(rig)
    await world.begin()
    report = await world.verdict(purpose=Purpose.DRILL_OVER)
    assert report is not None and (report.moved, report.reason) == (c.Moved.WITHDRAWN, Reason.NEWER_MESSAGE)
    rig.world.open.clear()
    rig.world._by_key.clear()
    assert await world.verdict(purpose=Purpose.DRILL_OVER) is None
    rig.carrier.release()


async def test_who_was_suspended_meanwhile_is_told_nothing(rig: Rig) -> None:
    world = World(rig)
    await world.begin()
    now = rig.world.directory(ORG)
    rig.world.directories[ORG] = replace(
        now, members={**now.members, "teo": replace(now.members["teo"], suspended=True)}
    )
    report = await world.verdict(purpose=Purpose.ALL_CLEAR)
    assert report is not None and report.reason is Reason.NO_LONGER_A_RECIPIENT
    rig.carrier.release()


async def test_the_channel_gets_a_stable_reference_the_text_and_what_is_left_of_its_validity(rig: Rig) -> None:
    alert = await rig.raised()
    sent: Message = rig.carrier.sent[0]
    row = next(d for d in rig.world.deliveries(ORG, alert).values() if d.to == sent.to)
    assert sent.reference == f"{alert}/{row.id}" and sent.valid_s == SMS_VALID_MS // 1_000
    assert "SOS" in sent.text and len(sent.text) <= 160


async def test_a_channel_that_is_not_set_up_is_no_contact(rig: Rig) -> None:
    from tocsin.runtime.stages import Send

    report = await Send(Routes({}), rig.clock)(Parcel(ORG, message("one", 1, rig.clock.now_ms()), "text"))
    assert isinstance(report, c.Report) and (report.moved, report.reason) == (c.Moved.REFUSED, Reason.NO_CONTACT)


async def test_sends_that_hang_hold_no_place_that_others_need(loop: VirtualTimeLoop) -> None:
    notes = Notes()
    box, _ = await crowded(loop, notes)
    box.take(message("waiting", 2, loop.now_ms))
    await loop.pause(STUCK_MS / 1_000 - 0.01)
    assert notes.came == []
    await loop.pause(0.02)
    assert [delivery.id for delivery in notes.came] == ["waiting"], "before any of those has timed out"
    notes.open()
    await box.stop()


async def test_there_is_an_end_to_sends_that_hang(loop: VirtualTimeLoop) -> None:
    notes = Notes()
    box, _ = outbox(loop, notes)
    for number in range(IN_FLIGHT_MAX + STUCK_MAX + 10):
        box.take(message(f"m-{number}", 1, loop.now_ms))
    await loop.pause(10 * STUCK_MS / 1_000)
    assert len(notes.came) == IN_FLIGHT_MAX + STUCK_MAX
    notes.open()
    await loop.pause(0.1)
    assert len(notes.came) == IN_FLIGHT_MAX + STUCK_MAX + 10
    await box.stop()


async def test_a_reply_that_comes_after_its_send_was_given_up_burns_no_further_send(rig: Rig) -> None:
    """A callback says *blocked* before the request has ended; the request then ends in doubt."""
    rig.carrier.hold = True
    alert = await rig.raised()
    teo = rig.deliveries(alert)["teo"]
    rig.world.routes = {Channel.SMS: ("twilio", "vonage")}
    blocked = c.Report(org=ORG, delivery=teo.id, alert=alert, moved=c.Moved.UNDELIVERED, reason=Reason.FILTERED)
    await rig.bell.submit(replace(blocked, provider_ref="SM-early", route="twilio", send=1))
    rig.carrier.results[NUMBERS["teo"]] = Unknown("time-out")
    rig.carrier.release()
    await rig.settle(0.05)
    sends = [sent.send for sent in rig.carrier.sent if sent.to == NUMBERS["teo"]]
    assert sends[:2] == [1, 2], "the second send is the one the callback asked for"
