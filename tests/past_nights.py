"""The invented office with nights behind it: alerts that were raised, answered and closed, for the pages of history."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from bureau import ORG, PUBLIC_URL, SITE, Browser, browser_of, frame_of
from staff import Staffed, ways
from tocsin.core import commands as c
from tocsin.core.directory import Member
from tocsin.core.listing import ANYTHING
from tocsin.core.words import Answer, Came, Channel, Kind, Outcome, PlaceKind, Reason, Role
from tocsin.runtime.recall import load_world, world_of
from tocsin.web.history.pages import history_handlers
from tocsin.web.office.handlers import office_handlers
from tocsin.web.office.rooms import services_of

HOSTILE = '#panic() $ x $ *bold* `raw` \\ #import "/etc/passwd" <script>alert(1)</script> @ref // \u202e'
SECOND_MS = 1_000


class Nights(Staffed):
    """With Rafi, who is on call, Omar, who may not be told of Noor, and a carrier's name behind every text."""

    def __init__(self) -> None:
        super().__init__(
            Member("rafi", "Rafi Invented", (Role.RESPONDER,), contacts=ways(Channel.SMS)),
            Member("omar", "Omar Invented", (Role.RESPONDER, Role.SUPERVISOR), not_told_about=("noor",)),
            teo={"contacts": ways(Channel.SMS)},
            wale={"contacts": ways(Channel.SMS)},
        )
        self.world = world_of(self.store, {Channel.SMS: ("twilio",)})
        load_world(self.store, self.world)

    def wait(self, seconds: float) -> None:
        """Let time pass; what falls due on the way is looked at."""
        until_ms = self.clock.ms + round(seconds * SECOND_MS)
        while due := [a for a in self.world.open_alerts(ORG) if (a.wake_at_ms or until_ms + 1) <= until_ms]:
            first = min(due, key=lambda alert: alert.wake_at_ms or 0)
            self.clock.ms = max(self.clock.ms, first.wake_at_ms or 0)
            self.decide(c.Look(org=ORG, alert=first.id))
            known = self.world.alert(ORG, first.id)
            if known is first:
                self.world.keep(replace(first, looked_ms=self.clock.ms))
        self.clock.ms = until_ms

    def raised(self, who: str = "noor", place: str = "Lot B", **more: Any) -> str:
        self.wait(1)
        spot = c.PlaceReport(PlaceKind.SPOKEN, self.clock.ms, place)
        fields = {"came": Came.DEVICE, "places": (spot,), "device": f"{who}-phone", "site": SITE, **more}
        reply = self.decide(c.Press(org=ORG, credential=f"{who}-phone", key=str(self.seeds), member=who, **fields))
        assert isinstance(reply, c.PressTaken), reply
        return reply.alert

    def say(self, alert: str, who: str, answer: Answer) -> None:
        self.decide(c.Say(org=ORG, alert=alert, member=who, answer=answer, eta_s=60))

    def fail(self, alert: str, who: str) -> None:
        """The carrier says that their number is dead."""
        for delivery in list(self.world.deliveries(ORG, alert).values()):
            if delivery.member == who:
                self.decide(
                    c.Report(
                        org=ORG,
                        alert=alert,
                        delivery=delivery.id,
                        moved=c.Moved.REFUSED,
                        reason=Reason.NUMBER_DEAD,
                        send=delivery.attempts,
                    )
                )

    def note(self, alert: str, who: str, text: str) -> None:
        self.decide(c.AddNote(org=ORG, alert=alert, member=who, text=text))

    def closed(self, alert: str, outcome: Outcome = Outcome.SAFE, note: str | None = None) -> str:
        """By Teo and Wale, both rung by now, and the minute after."""
        self.wait(5)
        close: dict[str, Any] = {
            "org": ORG,
            "alert": alert,
            "member": "teo",
            "device": "teo-phone",
            "outcome": outcome,
            "note": note,
        }
        for word in (c.ProposeClose(**close), c.ConfirmClose(org=ORG, alert=alert, member="wale", device="w-phone")):
            reply = self.decide(word)
            assert isinstance(reply, c.Done), reply
        self.wait(61)
        known = self.world.alert(ORG, alert)
        assert known is not None and not known.open
        return alert

    def long_night(self, who: str = "noor", text: str = "The gate is open.", **more: Any) -> str:
        """With everything that may stand in a record."""
        alert = self.raised(who, **more)
        fix = c.PlaceReport(PlaceKind.FIX, self.clock.ms, None, 41.88, -87.63, 12.0)
        self.decide(c.AddPlace(org=ORG, alert=alert, member=who, place=fix))
        self.wait(5)
        self.fail(alert, "rafi")
        self.say(alert, "teo", Answer.COMING)
        self.wait(40)
        self.say(alert, "teo", Answer.WITH_THEM)
        self.note(alert, "teo", text)
        call = c.PoliceCalled(
            org=ORG, alert=alert, member="teo", who="County desk", number="the county line", at_ms=self.clock.ms
        )
        self.decide(call)
        return self.closed(alert, Outcome.POLICE, text)

    def list_all(self) -> None:
        """The lists are whole from now on."""
        self.decide(c.ListClosed(org=ORG, lines=(), since=""))

    def visitor(self, member: str, language: str = "en") -> Browser:
        """A browser of somebody who has just signed in, with the office and its history."""
        frame = frame_of(self)
        pages = [*history_handlers(frame, self), *office_handlers(frame, services_of(self, self, PUBLIC_URL))]
        return browser_of(self, pages, member, language)


def of_every_kind() -> Nights:
    """Closed and open, real and drill, told and silent."""
    nights = Nights()
    nights.list_all()
    nights.long_night()
    nights.closed(nights.raised("ada", "Stairs", came=Came.DRILL, drill=True), Outcome.SAFE)
    nights.closed(nights.raised("noor", kind=Kind.OVERDUE), Outcome.FALSE_ALARM)
    nights.closed(nights.raised("noor", silent=True), Outcome.MEDICAL)
    nights.raised("rafi", "Boiler room")
    return nights


__all__ = ["ANYTHING", "HOSTILE", "Nights", "of_every_kind"]
