"""T2: whoever may not be told about somebody cannot tell whether that person is calling for help.

Three worlds get the same script: in one nothing happens, in one Noor presses silently, in one she is made to type her
duress PIN.  All that a tied member's accounts are told in them (pages, API, the live stream), must be the same bytes
once ids and dates are masked, whatever their role and whatever they do meanwhile.
"""

from __future__ import annotations

import asyncio
import re

import pytest
from everybody import Everybody
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from outside import DURESS_PIN, ORG, SITE, Stream, turns
from tocsin.core import commands as c
from tocsin.core.access.roll_record import RollCall
from tocsin.core.directory import Place
from tocsin.core.words import Came, PlaceKind, Role
from tocsin.intake.live import BEAT  # It comes each second of the real clock, whatever happens.

ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
DATE = re.compile(rb"\d{4}-\d\d-\d\dT[0-9:.]+Z|(?<=id: )\d+")
ROLES = (Role.WORKER, Role.SUPERVISOR, Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR)
ALERTS = "/api/v1/alerts"
PAGES = (
    *(ALERTS, f"{ALERTS}?state=open", f"{ALERTS}?state=closed", "/api/v1/me", "/readyz", "/console", "/colleagues"),
    *(
        "/account",
        "/office",
        "/office/announced",
        "/office/members",
        "/office/members/noor",
        "/office/members/teo",
        "/office/roles",
    ),
    *("/history", "/history?person=noor", "/history?state=open", f"{ALERTS}?member=noor", f"{ALERTS}?place=lot"),
    *("/office/plans", "/office/plans/centre/sos", "/office/walks", "/api/v1/sites/centre/plan"),
    *("/office/roster/import", "/office/roster/feeds"),
    *("/office/places", "/office/places/sheet", "/office/places/place?site=centre", "/office/places/codes"),
    *("/office/roll-calls", "/office/roll-calls/roll", "/api/v1/roll-calls", "/api/v1/roll-calls/roll"),
    *("/office/roster", "/office/roster?by=person", "/office/reach", "/account/shifts", "/api/v1/on-shift"),
    *("/api/v1/walks", "/api/v1/walks/buddies", "/api/v1/walks/buddies?name=noor"),
    *("/office/changes", "/office/ties", "/office/trail", "/office/trail.csv"),
)
CORNERS = ((0, 0), (9, 0), (9, 9))
PLACES = (
    Place(SITE, "lot-b", "Lot B", "lot", on="", outline=CORNERS),
    Place(SITE, "house", "Main house", "building", on="", outline=CORNERS),
    Place(SITE, "ward", "Ward", "room", inside="house", on="house", outline=CORNERS),
)
STEPS = st.one_of(
    st.sampled_from(PAGES).map(lambda path: ("look", path)),
    st.sampled_from((True, False)).map(lambda silent: ("press", silent)),
    st.integers(1, 90).map(lambda seconds: ("wait", seconds)),
)
Step = tuple[str, object]


class Account:
    """A tied member: their phone, their session, a stream on the phone, and all that these were told."""

    heard_by: str = "device"
    looks_by: tuple[str, ...] = ("session", "device")

    def __init__(self, role: Role) -> None:
        self.world, self.name = Everybody(), f"{role}-tied"
        here = self.world.ring.world.directory(ORG)
        everyone = tuple(replace(shift, members=(*shift.members, self.name)) for shift in here.shifts)
        self.world.ring.world.directories[ORG] = replace(here, shifts=everyone)
        on = tuple(dict.fromkeys(id for shift in everyone for id in shift.members))
        roll = RollCall(id="roll", site=SITE, by="ines", why="smoke", began_ms=self.world.now_ms, asked=on)
        self.world.ring.world.know(ORG, roll)
        self.told: list[bytes] = []
        self.presses = 0

    async def live(self, script: list[Step], danger: str, at: int) -> bytes:
        """The whole transcript of one world."""
        stream = Stream(self.world.app, dict(self.world.shown(f"{self.heard_by}-{self.name}")))
        await turns()
        for number, step in enumerate([*script, *(("look", path) for path in PAGES)]):
            if number == min(at, len(script)):
                await self.noor(danger)
            await self.step(*step)
            await turns()
        self.told.append(stream.raw)
        await stream.hang_up()
        return DATE.sub(b"DATE", ID.sub(b"ID", b"\n".join(self.told))).replace(BEAT, b"")

    async def step(self, what: str, more: object) -> None:
        match what:
            case "look":
                for kind in self.looks_by:
                    answer = await self.world.ask(f"GET {more}", f"{kind}-{self.name}")
                    self.told.append(b"%d " % answer.status + answer.body)
            case "wait":
                assert isinstance(more, int)
                self.world.ring.run_until(self.world.now_ms + more * 1_000)
            case _:
                self.told.append(await self.press(f"device-{self.name}", silent=bool(more)))

    async def press(self, name: str, *, silent: bool) -> bytes:
        self.presses += 1
        body = b'{"silent": true, "text": "Ward"}' if silent else b'{"text": "Ward"}'
        answer = await self.world.ask(f"POST {ALERTS}", name, body, **{"idempotency-key": f"key-{self.presses}"})
        assert answer.status == 201
        return re.sub(rb'"receipt":"[^"]*"', b"", answer.body)

    async def noor(self, danger: str) -> None:
        """What happens to Noor, who is not to be told of."""
        if danger == "nothing":
            return
        await self.press("device-noor", silent=danger == "silent")
        (alert,) = [one for one in self.world.ring.world.open_alerts(ORG) if one.member == "noor"]
        if danger == "duress":
            pin = b'{"pin": "%s"}' % DURESS_PIN.encode()
            answer = await self.world.ask(f"POST {ALERTS}/{alert.id}/safe", "device-noor", pin)
            assert answer.status == 200 and self.world.ring.world.open_alerts(ORG)


class Called(Account):
    """A tied member who was called to another alert, and has opened the link of that message and nothing else."""

    heard_by, looks_by = "link", ("link",)

    def __init__(self, role: Role) -> None:
        super().__init__(role)
        here = self.world.ring.world.directory(ORG)
        self.world.ring.world.directories[ORG] = replace(here, places=PLACES)
        lot = c.PlaceReport(PlaceKind.ZONE, self.world.now_ms, label="Lot B")
        press = c.Press(org=ORG, credential="k", key="k", member="ines", device=None, came=Came.DEVICE, places=(lot,))
        pressed = self.world.ring.decide(press)
        assert isinstance(pressed, c.PressTaken)
        self.alert = pressed.alert
        self.world.link(f"link-{self.name}", self.name, self.alert)

    async def step(self, what: str, more: object) -> None:
        await super().step(what, more)
        for path in (f"{ALERTS}/{self.alert}", "/api/v1/sites/centre/plan"):
            answer = await self.world.ask(f"GET {path}", f"link-{self.name}")
            assert answer.status == 200 and b"Lot B" in answer.body
            self.told.append(answer.body)


@pytest.mark.slow
@pytest.mark.parametrize("role", (Role.WORKER, Role.SUPERVISOR))  # By a link they see the same.
@settings(max_examples=3, deadline=None)
@given(script=st.lists(STEPS, max_size=6), at=st.integers(0, 6))
def test_a_link_to_another_alert_says_the_same_whether_or_not_the_other_calls_for_help(
    role: Role, script: list[Step], at: int
) -> None:
    quiet, silent, duress = (
        asyncio.run(Called(role).live(script, danger, at)) for danger in ("nothing", "silent", "duress")
    )
    assert silent == quiet and duress == quiet


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
@settings(max_examples=6, deadline=None)
@given(script=st.lists(STEPS, max_size=6), at=st.integers(0, 6))
def test_a_tied_account_is_told_the_same_whether_or_not_the_other_calls_for_help(
    role: Role, script: list[Step], at: int
) -> None:
    quiet, silent, duress = (
        asyncio.run(Account(role).live(script, danger, at)) for danger in ("nothing", "silent", "duress")
    )
    assert silent == quiet and duress == quiet


@pytest.mark.slow
def test_whoever_is_not_tied_is_told() -> None:
    """That the comparison can fail: the same supervisor, without the tie."""
    told = []
    for danger in ("nothing", "silent"):
        account = Account(Role.SUPERVISOR)
        account.name = "supervisor-plain"
        told.append(asyncio.run(account.live([], danger, 0)))
    assert told[0] != told[1]
