"""Somebody on a walk in the town: what they do with their phone, and what anybody sees of it."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from people import ORG, SITE, directory
from town import START_MS, Town

from tocsin.core import commands as c
from tocsin.core.access.record import By
from tocsin.core.access.words import Via
from tocsin.core.alert import Alert
from tocsin.core.particulars import PinMatch, PlaceReport
from tocsin.core.sight import Reader
from tocsin.core.walk import Walk
from tocsin.core.walk_commands import CancelWalk, CheckIn, ExtendWalk, HomeWalk, StartWalk, WalkTaken
from tocsin.core.walk_sight import WalkView, walk_view
from tocsin.core.words import Destination, WalkState

DECLINED = {problem: c.Declined(problem=problem) for problem in c.Problem}
MINUTES = 15
REMINDED_S, DUE_S, RAISED_S = 12 * 60, 15 * 60, 16 * 60  # Of a walk of MINUTES that began at 0.


def device_by(name: str) -> By:
    return By(name, Via.DEVICE, f"{name}-phone")


class Walker:
    """`id`: of the walk that was begun last."""

    def __init__(self, town: Town, name: str = "noor") -> None:
        self.town, self.name, self.id = town, name, ""
        self.device: str | None = f"{name}-phone"

    def start(self, *, by: By | None = None, key: str | None = None, **more: Any) -> c.Reply:
        wanted = {"destination": Destination.CAR, "minutes": MINUTES, "device": self.device, **more}
        by = by or device_by(self.name)
        key = key or f"walk-{len(self.town.history)}"
        command = StartWalk(org=ORG, by=by, credential=by.credential, key=key, member=self.name, **wanted)
        reply = self.town.do(command)
        if isinstance(reply, WalkTaken):
            self.id = reply.walk
        return reply

    def home(self, match: PinMatch | None = None) -> c.Reply:
        return self.town.do(HomeWalk(org=ORG, walk=self.id, member=self.name, device=self.device, match=match))

    def cancel(self, match: PinMatch | None = None) -> c.Reply:
        return self.town.do(CancelWalk(org=ORG, walk=self.id, member=self.name, device=self.device, match=match))

    def extend(self, minutes: int, match: PinMatch | None = None, key: str | None = None) -> c.Reply:
        own: dict[str, Any] = {"org": ORG, "walk": self.id, "member": self.name, "device": self.device}
        return self.town.do(ExtendWalk(**own, minutes=minutes, match=match, key=key))

    def check_in(self, place: PlaceReport | None = None) -> c.Reply:
        return self.town.do(CheckIn(org=ORG, walk=self.id, member=self.name, place=place, device=self.device))

    @property
    def walk(self) -> Walk:
        found = self.town.world.walk(ORG, self.id)
        assert found is not None
        return found

    def state(self) -> WalkState:
        return self.walk.state

    @property
    def alert(self) -> Alert:
        assert self.walk.alert is not None
        return self.town.alert(self.walk.alert)

    def seen_by(self, name: str, **more: Any) -> WalkView | None:
        world, walk = self.town.world, self.walk
        fixes = {fix.id: (fix.lat, fix.lon) for fix in world.fixes_of(walk.id).values()}
        alert = None if walk.alert is None else world.alert(ORG, walk.alert)
        reader = Reader(name, f"{name}-phone", **more)
        return walk_view(walk, world.directory(ORG), fixes, reader, self.town.now_ms, alert)

    def alerts(self) -> list[Alert]:
        """Every alert of theirs, open and closed."""
        return [alert for alert in self.town.world.alerts.values() if alert.member == self.name]


def ms(seconds: float) -> int:
    return START_MS + round(seconds * 1000)


def with_site(town: Town, **walk_times: int) -> None:
    """The site's file says how long it waits."""
    people = directory()
    site = replace(people.sites[SITE], **walk_times)
    town.founded(replace(people, sites={SITE: site}))
