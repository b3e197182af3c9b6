"""What a preview says of a simulated night is what the night then does: its people, its plan and instants, no weather.

The preview is asked of the organisation as the night has it when somebody presses.  Then nothing reaches the node any
more, as if every carrier took what it is given and were never heard of again, and all that it sends is noted outside.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core import events as e
from tocsin.core.directory import Directory
from tocsin.core.escalation import Barred
from tocsin.core.preview import Imagined, Preview, preview
from tocsin.core.words import Came, Channel, Reason
from tocsin.runtime import ledger
from tocsin.sim.centre import ANNEX, ORG, PEOPLE, SITE, device, summer_shifts
from tocsin.sim.checkers import Broken
from tocsin.sim.climate import chance_of
from tocsin.sim.history import History

NAMES = tuple(name for name, *_ in PEOPLE)
LAG_MS = 900  # Of commits, one after the other: every second of a plan is told from the next.
Sent = tuple[int, str, Channel]


class Pressing(Struct, frozen=True, kw_only=True):
    """Who is in danger, where, and after how long; who is not to be told of them; who is suspended; who has no way."""

    member: str
    site: str
    after_s: float
    silent: bool
    summer_ends: bool
    tied: frozenset[str]
    suspended: frozenset[str]
    wayless: frozenset[str]


class Previewed(History):
    """One night in which somebody presses and nothing else happens."""

    def __init__(self, seed: int, pressing: Pressing) -> None:
        super().__init__(seed)
        self._pressing = pressing
        self.known = self.directory = as_drawn(self.directory, seed, pressing)
        self.alert, self.pressed_ms = "", 0
        self.told: Preview | None = None
        self.sent: list[Sent] = []
        self.unreached: set[tuple[str, Reason]] = set()

    async def _live(self) -> list[Broken]:
        self.climate.calm = True
        self.node.start()
        founded = c.ReplaceDirectory(org=ORG, directory=self.directory, by="wale")
        assert await self.node.ask(founded) == c.Done()
        await self.loop.pause(self._pressing.after_s)
        self.node.network.inbound_cut = True
        assert self.node.life is not None
        taken = await self.node.life.task(self.node.bell.submit(press(self._pressing)))
        assert isinstance(taken, c.PressTaken)
        self.alert = taken.alert
        alert = self.node.world.alert(ORG, self.alert)
        assert alert is not None
        self.pressed_ms = alert.raised_ms
        self.told = told = preview(self.node.world.directory(ORG), self.node.routes.names, self._imagined())
        assert not told.cut and told.again_ms is not None
        await self.loop.pause((told.again_ms + LAG_MS) / 1_000)
        self.sent, self.unreached = self._sent(), self._unreached()
        return []

    def _imagined(self) -> Imagined:
        one = self._pressing
        return Imagined(site=one.site, member=one.member, at_ms=self.pressed_ms, silent=one.silent)

    def _unreached(self) -> set[tuple[str, Reason]]:
        """As the record has it: whom some ringing found no way to."""
        facts = self.node.store.stream(ORG, f"alert/{self.alert}")
        found = [ledger.read_event(fact.body) for fact in facts if fact.body is not None]
        lost = {(event.member, event.reason) for event in found if isinstance(event, e.NotReached)}
        return lost.union(*(event.unreachable for event in found if isinstance(event, e.Rang)))

    def _sent(self) -> list[Sent]:
        """As the carriers saw it: at which second after the press, to whom, by which way."""
        found = self.node.world.deliveries(ORG, self.alert)
        noted = [(send.begun_ms - self.pressed_ms, found[send.delivery]) for send in self.journal.sends]
        return sorted((at_ms // 1_000, one.member, one.channel) for at_ms, one in noted)


def as_drawn(known: Directory, seed: int, pressing: Pressing) -> Directory:
    members = {
        id: replace(
            member,
            suspended=id in pressing.suspended,
            contacts=() if id in pressing.wayless else member.contacts,
            not_told_about=(pressing.member,) if id in pressing.tied and id != pressing.member else (),
        )
        for id, member in known.members.items()
    }
    annex = tuple(shift for shift in known.shifts if shift.site == ANNEX)
    early_late = summer_shifts(chance_of(seed, "summer")) if pressing.summer_ends else known.shifts
    shifts = tuple(shift for shift in early_late if shift.site != ANNEX)
    return replace(known, members=members, shifts=(*shifts, *annex))


def press(pressing: Pressing) -> c.Press:
    phone = device(pressing.member)
    return c.Press(
        org=ORG,
        credential=phone,
        key="a-key",
        member=pressing.member,
        device=phone,
        came=Came.DEVICE,
        silent=pressing.silent,
        site=pressing.site,
    )


def why_not(known: Directory, in_danger: str, member: str) -> Barred:
    """As the test itself knows it."""
    if member == in_danger:
        return Barred.IN_DANGER
    return Barred.SUSPENDED if known.members[member].suspended else Barred.TIED


PRESSINGS = st.builds(
    Pressing,
    member=st.sampled_from(NAMES),
    site=st.just(SITE),
    after_s=st.floats(0.5, 90),
    silent=st.booleans(),
    summer_ends=st.booleans(),
    tied=st.frozensets(st.sampled_from(NAMES), max_size=2),
    suspended=st.frozensets(st.sampled_from(NAMES), max_size=2),
    wayless=st.frozensets(st.sampled_from(NAMES)),
)


@pytest.mark.slow
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), pressing=PRESSINGS)
def test_a_press_in_a_quiet_simulated_night_does_what_its_preview_said(seed: int, pressing: Pressing) -> None:
    night = Previewed(seed, pressing)
    report = night.run()
    assert report.broken == ()
    told = night.told
    assert told is not None
    assert night.sent == sorted((step.at_ms // 1_000, step.member, step.channel) for step in told.steps)
    barred = {skip.member: skip.why for skip in told.skipped if isinstance(skip.why, Barred)}
    assert barred == {member: why_not(night.known, pressing.member, member) for member in barred}
    assert not set(barred).intersection(member for _, member, _ in night.sent)
    unreached = {(skip.member, skip.why) for skip in told.skipped if isinstance(skip.why, Reason)}
    assert unreached <= night.unreached
    assert {member for member, _ in unreached} == {member for member, _ in night.unreached}
    paged = [name for _, name in night.journal.pages if name == "alert_reaches_nobody"]
    assert bool(told.alone) == bool(paged)
