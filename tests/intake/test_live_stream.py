"""The live stream: every change a reader may see, in order, and not a byte because of one they may not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from msgspec.structs import replace

from outside import DURESS_PIN, ORG, PIN, Centre, Stream, listen, turns
from tocsin.core import commands as c
from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.intake.live import BEAT

Story = Callable[[Centre], Coroutine[Any, Any, None]]


def tell(story: Story) -> None:
    asyncio.run(story(Centre()))


async def raised(centre: Centre, who: str = "noor") -> str:
    id = (await centre.press(who)).json["id"]
    await turns()
    assert isinstance(id, str)
    return id


def names(events: list[tuple[str, Any]]) -> list[str]:
    return [name for name, _ in events]


async def ended(stream: Stream) -> None:
    await asyncio.wait_for(stream.finished, 60)


def test_a_stream_says_hello_then_what_is_open_then_each_change_in_order() -> None:
    async def story(centre: Centre) -> None:
        alert = await raised(centre)
        stream = await listen(centre, "teo")
        (hello, (_, first)) = stream.taken()
        assert stream.status == 200 and hello[0] == "hello" and hello[1]["server_now"]
        assert (first["id"], first["state"]) == (alert, "climbing")
        for answer in ("seen", "coming", "with_them"):
            await centre.act("rafi", alert, "answers", {"answer": answer})
            await turns()
        told = [data["answers"][0]["answer"] for _, data in stream.taken()]
        assert told == ["seen", "coming", "with_them"]
        await stream.hang_up()

    tell(story)


def test_a_reader_hears_nothing_of_what_they_may_not_see() -> None:
    async def story(centre: Centre) -> None:
        stream = await listen(centre, "omar")
        alert = await raised(centre)
        await centre.act("rafi", alert, "answers", {"answer": "coming"})
        await turns()
        assert names(stream.taken()) == ["hello"]
        await stream.hang_up()

    tell(story)


def test_a_shadow_stays_silent_whatever_the_responders_do() -> None:
    async def story(centre: Centre) -> None:
        alert = await raised(centre)
        stream = await listen(centre, "noor")
        await centre.act("noor", alert, "safe", {"pin": DURESS_PIN})
        await turns()
        assert stream.taken()[-1][1]["state"] == "closed"
        for who, act, body in (
            ("rafi", "answers", {"answer": "with_them"}), ("teo", "notes", {"text": "at the gate"}),
            ("teo", "close", {"outcome": "police"}), ("rafi", "close/confirm", None),
        ):  # fmt: skip
            assert (await centre.act(who, alert, act, body)).status == 200
            await turns()
        centre.wait(61)
        await turns()
        assert not centre.alert(alert).open and stream.taken() == []
        await stream.hang_up()

    tell(story)


@pytest.mark.parametrize("pin", [PIN, DURESS_PIN])
def test_a_line_opened_after_either_pin_hears_of_nothing(pin: str) -> None:
    async def story(centre: Centre) -> None:
        alert = await raised(centre)
        await centre.act("noor", alert, "safe", {"pin": pin})
        stream = await listen(centre, "noor")
        await centre.act("teo", alert, "notes", {"text": "at the gate"})
        await turns()
        assert names(stream.taken()) == ["hello"]
        await stream.hang_up()

    tell(story)


def test_who_comes_back_hears_what_closed_meanwhile() -> None:
    async def story(centre: Centre) -> None:
        alert = await raised(centre)
        stream = await listen(centre, "teo")
        last = stream.last_id
        await stream.hang_up()
        centre.wait(1)
        await centre.act("noor", alert, "safe", {"pin": PIN})
        again = await listen(centre, "teo", last)
        assert [(name, data.get("state")) for name, data in again.taken()] == [("hello", None), ("alert", "closed")]
        for odd in ("x", "9" * 40, "\xff", "-1"):
            stream = await listen(centre, "teo", odd)
            assert names(stream.taken()) == ["hello"]
            await stream.hang_up()
        await again.hang_up()

    tell(story)


def test_a_slow_reader_gets_the_latest_state_and_costs_no_queue() -> None:
    async def story(centre: Centre) -> None:
        alert = await raised(centre)
        stream = await listen(centre, "teo")
        stream.taken()
        for number in range(50):
            centre.ring.decide(c.AddNote(org=ORG, alert=alert, member="rafi", text=f"note {number}"))
        await turns()
        ((_, data),) = stream.taken()
        assert len(data["notes"]) == 50
        await stream.hang_up()

    tell(story)


@pytest.mark.slow
def test_a_beat_comes_every_second() -> None:
    async def story(centre: Centre) -> None:
        stream = await listen(centre, "teo")
        await asyncio.wait_for(stream.heard(BEAT), 60)
        await stream.hang_up()

    tell(story)


@pytest.mark.parametrize("end", ["leaving", "revoked", "suspended"])
@pytest.mark.slow
def test_a_stream_ends_when_the_server_leaves_or_its_reader_may_read_no_more(end: str) -> None:
    async def story(centre: Centre) -> None:
        stream = await listen(centre, "teo")
        if end == "leaving":
            centre.leaving.set()
            await turns()
            assert stream.ended, "at once"
        elif end == "revoked":
            centre.ring.decide(c.Revoke(org=ORG, by=OPERATOR, device="teo-phone"))
        else:
            centre.ring.decide(Suspend(org=ORG, member="teo", by=OPERATOR))
        await raised(centre)
        await ended(stream)
        assert names(stream.taken()) == ["hello"]

    tell(story)


def test_whoever_is_tied_in_mid_alert_is_told_that_it_is_gone_and_nothing_more() -> None:
    async def story(centre: Centre) -> None:
        alert = await raised(centre, "rafi")
        stream = await listen(centre, "noor")
        assert names(stream.taken()) == ["hello", "alert"]
        directory = centre.ring.world.directory(ORG)
        tied = replace(directory.members["noor"], not_told_about=("rafi",))
        centre.ring.world.directories[ORG] = replace(directory, members={**directory.members, "noor": tied})
        for who in ("teo", "teo"):
            await centre.act(who, alert, "notes", {"text": "x"})
            await turns()
        assert stream.taken() == [("gone", {"id": alert})]
        await stream.hang_up()

    tell(story)


@pytest.mark.slow
def test_the_ladder_that_a_shadow_pretends_is_told_when_it_climbs() -> None:
    async def story(centre: Centre) -> None:
        alert = await raised(centre)
        await centre.act("noor", alert, "safe", {"pin": DURESS_PIN})
        centre.wait(100)
        fresh = await raised(centre)
        centre.ring.clock.ms += 44_900
        stream = await listen(centre, "noor")
        (_, (_, before)) = stream.taken()
        centre.ring.clock.ms += 200
        await asyncio.wait_for(stream.heard(b"event: alert"), 60)
        ((_, after),) = stream.taken()
        assert (before["id"], before["people_rung"], after["people_rung"]) == (fresh, 2, 3)
        await stream.hang_up()

    tell(story)


def test_nothing_is_left_of_a_stream_that_ended() -> None:
    async def story(centre: Centre) -> None:
        for _ in range(3):
            await (await listen(centre, "teo")).hang_up()
        await turns()
        assert len(asyncio.all_tasks()) == 1

    tell(story)
