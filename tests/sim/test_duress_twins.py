"""I11 of walks, in the simulator: two nights alike but for one PIN, and what the worker's phone gets in each of them.

One types the real PIN, the other the duress PIN.  At once, after a press from the shadow and an hour later the phone is
shown the same bytes at the same times; ids and dates are masked.  So also where either PIN is refused after ten wrong
ones, where it comes too late, and where PINs are changed afterwards (ADR 18).
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec
import pytest
from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.access.record import OPERATOR, By
from tocsin.core.access.words import Via
from tocsin.core.limits import PIN_MISSES_HOUR_MAX
from tocsin.core.sight import Reader, alert_view, shown_ids
from tocsin.core.walk_commands import CancelWalk, ExtendWalk, HomeWalk, StartWalk, WalkTaken
from tocsin.core.walk_sight import walk_view
from tocsin.core.words import Came, Destination
from tocsin.sim import node as nodes
from tocsin.sim.centre import ORG, PEOPLE, device, for_walks, number
from tocsin.sim.history import History
from tocsin.sim.options import Options

CALM = Options(only={}, people=())
PHONE, OTHER = device("noor"), "old phone of noor"
SOMEBODY_OF_THE_BACKSTOP = ("wale",)  # Who is at home on an ordinary night.
LOOKS_S = (0.05, 0.5, 5.0, 14.0, 20.0, 31.0, 47.0, 90.0, 200.0, 3_600.0)
BLINK_S = 0.006  # A disk takes so long for what else is written just then.
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
DATE = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)")


BOTH_WAYS = ("home", "cancel", "extend")
NIGHTS = [
    *(pytest.param(what, False, id=f"{what}, an ordinary night") for what in (*BOTH_WAYS, "too late")),
    *(pytest.param(what, True, id=f"{what}, a watch window") for what in (*BOTH_WAYS, "guess", "change")),
]


class Got(NamedTuple):
    at_s: float
    what: str


class Phone:
    """Noor's phones of one night.  `got`: everything that came to them, ids named in the order they were met."""

    def __init__(self, seed: int, *, watched: bool, at_home: tuple[str, ...]) -> None:
        self.history = History(seed, None, CALM)
        directory = for_walks(self.history.directory, watched=("noor",) if watched else ())
        night, *days = directory.shifts
        everybody = tuple(name for name, *_ in PEOPLE if name not in at_home)
        self.history.directory = replace(directory, shifts=(replace(night, members=everybody), *days))
        self.got: list[Got] = []
        self._names: dict[str, str] = {}

    def _masked(self, text: str) -> str:
        named = ID.sub(lambda found: self._names.setdefault(found[0], f"id {len(self._names)}"), text)
        return DATE.sub("a date", named)

    def _gets(self, what: object) -> None:
        said = msgspec.json.encode(what).decode()
        self.got.append(Got(self.history.loop.time(), self._masked(said)))

    async def ask(self, command: c.Command) -> c.Reply:
        reply = await self.history.node.bell.submit(command)
        if isinstance(reply, c.PressTaken):
            reply = replace(reply, receipt="")
        self._gets(reply)
        return reply

    def look(self) -> None:
        """All walks and alerts that either phone would list, and the texts that came."""
        node = self.history.node
        world, now_ms, directory = node.world, node.clock.now_ms(), node.world.directory(ORG)
        for phone in (PHONE, OTHER):
            reader = Reader("noor", phone, via=Via.DEVICE)
            for walk in sorted(world.walks.known.values(), key=lambda walk: walk.id):
                alert = None if walk.alert is None else world.alert(ORG, walk.alert)
                self._gets(walk_view(walk, directory, {}, reader, now_ms, alert))
            shown = [(life, alert) for alert in world.alerts.values() for life in shown_ids(alert, directory, reader)]
            for life, alert in sorted(shown, key=lambda pair: pair[0]):
                self._gets(alert_view(alert, life, directory, {}, {}, reader, now_ms))
        texts = [sent.text for sent in self.history.journal.sends if sent.to == number(0)]
        self._gets([re.sub(r"#\w+", "#", text) for text in texts])

    async def live(self, what: str, match: c.PinMatch) -> None:
        history = self.history
        history.climate.calm = True
        history.node.start()
        assert await history.node.ask(c.ReplaceDirectory(org=ORG, directory=history.directory, by="wale")) == c.Done()
        await history.loop.pause(1.0 - history.loop.time() % 1.0)
        walk = await self._leaves()
        await history.loop.pause(20)
        await self._says(what, walk, match)
        await self._watched()
        press = c.Press(org=ORG, credential=PHONE, key="later", member="noor", device=PHONE, came=Came.DEVICE)
        await self.ask(press)
        await self._watched()
        await self.ask(HomeWalk(org=ORG, walk=walk, member="noor", device=PHONE, match=c.PinMatch.REAL))
        await self._watched()

    async def _says(self, what: str, walk: str, match: c.PinMatch) -> None:
        """Of this walk; `match` is the one PIN in which the two nights differ."""
        match what:
            case "guess":  # Until neither PIN is taken, and then the right one.
                for _ in range(PIN_MISSES_HOUR_MAX):
                    await self.ask(_word("home", walk, c.PinMatch.WRONG))
                await self.ask(_word("home", walk, match))
            case "too late":
                await self.ask(_word("home", walk, c.PinMatch.REAL))
                await self.ask(_word("extend", walk, match))
            case "change":  # Of both PINs, on the way; the old one is tried, and the new one.
                await self.ask(_word("cancel", walk, match))
                command = c.SetPins(org=ORG, by=OPERATOR, member="noor", pin_hash="new", duress_pin_hash="new duress")
                await self.ask(command)
                again = await self._leaves("again")
                await self.ask(_word("home", again, self._typed("")))
                await self.ask(_word("home", again, self._typed("new")))
            case _:
                await self.ask(_word(what, walk, match))

    def _typed(self, pin: str) -> c.PinMatch:
        """As the edge compares it with what counts now."""
        noor = self.history.node.world.directory(ORG).members["noor"]
        return c.PinMatch.REAL if pin == noor.pin_hash else c.PinMatch.WRONG

    async def _leaves(self, key: str = "out") -> str:
        start = StartWalk(
            org=ORG,
            by=By("noor", Via.SYSTEM, PHONE),
            credential=PHONE,
            key=key,
            member="noor",
            device=PHONE,
            destination=Destination.CAR,
            minutes=1,
            bay="lot-b",
        )
        taken = await self.ask(start)
        assert isinstance(taken, WalkTaken)
        return taken.walk

    async def _watched(self) -> None:
        """From now on, for an hour."""
        began_s = self.history.loop.time()
        for after_s in LOOKS_S:
            await self.history.loop.pause(began_s + after_s - self.history.loop.time())
            self.look()

    def close(self) -> None:
        self.history.node.close()
        self.history.loop.close()


def _word(what: str, walk: str, match: c.PinMatch) -> c.Command:
    if what == "extend":
        return ExtendWalk(org=ORG, walk=walk, member="noor", minutes=1, device=PHONE, match=match)
    kind = HomeWalk if what == "home" else CancelWalk
    return kind(org=ORG, walk=walk, member="noor", device=PHONE, match=match)


def lived(what: str, match: c.PinMatch, *, watched: bool, at_home: tuple[str, ...]) -> tuple[list[Got], int]:
    """What came to the phone, and how many alerts there really were."""
    phone = Phone(20, watched=watched, at_home=at_home)
    try:
        phone.history.loop.run_until_complete(phone.live(what, match))
        return phone.got, len(phone.history.node.world.alerts)
    finally:
        phone.close()


@pytest.mark.slow
@pytest.mark.parametrize(("what", "watched"), NIGHTS)
def test_of_two_nights_alike_but_for_the_pin_the_phone_gets_the_same_at_the_same_times(
    what: str, watched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    are_twins(what, watched=watched, at_home=SOMEBODY_OF_THE_BACKSTOP, monkeypatch=monkeypatch)


@pytest.mark.slow
def test_a_rung_of_nobody_shows_in_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    """The middle rung asks for supervisors, and none is on: a real ladder climbs past it at once."""
    are_twins("home", watched=False, at_home=("teo", "ines"), monkeypatch=monkeypatch)


def are_twins(what: str, *, watched: bool, at_home: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "COMMIT_S", (0.001, 0.001))  # Two disks alike.
    real, _ = lived(what, c.PinMatch.REAL, watched=watched, at_home=at_home)
    duress, alerts = lived(what, c.PinMatch.DURESS, watched=watched, at_home=at_home)
    assert alerts >= 1, "somebody was rung"
    assert [got.what for got in duress] == [got.what for got in real]
    assert all(abs(one.at_s - other.at_s) < BLINK_S for one, other in zip(duress, real, strict=True))
    assert len(real) > 50
