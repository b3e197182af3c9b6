"""Nights that are over: alerts that were raised, and ended in every way in which one may."""

from __future__ import annotations

from outside import ORG, Centre
from tocsin.core import commands as c
from tocsin.core.commands import PinMatch, PlaceReport
from tocsin.core.listing import lines_of
from tocsin.core.words import Came, Kind, Outcome, PlaceKind
from tocsin.runtime.ledger import read_alert

ENDINGS = ("pin", "two people", "duress", "duress and two people", "pressed from the shadow", "open")


class Past:
    """A centre that has lived through some nights.  `raised`: their ids, the oldest first."""

    def __init__(self) -> None:
        self.centre, self.raised = Centre(), list[str]()

    def night(
        self,
        ending: str = "two people",
        *,
        who: str = "noor",
        place: str = "Lot B",
        kind: Kind = Kind.SOS,
        silent: bool = False,
        drill: bool = False,
        outcome: Outcome = Outcome.MEDICAL,
    ) -> str:
        """One alert and its end.  Ids of one instant have no order of their own: time moves on first."""
        self.centre.wait(1)
        alert = self.press(who, place, kind, silent, drill)
        self.raised.append(alert)
        if "pin" in ending:
            self._pin(alert, who, PinMatch.REAL)
        if "duress" in ending or "shadow" in ending:
            self._pin(alert, who, PinMatch.DURESS)
        if "shadow" in ending:
            self.centre.wait(1)
            self.press(who, "Stairs", kind, silent, drill)
        if ending != "open" and ending != "duress":
            self.close(alert, outcome)
        return alert

    def press(self, who: str, place: str, kind: Kind, silent: bool, drill: bool) -> str:
        reply = self.centre.ring.decide(
            c.Press(
                org=ORG,
                credential=f"{who}-phone",
                key=f"key {self.centre.ring.seeds}",
                member=who,
                device=f"{who}-phone",
                came=Came.DRILL if drill else Came.DEVICE,
                kind=kind,
                silent=silent,
                drill=drill,
                places=(PlaceReport(PlaceKind.SPOKEN, self.centre.ring.clock.ms, place),),
            )
        )
        assert isinstance(reply, c.PressTaken)
        return reply.alert

    def close(self, alert: str, outcome: Outcome) -> None:
        """By two who were rung, with the minute in which anybody may object."""
        known = self.centre.alert(alert)
        if not known.open:
            return
        self.centre.wait(100)
        first, second = [id for id in known.people if id != known.member][:2]
        for who in dict.fromkeys((first, second, "ines", "wale")):
            if self.centre.alert(alert).proposal is None:
                self._do(c.ProposeClose(org=ORG, alert=alert, member=who, device=f"{who}-phone", outcome=outcome))
            else:
                self._do(c.ConfirmClose(org=ORG, alert=alert, member=who, device=f"{who}-phone"))
        self.centre.wait(61)

    def _pin(self, alert: str, who: str, match: PinMatch) -> None:
        self._do(c.Safe(org=ORG, alert=alert, member=who, device=f"{who}-phone", match=match))

    def _do(self, command: c.Command) -> None:
        self.centre.ring.decide(command)

    def list_up_to(self, since: str) -> None:
        """Let the lists be whole from this alert on, and let nothing older be in them."""
        store = self.centre.ring.store
        store.content.listed.clear()
        store.content.listed_from.clear()
        known = [read_alert(row) for row in store.snapshots(ORG, "alert") if not row.open]
        lines = tuple(line for alert in known if alert.id >= since for line in lines_of(alert))
        self._do(c.ListClosed(org=ORG, lines=lines, since=since))
