"""A walk by SMS: WALK, EXTEND and HOME through the carrier's own hook, what each is answered, what rings instead."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from html import unescape
from typing import Any

import pytest
from msgspec.structs import replace

from outside import BEGAN_MS, DURESS_PIN, NUMBERS, ORG, PIN, SITE, Centre, centre
from tocsin.core import commands as c
from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.composer import ReplyKind, reply_text
from tocsin.core.directory import Place
from tocsin.core.gsm7 import latin, septets
from tocsin.core.limits import EXTEND_TEXT_MIN, GSM7_SEGMENT, MINUTE_MS, WALK_MAX_MIN, WALK_MIN_MIN, WALK_TEXT_MIN
from tocsin.core.scripts import PHRASES
from tocsin.core.walk import Walk
from tocsin.core.words import Came, Destination, PlaceKind, WalkState

Story = Callable[[Centre], Coroutine[Any, Any, None]]
LONG = "Lot " + "B" * 190


def tell(story: Story, language: str = "en", *, watched: bool = False, lot: str = "Lot B") -> Centre:
    plain = centre()
    noor = replace(plain.members["noor"], watch_window=watched, language=language)
    places = (Place(SITE, "lot-b", lot, "lot"), Place(SITE, "exit", "Emergency exit", "door"))
    world = Centre(replace(plain, members={**plain.members, "noor": noor}, places=places))
    asyncio.run(story(world))
    return world


class Texts:
    """Noor's phone: each text has an id of its own."""

    def __init__(self, world: Centre) -> None:
        self.world, self.sent = world, 0

    async def __call__(self, text: str, sid: str | None = None) -> str:
        self.sent += 1
        answer = await self.world.text(NUMBERS["noor"], text, sid or f"SM{self.sent}")
        assert answer.status == 200
        found = re.search(r"<Message>(.*?)</Message>", answer.body.decode())
        return unescape(found[1]) if found else ""


def said(kind: ReplyKind, language: str = "en") -> str:
    return reply_text(kind, language)


def walk_of(world: Centre) -> Walk | None:
    return world.ring.world.walk_of(ORG, "noor")


def alerts(world: Centre) -> list[Any]:
    return list(world.ring.world.open_alerts(ORG))


def test_a_walk_by_text_from_the_door_to_home() -> None:
    async def story(world: Centre) -> None:
        text = Texts(world)
        told = await text("walk 20 transit, lot b")
        assert told.startswith("Noted: 20 min left, Lot B. Send HOME")
        walk = walk_of(world)
        assert walk is not None and (walk.destination, walk.bay) == (Destination.TRANSIT, "Lot B")
        world.wait(60)
        assert (await text("Extend 10")).startswith("Noted: 29 min left, Lot B.")
        assert await text("home") == said(ReplyKind.TOOK_ROUND)
        assert walk_of(world) is None and await text("home") == said(ReplyKind.WALK_NONE)
        world.wait(3_600)
        assert alerts(world) == []

    tell(story)


def test_nobody_home_in_time_is_an_alert_and_a_late_home_is_a_note_on_it() -> None:
    async def story(world: Centre) -> None:
        text = Texts(world)
        await text("walk 5 behind the tall fence")
        world.wait(6 * 60)
        (alert,) = alerts(world)
        assert alert.came is Came.WALK and alert.places[PlaceKind.PLANNED].label == "behind the tall fence"
        assert await text("home") == said(ReplyKind.NOTE_TAKEN)
        (alert,) = alerts(world)
        assert alert.notes[-1].text == "home" and alert.open
        assert await text("extend 10") == said(ReplyKind.WALK_NONE)

    tell(story)


def test_a_text_that_says_no_minutes_has_some() -> None:
    async def story(world: Centre) -> None:
        text = Texts(world)
        await text("WALK")
        walk = walk_of(world)
        assert walk is not None and walk.due_ms == BEGAN_MS + WALK_TEXT_MIN * MINUTE_MS
        assert walk.destination is Destination.CAR
        await text("EXTEND")
        walk = walk_of(world)
        assert walk is not None and walk.extended_min == EXTEND_TEXT_MIN

    tell(story)


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_cannot_be_done_is_answered_with_what_can(language: str) -> None:
    async def story(world: Centre) -> None:
        text = Texts(world)
        assert await text("walk 0") == await text("walk 100000") == said(ReplyKind.WALK_TIME, language)
        assert await text("extend 5") == await text("home") == said(ReplyKind.WALK_NONE, language)
        await text("walk 15")
        assert await text("walk 20") == said(ReplyKind.WALK_ALREADY, language)
        assert await text("extend 0") == said(ReplyKind.WALK_TIME, language)
        assert await text("extend 61") == said(ReplyKind.WALK_ENOUGH, language)
        walk = walk_of(world)
        assert walk is not None and walk.due_ms == BEGAN_MS + 15 * MINUTE_MS

    tell(story, language)


@pytest.mark.parametrize("language", ["en", "es"])
def test_in_a_watch_window_home_and_extend_are_declined_and_the_timer_runs(language: str) -> None:
    async def story(world: Centre) -> None:
        text = Texts(world)
        told = await text("walk 15 lot b")
        assert "PIN" in told and "Lot B" not in told and "HOME" not in told
        for command in ("HOME", "EXTEND 10"):
            assert await text(command) == said(ReplyKind.WALK_BY_SMS, language)
        world.wait(15 * 60 + 59)
        assert alerts(world) == []
        world.wait(1)
        assert [alert.came for alert in alerts(world)] == [Came.WALK]

    tell(story, language, watched=True)


@pytest.mark.parametrize("text", ["STOP", "no", "9999", "walk 15 he follows me", "on my way", "walk 911"])
def test_on_a_walk_anything_else_at_all_is_a_call_for_help_that_knows_the_place(text: str) -> None:
    async def story(world: Centre) -> None:
        texts = Texts(world)
        await texts("walk 15 lot b")
        await texts(text)
        (alert,) = alerts(world)
        assert alert.came is Came.SMS and alert.places[PlaceKind.PLANNED].label == "Lot B"
        walk = world.ring.world.walk(ORG, alert_walk(world))
        assert walk is not None and walk.state is WalkState.RAISED

    tell(story)


def alert_walk(world: Centre) -> str:
    """The walk that was started."""
    return next(f.stream.removeprefix("walk/") for f in world.ring.store.content.facts if f.type == "WalkStarted")


def test_the_same_text_twice_is_one_walk_and_is_answered_once() -> None:
    async def story(world: Centre) -> None:
        text = Texts(world)
        assert await text("walk 15", "SM1") and not await text("walk 15", "SM1")
        first = walk_of(world)
        await text("home", "SM2")
        assert not await text("home", "SM2") and not await text("walk 15", "SM1")
        assert first is not None and walk_of(world) is None

    tell(story)


def test_whoever_is_suspended_says_home_and_learns_that_it_was_received() -> None:
    async def story(world: Centre) -> None:
        text = Texts(world)
        await text("walk 15 lot b")
        world.ring.decide(Suspend(org=ORG, member="noor", by=OPERATOR))
        due = walk_of(world)
        assert await text("extend 10") == await text("walk 20") == said(ReplyKind.RECEIVED)
        assert walk_of(world) == due
        assert await text("home") == await text("home") == said(ReplyKind.RECEIVED)
        assert walk_of(world) is None and alerts(world) == []

    tell(story)


def test_whoever_is_suspended_and_late_learns_no_more_than_that() -> None:
    async def story(world: Centre) -> None:
        text = Texts(world)
        await text("walk 1")
        world.ring.decide(Suspend(org=ORG, member="noor", by=OPERATOR))
        world.wait(120)
        (alert,) = alerts(world)
        assert await text("home") == said(ReplyKind.RECEIVED)
        (alert,) = alerts(world)
        assert alert.notes[-1].text == "home"

    tell(story)


def test_after_either_pin_every_text_is_answered_alike() -> None:
    heard: list[list[str]] = []
    for pin in (PIN, DURESS_PIN):

        async def story(world: Centre, pin: str = pin) -> None:
            text = Texts(world)
            await text("walk 15 lot b")
            walk = walk_of(world)
            assert walk is not None
            ended = await world.call("POST", f"/api/v1/walks/{walk.id}/home", "noor", {"pin": pin})
            assert ended.status == 200 and bool(alerts(world)) == (pin == DURESS_PIN)
            later = ("home", "extend 10", "thanks", "walk 10 lot b", "extend 5", "home", "1")
            heard.append([await text(one) for one in later])

        tell(story)
    assert heard[0] == heard[1]


def test_a_place_with_a_long_name_is_cut_and_the_answer_is_one_segment() -> None:
    async def story(world: Centre) -> None:
        told = await Texts(world)(f"walk 15 {LONG}")
        assert told.startswith("Noted: 15 min left, Lot BBB") and ".." in told and told.endswith("In danger, text SOS.")
        assert septets(told) <= GSM7_SEGMENT

    tell(story, lot=LONG)


def test_a_walk_text_that_comes_late_starts_and_ends_nothing() -> None:
    async def story(world: Centre) -> None:
        command = c.TextIn(
            org=ORG, vendor="twilio", message="SM9", sender=NUMBERS["noor"], text="walk 15",
            sent_at_ms=BEGAN_MS - 61_000,
        )  # fmt: skip
        assert world.ring.decide(command) == c.Done() and walk_of(world) is None

    tell(story)


def test_the_words_say_the_bounds_and_fit_into_one_segment() -> None:
    for language, phrases in PHRASES.items():
        assert f"{WALK_MIN_MIN} " in phrases["walk_time"] and f"{WALK_MAX_MIN} min" in phrases["walk_time"]
        for key in ("walk_on", "walk_on_page", "walk_time", "walk_already", "walk_none", "walk_enough"):
            assert septets(latin(phrases[key])) <= GSM7_SEGMENT - 20, (language, key)
