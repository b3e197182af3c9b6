"""Walks on the live stream: each change to whoever may see it, and not a byte that tells one PIN from the other."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from outside import DURESS_PIN, ORG, PIN, Centre, Stream, centre, listen, turns
from tocsin.intake.live import BEAT

WALKS = "/api/v1/walks"
ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
DATE = re.compile(rb"\d{4}-\d\d-\d\dT[0-9:.]+Z|(?<=id: )\d+")
Story = Callable[[Centre], Coroutine[Any, Any, None]]


def tell(story: Story) -> None:
    asyncio.run(story(Centre()))


async def begun(world: Centre, who: str = "noor", **body: Any) -> str:
    answer = await world.call("POST", WALKS, who, {"minutes": 15, **body})
    assert answer.status == 201
    await turns()
    return str(answer.json["id"])


async def do(world: Centre, walk: str, act: str, body: Any = None, who: str = "noor") -> None:
    await world.call("POST", f"{WALKS}/{walk}/{act}", who, body)
    await turns()


def states(events: list[tuple[str, Any]]) -> list[str]:
    return [data["state"] for name, data in events if name == "walk"]


def test_whoever_may_see_a_walk_hears_each_of_its_changes_and_whoever_is_tied_nothing() -> None:
    async def story(world: Centre) -> None:
        lines = {who: await listen(world, who) for who in ("noor", "rafi", "ines", "omar")}
        walk = await begun(world, buddy="rafi")
        await do(world, walk, "extend", {"minutes": 5})
        world.wait(19 * 60)
        await turns()
        await do(world, walk, "home")
        for who in ("noor", "rafi", "ines"):
            assert states(lines[who].taken()) == ["out", "out", "reminded", "home"], who
        assert [name for name, _ in lines["omar"].taken()] == ["hello"]
        for line in lines.values():
            await line.hang_up()

    tell(story)


def test_who_comes_later_hears_of_the_walks_under_way_and_not_of_those_that_are_over() -> None:
    async def story(world: Centre) -> None:
        over, out = await begun(world, "rafi"), await begun(world)
        await do(world, over, "home", who="rafi")
        for who, last in (("noor", None), ("ines", None), ("ines", "1795000000000")):
            line = await listen(world, who, last)
            assert [data["id"] for name, data in line.taken() if name == "walk"] == [out], who
            await do(world, over, "home", who="rafi")
            assert line.taken() == [], "what happens to one that is over is no news"
            await line.hang_up()

    tell(story)


def test_whoever_is_tied_in_mid_walk_is_told_that_it_is_gone_and_nothing_more() -> None:
    async def story(world: Centre) -> None:
        walk = await begun(world, buddy="rafi")
        line = await listen(world, "rafi")
        assert states(line.taken()) == ["out"]
        directory = world.ring.world.directory(ORG)
        tied = replace(directory.members["rafi"], not_told_about=("noor",))
        world.ring.world.directories[ORG] = replace(directory, members={**directory.members, "rafi": tied})
        await do(world, walk, "extend", {"minutes": 5})
        await do(world, walk, "home")
        assert line.taken() == [("gone", {"id": walk})]
        await line.hang_up()

    tell(story)


def test_whose_part_has_changed_hears_of_what_they_may_see_now() -> None:
    async def story(world: Centre) -> None:
        walk = await begun(world)
        line = await listen(world, "omar")
        assert states(line.taken()) == []
        directory = world.ring.world.directory(ORG)
        free = replace(directory.members["omar"], not_told_about=())
        world.ring.world.directories[ORG] = replace(directory, members={**directory.members, "omar": free})
        await world.press("rafi")
        await turns()
        assert [data["id"] for name, data in line.taken() if name == "walk"] == [walk]
        await line.hang_up()

    tell(story)


# I11: one PIN and the other -------------------------------------------------------------------------------------------


class Phone:
    """Noor's phone in one of the worlds: it does what the script says and keeps all that it hears."""

    def __init__(self, world: Centre, pin: str) -> None:
        self.world, self.pin, self.heard, self.keys = world, pin, [b""], 0
        self.walks: list[str] = []
        self.alerts: list[str] = []

    async def live(self, act: str, script: list[tuple[str, Any]]) -> list[bytes]:
        self.stream: Stream = await listen(self.world, "noor")
        await self.start()
        await self.hear(f"{WALKS}/{self.walks[0]}/{act}", {"pin": self.pin, "minutes": 5})
        for what, more in script:
            self.world.wait(1)
            await self.step(what, more)
            await self.ask()
        await self.stream.hang_up()
        return self.transcript()

    async def hear(self, path: str, body: Any = None, method: str = "POST") -> Any:
        answer = await self.world.call(method, path, "noor", body)
        await turns()
        self.heard += [b"%d " % answer.status + answer.body, self.stream.raw]
        self.stream.raw = b""
        return answer.json

    async def start(self) -> None:
        self.keys += 1
        walk = await self.hear(WALKS, {"minutes": 15, "buddy": "rafi", "way": "along the fence"})
        self.walks += [walk["id"]] if "state" in walk else []

    async def step(self, what: str, more: Any) -> None:
        match what:
            case "wait":
                self.world.wait(more)
                await turns()
            case "start":
                await self.start()
            case "again":
                last = self.stream.last_id if b"id: " in self.stream.raw else None
                await self.stream.hang_up()
                self.stream = await listen(self.world, "noor", last)
            case "press":
                alert = await self.hear("/api/v1/alerts", {"silent": more})
                self.alerts += [alert["id"]] if alert["id"] not in self.alerts else []
            case "typed":
                for walk in self.walks:
                    await self.hear(f"{WALKS}/{walk}/{more}", {"pin": self.pin, "minutes": 5})
            case "helper":
                for alert in self.world.ring.world.open_alerts(ORG):
                    await self.world.act("teo", alert.id, "answers", {"answer": more})
            case _:
                for walk in self.walks:
                    await self.hear(f"{WALKS}/{walk}/{what}", more)

    async def ask(self) -> None:
        """All that a phone can ask for."""
        paths = (WALKS, "/api/v1/alerts", "/api/v1/me", *(f"{WALKS}/{walk}" for walk in self.walks))
        for path in (*paths, *(f"/api/v1/alerts/{alert}" for alert in self.alerts)):
            await self.hear(path, method="GET")

    def transcript(self) -> list[bytes]:
        names: dict[bytes, bytes] = {}

        def masked(match: re.Match[bytes]) -> bytes:
            return names.setdefault(match[0], b"id-%d" % len(names))

        return [DATE.sub(b"DATE", ID.sub(masked, one.replace(BEAT, b""))) for one in self.heard]


def worlds(act: str, script: list[tuple[str, Any]], *, watched: bool) -> list[list[bytes]]:
    found = []
    for pin in (PIN, DURESS_PIN):
        plain = centre()
        noor = replace(plain.members["noor"], watch_window=watched)
        world = Centre(replace(plain, members={**plain.members, "noor": noor}))
        found.append(asyncio.run(Phone(world, pin).live(act, script)))
        raised = [alert for alert in world.ring.world.open_alerts(ORG) if alert.under_duress]
        assert bool(raised) == (pin == DURESS_PIN)
    return found


STEPS = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([1, 46, 100, 600])),
    st.tuples(st.just("start"), st.none()),
    st.tuples(st.just("again"), st.none()),
    st.tuples(st.just("typed"), st.sampled_from(["home", "cancel", "extend"])),
    st.tuples(st.just("press"), st.booleans()),
    st.tuples(st.just("helper"), st.sampled_from(["coming", "with_them"])),
    st.tuples(st.sampled_from(["home", "cancel"]), st.sampled_from([{}, {"pin": "0000"}, {"pin": PIN}])),
    st.tuples(st.just("extend"), st.sampled_from([{"minutes": 5}, {"minutes": 5, "pin": PIN}])),
    st.tuples(st.just("check-in"), st.just({"place": {"kind": "spoken", "label": "by the gate"}})),
)


@pytest.mark.slow
@pytest.mark.parametrize("act", ["home", "cancel"])
@settings(max_examples=8, deadline=None)
@given(script=st.lists(STEPS, max_size=5), watched=st.booleans())
def test_after_either_pin_the_phone_hears_the_same(act: str, script: list[tuple[str, Any]], watched: bool) -> None:
    real, duress = worlds(act, script, watched=watched)
    assert duress == real


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(script=st.lists(STEPS, max_size=4))
def test_after_either_pin_a_walk_that_goes_on_goes_on_alike(script: list[tuple[str, Any]]) -> None:
    real, duress = worlds("extend", script, watched=False)
    assert duress == real


@pytest.mark.slow
@pytest.mark.parametrize("act", ["home", "cancel"])
def test_a_line_opened_after_either_pin_hears_nothing_of_the_same_pin_typed_again(act: str) -> None:
    real, duress = worlds(act, [("again", None), ("typed", act), ("again", None)], watched=False)
    assert duress == real


@pytest.mark.slow
def test_a_press_after_duress_is_to_the_phone_a_first_one() -> None:
    script = [("press", False), ("wait", 46), ("helper", "coming"), ("wait", 100), ("again", None), ("wait", 130)]
    real, duress = worlds("home", script, watched=False)
    assert duress == real
