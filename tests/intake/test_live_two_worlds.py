"""I11: whoever holds the worker's phone cannot tell the duress PIN from the real one, then or later.

Two worlds get the same script, but for the PIN.  Everything the worker's phone hears in them (answers to what it asks,
the list, the live stream, event by event) must be the same bytes once ids and dates are masked.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from outside import DURESS_PIN, ORG, PIN, Centre, centre, listen, turns
from tocsin.intake.live import BEAT

ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
DATE = re.compile(rb"\d{4}-\d\d-\d\dT[0-9:.]+Z|(?<=id: )\d+")
Step = tuple[str, Any]


class Phone:
    """The worker's phone in one of the worlds: it does what the script says and keeps all it hears."""

    def __init__(self, world: Centre, pin: str) -> None:
        self.world, self.pin, self.heard = world, pin, [b""]
        self.shown: list[str] = []
        self.keys = 0

    async def begin(self, silent: bool) -> None:
        await self.press(silent)
        self.stream = await listen(self.world, "noor")
        await self.hear_stream()

    def hear(self, status: int, body: bytes) -> None:
        self.heard.append(b"%d " % status + body)

    async def hear_stream(self) -> None:
        await turns()
        self.heard.append(self.stream.raw)
        self.stream.raw = b""

    async def press(self, silent: bool) -> None:
        self.keys += 1
        answer = await self.world.press("noor", {"silent": silent}, key=f"key-{self.keys}")
        self.hear(answer.status, answer.body)
        if answer.json["id"] not in self.shown:
            self.shown.append(answer.json["id"])

    async def ask(self) -> None:
        """Everything a phone can ask for."""
        for path in ("/api/v1/alerts", "/api/v1/alerts?state=open", "/api/v1/me"):
            answer = await self.world.call("GET", path, "noor")
            self.hear(answer.status, answer.body)
        for id in self.shown:
            answer = await self.world.look("noor", id)
            self.hear(answer.status, answer.body)

    async def act(self, act: str, body: Any) -> None:
        for id in self.shown:
            answer = await self.world.act("noor", id, act, body)
            self.hear(answer.status, answer.body)

    async def again(self) -> None:
        """The stream is lost and taken up again."""
        last = self.stream.last_id if b"id: " in self.stream.raw else None
        await self.stream.hang_up()
        self.stream = await listen(self.world, "noor", last)
        await self.hear_stream()

    async def step(self, step: Step) -> None:
        what, more = step
        responders_alert = self.world.ring.world.own_id(self.shown[-1])
        match what:
            case "say" | "note_by":
                who, body = more
                act = "answers" if what == "say" else "notes"
                await self.world.act(who, responders_alert, act, body)
            case "wait":
                self.world.wait(more)
            case "press":
                await self.press(more)
            case "pin":
                await self.act("safe", {"pin": self.pin if more is None else more})
            case "add":
                await self.act(*more)
            case "lost":
                await self.again()
        await self.hear_stream()
        await self.ask()

    def transcript(self) -> list[bytes]:
        names: dict[bytes, bytes] = {}

        def masked(match: re.Match[bytes]) -> bytes:
            return names.setdefault(match[0], b"id-%d" % len(names))

        heard = (heard.replace(BEAT, b"") for heard in self.heard)
        return [DATE.sub(b"DATE", ID.sub(masked, one)) for one in heard]


async def lived(pin: str, silent: bool, watched: bool, before: list[Step], after: list[Step]) -> list[bytes]:
    directory = centre()
    if watched:
        noor = replace(directory.members["noor"], watch_window=True)
        directory = replace(directory, members={**directory.members, "noor": noor})
    world = Centre(directory)
    phone = Phone(world, pin)
    await phone.begin(silent)
    for step in [*before, ("pin", None), *after]:
        await phone.step(step)
    await phone.stream.hang_up()
    assert any(a.under_duress for a in world.ring.world.open_alerts(ORG)) == (pin == DURESS_PIN)
    return phone.transcript()


def same(silent: bool, watched: bool, before: list[Step], after: list[Step]) -> None:
    worlds = [asyncio.run(lived(pin, silent, watched, before, after)) for pin in (PIN, DURESS_PIN)]
    for real, duress in zip(*worlds, strict=True):
        assert duress == real


SAYS = st.tuples(
    st.just("say"),
    st.tuples(
        st.sampled_from(["teo", "rafi"]),
        st.sampled_from(["seen", "coming", "with_them", "cannot"]).map(lambda answer: {"answer": answer}),
    ),
)
NOTES = st.tuples(st.just("note_by"), st.tuples(st.just("teo"), st.just({"text": "at the gate"})))
WAITS = st.tuples(st.just("wait"), st.sampled_from([1, 20, 46, 61, 100, 130]))
ADDS = st.tuples(
    st.just("add"),
    st.sampled_from([("notes", {"text": "here"}), ("places", {"kind": "spoken", "label": "lot b"}), ("climb", {})]),
)
PRESSES = st.tuples(st.just("press"), st.booleans())
PINS = st.tuples(st.just("pin"), st.sampled_from([None, "0000"]))
LOST = st.tuples(st.just("lost"), st.none())
RESPONDERS = st.one_of(SAYS, NOTES, WAITS)


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(st.booleans(), st.lists(RESPONDERS, max_size=3), st.lists(st.one_of(RESPONDERS, ADDS, LOST), max_size=6))
def test_after_either_pin_the_phone_hears_the_same(silent: bool, before: list[Step], after: list[Step]) -> None:
    same(silent, False, before, after)


@pytest.mark.slow
def test_a_press_from_the_shadow_is_answered_and_shown_as_a_fresh_alert() -> None:
    after: list[Step] = [
        ("wait", 5), ("press", True), ("say", ("rafi", {"answer": "coming"})), ("wait", 46), ("wait", 130),
        ("say", ("teo", {"answer": "with_them"})), ("say", ("rafi", {"answer": "with_them"})), ("wait", 46),
        ("add", ("notes", {"text": "here"})), ("pin", "0000"),
    ]  # fmt: skip
    same(False, False, [("wait", 1)], after)


@pytest.mark.slow
@pytest.mark.parametrize(("silent", "watched"), [(True, False), (False, True)])
def test_where_one_pin_may_not_close_both_look_alike_too(silent: bool, watched: bool) -> None:
    after: list[Step] = [("say", ("teo", {"answer": "with_them"})), ("wait", 46), ("add", ("notes", {"text": "here"}))]
    same(silent, watched, [("say", ("rafi", {"answer": "coming"}))], after)
